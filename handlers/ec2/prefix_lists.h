// Prefix lists as routes and security group rules refer to them: the account's own and AWS's.
#pragma once

#include <cstddef>
#include <string>

#include "emulator/core/context.h"

namespace drydock::ec2 {

// Throws InvalidPrefixListID.NotFound (InvalidPrefixListId.Malformed for what cannot be an id).
void RequirePrefixList(Context& context, const std::string& prefix_list_id);

// As how many rules or routes a reference to the list counts: its maximum of entries. VPC User Guide, "Prefix lists";
// 1 for a list that is not there any more.
std::size_t WeightOfPrefixList(Context& context, const std::string& prefix_list_id);

}  // namespace drydock::ec2
