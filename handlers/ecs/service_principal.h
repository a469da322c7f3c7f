// As whom ECS itself acts.
#pragma once

#include "emulator/core/context.h"
#include "handlers/engines.h"

namespace drydock::ecs {

// The session of the service-linked role AWSServiceRoleForECS in which the scheduler registers targets and makes
// network interfaces (aws-facts D.10; the session's name is unconfirmed).
inline Principal SchedulerPrincipal(const std::string& account) {
  Principal principal;
  principal.type = Principal::Type::kAssumedRole;
  principal.account = account;
  principal.arn = "arn:aws:sts::" + account + ":assumed-role/AWSServiceRoleForECS/ecs-service-scheduler";
  principal.user_id = "AWSServiceRoleForECS:ecs-service-scheduler";
  return principal;
}

// A context for work that no request asked for: a timer, or something that happened in a task.
inline Context SchedulerContext(store::Transaction& tx, Engines& engines, Ids& ids, const Scope& scope) {
  return {tx,
          engines,
          ids,
          engines.clock.Now(),
          scope,
          SchedulerPrincipal(scope.account),
          ids.Uuid(),
          "ecs.amazonaws.com",
          "ecs.amazonaws.com"};
}

}  // namespace drydock::ecs
