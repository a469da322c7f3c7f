// The application's credentials: sessions of the task role.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/task.h"
#include "store/records/sts/session.h"

namespace drydock::ecs {

// The session in which a task's application acts, named after the task: the newest one, or, within an hour of its end,
// a new one of six hours. nullopt when the task has no task role, or ECS may not assume it (any more). Keeps in the
// task which session it is. ECS developer guide, "Amazon ECS task IAM role"; aws-facts D.12.
std::optional<records::sts::Session> SessionOfTask(Context& context, records::ecs::Task& task);

// The ARN of the task's role; empty without one.
std::string TaskRoleArnOf(Context& context, const records::ecs::Task& task);

}  // namespace drydock::ecs
