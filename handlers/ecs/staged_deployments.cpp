#include "handlers/ecs/staged_deployments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "api/elbv2/ModifyListenerInput.h"
#include "api/elbv2/ModifyListenerOutput.h"
#include "api/elbv2/ModifyRuleInput.h"
#include "api/elbv2/ModifyRuleOutput.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_tasks.h"
#include "handlers/elbv2/targets.h"
#include "handlers/engines.h"
#include "handlers/iam/roles.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/rule.h"
#include "store/table.h"

namespace drydock::api {
extern const Service k_elbv2;  // generated
}

namespace drydock::ecs {
namespace {

using History = records::ecs::ServiceDeployment;

constexpr const char* kStages[] = {kReconcileService,
                                   kPreScaleUp,
                                   "SCALE_UP",
                                   "POST_SCALE_UP",
                                   "TEST_TRAFFIC_SHIFT",
                                   "POST_TEST_TRAFFIC_SHIFT",
                                   "PRODUCTION_TRAFFIC_SHIFT",
                                   "POST_PRODUCTION_TRAFFIC_SHIFT",
                                   "BAKE_TIME",
                                   "CLEAN_UP"};
constexpr Duration kLambdaRuns = std::chrono::seconds(30);

std::chrono::minutes Minutes(const std::optional<std::int32_t>& value) {
  return std::chrono::minutes(value.value_or(0));
}

void Range(const char* what, double value, double low, double high) {  // the sentence is unconfirmed
  if (value < low || value > high)
    throw errors::InvalidParameter(fmt::format("{} must be between {} and {}.", what, low, high));
}

// The weights of two target groups, which are whole numbers up to 999, for the new one's percentage.
std::pair<int, int> WeightsOf(double percent) {
  if (percent == std::floor(percent)) return {static_cast<int>(percent), 100 - static_cast<int>(percent)};
  const int weight = static_cast<int>(std::lround(percent * 9.99));
  return {weight, 999 - weight};
}

// Where a listener rule (or the listener whose default rule is meant) sends its requests, changed as the
// infrastructure role: what it may not do is not done.
class TrafficShift {
 public:
  TrafficShift(Context& context, const std::string& role_arn) : context_(context) {
    const auto role = iam::FindRole(context, role_arn);
    if (!role || !iam::RoleTrusts(context, *role, "ecs.amazonaws.com", context.Arn("ecs", "*")))
      throw errors::InfrastructureRoleNotAssumable(role_arn);
    principal_ = iam::SessionOf(context.account(), *role, "ECSNetworkingWithELB");
  }

  void Forward(const std::string& rule_arn, const std::string& old_group, const std::string& new_group,
               double new_percent) {
    const auto [new_weight, old_weight] = WeightsOf(new_percent);
    elbv2::Action action;
    action.Type = "forward";
    auto& forward = action.ForwardConfig.emplace();
    const auto add = [&](const std::string& group, int weight) {
      auto& tuple = forward.TargetGroups.emplace_back();
      tuple.TargetGroupArn = group;
      tuple.Weight = weight;
    };
    add(old_group, old_weight);
    if (new_group != old_group) add(new_group, new_weight);
    const auto rule = context_.tx.Get<records::elbv2::Rule>(context_.scope, rule_arn);
    if (rule && !rule->is_default) {
      elbv2::ModifyRuleInput request;
      request.RuleArn = rule_arn;
      request.Actions.push_back(std::move(action));
      Invoke<elbv2::ModifyRuleOutput>(context_, principal_, *api::FindOperation(api::k_elbv2, "ModifyRule"),
                                      std::move(request));
      return;
    }
    elbv2::ModifyListenerInput request;
    request.ListenerArn = rule ? rule->listener_arn : rule_arn;
    request.DefaultActions.push_back(std::move(action));
    Invoke<elbv2::ModifyListenerOutput>(context_, principal_, *api::FindOperation(api::k_elbv2, "ModifyListener"),
                                        std::move(request));
  }

 private:
  Context& context_;
  Principal principal_;
};

// Gives the new revision its percentages of test and production traffic at every load balancer of the service.
void Shift(Context& context, const records::ecs::Service& service, double test, double production) {
  const records::ecs::Deployment& fresh = service.deployments.front();
  for (const auto& balancer : RevisionOf(context, fresh.revision_id).load_balancers) {
    if (!balancer.advancedConfiguration) continue;
    const auto& advanced = *balancer.advancedConfiguration;
    const std::string new_group = TargetGroupOf(balancer, fresh.alternate);
    const std::string old_group = TargetGroupOf(balancer, !fresh.alternate);
    TrafficShift shift(context, advanced.roleArn.value_or(""));
    shift.Forward(advanced.productionListenerRule.value_or(""), old_group, new_group, production);
    if (advanced.testListenerRule) shift.Forward(*advanced.testListenerRule, old_group, new_group, test);
  }
}

// The deployment's way through its stages, in one round.
class Stages {
 public:
  Stages(Context& context, records::ecs::Service& service, History history)
      : context_(context), service_(service), history_(std::move(history)) {}

  std::optional<Timestamp> Run(bool scaled_up) {
    scaled_up_ = scaled_up;
    bool forward = true;
    while (forward && failure_.empty() && history_.lifecycle_stage != "CLEAN_UP") {
      forward = PassHooks() && DoStage();
      if (forward && failure_.empty()) EnterNext();
    }
    history_.updated_at = context_.now;
    context_.tx.Put(context_.scope, history_);
    if (!failure_.empty()) FailDeployment(context_, service_, failure_, true);
    return look_;
  }

 private:
  bool IsStage(const char* name) const { return history_.lifecycle_stage == name; }
  bool HasSource() const { return SourceOf(service_).has_value(); }
  const DeploymentConfiguration& configuration() const { return history_.deployment_configuration; }
  void LookAgainAt(Timestamp when) {
    if (!look_ || when < *look_) look_ = when;
  }

  void EnterNext() {
    const auto at = std::find(std::begin(kStages), std::end(kStages), history_.lifecycle_stage);
    history_.lifecycle_stage = *(at + 1);
    history_.stage_entered = false;
    history_.stage_until.reset();
    if (history_.lifecycle_stage == "CLEAN_UP") service_.deployments.front().in_stages = false;
  }

  bool IsHookOf(const std::string& stage) const {
    return stage == history_.lifecycle_stage ||
           (IsStage("PRODUCTION_TRAFFIC_SHIFT") && stage == "PRE_PRODUCTION_TRAFFIC_SHIFT");
  }

  // Whether all hooks of the stage are through.
  bool PassHooks() {
    if (!history_.stage_entered) BeginHooks();
    bool through = true;
    for (auto& hook : history_.hooks) {
      if (!IsHookOf(hook.stage)) continue;
      if (hook.expires_at && *hook.expires_at <= context_.now) Expire(hook);
      if (hook.status == "AWAITING_ACTION" || hook.status == "IN_PROGRESS") {
        LookAgainAt(*hook.expires_at);
        through = false;
      } else if (hook.status == "FAILED" || (hook.status == "TIMED_OUT" && hook.timeout_action == "ROLLBACK")) {
        failure_ = "Service deployment rolled back because " + hook.stage +
                   (hook.status == "FAILED" ? " lifecycle hook(s) failed." : " pause hook timed out.");
        return false;
      }
    }
    return through;
  }

  void BeginHooks() {
    history_.stage_entered = true;
    for (const auto& configured : configuration().lifecycleHooks) {
      for (const std::string& stage : configured.lifecycleStages) {
        if (!IsHookOf(stage)) continue;
        const bool pause = configured.targetType == "PAUSE";
        records::ecs::DeploymentHook hook;
        hook.stage = stage;
        hook.target_type = pause ? "PAUSE" : "AWS_LAMBDA";
        hook.id = (pause ? "ecs-pause-" : "ecs-lambda-") + context_.ids.Alphanumeric(43);
        hook.target_arn = configured.hookTargetArn.value_or("");
        hook.status = pause ? "AWAITING_ACTION" : "IN_PROGRESS";
        const auto& timeout = configured.timeoutConfiguration;
        // The defaults: API Reference, DeploymentLifecycleHookTimeoutConfiguration.
        hook.timeout_action = timeout ? timeout->action.value_or("ROLLBACK") : "ROLLBACK";
        const int minutes = timeout ? timeout->timeoutInMinutes.value_or(1440) : 1440;
        hook.expires_at = context_.now + (pause ? Duration(std::chrono::minutes(minutes))
                                                : context_.engines.clock.Delay(kLambdaRuns, Duration(0)));
        history_.hooks.push_back(std::move(hook));
      }
    }
  }

  // There is no Lambda here: its functions are not called and count as having succeeded.
  static void Expire(records::ecs::DeploymentHook& hook) {
    if (hook.status == "IN_PROGRESS") hook.status = "SUCCEEDED";
    if (hook.status == "AWAITING_ACTION") hook.status = "TIMED_OUT";
    hook.expires_at.reset();
  }

  // Whether the stage is done.
  bool DoStage() {
    // The new revision's target group must be in a rule before its health is checked.
    if (IsStage(kPreScaleUp)) return !HasSource() || ShiftTo(0, 0);
    if (IsStage("SCALE_UP")) return scaled_up_;
    if (IsStage("TEST_TRAFFIC_SHIFT")) return ShiftTo(100, history_.production_weight);
    if (IsStage("PRODUCTION_TRAFFIC_SHIFT")) return ShiftProduction();
    if (IsStage("BAKE_TIME")) return Bake();
    return true;
  }

  // What is wrong, in the words of the guide's page about troubleshooting blue/green deployments.
  bool ShiftTo(double test, double production) {
    try {
      Shift(context_, service_, test, production);
    } catch (const ApiError& error) {
      failure_ = error.code() == "ClientException"
                     ? "Service deployment rolled back because of invalid networking configuration. " + error.message()
                     : fmt::format("Service deployment rolled back because {} lifecycle hook(s) failed. {}",
                                   history_.lifecycle_stage, error.message());
      return false;
    }
    history_.test_weight = test;
    history_.production_weight = production;
    return true;
  }

  // One step at a time, with a rest behind each but the last.
  bool ShiftProduction() {
    if (history_.stage_until && *history_.stage_until > context_.now) return Rest();
    if (history_.production_weight >= 100) return true;
    double next = 100;
    Duration rest{0};
    if (HasSource() && configuration().strategy == "LINEAR") {
      next = std::min(100.0, history_.production_weight + *configuration().linearConfiguration->stepPercent);
      rest = Pace(Minutes(configuration().linearConfiguration->stepBakeTimeInMinutes));
    } else if (HasSource() && configuration().strategy == "CANARY" && history_.production_weight == 0) {
      next = *configuration().canaryConfiguration->canaryPercent;
      rest = Pace(Minutes(configuration().canaryConfiguration->canaryBakeTimeInMinutes));
    }
    if (!ShiftTo(history_.test_weight, next)) return false;
    if (next >= 100) return true;
    history_.stage_until = context_.now + rest;
    return rest.count() == 0 ? ShiftProduction() : Rest();
  }

  bool Rest() {
    LookAgainAt(*history_.stage_until);
    return false;
  }

  // Both revisions go on for a while, if there are two.
  bool Bake() {
    if (!HasSource()) return true;
    if (!history_.stage_until) history_.stage_until = context_.now + Pace(Minutes(configuration().bakeTimeInMinutes));
    return *history_.stage_until <= context_.now || Rest();
  }

  // Quick, a minute is a second.
  Duration Pace(std::chrono::minutes minutes) const {
    return context_.engines.clock.Delay(minutes, Duration(minutes) / 60);
  }

  Context& context_;
  records::ecs::Service& service_;
  History history_;
  bool scaled_up_ = false;
  std::string failure_;
  std::optional<Timestamp> look_;
};

bool ForwardsTo(Context& context, const std::string& rule_arn, const std::string& target_group_arn) {
  const auto rule = context.tx.Get<records::elbv2::Rule>(context.scope, rule_arn);
  if (!rule) return false;
  return std::any_of(rule->actions.begin(), rule->actions.end(), [&](const auto& action) {
    return std::any_of(action.target_groups.begin(), action.target_groups.end(),
                       [&](const auto& each) { return each.target_group_arn == target_group_arn; });
  });
}

// The rules of an Application Load Balancer.
void CheckRules(Context& context, const LoadBalancer& balancer) {
  const auto& advanced = *balancer.advancedConfiguration;
  const std::pair<const char*, std::optional<std::string>> rules[] = {
      {"productionListenerRule", advanced.productionListenerRule}, {"testListenerRule", advanced.testListenerRule}};
  for (const auto& [name, rule] : rules)
    if (rule && rule->find(":listener/app/") != std::string::npos)
      throw errors::InvalidParameter(fmt::format(
          "{} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: {}", name, *rule));
  const std::string production = *advanced.productionListenerRule;
  if (advanced.testListenerRule == production)
    throw errors::InvalidParameter("The following rules cannot be used as both production and test listener rules: " +
                                   production);
  if (production.find(":listener-rule/app/") == std::string::npos || advanced.testListenerRule) return;
  for (const auto& group : {*balancer.targetGroupArn, *advanced.alternateTargetGroupArn})
    if (!ForwardsTo(context, production, group))
      throw errors::InvalidParameter(
          "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated "
          "with both targetGroup and alternateTargetGroup");
}

}  // namespace

void CompleteStrategy(DeploymentConfiguration& configuration) {
  const std::string strategy = configuration.strategy.value_or("ROLLING");
  if (strategy != "LINEAR" && configuration.linearConfiguration)  // unconfirmed
    throw errors::InvalidParameter("linearConfiguration can only be specified with the LINEAR strategy.");
  if (strategy != "CANARY" && configuration.canaryConfiguration)  // unconfirmed
    throw errors::InvalidParameter("canaryConfiguration can only be specified with the CANARY strategy.");
  Range("bakeTimeInMinutes", configuration.bakeTimeInMinutes.value_or(0), 0, 1440);
  if (strategy == "LINEAR") {  // defaults and ranges: API Reference, LinearConfiguration
    if (!configuration.linearConfiguration) configuration.linearConfiguration.emplace();
    auto& linear = *configuration.linearConfiguration;
    if (!linear.stepPercent) linear.stepPercent = 10;
    if (!linear.stepBakeTimeInMinutes) linear.stepBakeTimeInMinutes = 6;
    Range("stepPercent", *linear.stepPercent, 3, 100);
    Range("stepBakeTimeInMinutes", *linear.stepBakeTimeInMinutes, 0, 1440);
  }
  if (strategy == "CANARY") {  // and CanaryConfiguration
    if (!configuration.canaryConfiguration) configuration.canaryConfiguration.emplace();
    auto& canary = *configuration.canaryConfiguration;
    if (!canary.canaryPercent) canary.canaryPercent = 5;
    if (!canary.canaryBakeTimeInMinutes) canary.canaryBakeTimeInMinutes = 10;
    Range("canaryPercent", *canary.canaryPercent, 0.1, 100);
    Range("canaryBakeTimeInMinutes", *canary.canaryBakeTimeInMinutes, 0, 1440);
  }
  for (const auto& hook : configuration.lifecycleHooks) {
    if (hook.hookDetails) throw errors::NotImplemented("hookDetails of a lifecycle hook");
    const bool pause = hook.targetType == "PAUSE";
    if (!pause && (!hook.hookTargetArn || !hook.roleArn))  // unconfirmed
      throw errors::InvalidParameter("A lifecycle hook must have a hookTargetArn and a roleArn.");
    if (hook.lifecycleStages.empty())  // unconfirmed
      throw errors::InvalidParameter("A lifecycle hook must have at least one lifecycle stage.");
    for (const std::string& stage : hook.lifecycleStages)
      if (pause && stage != "PRE_SCALE_UP" && stage != "POST_SCALE_UP" && stage != "POST_TEST_TRAFFIC_SHIFT" &&
          stage != "PRE_PRODUCTION_TRAFFIC_SHIFT" && stage != "POST_PRODUCTION_TRAFFIC_SHIFT")
        throw errors::InvalidParameter("Invalid lifecycle stage provided for Pause Hook");
  }
}

void CheckTrafficShift(Context& context, const DeploymentConfiguration& configuration,
                       const std::vector<LoadBalancer>& balancers) {
  const bool rolling = configuration.strategy.value_or("ROLLING") == "ROLLING";
  const auto plain = std::count_if(balancers.begin(), balancers.end(),
                                   [](const auto& balancer) { return !balancer.advancedConfiguration; });
  if (!rolling && plain > 0)
    throw errors::InvalidParameter(
        "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy");
  if (plain > 0 && plain < static_cast<std::ptrdiff_t>(balancers.size()))
    throw errors::InvalidParameter(
        "Either all or none of the provided loadBalancers must have advancedConfiguration defined");
  std::set<std::string> groups;
  for (const auto& balancer : balancers) {
    const auto& advanced = balancer.advancedConfiguration;
    if (!advanced) continue;
    if (!groups.insert(balancer.targetGroupArn.value_or("")).second)
      throw errors::InvalidParameter("Duplicate targetGroupArn found: " + balancer.targetGroupArn.value_or(""));
    if (!advanced->alternateTargetGroupArn || !advanced->productionListenerRule || !advanced->roleArn)  // unconfirmed
      throw errors::InvalidParameter(
          "advancedConfiguration must have an alternateTargetGroupArn, a productionListenerRule and a roleArn.");
    const auto group = elbv2::FindTargetGroup(context, *advanced->alternateTargetGroupArn);
    if (!group) throw errors::TargetGroupNotFound(*advanced->alternateTargetGroupArn);
    if (group->target_type != "ip") throw errors::TargetGroupType(group->arn, group->target_type);
    for (const auto& rule : {advanced->productionListenerRule, advanced->testListenerRule})
      if (rule && !context.tx.Get<records::elbv2::Rule>(context.scope, *rule) &&
          !context.tx.Get<records::elbv2::Listener>(context.scope, *rule))  // unconfirmed
        throw errors::InvalidParameter(fmt::format("The listener rule {} does not exist.", *rule));
    CheckRules(context, balancer);
  }
}

bool IsInStages(const records::ecs::Service& service) {
  return service.status == "ACTIVE" && !service.deployments.empty() && service.deployments.front().in_stages &&
         service.deployments.front().rollout_state == "IN_PROGRESS";
}

std::optional<records::ecs::Deployment> SourceOf(const records::ecs::Service& service) {
  for (const auto& deployment : service.deployments)
    if (deployment.id == service.last_completed_deployment) return deployment;
  return std::nullopt;
}

bool PutSourceInFront(records::ecs::Service& service) {
  auto& all = service.deployments;
  const auto source = std::find_if(all.begin(), all.end(), [&](const records::ecs::Deployment& each) {
    return each.id == service.last_completed_deployment;
  });
  if (source == all.end()) return false;
  for (auto& each : all) each.status = "ACTIVE";
  source->status = "PRIMARY";
  std::rotate(all.begin(), source, source + 1);
  return true;
}

std::optional<Timestamp> AdvanceStages(Context& context, records::ecs::Service& service, bool scaled_up) {
  auto history = context.tx.Get<History>(context.scope, service.deployments.front().deployment_id);
  if (!history) return std::nullopt;
  return Stages(context, service, std::move(*history)).Run(scaled_up);
}

void WantInStages(Context& context, records::ecs::Service& service) {
  const auto history = context.tx.Get<History>(context.scope, service.deployments.front().deployment_id);
  const std::string stage = history ? history->lifecycle_stage : std::string();
  const bool scaled = stage != kReconcileService && stage != kPreScaleUp;
  for (std::size_t i = 0; i < service.deployments.size(); ++i) {
    auto& deployment = service.deployments[i];
    const bool wanted = i == 0 ? scaled : deployment.id == service.last_completed_deployment;
    deployment.desired_count = wanted ? service.desired_count : 0;
  }
}

void ReturnTraffic(Context& context, records::ecs::Service& service) {
  if (!SourceOf(service)) return;
  try {
    Shift(context, service, 0, 0);
  } catch (const ApiError& error) {
    AddEvent(context, service, fmt::format("was unable to shift traffic back: {}", error.message()));
  }
  ChangeHistory(context, service.deployments.front().deployment_id,
                [](History& history) { history.test_weight = history.production_weight = 0; });
}

}  // namespace drydock::ecs
