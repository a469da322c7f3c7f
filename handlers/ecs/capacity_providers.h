// Capacity providers, as clusters and services need them.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/capacity_provider.h"

namespace drydock::ecs {

bool IsFargateProvider(const std::string& name);

// An ACTIVE provider by name or ARN; nullopt when there is none, and for FARGATE and FARGATE_SPOT, which have no
// record.
std::optional<records::ecs::CapacityProvider> FindCapacityProvider(Context& context, const std::string& reference);

}  // namespace drydock::ecs
