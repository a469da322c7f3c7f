// The life of a task:
//   PROVISIONING -> PENDING -> (ACTIVATING ->) RUNNING -> (DEACTIVATING ->) STOPPING -> DEPROVISIONING -> STOPPED
// Each step is one timer (kind "ecs.task", key the task's id) or something the runtime reports. A STOPPED task can be
// seen for an hour. ECS developer guide, "Amazon ECS task lifecycle"; delays: aws-facts D.3.
//
// All functions change `task` and store it.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "emulator/tasks/runtime.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

inline constexpr char kTaskTimer[] = "ecs.task";

// Stores a new task that is PROVISIONING.
void BeginLife(Context& context, records::ecs::Task& task);

// The task's timer: takes the next step.
void AdvanceTask(Context& context, const std::string& task_id);

// Wants the task to end. Targets are deregistered and drained first, if there are any. Does nothing to a task that is
// ending already.
void BeginStop(Context& context, records::ecs::Task& task, const std::string& stop_code, const std::string& reason);

// What the runtime reports. Tasks that are not there any more are ignored.
void ContainerStarted(Context& context, const std::string& task_id, const std::string& container);
void ContainerExited(Context& context, const std::string& task_id, const std::string& container, int exit_code,
                     const std::string& reason);
void ContainerHealthChanged(Context& context, const std::string& task_id, const std::string& container,
                            tasks::ContainerHealth health);

// After a restart of the emulator: a task that was handed to the runtime is handed to it again, as it was, and one that
// was being stopped is taken to its end.
void ResumeTask(Context& context, const std::string& task_id);

}  // namespace drydock::ecs
