#include "handlers/ecs/service_view.h"

#include <map>

#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/tags.h"
#include "handlers/ecs/task_sets.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

struct Counts {
  std::int32_t running = 0;
  std::int32_t pending = 0;
};

bool IsPending(const std::string& status) {
  return status == "PROVISIONING" || status == "PENDING" || status == "ACTIVATING";
}

// By deployment id; tasks that are on their way out count for neither.
std::map<std::string, Counts> CountTasks(Context& context, const records::ecs::Service& service) {
  std::map<std::string, Counts> counts;
  if (service.deployments.size() == 1) {  // as nearly always: the tasks need not be read
    const auto count = [&](const char* status) {
      return static_cast<std::int32_t>(context.tx.Count<records::ecs::Task>(
          context.scope, store::Where(&records::ecs::Task::active_service, service.arn)
                             .And(&records::ecs::Task::last_status, std::string(status))));
    };
    counts[service.deployments.front().id] = {count("RUNNING"),
                                              count("PROVISIONING") + count("PENDING") + count("ACTIVATING")};
    return counts;
  }
  for (const auto& task : context.tx.List<records::ecs::Task>(
           context.scope, store::Where(&records::ecs::Task::active_service, service.arn))) {
    auto& of = counts[task.deployment_id];
    of.running += task.last_status == "RUNNING";
    of.pending += IsPending(task.last_status);
  }
  return counts;
}

Deployment RenderDeployment(const records::ecs::Deployment& deployment, const records::ecs::ServiceRevision& revision,
                            const Counts& counts) {
  Deployment out;
  out.id = "ecs-svc/" + deployment.id;
  out.status = deployment.status;
  out.taskDefinition = revision.task_definition_arn;
  out.desiredCount = deployment.desired_count;
  out.runningCount = counts.running;
  out.pendingCount = counts.pending;
  out.failedTasks = deployment.failed_tasks;
  out.createdAt = deployment.created_at;
  out.updatedAt = deployment.updated_at;
  ShowWhereItRuns(revision, out);
  out.rolloutState = deployment.rollout_state;
  out.rolloutStateReason = deployment.rollout_state_reason;
  out.serviceConnectConfiguration = revision.service_connect_configuration;
  if (!revision.volume_configurations.empty()) out.volumeConfigurations = revision.volume_configurations;
  if (!revision.vpc_lattice_configurations.empty()) out.vpcLatticeConfigurations = revision.vpc_lattice_configurations;
  return out;
}

}  // namespace

Service RenderService(Context& context, const records::ecs::Service& service, bool with_tags) {
  const bool has_revision = !service.revision_id.empty();
  const auto revision = has_revision ? RevisionOf(context, service.revision_id) : records::ecs::ServiceRevision();
  auto counts = CountTasks(context, service);
  Service out;
  out.serviceArn = service.arn;
  out.serviceName = service.name;
  out.clusterArn = ClusterArn(context.scope, service.cluster);
  out.status = service.status;
  out.desiredCount = service.desired_count;
  out.runningCount = out.pendingCount = 0;
  out.deployments.present = true;
  const bool own = service.deployment_controller == "ECS";
  for (const auto& deployment : service.deployments) {
    if (!own) {
      const auto& of = counts[deployment.id];
      out.taskSets.push_back(RenderTaskSet(context, service, deployment, {of.running, of.pending}, with_tags));
      continue;
    }
    const auto of = RevisionOf(context, deployment.revision_id);
    out.deployments.push_back(RenderDeployment(deployment, of, counts[deployment.id]));
  }
  for (const auto& [id, of] : counts) {
    *out.runningCount += of.running;
    *out.pendingCount += of.pending;
  }
  if (own && !service.deployments.empty()) {
    const auto& primary = service.deployments.front();
    out.currentServiceDeployment = ServiceDeploymentArn(context.scope, service, primary.deployment_id);
    for (const auto& deployment : service.deployments) {
      auto& summary = out.currentServiceRevisions.emplace_back();
      summary.arn = ServiceRevisionArn(context.scope, service, deployment.revision_id);
      summary.requestedTaskCount = deployment.desired_count;
      summary.runningTaskCount = counts[deployment.id].running;
      summary.pendingTaskCount = counts[deployment.id].pending;
    }
  }
  if (has_revision) out.taskDefinition = revision.task_definition_arn;
  if (!revision.launch_type.empty()) out.launchType = revision.launch_type;
  if (!revision.capacity_provider_strategy.empty()) out.capacityProviderStrategy = revision.capacity_provider_strategy;
  if (IsFargate(revision.launch_type, revision.capacity_provider_strategy)) {
    out.platformVersion = revision.platform_version;
    out.platformFamily = "Linux";
  }
  out.loadBalancers = revision.load_balancers;
  out.loadBalancers.present = true;
  out.serviceRegistries = revision.service_registries;
  out.networkConfiguration = revision.network_configuration;
  out.deploymentConfiguration = service.deployment_configuration;
  out.healthCheckGracePeriodSeconds = service.health_check_grace_period_seconds;
  out.schedulingStrategy = service.scheduling_strategy;
  out.deploymentController.emplace().type = service.deployment_controller;
  out.placementConstraints = service.placement_constraints;
  out.placementStrategy = service.placement_strategy;
  out.roleArn = "arn:aws:iam::" + context.account() + ":role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
  out.events.present = true;
  for (const auto& event : EventsOf(context, service.arn)) {
    auto& shown = out.events.emplace_back();
    shown.id = event.id;
    shown.createdAt = event.created_at;
    shown.message = event.message;
  }
  out.createdAt = service.created_at;
  out.createdBy = service.created_by;
  if (with_tags) out.tags = TagList(service.tags);
  out.enableECSManagedTags = service.enable_ecs_managed_tags;
  out.propagateTags = service.propagate_tags;
  out.enableExecuteCommand = service.enable_execute_command;
  out.availabilityZoneRebalancing = service.availability_zone_rebalancing;
  out.resourceManagementType = "CUSTOMER";
  return out;
}

}  // namespace drydock::ecs
