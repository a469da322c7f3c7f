// Listener rules. API Reference; Application Load Balancer guide, "Listener rules".
#include <algorithm>
#include <set>

#include "api/elbv2/CreateRuleInput.h"
#include "api/elbv2/CreateRuleOutput.h"
#include "api/elbv2/DeleteRuleInput.h"
#include "api/elbv2/DeleteRuleOutput.h"
#include "api/elbv2/DescribeRulesInput.h"
#include "api/elbv2/DescribeRulesOutput.h"
#include "api/elbv2/ModifyRuleInput.h"
#include "api/elbv2/ModifyRuleOutput.h"
#include "api/elbv2/SetRulePrioritiesInput.h"
#include "api/elbv2/SetRulePrioritiesOutput.h"
#include "emulator/api/operation.h"
#include "handlers/elbv2/actions.h"
#include "handlers/elbv2/conditions.h"
#include "handlers/elbv2/lookup.h"
#include "handlers/elbv2/tags.h"

namespace drydock::elbv2 {

namespace {

constexpr std::size_t kRulesPerLoadBalancer = 100;  // quota, default rules not counted

Rule Render(const records::elbv2::Rule& record) {
  Rule out;
  out.RuleArn = record.arn;
  out.Priority = record.is_default ? "default" : std::to_string(record.priority);
  out.Conditions = RenderConditions(record.conditions);
  out.Actions = RenderActions(record.actions);
  out.IsDefault = record.is_default;
  out.Transforms = RenderTransforms(record.transforms);
  return out;
}

// In the order in which they are tried: by priority, the default rule last.
std::vector<records::elbv2::Rule> RulesOf(Context& context, const std::string& listener_arn) {
  auto records = context.tx.List<records::elbv2::Rule>(context.scope,
                                                       store::Where(&records::elbv2::Rule::listener_arn, listener_arn));
  std::sort(records.begin(), records.end(), [](const records::elbv2::Rule& a, const records::elbv2::Rule& b) {
    return std::tie(a.is_default, a.priority) < std::tie(b.is_default, b.priority);
  });
  return records;
}

std::size_t CountRules(Context& context, const std::string& load_balancer_arn) {
  const auto all = context.tx.List<records::elbv2::Rule>(
      context.scope, store::Where(&records::elbv2::Rule::load_balancer_arn, load_balancer_arn));
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const records::elbv2::Rule& record) { return !record.is_default; }));
}

}  // namespace

AWS_OPERATION(elbv2, CreateRule)
AWS_ACCESS("{ListenerArn}", "Tags? elasticloadbalancing:AddTags listener-rule/{ListenerArn}")
CreateRuleOutput CreateRule(Context& context, const CreateRuleInput& in) {
  const auto listener = RequireListener(context, *in.ListenerArn);
  const auto load_balancer = RequireLoadBalancer(context, listener.load_balancer_arn);
  if (load_balancer.type != "application")  // unconfirmed wording
    throw ApiError("UnsupportedProtocol", fmt::format("Rules are not supported for {} listeners", listener.protocol));
  records::elbv2::Rule record;
  record.listener_arn = listener.arn;
  record.load_balancer_arn = load_balancer.arn;
  record.priority = *in.Priority;
  record.conditions = CheckConditions(in.Conditions);
  record.actions = CheckActions(context, load_balancer, listener, in.Actions);
  record.transforms = CheckTransforms(in.Transforms);
  record.tags = TagsOf(in.Tags);
  for (const records::elbv2::Rule& other : RulesOf(context, listener.arn))
    if (!other.is_default && other.priority == record.priority) throw errors::PriorityInUse(record.priority);
  if (CountRules(context, load_balancer.arn) >= kRulesPerLoadBalancer) throw errors::TooManyRules();

  // …:listener/app/<name>/<id>/<listener> -> …:listener-rule/app/<name>/<id>/<listener>/<rule>
  const std::string path = listener.arn.substr(listener.arn.find(":listener/") + 10);
  record.arn = context.Arn("elasticloadbalancing", "listener-rule/" + path + "/" + context.ids.Hex(16));
  context.tx.Put(context.scope, record);
  CreateRuleOutput out;
  out.Rules.push_back(Render(record));
  return out;
}

AWS_OPERATION(elbv2, DescribeRules)
DescribeRulesOutput DescribeRules(Context& context, const DescribeRulesInput& in) {
  std::vector<records::elbv2::Rule> records;
  if (in.ListenerArn && !in.RuleArns.empty())  // unconfirmed wording
    throw errors::Validation("Listener rule ARNs and a listener ARN cannot be specified at the same time");
  if (in.ListenerArn) {
    records = RulesOf(context, RequireListener(context, *in.ListenerArn).arn);
  } else if (!in.RuleArns.empty()) {
    for (const std::string& arn : in.RuleArns) records.push_back(RequireRule(context, arn));
  } else {
    throw errors::Validation("You must specify either listener rule ARNs or a listener ARN");
  }
  const auto page =
      TakeMarkedPage(context, "DescribeRules" + in.ListenerArn.value_or(""), std::move(records), in.Marker, in.PageSize,
                     [](const records::elbv2::Rule& record) { return record.arn; });
  DescribeRulesOutput out;
  for (const records::elbv2::Rule& record : page.items) out.Rules.push_back(Render(record));
  out.NextMarker = page.next_token;
  return out;
}

AWS_OPERATION(elbv2, ModifyRule)
AWS_ACCESS("{RuleArn}")
ModifyRuleOutput ModifyRule(Context& context, const ModifyRuleInput& in) {
  records::elbv2::Rule record = RequireRule(context, *in.RuleArn);
  if (record.is_default) throw errors::DefaultRule(record.arn, "modified");
  const bool reset_transforms = in.ResetTransforms.value_or(false);
  if (!IsGiven(in.Conditions) && !IsGiven(in.Actions) && !IsGiven(in.Transforms) && !reset_transforms)
    throw errors::Validation("Either conditions or actions must be specified");
  if (reset_transforms && !in.Transforms.empty())  // unconfirmed wording
    throw errors::Validation("You can't specify both Transforms and ResetTransforms");
  const auto listener = RequireListener(context, record.listener_arn);
  if (IsGiven(in.Conditions)) record.conditions = CheckConditions(in.Conditions);
  if (IsGiven(in.Actions))
    record.actions =
        CheckActions(context, RequireLoadBalancer(context, record.load_balancer_arn), listener, in.Actions);
  if (IsGiven(in.Transforms) || reset_transforms) record.transforms = CheckTransforms(in.Transforms);
  context.tx.Put(context.scope, record);
  ModifyRuleOutput out;
  out.Rules.push_back(Render(record));
  return out;
}

AWS_OPERATION(elbv2, DeleteRule)
AWS_ACCESS("{RuleArn}")
DeleteRuleOutput DeleteRule(Context& context, const DeleteRuleInput& in) {
  const records::elbv2::Rule record = RequireRule(context, *in.RuleArn);
  if (record.is_default) throw errors::DefaultRule(record.arn, "deleted");
  context.tx.Erase<records::elbv2::Rule>(context.scope, record.arn);
  return {};
}

AWS_OPERATION(elbv2, SetRulePriorities)
AWS_ACCESS("{RulePriorities.RuleArn}")
SetRulePrioritiesOutput SetRulePriorities(Context& context, const SetRulePrioritiesInput& in) {
  if (in.RulePriorities.empty()) throw errors::Validation("A rule priority must be specified");  // unconfirmed
  std::vector<records::elbv2::Rule> changed;
  std::set<std::int32_t> priorities;
  std::set<std::string> arns;
  for (const RulePriorityPair& pair : in.RulePriorities) {
    if (!pair.RuleArn || !pair.Priority)  // unconfirmed wording
      throw errors::Validation("A rule ARN and a priority must be specified");
    records::elbv2::Rule record = RequireRule(context, *pair.RuleArn);
    if (record.is_default)  // unconfirmed wording
      throw errors::NotPermitted(fmt::format("The priority of the default rule '{}' cannot be changed", record.arn));
    if (!arns.insert(record.arn).second)  // unconfirmed wording
      throw errors::Validation(fmt::format("Rule '{}' was provided multiple times", record.arn));
    if (!priorities.insert(*pair.Priority).second)
      throw errors::Validation(fmt::format("Priority '{}' was provided multiple times", *pair.Priority));
    record.priority = *pair.Priority;
    changed.push_back(std::move(record));
  }
  for (const records::elbv2::Rule& record : changed)
    for (const records::elbv2::Rule& other : RulesOf(context, record.listener_arn))
      if (!other.is_default && other.priority == record.priority && !arns.contains(other.arn))
        throw errors::PriorityInUse(record.priority);
  SetRulePrioritiesOutput out;
  for (const records::elbv2::Rule& record : changed) {
    context.tx.Put(context.scope, record);
    out.Rules.push_back(Render(record));
  }
  return out;
}

}  // namespace drydock::elbv2
