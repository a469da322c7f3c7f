#include "api/elbv2/AddTagsInput.h"
#include "api/elbv2/AddTagsOutput.h"
#include "api/elbv2/CreateRuleInput.h"
#include "api/elbv2/CreateRuleOutput.h"
#include "api/elbv2/DeleteRuleInput.h"
#include "api/elbv2/DeleteRuleOutput.h"
#include "api/elbv2/DescribeRulesInput.h"
#include "api/elbv2/DescribeRulesOutput.h"
#include "api/elbv2/DescribeTagsInput.h"
#include "api/elbv2/DescribeTagsOutput.h"
#include "api/elbv2/ModifyRuleInput.h"
#include "api/elbv2/ModifyRuleOutput.h"
#include "api/elbv2/RemoveTagsInput.h"
#include "api/elbv2/RemoveTagsOutput.h"
#include "api/elbv2/SetRulePrioritiesInput.h"
#include "api/elbv2/SetRulePrioritiesOutput.h"
#include "handlers/elbv2/testing.h"

namespace drydock::elbv2 {

CreateRuleOutput CreateRule(Context&, const CreateRuleInput&);
DeleteRuleOutput DeleteRule(Context&, const DeleteRuleInput&);
DescribeRulesOutput DescribeRules(Context&, const DescribeRulesInput&);
ModifyRuleOutput ModifyRule(Context&, const ModifyRuleInput&);
SetRulePrioritiesOutput SetRulePriorities(Context&, const SetRulePrioritiesInput&);
AddTagsOutput AddTags(Context&, const AddTagsInput&);
RemoveTagsOutput RemoveTags(Context&, const RemoveTagsInput&);
DescribeTagsOutput DescribeTags(Context&, const DescribeTagsInput&);

namespace {

RuleCondition Values(const std::string& field, std::vector<std::string> values) {
  RuleCondition condition;
  condition.Field = field;
  if (field == "http-header") {
    condition.HttpHeaderConfig.emplace().HttpHeaderName = "X-Kind";
    condition.HttpHeaderConfig->Values = List<std::string>(std::move(values));
  } else if (field == "http-request-method") {
    condition.HttpRequestMethodConfig.emplace().Values = List<std::string>(std::move(values));
  } else if (field == "source-ip") {
    condition.SourceIpConfig.emplace().Values = List<std::string>(std::move(values));
  } else {
    condition.Values = List<std::string>(std::move(values));
  }
  return condition;
}

class RuleFixture : public LoadBalancerFixture {
 public:
  CreateRuleInput RuleInput(int priority, std::vector<RuleCondition> conditions) const {
    CreateRuleInput in;
    in.ListenerArn = listener;
    in.Priority = priority;
    in.Conditions = List<RuleCondition>(std::move(conditions));
    in.Actions = {NotFound()};
    return in;
  }
  std::string MakeRule(int priority) {
    return *Call(CreateRule, RuleInput(priority, {Values("path-pattern", {"/p" + std::to_string(priority)})}))
                .Rules.at(0)
                .RuleArn;
  }
  std::vector<Rule> Rules() {
    DescribeRulesInput in;
    in.ListenerArn = listener;
    return Call(DescribeRules, in).Rules;
  }
  std::string DefaultRule() { return *Rules().back().RuleArn; }
  std::string RefusalOf(std::vector<RuleCondition> conditions) {
    const auto error = ErrorOf(CreateRule, RuleInput(1, std::move(conditions)));
    return error.code() + ": " + error.message();
  }

  const std::string load_balancer = MakeLoadBalancer();
  const std::string listener = MakeListener(load_balancer);
};

TEST_CASE("Rules are described by priority, the default rule last") {
  RuleFixture f;
  f.MakeRule(20);
  f.MakeRule(3);
  const auto rules = f.Rules();
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].Priority == "3");
  CHECK(rules[1].Priority == "20");
  CHECK(rules[2].Priority == "default");
  CHECK(rules[2].IsDefault == true);
  CHECK(rules[2].Conditions.empty());
  CHECK(rules[2].Actions.at(0).FixedResponseConfig->StatusCode == "404");
  CHECK(rules[0].IsDefault == false);
  CHECK(rules[0].Conditions.at(0).Values.at(0) == "/p3");  // both forms: aws-facts E.4
  CHECK(rules[0].Conditions.at(0).PathPatternConfig->Values.at(0) == "/p3");
  CHECK(rules[0].RuleArn->find(":listener-rule/app/web/") != std::string::npos);

  DescribeRulesInput in;
  CHECK(f.ErrorOf(DescribeRules, in).message() == "You must specify either listener rule ARNs or a listener ARN");
}

TEST_CASE("A priority belongs to one rule") {  // aws-facts E.1
  RuleFixture f;
  const std::string rule = f.MakeRule(10);
  const std::string other = f.MakeRule(11);
  const auto in_use = f.ErrorOf(CreateRule, f.RuleInput(10, {Values("path-pattern", {"/x"})}));
  CHECK(in_use.code() == "PriorityInUse");
  CHECK(in_use.message() == "Priority '10' is currently in use");

  SetRulePrioritiesInput in;
  in.RulePriorities.resize(2);
  in.RulePriorities[0].RuleArn = rule;
  in.RulePriorities[0].Priority = 11;
  in.RulePriorities[1].RuleArn = other;
  in.RulePriorities[1].Priority = 11;
  CHECK(f.ErrorOf(SetRulePriorities, in).message() == "Priority '11' was provided multiple times");
  in.RulePriorities[1].Priority = 10;  // they change places
  CHECK(f.Call(SetRulePriorities, in).Rules.size() == 2);
  CHECK(f.Rules().at(0).RuleArn == other);
  in.RulePriorities.resize(1);
  in.RulePriorities[0].Priority = 10;
  CHECK(f.CodeOf(SetRulePriorities, in) == "PriorityInUse");
  in.RulePriorities[0].RuleArn = f.DefaultRule();
  CHECK(f.CodeOf(SetRulePriorities, in) == "OperationNotPermitted");
}

TEST_CASE("The default rule stays") {
  RuleFixture f;
  const std::string arn = f.DefaultRule();
  DeleteRuleInput deletion;
  deletion.RuleArn = arn;
  CHECK(f.ErrorOf(DeleteRule, deletion).message() == "Default rule '" + arn + "' cannot be deleted");
  ModifyRuleInput modification;
  modification.RuleArn = arn;
  modification.Actions = {f.NotFound()};
  CHECK(f.ErrorOf(ModifyRule, modification).message() == "Default rule '" + arn + "' cannot be modified");
}

TEST_CASE("Modifying a rule replaces what is named") {
  RuleFixture f;
  ModifyRuleInput in;
  in.RuleArn = f.MakeRule(10);
  CHECK(f.ErrorOf(ModifyRule, in).message() == "Either conditions or actions must be specified");
  in.Conditions = List<RuleCondition>(std::vector{Values("host-header", {"*.example.com"})});
  const auto changed = f.Call(ModifyRule, in).Rules.at(0);
  CHECK(changed.Conditions.at(0).HostHeaderConfig->Values.at(0) == "*.example.com");
  CHECK(changed.Actions.at(0).Type == "fixed-response");

  DeleteRuleInput deletion;
  deletion.RuleArn = in.RuleArn;
  f.Call(DeleteRule, deletion);
  CHECK(f.CodeOf(DeleteRule, deletion) == "RuleNotFound");
  CHECK(f.ErrorOf(ModifyRule, in).message() == "One or more rules not found");
}

// Application Load Balancer guide, "Condition types for listener rules"; texts: "seen" where marked in conditions.cpp.
TEST_CASE("Conditions that AWS refuses") {
  RuleFixture f;
  CHECK(f.RefusalOf({RuleCondition()}) == "ValidationError: A condition field must be specified");
  CHECK(f.RefusalOf({Values("path-pattern", {"/a", "/b", "/c", "/d", "/e", "/f"})}) ==
        "ValidationError: A rule can only have '5' condition values");
  CHECK(f.RefusalOf({Values("path-pattern", {"^/[a-z]{2}/"})}) ==
        "ValidationError: Condition value '^/[a-z]{2}/' contains a character that is not valid");
  const std::vector<std::vector<RuleCondition>> refused = {
      {},
      {Values("path-pattern", {})},
      {Values("path-pattern", {""})},
      {Values("path-pattern", {"/" + std::string(128, 'a')})},
      {Values("path-pattern", {"/a*b*c*d*e*f*"})},
      {Values("path-pattern", {"/a"}), Values("path-pattern", {"/b"})},
      {Values("host-header", {"localhost"})},
      {Values("host-header", {"example.com1"})},
      {Values("host-header", {"exa_mple.com"})},
      {Values("http-request-method", {"get"})},
      {Values("source-ip", {"10.0.0.1"})},
      {Values("cookie", {"a"})},
  };
  for (std::size_t i = 0; i < refused.size(); ++i) {
    INFO(i);
    CHECK(f.CodeOf(CreateRule, f.RuleInput(1, refused[i])) == "ValidationError");
  }
  auto header = Values("http-header", {"a"});
  header.HttpHeaderConfig->HttpHeaderName = "Host";
  CHECK(f.CodeOf(CreateRule, f.RuleInput(1, {header})) == "ValidationError");
  RuleCondition regex;
  regex.Field = "path-pattern";
  regex.RegexValues = {"(unclosed"};
  CHECK(f.CodeOf(CreateRule, f.RuleInput(1, {regex})) == "ValidationError");
}

TEST_CASE("Conditions of all kinds are kept as they were given") {
  RuleFixture f;
  RuleCondition query;
  query.Field = "query-string";
  auto& pair = query.QueryStringConfig.emplace().Values.emplace_back();
  pair.Key = "version";
  pair.Value = "v?";
  auto in = f.RuleInput(1, {Values("http-header", {"a*"}), Values("http-request-method", {"GET"}),
                            Values("source-ip", {"10.0.0.0/8"}), Values("host-header", {"a.example.com"}), query});
  const auto rule = f.Call(CreateRule, in).Rules.at(0);
  REQUIRE(rule.Conditions.size() == 5);
  CHECK(rule.Conditions[0].HttpHeaderConfig->HttpHeaderName == "X-Kind");
  CHECK(rule.Conditions[0].HttpHeaderConfig->Values.at(0) == "a*");
  CHECK(rule.Conditions[1].HttpRequestMethodConfig->Values.at(0) == "GET");
  CHECK(rule.Conditions[2].SourceIpConfig->Values.at(0) == "10.0.0.0/8");
  CHECK(rule.Conditions[4].QueryStringConfig->Values.at(0).Key == "version");

  // What DescribeRules shows can be sent back as it is.
  ModifyRuleInput again;
  again.RuleArn = rule.RuleArn;
  again.Conditions = rule.Conditions;
  again.Actions = rule.Actions;
  CHECK(f.Call(ModifyRule, again).Rules.at(0).Conditions.size() == 5);
}

TEST_CASE("A weighted forward keeps its target groups and weights") {
  RuleFixture f;
  auto in = f.RuleInput(1, {Values("path-pattern", {"/a"})});
  Action forward;
  forward.Type = "forward";
  forward.ForwardConfig.emplace().TargetGroups.resize(2);
  auto& groups = forward.ForwardConfig->TargetGroups;
  groups[0].TargetGroupArn = f.MakeTargetGroup("one");
  groups[0].Weight = 90;
  groups[1].TargetGroupArn = f.MakeTargetGroup("two");
  groups[1].Weight = 10;
  in.Actions = {forward};
  const auto action = f.Call(CreateRule, in).Rules.at(0).Actions.at(0);
  CHECK(!action.TargetGroupArn.has_value());
  CHECK(action.ForwardConfig->TargetGroups.at(1).Weight == 10);

  in.Priority = 2;
  in.Actions[0].ForwardConfig->TargetGroups[1].Weight = 1000;
  CHECK(f.CodeOf(CreateRule, in) == "ValidationError");
  in.Actions[0].ForwardConfig->TargetGroups[1] = in.Actions[0].ForwardConfig->TargetGroups[0];
  CHECK(f.CodeOf(CreateRule, in) == "InvalidLoadBalancerAction");
}

TEST_CASE("A load balancer has 100 rules at most, default rules not counted") {
  RuleFixture f;
  for (int priority = 1; priority <= 100; ++priority) f.MakeRule(priority);
  CHECK(f.CodeOf(CreateRule, f.RuleInput(101, {Values("path-pattern", {"/x"})})) == "TooManyRules");
}

TEST_CASE("All kinds of resources can be tagged") {
  RuleFixture f;
  AddTagsInput in;
  in.ResourceArns = {f.load_balancer, f.listener, f.MakeRule(1), f.MakeTargetGroup()};
  in.Tags.resize(2);
  in.Tags[0].Key = "a";
  in.Tags[0].Value = "1";
  in.Tags[1].Key = "b";
  f.Call(AddTags, in);
  RemoveTagsInput removal;
  removal.ResourceArns = {f.listener};
  removal.TagKeys = {"a", "not there"};
  f.Call(RemoveTags, removal);
  DescribeTagsInput describe;
  describe.ResourceArns = in.ResourceArns;
  const auto described = f.Call(DescribeTags, describe).TagDescriptions;
  REQUIRE(described.size() == 4);
  CHECK(described[0].Tags.size() == 2);
  REQUIRE(described[1].Tags.size() == 1);
  CHECK(described[1].Tags[0].Key == "b");
  CHECK(described[1].Tags[0].Value == "");

  in.Tags[1].Key = "a";
  CHECK(f.CodeOf(AddTags, in) == "DuplicateTagKeys");
  in.Tags.clear();
  for (int i = 0; i < 50; ++i) in.Tags.emplace_back().Key = "key" + std::to_string(i);
  CHECK(f.CodeOf(AddTags, in) == "TooManyTags");  // with a and b they would be 52
  describe.ResourceArns = {"nonsense"};
  CHECK(f.CodeOf(DescribeTags, describe) == "ValidationError");
}

}  // namespace
}  // namespace drydock::elbv2
