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

// In the order of their registration; without those that were deregistered.
std::vector<records::ecs::ContainerInstance> ContainerInstancesOf(Context& context, const std::string& cluster);

// Those of them that take new tasks.
std::vector<records::ecs::ContainerInstance> ActiveContainerInstancesOf(Context& context, const std::string& cluster);

}  // namespace drydock::ecs
