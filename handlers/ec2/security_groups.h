// Security groups as the rest of EC2 and other services need them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "store/records/ec2/security_group.h"

namespace drydock::ec2 {

std::optional<records::ec2::SecurityGroup> FindSecurityGroup(Context& context, const std::string& group_id);
std::optional<records::ec2::SecurityGroup> FindSecurityGroupNamed(Context& context, const std::string& vpc_id,
                                                                  const std::string& name);
// Throws InvalidGroup.NotFound (InvalidGroupId.Malformed for what cannot be an id).
records::ec2::SecurityGroup RequireSecurityGroup(Context& context, const std::string& group_id);

// The group that a request names by id or, in the default VPC, by name.
records::ec2::SecurityGroup GroupOfRequest(Context& context, const std::optional<std::string>& group_id,
                                           const std::optional<std::string>& group_name);

// The groups for a network interface in this VPC: `group_ids` without repetitions, or the default group when there are
// none. Throws InvalidGroup.NotFound, also for a group of another VPC, and SecurityGroupsPerInterfaceLimitExceeded.
std::vector<std::string> GroupsForInterface(Context& context, const std::string& vpc_id,
                                            const std::vector<std::string>& group_ids);

// A group with the rules AWS gives it: egress to everywhere, and for the default group ingress from itself.
records::ec2::SecurityGroup MakeSecurityGroup(Context& context, const std::string& vpc_id, const std::string& name,
                                              const std::string& description, const records::ec2::Tags& tags);
// The group and its rules; nothing is asked.
void EraseSecurityGroup(Context& context, const std::string& group_id);

}  // namespace drydock::ec2
