// What an account finds in a region that it has never used. VPC User Guide, "Default VPCs".
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/ec2/vpc.h"

namespace drydock::ec2 {

// The DHCP options that new VPCs get; made when the account and region have none yet.
std::string DefaultDhcpOptionsId(Context& context);

// The default VPC with its subnets, internet gateway and route. There must be none.
records::ec2::Vpc MakeDefaultVpc(Context& context);

}  // namespace drydock::ec2
