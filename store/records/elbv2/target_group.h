#pragma once

#include <map>
#include <string>

#include "store/record.h"

namespace drydock::records::elbv2 {

struct HealthCheck {
  bool enabled = true;
  std::string protocol;  // HTTP | HTTPS | TCP
  std::string port;      // traffic-port, or a number
  std::string path;      // HTTP and HTTPS only
  std::string http_code;
  std::string grpc_code;
  std::int32_t interval_seconds = 30;
  std::int32_t timeout_seconds = 5;
  std::int32_t healthy_threshold = 5;
  std::int32_t unhealthy_threshold = 2;
};

struct TargetGroup {
  std::string arn;
  std::string name;              // unique in the region
  std::string target_type;       // instance | ip | alb | lambda, which has no protocol, port and VPC
  std::string protocol;          // HTTP | HTTPS | TCP | UDP | TCP_UDP | TLS | GENEVE
  std::string protocol_version;  // HTTP1 | HTTP2 | GRPC; empty for protocols other than HTTP and HTTPS
  std::int32_t port = 0;
  std::string vpc_id;
  std::string ip_address_type;  // ipv4 | ipv6
  HealthCheck health_check;
  std::map<std::string, std::string> attributes;  // those that were set; the others have their defaults
  std::map<std::string, std::string> tags;

  static constexpr store::TableName kTable{"elbv2_target_group"};
  static constexpr auto kId = store::Members(&TargetGroup::arn);
  static constexpr auto kIndexed = store::Members(&TargetGroup::name);
};

}  // namespace drydock::records::elbv2

DRYDOCK_SCHEMA(drydock::records::elbv2::HealthCheck, enabled, protocol, port, path, http_code, grpc_code,
               interval_seconds, timeout_seconds, healthy_threshold, unhealthy_threshold)
DRYDOCK_SCHEMA(drydock::records::elbv2::TargetGroup, arn, name, target_type, protocol, protocol_version, port, vpc_id,
               ip_address_type, health_check, attributes, tags)
