// ECS tasks, as other resources need them.
#pragma once

#include <string>
#include <vector>

#include "api/ecs/Tag.h"
#include "emulator/core/context.h"

namespace drydock::ecs {

// The tags of a new task: AWS's own when they are wanted, then the propagated ones, then `own`.
std::vector<Tag> TagsForTask(const std::string& cluster, const std::string& service, bool managed,
                             const std::vector<Tag>& propagated, const std::vector<Tag>& own);

}  // namespace drydock::ecs
