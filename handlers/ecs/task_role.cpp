#include "handlers/ecs/task_role.h"

#include "handlers/ecs/execution_role.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/engines.h"
#include "handlers/sts/service_sessions.h"
#include "store/credentials.h"
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
  if (arn.empty() || !IsAssumableByTasks(context, arn)) return std::nullopt;
  if (!task.credentials_key.empty()) {
    auto session = context.tx.Get<records::sts::Session>({}, task.credentials_key);
    if (session && session->expires > context.now + kRenewal) {
      store::Open(context.tx, *session);
      return session;
    }
  }
  auto session = sts::OpenServiceSession(context, arn, task.id, "ecs-tasks.amazonaws.com", context.Arn("ecs", "*"),
                                         kValidity, task.attachment.network_interface_id);
  if (!session) return std::nullopt;
  task.credentials_key = session->access_key;
  context.tx.Put(context.scope, task);
  return session;
}

}  // namespace drydock::ecs
