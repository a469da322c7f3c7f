#include "handlers/ecs/task_definition_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecr/image_reference.h"
#include "handlers/ecs/container_definition_rules.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"

namespace drydock::ecs {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// A number of `unit`s, of which each is worth `factor`, or a plain whole number.
std::optional<int> ParseQuantity(std::string_view text, std::string_view unit, int factor) {
  text = Trimmed(text);
  const auto number_end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, number_end);
  const std::string_view suffix = Trimmed(text.substr(number_end));
  if (suffix.empty()) {
    int whole = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), whole);
    if (error != std::errc() || stop != number.data() + number.size() || number.empty()) return std::nullopt;
    return whole;
  }
  double value = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || stop != number.data() + number.size() || !EqualsIgnoringCase(suffix, unit))
    return std::nullopt;
  const double scaled = value * factor;
  if (scaled != std::floor(scaled) || scaled > 1'000'000) return std::nullopt;
  return static_cast<int>(scaled);
}

bool Has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

bool IsSet(const std::optional<bool>& flag) {
  return flag.value_or(false);
}

void CheckRole(const std::optional<std::string>& role) {
  if (!role || !Arn::LooksLike(*role)) return;
  const auto arn = Arn::Parse(*role);
  if (!arn || arn->service != "iam" || !arn->Named("role")) throw errors::Client("Role is not valid");
}

void CheckHealthCheck(const HealthCheck& check) {
  const auto within = [](const std::optional<std::int32_t>& value, int low, int high) {
    return !value || (*value >= low && *value <= high);
  };
  // The bounds: ECS API reference, HealthCheck; the sentences are unconfirmed.
  if (check.command.empty() || !Has({"CMD", "CMD-SHELL", "NONE"}, check.command.front()))
    throw errors::Client("Health check command must start with CMD, CMD-SHELL or NONE.");
  if (!within(check.interval, 5, 300)) throw errors::Client("Health check interval must be between 5 and 300.");
  if (!within(check.timeout, 2, 60)) throw errors::Client("Health check timeout must be between 2 and 60.");
  if (!within(check.retries, 1, 10)) throw errors::Client("Health check retries must be between 1 and 10.");
  if (!within(check.startPeriod, 0, 300)) throw errors::Client("Health check startPeriod must be between 0 and 300.");
}

void CheckEnvironment(const ContainerDefinition& container) {
  std::set<std::string> names;
  for (const auto& variable : container.environment) names.insert(variable.name.value_or(""));
  for (const auto& secret : container.secrets) {
    if (!names.insert(secret.name.value_or("")).second)
      throw errors::Client(
          fmt::format("The secret name must be unique and not shared with any new or existing "
                      "environment variables set on the container, such as '{}'.",
                      secret.name.value_or("")));
  }
}

void CheckLogConfiguration(const LogConfiguration& log, bool fargate) {
  const std::string driver = log.logDriver.value_or("");
  if (fargate && !Has({"awslogs", "splunk", "awsfirelens"}, driver))
    throw errors::Client(fmt::format("Log driver '{}' is not supported for Fargate", driver));  // unconfirmed
  if (driver != "awslogs") return;
  // The options: ECS API reference, LogConfiguration. The sentences are seen.
  for (const auto& [option, value] : log.options)
    if (!Has({"awslogs-create-group", "awslogs-datetime-format", "awslogs-group", "awslogs-multiline-pattern",
              "awslogs-region", "awslogs-stream-prefix", "max-buffer-size", "mode"},
             option))
      throw errors::Client(fmt::format("Log driver awslogs disallows options: {}", option));
  if (const auto create = log.options.find("awslogs-create-group");
      create != log.options.end() && create->second != "true")
    throw errors::Client(
        "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.");
  const auto given = [&](const char* option) { return log.options.contains(option); };
  if (!given("awslogs-group") || !given("awslogs-region"))  // unconfirmed
    throw errors::Client("Log driver awslogs requires options: awslogs-region, awslogs-group");
  if (fargate && !given("awslogs-stream-prefix"))
    throw errors::Client("Log driver awslogs requires options: awslogs-stream-prefix");  // unconfirmed
}

void CheckPorts(const ContainerDefinition& container, bool awsvpc, std::set<std::pair<int, std::string>>& taken) {
  for (const auto& mapping : container.portMappings) {
    if (!mapping.containerPort) continue;  // a containerPortRange
    const int port = *mapping.containerPort;
    if (port < 1 || port > 65535)
      throw errors::Client(fmt::format("Container port {} is not valid.", port));  // unconfirmed
    if (!awsvpc) continue;
    if (mapping.hostPort && *mapping.hostPort != 0 && *mapping.hostPort != port)
      throw errors::Client("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
    if (!taken.emplace(port, mapping.protocol.value_or("tcp")).second)  // unconfirmed
      throw errors::Client(
          fmt::format("When networkMode=awsvpc, host ports must be unique: port {} is used twice.", port));
  }
}

// The sentences are seen.
void CheckCondition(const ContainerDependency& dependency, const ContainerDefinition& target) {
  const std::string condition = dependency.condition.value_or("");
  if ((condition == "SUCCESS" || condition == "COMPLETE") && target.essential.value_or(true))
    throw errors::Client("A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
  if (condition == "HEALTHY" && !target.healthCheck)
    throw errors::Client("A dependency container with HEALTHY condition must have health check configured");
}

void CheckDependencies(const List<ContainerDefinition>& containers) {
  std::map<std::string, std::vector<std::string>> edges;
  for (const auto& container : containers)
    for (const auto& dependency : container.dependsOn)
      edges[*container.name].push_back(dependency.containerName.value_or(""));
  for (const auto& container : containers) {
    for (const auto& dependency : container.dependsOn) {
      const std::string target = dependency.containerName.value_or("");
      const auto found =
          std::find_if(containers.begin(), containers.end(), [&](const auto& c) { return c.name == target; });
      if (found == containers.end())  // seen, with the odd "+"
        throw errors::Client(fmt::format("Cannot depend on container + '{}' because it does not exist", target));
      CheckCondition(dependency, *found);
    }
  }
  // Take away, again and again, whoever waits for nobody; what is left waits for itself.
  for (bool progress = true; progress && !edges.empty();) {
    progress = false;
    for (auto edge = edges.begin(); edge != edges.end();) {
      std::erase_if(edge->second, [&](const std::string& target) { return !edges.contains(target); });
      if (edge->second.empty()) {
        edge = edges.erase(edge);
        progress = true;
      } else {
        ++edge;
      }
    }
  }
  if (!edges.empty()) throw errors::Client("Container dependencies contain a cycle.");  // unconfirmed
}

void CheckContainerOnFargate(const ContainerDefinition& container, bool ecr_image, bool has_execution_role) {
  const auto refuse = [](const char* what) {  // the pattern is unconfirmed
    throw errors::Client(fmt::format("Fargate compatible task definitions do not support {}", what));
  };
  if (IsSet(container.privileged)) refuse("privileged");
  if (!container.resourceRequirements.empty()) refuse("GPU");
  if (!container.dockerSecurityOptions.empty()) refuse("dockerSecurityOptions");
  if (container.linuxParameters) {
    if (!container.linuxParameters->devices.empty()) refuse("devices");
    if (container.linuxParameters->sharedMemorySize) refuse("sharedMemorySize");
    if (!container.linuxParameters->tmpfs.empty()) refuse("tmpfs");
  }
  if (has_execution_role) return;
  if (ecr_image)
    throw errors::Client("Fargate requires task definition to have execution role ARN to support ECR images.");
  if (container.logConfiguration && container.logConfiguration->logDriver == "awslogs")
    throw errors::Client("Fargate requires task definition to have execution role ARN to support log driver awslogs.");
}

void CheckContainer(const ContainerDefinition& container, const TaskDefinition& task, bool fargate) {
  if (container.name.value_or("").empty()) throw errors::Client("Container.name should not be null or empty.");
  if (container.image.value_or("").empty()) throw errors::Client("Container.image should not be null or empty.");
  if (!IsName(*container.name)) throw errors::Client("Container.name contains invalid characters.");  // seen
  if (!fargate && !task.memory && !container.memory && !container.memoryReservation)
    throw errors::Client(fmt::format(
        "Invalid setting for container '{}'. At least one of 'memory' or 'memoryReservation' must be specified.",
        *container.name));
  const auto too_small = [](const std::optional<std::int32_t>& memory) { return memory && *memory < 4; };
  if (too_small(container.memory) || too_small(container.memoryReservation))  // unconfirmed
    throw errors::Client(
        fmt::format("Invalid setting for container '{}'. The memory must be at least 4 MiB.", *container.name));
  if (container.memory && container.memoryReservation && *container.memoryReservation > *container.memory)
    throw errors::Client(fmt::format(  // unconfirmed
        "Invalid setting for container '{}'. 'memory' must be greater than 'memoryReservation'.", *container.name));
  CheckContainerDetails(container, task, fargate);
  if (container.healthCheck) CheckHealthCheck(*container.healthCheck);
  CheckEnvironment(container);
  if (container.logConfiguration) CheckLogConfiguration(*container.logConfiguration, fargate);
  if (!container.secrets.empty() && !task.executionRoleArn)
    throw errors::Client(
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  for (const auto& mount : container.mountPoints) {
    if (std::none_of(task.volumes.begin(), task.volumes.end(),
                     [&](const auto& v) { return v.name == mount.sourceVolume; }))
      throw errors::Client(fmt::format("Unknown volume '{}'.", mount.sourceVolume.value_or("")));
  }
}

void CheckFirelens(const List<ContainerDefinition>& containers) {
  const auto routes = [](const ContainerDefinition& c) { return c.firelensConfiguration.has_value(); };
  const auto is_routed = [](const ContainerDefinition& c) {
    return c.logConfiguration && c.logConfiguration->logDriver == "awsfirelens";
  };
  const bool router = std::any_of(containers.begin(), containers.end(), routes);
  const bool routed = std::any_of(containers.begin(), containers.end(), is_routed);
  if (router && !routed)
    throw errors::Client(
        "When a firelensConfiguration object is specified, at least one container has to be configured with the "
        "awsfirelens log driver.");
  if (routed && !router)  // unconfirmed
    throw errors::Client(
        "When the awsfirelens log driver is specified, one container has to have a firelensConfiguration object.");
  if (std::count_if(containers.begin(), containers.end(), routes) > 1)  // unconfirmed
    throw errors::Client("A task definition can have only one container with a firelensConfiguration object.");
}

// Reads the task's size into whole numbers; each part is optional outside of Fargate.
void CheckTaskSize(TaskDefinition& task, bool fargate) {
  std::optional<int> cpu, memory;
  if (task.cpu) {
    cpu = ParseCpu(*task.cpu);
    if (!cpu)
      throw errors::Client(
          "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of "
          "the Amazon ECS Developer Guide.");
    task.cpu = std::to_string(*cpu);
  }
  if (task.memory) {
    memory = ParseMemory(*task.memory);
    if (!memory)
      throw errors::Client(
          "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of "
          "the Amazon ECS Developer Guide.");
    task.memory = std::to_string(*memory);
  }
  if (fargate) {
    if (!cpu) throw errors::Client("Fargate requires that 'cpu' be defined at the task level.");
    if (!memory) throw errors::Client("Fargate requires that 'memory' be defined at the task level.");
    if (!IsFargateSize(*cpu, *memory)) throw errors::Client("No Fargate configuration exists for given values.");
  }
  int container_cpu = 0, container_memory = 0;
  for (const auto& container : task.containerDefinitions) {
    container_cpu += container.cpu.value_or(0);
    container_memory += container.memoryReservation.value_or(container.memory.value_or(0));
    if (memory && container.memory.value_or(0) > *memory)
      throw errors::Client(errors::ContainerMemoryText(container.name.value_or("")));
  }
  if (cpu && container_cpu > *cpu) throw errors::Client(errors::ContainersCpuText());
  if (memory && container_memory > *memory)  // unconfirmed
    throw errors::Client("Invalid setting for container. Total memory of containers exceeds task memory.");
}

void CheckFargate(const TaskDefinition& task) {
  if (task.networkMode != "awsvpc") throw errors::Client("Fargate only supports network mode ‘awsvpc’.");
  if (task.pidMode && *task.pidMode != "task")
    throw errors::Client(
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for "
        "pidMode is 'task'.");
  if (task.ipcMode) throw errors::Client("Fargate compatible task definitions do not support ipcMode");
  if (!task.placementConstraints.empty())
    throw errors::Client("Fargate compatible task definitions do not support placement constraints");
  for (const auto& volume : task.volumes)
    if (volume.dockerVolumeConfiguration || (volume.host && volume.host->sourcePath))
      throw errors::Client("Fargate compatible task definitions do not support host volumes");
  if (task.ephemeralStorage) {
    const int size = task.ephemeralStorage->sizeInGiB.value_or(0);
    if (size < 21 || size > 200)  // unconfirmed
      throw errors::Client("Invalid ephemeral storage size. The size must be between 21 and 200 GiB.");
  }
}

void Complete(ContainerDefinition& container, bool awsvpc) {
  if (!container.cpu) container.cpu = 0;
  if (!container.essential) container.essential = true;
  for (auto& mapping : container.portMappings) {
    if (!mapping.protocol) mapping.protocol = "tcp";
    if (mapping.containerPort && (awsvpc || !mapping.hostPort)) mapping.hostPort = awsvpc ? *mapping.containerPort : 0;
  }
  if (container.healthCheck) {
    auto& check = *container.healthCheck;
    if (!check.interval) check.interval = 30;
    if (!check.timeout) check.timeout = 5;
    if (!check.retries) check.retries = 3;
  }
  // AWS shows these lists also when they are empty.
  container.portMappings.present = container.environment.present = container.mountPoints.present =
      container.volumesFrom.present = container.systemControls.present = true;
}

void AddRequiredAttributes(TaskDefinition& task, bool ecr) {
  std::set<std::string> names;
  bool logs = false;
  names.insert("com.amazonaws.ecs.capability.docker-remote-api.1.18");
  for (const auto& container : task.containerDefinitions) {
    if (container.logConfiguration) {
      const std::string driver = container.logConfiguration->logDriver.value_or("");
      names.insert("com.amazonaws.ecs.capability.logging-driver." + driver);
      names.insert("com.amazonaws.ecs.capability.docker-remote-api.1.19");
      if (driver == "awslogs") logs = true;
      if (container.logConfiguration->options.contains("awslogs-create-group"))
        names.insert("ecs.capability.logging-driver.awslogs.create-group");
    }
    if (container.healthCheck) names.insert("ecs.capability.container-health-check");
    for (const auto& secret : container.secrets)
      names.insert(secret.valueFrom.value_or("").find(":secretsmanager:") != std::string::npos
                       ? "ecs.capability.secrets.asm.environment-variables"
                       : "ecs.capability.secrets.ssm.environment-variables");
    if (!container.dependsOn.empty()) names.insert("ecs.capability.container-ordering");
    if (!container.environmentFiles.empty()) names.insert("ecs.capability.env-files.s3");
    if (container.firelensConfiguration)
      names.insert("ecs.capability.firelens." + *container.firelensConfiguration->type);
    if (container.repositoryCredentials) names.insert("ecs.capability.private-registry-authentication.secretsmanager");
    if (container.privileged.value_or(false)) names.insert("com.amazonaws.ecs.capability.privileged-container");
  }
  for (const auto& volume : task.volumes)
    if (volume.efsVolumeConfiguration) names.insert("ecs.capability.efs");
  if (task.pidMode || task.ipcMode) names.insert("ecs.capability.pid-ipc-namespace-sharing");
  if (task.proxyConfiguration) names.insert("ecs.capability.aws-appmesh");
  if (task.networkMode == "awsvpc") names.insert("ecs.capability.task-eni");
  if (task.taskRoleArn) names.insert("com.amazonaws.ecs.capability.task-iam-role");
  if (ecr) names.insert("com.amazonaws.ecs.capability.ecr-auth");
  if (task.executionRoleArn && ecr) names.insert("ecs.capability.execution-role-ecr-pull");
  if (task.executionRoleArn && logs) names.insert("ecs.capability.execution-role-awslogs");
  for (const auto& name : names) task.requiresAttributes.emplace_back().name = name;
}

}  // namespace

std::optional<int> ParseCpu(std::string_view text) {
  return ParseQuantity(text, "vcpu", 1024);
}
std::optional<int> ParseMemory(std::string_view text) {
  return ParseQuantity(text, "gb", 1024);
}

bool IsFargateSize(int cpu, int memory) {
  struct Size {
    int cpu, least, most, step;
  };
  static constexpr Size sizes[] = {{512, 1024, 4096, 1024},   {1024, 2048, 8192, 1024},   {2048, 4096, 16384, 1024},
                                   {4096, 8192, 30720, 1024}, {8192, 16384, 61440, 4096}, {16384, 32768, 122880, 8192}};
  if (cpu == 256) return memory == 512 || memory == 1024 || memory == 2048;
  return std::any_of(std::begin(sizes), std::end(sizes), [&](const Size& size) {
    return cpu == size.cpu && memory >= size.least && memory <= size.most && (memory - size.least) % size.step == 0;
  });
}

std::string RoleArnOf(const Scope& scope, const std::string& role) {
  return Arn::LooksLike(role) ? role : "arn:aws:iam::" + scope.account + ":role/" + role;
}

bool Supports(const TaskDefinition& definition, std::string_view launch_type) {
  return Has(definition.compatibilities, launch_type);
}

TaskDefinition MakeTaskDefinition(const Scope& scope, std::string_view endpoint,
                                  const RegisterTaskDefinitionRequest& in) {
  if (!IsName(in.family.value_or(""))) throw errors::Client("Invalid family name");              // unconfirmed
  if (in.containerDefinitions.empty()) throw errors::Client("Container list cannot be empty.");  // unconfirmed
  if (in.containerDefinitions.size() > 10)
    throw errors::Client("Too many containers in the task definition. The limit is 10.");  // unconfirmed

  TaskDefinition task;
  task.family = in.family;
  task.containerDefinitions = in.containerDefinitions;
  CheckRole(in.taskRoleArn);
  CheckRole(in.executionRoleArn);
  if (in.taskRoleArn && !in.taskRoleArn->empty()) task.taskRoleArn = RoleArnOf(scope, *in.taskRoleArn);
  if (in.executionRoleArn && !in.executionRoleArn->empty())
    task.executionRoleArn = RoleArnOf(scope, *in.executionRoleArn);
  task.networkMode = in.networkMode;
  task.volumes = in.volumes;
  task.volumes.present = true;
  task.placementConstraints = in.placementConstraints;
  task.placementConstraints.present = true;
  task.requiresCompatibilities = in.requiresCompatibilities;
  task.cpu = in.cpu;
  task.memory = in.memory;
  task.pidMode = in.pidMode;
  task.ipcMode = in.ipcMode;
  task.proxyConfiguration = in.proxyConfiguration;
  task.inferenceAccelerators = in.inferenceAccelerators;
  task.ephemeralStorage = in.ephemeralStorage;
  task.runtimePlatform = in.runtimePlatform;
  task.enableFaultInjection = in.enableFaultInjection;

  const bool fargate = Has(in.requiresCompatibilities, "FARGATE");
  const bool awsvpc = in.networkMode == "awsvpc";
  if (fargate) CheckFargate(task);
  CheckVolumeDefinitions(task, fargate);
  std::set<std::string> names;
  std::set<std::pair<int, std::string>> ports;
  bool any_essential = false, any_ecr = false;
  for (const auto& container : task.containerDefinitions) {
    CheckContainer(container, task, fargate);
    if (!names.insert(*container.name).second)  // seen
      throw errors::Client("Container names must be unique within a Task Definition.");
    CheckPorts(container, awsvpc, ports);
    const auto image = ecr::ParseImageReference(*container.image, endpoint, scope);
    const bool ecr_image = image && image->ecr;
    any_ecr |= ecr_image;
    if (fargate) CheckContainerOnFargate(container, ecr_image, task.executionRoleArn.has_value());
    any_essential |= container.essential.value_or(true);
  }
  if (!any_essential)  // unconfirmed
    throw errors::Client("All containers in a task definition cannot be non-essential.");
  CheckDependencies(task.containerDefinitions);
  CheckFirelens(task.containerDefinitions);
  CheckTaskSize(task, fargate);

  for (auto& container : task.containerDefinitions) Complete(container, awsvpc);
  task.compatibilities = std::vector<std::string>{"EC2"};
  const auto cpu = task.cpu ? ParseCpu(*task.cpu) : std::nullopt;
  const auto memory = task.memory ? ParseMemory(*task.memory) : std::nullopt;
  if (fargate || (awsvpc && cpu && memory && IsFargateSize(*cpu, *memory))) task.compatibilities.push_back("FARGATE");
  AddRequiredAttributes(task, any_ecr);
  return task;
}

}  // namespace drydock::ecs
