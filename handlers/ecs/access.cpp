// What policies need to know about ECS: its resources, and what operations ask beyond what stands beside them.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon ECS"; aws-facts H.4, H.5.
#include <set>

#include "api/ecs/CreateServiceRequest.h"
#include "api/ecs/CreateTaskSetRequest.h"
#include "api/ecs/ListServicesRequest.h"
#include "api/ecs/ListTasksRequest.h"
#include "api/ecs/RegisterTaskDefinitionRequest.h"
#include "api/ecs/RunTaskRequest.h"
#include "api/ecs/StartTaskRequest.h"
#include "api/ecs/UpdateServiceRequest.h"
#include "emulator/api/access.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/task_definition_rules.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/ecs/cluster.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

// The generated tables of the services.
namespace drydock::api {
extern const Service k_ecs;
extern const Service k_iam;
}  // namespace drydock::api

namespace drydock::ecs {

namespace {

void SetTags(api::Resource& resource, const std::vector<Tag>& tags) {
  for (const Tag& tag : tags) resource.tags[tag.key.value_or("")] = tag.value.value_or("");
}

// The resource itself, when it is the context's own.
void AddWhatIsKnown(Context& context, api::Resource& resource) {
  const auto arn = Arn::Parse(resource.arn);
  if (!arn || arn->service != "ecs") return;
  resource.owner = {arn->account, arn->region};
  if (resource.owner != context.scope) return;
  const std::vector<std::string> parts = Split(arn->resource, '/');
  const std::string& type = parts.front();
  if (parts.size() > 2) resource.keys["ecs:cluster"] = {ClusterArn(context.scope, parts[1])};
  if (type == "cluster") {
    if (const auto cluster = context.tx.Get<records::ecs::Cluster>(context.scope, parts.back()))
      SetTags(resource, cluster->tags);
  } else if (type == "service" && parts.size() == 3) {
    if (const auto service = context.tx.Get<records::ecs::Service>(context.scope, parts[1], parts[2]))
      SetTags(resource, service->tags);
  } else if (type == "task") {
    if (const auto task = context.tx.Get<records::ecs::Task>(context.scope, parts.back()))
      SetTags(resource, task->tags);
  } else if (type == "task-definition") {
    if (const auto definition = FindTaskDefinition(context, resource.arn)) SetTags(resource, definition->tags);
  }
}

std::string TaskDefinitionArnOf(Context& context, const std::string& reference) {
  if (Arn::LooksLike(reference)) return reference;
  const auto found = FindTaskDefinition(context, reference);
  if (found) return TaskDefinitionArn(context.scope, found->family, found->revision);
  return context.Arn("ecs", "task-definition/" + reference);
}

// iam:PassRole for the roles that tasks will run under. Asked when a task is run, and when a service is given a task
// definition: updates that name none need no such permission (seen in the field: keidarcy/e1s, issue 429; that creating
// a service asks the same is unconfirmed).
void AskToPass(Context& context, const records::ecs::TaskDefinition& definition, const TaskOverride& overrides,
               api::Questions& questions) {
  for (const std::string& role : std::set{ExecutionRoleOf(context.scope, definition, overrides),
                                          TaskRoleOf(context.scope, definition, overrides)}) {
    if (role.empty()) continue;
    questions.push_back({"iam:PassRole",
                         api::ResourceOf(context, api::k_iam, "passed-role", {role}),
                         {{"iam:passedtoservice", {"ecs-tasks.amazonaws.com"}}}});
  }
}

const char* Word(bool value) {
  return value ? "true" : "false";
}

// ecs:task-cpu and ecs:task-memory, in units and MiB.
void AddSize(const std::optional<std::string>& cpu, const std::optional<std::string>& memory,
             api::ConditionKeys& keys) {
  if (const auto units = cpu ? ParseCpu(*cpu) : std::nullopt) keys["ecs:task-cpu"] = {std::to_string(*units)};
  if (const auto mib = memory ? ParseMemory(*memory) : std::nullopt) keys["ecs:task-memory"] = {std::to_string(*mib)};
}

template <class Strategy>
void AddCapacityProviders(Context& context, const Strategy& strategy, api::ConditionKeys& keys) {
  for (const auto& item : strategy)
    keys["ecs:capacity-provider"].push_back(
        api::ResourceOf(context, api::k_ecs, "capacity-provider", {item.capacityProvider.value_or("")}).arn);
}

api::Question About(Context& context, const char* action, std::string_view type, const std::vector<std::string>& parts,
                    const std::optional<std::string>& cluster) {
  api::Question question{action, api::ResourceOf(context, api::k_ecs, type, parts)};
  question.keys["ecs:cluster"] = {api::ResourceOf(context, api::k_ecs, "cluster", {cluster.value_or("default")}).arn};
  return question;
}

template <class In>
api::Questions LaunchAccess(Context& context, const char* action, const In& in) {
  api::Question question = About(context, action, "task-definition", {*in.taskDefinition}, in.cluster);
  question.keys["ecs:enable-execute-command"] = {Word(in.enableExecuteCommand.value_or(false))};
  question.keys["ecs:enable-ebs-volumes"] = {Word(!in.volumeConfigurations.empty())};
  api::Questions questions{std::move(question)};
  const TaskOverride overrides = in.overrides.value_or(TaskOverride());
  if (const auto definition = FindTaskDefinition(context, *in.taskDefinition)) {
    AddSize(overrides.cpu ? overrides.cpu : definition->definition.cpu,
            overrides.memory ? overrides.memory : definition->definition.memory, questions.front().keys);
    AskToPass(context, *definition, overrides, questions);
  }
  return questions;
}

// Of an update, the keys of what it does not change are absent.
template <class In>
api::Questions ServiceAccess(Context& context, const char* action, const In& in, const std::string& service) {
  api::Questions questions{About(context, action, "service", {in.cluster.value_or("default"), service}, in.cluster)};
  api::ConditionKeys keys;
  if (in.enableExecuteCommand) keys["ecs:enable-execute-command"] = {Word(*in.enableExecuteCommand)};
  if (in.enableECSManagedTags) keys["ecs:enable-ecs-managed-tags"] = {Word(*in.enableECSManagedTags)};
  if (in.propagateTags) keys["ecs:propagate-tags"] = {*in.propagateTags};
  if (!in.volumeConfigurations.empty()) keys["ecs:enable-ebs-volumes"] = {"true"};
  if (!in.vpcLatticeConfigurations.empty()) keys["ecs:enable-vpc-lattice"] = {"true"};
  if (in.networkConfiguration && in.networkConfiguration->awsvpcConfiguration) {
    const auto& network = *in.networkConfiguration->awsvpcConfiguration;
    if (!network.subnets.empty()) keys["ecs:subnet"] = network.subnets;
    if (network.assignPublicIp) keys["ecs:auto-assign-public-ip"] = {Word(*network.assignPublicIp == "ENABLED")};
  }
  if (const auto& connect = in.serviceConnectConfiguration) {
    if (connect->enabled) keys["ecs:enable-service-connect"] = {Word(*connect->enabled)};
    if (connect->namespace_) keys["ecs:namespace"] = {*connect->namespace_};
  }
  AddCapacityProviders(context, in.capacityProviderStrategy, keys);
  if (in.taskDefinition) {
    keys["ecs:task-definition"] = {TaskDefinitionArnOf(context, *in.taskDefinition)};
    if (const auto definition = FindTaskDefinition(context, *in.taskDefinition)) {
      AddSize(definition->definition.cpu, definition->definition.memory, keys);
      AskToPass(context, *definition, {}, questions);
    }
  }
  questions.front().keys.merge(keys);
  return questions;
}

}  // namespace

AWS_RESOURCES(ecs)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  const std::string& name = parts.back();
  api::Resource resource;
  if (Arn::LooksLike(name)) {
    resource.arn = name;
  } else if (type == "service") {
    resource.arn = ServiceArn(context.scope, ClusterNameOf(context.scope, parts[0]), name);
  } else if (type == "task") {
    resource.arn = TaskArn(context.scope, ClusterNameOf(context.scope, parts[0]), name);
  } else if (type == "task-definition") {
    resource.arn = TaskDefinitionArnOf(context, name);
  } else if (type == "task-set") {
    const std::string cluster = ClusterNameOf(context.scope, parts[0]);
    const std::string service = ServiceNameOf(context.scope, cluster, parts[1]);
    resource.arn = context.Arn("ecs", "task-set/" + cluster + "/" + service + "/" + name);
    resource.keys["ecs:service"] = {ServiceArn(context.scope, cluster, service)};
  } else if (parts.size() == 2) {
    resource.arn = context.Arn("ecs", std::string(type) + "/" + ClusterNameOf(context.scope, parts[0]) + "/" + name);
  } else if (type == "new-task-definition") {
    resource.arn = context.Arn("ecs", "task-definition/" + name + ":*");
  } else {
    resource.arn = context.Arn("ecs", std::string(type) + "/" + Join(parts, "/"));
  }
  AddWhatIsKnown(context, resource);
  // The request's cluster counts, whatever an ARN of an old form leaves out.
  if (parts.size() >= 2)
    resource.keys["ecs:cluster"] = {
        Arn::LooksLike(parts[0]) ? parts[0] : ClusterArn(context.scope, ClusterNameOf(context.scope, parts[0]))};
  return resource;
}

// AWS's messages show "*" (seen in the field up to 2024), though the page has since come to name the family's ARN.
api::Questions RegisterTaskDefinitionAccess(Context&, const RegisterTaskDefinitionRequest& in) {
  api::Question question{"ecs:RegisterTaskDefinition"};
  AddSize(in.cpu, in.memory, question.keys);
  if (!in.requiresCompatibilities.empty()) question.keys["ecs:compute-compatibility"] = in.requiresCompatibilities;
  const bool privileged =
      std::any_of(in.containerDefinitions.begin(), in.containerDefinitions.end(),
                  [](const ContainerDefinition& container) { return container.privileged.value_or(false); });
  question.keys["ecs:privileged"] = {Word(privileged)};
  return {question};
}

api::Questions RunTaskAccess(Context& context, const RunTaskRequest& in) {
  auto questions = LaunchAccess(context, "ecs:RunTask", in);
  AddCapacityProviders(context, in.capacityProviderStrategy, questions.front().keys);
  return questions;
}

api::Questions StartTaskAccess(Context& context, const StartTaskRequest& in) {
  auto questions = LaunchAccess(context, "ecs:StartTask", in);
  for (const std::string& instance : in.containerInstances)
    questions.front().keys["ecs:container-instances"].push_back(
        api::ResourceOf(context, api::k_ecs, "container-instance", {in.cluster.value_or("default"), instance}).arn);
  return questions;
}

api::Questions CreateServiceAccess(Context& context, const CreateServiceRequest& in) {
  auto questions = ServiceAccess(context, "ecs:CreateService", in, *in.serviceName);
  if (in.role)  // the role for classic load balancers
    questions.push_back({"iam:PassRole",
                         api::ResourceOf(context, api::k_iam, "passed-role", {*in.role}),
                         {{"iam:passedtoservice", {"ecs.amazonaws.com"}}}});
  return questions;
}

api::Questions UpdateServiceAccess(Context& context, const UpdateServiceRequest& in) {
  return ServiceAccess(context, "ecs:UpdateService", in, *in.service);
}

api::Questions CreateTaskSetAccess(Context& context, const CreateTaskSetRequest& in) {
  api::Question question = About(context, "ecs:CreateTaskSet", "task-set", {*in.cluster, *in.service, "*"}, in.cluster);
  question.keys["ecs:task-definition"] = {TaskDefinitionArnOf(context, *in.taskDefinition)};
  AddCapacityProviders(context, in.capacityProviderStrategy, question.keys);
  return {question};
}

// It can be granted on "*" only, for one cluster by a condition.
api::Questions ListServicesAccess(Context& context, const ListServicesRequest& in) {
  return {{"ecs:ListServices", {}, About(context, "", "cluster", {"default"}, in.cluster).keys}};
}
// Of one container instance, or else of all that a condition on the cluster lets through (seen in the field:
// cdklabs/construct-hub, pull request 1207).
api::Questions ListTasksAccess(Context& context, const ListTasksRequest& in) {
  if (!in.containerInstance)
    return {{"ecs:ListTasks", {}, About(context, "", "cluster", {"default"}, in.cluster).keys}};
  return {About(context, "ecs:ListTasks", "container-instance", {in.cluster.value_or("default"), *in.containerInstance},
                in.cluster)};
}

}  // namespace drydock::ecs
