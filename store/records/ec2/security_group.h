// Security groups and their rules. A rule is a record of its own: it has an id and tags, and a change to one rule
// touches nothing else.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct SecurityGroup {
  std::string group_id;  // sg-…
  std::string group_name;
  std::string description;
  std::string vpc_id;
  std::string name_in_vpc;  // <vpc_id>/<group_name>: names are unique within a VPC
  Tags tags;

  static constexpr store::TableName kTable{"ec2_security_group"};
  static constexpr auto kId = store::Members(&SecurityGroup::group_id);
  static constexpr auto kIndexed = store::Members(&SecurityGroup::vpc_id, &SecurityGroup::name_in_vpc);
};

// A security group that may be used in a further VPC beside its own.
struct SecurityGroupVpcAssociation {
  std::string group_id;
  std::string vpc_id;
  std::string state = "associated";

  static constexpr store::TableName kTable{"ec2_security_group_vpc_association"};
  static constexpr auto kId =
      store::Members(&SecurityGroupVpcAssociation::group_id, &SecurityGroupVpcAssociation::vpc_id);
  static constexpr auto kIndexed =
      store::Members(&SecurityGroupVpcAssociation::group_id, &SecurityGroupVpcAssociation::vpc_id);
};

// Exactly one peer (a block, a prefix list or a group) is set.
struct SecurityGroupRule {
  std::string security_group_rule_id;  // sgr-…
  std::string group_id;
  bool is_egress = false;
  std::string ip_protocol;                // tcp, udp, icmp, icmpv6, another protocol's number, or -1 for all
  std::optional<std::int32_t> from_port;  // icmp: the type, -1 for all; absent where the protocol has no ports
  std::optional<std::int32_t> to_port;    // icmp: the code, -1 for all
  std::optional<std::string> cidr_ipv4;
  std::optional<std::string> cidr_ipv6;
  std::optional<std::string> prefix_list_id;
  std::optional<std::string> referenced_group_id;
  // Of a referenced group in a peered VPC: whose it is, where, and by which connection.
  std::optional<std::string> referenced_user_id;
  std::optional<std::string> referenced_vpc_id;
  std::optional<std::string> vpc_peering_connection_id;
  std::optional<std::string> description;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_security_group_rule"};
  static constexpr auto kId = store::Members(&SecurityGroupRule::security_group_rule_id);
  static constexpr auto kIndexed =
      store::Members(&SecurityGroupRule::group_id, &SecurityGroupRule::referenced_group_id,
                     &SecurityGroupRule::prefix_list_id, &SecurityGroupRule::vpc_peering_connection_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::SecurityGroup, group_id, group_name, description, vpc_id, name_in_vpc, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::SecurityGroupVpcAssociation, group_id, vpc_id, state)
DRYDOCK_SCHEMA(drydock::records::ec2::SecurityGroupRule, security_group_rule_id, group_id, is_egress, ip_protocol,
               from_port, to_port, cidr_ipv4, cidr_ipv6, prefix_list_id, referenced_group_id, referenced_user_id,
               referenced_vpc_id, vpc_peering_connection_id, description, tags)
