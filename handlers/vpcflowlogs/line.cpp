#include "handlers/vpcflowlogs/line.h"

#include <optional>

namespace drydock::vpcflowlogs {

namespace {

// The documented names; services without one of their own are AMAZON.
std::string ServiceText(const std::string& name) {
  if (name.empty()) return "";
  if (name.ends_with(".s3")) return "S3";
  if (name.ends_with(".dynamodb")) return "DYNAMODB";
  if (name.ends_with(".ec2")) return "EC2";
  if (name.ends_with(".cloudfront.origin-facing")) return "CLOUDFRONT_ORIGIN_FACING";
  return "AMAZON";
}

// Of the fields that say something about the interface; nullopt for others.
std::optional<std::string> FactText(const std::string& field, int version, const InterfaceFacts& facts) {
  if (field == "version") return std::to_string(version);
  if (field == "account-id") return facts.account_id;
  if (field == "interface-id") return facts.interface_id;
  if (field == "vpc-id") return facts.vpc_id;
  if (field == "subnet-id") return facts.subnet_id;
  if (field == "instance-id") return facts.instance_id;
  if (field == "region") return facts.region;
  if (field == "az-id") return facts.availability_zone_id;
  if (field.starts_with("ecs-")) return facts.ecs ? facts.ecs(field) : "";
  return std::nullopt;
}

std::string PacketText(const std::string& field, const network::FlowRecord& record) {
  if (field == "srcaddr") return record.source.ToString();
  if (field == "dstaddr") return record.destination.ToString();
  if (field == "srcport") return std::to_string(record.source_port);
  if (field == "dstport") return std::to_string(record.destination_port);
  if (field == "protocol") return std::to_string(record.protocol);
  if (field == "packets") return std::to_string(record.packets);
  if (field == "bytes") return std::to_string(record.bytes);
  if (field == "start") return std::to_string(record.start.milliseconds / 1000);
  if (field == "end") return std::to_string(record.end.milliseconds / 1000);
  if (field == "action") return record.accepted ? "ACCEPT" : "REJECT";
  if (field == "log-status") return "OK";
  if (field == "tcp-flags") return std::to_string(record.tcp_flags);
  if (field == "type") return record.source.is_ipv4() ? "IPv4" : "IPv6";
  if (field == "pkt-srcaddr") return record.packet_source.ToString();
  if (field == "pkt-dstaddr") return record.packet_destination.ToString();
  if (field == "pkt-src-aws-service") return ServiceText(record.source_service);
  if (field == "pkt-dst-aws-service") return ServiceText(record.destination_service);
  if (field == "flow-direction") return std::string(network::NameOf(record.direction));
  if (field == "traffic-path") return record.traffic_path ? std::to_string(record.traffic_path) : "";
  return "";  // sublocations and reject reasons (Block Public Access) do not exist here
}

template <class Text>
std::string Joined(const std::vector<std::string>& fields, Text text) {
  std::string line;
  for (const auto& field : fields) {
    const std::string value = text(field);
    if (!line.empty()) line += ' ';
    line += value.empty() ? "-" : value;
  }
  return line;
}

}  // namespace

std::string LineOf(const std::vector<std::string>& fields, int version, const InterfaceFacts& facts,
                   const network::FlowRecord& record) {
  return Joined(fields, [&](const std::string& field) {
    const auto fact = FactText(field, version, facts);
    if (!fact) return PacketText(field, record);
    return *fact;
  });
}

std::string NoDataLine(const std::vector<std::string>& fields, int version, const InterfaceFacts& facts,
                       std::int64_t start, std::int64_t end) {
  return Joined(fields, [&](const std::string& field) -> std::string {
    if (field == "start") return std::to_string(start);
    if (field == "end") return std::to_string(end);
    if (field == "log-status") return "NODATA";
    return FactText(field, version, facts).value_or("");
  });
}

}  // namespace drydock::vpcflowlogs
