// Tasks as the API shows them.
#pragma once

#include <string>

#include "api/ecs/Task.h"
#include "emulator/core/scope.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

// HEALTHY, UNHEALTHY or UNKNOWN. Of the essential containers that are checked, one that is unhealthy makes the task
// unhealthy, and all healthy make it healthy. ECS API reference, Task.healthStatus.
std::string TaskHealth(const records::ecs::Task& task);

Task RenderTask(const Scope& scope, const records::ecs::Task& task, bool with_tags);

}  // namespace drydock::ecs
