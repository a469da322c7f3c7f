// Container instances, as services and tasks need them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "store/records/ecs/container_instance.h"

namespace drydock::ecs {

// By id or ARN, of the cluster with this name.
std::optional<records::ecs::ContainerInstance> FindContainerInstance(Context& context, const std::string& cluster,
                                                                     const std::string& reference);

// In the order of their registration.
std::vector<records::ecs::ContainerInstance> ContainerInstancesOf(Context& context, const std::string& cluster);

}  // namespace drydock::ecs
