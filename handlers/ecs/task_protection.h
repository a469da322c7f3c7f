// Scale-in protection of a service's tasks. ECS developer guide, "Protect your Amazon ECS tasks from being terminated
// by scale-in events".
#pragma once

#include "emulator/core/clock.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

// Whether the service scheduler must leave the task alone when it scales in or deploys.
inline bool IsProtected(const records::ecs::Task& task, Timestamp now) {
  return task.protected_until && *task.protected_until > now;
}

}  // namespace drydock::ecs
