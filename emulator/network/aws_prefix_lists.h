// The prefix lists that AWS keeps itself, the same for all accounts of a region.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/network/topology.h"

namespace drydock::network {

// A region's lists: com.amazonaws.<region>.s3, .dynamodb, .ec2-instance-connect, .route53-healthchecks, .vpc-lattice
// and com.amazonaws.global.cloudfront.origin-facing. Names: VPC User Guide, "Available AWS-managed prefix lists". Each
// has one block of 198.18.0.0/16, which stands for the addresses that AWS really has (they change from day to day); ids
// are AWS's where they are known (aws-facts B.7) and otherwise of the same form, always the same.
std::vector<PrefixList> AwsPrefixLists(std::string_view region);

}  // namespace drydock::network
