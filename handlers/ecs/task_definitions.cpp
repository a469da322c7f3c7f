#include "handlers/ecs/task_definitions.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/ecs/DeleteTaskDefinitionsRequest.h"
#include "api/ecs/DeleteTaskDefinitionsResponse.h"
#include "api/ecs/DeregisterTaskDefinitionRequest.h"
#include "api/ecs/DeregisterTaskDefinitionResponse.h"
#include "api/ecs/DescribeTaskDefinitionRequest.h"
#include "api/ecs/DescribeTaskDefinitionResponse.h"
#include "api/ecs/ListTaskDefinitionFamiliesRequest.h"
#include "api/ecs/ListTaskDefinitionFamiliesResponse.h"
#include "api/ecs/ListTaskDefinitionsRequest.h"
#include "api/ecs/ListTaskDefinitionsResponse.h"
#include "api/ecs/RegisterTaskDefinitionRequest.h"
#include "api/ecs/RegisterTaskDefinitionResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/tags.h"
#include "handlers/ecs/task_definition_rules.h"
#include "handlers/engines.h"
#include "store/document.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using records::ecs::TaskDefinitionFamily;

constexpr std::size_t kLargestDefinition = 65536;

TaskDefinition Render(const records::ecs::TaskDefinition& record) {
  TaskDefinition out = record.definition;
  out.status = record.status;
  return out;
}

std::vector<records::ecs::TaskDefinition> RevisionsOf(Context& context, const std::string& family) {
  return context.tx.List<records::ecs::TaskDefinition>(context.scope,
                                                       store::Where(&records::ecs::TaskDefinition::family, family));
}

bool IsReferenced(Context& context, const records::ecs::TaskDefinition& record) {
  for (const auto& service : context.tx.List<records::ecs::Service>(context.scope)) {
    if (service.status == "INACTIVE") continue;
    std::vector<std::string> revisions{service.last_completed_revision};  // what it would be rolled back to
    for (const auto& deployment : service.deployments) revisions.push_back(deployment.revision_id);
    for (const auto& id : revisions) {
      const auto revision = context.tx.Get<records::ecs::ServiceRevision>(context.scope, id);
      if (revision && revision->task_definition_arn == record.definition.taskDefinitionArn) return true;
    }
  }
  for (const auto& task : context.tx.List<records::ecs::Task>(context.scope))
    if (task.last_status != "STOPPED" && task.task_definition_arn == record.definition.taskDefinitionArn) return true;
  return false;
}

// A revision that is being deleted goes with the last service and task that have it. API Reference,
// DeleteTaskDefinitions.
bool IsGone(Context& context, const records::ecs::TaskDefinition& record) {
  return record.status == "DELETE_IN_PROGRESS" && !IsReferenced(context, record);
}

}  // namespace

std::optional<records::ecs::TaskDefinition> FindTaskDefinition(Context& context, const std::string& reference) {
  const auto parsed = ParseTaskDefinitionReference(context.scope, reference);
  if (!parsed) return std::nullopt;
  if (parsed->revision) {
    auto record = context.tx.Get<records::ecs::TaskDefinition>(context.scope, parsed->family, *parsed->revision);
    if (record && IsGone(context, *record)) record.reset();
    return record;
  }
  std::optional<records::ecs::TaskDefinition> latest;
  for (auto& revision : RevisionsOf(context, parsed->family))
    if (revision.status == "ACTIVE" && (!latest || revision.revision > latest->revision)) latest = std::move(revision);
  return latest;
}

records::ecs::TaskDefinition FindActiveTaskDefinition(Context& context, const std::string& reference) {
  auto record = FindTaskDefinition(context, reference);
  if (!record) throw errors::TaskDefinitionNotFound();
  if (record->status != "ACTIVE") throw errors::TaskDefinitionInactive();
  return *record;
}

AWS_OPERATION(ecs, RegisterTaskDefinition)
AWS_ACCESS(RegisterTaskDefinitionAccess,
           "iam:PassRole passed-role/{executionRoleArn} iam:PassedToService=ecs-tasks.amazonaws.com",
           "iam:PassRole passed-role/{taskRoleArn} iam:PassedToService=ecs-tasks.amazonaws.com",
           "tags? ecs:TagResource new-task-definition/{family}")
RegisterTaskDefinitionResponse RegisterTaskDefinition(Context& context, const RegisterTaskDefinitionRequest& in) {
  records::ecs::TaskDefinition record;
  record.definition = MakeTaskDefinition(context.scope, context.engines.settings.endpoint, in);
  // The quota: developer guide, "Amazon ECS service quotas"; the sentence is seen. What exactly AWS measures is not
  // known: here, the definition with its defaults.
  const std::size_t size = store::WriteDocument(SchemaOf<TaskDefinition>(), &record.definition).size();
  if (size > kLargestDefinition)
    throw errors::Client(
        fmt::format("Actual length: '{}'. Max allowed length is '{}' bytes.", size, kLargestDefinition));
  record.tags = CheckedTags(in.tags);
  record.family = *in.family;
  auto family = context.tx.Get<TaskDefinitionFamily>(context.scope, record.family);
  if (!family) family = TaskDefinitionFamily{record.family, 0};
  record.revision = ++family->last_revision;
  context.tx.Put(context.scope, *family);
  record.status = "ACTIVE";
  record.definition.revision = record.revision;
  record.definition.taskDefinitionArn = TaskDefinitionArn(context.scope, record.family, record.revision);
  record.definition.registeredAt = context.now;
  record.definition.registeredBy = context.principal.arn;
  context.tx.Put(context.scope, record);

  RegisterTaskDefinitionResponse out;
  out.taskDefinition = Render(record);
  if (!record.tags.empty()) out.tags = record.tags;
  return out;
}

AWS_OPERATION(ecs, DescribeTaskDefinition)
DescribeTaskDefinitionResponse DescribeTaskDefinition(Context& context, const DescribeTaskDefinitionRequest& in) {
  const auto record = FindTaskDefinition(context, *in.taskDefinition);
  if (!record) throw errors::UnableToDescribeTaskDefinition();
  DescribeTaskDefinitionResponse out;
  out.taskDefinition = Render(*record);
  out.tags = IncludesTags(in.include) ? TagList(record->tags) : TagList({});
  return out;
}

AWS_OPERATION(ecs, ListTaskDefinitions)
ListTaskDefinitionsResponse ListTaskDefinitions(Context& context, const ListTaskDefinitionsRequest& in) {
  const std::string status = in.status.value_or("ACTIVE");
  const bool descending = in.sort == "DESC";
  // The order is that of the records' ids: family, then revision as a number. familyPrefix is a whole family here
  // (ECS API reference, ListTaskDefinitions).
  auto query = in.familyPrefix ? store::Where(&records::ecs::TaskDefinition::family, *in.familyPrefix) : store::Query{};
  query.order = store::Order::kId;
  std::vector<std::string> arns;
  for (const auto& record : context.tx.List<records::ecs::TaskDefinition>(context.scope, query))
    if (record.status == status && !IsGone(context, record)) arns.push_back(*record.definition.taskDefinitionArn);
  if (descending) std::reverse(arns.begin(), arns.end());

  ListTaskDefinitionsResponse out;
  auto page = PageOf(context,
                     "ListTaskDefinitions " + in.familyPrefix.value_or("") + " " + status + (descending ? " DESC" : ""),
                     std::move(arns), in.nextToken, in.maxResults);
  out.taskDefinitionArns = std::move(page.items);
  out.nextToken = page.next_token;
  return out;
}

AWS_OPERATION(ecs, ListTaskDefinitionFamilies)
ListTaskDefinitionFamiliesResponse ListTaskDefinitionFamilies(Context& context,
                                                              const ListTaskDefinitionFamiliesRequest& in) {
  const std::string status = in.status.value_or("ALL");
  const std::string prefix = in.familyPrefix.value_or("");
  std::set<std::string> active;
  for (const auto& record : context.tx.List<records::ecs::TaskDefinition>(context.scope))
    if (record.status == "ACTIVE") active.insert(record.family);
  std::vector<std::string> families;
  store::Query query;
  query.order = store::Order::kId;
  for (const auto& family : context.tx.List<TaskDefinitionFamily>(context.scope, query)) {
    const bool wanted = status == "ALL" || active.contains(family.family) == (status == "ACTIVE");
    if (wanted && family.family.starts_with(prefix)) families.push_back(family.family);
  }
  ListTaskDefinitionFamiliesResponse out;
  auto page = PageOf(context, "ListTaskDefinitionFamilies " + prefix + " " + status, std::move(families), in.nextToken,
                     in.maxResults);
  out.families = std::move(page.items);
  out.nextToken = page.next_token;
  return out;
}

AWS_OPERATION(ecs, DeregisterTaskDefinition)
DeregisterTaskDefinitionResponse DeregisterTaskDefinition(Context& context, const DeregisterTaskDefinitionRequest& in) {
  const auto reference = ParseTaskDefinitionReference(context.scope, *in.taskDefinition);
  if (reference && !reference->revision) throw errors::RevisionMissing();
  auto record = FindTaskDefinition(context, *in.taskDefinition);
  if (!record) throw errors::TaskDefinitionDoesNotExist();
  if (record->status != "ACTIVE") throw errors::TaskDefinitionNotActive();
  record->status = "INACTIVE";
  record->definition.deregisteredAt = context.now;
  context.tx.Put(context.scope, *record);
  DeregisterTaskDefinitionResponse out;
  out.taskDefinition = Render(*record);
  return out;
}

AWS_OPERATION(ecs, DeleteTaskDefinitions)
AWS_ACCESS("task-definition/{taskDefinitions}")
DeleteTaskDefinitionsResponse DeleteTaskDefinitions(Context& context, const DeleteTaskDefinitionsRequest& in) {
  if (in.taskDefinitions.size() > 10) throw errors::TooManyTaskDefinitions();
  DeleteTaskDefinitionsResponse out;
  out.taskDefinitions.present = out.failures.present = true;
  for (const auto& reference : in.taskDefinitions) {
    const auto fail = [&](const char* reason) {
      auto& failure = out.failures.emplace_back();
      failure.arn = reference;
      failure.reason = reason;
    };
    const auto parsed = ParseTaskDefinitionReference(context.scope, reference);
    if (!parsed || !parsed->revision) {
      fail("The specified task definition identifier is invalid. Specify a valid name or ARN and try again.");
      continue;
    }
    auto record = FindTaskDefinition(context, reference);
    if (!record) {
      fail("The specified task definition does not exist. Specify a valid account, family, revision and try again.");
      continue;
    }
    if (record->status == "ACTIVE") {
      fail("The specified task definition is still in ACTIVE status. Please deregister the target and try again.");
      continue;
    }
    record->status = "DELETE_IN_PROGRESS";
    record->definition.deleteRequestedAt = context.now;
    out.taskDefinitions.push_back(Render(*record));
    if (IsReferenced(context, *record))
      context.tx.Put(context.scope, *record);
    else
      context.tx.Erase<records::ecs::TaskDefinition>(context.scope, record->family, record->revision);
  }
  return out;
}

}  // namespace drydock::ecs
