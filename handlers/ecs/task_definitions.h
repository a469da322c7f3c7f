// ECS task definitions, as other resources need them.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/task_definition.h"

namespace drydock::ecs {

// The revision that an ARN, family:revision or family (then: the latest ACTIVE one) means; nullopt when there is none.
std::optional<records::ecs::TaskDefinition> FindTaskDefinition(Context& context, const std::string& reference);

// The same for whoever wants to launch tasks of it; throws ClientException when it is missing or not ACTIVE.
records::ecs::TaskDefinition FindActiveTaskDefinition(Context& context, const std::string& reference);

}  // namespace drydock::ecs
