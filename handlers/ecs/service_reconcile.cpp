#include "handlers/ecs/service_reconcile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_scheduler.h"
#include "handlers/ecs/service_tasks.h"
#include "handlers/ecs/staged_deployments.h"
#include "handlers/ecs/state_change_events.h"
#include "handlers/ecs/task_sets.h"
#include "handlers/engines.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

constexpr Duration kInactiveVisible = std::chrono::hours(1);
constexpr Duration kSteadyStateRepeats = std::chrono::hours(6);

// One round of a service's scheduler.
class Reconciliation {
 public:
  Reconciliation(Context& context, records::ecs::Service& service)
      : context_(context), service_(service), tasks_(context, service) {}

  void Run() {
    tasks_.RegisterTargets();
    tasks_.Judge();
    const std::string front = service_.deployments.empty() ? std::string() : service_.deployments.front().id;
    if (service_.deployment_controller != "ECS")
      RunTaskSets();
    else if (!front.empty() && IsInStages(service_))
      RunStages();
    else if (!front.empty() && IsHalted())
      CarryEach();
    else if (!front.empty())
      RunRolling();
    ForgetFinishedDeployments();
    if (service_.status == "DRAINING" && tasks_.empty()) BecomeInactive();
    context_.tx.Put(context_.scope, service_);
    // Another deployment was put in front, to roll back: that one is looked at in a round of its own.
    if (!service_.deployments.empty() && service_.deployments.front().id != front) TouchService(context_, service_.arn);
    SetTimer();
  }

 private:
  records::ecs::Deployment& primary() { return service_.deployments.front(); }

  // Stopped between two stages: whoever serves goes on serving.
  bool IsHalted() const {
    const auto& front = service_.deployments.front();
    return service_.status == "ACTIVE" && front.in_stages && front.rollout_state == "FAILED";
  }

  void RunRolling() {
    primary().desired_count = service_.desired_count;
    const std::string id = primary().id;
    const Situation situation = tasks_.RollingSituation(primary());
    const Plan plan = Decide(situation);
    const bool acted = tasks_.Carry(plan, id);
    if (acted) service_.steady = false;
    if (plan.blocked && !service_.blocked)
      AddEvent(context_, service_,
               "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
               "Update the minimumHealthyPercent or maximumPercent value and try again.");
    service_.blocked = plan.blocked;
    SayHeld(plan.held);
    CountOldDeployments();
    ForgetFinishedDeployments();
    if (!acted && primary().id == id && IsSteady(situation)) Settle();
  }

  // Both revisions run side by side while the stages go on.
  void RunStages() {
    const std::string id = primary().id;
    const auto look = AdvanceStages(context_, service_, IsSteady(tasks_.OwnSituation(primary())));
    if (look) tasks_.LookAgainAt(*look);
    if (primary().id != id) return;  // rolled back
    if (!IsInStages(service_)) return RunRolling();
    WantInStages(context_, service_);
    CarryEach();
  }

  void RunTaskSets() {
    for (auto& set : service_.deployments) set.desired_count = ComputedDesiredCount(service_, set);
    const bool acted = CarryEach();
    bool steady = !acted && service_.status == "ACTIVE" && !service_.deployments.empty();
    for (auto& set : service_.deployments) {
      const bool settled = IsSteady(tasks_.OwnSituation(set));
      if (settled != set.task_set->steady_since.has_value())
        set.task_set->steady_since = settled ? std::optional(context_.now) : std::nullopt;
      steady &= settled && set.status != "DRAINING";
    }
    if (steady)
      SaySteady();
    else
      service_.steady = false;
  }

  bool CarryEach() {
    std::vector<std::string> ids;
    for (const auto& deployment : service_.deployments) ids.push_back(deployment.id);
    bool acted = false;
    std::string held;
    for (const auto& id : ids) {
      const records::ecs::Deployment* deployment = FindDeployment(service_, id);
      if (!deployment || primary().id != ids.front()) continue;
      const Plan plan = Decide(tasks_.OwnSituation(*deployment));
      acted |= tasks_.Carry(plan, id);
      if (!plan.held.empty()) held = plan.held;
    }
    SayHeld(held);
    if (acted) service_.steady = false;
    return acted;
  }

  // Protected tasks keep the service from what it wants: said once, until it is over.
  void SayHeld(const std::string& task_id) {
    if (!task_id.empty() && !service_.held)
      AddEvent(context_, service_,
               fmt::format("was unable to reach steady state because task set (ecs-svc/{}) was unable to scale in. "
                           "Reason: The number of protected tasks are more than the desired count of tasks.",
                           tasks_.DeploymentOf(task_id)));
    service_.held = !task_id.empty();
  }

  // What a deployment that is being replaced still has is what it still wants.
  void CountOldDeployments() {
    for (auto& deployment : service_.deployments)
      if (deployment.status != "PRIMARY") deployment.desired_count = tasks_.CountLive(deployment.id);
  }

  // Deployments that were replaced stay in the list until their last task is STOPPED, task sets that are deleted, too.
  void ForgetFinishedDeployments() {
    std::erase_if(service_.deployments, [&](const records::ecs::Deployment& deployment) {
      const bool over = deployment.task_set ? deployment.status == "DRAINING" : deployment.status != "PRIMARY";
      if (!over || tasks_.HasTasksOf(deployment.id) || (!deployment.task_set && IsInStages(service_))) return false;
      if (!deployment.task_set) RollbackEnds(context_, deployment);
      return true;
    });
  }

  // All that was wanted is there.
  void Settle() {
    if (service_.status != "ACTIVE" || service_.deployments.size() != 1) return;
    if (primary().rollout_state == "IN_PROGRESS") CompleteDeployment(context_, service_);
    SaySteady();
  }

  void SaySteady() {
    const bool said = service_.steady && service_.steady_said_at + kSteadyStateRepeats > context_.now;
    if (!said) {
      AddEvent(context_, service_, "has reached a steady state.");
      PublishServiceAction(context_, service_, "INFO", "SERVICE_STEADY_STATE");
      service_.steady_said_at = context_.now;
    }
    service_.steady = true;
    tasks_.LookAgainAt(service_.steady_said_at + kSteadyStateRepeats);
  }

  void BecomeInactive() {
    service_.status = "INACTIVE";
    service_.deployments.clear();
    for (const auto& use : context_.tx.List<records::ecs::ServiceTargetGroup>(
             context_.scope, store::Where(&records::ecs::ServiceTargetGroup::service_arn, service_.arn)))
      context_.tx.Erase<records::ecs::ServiceTargetGroup>(context_.scope, use.target_group_arn, use.service_arn);
    tasks_.LookAgainAt(context_.now + kInactiveVisible);
  }

  // A wake-up that is set already and comes earlier stays.
  void SetTimer() {
    const auto& look = tasks_.next_look();
    if (!look) return;
    const auto set = context_.tx.GetTimer(kServiceTimer, context_.scope, service_.arn);
    if (!set || set->due > *look) context_.tx.SetTimer({kServiceTimer, context_.scope, service_.arn, *look});
  }

  Context& context_;
  records::ecs::Service& service_;
  ServiceTasks tasks_;
};

}  // namespace

void ForgetService(Context& context, const records::ecs::Service& service) {
  using records::ecs::ServiceDeployment;
  using records::ecs::ServiceRevision;
  for (const auto& event : EventsOf(context, service.arn))
    context.tx.Erase<records::ecs::ServiceEvent>(context.scope, event.service_arn, event.sequence);
  for (const auto& each :
       context.tx.List<ServiceRevision>(context.scope, store::Where(&ServiceRevision::service_arn, service.arn)))
    context.tx.Erase<ServiceRevision>(context.scope, each.id);
  for (const auto& each :
       context.tx.List<ServiceDeployment>(context.scope, store::Where(&ServiceDeployment::service_arn, service.arn)))
    context.tx.Erase<ServiceDeployment>(context.scope, each.id);
  context.tx.Erase<records::ecs::Service>(context.scope, service.cluster, service.name);
}

void ReconcileService(Context& context, const std::string& service_arn) {
  const ServiceKey key = ParseServiceArn(service_arn);
  auto service = context.tx.Get<records::ecs::Service>(context.scope, key.cluster, key.name);
  if (!service) return;
  if (service->status == "INACTIVE") return ForgetService(context, *service);
  Reconciliation(context, *service).Run();
}

}  // namespace drydock::ecs
