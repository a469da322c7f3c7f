#include "handlers/ecs/instance_placement.h"

#include <fmt/format.h>

#include <algorithm>

#include "emulator/core/clock.h"
#include "handlers/ecs/container_instances.h"
#include "handlers/ecs/task_definition_rules.h"

namespace drydock::ecs {
namespace {

using Instance = records::ecs::ContainerInstance;

bool HasAttribute(const Instance& instance, const Attribute& wanted) {
  return std::any_of(instance.attributes.begin(), instance.attributes.end(), [&](const Attribute& known) {
    return known.name == wanted.name && (!wanted.value || known.value == wanted.value);
  });
}

bool LacksCapability(const Instance& instance, const TaskDefinition& definition) {
  const bool told = std::any_of(instance.attributes.begin(), instance.attributes.end(), [](const Attribute& known) {
    return known.name.value_or("").find("ecs.capability.") != std::string::npos;
  });
  return told && std::any_of(definition.requiresAttributes.begin(), definition.requiresAttributes.end(),
                             [&](const Attribute& wanted) { return !HasAttribute(instance, wanted); });
}

const Resource* FindResource(const Instance& instance, const char* name) {
  for (const auto& resource : instance.resources)
    if (resource.name == name) return &resource;
  return nullptr;
}

// An instance that was registered without the resource has an unknown amount of it.
bool Lacks(const Instance& instance, const char* name, int wanted) {
  const Resource* const resource = FindResource(instance, name);
  return resource && wanted > resource->integerValue.value_or(0);
}

bool LacksPort(const Instance& instance, const TaskDefinition& definition) {
  if (definition.networkMode == "awsvpc") return false;
  const auto taken = [&](const PortMapping& mapping) {
    const Resource* const used = FindResource(instance, mapping.protocol == "udp" ? "PORTS_UDP" : "PORTS");
    const int port =
        definition.networkMode == "host" ? mapping.containerPort.value_or(0) : mapping.hostPort.value_or(0);
    return used && port != 0 &&
           std::find(used->stringSetValue.begin(), used->stringSetValue.end(), std::to_string(port)) !=
               used->stringSetValue.end();
  };
  return std::any_of(definition.containerDefinitions.begin(), definition.containerDefinitions.end(),
                     [&](const ContainerDefinition& container) {
                       return std::any_of(container.portMappings.begin(), container.portMappings.end(), taken);
                     });
}

bool LacksGpu(const Instance& instance, const TaskDefinition& definition) {
  int wanted = 0;
  for (const auto& container : definition.containerDefinitions)
    for (const auto& requirement : container.resourceRequirements)
      if (*requirement.type == "GPU") wanted += std::atoi(requirement.value->c_str());
  const Resource* const gpus = FindResource(instance, "GPU");
  return wanted > (gpus ? static_cast<int>(gpus->stringSetValue.size()) : 0);
}

std::string LackingResource(const Instance& instance, const TaskDefinition& definition) {
  int cpu = 0, memory = 0;
  for (const auto& container : definition.containerDefinitions) {
    cpu += container.cpu.value_or(0);
    memory += container.memoryReservation.value_or(container.memory.value_or(0));
  }
  if (Lacks(instance, "CPU", ParseCpu(definition.cpu.value_or("")).value_or(cpu))) return "RESOURCE:CPU";
  if (Lacks(instance, "MEMORY", ParseMemory(definition.memory.value_or("")).value_or(memory))) return "RESOURCE:MEMORY";
  if (LacksPort(instance, definition)) return "RESOURCE:PORTS";
  if (LacksGpu(instance, definition)) return "RESOURCE:GPU";
  return {};
}

bool Satisfies(const Instance& instance, const std::optional<std::string>& type,
               const std::optional<std::string>& expression) {
  // distinctInstance is never in the way: no instance has a task.
  return type != "memberOf" || ClusterQuery(expression.value_or("")).Selects(SubjectsOf(instance));
}

// How far a task came before it met the reason: the event names the instance where it came farthest.
int Progress(const std::string& obstacle) {
  if (obstacle == "AGENT") return 3;
  if (obstacle.starts_with("RESOURCE:")) return 2;
  return obstacle == "ATTRIBUTE" ? 1 : 0;
}

}  // namespace

ClusterQuery::Subjects SubjectsOf(const Instance& instance) {
  return [&instance](const std::string& subject) -> std::optional<std::string> {
    constexpr std::string_view kAttribute = "attribute:";
    if (subject.starts_with(kAttribute)) {
      for (const auto& attribute : instance.attributes)
        if (attribute.name == subject.substr(kAttribute.size())) return attribute.value.value_or("");
      return std::nullopt;
    }
    if (subject == "agentConnected") return "false";
    if (subject == "runningTasksCount") return "0";
    if (subject == "registeredAt") return FormatIso8601(instance.registered_at);
    if (subject == "agentVersion" && instance.version_info) return instance.version_info->agentVersion;
    if (subject == "ec2InstanceId" && !instance.ec2_instance_id.empty()) return instance.ec2_instance_id;
    return std::nullopt;  // task:group among them: no instance has a task
  };
}

void CheckConstraints(const std::vector<PlacementConstraint>& constraints) {
  for (const auto& constraint : constraints)
    if (constraint.type == "memberOf") ClusterQuery(constraint.expression.value_or(""));
}

std::string ObstacleOn(const Instance& instance, const records::ecs::TaskDefinition& record,
                       const std::vector<PlacementConstraint>& constraints) {
  const TaskDefinition& definition = record.definition;
  const auto satisfied = [&](const auto& constraint) {
    return Satisfies(instance, constraint.type, constraint.expression);
  };
  // The sentence is seen in events and in what RunTask answers.
  if (!std::all_of(constraints.begin(), constraints.end(), satisfied) ||
      !std::all_of(definition.placementConstraints.begin(), definition.placementConstraints.end(), satisfied))
    return "MemberOf placement constraint unsatisfied.";
  if (LacksCapability(instance, definition)) return "ATTRIBUTE";
  if (const std::string lacking = LackingResource(instance, definition); !lacking.empty()) return lacking;
  return "AGENT";
}

std::string UnplaceableText(Context& context, const std::string& cluster,
                            const records::ecs::TaskDefinition& definition,
                            const std::vector<PlacementConstraint>& constraints) {
  const Instance* closest = nullptr;
  std::string obstacle;
  const auto instances = ActiveContainerInstancesOf(context, cluster);
  for (const auto& instance : instances) {
    std::string found = ObstacleOn(instance, definition, constraints);
    if (closest && Progress(found) <= Progress(obstacle)) continue;
    closest = &instance;
    obstacle = std::move(found);
  }
  const auto what = [&]() -> std::string {
    if (obstacle == "ATTRIBUTE") return "is missing an attribute required by your task";
    if (obstacle == "RESOURCE:CPU") return "has insufficient CPU units available";
    if (obstacle == "RESOURCE:MEMORY") return "has insufficient memory available";
    if (obstacle == "RESOURCE:PORTS") return "is already using a port required by your task";
    return fmt::format("encountered error \"{}\"", obstacle);
  };
  const std::string why = closest ? fmt::format("The closest matching (container-instance {}) {}.", closest->id, what())
                                  : "Reason: No Container Instances were found in your cluster.";
  return fmt::format(
      "was unable to place a task because no container instance met all of its requirements. {} For more information, "
      "see the Troubleshooting section of the Amazon ECS Developer Guide.",
      why);
}

}  // namespace drydock::ecs
