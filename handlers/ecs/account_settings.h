// ECS account settings, as other resources need them.
#pragma once

#include <string>

#include "emulator/core/context.h"

namespace drydock::ecs {

// The value in force for the context's principal: its own, else the account's default, else AWS's.
std::string EffectiveSetting(Context& context, const std::string& name);

}  // namespace drydock::ecs
