// VPCs as the rest of EC2 and other services need them.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/ec2/vpc.h"

namespace drydock::ec2 {

// Gives a new account and region what AWS gives it: the default DHCP options and the default VPC with a subnet in every
// Availability Zone, an internet gateway and the route to it. Does nothing when that was done before, even if the
// default VPC has been deleted since. VPC user guide, "Default VPCs".
void EnsureDefaultVpc(Context& context);
// Whether EnsureDefaultVpc has anything to do: one Get, also in a Read.
bool HasDefaults(Context& context);

std::optional<records::ec2::Vpc> FindVpc(Context& context, const std::string& vpc_id);
std::optional<records::ec2::Vpc> FindDefaultVpc(Context& context);

// Throw InvalidVpcID.NotFound (InvalidVpcID.Malformed for what cannot be an id).
records::ec2::Vpc RequireVpc(Context& context, const std::string& vpc_id);

// A VPC with its main route table, default network ACL and default security group. `cidr_block` is canonical.
records::ec2::Vpc MakeVpc(Context& context, const std::string& cidr_block, const std::string& tenancy, bool is_default,
                          const records::ec2::Tags& tags);

}  // namespace drydock::ec2
