// Task sets. API Reference, CreateTaskSet and its neighbours; developer guide, "Amazon ECS deployment using a
// third-party controller".
#include "handlers/ecs/task_sets.h"

#include <algorithm>
#include <cmath>

#include "api/ecs/CreateTaskSetRequest.h"
#include "api/ecs/CreateTaskSetResponse.h"
#include "api/ecs/DeleteTaskSetRequest.h"
#include "api/ecs/DeleteTaskSetResponse.h"
#include "api/ecs/DescribeTaskSetsRequest.h"
#include "api/ecs/DescribeTaskSetsResponse.h"
#include "api/ecs/UpdateServicePrimaryTaskSetRequest.h"
#include "api/ecs/UpdateServicePrimaryTaskSetResponse.h"
#include "api/ecs/UpdateTaskSetRequest.h"
#include "api/ecs/UpdateTaskSetResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_rules.h"
#include "handlers/ecs/service_tasks.h"
#include "handlers/ecs/service_view.h"
#include "handlers/ecs/tags.h"
#include "handlers/ecs/task_definitions.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using TaskSetService = records::ecs::Service;

constexpr std::size_t kMostTaskSets = 5;
constexpr char kSetPrefix[] = "ecs-svc/";

std::string TaskSetArn(const Context& context, const TaskSetService& service, const std::string& id) {
  return context.Arn("ecs", "task-set/" + service.cluster + "/" + service.name + "/" + kSetPrefix + id);
}

// The service that has task sets.
TaskSetService FindServiceOfSets(Context& context, const std::optional<std::string>& cluster_reference,
                                 const std::string& reference) {
  const auto cluster = FindCluster(context, cluster_reference);
  const auto service = context.tx.Get<TaskSetService>(context.scope, cluster.name,
                                                      ServiceNameOf(context.scope, cluster.name, reference));
  if (!service) throw errors::ServiceNotFound();
  if (service->status != "ACTIVE") throw errors::ServiceNotActive();
  if (service->deployment_controller == "ECS")
    throw errors::InvalidParameter(
        "Amazon ECS only supports task set management on services configured to use external deployment controllers.");
  return *service;
}

// By id, with or without "ecs-svc/", or by ARN.
records::ecs::Deployment* FindSet(TaskSetService& service, const std::string& reference) {
  const auto slash = reference.rfind('/');
  return FindDeployment(service, slash == std::string::npos ? reference : reference.substr(slash + 1));
}

records::ecs::Deployment& RequireSet(TaskSetService& service, const std::string& reference) {
  records::ecs::Deployment* set = FindSet(service, reference);
  if (!set) throw ApiError("TaskSetNotFoundException", "The specified task set could not be found.");  // unconfirmed
  return *set;
}

double PercentOf(const std::optional<Scale>& scale) {
  const double percent = scale ? scale->value.value_or(0) : 0;
  if (percent < 0 || percent > 100)
    throw errors::InvalidParameter("The scale of a task set must be between 0 and 100.");  // unconfirmed
  return percent;
}

TaskSet RenderNow(Context& context, TaskSetService& service, const records::ecs::Deployment& set) {
  return RenderTaskSet(context, service, set, ServiceTasks(context, service).CountRunningAndPending(set.id), true);
}

// Stores a change of one of the service's sets, and shows that one.
template <class Out>
Out AnswerWithSet(Context& context, TaskSetService& service, records::ecs::Deployment& set) {
  set.updated_at = context.now;
  context.tx.Put(context.scope, service);
  TouchService(context, service.arn);
  Out out;
  out.taskSet = RenderNow(context, service, set);
  return out;
}

}  // namespace

int ComputedDesiredCount(const TaskSetService& service, const records::ecs::Deployment& set) {
  return static_cast<int>(std::ceil(service.desired_count * set.task_set->scale_percent / 100));
}

records::ecs::Deployment MakeTaskSet(Context& context, const TaskSetService& service,
                                     records::ecs::ServiceRevision revision) {
  revision.id = context.ids.Random("123456789", 1) + context.ids.Digits(18);
  revision.service_arn = service.arn;
  revision.created_at = context.now;
  context.tx.Put(context.scope, revision);
  NoteTargetGroups(context, revision, service.arn);
  records::ecs::Deployment set;
  set.id = context.ids.Random("123456789", 1) + context.ids.Digits(18);
  set.status = "ACTIVE";
  set.revision_id = revision.id;
  set.created_at = set.updated_at = context.now;
  set.task_set.emplace();
  return set;
}

TaskSet RenderTaskSet(Context& context, const TaskSetService& service, const records::ecs::Deployment& set,
                      std::pair<int, int> running_and_pending, bool with_tags) {
  const auto revision = RevisionOf(context, set.revision_id);
  TaskSet out;
  out.id = kSetPrefix + set.id;
  out.taskSetArn = TaskSetArn(context, service, set.id);
  out.serviceArn = service.arn;
  out.clusterArn = ClusterArn(context.scope, service.cluster);
  if (!set.task_set->started_by.empty()) out.startedBy = set.task_set->started_by;
  if (!set.task_set->external_id.empty()) out.externalId = set.task_set->external_id;
  out.status = set.status;
  out.taskDefinition = revision.task_definition_arn;
  out.computedDesiredCount = ComputedDesiredCount(service, set);
  out.runningCount = running_and_pending.first;
  out.pendingCount = running_and_pending.second;
  out.createdAt = set.created_at;
  out.updatedAt = set.updated_at;
  ShowWhereItRuns(revision, out);
  out.loadBalancers = revision.load_balancers;
  out.loadBalancers.present = true;
  out.serviceRegistries = revision.service_registries;
  out.serviceRegistries.present = true;
  auto& scale = out.scale.emplace();
  scale.value = set.task_set->scale_percent;
  scale.unit = "PERCENT";
  out.stabilityStatus = set.task_set->steady_since ? "STEADY_STATE" : "STABILIZING";
  out.stabilityStatusAt = set.task_set->steady_since.value_or(set.updated_at);
  out.tags = with_tags ? TagList(set.task_set->tags) : TagList({});
  return out;
}

AWS_OPERATION(ecs, CreateTaskSet)
AWS_ACCESS(CreateTaskSetAccess, "tags? ecs:TagResource task-set/{cluster}/{service}/*")
CreateTaskSetResponse CreateTaskSet(Context& context, const CreateTaskSetRequest& in) {
  auto service = FindServiceOfSets(context, in.cluster, *in.service);
  if (in.clientToken) {
    for (const auto& set : service.deployments) {
      if (set.task_set->client_token != in.clientToken) continue;
      CreateTaskSetResponse out;
      out.taskSet = RenderNow(context, service, set);
      return out;
    }
  }
  if (service.deployments.size() >= kMostTaskSets)
    throw errors::InvalidParameter(
        "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.");
  const double percent = PercentOf(in.scale);
  const auto definition = FindActiveTaskDefinition(context, *in.taskDefinition);
  const Capacity capacity =
      ResolveCapacity(FindActiveCluster(context, in.cluster), in.launchType, in.capacityProviderStrategy);
  CheckCapacity(context, definition.definition, capacity, in.platformVersion, in.networkConfiguration);
  CheckLoadBalancers(context, definition.definition, in.loadBalancers);
  CheckRegistries(in.serviceRegistries);
  records::ecs::ServiceRevision revision;
  revision.task_definition_arn = *definition.definition.taskDefinitionArn;
  revision.launch_type = capacity.launch_type;
  revision.capacity_provider_strategy = capacity.strategy;
  revision.platform_version = in.platformVersion && !in.platformVersion->empty() ? *in.platformVersion : "LATEST";
  revision.network_configuration = in.networkConfiguration;
  revision.load_balancers = in.loadBalancers;
  revision.service_registries = in.serviceRegistries;

  records::ecs::Deployment set = MakeTaskSet(context, service, std::move(revision));
  set.task_set->external_id = in.externalId.value_or("");
  set.task_set->scale_percent = percent;
  set.task_set->client_token = in.clientToken;
  set.task_set->tags = CheckedTags(in.tags);
  service.deployments.push_back(std::move(set));
  return AnswerWithSet<CreateTaskSetResponse>(context, service, service.deployments.back());
}

AWS_OPERATION(ecs, UpdateTaskSet)
AWS_ACCESS("task-set/{cluster}/{service}/{taskSet}")
UpdateTaskSetResponse UpdateTaskSet(Context& context, const UpdateTaskSetRequest& in) {
  auto service = FindServiceOfSets(context, in.cluster, *in.service);
  records::ecs::Deployment& set = RequireSet(service, *in.taskSet);
  set.task_set->scale_percent = PercentOf(in.scale);
  set.task_set->steady_since.reset();
  return AnswerWithSet<UpdateTaskSetResponse>(context, service, set);
}

AWS_OPERATION(ecs, UpdateServicePrimaryTaskSet)
AWS_ACCESS("service/{cluster}/{service}")
UpdateServicePrimaryTaskSetResponse UpdateServicePrimaryTaskSet(Context& context,
                                                                const UpdateServicePrimaryTaskSetRequest& in) {
  auto service = FindServiceOfSets(context, in.cluster, *in.service);
  records::ecs::Deployment& set = RequireSet(service, *in.primaryTaskSet);
  for (auto& each : service.deployments)
    if (each.status == "PRIMARY") each.status = "ACTIVE";
  set.status = "PRIMARY";
  service.revision_id = set.revision_id;
  return AnswerWithSet<UpdateServicePrimaryTaskSetResponse>(context, service, set);
}

AWS_OPERATION(ecs, DeleteTaskSet)
AWS_ACCESS("task-set/{cluster}/{service}/{taskSet}")
DeleteTaskSetResponse DeleteTaskSet(Context& context, const DeleteTaskSetRequest& in) {
  auto service = FindServiceOfSets(context, in.cluster, *in.service);
  records::ecs::Deployment& set = RequireSet(service, *in.taskSet);
  if (!in.force.value_or(false) && ComputedDesiredCount(service, set) > 0)  // unconfirmed
    throw errors::InvalidParameter("The task set cannot be deleted while it is scaled above 0.");
  set.status = "DRAINING";
  set.task_set->scale_percent = 0;
  if (service.revision_id == set.revision_id) service.revision_id.clear();
  return AnswerWithSet<DeleteTaskSetResponse>(context, service, set);
}

AWS_OPERATION(ecs, DescribeTaskSets)
AWS_ACCESS("task-set/{cluster}/{service}/{taskSets|*}")
DescribeTaskSetsResponse DescribeTaskSets(Context& context, const DescribeTaskSetsRequest& in) {
  auto service = FindServiceOfSets(context, in.cluster, *in.service);
  const ServiceTasks tasks(context, service);
  DescribeTaskSetsResponse out;
  out.taskSets.present = out.failures.present = true;
  const auto show = [&](const records::ecs::Deployment& set) {
    out.taskSets.push_back(
        RenderTaskSet(context, service, set, tasks.CountRunningAndPending(set.id), IncludesTags(in.include)));
  };
  for (const auto& reference : in.taskSets) {
    if (const records::ecs::Deployment* set = FindSet(service, reference)) {
      show(*set);
      continue;
    }
    auto& failure = out.failures.emplace_back();
    failure.arn = reference;
    failure.reason = "MISSING";
  }
  if (in.taskSets.empty())
    for (const auto& set : service.deployments) show(set);
  return out;
}

}  // namespace drydock::ecs
