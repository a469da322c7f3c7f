// A network ACL with its entries and the subnets it guards. The last rule (32767: deny) of both directions is not kept:
// every network ACL has it.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct NetworkAclEntry {
  std::int32_t rule_number = 0;  // 1-32766
  bool egress = false;
  std::string protocol;     // an IANA number, -1 for all
  std::string rule_action;  // allow, deny
  std::optional<std::string> cidr_block;
  std::optional<std::string> ipv6_cidr_block;
  std::optional<std::int32_t> port_from;  // tcp and udp
  std::optional<std::int32_t> port_to;
  std::optional<std::int32_t> icmp_type;  // icmp and icmpv6; -1 for all
  std::optional<std::int32_t> icmp_code;
};

struct NetworkAclAssociation {
  std::string association_id;  // aclassoc-…
  std::string subnet_id;
};

struct NetworkAcl {
  std::string network_acl_id;
  std::string vpc_id;
  bool is_default = false;
  std::vector<NetworkAclEntry> entries;
  std::vector<NetworkAclAssociation> associations;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_network_acl"};
  static constexpr auto kId = store::Members(&NetworkAcl::network_acl_id);
  static constexpr auto kIndexed = store::Members(&NetworkAcl::vpc_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::NetworkAclEntry, rule_number, egress, protocol, rule_action, cidr_block,
               ipv6_cidr_block, port_from, port_to, icmp_type, icmp_code)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkAclAssociation, association_id, subnet_id)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkAcl, network_acl_id, vpc_id, is_default, entries, associations, tags)
