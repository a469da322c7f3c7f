// Making a task: for RunTask, and for a service's scheduler.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ecs/NetworkConfiguration.h"
#include "api/ecs/Tag.h"
#include "api/ecs/TaskOverride.h"
#include "emulator/core/context.h"
#include "store/records/ecs/task.h"
#include "store/records/ecs/task_definition.h"

namespace drydock::ecs {

struct Launch {
  std::string cluster;  // its name
  const records::ecs::TaskDefinition& definition;
  NetworkConfiguration network;
  std::string subnet_id;          // one of `network`
  std::string capacity_provider;  // empty: launch type FARGATE
  std::string platform_version = {};
  TaskOverride overrides = {};
  std::string group;
  std::string started_by = {};
  std::vector<Tag> tags = {};
  bool enable_execute_command = false;
  std::optional<std::string> service_arn = std::nullopt;
  std::string deployment_id = {};
};

// Throws InvalidParameterException (ClientException for roles and sizes) for overrides that do not fit the definition
// or, where the task runs on it, Fargate.
void CheckOverrides(const TaskOverride& overrides, const records::ecs::TaskDefinition& definition, bool fargate);

// The role among those the task needs (execution role, task role) that ECS cannot assume.
std::optional<std::string> UnassumableRole(Context& context, const records::ecs::TaskDefinition& definition,
                                           const TaskOverride& overrides);

// Puts a task into PROVISIONING; timers do the rest (task_lifecycle.h).
records::ecs::Task LaunchTask(Context& context, const Launch& launch);

// The roles in force: the overrides' or the definition's; empty without one.
std::string ExecutionRoleOf(const Scope& scope, const records::ecs::TaskDefinition& definition,
                            const TaskOverride& overrides);
std::string TaskRoleOf(const Scope& scope, const records::ecs::TaskDefinition& definition,
                       const TaskOverride& overrides);

}  // namespace drydock::ecs
