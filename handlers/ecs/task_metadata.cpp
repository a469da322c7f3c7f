#include "handlers/ecs/task_metadata.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/network/address.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_startup.h"

namespace drydock::ecs {
namespace {

// What the documents are made of.
class MetadataDocument {
 public:
  MetadataDocument(Context& context, const records::ecs::Task& task)
      : context_(context), task_(task), definition_(FindTaskDefinition(context, task.task_definition_arn)) {
    if (const auto subnet = ec2::FindSubnet(context, task.attachment.subnet_id)) subnet_cidr_ = subnet->cidr_block;
  }

  void WriteContainer(std::size_t index) {
    const auto& container = task_.containers[index];
    writer.StartObject();
    Text("DockerId", container.runtime_id);
    Text("Name", container.name);
    Text("DockerName", container.name);
    Text("Image", container.image);
    Text("ImageID", container.image_digest);
    writer.Key("Labels");
    writer.StartObject();
    Text("com.amazonaws.ecs.cluster", ClusterArn(context_.scope, task_.cluster));
    Text("com.amazonaws.ecs.container-name", container.name);
    Text("com.amazonaws.ecs.task-arn", task_.arn);
    Text("com.amazonaws.ecs.task-definition-family", task_.family);
    Text("com.amazonaws.ecs.task-definition-version", Revision());
    if (const auto* defined = Defined(index))
      for (const auto& [name, value] : defined->dockerLabels) Text(name.c_str(), value);
    writer.EndObject();
    Text("DesiredStatus", task_.desired_status);
    Text("KnownStatus", container.last_status);
    writer.Key("Limits");
    writer.StartObject();
    Number("CPU", std::stod(container.cpu.empty() ? "0" : container.cpu));
    if (container.memory) Number("Memory", std::stod(*container.memory));
    writer.EndObject();
    Time("CreatedAt",
         task_.times.contains("pullStoppedAt") ? std::optional(task_.times.at("pullStoppedAt")) : std::nullopt);
    Time("StartedAt", container.started_at);
    Time("FinishedAt", container.finished_at);
    if (container.exit_code) Number("ExitCode", *container.exit_code);
    if (container.restarts > 0) Number("RestartCount", container.restarts);
    if (container.has_health_check) {
      writer.Key("Health");
      writer.StartObject();
      Text("status", container.health_status);
      writer.EndObject();
    }
    Text("Type", "NORMAL");
    WriteLog(index);
    Text("ContainerARN", container.arn);
    writer.Key("Networks");
    writer.StartArray();
    writer.StartObject();
    WriteNetwork();
    writer.EndObject();
    writer.EndArray();
    Text("Snapshotter", "overlayfs");
    writer.EndObject();
  }

  void WriteTask(bool with_tags) {
    writer.StartObject();
    Text("Cluster", ClusterArn(context_.scope, task_.cluster));
    Text("TaskARN", task_.arn);
    Text("Family", task_.family);
    Text("Revision", Revision());
    Text("DesiredStatus", task_.desired_status);
    Text("KnownStatus", task_.last_status);
    writer.Key("Limits");
    writer.StartObject();
    Number("CPU", std::stod(task_.cpu.empty() ? "0" : task_.cpu) / 1024);
    Number("Memory", std::stod(task_.memory.empty() ? "0" : task_.memory));
    writer.EndObject();
    for (const char* time : {"pullStartedAt", "pullStoppedAt", "executionStoppedAt"}) {
      const auto found = task_.times.find(time);
      std::string name = time;
      name[0] = static_cast<char>(name[0] - 'a' + 'A');
      if (found != task_.times.end()) Time(name.c_str(), found->second);
    }
    Text("AvailabilityZone", task_.availability_zone);
    Text("LaunchType", task_.launch_type);
    if (task_.group.starts_with("service:")) Text("ServiceName", task_.group.substr(8));
    if (with_tags && !task_.tags.empty()) {
      writer.Key("TaskTags");
      writer.StartObject();
      for (const auto& tag : task_.tags) Text(tag.key.value_or("").c_str(), tag.value.value_or(""));
      writer.EndObject();
    }
    writer.Key("Containers");
    writer.StartArray();
    for (std::size_t i = 0; i < task_.containers.size(); ++i) WriteContainer(i);
    writer.EndArray();
    writer.Key("ClockDrift");
    writer.StartObject();
    Number("ClockErrorBound", 0);
    Time("ReferenceTimestamp", context_.now);
    Text("ClockSynchronizationStatus", "SYNCHRONIZED");
    writer.EndObject();
    writer.Key("EphemeralStorageMetrics");
    writer.StartObject();
    Number("Utilized", 0);
    Number("Reserved", task_.ephemeral_storage_gib.value_or(20) * 1024);
    writer.EndObject();
    writer.EndObject();
  }

  void WriteStats(std::size_t index) {
    const auto& container = task_.containers[index];
    if (container.last_status != "RUNNING") {
      writer.Null();
      return;
    }
    const auto counters = [&](const char* name, std::initializer_list<const char*> members) {
      writer.Key(name);
      writer.StartObject();
      for (const char* member : members) Number(member, 0);
      writer.EndObject();
    };
    const auto cpu = [&](const char* name) {
      writer.Key(name);
      writer.StartObject();
      counters("cpu_usage", {"total_usage", "usage_in_kernelmode", "usage_in_usermode"});
      Number("system_cpu_usage", 0);
      Number("online_cpus", std::max(1.0, std::stod(task_.cpu.empty() ? "0" : task_.cpu) / 1024));
      counters("throttling_data", {"periods", "throttled_periods", "throttled_time"});
      writer.EndObject();
    };
    writer.StartObject();
    Time("read", context_.now);
    Text("preread", FormatIso8601(context_.now + std::chrono::seconds(-1), true));
    writer.Key("pids_stats");
    writer.StartObject();
    writer.EndObject();
    cpu("cpu_stats");
    cpu("precpu_stats");
    writer.Key("memory_stats");
    writer.StartObject();
    Number("usage", 0);
    Number("max_usage", 0);
    Number("limit", std::stod(container.memory.value_or(task_.memory.empty() ? "0" : task_.memory)) * 1024 * 1024);
    counters("stats", {"cache", "rss"});
    writer.EndObject();
    Text("name", container.name);
    Text("id", container.runtime_id);
    writer.Key("networks");
    writer.StartObject();
    counters("eth1", {"rx_bytes", "rx_packets", "rx_errors", "rx_dropped", "tx_bytes", "tx_packets", "tx_errors",
                      "tx_dropped"});
    writer.EndObject();
    counters("network_rate_stats", {"rx_bytes_per_sec", "tx_bytes_per_sec"});
    if (container.restarts > 0) {
      writer.Key("restartStats");
      writer.StartObject();
      Number("restartCount", container.restarts);
      writer.EndObject();
    }
    writer.EndObject();
  }

  void WriteAllStats() {
    writer.StartObject();
    for (std::size_t i = 0; i < task_.containers.size(); ++i) {
      writer.Key(task_.containers[i].runtime_id.c_str());
      WriteStats(i);
    }
    writer.EndObject();
  }

  std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  const ContainerDefinition* Defined(std::size_t index) const {
    return definition_ ? &definition_->definition.containerDefinitions[index] : nullptr;
  }
  std::string Revision() const { return task_.task_definition_arn.substr(task_.task_definition_arn.rfind(':') + 1); }

  void Text(const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value);
  }
  void Number(const char* name, double value) {
    writer.Key(name);
    if (value == static_cast<double>(static_cast<std::int64_t>(value)))
      writer.Int64(static_cast<std::int64_t>(value));
    else
      writer.Double(value);
  }
  void Time(const char* name, std::optional<Timestamp> time) {
    if (time) Text(name, FormatIso8601(*time, true));
  }

  void WriteLog(std::size_t index) {
    const auto* defined = Defined(index);
    if (!defined || !defined->logConfiguration) return;
    const auto& log = *defined->logConfiguration;
    Text("LogDriver", log.logDriver.value_or(""));
    const auto option = [&](const char* name) {
      const auto found = log.options.find(name);
      return found == log.options.end() ? std::string() : found->second;
    };
    writer.Key("LogOptions");
    writer.StartObject();
    for (const auto& [name, value] : log.options)
      if (name != "awslogs-stream-prefix") Text(name.c_str(), value);
    if (log.logDriver == "awslogs")
      Text("awslogs-stream", LogStreamName(option("awslogs-stream-prefix"), *defined->name, task_.id));
    writer.EndObject();
  }

  void WriteNetwork() {
    const auto& attachment = task_.attachment;
    Text("NetworkMode", "awsvpc");
    const auto list = [&](const char* name, const std::string& value) {
      writer.Key(name);
      writer.StartArray();
      if (!value.empty()) writer.String(value);
      writer.EndArray();
    };
    list("IPv4Addresses", attachment.private_address);
    Number("AttachmentIndex", 0);
    Text("MACAddress", attachment.mac_address);
    Text("IPv4SubnetCIDRBlock", subnet_cidr_);
    // VPC user guide, "Subnet sizing": the first address is the router's; Route 53 Resolver answers at the VPC's base
    // plus two, and everywhere at 169.254.169.253.
    list("DomainNameServers", "169.254.169.253");
    const std::string domain =
        context_.region() == "us-east-1" ? "ec2.internal" : context_.region() + ".compute.internal";
    list("DomainNameSearchList", domain);
    Text("PrivateDNSName", attachment.private_dns_name);
    if (const auto cidr = network::Cidr::Parse(subnet_cidr_))
      Text("SubnetGatewayIpv4Address", cidr->First().Plus(1).ToString() + subnet_cidr_.substr(subnet_cidr_.find('/')));
  }

  Context& context_;
  const records::ecs::Task& task_;
  const std::optional<records::ecs::TaskDefinition> definition_;
  std::string subnet_cidr_;
  rapidjson::StringBuffer buffer_;

 public:
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer_};
};

}  // namespace

std::string ContainerMetadata(Context& context, const records::ecs::Task& task, std::size_t container) {
  MetadataDocument document(context, task);
  document.WriteContainer(container);
  return document.Take();
}

std::string TaskMetadata(Context& context, const records::ecs::Task& task, bool with_tags) {
  MetadataDocument document(context, task);
  document.WriteTask(with_tags);
  return document.Take();
}

std::string ContainerStats(Context& context, const records::ecs::Task& task, std::size_t container) {
  MetadataDocument document(context, task);
  document.WriteStats(container);
  return document.Take();
}

std::string TaskStats(Context& context, const records::ecs::Task& task) {
  MetadataDocument document(context, task);
  document.WriteAllStats();
  return document.Take();
}

}  // namespace drydock::ecs
