// The secondary addresses of NAT gateways. VPC User Guide, "Work with NAT gateways": "Edit secondary IP address
// associations". New flows leave by the primary one: the others are AWS's reserve for when its ports are used up.
#pragma once

#include <string>
#include <vector>

#include "api/ec2/CreateNatGatewayRequest.h"
#include "api/ec2/NatGatewayAddress.h"
#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

NatGatewayAddress GatewayAddressToWire(const record::NatGatewayAddress& address);

// The secondary addresses that CreateNatGateway asks for, still without an interface. Throws what it refuses.
std::vector<record::NatGatewayAddress> PlanSecondaryAddresses(Context& context, const CreateNatGatewayRequest& in,
                                                              const record::Subnet& subnet);

// Gives those of the gateway's addresses that have no interface yet a private address on this one, and their Elastic
// IP. The caller puts the gateway. Throws EC2's errors on addresses.
void AddSecondaryAddresses(Context& context, record::NatGateway& gateway, const std::string& network_interface_id);

}  // namespace drydock::ec2
