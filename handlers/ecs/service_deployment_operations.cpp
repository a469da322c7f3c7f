// What is asked about service deployments and revisions, and how they are stopped and continued. API Reference.
#include <fmt/format.h>

#include <algorithm>

#include "api/ecs/ContinueServiceDeploymentRequest.h"
#include "api/ecs/ContinueServiceDeploymentResponse.h"
#include "api/ecs/DescribeServiceDeploymentsRequest.h"
#include "api/ecs/DescribeServiceDeploymentsResponse.h"
#include "api/ecs/DescribeServiceRevisionsRequest.h"
#include "api/ecs/DescribeServiceRevisionsResponse.h"
#include "api/ecs/ListServiceDeploymentsRequest.h"
#include "api/ecs/ListServiceDeploymentsResponse.h"
#include "api/ecs/StopServiceDeploymentRequest.h"
#include "api/ecs/StopServiceDeploymentResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/staged_deployments.h"
#include "handlers/ecs/task_definitions.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using DeploymentHistory = records::ecs::ServiceDeployment;

constexpr std::size_t kMostDescribed = 20;  // ECS API reference, DescribeServiceDeployments

std::string SuffixOf(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

// The service that an ARN "…:<type>/<cluster>/<service>/<id>" is about.
std::optional<records::ecs::Service> ServiceOf(Context& context, const std::string& text, const char* type) {
  const auto arn = Arn::Parse(text);
  const auto resource = arn ? arn->Named(type) : std::nullopt;
  if (!resource || arn->region != context.region() || arn->account != context.account()) return std::nullopt;
  const auto parts = Split(*resource, '/');
  if (parts.size() != 3) return std::nullopt;
  return context.tx.Get<records::ecs::Service>(context.scope, parts[0], parts[1]);
}

template <class Failures>
void AddMissing(Failures& failures, const std::string& arn) {
  auto& failure = failures.emplace_back();
  failure.arn = arn;
  failure.reason = "MISSING";
}

struct InProgress {
  records::ecs::Service service;
  DeploymentHistory history;
};
InProgress FindInProgress(Context& context, const std::string& arn) {
  const auto service = ServiceOf(context, arn, "service-deployment");
  const auto history = context.tx.Get<DeploymentHistory>(context.scope, SuffixOf(arn));
  if (!service || !history || history->service_arn != service->arn) throw errors::ServiceDeploymentNotFound();
  return {*service, *history};
}

// Whether the deployment is what the service is bringing out just now.
bool IsUnderWay(const InProgress& deployment) {
  return deployment.history.status == "IN_PROGRESS" && !deployment.service.deployments.empty() &&
         deployment.service.deployments.front().deployment_id == deployment.history.id;
}

// How many tasks of the service are of which revision.
ServiceRevisionSummary Summary(Context& context, const records::ecs::Service& service, const std::string& revision_id) {
  ServiceRevisionSummary summary;
  summary.arn = ServiceRevisionArn(context.scope, service, revision_id);
  summary.requestedTaskCount = summary.runningTaskCount = summary.pendingTaskCount = 0;
  for (const auto& deployment : service.deployments) {
    if (deployment.revision_id != revision_id) continue;
    *summary.requestedTaskCount += deployment.desired_count;
    for (const auto& task : context.tx.List<records::ecs::Task>(
             context.scope, store::Where(&records::ecs::Task::active_service, service.arn))) {
      if (task.deployment_id != deployment.id) continue;
      *summary.runningTaskCount += task.last_status == "RUNNING";
      *summary.pendingTaskCount +=
          task.last_status == "PROVISIONING" || task.last_status == "PENDING" || task.last_status == "ACTIVATING";
    }
  }
  return summary;
}

std::string MonitorStatus(const DeploymentHistory& history, bool enabled, bool triggered) {
  if (!enabled) return "DISABLED";
  if (triggered) return "TRIGGERED";
  return history.finished_at ? "MONITORING_COMPLETE" : "MONITORING";
}

void RenderStages(const DeploymentHistory& history, ServiceDeployment& shown) {
  if (history.lifecycle_stage.empty()) return;
  shown.lifecycleStage = history.lifecycle_stage;
  for (const auto& hook : history.hooks) {
    auto& detail = shown.lifecycleHookDetails.emplace_back();
    detail.hookId = hook.id;
    detail.targetType = hook.target_type;
    if (!hook.target_arn.empty()) detail.targetArn = hook.target_arn;
    detail.status = hook.status;
    if (hook.target_type == "PAUSE") {
      detail.expiresAt = hook.expires_at;
      detail.timeoutAction = hook.timeout_action;
    }
  }
  shown.targetServiceRevision->requestedProductionTrafficWeight = history.production_weight;
  shown.targetServiceRevision->requestedTestTrafficWeight = history.test_weight;
  for (auto& source : shown.sourceServiceRevisions) {
    source.requestedProductionTrafficWeight = 100 - history.production_weight;
    source.requestedTestTrafficWeight = 100 - history.test_weight;
  }
}

}  // namespace

AWS_OPERATION(ecs, ListServiceDeployments)
AWS_ACCESS("service/{cluster|default}/{service}")
ListServiceDeploymentsResponse ListServiceDeployments(Context& context, const ListServiceDeploymentsRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  const auto service = context.tx.Get<records::ecs::Service>(context.scope, cluster.name,
                                                             ServiceNameOf(context.scope, cluster.name, *in.service));
  if (!service) throw errors::ServiceNotFound();
  auto all =
      context.tx.List<DeploymentHistory>(context.scope, store::Where(&DeploymentHistory::service_arn, service->arn));
  std::reverse(all.begin(), all.end());
  std::erase_if(all, [&](const DeploymentHistory& each) {
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
    const auto each =
        std::find_if(all.begin(), all.end(), [&](const DeploymentHistory& history) { return history.id == id; });
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
AWS_ACCESS("service-deployment/{serviceDeploymentArns}")
DescribeServiceDeploymentsResponse DescribeServiceDeployments(Context& context,
                                                              const DescribeServiceDeploymentsRequest& in) {
  if (in.serviceDeploymentArns.size() > kMostDescribed)
    throw errors::InvalidParameter("serviceDeploymentArns can have at most 20 items.");  // unconfirmed
  DescribeServiceDeploymentsResponse out;
  out.serviceDeployments.present = out.failures.present = true;
  for (const auto& arn : in.serviceDeploymentArns) {
    const auto service = ServiceOf(context, arn, "service-deployment");
    const auto history = context.tx.Get<DeploymentHistory>(context.scope, SuffixOf(arn));
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
      shown.sourceServiceRevisions.push_back(Summary(context, *service, id));
    shown.targetServiceRevision = Summary(context, *service, history->target_revision_id);
    shown.status = history->status;
    if (!history->status_reason.empty()) shown.statusReason = history->status_reason;
    shown.deploymentConfiguration = history->deployment_configuration;
    if (!history->rollback_revision_id.empty()) {
      auto& rollback = shown.rollback.emplace();
      rollback.reason = history->rollback_reason;
      rollback.startedAt = history->rollback_started_at;
      rollback.serviceRevisionArn = ServiceRevisionArn(context.scope, *service, history->rollback_revision_id);
    }
    RenderStages(*history, shown);
    if (history->status == "STOPPED") shown.stoppedAt = history->finished_at;
    auto& breaker = shown.deploymentCircuitBreaker.emplace();
    const auto& configured = history->deployment_configuration.deploymentCircuitBreaker;
    breaker.status =
        MonitorStatus(*history, configured && configured->enable.value_or(false), history->circuit_breaker_triggered);
    breaker.failureCount = history->circuit_breaker_failures;
    breaker.threshold = history->circuit_breaker_threshold;
    if (const auto& alarms = history->deployment_configuration.alarms) {
      auto& monitor = shown.alarms.emplace();
      monitor.status = MonitorStatus(*history, alarms->enable.value_or(false), !history->triggered_alarms.empty());
      monitor.alarmNames = alarms->alarmNames;
      monitor.triggeredAlarmNames = history->triggered_alarms;
      monitor.triggeredAlarmNames.present = true;
    }
  }
  return out;
}

AWS_OPERATION(ecs, DescribeServiceRevisions)
AWS_ACCESS("service-revision/{serviceRevisionArns}")
DescribeServiceRevisionsResponse DescribeServiceRevisions(Context& context, const DescribeServiceRevisionsRequest& in) {
  if (in.serviceRevisionArns.size() > kMostDescribed)
    throw errors::InvalidParameter("serviceRevisionArns can have at most 20 items.");  // unconfirmed
  DescribeServiceRevisionsResponse out;
  out.serviceRevisions.present = out.failures.present = true;
  for (const auto& arn : in.serviceRevisionArns) {
    const auto service = ServiceOf(context, arn, "service-revision");
    const auto revision = context.tx.Get<records::ecs::ServiceRevision>(context.scope, SuffixOf(arn));
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
    if (const auto definition = FindTaskDefinition(context, revision->task_definition_arn)) {
      for (const auto& container : definition->definition.containerDefinitions) {
        auto& image = shown.containerImages.emplace_back();
        image.containerName = container.name;
        image.image = container.image;
      }
    }
    shown.serviceConnectConfiguration = revision->service_connect_configuration;
    shown.volumeConfigurations = revision->volume_configurations;
    shown.vpcLatticeConfigurations = revision->vpc_lattice_configurations;
    shown.createdAt = revision->created_at;
  }
  return out;
}

AWS_OPERATION(ecs, StopServiceDeployment)
AWS_ACCESS("service-deployment/{serviceDeploymentArn}")
StopServiceDeploymentResponse StopServiceDeployment(Context& context, const StopServiceDeploymentRequest& in) {
  auto deployment = FindInProgress(context, *in.serviceDeploymentArn);
  if (!IsUnderWay(deployment))  // unconfirmed
    throw ApiError("ConflictException", "The service deployment is not in progress and cannot be stopped.")
        .With("resourceIds", *in.serviceDeploymentArn);
  const bool roll_back = in.stopType.value_or("ROLLBACK") == "ROLLBACK";
  if (roll_back && deployment.service.last_completed_revision.empty())  // unconfirmed
    throw errors::InvalidParameter("The service has no completed deployment to roll back to.");
  FailDeployment(context, deployment.service, "Service deployment stopped by user.", roll_back);  // unconfirmed
  context.tx.Put(context.scope, deployment.service);
  TouchService(context, deployment.service.arn);
  StopServiceDeploymentResponse out;
  out.serviceDeploymentArn = in.serviceDeploymentArn;
  return out;
}

AWS_OPERATION(ecs, ContinueServiceDeployment)
AWS_ACCESS("service-deployment/{serviceDeploymentArn}")
ContinueServiceDeploymentResponse ContinueServiceDeployment(Context& context,
                                                            const ContinueServiceDeploymentRequest& in) {
  auto deployment = FindInProgress(context, *in.serviceDeploymentArn);
  auto& hooks = deployment.history.hooks;
  const auto hook = std::find_if(hooks.begin(), hooks.end(), [&](const auto& each) { return each.id == *in.hookId; });
  // ECS developer guide, "Troubleshooting Amazon ECS blue/green deployments"; the code is unconfirmed.
  if (!IsUnderWay(deployment))
    throw errors::InvalidParameter(
        "Continuing a service deployment is not allowed for service deployment in terminal states.");
  if (!in.hookId->starts_with("ecs-"))
    throw errors::InvalidParameter("Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}");
  if (hook == hooks.end() || hook->status != "AWAITING_ACTION")
    throw errors::InvalidParameter(
        "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN");
  const bool roll_back = in.action.value_or("CONTINUE") == "ROLLBACK";
  hook->status = roll_back ? "FAILED" : "SUCCEEDED";
  hook->expires_at.reset();
  context.tx.Put(context.scope, deployment.history);
  TouchService(context, deployment.service.arn);
  ContinueServiceDeploymentResponse out;
  out.serviceDeploymentArn = in.serviceDeploymentArn;
  return out;
}

}  // namespace drydock::ecs
