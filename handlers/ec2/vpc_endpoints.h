// VPC endpoints as the rest of EC2 needs them.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// The prefix list of a gateway endpoint's service in this region: where its routes lead.
std::string PrefixListOf(Context& context, const record::VpcEndpoint& endpoint);

// The gateway endpoints that have a route in this table. Those routes are not kept in it: they follow from the
// endpoints.
std::vector<record::VpcEndpoint> GatewayEndpointsOf(Context& context, const record::RouteTable& table);

// A table is about to go: the endpoints' routes in it go with it.
void LeaveRouteTable(Context& context, const record::RouteTable& table);

}  // namespace drydock::ec2
