#include "handlers/ecs/tasks.h"

#include <algorithm>

#include "api/ecs/DescribeTasksRequest.h"
#include "api/ecs/DescribeTasksResponse.h"
#include "api/ecs/ListTasksRequest.h"
#include "api/ecs/ListTasksResponse.h"
#include "api/ecs/RunTaskRequest.h"
#include "api/ecs/RunTaskResponse.h"
#include "api/ecs/StartTaskRequest.h"
#include "api/ecs/StartTaskResponse.h"
#include "api/ecs/StopTaskRequest.h"
#include "api/ecs/StopTaskResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/container_instances.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/instance_placement.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/tags.h"
#include "handlers/ecs/task_definition_rules.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/ecs/task_lifecycle.h"
#include "handlers/ecs/task_view.h"
#include "store/document.h"
#include "store/records/ecs/service.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using records::ecs::ClientToken;

constexpr std::size_t kMostTasksDescribed = 100;

std::string DigestOf(RunTaskRequest request) {
  request.clientToken.reset();
  return Hex(Sha256(store::WriteDocument(SchemaOf<RunTaskRequest>(), &request)));
}

bool IsStartedBy(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '/';
  });
}

// What an earlier call with the same token made; throws ConflictException when its parameters were different.
std::optional<RunTaskResponse> AnsweredBefore(Context& context, const RunTaskRequest& in) {
  if (!in.clientToken || in.clientToken->empty()) return std::nullopt;
  const auto known = context.tx.Get<ClientToken>(context.scope, *in.clientToken);
  if (!known) return std::nullopt;
  RunTaskResponse out;
  out.tasks.present = out.failures.present = true;
  std::vector<std::string> arns;
  for (const auto& id : known->task_ids) {
    const auto task = context.tx.Get<records::ecs::Task>(context.scope, id);
    if (!task) continue;
    arns.push_back(task->arn);
    out.tasks.push_back(RenderTask(context.scope, *task, true));
  }
  if (known->request != DigestOf(in)) throw errors::ClientTokenConflict(arns);
  return out;
}

// What RunTask and StartTask check alike.
template <class In>
void CheckLaunch(const In& in) {
  // ECS API reference, RunTask; the sentences are unconfirmed.
  if (in.startedBy && (in.startedBy->size() > 128 || !IsStartedBy(*in.startedBy)))
    throw errors::InvalidParameter(
        "startedBy can have up to 128 letters, numbers, hyphens, forward slashes and underscores.");
  if (in.referenceId && in.referenceId->size() > 1024)
    throw errors::InvalidParameter("referenceId can have at most 1024 characters.");
  if (in.group && in.group->starts_with("service:")) throw errors::InvalidParameter("Invalid namespace for group.");
  if (in.propagateTags && *in.propagateTags == "SERVICE")
    throw errors::InvalidParameter("SERVICE is not a valid value for propagateTags when running a task.");
  if (!in.volumeConfigurations.empty()) throw errors::NotImplemented("Attaching EBS volumes to tasks");
}

// What Fargate does not have. The sentences are unconfirmed.
void CheckRunOnFargate(const RunTaskRequest& in, const records::ecs::TaskDefinition& definition) {
  if (!Supports(definition.definition, "FARGATE")) throw errors::LaunchTypeNotSupported("FARGATE");
  CheckPlatformVersion(in.platformVersion);
  if (!in.placementConstraints.empty() || !in.placementStrategy.empty())
    throw errors::InvalidParameter("Placement constraints and strategies are not supported with FARGATE.");
}

// A task that would run on container instances: why none of them takes it.
RunTaskResponse FindNoInstance(Context& context, const RunTaskRequest& in, const std::string& cluster,
                               const records::ecs::TaskDefinition& definition, const Capacity& capacity) {
  if (capacity.launch_type.empty())
    throw errors::NotImplemented("A task on a capacity provider of an Auto Scaling group");
  if (in.platformVersion && !in.platformVersion->empty())
    throw errors::InvalidParameter("The platform version must be null when specifying an " + capacity.launch_type +
                                   " launch type.");
  CheckConstraints(in.placementConstraints);
  const auto instances = ActiveContainerInstancesOf(context, cluster);
  if (instances.empty()) throw errors::NoContainerInstances();
  RunTaskResponse out;
  out.tasks.present = out.failures.present = true;
  for (const auto& instance : instances) {
    auto& failure = out.failures.emplace_back();
    failure.arn = instance.arn;
    failure.reason = ObstacleOn(instance, definition, in.placementConstraints);
  }
  return out;
}

}  // namespace

std::optional<records::ecs::Task> FindTask(Context& context, const std::string& cluster, const std::string& reference) {
  auto task = context.tx.Get<records::ecs::Task>(context.scope, TaskIdOf(context.scope, cluster, reference));
  if (task && task->cluster != cluster) task.reset();
  return task;
}

std::vector<Tag> TagsForTask(const std::string& cluster, const std::string& service, bool managed,
                             const std::vector<Tag>& propagated, const std::vector<Tag>& own) {
  std::vector<Tag> tags;
  const auto set = [&](const std::string& key, const std::string& value) {
    Tag tag;
    tag.key = key;
    tag.value = value;
    SetTag(tags, tag);
  };
  if (managed) {
    set("aws:ecs:clusterName", cluster);
    if (!service.empty()) set("aws:ecs:serviceName", service);
  }
  for (const auto& tag : propagated) SetTag(tags, tag);
  for (const auto& tag : own) SetTag(tags, tag);
  return tags;
}

AWS_OPERATION(ecs, RunTask)
AWS_ACCESS(RunTaskAccess, "tags? ecs:TagResource task/{cluster|default}/*")
RunTaskResponse RunTask(Context& context, const RunTaskRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  if (auto answer = AnsweredBefore(context, in)) return *answer;
  const int count = in.count.value_or(1);
  if (count < 1 || count > 10) throw errors::InvalidParameter("count must be between 1 and 10.");  // unconfirmed
  const auto definition = FindActiveTaskDefinition(context, *in.taskDefinition);
  const Capacity capacity = ResolveCapacity(cluster, in.launchType, in.capacityProviderStrategy);
  const bool fargate = IsFargate(capacity.launch_type, capacity.strategy);
  if (fargate) CheckRunOnFargate(in, definition);
  CheckNetwork(context, definition.definition, in.networkConfiguration);
  const TaskOverride overrides = in.overrides.value_or(TaskOverride());
  CheckOverrides(overrides, definition, fargate);
  CheckLaunch(in);
  if (!fargate) return FindNoInstance(context, in, cluster.name, definition, capacity);
  if (const auto role = UnassumableRole(context, definition, overrides)) throw errors::RoleNotAssumable(*role);
  if (in.enableExecuteCommand.value_or(false) && TaskRoleOf(context.scope, definition, overrides).empty())
    throw errors::TaskWithoutTaskRole();

  const bool propagate = in.propagateTags && *in.propagateTags == "TASK_DEFINITION";
  const auto& subnets = in.networkConfiguration->awsvpcConfiguration->subnets;
  std::vector<int> on_provider(capacity.strategy.size());
  RunTaskResponse out;
  out.tasks.present = out.failures.present = true;
  ClientToken token{in.clientToken.value_or(""), DigestOf(in), {}, context.now};
  for (int i = 0; i < count; ++i) {
    const std::string provider = ChooseCapacityProvider(capacity.strategy, on_provider);
    for (std::size_t p = 0; p < on_provider.size(); ++p)
      if (capacity.strategy[p].capacityProvider == provider) ++on_provider[p];
    const records::ecs::Task task = LaunchTask(
        context, {.cluster = cluster.name,
                  .definition = definition,
                  .network = *in.networkConfiguration,
                  .subnet_id = subnets[static_cast<std::size_t>(i) % subnets.size()],
                  .capacity_provider = provider,
                  .platform_version = in.platformVersion.value_or(""),
                  .overrides = overrides,
                  .group = in.group.value_or("family:" + definition.family),
                  .started_by = in.startedBy.value_or(""),
                  .tags = TagsForTask(cluster.name, "", in.enableECSManagedTags.value_or(false),
                                      propagate ? definition.tags : std::vector<Tag>(), CheckedTags(in.tags)),
                  .enable_execute_command = in.enableExecuteCommand.value_or(false)});
    token.task_ids.push_back(task.id);
    out.tasks.push_back(RenderTask(context.scope, task, true));
  }
  if (!token.token.empty()) context.tx.Put(context.scope, token);
  return out;
}

// Nothing starts on a container instance: no agent of one ever connects.
AWS_OPERATION(ecs, StartTask)
AWS_ACCESS(StartTaskAccess, "tags? ecs:TagResource task/{cluster|default}/*")
StartTaskResponse StartTask(Context& context, const StartTaskRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  const auto definition = FindActiveTaskDefinition(context, *in.taskDefinition);
  if (in.containerInstances.empty())  // unconfirmed
    throw errors::InvalidParameter("Container instances cannot be empty.");
  if (in.containerInstances.size() > 10)  // unconfirmed
    throw errors::InvalidParameter("The number of container instances must not exceed 10.");
  CheckLaunch(in);
  CheckedTags(in.tags);
  CheckNetwork(context, definition.definition, in.networkConfiguration);
  CheckOverrides(in.overrides.value_or(TaskOverride()), definition, false);
  StartTaskResponse out;
  out.tasks.present = out.failures.present = true;
  for (const auto& instance : in.containerInstances) {
    auto& failure = out.failures.emplace_back();
    failure.arn =
        Arn::LooksLike(instance) ? instance : context.Arn("ecs", "container-instance/" + cluster.name + "/" + instance);
    const auto found = FindContainerInstance(context, cluster.name, instance);
    failure.reason = !found ? "MISSING" : found->status == "INACTIVE" ? "INACTIVE" : ObstacleOn(*found, definition, {});
  }
  return out;
}

AWS_OPERATION(ecs, StopTask)
AWS_ACCESS("task/{cluster|default}/{task}")
StopTaskResponse StopTask(Context& context, const StopTaskRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  auto task = FindTask(context, cluster.name, *in.task);
  if (!task) throw errors::TaskNotFound();
  BeginStop(context, *task, "UserInitiated", in.reason.value_or("Task stopped by user"));
  StopTaskResponse out;
  out.task = RenderTask(context.scope, *task, true);
  return out;
}

AWS_OPERATION(ecs, DescribeTasks)
AWS_ACCESS("task/{cluster|default}/{tasks}")
DescribeTasksResponse DescribeTasks(Context& context, const DescribeTasksRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  if (in.tasks.empty()) throw errors::TasksEmpty();
  if (in.tasks.size() > kMostTasksDescribed)
    throw errors::InvalidParameter("Tasks cannot have more than 100 items.");  // unconfirmed
  DescribeTasksResponse out;
  out.tasks.present = out.failures.present = true;
  for (const auto& reference : in.tasks) {
    if (const auto task = FindTask(context, cluster.name, reference)) {
      out.tasks.push_back(RenderTask(context.scope, *task, IncludesTags(in.include)));
    } else {
      auto& failure = out.failures.emplace_back();
      failure.arn = reference.starts_with("arn:") ? reference : TaskArn(context.scope, cluster.name, reference);
      failure.reason = "MISSING";
    }
  }
  return out;
}

AWS_OPERATION(ecs, ListTasks)
AWS_ACCESS(ListTasksAccess)
ListTasksResponse ListTasks(Context& context, const ListTasksRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  // ECS API reference, ListTasks: no task ever wants to be PENDING, so that filter finds nothing.
  const std::string desired = in.desiredStatus.value_or("RUNNING");
  std::string group;
  if (in.serviceName) {
    const std::string name = ServiceNameOf(context.scope, cluster.name, *in.serviceName);
    const auto service = context.tx.Get<records::ecs::Service>(context.scope, cluster.name, name);
    if (!service || service->status == "INACTIVE") throw errors::ServiceNotFound();
    group = "service:" + name;
  }
  // ECS API reference, ListTasks, startedBy: "it must be the only filter"; the sentence is unconfirmed.
  if (in.startedBy && (in.serviceName || in.family || in.containerInstance))
    throw errors::InvalidParameter("startedBy cannot be used together with other filters.");
  std::vector<std::string> arns;
  for (const auto& task :
       context.tx.List<records::ecs::Task>(context.scope, store::Where(&records::ecs::Task::cluster, cluster.name))) {
    if (task.desired_status != desired) continue;
    if (!group.empty() && task.group != group) continue;
    if (in.family && task.family != *in.family) continue;
    if (in.startedBy && task.started_by != *in.startedBy) continue;
    if (in.launchType && task.launch_type != *in.launchType) continue;
    if (in.containerInstance || in.daemonName) continue;  // no task of Fargate is on one
    arns.push_back(task.arn);
  }
  const std::string question = Join({"ListTasks", cluster.name, desired, group, in.family.value_or(""),
                                     in.startedBy.value_or(""), in.launchType.value_or("")},
                                    " ");
  ListTasksResponse out;
  auto page = PageOf(context, question, std::move(arns), in.nextToken, in.maxResults);
  out.taskArns = std::move(page.items);
  out.nextToken = page.next_token;
  return out;
}

}  // namespace drydock::ecs
