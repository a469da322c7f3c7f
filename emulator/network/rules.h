// What single lists of rules say about packets: security groups, network ACLs, route tables. Internal to the network
// room; a walk asks these at each step.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/network/evaluate.h"
#include "emulator/network/port_set.h"
#include "emulator/network/topology.h"

namespace drydock::network {

// Which of the packets pass. `ports` are the destination ports that do; without meaning for icmp and any.
struct AclDecision {
  bool admitted = false;
  const NetworkAclEntry* entry = nullptr;  // the deciding entry; nullptr: the last rule, *
  PortSet ports;
};
AclDecision Decide(const NetworkAcl& acl, const Packet& packet, Direction direction);

struct GroupDecision {
  bool admitted = false;
  std::string_view group_id;  // of the rule
  const SecurityGroupRule* rule = nullptr;
  PortSet ports;
  bool any_rules = false;  // whether some group of the interface has a rule for this direction at all
};
// The union of all groups of the interface.
GroupDecision Decide(const Topology& topology, const NetworkInterface& interface, const Packet& packet,
                     Direction direction);

// A rule that would admit the packet if the other side's address were one of `peer`'s own: its identity was lost on the
// way (address translation). nullptr if there is none.
const SecurityGroupRule* RuleForLostIdentity(const Topology& topology, const NetworkInterface& interface,
                                             const Packet& packet, Direction direction, const NetworkInterface& peer);

// The route that a packet to this destination takes: longest prefix; among equals local before static before prefix
// list before propagated routes. VPC user guide, "Route priority". `table` may be nullptr: then only what EC2 derives
// counts (local routes).
std::optional<Route> FindRoute(const Topology& topology, const Vpc& vpc, const RouteTable* table,
                               const Address& destination);

}  // namespace drydock::network
