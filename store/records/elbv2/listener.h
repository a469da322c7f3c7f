#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::elbv2 {

// Its default actions are those of its default rule (rule.h).
struct Listener {
  std::string arn;
  std::string load_balancer_arn;
  std::int32_t port = 0;
  std::string protocol;  // HTTP | HTTPS | TCP | UDP | TCP_UDP | TLS
  std::string ssl_policy;
  std::vector<std::string> certificate_arns;  // the first is the default certificate
  std::string default_rule_arn;
  std::map<std::string, std::string> attributes;  // those that were set; the others have their defaults
  std::map<std::string, std::string> tags;

  static constexpr store::TableName kTable{"elbv2_listener"};
  static constexpr auto kId = store::Members(&Listener::arn);
  static constexpr auto kIndexed = store::Members(&Listener::load_balancer_arn);
};

}  // namespace drydock::records::elbv2

DRYDOCK_SCHEMA(drydock::records::elbv2::Listener, arn, load_balancer_arn, port, protocol, ssl_policy, certificate_arns,
               default_rule_arn, attributes, tags)
