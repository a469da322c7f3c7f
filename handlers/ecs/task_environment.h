// What a task's containers are given: environment, ports, commands.
#pragma once

#include "emulator/core/scope.h"
#include "emulator/tasks/runtime.h"
#include "handlers/ecs/task_startup.h"

namespace drydock::ecs {

// The task as the runtime takes it. The containers must have their runtime ids. aws-facts D.12.
tasks::TaskSpec MakeTaskSpec(const Scope& scope, const records::ecs::Task& task,
                             const records::ecs::TaskDefinition& definition, const SecretValues& values);

}  // namespace drydock::ecs
