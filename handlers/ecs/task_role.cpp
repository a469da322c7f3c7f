#include "handlers/ecs/task_role.h"

#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/engines.h"
#include "handlers/iam/roles.h"
#include "handlers/sts/sessions.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr Duration kValidity = std::chrono::hours(6);
constexpr Duration kRenewal = std::chrono::hours(1);

}  // namespace

std::string TaskRoleArnOf(Context& context, const records::ecs::Task& task) {
  const auto definition = FindTaskDefinition(context, task.task_definition_arn);
  return definition ? TaskRoleOf(context.scope, *definition, task.overrides) : std::string();
}

std::optional<records::sts::Session> SessionOfTask(Context& context, records::ecs::Task& task) {
  const std::string arn = TaskRoleArnOf(context, task);
  if (arn.empty()) return std::nullopt;
  const auto role = iam::FindRole(context, arn);
  if (!role || !iam::RoleTrusts(context, *role, "ecs-tasks.amazonaws.com", context.Arn("ecs", "*")))
    return std::nullopt;
  if (!task.credentials_key.empty()) {
    const auto session = context.tx.Get<records::sts::Session>({}, task.credentials_key);
    if (session && session->expires > context.now + kRenewal) return session;
  }
  const Principal principal = iam::SessionOf(context.account(), *role, task.id);
  records::sts::Session session;
  session.account = principal.account;
  session.arn = principal.arn;
  session.user_id = principal.user_id;
  session.type = "AssumedRole";
  session.role = role->name;
  session.issued_to = "ecs-tasks.amazonaws.com";
  sts::IssueCredentials(context, session, kValidity);
  task.credentials_key = session.access_key;
  context.tx.Put(context.scope, task);
  return session;
}

}  // namespace drydock::ecs
