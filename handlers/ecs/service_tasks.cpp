#include "handlers/ecs/service_tasks.h"

#include <fmt/format.h>

#include <algorithm>

#include "handlers/ec2/subnets.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/instance_placement.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/platform_calls.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/state_change_events.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/ecs/task_lifecycle.h"
#include "handlers/ecs/task_protection.h"
#include "handlers/ecs/task_view.h"
#include "handlers/ecs/tasks.h"
#include "handlers/elbv2/targets.h"
#include "handlers/engines.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using loadbalancer::TargetStatus;
using Revision = records::ecs::ServiceRevision;

// A task without health checks counts as healthy when it has been RUNNING for so long (aws-facts D.6).
constexpr Duration kSettled = std::chrono::seconds(40);
constexpr Duration kSettledQuick = std::chrono::milliseconds(300);
// Quick, health checks see in a second what takes them a minute on AWS. A task that has served well is given time, so
// that closing a security group for a moment shows unhealthy targets, and not new ones. A release that never becomes
// healthy gets none.
constexpr Duration kPatienceQuick = std::chrono::seconds(10);
constexpr Duration kUnplaceableRepeats = std::chrono::hours(6);

std::string ListOf(const std::vector<std::string>& task_ids) {
  std::string text;
  for (const auto& id : task_ids) text += fmt::format(" (task {})", id);
  return text;
}

// Chooses subnets for one task after the other: of the Availability Zone with the fewest tasks, then the subnet with
// the fewest, then in the order of the configuration.
class SubnetChoice {
 public:
  SubnetChoice(Context& context, const std::vector<std::string>& subnets) {
    for (const auto& id : subnets) {
      const auto subnet = ec2::FindSubnet(context, id);
      candidates_.push_back({id, subnet ? subnet->availability_zone : std::string()});
    }
  }

  void Count(const records::ecs::Task& task) {
    ++in_zone_[task.availability_zone];
    ++in_subnet_[task.attachment.subnet_id];
  }

  std::string Next() {
    const auto load = [&](const Candidate& candidate) {
      return std::pair(in_zone_[candidate.zone], in_subnet_[candidate.id]);
    };
    const auto best = std::min_element(candidates_.begin(), candidates_.end(),
                                       [&](const Candidate& a, const Candidate& b) { return load(a) < load(b); });
    return best == candidates_.end() ? std::string() : best->id;
  }

 private:
  struct Candidate {
    std::string id;
    std::string zone;
  };
  std::vector<Candidate> candidates_;
  std::map<std::string, int> in_zone_, in_subnet_;
};

}  // namespace

records::ecs::Deployment* FindDeployment(records::ecs::Service& service, const std::string& deployment_id) {
  for (auto& deployment : service.deployments)
    if (deployment.id == deployment_id) return &deployment;
  return nullptr;
}

std::string TargetGroupOf(const LoadBalancer& balancer, bool alternate) {
  if (alternate && balancer.advancedConfiguration)
    return balancer.advancedConfiguration->alternateTargetGroupArn.value_or("");
  return balancer.targetGroupArn.value_or("");
}

ServiceTasks::ServiceTasks(Context& context, records::ecs::Service& service)
    : context_(context),
      service_(service),
      tasks_(context.tx.List<records::ecs::Task>(context.scope,
                                                 store::Where(&records::ecs::Task::active_service, service.arn))) {
  for (std::size_t i = 0; i < tasks_.size(); ++i) index_[tasks_[i].id] = i;
}

void ServiceTasks::LookAgainAt(Timestamp when) {
  if (when > context_.now && (!next_look_ || when < *next_look_)) next_look_ = when;
}

bool ServiceTasks::HasTasksOf(const std::string& deployment_id) const {
  return std::any_of(tasks_.begin(), tasks_.end(),
                     [&](const records::ecs::Task& task) { return task.deployment_id == deployment_id; });
}

int ServiceTasks::CountLive(const std::string& deployment_id) const {
  return static_cast<int>(std::count_if(tasks_.begin(), tasks_.end(), [&](const records::ecs::Task& task) {
    return IsLive(task) && task.deployment_id == deployment_id;
  }));
}

std::pair<int, int> ServiceTasks::CountRunningAndPending(const std::string& deployment_id) const {
  std::pair<int, int> counts{0, 0};
  for (const auto& task : tasks_) {
    if (task.deployment_id != deployment_id) continue;
    counts.first += task.last_status == "RUNNING";
    counts.second +=
        task.last_status == "PROVISIONING" || task.last_status == "PENDING" || task.last_status == "ACTIVATING";
  }
  return counts;
}

const Revision& ServiceTasks::RevisionOfDeployment(const records::ecs::Deployment& deployment) {
  auto known = revisions_.find(deployment.revision_id);
  if (known == revisions_.end())
    known = revisions_.emplace(deployment.revision_id, RevisionOf(context_, deployment.revision_id)).first;
  return known->second;
}

// The sentence: ECS developer guide, "Amazon ECS service event messages"; its brackets are seen. It is tried again in
// every round, and said once.
void ServiceTasks::SayUnregistrable(const std::string& target_group_arn, const ApiError& error) {
  const std::string text =
      fmt::format("failed to register targets in (target-group {}) with (error {})", target_group_arn, error.message());
  for (const auto& said : EventsOf(context_, service_.arn))
    if (said.message.ends_with(text)) return;
  AddEvent(context_, service_, text);
}

void ServiceTasks::RegisterTargets() {
  std::map<std::string, int> registered;
  for (auto& task : tasks_) {
    if (!IsLive(task) || task.last_status != "RUNNING") continue;
    const records::ecs::Deployment* deployment = FindDeployment(service_, task.deployment_id);
    if (!deployment) continue;
    const std::size_t known = task.targets.size();
    for (const auto& balancer : RevisionOfDeployment(*deployment).load_balancers) {
      const std::string group = TargetGroupOf(balancer, deployment->alternate);
      const int port = balancer.containerPort.value_or(0);
      const bool done = std::any_of(task.targets.begin(), task.targets.end(), [&](const auto& target) {
        return target.target_group_arn == group && target.port == port;
      });
      if (group.empty() || done) continue;
      try {
        elbv2::RegisterTarget(context_, group, task.attachment.private_address, port, task.availability_zone);
      } catch (const ApiError& error) {
        SayUnregistrable(group, error);
        unregistered_.insert(task.id);
        continue;
      }
      RecordTargetRegistered(context_, group, task.attachment.private_address, port);
      task.targets.push_back({group, port});
      ++registered[group];
    }
    if (task.targets.size() > known) context_.tx.Put(context_.scope, task);
  }
  for (const auto& [group, count] : registered)
    AddEvent(context_, service_, fmt::format("registered {} targets in (target-group {})", count, group));
}

void ServiceTasks::Judge() {
  for (const auto& deployment : service_.deployments)
    if (deployment.next_attempt) LookAgainAt(*deployment.next_attempt);
  for (auto& task : tasks_) {
    if (!IsLive(task)) continue;
    TaskState state;
    state.id = task.id;
    state.running = task.last_status == "RUNNING";
    state.availability_zone = task.availability_zone;
    state.created = task.times["createdAt"];
    if (state.running) state.verdict = WithPatience(task, VerdictOn(task));
    if (state.verdict == Verdict::kHealthy && !task.was_healthy) {
      task.was_healthy = true;
      context_.tx.Put(context_.scope, task);
      if (records::ecs::Deployment* deployment = FindDeployment(service_, task.deployment_id))
        CountSuccess(*deployment);
    }
    state.is_protected = IsProtected(task, context_.now);
    if (state.is_protected) LookAgainAt(*task.protected_until);
    deployment_of_[task.id] = task.deployment_id;
    states_.push_back(std::move(state));
  }
}

bool ServiceTasks::MayStart(const records::ecs::Deployment& deployment) const {
  return deployment.rollout_state != "FAILED" && !(deployment.next_attempt && *deployment.next_attempt > context_.now);
}

Situation ServiceTasks::RollingSituation(const records::ecs::Deployment& deployment) const {
  Situation situation;
  situation.desired = deployment.desired_count;
  const auto& configuration = service_.deployment_configuration;
  situation.minimum_healthy_percent = configuration.minimumHealthyPercent.value_or(100);
  situation.maximum_percent = configuration.maximumPercent.value_or(200);
  situation.may_start = MayStart(deployment);
  situation.tasks = states_;
  for (auto& state : situation.tasks) state.current = deployment_of_.at(state.id) == deployment.id;
  return situation;
}

Situation ServiceTasks::OwnSituation(const records::ecs::Deployment& deployment) const {
  Situation situation = RollingSituation(deployment);
  std::erase_if(situation.tasks, [](const TaskState& state) { return !state.current; });
  return situation;
}

// aws-facts D.6: with a load balancer its targets decide, with container health checks these; both where there are
// both. Bad results within the grace period do not count.
Verdict ServiceTasks::VerdictOn(const records::ecs::Task& task) {
  const Timestamp started = task.times.at("startedAt");
  const Timestamp graced = started + std::chrono::seconds(service_.health_check_grace_period_seconds);
  if (graced > context_.now) LookAgainAt(graced);
  bool healthy = !unregistered_.contains(task.id);  // that such a task waits is unconfirmed
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

Verdict ServiceTasks::WithPatience(records::ecs::Task& task, Verdict verdict) {
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

// Stops a task and notes its targets' groups, whose connections begin to drain.
void ServiceTasks::Stop(const std::string& id, const std::string& reason, std::map<std::string, int>& draining) {
  records::ecs::Task& task = tasks_[index_.at(id)];
  for (const auto& target : task.targets) ++draining[target.target_group_arn];
  BeginStop(context_, task, "ServiceSchedulerInitiated", reason);
}

void ServiceTasks::SayDraining(const std::map<std::string, int>& draining, const std::string& deployment_id) {
  for (const auto& [group, count] : draining)
    AddEvent(context_, service_, fmt::format("deregistered {} targets in (target-group {})", count, group));
  for (const auto& [group, count] : draining)
    AddTaskSetEvent(context_, service_, deployment_id,
                    fmt::format("has begun draining connections on {} tasks.", count));
}

void ServiceTasks::StopUnhealthy(const std::vector<std::string>& ids, const std::string& deployment_id) {
  if (ids.empty()) return;
  std::map<std::string, int> draining;
  for (const auto& id : ids) {
    if (const auto event = events_.find(id); event != events_.end())
      AddEvent(context_, service_, fmt::format("(task {}) {}.", id, event->second));
    Stop(id, reasons_.at(id), draining);
  }
  AddEvent(context_, service_, fmt::format("has stopped {} running tasks:{}.", ids.size(), ListOf(ids)));
  SayDraining(draining, deployment_id);
  for (const auto& id : ids) CountFailure(context_, service_, tasks_[index_.at(id)]);
}

void ServiceTasks::StopSurplus(const std::vector<std::string>& ids, const std::string& deployment_id) {
  if (ids.empty()) return;
  std::map<std::string, int> draining;
  for (const auto& id : ids)
    Stop(id, fmt::format("Scaling activity initiated by (deployment ecs-svc/{})", deployment_id), draining);
  AddEvent(context_, service_, fmt::format("has stopped {} running tasks:{}.", ids.size(), ListOf(ids)));
  SayDraining(draining, deployment_id);
}

// Drydock has nothing to run a task of the EC2 or EXTERNAL launch type on: no agent of a container instance connects.
void ServiceTasks::SayUnplaceable(const records::ecs::TaskDefinition& definition) {
  auto& said = service_.unplaceable_said_at;
  if (said && *said + kUnplaceableRepeats > context_.now) return LookAgainAt(*said + kUnplaceableRepeats);
  AddEvent(context_, service_, UnplaceableText(context_, service_.cluster, definition, service_.placement_constraints));
  PublishServiceAction(context_, service_, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE");
  said = context_.now;
  LookAgainAt(*said + kUnplaceableRepeats);
}

void ServiceTasks::Start(const Plan& plan, const std::string& deployment_id) {
  records::ecs::Deployment* deployment = FindDeployment(service_, deployment_id);
  if (plan.start == 0 || !deployment) return;
  const Revision& revision = RevisionOfDeployment(*deployment);
  const auto definition = FindTaskDefinition(context_, revision.task_definition_arn);
  if (!definition) return;
  if (!IsFargate(revision.launch_type, revision.capacity_provider_strategy)) return SayUnplaceable(*definition);
  if (const auto role = UnassumableRole(context_, *definition, {})) {
    AddEvent(context_, service_,
             fmt::format("failed to launch a task with (error {}).", errors::RoleNotAssumableText(*role)));
    PublishServiceAction(context_, service_, "ERROR", "SERVICE_TASK_CONFIGURATION_FAILURE",
                         errors::RoleNotAssumableText(*role));
    CountFailedLaunch(context_, service_, deployment_id);
    if (deployment = FindDeployment(service_, deployment_id); deployment && deployment->next_attempt)
      LookAgainAt(*deployment->next_attempt);
    return;
  }
  const std::vector<Tag>* propagated = nullptr;
  if (service_.propagate_tags == "SERVICE") propagated = &service_.tags;
  if (service_.propagate_tags == "TASK_DEFINITION") propagated = &definition->tags;
  if (deployment->task_set && !deployment->task_set->tags.empty()) propagated = &deployment->task_set->tags;
  const auto tags = TagsForTask(service_.cluster, service_.name, service_.enable_ecs_managed_tags,
                                propagated ? *propagated : std::vector<Tag>(), {});

  SubnetChoice subnets(context_, revision.network_configuration->awsvpcConfiguration->subnets);
  std::vector<int> on_provider(revision.capacity_provider_strategy.size());
  const auto count = [&](const records::ecs::Task& task) {
    subnets.Count(task);
    for (std::size_t p = 0; p < on_provider.size(); ++p)
      on_provider[p] += revision.capacity_provider_strategy[p].capacityProvider == task.capacity_provider;
  };
  for (const auto& task : tasks_)
    if (IsLive(task) && task.deployment_id == deployment_id) count(task);
  std::vector<std::string> started;
  for (int i = 0; i < plan.start; ++i) {
    tasks_.push_back(LaunchTask(
        context_, {.cluster = service_.cluster,
                   .definition = *definition,
                   .network = *revision.network_configuration,
                   .subnet_id = subnets.Next(),
                   .capacity_provider = ChooseCapacityProvider(revision.capacity_provider_strategy, on_provider),
                   .platform_version = revision.platform_version,
                   .group = "service:" + service_.name,
                   .started_by = "ecs-svc/" + deployment_id,
                   .tags = tags,
                   .enable_execute_command = service_.enable_execute_command,
                   .service_arn = service_.arn,
                   .deployment_id = deployment_id}));
    index_[tasks_.back().id] = tasks_.size() - 1;
    count(tasks_.back());
    started.push_back(tasks_.back().id);
  }
  std::string text = fmt::format("has started {} tasks:{}.", started.size(), ListOf(started));
  if (plan.replacements > 0)
    text += fmt::format(" Amazon ECS replaced {} tasks due to an unhealthy status.", plan.replacements);
  AddEvent(context_, service_, text);
  deployment->updated_at = context_.now;
}

bool ServiceTasks::Carry(const Plan& plan, const std::string& deployment_id) {
  const std::string front = service_.deployments.front().id;
  StopUnhealthy(plan.unhealthy, deployment_id);
  StopSurplus(plan.surplus, deployment_id);
  if (service_.deployments.front().id == front) Start(plan, deployment_id);
  return plan.start > 0 || !plan.surplus.empty() || !plan.unhealthy.empty();
}

}  // namespace drydock::ecs
