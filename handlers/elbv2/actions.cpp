// Application Load Balancer guide, "Action types for listener rules"; API Reference, Action. Wording of errors not in
// aws-facts E.1 is unconfirmed.
#include "handlers/elbv2/actions.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "handlers/elbv2/lookup.h"
#include "handlers/elbv2/protocols.h"
#include "handlers/elbv2/target_groups.h"

namespace drydock::elbv2 {

namespace {

using ListenerRecord = records::elbv2::Listener;
using LoadBalancerRecord = records::elbv2::LoadBalancer;
using TargetGroupRecord = records::elbv2::TargetGroup;

constexpr std::size_t kTargetGroupsPerAction = 5;          // quota
constexpr std::size_t kTargetGroupsPerLoadBalancer = 100;  // quota

// Which target groups a listener may forward to. Network Load Balancers guide, "Listener configuration"; only a gateway
// load balancer's listener has no protocol.
bool Compatible(const std::string& listener, const TargetGroupRecord& target_group) {
  const std::string& group = target_group.protocol;
  if (IsHttp(listener)) return IsHttp(group) || target_group.target_type == "lambda";
  if (listener.empty()) return group == "GENEVE";
  if (target_group.target_type == "alb") return listener == "TCP";
  if (listener == "TCP") return group == "TCP" || group == "TCP_UDP";
  if (listener == "UDP") return group == "UDP" || group == "TCP_UDP";
  if (listener == "TLS") return group == "TCP" || group == "TLS";
  return listener == group;
}

std::vector<records::elbv2::WeightedTargetGroup> NamedGroups(const Action& action) {
  std::vector<records::elbv2::WeightedTargetGroup> groups;
  if (action.ForwardConfig) {
    for (const TargetGroupTuple& tuple : action.ForwardConfig->TargetGroups) {
      if (!tuple.TargetGroupArn) throw errors::InvalidAction("A target group ARN must be specified");
      groups.push_back({*tuple.TargetGroupArn, tuple.Weight});
    }
  }
  if (!action.TargetGroupArn) return groups;
  if (groups.empty()) groups.push_back({*action.TargetGroupArn, std::nullopt});
  if (groups.size() > 1 || groups.front().target_group_arn != *action.TargetGroupArn)
    throw errors::InvalidAction(
        "If you specify both ForwardConfig and TargetGroupArn, they must name the same single target group");
  return groups;
}

void CheckGroup(Context& context, const LoadBalancerRecord& load_balancer, const ListenerRecord& listener,
                const std::string& arn) {
  const TargetGroupRecord group = RequireTargetGroup(context, arn);
  if (!Compatible(listener.protocol, group)) throw errors::IncompatibleProtocols(arn);
  if (group.target_type != "lambda" && group.vpc_id != load_balancer.vpc_id) throw errors::TargetGroupInOtherVpc(arn);
}

// A target group serves one load balancer only, and a load balancer has its quota of them.
void CheckAssociations(Context& context, const LoadBalancerRecord& load_balancer,
                       const std::vector<records::elbv2::Action>& actions) {
  std::set<std::string> groups;
  const auto use = TargetGroupUse(context);
  for (const records::elbv2::Action& action : actions)
    for (const auto& group : action.target_groups) groups.insert(group.target_group_arn);
  for (const std::string& arn : groups) {
    const auto found = use.find(arn);
    if (found == use.end()) continue;
    if (found->second.size() > 1 || !found->second.contains(load_balancer.arn))
      throw errors::TargetGroupAssociationLimit(arn);
  }
  for (const auto& [arn, load_balancers] : use)
    if (load_balancers.contains(load_balancer.arn)) groups.insert(arn);
  if (groups.size() > kTargetGroupsPerLoadBalancer) throw errors::TooManyUniqueTargetGroups();
}

void TakeForward(Context& context, const LoadBalancerRecord& load_balancer, const ListenerRecord& listener,
                 const Action& action, records::elbv2::Action& record) {
  record.target_groups = NamedGroups(action);
  if (record.target_groups.empty())
    throw errors::InvalidAction(
        "For actions of type 'forward', you must specify at least one of the following fields: 'TargetGroupArn, "
        "ForwardConfig'");
  if (record.target_groups.size() > kTargetGroupsPerAction)
    throw errors::InvalidAction("An action can only have '5' target groups");
  std::set<std::string> seen;
  for (const auto& group : record.target_groups) {
    CheckGroup(context, load_balancer, listener, group.target_group_arn);
    if (!seen.insert(group.target_group_arn).second)
      throw errors::InvalidAction(
          fmt::format("The target group '{}' was specified multiple times", group.target_group_arn));
    if (group.weight && (*group.weight < 0 || *group.weight > 999))
      throw errors::Validation(fmt::format("Weight '{}' must be between '0-999' inclusive", *group.weight));
  }
  if (!IsHttp(listener.protocol) && record.target_groups.size() > 1)
    throw errors::InvalidAction(
        fmt::format("Actions for {} listeners can only forward to one target group", listener.protocol));
  if (!action.ForwardConfig || !action.ForwardConfig->TargetGroupStickinessConfig) return;
  const auto& stickiness = *action.ForwardConfig->TargetGroupStickinessConfig;
  record.stickiness_enabled = stickiness.Enabled;
  record.stickiness_seconds = stickiness.DurationSeconds;
  const bool out_of_range =
      stickiness.DurationSeconds && (*stickiness.DurationSeconds < 1 || *stickiness.DurationSeconds > 604800);
  if (out_of_range || (stickiness.Enabled.value_or(false) && !stickiness.DurationSeconds))
    throw errors::InvalidAction("Target group stickiness duration must be between '1-604800' inclusive");
}

bool IsPort(const std::string& text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

// A redirect that leads where the request came from. aws-facts E.5; "seen": the listener's own protocol and port count
// as unchanged.
bool Loops(const ListenerRecord& listener, const records::elbv2::Action& record) {
  const bool same_protocol = record.redirect_protocol == "#{protocol}" || record.redirect_protocol == listener.protocol;
  const bool same_port = record.redirect_port == "#{port}" || record.redirect_port == std::to_string(listener.port);
  return same_protocol && same_port && record.redirect_host == "#{host}" && record.redirect_path == "/#{path}";
}

void TakeRedirect(const ListenerRecord& listener, const Action& action, records::elbv2::Action& record) {
  if (!action.RedirectConfig)  // seen
    throw errors::InvalidAction(
        "For actions of type 'redirect', you must specify the following fields: 'RedirectConfig'");
  const RedirectActionConfig& config = *action.RedirectConfig;
  record.redirect_status_code = *config.StatusCode;
  record.redirect_protocol = config.Protocol.value_or("#{protocol}");
  record.redirect_host = config.Host.value_or("#{host}");
  record.redirect_port = config.Port.value_or("#{port}");
  record.redirect_path = config.Path.value_or("/#{path}");
  record.redirect_query = config.Query.value_or("#{query}");
  if (record.redirect_port != "#{port}" && !IsPort(record.redirect_port))
    throw errors::InvalidAction("The Port parameter must be a value from '1-65535' or '#{port}'");
  if (!record.redirect_path.starts_with('/'))  // seen
    throw errors::InvalidAction(
        "The Path parameter must be a valid path, should start with a '/', and may contain up to one of each of these "
        "placeholders: '#{path}', '#{host}', '#{port}'.");
  if (listener.protocol == "HTTPS" && record.redirect_protocol == "HTTP")
    throw errors::InvalidAction("You can't redirect HTTPS to HTTP");
  if (Loops(listener, record))  // seen
    throw errors::InvalidAction("The redirect configuration is not valid because it creates a loop.");
}

void TakeFixedResponse(const Action& action, records::elbv2::Action& record) {
  if (!action.FixedResponseConfig)  // as seen for redirect
    throw errors::InvalidAction(
        "For actions of type 'fixed-response', you must specify the following fields: 'FixedResponseConfig'");
  const FixedResponseActionConfig& config = *action.FixedResponseConfig;
  static const std::set<std::string> kTypes = {"text/plain", "text/css", "text/html", "application/javascript",
                                               "application/json"};
  if (config.ContentType && !config.ContentType->empty() && !kTypes.contains(*config.ContentType))
    throw errors::InvalidAction(
        "The ContentType must be one of: 'text/plain', 'text/css', 'text/html', 'application/javascript', "
        "'application/json'");
  record.fixed_status_code = *config.StatusCode;
  record.fixed_content_type = config.ContentType;
  record.fixed_message_body = config.MessageBody;
}

records::elbv2::Action Take(Context& context, const LoadBalancerRecord& load_balancer, const ListenerRecord& listener,
                            const Action& action) {
  records::elbv2::Action record;
  record.type = *action.Type;
  record.order = action.Order;
  if (record.type != "forward" && !IsHttp(listener.protocol))
    throw errors::InvalidAction(
        fmt::format("Actions of type '{}' are not supported on {} listeners", record.type, listener.protocol));
  if (record.type == "forward") {
    TakeForward(context, load_balancer, listener, action, record);
  } else if (record.type == "redirect") {
    TakeRedirect(listener, action, record);
  } else if (record.type == "fixed-response") {
    TakeFixedResponse(action, record);
  } else if (listener.protocol == "HTTPS") {
    throw errors::NotImplemented("Actions of type '" + record.type + "'");
  } else {
    throw errors::InvalidAction(fmt::format("Actions of type '{}' are supported only on HTTPS listeners", record.type));
  }
  return record;
}

}  // namespace

std::vector<records::elbv2::Action> CheckActions(Context& context, const LoadBalancerRecord& load_balancer,
                                                 const ListenerRecord& listener, const List<Action>& actions) {
  if (actions.empty()) throw errors::Validation("An action must be specified");
  std::vector<records::elbv2::Action> taken;
  for (const Action& action : actions) taken.push_back(Take(context, load_balancer, listener, action));
  // Authentication, the one thing that may stand before it, was refused above.
  if (taken.size() > 1)
    throw errors::InvalidAction(
        "You must specify exactly one of the following action types: 'forward', 'redirect', 'fixed-response'");
  CheckAssociations(context, load_balancer, taken);
  return taken;
}

List<Action> RenderActions(const std::vector<records::elbv2::Action>& actions) {
  List<Action> rendered;
  rendered.present = true;
  for (const records::elbv2::Action& record : actions) {
    Action& action = rendered.emplace_back();
    action.Type = record.type;
    action.Order = record.order;
    if (record.type == "forward") {
      // Both forms are shown for a single target group. aws-facts E.5
      if (record.target_groups.size() == 1) action.TargetGroupArn = record.target_groups.front().target_group_arn;
      ForwardActionConfig& config = action.ForwardConfig.emplace();
      for (const auto& group : record.target_groups) {
        TargetGroupTuple& tuple = config.TargetGroups.emplace_back();
        tuple.TargetGroupArn = group.target_group_arn;
        tuple.Weight = group.weight.value_or(1);
      }
      auto& stickiness = config.TargetGroupStickinessConfig.emplace();
      stickiness.Enabled = record.stickiness_enabled.value_or(false);
      stickiness.DurationSeconds = record.stickiness_seconds;
    } else if (record.type == "redirect") {
      RedirectActionConfig& config = action.RedirectConfig.emplace();
      config.StatusCode = record.redirect_status_code;
      config.Protocol = record.redirect_protocol;
      config.Host = record.redirect_host;
      config.Port = record.redirect_port;
      config.Path = record.redirect_path;
      config.Query = record.redirect_query;
    } else {
      FixedResponseActionConfig& config = action.FixedResponseConfig.emplace();
      config.StatusCode = record.fixed_status_code;
      config.ContentType = record.fixed_content_type;
      config.MessageBody = record.fixed_message_body;
    }
  }
  return rendered;
}

}  // namespace drydock::elbv2
