// ECS clusters, as other resources need them.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/cluster.h"

namespace drydock::ecs {

// The cluster that `reference` (a name, an ARN, or nothing for "default") means, whatever its status; throws
// ClusterNotFoundException.
records::ecs::Cluster FindCluster(Context& context, const std::optional<std::string>& reference);

// The same, and it is ACTIVE: for whoever wants to put something into it.
records::ecs::Cluster FindActiveCluster(Context& context, const std::optional<std::string>& reference);

}  // namespace drydock::ecs
