// What an account finds in a region that it has never used. VPC User Guide, "Default VPCs".
#pragma once

#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "handlers/ec2/availability_zones.h"
#include "store/records/ec2/subnet.h"
#include "store/records/ec2/vpc.h"

namespace drydock::ec2 {

// The DHCP options that new VPCs get; made when the account and region have none yet.
std::string DefaultDhcpOptionsId(Context& context);

// A default subnet in the first free /20 of the default VPC; `others` are the VPC's subnets. Throws
// InvalidSubnet.Conflict when there is none.
records::ec2::Subnet MakeDefaultSubnet(Context& context, const records::ec2::Vpc& vpc,
                                       const std::vector<records::ec2::Subnet>& others, const Zone& zone);

// The default VPC with its subnets, internet gateway and route. There must be none.
records::ec2::Vpc MakeDefaultVpc(Context& context);

}  // namespace drydock::ec2
