// Route tables, their routes' states and their associations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// "0.0.0.0/0", "::/0" or a prefix list's id.
const std::string& DestinationOf(const record::Route& route);

// "active", or "blackhole" when the route's target is not there (any more), is detached or has been deleted. VPC User
// Guide, "Route tables": a blackhole route drops its traffic, it does not fall back to another.
const char* StateOf(Context& context, const record::RouteTable& table, const record::Route& route);

}  // namespace drydock::ec2
