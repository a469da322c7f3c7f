// What the container agent tells the containers of a task: the task metadata endpoint version 4 (and 3, with the same
// documents), the credentials of the task role, and the task protection endpoint. The addresses are in the containers'
// environment (task_environment.h).
// ECS developer guide, "Amazon ECS task metadata endpoint version 4 for tasks on Fargate", "Amazon ECS task scale-in
// protection endpoint"; aws-facts D.12.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/context.h"

namespace drydock::ecs {

struct AgentAnswer {
  int status = 200;
  std::string json;
};

// `path` is what follows AgentUri: "v4/<runtime id>/task", "v2/credentials/<id>", "api/<runtime id>/task-protection/v1/
// state"; `method` GET or PUT with its `body`. The context is of the task's account and region.
AgentAnswer AskAgent(Context& context, std::string_view method, std::string_view path, const std::string& body);

}  // namespace drydock::ecs
