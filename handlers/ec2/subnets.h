// Subnets as the rest of EC2 and other services need them.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ec2/subnet.h"
#include "store/records/ec2/vpc.h"

namespace drydock::ec2 {

std::optional<records::ec2::Subnet> FindSubnet(Context& context, const std::string& subnet_id);
// Throws InvalidSubnetID.NotFound (InvalidSubnetID.Malformed for what cannot be an id).
records::ec2::Subnet RequireSubnet(Context& context, const std::string& subnet_id);

// A subnet, associated with the VPC's default network ACL. `subnet` lacks its id only.
records::ec2::Subnet MakeSubnet(Context& context, records::ec2::Subnet subnet);

}  // namespace drydock::ec2
