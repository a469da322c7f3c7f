#include "handlers/ecs/service_deployments.h"

#include <fmt/format.h>

#include <algorithm>

#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_scheduler.h"
#include "handlers/ecs/staged_deployments.h"
#include "handlers/ecs/state_change_events.h"
#include "handlers/engines.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr char kBreaker[] = "ECS deployment circuit breaker";

using History = records::ecs::ServiceDeployment;
using Revision = records::ecs::ServiceRevision;

records::ecs::Deployment& Primary(records::ecs::Service& service) {
  return service.deployments.front();
}

std::string Name(const records::ecs::Deployment& deployment) {
  return "ecs-svc/" + deployment.id;
}

bool BreakerOn(const records::ecs::Service& service) {
  const auto& breaker = service.deployment_configuration.deploymentCircuitBreaker;
  return breaker && breaker->enable.value_or(false);
}

records::ecs::Deployment MakeDeployment(Context& context, const std::string& revision_id) {
  records::ecs::Deployment deployment;
  deployment.id = context.ids.Random("123456789", 1) + context.ids.Digits(18);
  deployment.status = "PRIMARY";
  deployment.revision_id = revision_id;
  deployment.rollout_state = "IN_PROGRESS";
  deployment.rollout_state_reason = fmt::format("ECS deployment {} in progress.", Name(deployment));
  deployment.created_at = deployment.updated_at = context.now;
  return deployment;
}

void PutInFront(records::ecs::Service& service, records::ecs::Deployment deployment) {
  for (auto& each : service.deployments) each.status = "ACTIVE";
  service.deployments.insert(service.deployments.begin(), std::move(deployment));
  service.steady = false;
}

void OpenBreaker(Context& context, records::ecs::Service& service) {
  records::ecs::Deployment& failed = Primary(service);
  const auto& breaker = *service.deployment_configuration.deploymentCircuitBreaker;
  AddEvent(context, service, fmt::format("(deployment {}) deployment failed: tasks failed to start.", Name(failed)));
  ChangeHistory(context, failed.deployment_id, [&](History& history) {
    history.circuit_breaker_triggered = true;
    history.circuit_breaker_failures = failed.failed_tasks;
  });
  FailDeployment(context, service, fmt::format("{}: tasks failed to start.", kBreaker),
                 breaker.rollback.value_or(false));
}

// `ran`: the task was RUNNING before it failed.
void CountOne(Context& context, records::ecs::Service& service, records::ecs::Deployment& deployment, bool ran) {
  ++deployment.failed_tasks;
  deployment.updated_at = context.now;
  // A realistic scheduler throttles tasks that never ran and restarts others at once (aws-facts D.6). Quick, all of
  // them wait: a task that ends at once would be started a hundred times a second.
  if (!ran || context.engines.clock.pace() == Pace::kQuick) {
    ++deployment.failed_starts;
    deployment.next_attempt = context.now + BackOff(deployment.failed_starts, context.engines.clock.pace());
    // The message is repeated at most every 6 hours (aws-facts D.7): here, once per series of failures. Tasks that ran
    // are not what it is about: ECS developer guide, "Amazon ECS service throttle logic".
    if (deployment.failed_starts == 5 && !ran) {
      AddEvent(context, service,
               "is unable to consistently start tasks successfully. For more information, see the Troubleshooting "
               "section of the Amazon ECS Developer Guide.");
      PublishServiceAction(context, service, "WARN", "SERVICE_TASK_START_IMPAIRED");
    }
  }
  const bool primary = deployment.status == "PRIMARY" && deployment.rollout_state == "IN_PROGRESS";
  if (!primary) return;
  ChangeHistory(context, deployment.deployment_id,
                [&](History& history) { history.circuit_breaker_failures = deployment.failed_tasks; });
  if (BreakerOn(service) && deployment.failed_tasks >= CircuitBreakerThreshold(service.desired_count))
    OpenBreaker(context, service);
}

}  // namespace

std::string ServiceRevisionArn(const Scope& scope, const records::ecs::Service& service,
                               const std::string& revision_id) {
  return fmt::format("arn:aws:ecs:{}:{}:service-revision/{}/{}/{}", scope.region, scope.account, service.cluster,
                     service.name, revision_id);
}

std::string ServiceDeploymentArn(const Scope& scope, const records::ecs::Service& service,
                                 const std::string& deployment_id) {
  return fmt::format("arn:aws:ecs:{}:{}:service-deployment/{}/{}/{}", scope.region, scope.account, service.cluster,
                     service.name, deployment_id);
}

void ChangeHistory(Context& context, const std::string& deployment_id, const std::function<void(History&)>& change) {
  auto history = context.tx.Get<History>(context.scope, deployment_id);
  if (!history) return;
  change(*history);
  history->updated_at = context.now;
  context.tx.Put(context.scope, *history);
}

Revision RevisionOf(Context& context, const std::string& revision_id) {
  return context.tx.Get<Revision>(context.scope, revision_id).value();
}

void BeginDeployment(Context& context, records::ecs::Service& service, Revision revision) {
  const std::string former = service.revision_id;
  const auto source = SourceOf(service);
  revision.id = context.ids.Random("123456789", 1) + context.ids.Digits(18);
  revision.service_arn = service.arn;
  revision.created_at = context.now;
  context.tx.Put(context.scope, revision);
  service.revision_id = revision.id;

  if (!service.deployments.empty() && Primary(service).rollout_state == "IN_PROGRESS") {
    if (IsInStages(service)) ReturnTraffic(context, service);
    ChangeHistory(context, Primary(service).deployment_id, [&](History& history) {
      history.status = "STOPPED";
      history.status_reason = "Service deployment stopped because another service deployment started.";  // unconfirmed
      history.finished_at = context.now;
    });
  }
  records::ecs::Deployment deployment = MakeDeployment(context, revision.id);
  deployment.deployment_id = context.ids.Alphanumeric(21);
  const bool staged = service.deployment_configuration.strategy.value_or("ROLLING") != "ROLLING";
  // The other of the two target groups is free for the new revision.
  deployment.in_stages = staged;
  if (source) deployment.alternate = source->alternate != staged;
  History history;
  history.id = deployment.deployment_id;
  history.service_arn = service.arn;
  history.status = "IN_PROGRESS";
  history.target_revision_id = revision.id;
  if (!former.empty()) history.source_revision_ids.push_back(former);
  history.deployment_configuration = service.deployment_configuration;
  history.circuit_breaker_threshold = CircuitBreakerThreshold(service.desired_count);
  if (staged) history.lifecycle_stage = source ? kReconcileService : kPreScaleUp;
  history.created_at = history.updated_at = context.now;
  context.tx.Put(context.scope, history);
  PutInFront(service, std::move(deployment));
  PublishDeploymentChange(context, service, Primary(service), "SERVICE_DEPLOYMENT_IN_PROGRESS");
}

void CountFailure(Context& context, records::ecs::Service& service, const records::ecs::Task& task) {
  if (task.was_healthy) return;
  for (auto& deployment : service.deployments) {
    if (deployment.id != task.deployment_id) continue;
    CountOne(context, service, deployment, task.times.contains("startedAt"));
    return;  // the list may have changed
  }
}

void CountFailedLaunch(Context& context, records::ecs::Service& service, const std::string& deployment_id) {
  for (auto& deployment : service.deployments)
    if (deployment.id == deployment_id) return CountOne(context, service, deployment, false);
}

void CountSuccess(records::ecs::Deployment& deployment) {
  deployment.failed_tasks = deployment.failed_starts = 0;
  deployment.next_attempt.reset();
}

void FailDeployment(Context& context, records::ecs::Service& service, const std::string& reason, bool roll_back) {
  const bool in_stages = IsInStages(service);
  records::ecs::Deployment& failed = Primary(service);
  failed.rollout_state = "FAILED";
  failed.rollout_state_reason = reason;
  failed.updated_at = context.now;
  PublishDeploymentChange(context, service, failed, "SERVICE_DEPLOYMENT_FAILED");
  // Where nothing was ever completed there is nothing to go back to, and a rollback that fails is not rolled back.
  roll_back = roll_back && !service.last_completed_revision.empty() && !failed.rollback;
  ChangeHistory(context, failed.deployment_id, [&](History& history) {
    history.status = failed.rollback ? "ROLLBACK_FAILED" : "STOPPED";
    history.status_reason = reason;
    if (!roll_back) history.finished_at = context.now;
  });
  if (!roll_back) return;
  ChangeHistory(context, failed.deployment_id, [&](History& history) {
    history.status = "ROLLBACK_IN_PROGRESS";
    history.rollback_revision_id = service.last_completed_revision;
    history.rollback_reason = history.circuit_breaker_triggered
                                  ? "Service deployment rolled back because the circuit breaker threshold was exceeded."
                                  : "Service deployment rolled back: " + reason;  // unconfirmed
    history.rollback_started_at = context.now;
  });
  const std::string target = "ecs-svc/" + service.last_completed_deployment;
  AddEvent(context, service, fmt::format("rolling back to deployment {}.", target));
  service.revision_id = service.last_completed_revision;
  service.steady = false;
  if (in_stages) {  // the old tasks are still there
    ReturnTraffic(context, service);
    if (PutSourceInFront(service)) return;
  }
  records::ecs::Deployment back = MakeDeployment(context, service.last_completed_revision);
  back.deployment_id = failed.deployment_id;
  back.rollback = true;
  back.alternate = failed.alternate;
  const bool breaker = reason.starts_with(kBreaker);
  back.rollout_state_reason = fmt::format("{}: rolling back to deploymentId {}.",  // without the breaker unconfirmed
                                          breaker ? kBreaker : "ECS deployment stopped", target);
  PutInFront(service, std::move(back));
  PublishDeploymentChange(context, service, Primary(service), "SERVICE_DEPLOYMENT_IN_PROGRESS");
}

void FailByAlarm(Context& context, records::ecs::Service& service, const std::string& alarm_name) {
  const records::ecs::Deployment& failed = Primary(service);
  AddEvent(context, service, fmt::format("(deployment {}) deployment failed: alarm detected.", Name(failed)));
  ChangeHistory(context, failed.deployment_id,
                [&](History& history) { history.triggered_alarms.push_back(alarm_name); });
  FailDeployment(context, service, "ECS deployment failed: alarm detected.",  // unconfirmed; the event's text is seen
                 service.deployment_configuration.alarms->rollback.value_or(false));
}

void RollbackEnds(Context& context, const records::ecs::Deployment& failed) {
  if (failed.rollout_state != "FAILED") return;
  ChangeHistory(context, failed.deployment_id, [&](History& history) {
    if (history.lifecycle_stage.empty() || history.status != "ROLLBACK_IN_PROGRESS") return;
    history.status = "ROLLBACK_SUCCESSFUL";
    history.finished_at = context.now;
  });
}

void CompleteDeployment(Context& context, records::ecs::Service& service) {
  records::ecs::Deployment& deployment = Primary(service);
  deployment.rollout_state = "COMPLETED";
  deployment.rollout_state_reason = fmt::format("ECS deployment {} completed.", Name(deployment));
  deployment.updated_at = context.now;
  service.last_completed_revision = deployment.revision_id;
  service.last_completed_deployment = deployment.id;
  AddEvent(context, service, fmt::format("(deployment {}) deployment completed.", Name(deployment)));
  PublishDeploymentChange(context, service, deployment, "SERVICE_DEPLOYMENT_COMPLETED");
  ChangeHistory(context, deployment.deployment_id, [&](History& history) {
    history.status = deployment.rollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
    history.finished_at = context.now;
  });
}

}  // namespace drydock::ecs
