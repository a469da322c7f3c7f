#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::elbv2 {

struct WeightedTargetGroup {
  std::string target_group_arn;
  std::optional<std::int32_t> weight;  // absent: 1
};

// An action as DescribeRules shows it. `type` says which of the other members count.
struct Action {
  std::string type;  // forward | redirect | fixed-response
  std::optional<std::int32_t> order;

  // forward
  std::vector<WeightedTargetGroup> target_groups;
  std::optional<bool> stickiness_enabled;
  std::optional<std::int32_t> stickiness_seconds;

  // redirect; with AWS's defaults filled in
  std::string redirect_status_code;  // HTTP_301 | HTTP_302
  std::string redirect_protocol;
  std::string redirect_host;
  std::string redirect_port;
  std::string redirect_path;
  std::string redirect_query;

  // fixed-response
  std::string fixed_status_code;
  std::optional<std::string> fixed_content_type;
  std::optional<std::string> fixed_message_body;
};

struct QueryStringPair {
  std::optional<std::string> key;
  std::string value;
};

struct Condition {
  std::string field;  // host-header | path-pattern | http-header | query-string | http-request-method | source-ip
  std::vector<std::string> values;
  std::vector<std::string> regex_values;
  std::string http_header_name;                // http-header
  std::vector<QueryStringPair> query_strings;  // query-string
};

struct Rewrite {
  std::string regex;
  std::string replace;
};

struct Transform {
  std::string type;  // host-header-rewrite | url-rewrite
  std::vector<Rewrite> rewrites;
};

// A listener's rule. Every listener has one default rule: without conditions, behind all others.
struct Rule {
  std::string arn;
  std::string listener_arn;
  std::string load_balancer_arn;
  bool is_default = false;
  std::int32_t priority = 0;  // 1-50000; of the default rule 0
  std::vector<Condition> conditions;
  std::vector<Action> actions;
  std::vector<Transform> transforms;
  std::map<std::string, std::string> tags;

  static constexpr store::TableName kTable{"elbv2_rule"};
  static constexpr auto kId = store::Members(&Rule::arn);
  static constexpr auto kIndexed = store::Members(&Rule::listener_arn, &Rule::load_balancer_arn);
};

}  // namespace drydock::records::elbv2

DRYDOCK_SCHEMA(drydock::records::elbv2::WeightedTargetGroup, target_group_arn, weight)
DRYDOCK_SCHEMA(drydock::records::elbv2::Action, type, order, target_groups, stickiness_enabled, stickiness_seconds,
               redirect_status_code, redirect_protocol, redirect_host, redirect_port, redirect_path, redirect_query,
               fixed_status_code, fixed_content_type, fixed_message_body)
DRYDOCK_SCHEMA(drydock::records::elbv2::QueryStringPair, key, value)
DRYDOCK_SCHEMA(drydock::records::elbv2::Condition, field, values, regex_values, http_header_name, query_strings)
DRYDOCK_SCHEMA(drydock::records::elbv2::Rewrite, regex, replace)
DRYDOCK_SCHEMA(drydock::records::elbv2::Transform, type, rewrites)
DRYDOCK_SCHEMA(drydock::records::elbv2::Rule, arn, listener_arn, load_balancer_arn, is_default, priority, conditions,
               actions, transforms, tags)
