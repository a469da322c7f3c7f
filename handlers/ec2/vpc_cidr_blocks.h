// The address blocks of VPCs and subnets beyond the first one.
#pragma once

#include <string>

#include "api/ec2/SubnetIpv6CidrBlockAssociation.h"
#include "api/ec2/VpcCidrBlockAssociation.h"
#include "api/ec2/VpcIpv6CidrBlockAssociation.h"
#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// The canonical block. VPC User Guide, "VPC CIDR blocks": between /16 and /28; host bits are cleared. No block outside
// of what hosts can have (which blocks exactly is unconfirmed). Throws InvalidParameterValue, InvalidVpc.Range.
std::string TakeVpcCidr(const std::string& text);

// A /56 of Amazon's for the VPC, which is put. Where the default network ACL and the security groups' egress are as AWS
// made them, they are opened for IPv6 as well: VPC User Guide, "Default network ACL", "Security group rules".
record::Ipv6CidrBlock AddIpv6Block(Context& context, record::Vpc& vpc);
void GiveBackIpv6Block(Context& context, const record::Ipv6CidrBlock& block);

// The /64 for a subnet of this VPC (`subnet_id` is empty for one that is yet to be made), inside one of the VPC's IPv6
// blocks, overlapping no other subnet's. Throws InvalidParameterValue, InvalidSubnet.Range, InvalidSubnet.Conflict.
record::Ipv6CidrBlock TakeSubnetIpv6Block(Context& context, const record::Vpc& vpc, const std::string& subnet_id,
                                          const std::string& text);

VpcCidrBlockAssociation BlockToWire(const record::VpcCidrBlock& block, const char* state);
VpcIpv6CidrBlockAssociation Ipv6BlockToWire(Context& context, const record::Ipv6CidrBlock& block, const char* state);
SubnetIpv6CidrBlockAssociation SubnetBlockToWire(const record::Ipv6CidrBlock& block, const char* state);

}  // namespace drydock::ec2
