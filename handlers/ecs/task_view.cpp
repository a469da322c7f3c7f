#include "handlers/ecs/task_view.h"

#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/tags.h"

namespace drydock::ecs {
namespace {

std::optional<Timestamp> TimeOf(const records::ecs::Task& task, const char* name) {
  const auto found = task.times.find(name);
  return found == task.times.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> Unless(const std::string& text, const char* nothing = "") {
  return text == nothing ? std::nullopt : std::optional(text);
}

Container RenderContainer(const records::ecs::Task& task, const records::ecs::Container& container) {
  Container out;
  out.containerArn = container.arn;
  out.taskArn = task.arn;
  out.name = container.name;
  out.image = container.image;
  out.imageDigest = Unless(container.image_digest);
  out.runtimeId = Unless(container.runtime_id);
  out.lastStatus = container.last_status;
  out.exitCode = container.exit_code;
  out.reason = container.reason;
  out.networkBindings.present = true;
  out.networkInterfaces.present = true;
  if (!task.attachment.private_address.empty()) {
    auto& interface = out.networkInterfaces.emplace_back();
    interface.attachmentId = task.attachment.id;
    interface.privateIpv4Address = task.attachment.private_address;
  }
  out.healthStatus = container.health_status;
  if (task.enable_execute_command) {
    auto& agent = out.managedAgents.emplace_back();
    agent.name = "ExecuteCommandAgent";
    agent.lastStatus = container.last_status;
    if (container.last_status == "RUNNING") agent.lastStartedAt = TimeOf(task, "startedAt");
  }
  out.cpu = container.cpu;
  out.memory = container.memory;
  out.memoryReservation = container.memory_reservation;
  return out;
}

Attachment RenderAttachment(const records::ecs::NetworkAttachment& attachment) {
  Attachment out;
  out.id = attachment.id;
  out.type = "ElasticNetworkInterface";
  out.status = attachment.status;
  const auto detail = [&](const char* name, const std::string& value) {
    if (value.empty()) return;
    auto& pair = out.details.emplace_back();
    pair.name = name;
    pair.value = value;
  };
  detail("subnetId", attachment.subnet_id);
  detail("networkInterfaceId", attachment.network_interface_id);
  detail("macAddress", attachment.mac_address);
  detail("privateDnsName", attachment.private_dns_name);
  detail("privateIPv4Address", attachment.private_address);
  return out;
}

}  // namespace

std::string TaskHealth(const records::ecs::Task& task) {
  bool any = false, all = true;
  for (const auto& container : task.containers) {
    if (!container.essential || !container.has_health_check) continue;
    if (container.health_status == "UNHEALTHY") return "UNHEALTHY";
    any = true;
    all &= container.health_status == "HEALTHY";
  }
  return any && all ? "HEALTHY" : "UNKNOWN";
}

Task RenderTask(const Scope& scope, const records::ecs::Task& task, bool with_tags) {
  Task out;
  out.taskArn = task.arn;
  out.clusterArn = ClusterArn(scope, task.cluster);
  out.taskDefinitionArn = task.task_definition_arn;
  out.attachments.push_back(RenderAttachment(task.attachment));
  auto& architecture = out.attributes.emplace_back();
  architecture.name = "ecs.cpu-architecture";
  architecture.value = task.cpu_architecture;
  out.availabilityZone = Unless(task.availability_zone);
  out.capacityProviderName = Unless(task.capacity_provider);
  out.connectivityAt = TimeOf(task, "connectivityAt");
  if (out.connectivityAt) out.connectivity = "CONNECTED";
  for (const auto& container : task.containers) out.containers.push_back(RenderContainer(task, container));
  out.cpu = Unless(task.cpu);
  out.memory = Unless(task.memory);
  out.createdAt = TimeOf(task, "createdAt");
  out.desiredStatus = task.desired_status;
  out.lastStatus = task.last_status;
  out.enableExecuteCommand = task.enable_execute_command;
  out.executionStoppedAt = TimeOf(task, "executionStoppedAt");
  out.group = Unless(task.group);
  out.healthStatus = TaskHealth(task);
  out.inferenceAccelerators.present = true;
  out.launchType = task.launch_type;
  out.overrides = task.overrides;
  out.overrides->inferenceAcceleratorOverrides.present = true;
  out.platformVersion = task.platform_version;
  out.platformFamily = "Linux";
  out.pullStartedAt = TimeOf(task, "pullStartedAt");
  out.pullStoppedAt = TimeOf(task, "pullStoppedAt");
  out.startedAt = TimeOf(task, "startedAt");
  out.startedBy = Unless(task.started_by);
  out.stopCode = Unless(task.stop_code);
  out.stoppedAt = TimeOf(task, "stoppedAt");
  out.stoppedReason = Unless(task.stopped_reason);
  out.stoppingAt = TimeOf(task, "stoppingAt");
  out.tags = with_tags ? TagList(task.tags) : TagList({});
  out.version = task.version;
  if (task.ephemeral_storage_gib) {
    out.ephemeralStorage.emplace().sizeInGiB = task.ephemeral_storage_gib;
    out.fargateEphemeralStorage.emplace().sizeInGiB = task.ephemeral_storage_gib;
  }
  return out;
}

}  // namespace drydock::ecs
