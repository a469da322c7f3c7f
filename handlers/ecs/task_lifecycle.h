// The life of a task:
//   PROVISIONING -> PENDING -> (ACTIVATING ->) RUNNING -> (DEACTIVATING ->) STOPPING -> DEPROVISIONING -> STOPPED
// Each step is one timer (kind "ecs.task", key the task's id) or something the runtime reports. A STOPPED task can be
// seen for an hour. ECS developer guide, "Amazon ECS task lifecycle"; delays: aws-facts D.3.
//
// All functions change `task` and store it.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "handlers/ecs/task_startup.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

inline constexpr char kTaskTimer[] = "ecs.task";
inline constexpr char kSpotInterruption[] = "SpotInterruption";  // a stop code

// Stores a new task that is PROVISIONING.
void BeginLife(Context& context, records::ecs::Task& task);

// The task's timer: takes the next step.
void AdvanceTask(Context& context, const std::string& task_id, const ConnectionTried& tried);

// Wants the task to end. Targets are deregistered and drained first, if there are any. Does nothing to a task that is
// ending already.
void BeginStop(Context& context, records::ecs::Task& task, const std::string& stop_code, const std::string& reason);

// All containers have started (or have done so and ended): ACTIVATING, or RUNNING at once.
void BeginActivating(Context& context, records::ecs::Task& task);

// A container of a task that is STOPPING has ended: when it was the last, the task goes on.
void EndStopping(Context& context, records::ecs::Task& task);

// Stores a change that clients can see: the task's version grows, and EventBridge is told.
void SaveTask(Context& context, records::ecs::Task& task);

// After a restart of the emulator: a task that was handed to the runtime is handed to it again, as it was, and one that
// was being stopped is taken to its end.
void ResumeTask(Context& context, const std::string& task_id);

}  // namespace drydock::ecs
