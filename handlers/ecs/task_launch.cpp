#include "handlers/ecs/task_launch.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/arn.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/execution_role.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/task_definition_rules.h"
#include "handlers/ecs/task_lifecycle.h"
#include "handlers/engines.h"
#include "store/document.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

const ContainerOverride* OverrideOf(const TaskOverride& overrides, const std::string& container) {
  for (const auto& each : overrides.containerOverrides)
    if (each.name == container) return &each;
  return nullptr;
}

// The texts are unconfirmed, but for the container's name.
void CheckContainerOverride(const ContainerOverride& override_, const TaskDefinition& definition, bool fargate) {
  const auto& containers = definition.containerDefinitions;
  const std::string name = override_.name.value_or("");
  if (std::none_of(containers.begin(), containers.end(), [&](const auto& c) { return c.name == name; }))
    throw errors::OverrideOfUnknownContainer(name);
  if (fargate && !override_.resourceRequirements.empty())
    throw errors::InvalidParameter("GPU and inference accelerators are not supported with FARGATE.");
  const auto negative = [](const std::optional<std::int32_t>& value) { return value && *value < 0; };
  if (negative(override_.cpu)) throw errors::InvalidParameter("The cpu of an override must not be negative.");
  const auto too_small = [](const std::optional<std::int32_t>& memory) { return memory && *memory < 4; };
  if (too_small(override_.memory) || too_small(override_.memoryReservation))
    throw errors::InvalidParameter(
        fmt::format("Invalid setting for container '{}'. The memory must be at least 4 MiB.", name));
  for (const auto& variable : override_.environment)
    if (variable.name.value_or("").empty())
      throw errors::InvalidParameter("The name of an environment variable must not be empty.");
  for (const auto& file : override_.environmentFiles)
    if (!file.value.value_or("").starts_with("arn:aws:s3:::"))
      throw errors::InvalidParameter("The value of an environment file must be the ARN of an object in Amazon S3.");
}

// The containers as overridden must fit into the task.
void CheckSums(const TaskOverride& overrides, const TaskDefinition& definition, int task_cpu, int task_memory) {
  int cpu = 0, memory = 0;
  for (const auto& container : definition.containerDefinitions) {
    const auto* override_ = OverrideOf(overrides, container.name.value_or(""));
    const auto pick = [&](auto ContainerOverride::*ours, auto ContainerDefinition::*theirs) {
      return override_ && override_->*ours ? override_->*ours : container.*theirs;
    };
    const auto hard = pick(&ContainerOverride::memory, &ContainerDefinition::memory);
    const auto soft = pick(&ContainerOverride::memoryReservation, &ContainerDefinition::memoryReservation);
    cpu += pick(&ContainerOverride::cpu, &ContainerDefinition::cpu).value_or(0);
    memory += soft.value_or(hard.value_or(0));
    if (hard && soft && *soft > *hard)
      throw errors::InvalidParameter(
          fmt::format("Invalid setting for container '{}'. 'memory' must be greater than 'memoryReservation'.",
                      container.name.value_or("")));
    if (task_memory > 0 && hard.value_or(0) > task_memory)
      throw errors::InvalidParameter(errors::ContainerMemoryText(container.name.value_or("")));
  }
  if (task_cpu > 0 && cpu > task_cpu) throw errors::InvalidParameter(errors::ContainersCpuText());
  if (task_memory > 0 && memory > task_memory)
    throw errors::InvalidParameter("Invalid setting for container. Total memory of containers exceeds task memory.");
}

records::ecs::Container MakeContainer(Context& context, const Launch& launch, const std::string& task_id,
                                      const ContainerDefinition& definition) {
  records::ecs::Container container;
  container.name = *definition.name;
  container.arn = context.Arn("ecs", "container/" + launch.cluster + "/" + task_id + "/" + context.ids.Uuid());
  container.image = *definition.image;
  container.last_status = "PENDING";
  container.health_status = "UNKNOWN";
  container.essential = definition.essential.value_or(true);
  container.has_health_check = definition.healthCheck && !definition.healthCheck->command.empty() &&
                               definition.healthCheck->command.front() != "NONE";
  const auto* override_ = OverrideOf(launch.overrides, container.name);
  const auto pick = [&](auto ContainerOverride::*ours, auto ContainerDefinition::*theirs) {
    return override_ && override_->*ours ? override_->*ours : definition.*theirs;
  };
  container.cpu = std::to_string(pick(&ContainerOverride::cpu, &ContainerDefinition::cpu).value_or(0));
  if (const auto memory = pick(&ContainerOverride::memory, &ContainerDefinition::memory))
    container.memory = std::to_string(*memory);
  if (const auto soft = pick(&ContainerOverride::memoryReservation, &ContainerDefinition::memoryReservation))
    container.memory_reservation = std::to_string(*soft);
  return container;
}

}  // namespace

void CheckOverrides(const TaskOverride& overrides, const records::ecs::TaskDefinition& definition, bool fargate) {
  // ECS API reference, RunTask, overrides: 8192 characters, JSON's own included.
  if (store::WriteDocument(SchemaOf<TaskOverride>(), &overrides).size() > 8192)
    throw errors::InvalidParameter("Container Overrides length must be at most 8192");
  if (fargate && !overrides.inferenceAcceleratorOverrides.empty())  // unconfirmed
    throw errors::InvalidParameter("Inference accelerators are not supported with FARGATE.");
  for (const auto& role : {overrides.taskRoleArn, overrides.executionRoleArn}) {
    if (!role || !Arn::LooksLike(*role)) continue;
    const auto arn = Arn::Parse(*role);
    if (!arn || arn->service != "iam" || !arn->Named("role")) throw errors::Client("Role is not valid");
  }
  if (overrides.ephemeralStorage) {
    const int size = overrides.ephemeralStorage->sizeInGiB.value_or(0);
    if (size < 21 || size > 200)  // unconfirmed
      throw errors::InvalidParameter("Invalid ephemeral storage size. The size must be between 21 and 200 GiB.");
  }
  for (const auto& each : overrides.containerOverrides) CheckContainerOverride(each, definition.definition, fargate);

  const auto cpu = ParseCpu(overrides.cpu.value_or(definition.definition.cpu.value_or("")));
  const auto memory = ParseMemory(overrides.memory.value_or(definition.definition.memory.value_or("")));
  if (fargate && (overrides.cpu || overrides.memory) && (!cpu || !memory || !IsFargateSize(*cpu, *memory)))
    throw errors::Client("No Fargate configuration exists for given values.");
  CheckSums(overrides, definition.definition, cpu.value_or(0), memory.value_or(0));
}

std::string ExecutionRoleOf(const Scope& scope, const records::ecs::TaskDefinition& definition,
                            const TaskOverride& overrides) {
  const auto& role = overrides.executionRoleArn ? overrides.executionRoleArn : definition.definition.executionRoleArn;
  return role && !role->empty() ? RoleArnOf(scope, *role) : std::string();
}

std::string TaskRoleOf(const Scope& scope, const records::ecs::TaskDefinition& definition,
                       const TaskOverride& overrides) {
  const auto& role = overrides.taskRoleArn ? overrides.taskRoleArn : definition.definition.taskRoleArn;
  return role && !role->empty() ? RoleArnOf(scope, *role) : std::string();
}

std::optional<std::string> UnassumableRole(Context& context, const records::ecs::TaskDefinition& definition,
                                           const TaskOverride& overrides) {
  for (const auto& role :
       {ExecutionRoleOf(context.scope, definition, overrides), TaskRoleOf(context.scope, definition, overrides)})
    if (!role.empty() && !IsAssumableByTasks(context, role)) return role;
  return std::nullopt;
}

records::ecs::Task LaunchTask(Context& context, const Launch& launch) {
  const auto& definition = launch.definition.definition;
  records::ecs::Task task;
  task.id = context.ids.Hex(32);
  task.arn = TaskArn(context.scope, launch.cluster, task.id);
  task.cluster = launch.cluster;
  task.task_definition_arn = *definition.taskDefinitionArn;
  task.family = launch.definition.family;
  task.group = launch.group;
  task.started_by = launch.started_by;
  task.active_service = launch.service_arn;
  task.deployment_id = launch.deployment_id;
  task.last_status = "PROVISIONING";
  task.desired_status = "RUNNING";
  task.launch_type = "FARGATE";
  task.capacity_provider = launch.capacity_provider;
  task.platform_version = EffectivePlatformVersion(launch.platform_version);
  const auto whole = [](const std::optional<int>& value) { return value ? std::to_string(*value) : std::string(); };
  task.cpu = whole(ParseCpu(launch.overrides.cpu.value_or(definition.cpu.value_or(""))));
  task.memory = whole(ParseMemory(launch.overrides.memory.value_or(definition.memory.value_or(""))));
  task.cpu_architecture =
      definition.runtimePlatform && definition.runtimePlatform->cpuArchitecture == "ARM64" ? "arm64" : "x86_64";
  task.ephemeral_storage_gib = 20;
  if (definition.ephemeralStorage) task.ephemeral_storage_gib = definition.ephemeralStorage->sizeInGiB;
  if (launch.overrides.ephemeralStorage) task.ephemeral_storage_gib = launch.overrides.ephemeralStorage->sizeInGiB;
  task.network_configuration = launch.network;
  task.attachment.id = context.ids.Uuid();
  task.attachment.status = "PRECREATED";
  task.attachment.subnet_id = launch.subnet_id;
  if (const auto subnet = ec2::FindSubnet(context, launch.subnet_id)) {
    task.attachment.vpc_id = subnet->vpc_id;
    task.availability_zone = subnet->availability_zone;
  }
  for (const auto& container : definition.containerDefinitions)
    task.containers.push_back(MakeContainer(context, launch, task.id, container));
  task.overrides = launch.overrides;
  // AWS names every container among the overrides, also those that nothing overrides.
  for (const auto& container : task.containers)
    if (!OverrideOf(task.overrides, container.name))
      task.overrides.containerOverrides.emplace_back().name = container.name;
  task.enable_execute_command = launch.enable_execute_command;
  task.tags = launch.tags;
  task.times["createdAt"] = context.now;
  BeginLife(context, task);
  return task;
}

}  // namespace drydock::ecs
