// The containers of a task while it lives: they start in the order of their dependencies (container_order.h), some
// start again, and an essential one that ends ends the task. What the runtime reports arrives here.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "emulator/tasks/runtime.h"
#include "store/records/ecs/task.h"
#include "store/records/ecs/task_definition.h"

namespace drydock::ecs {

inline constexpr char kContainersTimer[] = "ecs.containers";  // key: the task's id

// Before the task is handed to the runtime: notes which containers start with it. The caller stores the task.
void RequestFirstStarts(Context& context, records::ecs::Task& task, const records::ecs::TaskDefinition& definition);

// The timer: a dependency's startTimeout is over.
void StartWaitingContainers(Context& context, const std::string& task_id);

// What the runtime reports. Tasks that are not there any more are ignored.
void ContainerStarted(Context& context, const std::string& task_id, const std::string& container);
void ContainerExited(Context& context, const std::string& task_id, const std::string& container, int exit_code,
                     const std::string& reason);
void ContainerHealthChanged(Context& context, const std::string& task_id, const std::string& container,
                            tasks::ContainerHealth health);

}  // namespace drydock::ecs
