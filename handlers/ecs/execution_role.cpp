#include "handlers/ecs/execution_role.h"

#include "handlers/iam/roles.h"
#include "store/database.h"
#include "store/records/sts/session.h"

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
  return ExecutionRole(iam::SessionOf(context.account(), *role, task_id), iam::RoleArn(context.account(), *role));
}

void ExecutionRole::LeaveBy(Context& context, const std::string& network_interface_id) {
  // Nobody is given the key, and it is over at once: it is there for the policies of the transaction under way.
  records::sts::Session session;
  session.access_key = context.ids.Iam("ASIA", 20);
  session.account = principal_.account;
  session.arn = principal_.arn;
  session.user_id = principal_.user_id;
  session.type = "AssumedRole";
  session.role_arn = role_arn_;
  session.issued_to = "ecs-tasks.amazonaws.com";
  session.network_interface_id = network_interface_id;
  session.created = session.expires = context.now;
  context.tx.Put({}, session);
  principal_.access_key = session.access_key;
}

void ExecutionRole::End(Context& context) {
  if (principal_.access_key.empty()) return;
  context.tx.Erase<records::sts::Session>({}, principal_.access_key);
  principal_.access_key.clear();
}

}  // namespace drydock::ecs
