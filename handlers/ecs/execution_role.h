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

  // From now until End() the session's calls leave by the task's network interface, and policies may ask for the way
  // they take. Needs a transaction that writes, which must not end before End().
  void LeaveBy(Context& context, const std::string& network_interface_id);
  void End(Context& context);

  const Principal& principal() const { return principal_; }

 private:
  ExecutionRole(Principal principal, std::string role_arn)
      : principal_(std::move(principal)), role_arn_(std::move(role_arn)) {}
  Principal principal_;
  std::string role_arn_;
};

}  // namespace drydock::ecs
