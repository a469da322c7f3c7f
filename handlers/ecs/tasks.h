// ECS tasks, as other resources need them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ecs/Tag.h"
#include "emulator/core/context.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

// The task of the cluster that `reference` (an id or an ARN) means; nullopt when there is none. Throws for ids of a
// length that ids do not have.
std::optional<records::ecs::Task> FindTask(Context& context, const std::string& cluster, const std::string& reference);

// The tags of a new task: AWS's own when they are wanted, then the propagated ones, then `own`.
std::vector<Tag> TagsForTask(const std::string& cluster, const std::string& service, bool managed,
                             const std::vector<Tag>& propagated, const std::vector<Tag>& own);

}  // namespace drydock::ecs
