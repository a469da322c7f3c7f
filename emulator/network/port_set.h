// Sets of ports as disjoint ranges in ascending order. Internal to the network room.
#pragma once

#include <vector>

#include "emulator/network/flow.h"

namespace drydock::network {

using PortSet = std::vector<PortRange>;

PortSet Intersection(const PortSet& ports, PortRange range);
PortSet Difference(const PortSet& ports, PortRange range);
PortSet Union(const PortSet& a, const PortSet& b);

}  // namespace drydock::network
