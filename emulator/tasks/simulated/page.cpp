#include "emulator/tasks/simulated/page.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "emulator/core/text.h"

namespace drydock::tasks::simulated {

namespace {

// What came over the wire may be no UTF-8; the page has to be JSON all the same.
using Writer = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>,
                                 rapidjson::CrtAllocator, rapidjson::kWriteDefaultFlags>;

void WriteText(Writer& writer, std::string_view text) {
  // Bytes that are no UTF-8 are taken for Latin-1, as HTTP once did.
  if (IsUtf8(text)) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    return;
  }
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  writer.String(utf8.data(), static_cast<rapidjson::SizeType>(utf8.size()));
}

void Member(Writer& writer, const char* name, std::string_view value) {
  writer.Key(name);
  WriteText(writer, value);
}

}  // namespace

std::optional<std::string> ConnectAskedFor(std::string_view target) {
  constexpr std::string_view kPath = "/_drydock/connect";
  const auto question = target.find('?');
  if (!target.substr(0, question).ends_with(kPath)) return std::nullopt;
  if (question == std::string_view::npos) return "";
  for (const std::string& pair : Split(target.substr(question + 1), '&')) {
    std::string to;
    if (pair.starts_with("to=") && DecodeForm(pair.substr(3), to)) return to;
  }
  return "";
}

std::string Hostname(const std::string& private_address, const std::string& availability_zone) {
  std::string name = "ip-" + private_address;
  std::replace(name.begin(), name.end(), '.', '-');
  const std::string region = availability_zone.substr(0, availability_zone.empty() ? 0 : availability_zone.size() - 1);
  return name + (region.empty() || region == "us-east-1" ? ".ec2.internal" : "." + region + ".compute.internal");
}

std::string DescribeContainer(const TaskSpec& task, const ContainerSpec& container) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Member(writer, "task", task.task_arn);
  Member(writer, "cluster", task.cluster_arn);
  Member(writer, "family", task.family);
  writer.Key("revision");
  writer.Int(task.revision);
  Member(writer, "container", container.name);
  Member(writer, "image", container.image);
  Member(writer, "digest", container.digest);
  Member(writer, "hostname", Hostname(task.private_address, task.availability_zone));
  Member(writer, "privateAddress", task.private_address);
  Member(writer, "availabilityZone", task.availability_zone);
  writer.Key("environment");
  writer.StartArray();
  for (const EnvironmentVariable& variable : container.environment) {
    writer.StartObject();
    Member(writer, "name", variable.name);
    Member(writer, "from", variable.secret ? "secret" : "environment");
    if (variable.secret) {
      writer.Key("length");
      writer.Uint64(variable.value.size());
    }
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string DescribeHost(const HostSpec& host) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Member(writer, "instance", host.id);
  Member(writer, "hostname", Hostname(host.private_addresses.front(), host.availability_zone));
  Member(writer, "privateAddress", host.private_addresses.front());
  Member(writer, "availabilityZone", host.availability_zone);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string DescribeTask(const RunningTask& task) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  const auto number = [&](const char* name, std::int64_t value) {
    writer.Key(name);
    writer.Int64(value);
  };
  const auto seconds = [&](const char* name, Duration value) { number(name, value.count() / 1000); };
  writer.StartObject();
  Member(writer, "task", task.spec.task_arn);
  Member(writer, "family", task.spec.family);
  number("revision", task.spec.revision);
  Member(writer, "privateAddress", task.spec.private_address);
  Member(writer, "availabilityZone", task.spec.availability_zone);
  writer.Key("containers");
  writer.StartArray();
  for (const auto& container : task.containers) {
    writer.StartObject();
    Member(writer, "name", container->spec.name);
    Member(writer, "image", container->spec.image);
    writer.Key("running");
    writer.Bool(container->running);
    number("starts", container->run);
    writer.Key("ports");
    writer.StartArray();
    for (const int port : container->spec.ports) writer.Int(port);
    writer.EndArray();
    writer.Key("environment");
    writer.StartObject();
    for (const EnvironmentVariable& variable : container->spec.environment) {
      Member(writer, variable.name.c_str(),
             variable.secret ? "(a secret of " + std::to_string(variable.value.size()) + " bytes)" : variable.value);
    }
    writer.EndObject();
    const auto behaviour = container->behaviour();
    writer.Key("behaviour");
    writer.StartObject();
    if (behaviour->exit_code) {
      number("DRYDOCK_EXIT_CODE", *behaviour->exit_code);
      seconds("DRYDOCK_EXIT_AFTER", behaviour->exit_after);
    }
    if (behaviour->memory_for) seconds("DRYDOCK_OUT_OF_MEMORY_AFTER", *behaviour->memory_for);
    seconds("DRYDOCK_STOP_DELAY", behaviour->stop_delay);
    Member(writer, "DRYDOCK_LISTEN", behaviour->listens ? "on" : "off");
    number("DRYDOCK_HEALTH_STATUS", behaviour->health_status);
    if (!behaviour->health_path.empty()) Member(writer, "DRYDOCK_HEALTH_PATH", behaviour->health_path);
    number("DRYDOCK_SLOW", behaviour->slow.count());
    if (behaviour->forward)
      Member(writer, "DRYDOCK_FORWARD", behaviour->forward->address + ":" + std::to_string(behaviour->forward->port));
    Member(writer, "DRYDOCK_CONTAINER_HEALTH", behaviour->healthy ? "HEALTHY" : "UNHEALTHY");
    writer.EndObject();
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string Page(const std::string& container, const ReceivedRequest& request) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  const std::size_t question = request.target.find('?');
  writer.StartObject();
  Member(writer, "method", request.method);
  Member(writer, "path", request.target.substr(0, question));
  Member(writer, "query", question == std::string_view::npos ? "" : request.target.substr(question + 1));
  writer.Key("headers");
  writer.StartArray();
  for (const auto& [name, value] : request.headers) {
    writer.StartArray();
    WriteText(writer, name);
    WriteText(writer, value);
    writer.EndArray();
  }
  writer.EndArray();
  Member(writer, "source", request.source_address);
  writer.Key("bodySize");
  writer.Uint64(request.body_size);
  writer.EndObject();
  std::string page = container;
  page.pop_back();
  page.append(",\"request\":").append(buffer.GetString(), buffer.GetSize()).append("}\n");
  return page;
}

}  // namespace drydock::tasks::simulated
