#include "handlers/ecs/state_change_events.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "handlers/ecs/identifiers.h"
#include "handlers/engines.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

// A detail, member by member; empty texts are left out.
class Detail {
 public:
  void Text(const char* name, const std::string& value) {
    if (value.empty()) return;
    writer.Key(name);
    writer.String(value);
  }
  template <class Members>
  void Object(Members members) {
    writer.StartObject();
    members();
    writer.EndObject();
  }
  template <class List, class Element>
  void Array(const char* name, const List& list, Element element) {
    writer.Key(name);
    writer.StartArray();
    for (const auto& each : list) Object([&] { element(each); });
    writer.EndArray();
  }
  void Pair(const char* name, const std::string& value) {
    if (value.empty()) return;
    Object([&] {
      Text("name", name);
      Text("value", value);
    });
  }
  std::string Take() const { return {buffer.GetString(), buffer.GetSize()}; }

  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
};

void WriteAttachment(Detail& detail, const records::ecs::NetworkAttachment& attachment) {
  detail.writer.Key("attachments");
  detail.writer.StartArray();
  if (!attachment.id.empty()) {
    detail.Object([&] {
      detail.Text("id", attachment.id);
      detail.Text("type", "eni");
      detail.Text("status", attachment.status);
      detail.writer.Key("details");
      detail.writer.StartArray();
      detail.Pair("subnetId", attachment.subnet_id);
      detail.Pair("networkInterfaceId", attachment.network_interface_id);
      detail.Pair("macAddress", attachment.mac_address);
      detail.Pair("privateDnsName", attachment.private_dns_name);
      detail.Pair("privateIPv4Address", attachment.private_address);
      detail.writer.EndArray();
    });
  }
  detail.writer.EndArray();
}

void WriteContainer(Detail& detail, const records::ecs::Task& task, const records::ecs::Container& container) {
  detail.Text("containerArn", container.arn);
  if (container.exit_code) {
    detail.writer.Key("exitCode");
    detail.writer.Int(*container.exit_code);
  }
  detail.Text("lastStatus", container.last_status);
  detail.Text("name", container.name);
  detail.Text("reason", container.reason.value_or(""));
  detail.Text("image", container.image);
  detail.Text("imageDigest", container.image_digest);
  detail.Text("runtimeId", container.runtime_id);
  detail.Text("taskArn", task.arn);
  detail.writer.Key("networkInterfaces");
  detail.writer.StartArray();
  if (!task.attachment.private_address.empty())
    detail.Object([&] {
      detail.Text("attachmentId", task.attachment.id);
      detail.Text("privateIpv4Address", task.attachment.private_address);
    });
  detail.writer.EndArray();
  detail.Text("cpu", container.cpu);
  detail.Text("memory", container.memory.value_or(""));
  detail.Text("memoryReservation", container.memory_reservation.value_or(""));
}

void WriteOverrides(Detail& detail, const TaskOverride& overrides) {
  detail.writer.Key("overrides");
  detail.Object([&] {
    detail.Array("containerOverrides", overrides.containerOverrides, [&](const ContainerOverride& each) {
      detail.Text("name", each.name.value_or(""));
      if (!each.command.empty()) {
        detail.writer.Key("command");
        detail.writer.StartArray();
        for (const auto& word : each.command) detail.writer.String(word);
        detail.writer.EndArray();
      }
      if (!each.environment.empty())
        detail.Array("environment", each.environment, [&](const KeyValuePair& variable) {
          detail.Text("name", variable.name.value_or(""));
          detail.Text("value", variable.value.value_or(""));
        });
    });
    detail.Text("cpu", overrides.cpu.value_or(""));
    detail.Text("memory", overrides.memory.value_or(""));
    detail.Text("taskRoleArn", overrides.taskRoleArn.value_or(""));
    detail.Text("executionRoleArn", overrides.executionRoleArn.value_or(""));
  });
}

std::string TaskDetail(const Scope& scope, const records::ecs::Task& task, Timestamp updated) {
  Detail detail;
  detail.Object([&] {
    WriteAttachment(detail, task.attachment);
    detail.writer.Key("attributes");
    detail.writer.StartArray();
    detail.Pair("ecs.cpu-architecture", task.cpu_architecture);
    detail.writer.EndArray();
    detail.Text("availabilityZone", task.availability_zone);
    detail.Text("capacityProviderName", task.capacity_provider);
    detail.Text("clusterArn", ClusterArn(scope, task.cluster));
    if (task.times.contains("connectivityAt")) detail.Text("connectivity", "CONNECTED");
    detail.Array("containers", task.containers, [&](const auto& each) { WriteContainer(detail, task, each); });
    detail.Text("cpu", task.cpu);
    detail.Text("memory", task.memory);
    detail.Text("desiredStatus", task.desired_status);
    detail.writer.Key("enableExecuteCommand");
    detail.writer.Bool(task.enable_execute_command);
    if (task.ephemeral_storage_gib) {
      detail.writer.Key("ephemeralStorage");
      detail.Object([&] {
        detail.writer.Key("sizeInGiB");
        detail.writer.Int(*task.ephemeral_storage_gib);
      });
    }
    detail.Text("group", task.group);
    detail.Text("launchType", task.launch_type);
    detail.Text("lastStatus", task.last_status);
    WriteOverrides(detail, task.overrides);
    detail.Text("platformVersion", task.platform_version);
    for (const auto& [name, time] : task.times) detail.Text(name.c_str(), FormatIso8601(time, true));
    detail.Text("startedBy", task.started_by);
    detail.Text("stopCode", task.stop_code);
    detail.Text("stoppedReason", task.stopped_reason);
    detail.Text("taskArn", task.arn);
    detail.Text("taskDefinitionArn", task.task_definition_arn);
    detail.Text("updatedAt", FormatIso8601(updated, true));
    detail.writer.Key("version");
    detail.writer.Int64(task.version);
  });
  return detail.Take();
}

void PublishAfterCommit(Context& context, const char* type, const std::string& resource,
                        std::function<std::string()> detail) {
  events::Event event{context.ids.Uuid(), "aws.ecs", type, context.scope, context.now, {resource}, std::move(detail)};
  context.tx.AfterCommit([&engines = context.engines, event = std::move(event)] { engines.publish(event); });
}

}  // namespace

void PublishTaskChange(Context& context, const records::ecs::Task& task) {
  PublishAfterCommit(context, "ECS Task State Change", task.arn,
                     [scope = context.scope, task, now = context.now] { return TaskDetail(scope, task, now); });
}

void PublishServiceAction(Context& context, const records::ecs::Service& service, const std::string& type,
                          const std::string& name, const std::string& reason) {
  PublishAfterCommit(context, "ECS Service Action", service.arn,
                     [type, name, reason, cluster = ClusterArn(context.scope, service.cluster), now = context.now] {
                       Detail detail;
                       detail.Object([&] {
                         detail.Text("eventType", type);
                         detail.Text("eventName", name);
                         detail.Text("clusterArn", cluster);
                         detail.Text("reason", reason);
                         detail.Text("createdAt", FormatIso8601(now, true));
                       });
                       return detail.Take();
                     });
}

void PublishDeploymentChange(Context& context, const records::ecs::Service& service,
                             const records::ecs::Deployment& deployment, const std::string& name) {
  const char* type = name == "SERVICE_DEPLOYMENT_FAILED" ? "ERROR" : "INFO";
  PublishAfterCommit(
      context, "ECS Deployment State Change", service.arn,
      [type, name, id = "ecs-svc/" + deployment.id, reason = deployment.rollout_state_reason, now = context.now] {
        Detail detail;
        detail.Object([&] {
          detail.Text("eventType", type);
          detail.Text("eventName", name);
          detail.Text("deploymentId", id);
          detail.Text("updatedAt", FormatIso8601(now, true));
          detail.Text("reason", reason);
        });
        return detail.Take();
      });
}

}  // namespace drydock::ecs
