#include "handlers/ecs/service_deployments.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ecs/DescribeServiceDeploymentsRequest.h"
#include "api/ecs/DescribeServiceDeploymentsResponse.h"
#include "api/ecs/DescribeServiceRevisionsRequest.h"
#include "api/ecs/DescribeServiceRevisionsResponse.h"
#include "api/ecs/ListServiceDeploymentsRequest.h"
#include "api/ecs/ListServiceDeploymentsResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_scheduler.h"
#include "handlers/engines.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using records::ecs::Deployment;
using records::ecs::Service;
using History = records::ecs::ServiceDeployment;
using Revision = records::ecs::ServiceRevision;

constexpr std::size_t kMostDescribed = 20;  // ECS API reference, DescribeServiceDeployments

Deployment& Primary(Service& service) {
  return service.deployments.front();
}

std::string Name(const Deployment& deployment) {
  return "ecs-svc/" + deployment.id;
}

bool BreakerOn(const Service& service) {
  const auto& breaker = service.deployment_configuration.deploymentCircuitBreaker;
  return breaker && breaker->enable.value_or(false);
}

template <class Fn>
void ChangeHistory(Context& context, const std::string& id, Fn change) {
  auto history = context.tx.Get<History>(context.scope, id);
  if (!history) return;
  change(*history);
  history->updated_at = context.now;
  context.tx.Put(context.scope, *history);
}

Deployment MakeDeployment(Context& context, const std::string& revision_id) {
  Deployment deployment;
  deployment.id = context.ids.Random("123456789", 1) + context.ids.Digits(18);
  deployment.status = "PRIMARY";
  deployment.revision_id = revision_id;
  deployment.rollout_state = "IN_PROGRESS";
  deployment.rollout_state_reason = fmt::format("ECS deployment {} in progress.", Name(deployment));
  deployment.created_at = deployment.updated_at = context.now;
  return deployment;
}

void PutInFront(Service& service, Deployment deployment) {
  for (auto& each : service.deployments) each.status = "ACTIVE";
  service.deployments.insert(service.deployments.begin(), std::move(deployment));
  service.steady = false;
}

// Brings the last completed revision back, within the same service deployment.
void RollBack(Context& context, Service& service, const Deployment& failed) {
  Deployment back = MakeDeployment(context, service.last_completed_revision);
  back.deployment_id = failed.deployment_id;
  back.rollback = true;
  const std::string target = "ecs-svc/" + service.last_completed_deployment;
  back.rollout_state_reason = fmt::format("ECS deployment circuit breaker: rolling back to deploymentId {}.", target);
  AddEvent(context, service, fmt::format("rolling back to deployment {}.", target));
  ChangeHistory(context, failed.deployment_id, [&](History& history) {
    history.status = "ROLLBACK_IN_PROGRESS";
    history.rollback_revision_id = service.last_completed_revision;
    history.rollback_reason = "Service deployment rolled back because the circuit breaker threshold was exceeded.";
    history.rollback_started_at = context.now;
  });
  service.revision_id = service.last_completed_revision;
  PutInFront(service, std::move(back));
}

void OpenBreaker(Context& context, Service& service) {
  Deployment& failed = Primary(service);
  failed.rollout_state = "FAILED";
  failed.rollout_state_reason = "ECS deployment circuit breaker: tasks failed to start.";
  failed.updated_at = context.now;
  AddEvent(context, service, fmt::format("(deployment {}) deployment failed: tasks failed to start.", Name(failed)));
  const auto& breaker = *service.deployment_configuration.deploymentCircuitBreaker;
  // Where nothing was ever completed there is nothing to go back to, and a rollback that fails is not rolled back.
  const bool roll_back =
      breaker.rollback.value_or(false) && !service.last_completed_revision.empty() && !failed.rollback;
  ChangeHistory(context, failed.deployment_id, [&](History& history) {
    history.circuit_breaker_triggered = true;
    history.circuit_breaker_failures = failed.failed_tasks;
    history.status = failed.rollback ? "ROLLBACK_FAILED" : "STOPPED";
    history.status_reason = failed.rollout_state_reason;
    if (!roll_back) history.finished_at = context.now;
  });
  if (roll_back) RollBack(context, service, Deployment(failed));
}

void CountOne(Context& context, Service& service, Deployment& deployment, bool throttled) {
  ++deployment.failed_tasks;
  deployment.updated_at = context.now;
  if (throttled) {
    ++deployment.failed_starts;
    deployment.next_attempt = context.now + BackOff(deployment.failed_starts, context.engines.clock.pace());
    // The message is repeated at most every 6 hours (aws-facts D.7): here, once per series of failures.
    if (deployment.failed_starts == 5)
      AddEvent(context, service,
               "is unable to consistently start tasks successfully. For more information, see the "
               "Troubleshooting section.");
  }
  const bool primary = deployment.status == "PRIMARY" && deployment.rollout_state == "IN_PROGRESS";
  if (!primary) return;
  ChangeHistory(context, deployment.deployment_id,
                [&](History& history) { history.circuit_breaker_failures = deployment.failed_tasks; });
  if (BreakerOn(service) && deployment.failed_tasks >= CircuitBreakerThreshold(service.desired_count))
    OpenBreaker(context, service);
}

ServiceRevisionSummary Summary(const Scope& scope, const Service& service, const std::string& revision_id) {
  ServiceRevisionSummary summary;
  summary.arn = ServiceRevisionArn(scope, service, revision_id);
  summary.requestedTaskCount = summary.runningTaskCount = summary.pendingTaskCount = 0;
  return summary;
}

std::string SuffixOf(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

// The service that an ARN "…:<type>/<cluster>/<service>/<id>" is about.
std::optional<Service> ServiceOf(Context& context, const std::string& text, const char* type) {
  const auto arn = Arn::Parse(text);
  const auto resource = arn ? arn->Named(type) : std::nullopt;
  if (!resource || arn->region != context.region() || arn->account != context.account()) return std::nullopt;
  const auto parts = Split(*resource, '/');
  if (parts.size() != 3) return std::nullopt;
  return context.tx.Get<Service>(context.scope, parts[0], parts[1]);
}

template <class Failures>
void AddMissing(Failures& failures, const std::string& arn) {
  auto& failure = failures.emplace_back();
  failure.arn = arn;
  failure.reason = "MISSING";
}

}  // namespace

std::string ServiceRevisionArn(const Scope& scope, const Service& service, const std::string& revision_id) {
  return fmt::format("arn:aws:ecs:{}:{}:service-revision/{}/{}/{}", scope.region, scope.account, service.cluster,
                     service.name, revision_id);
}

std::string ServiceDeploymentArn(const Scope& scope, const Service& service, const std::string& deployment_id) {
  return fmt::format("arn:aws:ecs:{}:{}:service-deployment/{}/{}/{}", scope.region, scope.account, service.cluster,
                     service.name, deployment_id);
}

Revision RevisionOf(Context& context, const std::string& revision_id) {
  return context.tx.Get<Revision>(context.scope, revision_id).value();
}

void BeginDeployment(Context& context, Service& service, Revision revision) {
  const std::string former = service.revision_id;
  revision.id = context.ids.Random("123456789", 1) + context.ids.Digits(18);
  revision.service_arn = service.arn;
  revision.created_at = context.now;
  context.tx.Put(context.scope, revision);
  service.revision_id = revision.id;

  if (!service.deployments.empty() && Primary(service).rollout_state == "IN_PROGRESS")
    ChangeHistory(context, Primary(service).deployment_id, [&](History& history) {
      history.status = "STOPPED";
      history.status_reason = "Service deployment stopped because another service deployment started.";  // unconfirmed
      history.finished_at = context.now;
    });
  Deployment deployment = MakeDeployment(context, revision.id);
  deployment.deployment_id = context.ids.Alphanumeric(21);
  History history;
  history.id = deployment.deployment_id;
  history.service_arn = service.arn;
  history.status = "IN_PROGRESS";
  history.target_revision_id = revision.id;
  if (!former.empty()) history.source_revision_ids.push_back(former);
  history.deployment_configuration = service.deployment_configuration;
  history.circuit_breaker_threshold = CircuitBreakerThreshold(service.desired_count);
  history.created_at = history.updated_at = context.now;
  context.tx.Put(context.scope, history);
  PutInFront(service, std::move(deployment));
}

void CountFailure(Context& context, Service& service, const records::ecs::Task& task) {
  if (task.was_healthy) return;
  for (auto& deployment : service.deployments) {
    if (deployment.id != task.deployment_id) continue;
    // A realistic scheduler throttles tasks that never ran and restarts others at once (aws-facts D.6). Quick, all of
    // them wait: a task that ends at once would be started a hundred times a second.
    const bool throttled = !task.times.contains("startedAt") || context.engines.clock.pace() == Pace::kQuick;
    CountOne(context, service, deployment, throttled);
    return;  // the list may have changed
  }
}

void CountFailedLaunch(Context& context, Service& service) {
  CountOne(context, service, Primary(service), true);
}

void CountSuccess(Service& service) {
  Primary(service).failed_tasks = Primary(service).failed_starts = 0;
  Primary(service).next_attempt.reset();
}

void CompleteDeployment(Context& context, Service& service) {
  Deployment& deployment = Primary(service);
  deployment.rollout_state = "COMPLETED";
  deployment.rollout_state_reason = fmt::format("ECS deployment {} completed.", Name(deployment));
  deployment.updated_at = context.now;
  service.last_completed_revision = deployment.revision_id;
  service.last_completed_deployment = deployment.id;
  AddEvent(context, service, fmt::format("(deployment {}) deployment completed.", Name(deployment)));
  ChangeHistory(context, deployment.deployment_id, [&](History& history) {
    history.status = deployment.rollback ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL";
    history.finished_at = context.now;
  });
}

AWS_OPERATION(ecs, ListServiceDeployments)
ListServiceDeploymentsResponse ListServiceDeployments(Context& context, const ListServiceDeploymentsRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  const auto service =
      context.tx.Get<Service>(context.scope, cluster.name, ServiceNameOf(context.scope, cluster.name, *in.service));
  if (!service) throw errors::ServiceNotFound();
  auto all = context.tx.List<History>(context.scope, store::Where(&History::service_arn, service->arn));
  std::reverse(all.begin(), all.end());
  std::erase_if(all, [&](const History& each) {
    const bool wrong_status =
        !in.status.empty() && std::find(in.status.begin(), in.status.end(), each.status) == in.status.end();
    return wrong_status || (in.createdAt && ((in.createdAt->after && each.created_at < *in.createdAt->after) ||
                                             (in.createdAt->before && each.created_at > *in.createdAt->before)));
  });
  std::vector<std::string> ids;
  for (const auto& each : all) ids.push_back(each.id);
  const auto page = PageOf(context, "ListServiceDeployments " + service->arn + Join(in.status, ","), std::move(ids),
                           in.nextToken, in.maxResults, 20);
  ListServiceDeploymentsResponse out;
  out.serviceDeployments.present = true;
  out.nextToken = page.next_token;
  for (const auto& id : page.items) {
    const auto each = std::find_if(all.begin(), all.end(), [&](const History& history) { return history.id == id; });
    auto& brief = out.serviceDeployments.emplace_back();
    brief.serviceDeploymentArn = ServiceDeploymentArn(context.scope, *service, id);
    brief.serviceArn = service->arn;
    brief.clusterArn = cluster.arn;
    brief.startedAt = brief.createdAt = each->created_at;
    brief.finishedAt = each->finished_at;
    brief.targetServiceRevisionArn = ServiceRevisionArn(context.scope, *service, each->target_revision_id);
    brief.status = each->status;
    if (!each->status_reason.empty()) brief.statusReason = each->status_reason;
  }
  return out;
}

AWS_OPERATION(ecs, DescribeServiceDeployments)
DescribeServiceDeploymentsResponse DescribeServiceDeployments(Context& context,
                                                              const DescribeServiceDeploymentsRequest& in) {
  if (in.serviceDeploymentArns.size() > kMostDescribed)
    throw errors::InvalidParameter("serviceDeploymentArns can have at most 20 items.");  // unconfirmed
  DescribeServiceDeploymentsResponse out;
  out.serviceDeployments.present = out.failures.present = true;
  for (const auto& arn : in.serviceDeploymentArns) {
    const auto service = ServiceOf(context, arn, "service-deployment");
    const auto history = context.tx.Get<History>(context.scope, SuffixOf(arn));
    if (!service || !history || history->service_arn != service->arn) {
      AddMissing(out.failures, arn);
      continue;
    }
    auto& shown = out.serviceDeployments.emplace_back();
    shown.serviceDeploymentArn = arn;
    shown.serviceArn = service->arn;
    shown.clusterArn = ClusterArn(context.scope, service->cluster);
    shown.createdAt = shown.startedAt = history->created_at;
    shown.updatedAt = history->updated_at;
    shown.finishedAt = history->finished_at;
    for (const auto& id : history->source_revision_ids)
      shown.sourceServiceRevisions.push_back(Summary(context.scope, *service, id));
    shown.targetServiceRevision = Summary(context.scope, *service, history->target_revision_id);
    shown.targetServiceRevision->requestedTaskCount = service->desired_count;
    shown.status = history->status;
    if (!history->status_reason.empty()) shown.statusReason = history->status_reason;
    shown.deploymentConfiguration = history->deployment_configuration;
    if (!history->rollback_revision_id.empty()) {
      auto& rollback = shown.rollback.emplace();
      rollback.reason = history->rollback_reason;
      rollback.startedAt = history->rollback_started_at;
      rollback.serviceRevisionArn = ServiceRevisionArn(context.scope, *service, history->rollback_revision_id);
    }
    auto& breaker = shown.deploymentCircuitBreaker.emplace();
    const auto& configured = history->deployment_configuration.deploymentCircuitBreaker;
    breaker.status = !configured || !configured->enable.value_or(false) ? "DISABLED"
                     : history->circuit_breaker_triggered               ? "TRIGGERED"
                     : history->finished_at                             ? "MONITORING_COMPLETE"
                                                                        : "MONITORING";
    breaker.failureCount = history->circuit_breaker_failures;
    breaker.threshold = history->circuit_breaker_threshold;
  }
  return out;
}

AWS_OPERATION(ecs, DescribeServiceRevisions)
DescribeServiceRevisionsResponse DescribeServiceRevisions(Context& context, const DescribeServiceRevisionsRequest& in) {
  if (in.serviceRevisionArns.size() > kMostDescribed)
    throw errors::InvalidParameter("serviceRevisionArns can have at most 20 items.");  // unconfirmed
  DescribeServiceRevisionsResponse out;
  out.serviceRevisions.present = out.failures.present = true;
  for (const auto& arn : in.serviceRevisionArns) {
    const auto service = ServiceOf(context, arn, "service-revision");
    const auto revision = context.tx.Get<Revision>(context.scope, SuffixOf(arn));
    if (!service || !revision || revision->service_arn != service->arn) {
      AddMissing(out.failures, arn);
      continue;
    }
    auto& shown = out.serviceRevisions.emplace_back();
    shown.serviceRevisionArn = arn;
    shown.serviceArn = service->arn;
    shown.clusterArn = ClusterArn(context.scope, service->cluster);
    shown.taskDefinition = revision->task_definition_arn;
    if (!revision->launch_type.empty()) shown.launchType = revision->launch_type;
    shown.capacityProviderStrategy = revision->capacity_provider_strategy;
    shown.platformVersion = EffectivePlatformVersion(revision->platform_version);
    shown.platformFamily = "Linux";
    shown.loadBalancers = revision->load_balancers;
    shown.serviceRegistries = revision->service_registries;
    shown.networkConfiguration = revision->network_configuration;
    shown.guardDutyEnabled = false;
    shown.serviceConnectConfiguration = revision->service_connect_configuration;
    shown.volumeConfigurations = revision->volume_configurations;
    shown.vpcLatticeConfigurations = revision->vpc_lattice_configurations;
    shown.createdAt = revision->created_at;
  }
  return out;
}

}  // namespace drydock::ecs
