// The documents of the task metadata endpoint version 4, for tasks on Fargate. ECS developer guide, "Amazon ECS task
// metadata endpoint version 4 for tasks on Fargate"; aws-facts D.12.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

std::string ContainerMetadata(Context& context, const records::ecs::Task& task, std::size_t container);
std::string TaskMetadata(Context& context, const records::ecs::Task& task, bool with_tags);

// In the form of Docker's stats. Containers that are simulated use nothing: counters are zero, limits are the task's.
std::string ContainerStats(Context& context, const records::ecs::Task& task, std::size_t container);
std::string TaskStats(Context& context, const records::ecs::Task& task);

}  // namespace drydock::ecs
