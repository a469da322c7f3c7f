// An instance: a host whose network interfaces know it (network_interface.h, instance_id). It stays for an hour after
// it was terminated, as AWS shows it.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

// Stored and shown: there is no operating system that could ask for metadata.
struct InstanceMetadataOptions {
  std::string http_tokens = "optional";
  std::string http_endpoint = "enabled";
  std::string http_protocol_ipv6 = "disabled";
  std::string instance_metadata_tags = "disabled";
  std::int32_t http_put_response_hop_limit = 1;
};

struct Instance {
  std::string instance_id;
  std::string reservation_id;  // of the RunInstances that launched it
  std::int32_t launch_index = 0;
  std::string image_id;
  std::string instance_type;
  std::string state = "pending";  // pending, running, stopping, stopped, shutting-down, terminated
  std::string state_transition_reason;
  std::optional<std::string> state_reason_code;
  std::optional<std::string> state_reason_message;
  Timestamp launch_time;  // of the last start
  std::string vpc_id;
  std::string subnet_id;
  std::string availability_zone;
  std::string availability_zone_id;
  std::string tenancy = "default";
  bool associate_public_ip_address = false;  // an address of Amazon's pool with every start
  bool disable_api_termination = false;
  bool disable_api_stop = false;
  bool ebs_optimized = false;
  std::string shutdown_behavior = "stop";
  std::optional<std::string> user_data;  // base64
  std::optional<std::string> client_token;
  InstanceMetadataOptions metadata_options;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_instance"};
  static constexpr auto kId = store::Members(&Instance::instance_id);
  static constexpr auto kIndexed = store::Members(&Instance::reservation_id, &Instance::subnet_id);
};

// The tag that says on which TCP ports the instance's simulated host answers: "27017,22".
inline constexpr char kListenTag[] = "drydock:listen";

// nullopt for what is no list of ports; empty text is none.
inline std::optional<std::vector<int>> ParseListenTag(std::string_view text) {
  std::vector<int> ports;
  while (!text.empty()) {
    std::string_view item = text.substr(0, text.find(','));
    text.remove_prefix(std::min(item.size() + 1, text.size()));
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    int port = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), port);
    if (error != std::errc() || end != item.data() + item.size() || port < 1 || port > 65535) return std::nullopt;
    ports.push_back(port);
  }
  return ports;
}

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::InstanceMetadataOptions, http_tokens, http_endpoint, http_protocol_ipv6,
               instance_metadata_tags, http_put_response_hop_limit)
DRYDOCK_SCHEMA(drydock::records::ec2::Instance, instance_id, reservation_id, launch_index, image_id, instance_type,
               state, state_transition_reason, state_reason_code, state_reason_message, launch_time, vpc_id, subnet_id,
               availability_zone, availability_zone_id, tenancy, associate_public_ip_address, disable_api_termination,
               disable_api_stop, ebs_optimized, shutdown_behavior, user_data, client_token, metadata_options, tags)
