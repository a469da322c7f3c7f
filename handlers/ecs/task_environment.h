// What a task's containers are given: environment, ports, commands.
#pragma once

#include "emulator/core/scope.h"
#include "emulator/tasks/runtime.h"
#include "handlers/ecs/task_startup.h"

namespace drydock::ecs {

// Where the agent's endpoints (task metadata, credentials, task protection) answer for the tasks of an account and
// region, on the API's own address: <endpoint>/_drydock/agent/<region>/<account>.
std::string AgentUri(const std::string& endpoint, const Scope& scope);

// The identifier in the URI of a task's credentials: the task's id, written as a UUID.
std::string CredentialsId(const std::string& task_id);

// The task as the runtime takes it. The containers must have their runtime ids. aws-facts D.12.
tasks::TaskSpec MakeTaskSpec(const std::string& endpoint, const Scope& scope, const records::ecs::Task& task,
                             const records::ecs::TaskDefinition& definition, const SecretValues& values);

}  // namespace drydock::ecs
