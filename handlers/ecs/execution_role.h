// Roles that tasks run under.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"

namespace drydock::ecs {

// Whether the role exists and its trust policy lets ecs-tasks.amazonaws.com assume it.
bool IsAssumableByTasks(Context& context, const std::string& role_arn);

// The session in which the platform prepares a task: pulls the image, fetches secrets, makes the log stream.
class ExecutionRole {
 public:
  // The session is named after the task (aws-facts D.10). nullopt when the role cannot be assumed.
  static std::optional<ExecutionRole> Assume(Context& context, const std::string& role_arn, const std::string& task_id);

  const Principal& principal() const { return principal_; }

 private:
  explicit ExecutionRole(Principal principal) : principal_(std::move(principal)) {}
  Principal principal_;
};

}  // namespace drydock::ecs
