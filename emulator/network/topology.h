// The network as the engine sees it: one immutable value that holds the elements of all VPCs.
//
// Elements are plain structs named as EC2 names them. What EC2 derives, the engine derives too and need not be given:
// the local routes (from the VPC's CIDR blocks) and a gateway endpoint's routes (from its route tables). References to
// elements that are not there are no error: a route to a missing gateway is a blackhole, a group without interfaces
// matches nobody, a subnet without a network ACL is open (EC2 always gives it one).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/network/address.h"
#include "emulator/network/flow.h"

namespace drydock::network {

struct Vpc {
  std::string id;
  std::string region;
  std::vector<Cidr> cidrs;         // all associated blocks, IPv4 and IPv6
  bool enable_dns_support = true;  // private DNS of interface endpoints needs both DNS attributes
  bool enable_dns_hostnames = true;
};

struct Subnet {
  std::string id;
  std::string vpc_id;
  std::string availability_zone;
  std::vector<Cidr> cidrs;  // IPv4 and IPv6
};

// Where a route leads.
struct RouteTarget {
  enum class Kind {
    kLocal,
    kInternetGateway,
    kEgressOnlyInternetGateway,
    kNatGateway,
    kNetworkInterface,
    kVpcEndpoint,
    kVpcPeeringConnection,
    kOther,  // a kind of target that the engine does not know how to follow (transit, VPN, carrier gateway …)
  };
  Kind kind = Kind::kLocal;
  std::string id;  // empty for kLocal
  bool operator==(const RouteTarget&) const = default;
};

struct Route {
  std::variant<Cidr, std::string> destination;  // a block, or a prefix list's id
  RouteTarget target;
  std::string origin = "CreateRoute";  // CreateRouteTable | CreateRoute | EnableVgwRoutePropagation
  bool blackhole = false;              // EC2's state; a target that is gone is a blackhole without it as well
  bool operator==(const Route&) const = default;
};

struct RouteTable {
  std::string id;
  std::string vpc_id;
  bool main = false;                    // serves the VPC's subnets that have no explicit association
  std::vector<std::string> subnet_ids;  // explicit associations
  std::vector<Route> routes;
};

struct NetworkAclEntry {
  int rule_number = 0;  // 1-32766; the lowest that matches decides
  bool egress = false;
  bool allow = false;
  int protocol = -1;  // IANA number; -1 for all
  Cidr cidr;
  PortRange ports;           // tcp and udp only
  IcmpType icmp = {-1, -1};  // icmp only; -1 for all
  bool operator==(const NetworkAclEntry&) const = default;
};

struct NetworkAcl {
  std::string id;
  std::string vpc_id;
  std::vector<std::string> subnet_ids;
  std::vector<NetworkAclEntry> entries;  // in any order; the last rule (*, 32767: deny) is implied
};

// A rule's other side when it names a group: the private addresses of all interfaces that are in it.
struct SecurityGroupReference {
  std::string group_id;
  bool operator==(const SecurityGroupReference&) const = default;
};
struct PrefixListReference {
  std::string prefix_list_id;
  bool operator==(const PrefixListReference&) const = default;
};

struct SecurityGroupRule {
  std::string id;  // sgr-…
  bool egress = false;
  int protocol = -1;   // IANA number; -1 for all
  int from_port = -1;  // tcp, udp: ports; icmp: type, -1 for all; else without meaning
  int to_port = -1;    // icmp: code, -1 for all
  std::variant<Cidr, SecurityGroupReference, PrefixListReference> peer;
  bool operator==(const SecurityGroupRule&) const = default;
};

struct SecurityGroup {
  std::string id;
  std::string vpc_id;
  std::vector<SecurityGroupRule> rules;
};

// Customer-managed and AWS-managed. An AWS-managed one is named after its service (com.amazonaws.us-east-1.s3): its
// first address is where the engine sends a flow to that service.
struct PrefixList {
  std::string id;
  std::string name;
  std::vector<Cidr> entries;
};

struct PrivateIpv4Address {
  Address address;
  std::optional<Address> public_address = std::nullopt;  // Elastic IP or auto-assigned
};

struct NetworkInterface {
  std::string id;
  std::string vpc_id;
  std::string subnet_id;
  std::string interface_type = "interface";      // as DescribeNetworkInterfaces has it: nat_gateway, vpc_endpoint, …
  std::vector<PrivateIpv4Address> private_ipv4;  // the primary first
  std::vector<Address> ipv6;                     // the primary first
  std::vector<std::string> group_ids;
  bool source_dest_check = true;
  bool attached = true;  // an interface attached to nothing neither sends nor receives
};

struct InternetGateway {
  std::string id;
  std::string vpc_id;  // empty while detached
};

struct EgressOnlyInternetGateway {
  std::string id;
  std::string vpc_id;
};

struct NatGateway {
  enum class State { kPending, kFailed, kAvailable, kDeleting, kDeleted };
  std::string id;
  std::string vpc_id;
  std::string subnet_id;
  State state = State::kAvailable;
  bool is_public = true;             // connectivity type
  std::string network_interface_id;  // of interface_type nat_gateway, with the same addresses
  Address private_address;
  std::optional<Address> public_address = std::nullopt;  // the Elastic IP; none for private NAT gateways
};

struct VpcEndpoint {
  enum class Type { kGateway, kInterface };
  std::string id;
  std::string vpc_id;
  std::string service_name;  // com.amazonaws.<region>.<service>
  Type type = Type::kInterface;
  bool available = true;  // state
  // interface endpoints
  bool private_dns_enabled = false;
  std::vector<std::string> network_interface_ids;
  // gateway endpoints: the route <prefix list> -> <endpoint> is in each of these route tables
  std::vector<std::string> route_table_ids;
  std::string prefix_list_id;
};

struct VpcPeeringConnection {
  std::string id;
  bool active = true;  // state
  std::string requester_vpc_id;
  std::string accepter_vpc_id;
};

// A snapshot. Copies are cheap and share structure; With() and Without() leave this value as it is and return one that
// differs in one element, in microseconds whatever the size. Safe to read from any thread.
//
// `Element` is one of the structs above that have an id: Vpc, Subnet, RouteTable, NetworkAcl, SecurityGroup,
// PrefixList, NetworkInterface, InternetGateway, EgressOnlyInternetGateway, NatGateway, VpcEndpoint,
// VpcPeeringConnection. Pointers stay valid as long as any copy of the topology that gave them.
class Topology {
 public:
  Topology();

  // With the element added, or in the place of the one with the same id.
  template <class Element>
  [[nodiscard]] Topology With(Element element) const;
  // Without the element of that id; the same topology if there is none.
  template <class Element>
  [[nodiscard]] Topology Without(std::string_view id) const;

  // nullptr if there is none.
  template <class Element>
  const Element* Find(std::string_view id) const;
  template <class Element>
  std::size_t Count() const;
  // In no particular order.
  template <class Element>
  void ForEach(const std::function<void(const Element&)>& visit) const;

  // The table that routes for this subnet: the explicitly associated or else the VPC's main one; nullptr if neither.
  const RouteTable* RouteTableOf(const Subnet& subnet) const;
  const NetworkAcl* NetworkAclOf(std::string_view subnet_id) const;
  // The interface that holds this private IPv4 or this IPv6 address in the VPC.
  const NetworkInterface* InterfaceAt(std::string_view vpc_id, const Address& address) const;
  // The interface that holds this public IPv4 address, or this IPv6 address, in any VPC.
  const NetworkInterface* InterfaceAtPublic(const Address& address) const;
  const InternetGateway* InternetGatewayOf(std::string_view vpc_id) const;
  const PrefixList* PrefixListNamed(std::string_view name) const;
  const NatGateway* NatGatewayOf(std::string_view network_interface_id) const;
  std::vector<const VpcEndpoint*> EndpointsOf(std::string_view vpc_id) const;
  std::vector<const VpcPeeringConnection*> PeeringsOf(std::string_view vpc_id) const;
  // The private IPv4 and the IPv6 addresses of the interfaces in a security group: what a reference to it stands for.
  std::vector<Address> AddressesOf(std::string_view group_id) const;

 private:
  struct State;
  explicit Topology(std::shared_ptr<const State> state);

  std::shared_ptr<const State> state_;
};

}  // namespace drydock::network
