#include "handlers/ecs/service_reconcile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "handlers/ec2/subnets.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_scheduler.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/ecs/task_lifecycle.h"
#include "handlers/ecs/task_view.h"
#include "handlers/ecs/tasks.h"
#include "handlers/elbv2/targets.h"
#include "handlers/engines.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

using loadbalancer::TargetStatus;
using records::ecs::Deployment;
using records::ecs::Service;
using records::ecs::Task;
using Revision = records::ecs::ServiceRevision;

// A task without health checks counts as healthy when it has been RUNNING for so long (aws-facts D.6).
constexpr Duration kSettled = std::chrono::seconds(40);
constexpr Duration kSettledQuick = std::chrono::milliseconds(300);
// Quick, health checks see in a second what takes them a minute on AWS. A task that has served well is given time, so
// that closing a security group for a moment shows unhealthy targets, and not new ones. A release that never becomes
// healthy gets none.
constexpr Duration kPatienceQuick = std::chrono::seconds(10);
constexpr Duration kInactiveVisible = std::chrono::hours(1);
constexpr Duration kSteadyStateRepeats = std::chrono::hours(6);

std::string ListOf(const std::vector<std::string>& task_ids) {
  std::string text;
  for (const auto& id : task_ids) text += fmt::format(" (task {})", id);
  return text;
}

class Reconciliation {
 public:
  Reconciliation(Context& context, Service& service)
      : context_(context),
        service_(service),
        deployment_id_(service.deployments.front().id),
        revision_(RevisionOf(context, service.deployments.front().revision_id)),
        tasks_(context.tx.List<Task>(context.scope, store::Where(&Task::active_service, service.arn))) {}

  void Run() {
    primary().desired_count = service_.desired_count;
    RegisterTargets();
    const Situation situation = Judge();
    const Plan plan = Decide(situation);
    StopUnhealthy(plan.unhealthy);
    StopSurplus(plan.surplus);
    if (primary().id == deployment_id_) Start(plan);
    const bool acted = plan.start > 0 || !plan.surplus.empty() || !plan.unhealthy.empty();
    if (acted) service_.steady = false;
    if (plan.blocked && !service_.blocked)
      AddEvent(context_, service_,
               "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
               "Update the minimumHealthyPercent or maximumPercent value and try again.");
    service_.blocked = plan.blocked;
    ForgetFinishedDeployments();
    if (!acted && IsSteady(situation)) Settle();
    if (service_.status == "DRAINING" && tasks_.empty()) BecomeInactive();
    context_.tx.Put(context_.scope, service_);
    // The circuit breaker has put another deployment in front: that one is looked at in a round of its own.
    if (!service_.deployments.empty() && primary().id != deployment_id_) TouchService(context_, service_.arn);
    SetTimer();
  }

 private:
  Deployment& primary() { return service_.deployments.front(); }
  static bool IsLive(const Task& task) { return task.desired_status == "RUNNING"; }
  bool IsCurrent(const Task& task) { return task.deployment_id == primary().id; }

  void LookAgainAt(Timestamp when) {
    if (when > context_.now && (!next_look_ || when < *next_look_)) next_look_ = when;
  }

  // Every RUNNING task belongs into the target groups of its deployment's revision.
  void RegisterTargets() {
    std::map<std::string, int> registered;
    for (auto& task : tasks_) {
      if (!IsLive(task) || task.last_status != "RUNNING" || !task.targets.empty()) continue;
      for (const auto& balancer : RevisionOfTask(task).load_balancers) {
        const std::string group = balancer.targetGroupArn.value_or("");
        const int port = balancer.containerPort.value_or(0);
        if (group.empty() || !elbv2::FindTargetGroup(context_, group)) continue;
        elbv2::RegisterTarget(context_, group, task.attachment.private_address, port, task.availability_zone);
        task.targets.push_back({group, port});
        ++registered[group];
      }
      if (!task.targets.empty()) context_.tx.Put(context_.scope, task);
    }
    for (const auto& [group, count] : registered)
      AddEvent(context_, service_, fmt::format("registered {} targets in (target-group {})", count, group));
  }

  const Revision& RevisionOfTask(const Task& task) {
    for (const auto& deployment : service_.deployments) {
      if (deployment.id != task.deployment_id) continue;
      auto known = revisions_.find(deployment.revision_id);
      if (known == revisions_.end())
        known = revisions_.emplace(deployment.revision_id, RevisionOf(context_, deployment.revision_id)).first;
      return known->second;
    }
    return revision_;
  }

  Situation Judge() {
    Situation situation;
    situation.desired = service_.desired_count;
    const auto& configuration = service_.deployment_configuration;
    situation.minimum_healthy_percent = configuration.minimumHealthyPercent.value_or(100);
    situation.maximum_percent = configuration.maximumPercent.value_or(200);
    const auto& next_attempt = primary().next_attempt;
    if (next_attempt) LookAgainAt(*next_attempt);
    situation.may_start = primary().rollout_state != "FAILED" && !(next_attempt && *next_attempt > context_.now);
    for (auto& task : tasks_) {
      if (!IsLive(task)) continue;
      TaskState state;
      state.id = task.id;
      state.current = IsCurrent(task);
      state.running = task.last_status == "RUNNING";
      state.availability_zone = task.availability_zone;
      state.created = task.times["createdAt"];
      if (state.running) state.verdict = WithPatience(task, VerdictOn(task));
      if (state.verdict == Verdict::kHealthy && !task.was_healthy) {
        task.was_healthy = true;
        context_.tx.Put(context_.scope, task);
        if (state.current) CountSuccess(service_);
      }
      situation.tasks.push_back(std::move(state));
    }
    return situation;
  }

  // aws-facts D.6: with a load balancer its targets decide, with container health checks these; both where there are
  // both. Bad results within the grace period do not count.
  Verdict VerdictOn(const Task& task) {
    const Timestamp started = task.times.at("startedAt");
    const Timestamp graced = started + std::chrono::seconds(service_.health_check_grace_period_seconds);
    if (graced > context_.now) LookAgainAt(graced);
    bool healthy = true;
    const auto bad = [&](std::string reason) {
      if (graced <= context_.now) reasons_.emplace(task.id, std::move(reason));
      healthy = false;
    };
    for (const auto& target : task.targets) {
      const auto health =
          context_.engines.target_health(target.target_group_arn, task.attachment.private_address, target.port);
      if (health.status == TargetStatus::kHealthy || health.status == TargetStatus::kUnavailable) continue;
      healthy = false;
      const bool zone_missing = health == loadbalancer::ZoneNotEnabled();
      if (health.status != TargetStatus::kUnhealthy && !zone_missing) continue;
      bad("Task failed ELB health checks in (target-group " + target.target_group_arn + ")");
      if (graced <= context_.now)
        events_.emplace(task.id, fmt::format("(port {}) is unhealthy in (target-group {}) due to (reason {})",
                                             target.port, target.target_group_arn, health.description));
    }
    const bool checked = std::any_of(task.containers.begin(), task.containers.end(),
                                     [](const auto& c) { return c.essential && c.has_health_check; });
    if (checked) {
      const std::string health = TaskHealth(task);
      if (health == "UNHEALTHY") {
        bad("Task failed container health checks");
        if (graced <= context_.now) events_.emplace(task.id, "failed container health checks");
      }
      healthy &= health == "HEALTHY";
    }
    if (reasons_.contains(task.id)) return Verdict::kUnhealthy;
    if (!healthy) return Verdict::kPending;
    if (task.targets.empty() && !checked) {
      const Timestamp settled = started + context_.engines.clock.Delay(kSettled, kSettledQuick);
      LookAgainAt(settled);
      if (settled > context_.now) return Verdict::kPending;
    }
    return Verdict::kHealthy;
  }

  Verdict WithPatience(Task& task, Verdict verdict) {
    const bool fell_ill = verdict == Verdict::kUnhealthy && task.was_healthy;
    if (fell_ill != task.unhealthy_since.has_value() && verdict != Verdict::kPending) {
      task.unhealthy_since = fell_ill ? std::optional(context_.now) : std::nullopt;
      context_.tx.Put(context_.scope, task);
    }
    if (!fell_ill) return verdict;
    const Timestamp until = *task.unhealthy_since + context_.engines.clock.Delay(Duration(0), kPatienceQuick);
    LookAgainAt(until);
    return until > context_.now ? Verdict::kPending : verdict;
  }

  Task& TaskOf(const std::string& id) {
    return *std::find_if(tasks_.begin(), tasks_.end(), [&](const Task& task) { return task.id == id; });
  }

  // Stops a task and returns its targets' groups, whose connections begin to drain.
  void Stop(const std::string& id, const std::string& reason, std::map<std::string, int>& draining) {
    Task& task = TaskOf(id);
    for (const auto& target : task.targets) ++draining[target.target_group_arn];
    BeginStop(context_, task, "ServiceSchedulerInitiated", reason);
  }

  void SayDraining(const std::map<std::string, int>& draining) {
    for (const auto& [group, count] : draining)
      AddEvent(context_, service_, fmt::format("deregistered {} targets in (target-group {})", count, group));
    for (const auto& [group, count] : draining)
      AddEvent(context_, service_, fmt::format("has begun draining connections on {} tasks.", count));
  }

  void StopUnhealthy(const std::vector<std::string>& ids) {
    std::map<std::string, int> draining;
    for (const auto& id : ids) {
      if (const auto event = events_.find(id); event != events_.end())
        AddEvent(context_, service_, fmt::format("(task {}) {}.", id, event->second));
      Stop(id, reasons_.at(id), draining);
    }
    if (ids.empty()) return;
    AddEvent(context_, service_, fmt::format("has stopped {} running tasks:{}.", ids.size(), ListOf(ids)));
    SayDraining(draining);
    for (const auto& id : ids) CountFailure(context_, service_, TaskOf(id));
  }

  void StopSurplus(const std::vector<std::string>& ids) {
    if (ids.empty()) return;
    std::map<std::string, int> draining;
    for (const auto& id : ids)
      Stop(id, fmt::format("Scaling activity initiated by (deployment ecs-svc/{})", primary().id), draining);
    AddEvent(context_, service_, fmt::format("has stopped {} running tasks:{}.", ids.size(), ListOf(ids)));
    SayDraining(draining);
  }

  // The subnet for the next task: of the Availability Zone with the fewest current tasks, then the subnet with the
  // fewest, then in the order of the configuration.
  std::string ChooseSubnet(const std::vector<std::string>& subnets) {
    std::string best;
    std::pair<int, int> least;
    for (const auto& id : subnets) {
      const auto subnet = ec2::FindSubnet(context_, id);
      const std::string zone = subnet ? subnet->availability_zone : std::string();
      std::pair<int, int> load{0, 0};
      for (const auto& task : tasks_) {
        if (!IsLive(task) || !IsCurrent(task)) continue;
        load.first += task.availability_zone == zone;
        load.second += task.attachment.subnet_id == id;
      }
      if (best.empty() || load < least) {
        best = id;
        least = load;
      }
    }
    return best;
  }

  std::string ChooseProvider() {
    std::vector<int> counts;
    for (const auto& item : revision_.capacity_provider_strategy)
      counts.push_back(static_cast<int>(std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& task) {
        return IsLive(task) && IsCurrent(task) && task.capacity_provider == item.capacityProvider;
      })));
    return ChooseCapacityProvider(revision_.capacity_provider_strategy, counts);
  }

  void Start(const Plan& plan) {
    if (plan.start == 0) return;
    const auto definition = FindTaskDefinition(context_, revision_.task_definition_arn);
    if (!definition) return;
    if (const auto role = UnassumableRole(context_, *definition, {})) {
      AddEvent(context_, service_,
               fmt::format("failed to launch a task with (error {}).", errors::RoleNotAssumableText(*role)));
      CountFailedLaunch(context_, service_);
      if (primary().next_attempt) LookAgainAt(*primary().next_attempt);
      return;
    }
    std::vector<Tag> propagated;
    if (service_.propagate_tags == "SERVICE") propagated = service_.tags;
    if (service_.propagate_tags == "TASK_DEFINITION") propagated = definition->tags;
    std::vector<std::string> started;
    for (int i = 0; i < plan.start; ++i) {
      tasks_.push_back(LaunchTask(
          context_,
          {.cluster = service_.cluster,
           .definition = *definition,
           .network = *revision_.network_configuration,
           .subnet_id = ChooseSubnet(revision_.network_configuration->awsvpcConfiguration->subnets),
           .capacity_provider = ChooseProvider(),
           .platform_version = revision_.platform_version,
           .group = "service:" + service_.name,
           .started_by = "ecs-svc/" + primary().id,
           .tags = TagsForTask(service_.cluster, service_.name, service_.enable_ecs_managed_tags, propagated, {}),
           .enable_execute_command = service_.enable_execute_command,
           .service_arn = service_.arn,
           .deployment_id = primary().id}));
      started.push_back(tasks_.back().id);
    }
    std::string text = fmt::format("has started {} tasks:{}.", started.size(), ListOf(started));
    if (plan.replacements > 0)
      text += fmt::format(" Amazon ECS replaced {} tasks due to an unhealthy status.", plan.replacements);
    AddEvent(context_, service_, text);
    primary().updated_at = context_.now;
  }

  // Deployments that were replaced stay in the list until their last task is STOPPED.
  void ForgetFinishedDeployments() {
    std::erase_if(service_.deployments, [&](const Deployment& deployment) {
      return deployment.status != "PRIMARY" && std::none_of(tasks_.begin(), tasks_.end(), [&](const Task& task) {
               return task.deployment_id == deployment.id;
             });
    });
    for (auto& deployment : service_.deployments)
      if (deployment.status != "PRIMARY")
        deployment.desired_count =
            static_cast<std::int32_t>(std::count_if(tasks_.begin(), tasks_.end(), [&](const Task& t) {
              return IsLive(t) && t.deployment_id == deployment.id;
            }));
  }

  // All that was wanted is there.
  void Settle() {
    if (service_.status != "ACTIVE" || service_.deployments.size() != 1) return;
    if (primary().rollout_state == "IN_PROGRESS") CompleteDeployment(context_, service_);
    const bool said = service_.steady && service_.steady_said_at + kSteadyStateRepeats > context_.now;
    if (!said) {
      AddEvent(context_, service_, "has reached a steady state.");
      service_.steady_said_at = context_.now;
    }
    service_.steady = true;
    LookAgainAt(service_.steady_said_at + kSteadyStateRepeats);
  }

  void BecomeInactive() {
    service_.status = "INACTIVE";
    service_.deployments.clear();
    for (const auto& use : context_.tx.List<records::ecs::ServiceTargetGroup>(
             context_.scope, store::Where(&records::ecs::ServiceTargetGroup::service_arn, service_.arn)))
      context_.tx.Erase<records::ecs::ServiceTargetGroup>(context_.scope, use.target_group_arn, use.service_arn);
    next_look_ = context_.now + kInactiveVisible;
  }

  // A wake-up that is set already and comes earlier stays.
  void SetTimer() {
    if (!next_look_) return;
    const auto set = context_.tx.GetTimer(kServiceTimer, context_.scope, service_.arn);
    if (!set || set->due > *next_look_)
      context_.tx.SetTimer({kServiceTimer, context_.scope, service_.arn, *next_look_});
  }

  Context& context_;
  Service& service_;
  const std::string deployment_id_;  // of the PRIMARY deployment
  const Revision revision_;          // and what it brings out
  std::vector<Task> tasks_;          // that are not STOPPED
  std::map<std::string, Revision> revisions_;
  std::map<std::string, std::string> reasons_;  // of unhealthy tasks: the stoppedReason
  std::map<std::string, std::string> events_;   // and the service event
  std::optional<Timestamp> next_look_;
};

}  // namespace

void ForgetService(Context& context, const Service& service) {
  for (const auto& event : EventsOf(context, service.arn))
    context.tx.Erase<records::ecs::ServiceEvent>(context.scope, event.service_arn, event.sequence);
  for (const auto& each : context.tx.List<Revision>(context.scope, store::Where(&Revision::service_arn, service.arn)))
    context.tx.Erase<Revision>(context.scope, each.id);
  for (const auto& each : context.tx.List<records::ecs::ServiceDeployment>(
           context.scope, store::Where(&records::ecs::ServiceDeployment::service_arn, service.arn)))
    context.tx.Erase<records::ecs::ServiceDeployment>(context.scope, each.id);
  context.tx.Erase<Service>(context.scope, service.cluster, service.name);
}

void ReconcileService(Context& context, const std::string& service_arn) {
  const ServiceKey key = ParseServiceArn(service_arn);
  auto service = context.tx.Get<Service>(context.scope, key.cluster, key.name);
  if (!service) return;
  if (service->status == "INACTIVE") return ForgetService(context, *service);
  Reconciliation(context, *service).Run();
}

}  // namespace drydock::ecs
