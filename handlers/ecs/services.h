// ECS services, as other rooms need them.
#pragma once

#include <string>

#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::ecs {

// To be called when the load balancers see another health at a target of this group: wakes the schedulers of the
// services whose tasks are in it. A short write; any thread, but not inside of a transaction.
void OnTargetHealthChanged(store::Database& database, Engines& engines, const std::string& target_group_arn);

}  // namespace drydock::ecs
