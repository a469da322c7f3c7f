#include "handlers/ecs/execution_role.h"

#include "handlers/iam/roles.h"

namespace drydock::ecs {
namespace {

std::optional<records::iam::Role> AssumableRole(Context& context, const std::string& role_arn) {
  auto role = iam::FindRole(context, role_arn);
  if (role && !iam::RoleTrusts(context, *role, "ecs-tasks.amazonaws.com", context.Arn("ecs", "*"))) role.reset();
  return role;
}

}  // namespace

bool IsAssumableByTasks(Context& context, const std::string& role_arn) {
  return AssumableRole(context, role_arn).has_value();
}

std::optional<ExecutionRole> ExecutionRole::Assume(Context& context, const std::string& role_arn,
                                                   const std::string& task_id) {
  const auto role = AssumableRole(context, role_arn);
  if (!role) return std::nullopt;
  return ExecutionRole(iam::SessionOf(context.account(), *role, task_id));
}

}  // namespace drydock::ecs
