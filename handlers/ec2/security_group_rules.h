// The rules of security groups: from the many shapes a request may give them to one record a rule, and back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ec2/IpPermission.h"
#include "api/ec2/SecurityGroupRule.h"
#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// The rules that these permissions describe, one for each peer, without ids. Throws InvalidParameterValue for bad
// protocols, ports, blocks and descriptions, InvalidGroup.NotFound and InvalidPrefixListID.NotFound for unknown peers,
// MissingParameter for a permission without a peer.
std::vector<record::SecurityGroupRule> RulesOf(Context& context, const record::SecurityGroup& group, bool is_egress,
                                               const List<IpPermission>& permissions);

// The rule's peer becomes the group that the pair names: of the same VPC, of one that the groups are shared with, or of
// an actively peered one in the same region. Throws InvalidGroup.NotFound, also for a group of an unrelated VPC.
void SetReferencedGroup(Context& context, const record::SecurityGroup& group, const UserIdGroupPair& pair,
                        record::SecurityGroupRule& rule);

// The state of the peering connection by which the rule refers to a group; nullopt for other rules.
std::optional<std::string> PeeringStatusOf(Context& context, const record::SecurityGroupRule& rule);

// Whether both admit the same traffic: all but id, description and tags are equal.
bool SameTraffic(const record::SecurityGroupRule& a, const record::SecurityGroupRule& b);

// The group's rules, in the order they were made.
std::vector<record::SecurityGroupRule> RulesOfGroup(Context& context, const std::string& group_id);

// Puts new rules into the group and gives them ids. Throws InvalidPermission.Duplicate, InvalidParameterValue when a
// rule is there twice, RulesPerSecurityGroupLimitExceeded; then nothing was put.
void AddRules(Context& context, const record::SecurityGroup& group, std::vector<record::SecurityGroupRule>& rules);

// One permission for each protocol and port range, with all its peers.
List<IpPermission> PermissionsOf(Context& context, const std::vector<record::SecurityGroupRule>& rules, bool is_egress);

// `show_empty_tags`: as DescribeSecurityGroupRules does.
SecurityGroupRule RuleToWire(Context& context, const record::SecurityGroupRule& rule, bool show_empty_tags);

// tcp, udp, icmp, icmpv6, a number or -1, from whatever spelling. Throws InvalidParameterValue.
std::string NormalProtocol(const std::string& text);
// The rule's ports are checked against its protocol and brought into their stored form.
void SetPorts(record::SecurityGroupRule& rule, std::optional<std::int32_t> from, std::optional<std::int32_t> to);
// The canonical form of a block. Throws InvalidParameterValue.
std::string NormalCidr(const std::string& text, bool ipv6);
void CheckRuleDescription(const std::optional<std::string>& description);
// "peer: 10.0.0.0/16, TCP, from port: 22, to port: 22, ALLOW", as InvalidPermission.Duplicate says it.
std::string TextOf(const record::SecurityGroupRule& rule);

}  // namespace drydock::ec2
