// The engine's one question: may this flow pass, along which path, and if not, why not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/network/address.h"
#include "emulator/network/flow.h"
#include "emulator/network/topology.h"

namespace drydock::network {

// The kinds of things a path leads through.
enum class Component : std::uint8_t {
  kNetworkInterface,
  kSecurityGroup,
  kNetworkAcl,
  kRouteTable,
  kInternetGateway,
  kEgressOnlyInternetGateway,
  kNatGateway,
  kVpcEndpoint,
  kVpcPeeringConnection,
  kInternet,    // a host beyond the gateways; the id is its address
  kAwsService,  // a service outside the VPC, or one of EC2's link-local ones; the id is its name or address
};
// "network-interface", "security-group", … : the resource type in the component's ARN.
std::string_view NameOf(Component component);

// Which way a packet crosses the edge of an interface or a subnet.
enum class Direction : std::uint8_t { kIngress, kEgress };
std::string_view NameOf(Direction direction);  // "ingress", "egress"

// The packets that are on their way at some hop. Ports are disjoint ranges in ascending order; empty for icmp and any.
struct Packet {
  Address source;
  Address destination;
  Protocol protocol = Protocol::kTcp;
  std::vector<PortRange> source_ports;
  std::vector<PortRange> destination_ports;
  std::optional<IcmpType> icmp;
};

// The rule that admitted or stopped the packets at a hop. None where the component has no rules, where a security
// group lets a reply pass, and where no rule applies.
using Rule = std::variant<std::monostate, SecurityGroupRule, NetworkAclEntry, Route>;

struct Hop {
  Component component;
  std::string id;
  bool admitted = true;
  Rule rule;
  Direction direction = Direction::kEgress;  // security groups and network ACLs
  std::string network_interface_id;          // security groups, network ACLs, route tables: whose packets these are
  std::string subnet_id;                     // of network interfaces, network ACLs, route tables
  std::string vpc_id;
  Packet packet;  // as it leaves this hop
};

// Why packets do not arrive: Reachability Analyzer's codes, as far as this engine gives them
// (https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html).
enum class ExplanationCode : std::uint8_t {
  kBadState,
  kBadStateAttachment,
  kBadStateRoute,
  kDisconnectedVpcs,
  kEniSgRulesMismatch,
  kEniSourceDestCheckRestriction,
  kIgwDestinationAddressNotInRfc1918Egress,
  kIgwDestinationAddressNotInRfc6598Egress,
  kIgwPrivateIpAssociationForIngress,
  kIgwPublicIpAssociationForEgress,
  kIgwSourceAddressNotInRfc1918Ingress,
  kIgwSourceAddressNotInRfc6598Ingress,
  kNgwRequiresSourceInVpc,
  kNgwSourceAddressReassign,
  kNoPossibleDestination,
  kNoRouteToDestination,
  kNoSourceOrDestination,
  kPcxRequiresAddressInVpcCidr,
  kProtocolRestriction,
  kSgHasNoRules,
  kSgReferencesNotPreserved,
  kSubnetAclRestriction,
  kUnassociatedComponent,
  kUnknownDestination,
  kUnsupportedComponent,
  kVpceGatewayProtocolRestriction,
};
// "ENI_SG_RULES_MISMATCH", …
std::string_view NameOf(ExplanationCode code);

// One thing that stops the flow, with everything needed to name it. Members without meaning for the code are empty.
struct Explanation {
  ExplanationCode code;
  bool on_return = false;  // the reply is stopped, not the flow itself
  std::size_t hop = 0;     // index into Path::forward, or Path::back when on_return
  std::optional<Direction> direction;
  Component component = Component::kNetworkInterface;  // the component that stops, and its id
  std::string component_id;
  std::string network_interface_id;
  std::string subnet_id;
  std::string vpc_id;
  std::string route_table_id;
  std::vector<std::string> security_group_ids;
  Rule rule;      // the denying network ACL entry, the dead route, the group rule whose reference is lost
  Packet packet;  // what was stopped
};

// The explanation as one English sentence that names the component, the packet and what is missing.
std::string Describe(const Explanation& explanation);

enum class Outcome : std::uint8_t {
  kReachable,  // the flow arrives and its reply comes back; whether anyone listens there is not the network's matter
  kDropped,    // nothing answers: the client waits until it times out
  kUnknownEndpoint,  // the source or the destination is not in the topology; nothing was evaluated
};

struct Path {
  Outcome outcome = Outcome::kUnknownEndpoint;
  bool reachable() const { return outcome == Outcome::kReachable; }

  // The hops in order. When the flow is stopped, the walk goes on behind the stopping hop as long as the way is clear,
  // so that every obstacle is found; hops that did not admit the packets say so.
  std::vector<Hop> forward;
  std::vector<Hop> back;                  // of the reply, from the destination to the source
  std::vector<Explanation> explanations;  // empty exactly when reachable

  // The source's ports that get through both ways; all of the flow's unless network ACLs stop some of the replies.
  std::vector<PortRange> source_ports;
  // Where the flow ends and what the receiver sees; `destination_interface_id` is empty outside the VPCs.
  std::string source_interface_id;
  std::string destination_interface_id;
  Address seen_source;        // the source address as the destination sees it (a NAT gateway's, for example)
  Address final_destination;  // the destination address after all translation
};

// Never throws for any content of the topology. Pure; a few microseconds.
Path Evaluate(const Topology& topology, const Flow& flow);

}  // namespace drydock::network
