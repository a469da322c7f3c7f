// Networks written down shortly, for the tests: everything is text, and an id's prefix says what it is.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/network/evaluate.h"
#include "emulator/network/topology.h"

namespace drydock::network::testing {

inline Address A(std::string_view text) {
  const auto address = Address::Parse(text);
  if (!address) throw std::invalid_argument(std::string(text));
  return *address;
}

inline Cidr C(std::string_view text) {
  const auto cidr = Cidr::Parse(text);
  if (!cidr) throw std::invalid_argument(std::string(text));
  return *cidr;
}

inline std::vector<Cidr> Cidrs(const std::vector<std::string>& texts) {
  std::vector<Cidr> cidrs;
  for (const auto& text : texts) cidrs.push_back(C(text));
  return cidrs;
}

inline int ProtocolNumber(std::string_view name) {
  return name == "tcp" ? 6 : name == "udp" ? 17 : name == "icmp" ? 1 : name == "icmpv6" ? 58 : -1;
}

// A security group rule. `peer` is a CIDR, sg-… or pl-…
inline SecurityGroupRule GroupRule(bool egress, std::string_view protocol, int from, int to, std::string_view peer) {
  SecurityGroupRule rule{"sgr-" + std::string(peer), egress, ProtocolNumber(protocol), from, to, {}};
  if (peer.starts_with("sg-")) {
    rule.peer = SecurityGroupReference{std::string(peer)};
  } else if (peer.starts_with("pl-")) {
    rule.peer = PrefixListReference{std::string(peer)};
  } else {
    rule.peer = C(peer);
  }
  return rule;
}
inline SecurityGroupRule In(std::string_view protocol, int port, std::string_view peer) {
  return GroupRule(false, protocol, port, port, peer);
}
inline SecurityGroupRule Out(std::string_view protocol, int port, std::string_view peer) {
  return GroupRule(true, protocol, port, port, peer);
}
inline SecurityGroupRule OutAll(std::string_view peer = "0.0.0.0/0") {
  return GroupRule(true, "all", -1, -1, peer);
}
inline SecurityGroupRule InAll(std::string_view peer = "0.0.0.0/0") {
  return GroupRule(false, "all", -1, -1, peer);
}

inline NetworkAclEntry AclRule(int number, bool egress, bool allow, std::string_view protocol, int from, int to,
                               std::string_view cidr) {
  NetworkAclEntry entry{number, egress, allow, ProtocolNumber(protocol), C(cidr), {}, {-1, -1}};
  if (protocol == "icmp" || protocol == "icmpv6") {
    entry.icmp = {from, to};
  } else {
    entry.ports = {static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to)};
  }
  return entry;
}
inline NetworkAclEntry AllowAll(int number, bool egress, std::string_view cidr = "0.0.0.0/0") {
  return AclRule(number, egress, true, "all", 0, 65535, cidr);
}

// `destination` is a CIDR or pl-…; the target's kind follows from its id.
inline Route To(std::string_view destination, std::string_view target, bool blackhole = false) {
  using Kind = RouteTarget::Kind;
  Route route;
  if (destination.starts_with("pl-")) {
    route.destination = std::string(destination);
  } else {
    route.destination = C(destination);
  }
  const Kind kind = target == "local"             ? Kind::kLocal
                    : target.starts_with("igw-")  ? Kind::kInternetGateway
                    : target.starts_with("eigw-") ? Kind::kEgressOnlyInternetGateway
                    : target.starts_with("nat-")  ? Kind::kNatGateway
                    : target.starts_with("eni-")  ? Kind::kNetworkInterface
                    : target.starts_with("vpce-") ? Kind::kVpcEndpoint
                    : target.starts_with("pcx-")  ? Kind::kVpcPeeringConnection
                                                  : Kind::kOther;
  route.target = {kind, target == "local" ? "" : std::string(target)};
  route.blackhole = blackhole;
  return route;
}

class World {
 public:
  Topology topology;

  template <class Element>
  void Put(Element element) {
    topology = topology.With(std::move(element));
  }
  template <class Element>
  void Remove(std::string_view id) {
    topology = topology.Without<Element>(id);
  }
  // Changes one element in place.
  template <class Element, class Change>
  void Edit(std::string_view id, const Change& change) {
    Element element = *topology.Find<Element>(id);
    change(element);
    Put(std::move(element));
  }

  void AddVpc(std::string id, const std::vector<std::string>& cidrs, std::string region = "us-east-1") {
    Put(Vpc{std::move(id), std::move(region), Cidrs(cidrs)});
  }
  void AddSubnet(std::string id, std::string vpc_id, const std::vector<std::string>& cidrs,
                 std::string zone = "us-east-1a") {
    Put(Subnet{std::move(id), std::move(vpc_id), std::move(zone), Cidrs(cidrs)});
  }
  // Adds an interface; `addresses` are its private IPv4 and its IPv6 addresses.
  void AddInterface(std::string id, const std::string& subnet_id, std::initializer_list<std::string_view> addresses,
                    std::vector<std::string> groups, std::string_view public_address = "",
                    std::string type = "interface") {
    NetworkInterface interface;
    interface.id = std::move(id);
    interface.subnet_id = subnet_id;
    interface.vpc_id = topology.Find<Subnet>(subnet_id)->vpc_id;
    interface.interface_type = std::move(type);
    interface.group_ids = std::move(groups);
    for (const auto text : addresses) {
      if (A(text).is_ipv4()) {
        interface.private_ipv4.push_back({A(text)});
      } else {
        interface.ipv6.push_back(A(text));
      }
    }
    if (!public_address.empty()) interface.private_ipv4.front().public_address = A(public_address);
    Put(std::move(interface));
  }
  void AddGroup(std::string id, std::string vpc_id, std::vector<SecurityGroupRule> rules) {
    Put(SecurityGroup{std::move(id), std::move(vpc_id), std::move(rules)});
  }
  void AddAcl(std::string id, std::string vpc_id, std::vector<std::string> subnets,
              std::vector<NetworkAclEntry> rules) {
    Put(NetworkAcl{std::move(id), std::move(vpc_id), std::move(subnets), std::move(rules)});
  }
  void AddMainRouteTable(std::string id, std::string vpc_id, std::vector<Route> routes) {
    Put(RouteTable{std::move(id), std::move(vpc_id), true, {}, std::move(routes)});
  }
  void AddRouteTable(std::string id, std::string vpc_id, std::vector<std::string> subnets, std::vector<Route> routes) {
    Put(RouteTable{std::move(id), std::move(vpc_id), false, std::move(subnets), std::move(routes)});
  }
  // Adds the gateway and its interface (eni-<id>).
  void AddNatGateway(const std::string& id, const std::string& subnet_id, std::string_view private_address,
                     std::string_view public_address = "") {
    NatGateway gateway;
    gateway.id = id;
    gateway.subnet_id = subnet_id;
    gateway.vpc_id = topology.Find<Subnet>(subnet_id)->vpc_id;
    gateway.is_public = !public_address.empty();
    gateway.network_interface_id = "eni-" + id;
    gateway.private_address = A(private_address);
    if (gateway.is_public) gateway.public_address = A(public_address);
    AddInterface(gateway.network_interface_id, subnet_id, {private_address}, {}, public_address, "nat_gateway");
    Put(std::move(gateway));
  }
  void AddGatewayEndpoint(std::string id, std::string vpc_id, std::string service, std::vector<std::string> tables,
                          std::string prefix_list) {
    VpcEndpoint endpoint;
    endpoint.id = std::move(id);
    endpoint.vpc_id = std::move(vpc_id);
    endpoint.service_name = std::move(service);
    endpoint.type = VpcEndpoint::Type::kGateway;
    endpoint.route_table_ids = std::move(tables);
    endpoint.prefix_list_id = std::move(prefix_list);
    Put(std::move(endpoint));
  }
  void AddInterfaceEndpoint(std::string id, std::string vpc_id, std::string service,
                            std::vector<std::string> interfaces, bool private_dns = true) {
    VpcEndpoint endpoint;
    endpoint.id = std::move(id);
    endpoint.vpc_id = std::move(vpc_id);
    endpoint.service_name = std::move(service);
    endpoint.private_dns_enabled = private_dns;
    endpoint.network_interface_ids = std::move(interfaces);
    Put(std::move(endpoint));
  }
};

// "eni-…", "internet", a service's name (com.amazonaws.…) or an address.
inline Endpoint End(std::string_view text) {
  if (text == "internet") return InternetEndpoint{};
  if (text.starts_with("eni-")) return InterfaceEndpoint{std::string(text)};
  if (text.starts_with("com.amazonaws.")) return ServiceEndpoint{std::string(text)};
  return AddressEndpoint{A(text)};
}

// The codes of all that stops the flow, in order, "<" before those of the reply: "NO_ROUTE_TO_DESTINATION <BAD_STATE".
// "" when it is reachable.
inline std::string Codes(const Path& path) {
  std::string codes;
  for (const Explanation& explanation : path.explanations) {
    if (!codes.empty()) codes += " ";
    codes += (explanation.on_return ? "<" : "") + std::string(NameOf(explanation.code));
  }
  return codes;
}

// The ids of the hops, in order: "eni-1 sg-1 acl-1 rtb-1".
inline std::string Ids(const std::vector<Hop>& hops) {
  std::string ids;
  for (const Hop& hop : hops) ids += (ids.empty() ? "" : " ") + hop.id;
  return ids;
}

inline Path Tcp(const World& world, std::string_view from, std::string_view to, std::uint16_t port) {
  return Evaluate(world.topology, Flow::Tcp(End(from), End(to), port));
}

}  // namespace drydock::network::testing
