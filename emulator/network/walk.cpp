#include "emulator/network/walk.h"

#include <algorithm>

#include "emulator/network/rules.h"

namespace drydock::network {
namespace {

// No path of EC2 is that long; routes through appliances may form a circle.
constexpr std::size_t kMaximumHops = 64;

const Address kDnsIpv4 = Address::V4(0xA9FEA9FD);                  // 169.254.169.253
const Address kDnsIpv6 = Address::V6(0xFD000EC200000000, 0x253);   // fd00:ec2::253
const Cidr kServicesIpv4(Address::V4(0xA9FEA800), 22);             // 169.254.168.0/22
const Cidr kServicesIpv6(Address::V6(0xFD000EC200000000, 0), 32);  // fd00:ec2::/32

bool ContainsAny(const std::vector<Cidr>& blocks, const Address& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Cidr& block) { return block.Contains(address); });
}

// NAT gateways have no security groups; network and gateway load balancers may have none.
bool HasNoSecurityGroups(const NetworkInterface& interface) {
  const auto& type = interface.interface_type;
  return type == "nat_gateway" || type == "natGateway" ||
         (interface.group_ids.empty() &&
          (type == "network_load_balancer" || type.starts_with("gateway_load_balancer")));
}

}  // namespace

bool Holds(const NetworkInterface& interface, const Address& address) {
  if (!address.is_ipv4())
    return std::find(interface.ipv6.begin(), interface.ipv6.end(), address) != interface.ipv6.end();
  return std::any_of(interface.private_ipv4.begin(), interface.private_ipv4.end(),
                     [&](const PrivateIpv4Address& each) { return each.address == address; });
}

Position PositionOf(const Topology& topology, const NetworkInterface& interface) {
  return {interface.id, interface.subnet_id, interface.vpc_id, topology.NatGatewayOf(interface.id)};
}

Hop& Walk::Enter(Component component, std::string_view id, const Position& at) {
  Hop& hop = hops_.emplace_back();
  hop.component = component;
  hop.id = id;
  hop.network_interface_id = at.interface_id;
  hop.subnet_id = at.subnet_id;
  hop.vpc_id = at.vpc_id;
  hop.packet = packet_;
  return hop;
}

Explanation& Walk::Stop(ExplanationCode code) {
  Hop& hop = hops_.back();
  hop.admitted = false;
  Explanation& explanation = explanations_.emplace_back();
  explanation.code = code;
  explanation.on_return = on_return_;
  explanation.hop = hops_.size() - 1;
  if (hop.component == Component::kSecurityGroup || hop.component == Component::kNetworkAcl) {
    explanation.direction = hop.direction;
  }
  explanation.component = hop.component;
  explanation.component_id = hop.id;
  explanation.network_interface_id = hop.network_interface_id;
  explanation.subnet_id = hop.subnet_id;
  explanation.vpc_id = hop.vpc_id;
  if (hop.component == Component::kRouteTable) explanation.route_table_id = hop.id;
  explanation.rule = hop.rule;
  explanation.packet = packet_;
  return explanation;
}

Terminal Walk::FromInterface(const NetworkInterface& interface) {
  const Position at = PositionOf(topology_, interface);
  if (on_return_) {
    if (const auto* endpoint = EndpointBehind(interface)) Enter(Component::kVpcEndpoint, endpoint->id, at);
  } else {
    connection_.origin = &interface;
  }
  Enter(Component::kNetworkInterface, interface.id, at);
  if (!interface.attached) Stop(ExplanationCode::kBadStateAttachment);
  if (interface.source_dest_check && !Holds(interface, packet_.source)) {
    Stop(ExplanationCode::kEniSourceDestCheckRestriction);
  }
  if (const auto terminal = AtLinkLocal(at)) return *terminal;
  CheckGroups(interface, Direction::kEgress);
  return Leave(at);
}

Terminal Walk::FromInternet() {
  return OnInternet();
}

Terminal Walk::FromEndpoint(const VpcEndpoint& endpoint) {
  const Position to = *connection_.exit;
  Enter(Component::kVpcEndpoint, endpoint.id, to);
  return Arrive(to, topology_.Find<NetworkInterface>(to.interface_id), {});
}

std::optional<Terminal> Walk::AtLinkLocal(const Position& from) {
  const Address& to = packet_.destination;
  const auto* vpc = topology_.Find<Vpc>(from.vpc_id);
  const auto* subnet = topology_.Find<Subnet>(from.subnet_id);
  bool is_dns = to == kDnsIpv4 || to == kDnsIpv6;
  if (vpc != nullptr && !vpc->cidrs.empty() && to.is_ipv4()) is_dns |= to == vpc->cidrs.front().First().Plus(2);
  const bool is_router = subnet != nullptr && to.is_ipv4() &&
                         std::any_of(subnet->cidrs.begin(), subnet->cidrs.end(),
                                     [&](const Cidr& block) { return to == block.First().Plus(1); });
  if (!is_dns && !is_router && !IsLinkLocal(to)) return std::nullopt;
  Enter(Component::kAwsService, to.ToString(), from);
  const bool is_service = is_router || kServicesIpv4.Contains(to) || kServicesIpv6.Contains(to) || is_dns;
  if (!is_service || (is_dns && vpc != nullptr && !vpc->enable_dns_support)) {
    Stop(ExplanationCode::kNoPossibleDestination);
    return Terminal{};
  }
  return Terminal{Terminal::Kind::kLinkLocal};
}

Terminal Walk::Leave(const Position& from) {
  const auto* subnet = topology_.Find<Subnet>(from.subnet_id);
  const auto* vpc = topology_.Find<Vpc>(from.vpc_id);
  if (subnet == nullptr || vpc == nullptr) {
    Stop(ExplanationCode::kUnknownDestination);
    return {};
  }
  if (hops_.size() > kMaximumHops) {
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  // Inside a subnet neither its route table nor its network ACL has a say.
  if (ContainsAny(subnet->cidrs, packet_.destination)) return Deliver(vpc->id, subnet->id);

  const auto* table = topology_.RouteTableOf(*subnet);
  const auto route = FindRoute(topology_, *vpc, table, packet_.destination);
  if (!route || !StaysInSubnet(*route, from)) CheckAcl(subnet->id, Direction::kEgress, from);
  Hop& hop = Enter(Component::kRouteTable, table != nullptr ? std::string_view(table->id) : std::string_view(), from);
  if (!route) return WithoutRoute(from);
  hop.rule = *route;
  if (route->blackhole || !IsUsable(*route, from)) {
    Stop(ExplanationCode::kBadStateRoute);
    return {};
  }
  return Follow(*route, from);
}

bool Walk::StaysInSubnet(const Route& route, const Position& from) const {
  if (route.target.kind == RouteTarget::Kind::kNatGateway) {
    const auto* gateway = topology_.Find<NatGateway>(route.target.id);
    return gateway != nullptr && gateway->subnet_id == from.subnet_id;
  }
  if (route.target.kind == RouteTarget::Kind::kNetworkInterface) {
    const auto* interface = topology_.Find<NetworkInterface>(route.target.id);
    return interface != nullptr && interface->subnet_id == from.subnet_id;
  }
  return false;
}

// Whether the target exists and belongs to this VPC; EC2 shows a route without as a blackhole.
bool Walk::IsUsable(const Route& route, const Position& from) const {
  const auto here = [&](const auto* element) { return element != nullptr && element->vpc_id == from.vpc_id; };
  const std::string& id = route.target.id;
  switch (route.target.kind) {
    case RouteTarget::Kind::kInternetGateway:
      return here(topology_.Find<InternetGateway>(id));
    case RouteTarget::Kind::kEgressOnlyInternetGateway:
      return here(topology_.Find<EgressOnlyInternetGateway>(id));
    case RouteTarget::Kind::kVpcEndpoint:
      return here(topology_.Find<VpcEndpoint>(id));
    case RouteTarget::Kind::kNetworkInterface: {
      const auto* interface = topology_.Find<NetworkInterface>(id);
      return here(interface) && interface->attached;
    }
    case RouteTarget::Kind::kNatGateway: {
      const auto* gateway = topology_.Find<NatGateway>(id);
      return gateway != nullptr && gateway->state != NatGateway::State::kDeleted;
    }
    case RouteTarget::Kind::kVpcPeeringConnection: {
      const auto* peering = topology_.Find<VpcPeeringConnection>(id);
      return peering != nullptr &&
             (peering->requester_vpc_id == from.vpc_id || peering->accepter_vpc_id == from.vpc_id);
    }
    case RouteTarget::Kind::kLocal:
    case RouteTarget::Kind::kOther:
      return true;
  }
  return false;
}

Terminal Walk::Follow(const Route& route, const Position& from) {
  const std::string& id = route.target.id;
  switch (route.target.kind) {
    case RouteTarget::Kind::kLocal:
      return Deliver(from.vpc_id, from.subnet_id);
    case RouteTarget::Kind::kInternetGateway:
      return ThroughInternetGateway(*topology_.Find<InternetGateway>(id), from);
    case RouteTarget::Kind::kEgressOnlyInternetGateway:
      return ThroughEgressOnly(*topology_.Find<EgressOnlyInternetGateway>(id), from);
    case RouteTarget::Kind::kNatGateway:
      return ThroughNatGateway(*topology_.Find<NatGateway>(id), from);
    case RouteTarget::Kind::kNetworkInterface: {
      const auto& appliance = *topology_.Find<NetworkInterface>(id);
      return Arrive(PositionOf(topology_, appliance), &appliance, from.subnet_id);
    }
    case RouteTarget::Kind::kVpcEndpoint:
      return ThroughEndpoint(*topology_.Find<VpcEndpoint>(id), from);
    case RouteTarget::Kind::kVpcPeeringConnection:
      return ThroughPeering(*topology_.Find<VpcPeeringConnection>(id), from);
    case RouteTarget::Kind::kOther:
      Stop(ExplanationCode::kUnsupportedComponent);
      return {};
  }
  return {};
}

// Nothing leads on. Where a peering could, the walk takes it, so that the far side's obstacles are found as well.
Terminal Walk::WithoutRoute(const Position& from) {
  Stop(ExplanationCode::kNoRouteToDestination);
  if (goal_ == nullptr || goal_->vpc_id == from.vpc_id || !Holds(*goal_, packet_.destination)) return {};
  for (const auto* peering : topology_.PeeringsOf(from.vpc_id)) {
    const bool joins = peering->requester_vpc_id == goal_->vpc_id || peering->accepter_vpc_id == goal_->vpc_id;
    if (joins && peering->active) return ThroughPeering(*peering, from);
  }
  if (packet_.destination.is_ipv4()) Stop(ExplanationCode::kDisconnectedVpcs);
  return {};
}

Terminal Walk::Deliver(std::string_view vpc_id, std::string_view from_subnet_id) {
  const auto* interface = topology_.InterfaceAt(vpc_id, packet_.destination);
  if (interface == nullptr) {
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  return Arrive(PositionOf(topology_, *interface), interface, from_subnet_id);
}

Terminal Walk::Arrive(const Position& at, const NetworkInterface* interface, std::string_view from_subnet_id) {
  if (at.subnet_id != from_subnet_id) CheckAcl(at.subnet_id, Direction::kIngress, at);
  if (at.nat_gateway != nullptr) return AtNatGateway(at);
  if (interface == nullptr) {
    Stop(ExplanationCode::kUnknownDestination);
    return {};
  }
  CheckGroups(*interface, Direction::kIngress);
  Enter(Component::kNetworkInterface, interface->id, at);
  if (!interface->attached) Stop(ExplanationCode::kBadStateAttachment);
  if (Holds(*interface, packet_.destination)) {
    if (const auto* endpoint = EndpointBehind(*interface); endpoint != nullptr && !on_return_) {
      Enter(Component::kVpcEndpoint, endpoint->id, at);
      if (!endpoint->available) Stop(ExplanationCode::kBadState);
    }
    return {Terminal::Kind::kInterface, interface};
  }
  if (interface->source_dest_check) {
    Stop(ExplanationCode::kEniSourceDestCheckRestriction);
    return {};
  }
  // An appliance, taken to be a plain router: it passes on what it gets.
  CheckGroups(*interface, Direction::kEgress);
  return Leave(at);
}

Terminal Walk::ThroughInternetGateway(const InternetGateway& gateway, const Position& from) {
  Enter(Component::kInternetGateway, gateway.id, from);
  if (!on_return_) connection_.exit = from;
  if (!packet_.destination.is_ipv4()) {
    if (IsPublic(packet_.destination)) return OnInternet();
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  if (IsRfc1918(packet_.destination)) {
    Stop(ExplanationCode::kIgwDestinationAddressNotInRfc1918Egress);
    return {};
  }
  if (IsRfc6598(packet_.destination)) {
    Stop(ExplanationCode::kIgwDestinationAddressNotInRfc6598Egress);
    return {};
  }
  if (const auto public_address = PublicAddressOf(from, packet_.source)) {
    packet_.source = *public_address;
    hops_.back().packet = packet_;
  } else if (!connection_.without_public_address) {
    Stop(ExplanationCode::kIgwPublicIpAssociationForEgress);
    connection_.without_public_address = true;
  }
  return OnInternet();
}

Terminal Walk::ThroughEgressOnly(const EgressOnlyInternetGateway& gateway, const Position& from) {
  Enter(Component::kEgressOnlyInternetGateway, gateway.id, from);
  if (packet_.destination.is_ipv4()) {
    Stop(ExplanationCode::kProtocolRestriction);
    return {};
  }
  // It lets out what starts inside; whatever started outside does not exist for it.
  if (on_return_ || !IsPublic(packet_.destination)) {
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  connection_.exit = from;
  connection_.egress_only = &gateway;
  return OnInternet();
}

Terminal Walk::ThroughNatGateway(const NatGateway& gateway, const Position& from) {
  const Position at{gateway.network_interface_id, gateway.subnet_id, gateway.vpc_id, &gateway};
  if (gateway.subnet_id != from.subnet_id) CheckAcl(gateway.subnet_id, Direction::kIngress, at);
  Enter(Component::kNatGateway, gateway.id, at);
  if (from.nat_gateway == &gateway) {  // its own subnet's route leads back to it
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  if (on_return_) {  // a reply that did not come in through the gateway would leave with the wrong source
    Stop(ExplanationCode::kNgwSourceAddressReassign);
    return {};
  }
  if (!packet_.destination.is_ipv4()) {  // NAT64
    Stop(ExplanationCode::kUnsupportedComponent);
    return {};
  }
  if (gateway.state != NatGateway::State::kAvailable) Stop(ExplanationCode::kBadState);
  if (gateway.vpc_id != from.vpc_id || !IsInVpc(from.vpc_id, packet_.source)) {
    Stop(ExplanationCode::kNgwRequiresSourceInVpc);
  }
  if (packet_.protocol == Protocol::kAny) Stop(ExplanationCode::kProtocolRestriction);
  connection_.translations.push_back({&gateway, packet_});
  packet_.source = gateway.private_address;
  // Which port the gateway takes is its own affair; that of any client stands for it (see Flow::source_ports).
  constexpr PortRange kClient = PortRange::OfAnyClient();
  const bool any_clients =
      std::all_of(packet_.source_ports.begin(), packet_.source_ports.end(),
                  [&](const PortRange& range) { return range.from >= kClient.from && range.to <= kClient.to; });
  if (!any_clients) packet_.source_ports = {PortRange::Ephemeral()};
  hops_.back().packet = packet_;
  return Leave(at);
}

// What reaches a NAT gateway's interface is a reply, to somebody behind it or (when the flow was said to start at that
// interface) to itself; or it is dropped.
Terminal Walk::AtNatGateway(const Position& at) {
  Enter(Component::kNatGateway, at.nat_gateway->id, at);
  if (on_return_ && connection_.translations.empty() && goal_ != nullptr && goal_->id == at.interface_id) {
    return {Terminal::Kind::kInterface, goal_};
  }
  if (!on_return_ || connection_.translations.empty() ||
      connection_.translations.back().nat_gateway != at.nat_gateway) {
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  const Packet& before = connection_.translations.back().before;
  packet_.destination = before.source;
  packet_.destination_ports = before.source_ports;
  hops_.back().packet = packet_;
  connection_.translations.pop_back();
  return Leave(at);
}

Terminal Walk::ThroughEndpoint(const VpcEndpoint& endpoint, const Position& from) {
  Enter(Component::kVpcEndpoint, endpoint.id, from);
  if (endpoint.type != VpcEndpoint::Type::kGateway) {  // Gateway Load Balancer endpoints
    Stop(ExplanationCode::kUnsupportedComponent);
    return {};
  }
  if (on_return_) {
    Stop(ExplanationCode::kNoPossibleDestination);
    return {};
  }
  if (!endpoint.available) Stop(ExplanationCode::kBadState);
  const bool is_echo =
      packet_.protocol == Protocol::kIcmp && packet_.icmp && (packet_.icmp->type == 8 || packet_.icmp->type == 128);
  if (packet_.protocol != Protocol::kTcp && !is_echo) Stop(ExplanationCode::kVpceGatewayProtocolRestriction);
  connection_.exit = from;
  return {Terminal::Kind::kEndpoint, nullptr, &endpoint};
}

Terminal Walk::ThroughPeering(const VpcPeeringConnection& peering, const Position& from) {
  const std::string& peer_id =
      peering.requester_vpc_id == from.vpc_id ? peering.accepter_vpc_id : peering.requester_vpc_id;
  Enter(Component::kVpcPeeringConnection, peering.id, from);
  if (!peering.active) Stop(ExplanationCode::kBadState);
  // Both ends must be in the two VPCs themselves: no way through a peer to somewhere else, nor from there.
  if (!IsInVpc(peer_id, packet_.destination)) {
    Stop(ExplanationCode::kPcxRequiresAddressInVpcCidr);
    return {};
  }
  if (!IsInVpc(from.vpc_id, packet_.source)) Stop(ExplanationCode::kPcxRequiresAddressInVpcCidr);
  return Deliver(peer_id, {});
}

Terminal Walk::OnInternet() {
  if (on_return_ && connection_.exit) return IntoVpc(*connection_.exit);
  if (const auto* holder = topology_.InterfaceAtPublic(packet_.destination)) {
    return IntoVpc(PositionOf(topology_, *holder));
  }
  // Meant for an interface without a public address: the gateway cannot know it, but the rest of the way is clear.
  if (goal_ != nullptr && !on_return_ && Holds(*goal_, packet_.destination)) {
    return IntoVpc(PositionOf(topology_, *goal_));
  }
  if (service_name_.empty()) {
    Enter(Component::kInternet, packet_.destination.ToString(), {});
  } else {
    Enter(Component::kAwsService, service_name_, {});
  }
  return {Terminal::Kind::kInternet};
}

// From the internet through the VPC's gateway, which gives packets the private address of their destination.
Terminal Walk::IntoVpc(const Position& to) {
  const auto* interface = topology_.Find<NetworkInterface>(to.interface_id);
  if (on_return_ && connection_.egress_only != nullptr) {
    Enter(Component::kEgressOnlyInternetGateway, connection_.egress_only->id, to);
    return Arrive(to, interface, {});
  }
  const auto* gateway = topology_.InternetGatewayOf(to.vpc_id);
  Enter(Component::kInternetGateway, gateway != nullptr ? std::string_view(gateway->id) : std::string_view(), to);
  if (gateway == nullptr) Stop(ExplanationCode::kUnassociatedComponent);
  if (packet_.destination.is_ipv4()) {
    if (!connection_.without_public_address) {
      if (IsRfc1918(packet_.source)) Stop(ExplanationCode::kIgwSourceAddressNotInRfc1918Ingress);
      if (IsRfc6598(packet_.source)) Stop(ExplanationCode::kIgwSourceAddressNotInRfc6598Ingress);
    }
    std::optional<Address> private_address;
    if (interface != nullptr) {
      for (const auto& each : interface->private_ipv4) {
        if (each.public_address == packet_.destination) private_address = each.address;
      }
    }
    if (!private_address && to.nat_gateway != nullptr && to.nat_gateway->public_address == packet_.destination) {
      private_address = to.nat_gateway->private_address;
    }
    if (private_address) {
      packet_.destination = *private_address;
      hops_.back().packet = packet_;
    } else if (!connection_.without_public_address) {
      Stop(ExplanationCode::kIgwPrivateIpAssociationForIngress);
      connection_.without_public_address = true;
    }
  }
  return Arrive(to, interface, {});
}

void Walk::CheckAcl(std::string_view subnet_id, Direction direction, const Position& at) {
  const auto* acl = topology_.NetworkAclOf(subnet_id);
  if (acl == nullptr) return;
  AclDecision decision = Decide(*acl, packet_, direction);
  if (decision.admitted) packet_.destination_ports = std::move(decision.ports);
  Hop& hop = Enter(Component::kNetworkAcl, acl->id, at);
  hop.direction = direction;
  if (decision.entry != nullptr) hop.rule = *decision.entry;
  if (!decision.admitted) Stop(ExplanationCode::kSubnetAclRestriction);
}

void Walk::CheckGroups(const NetworkInterface& interface, Direction direction) {
  if (HasNoSecurityGroups(interface)) return;
  const Position at = PositionOf(topology_, interface);
  if (on_return_) {
    // Security groups are stateful: they let the reply to what they admitted pass.
    const auto seen = std::find_if(connection_.seen.begin(), connection_.seen.end(),
                                   [&](const auto& each) { return each.interface_id == interface.id; });
    if (seen != connection_.seen.end()) {
      Enter(Component::kSecurityGroup, seen->group_id, at).direction = direction;
      return;
    }
  }
  GroupDecision decision = Decide(topology_, interface, packet_, direction);
  if (!decision.admitted && !interface.group_ids.empty()) decision.group_id = interface.group_ids.front();
  if (decision.admitted) packet_.destination_ports = std::move(decision.ports);
  Hop& hop = Enter(Component::kSecurityGroup, decision.group_id, at);
  hop.direction = direction;
  if (decision.rule != nullptr) hop.rule = *decision.rule;
  if (!on_return_) connection_.seen.push_back({interface.id, decision.group_id});
  if (decision.admitted) return;
  Stop(decision.any_rules ? ExplanationCode::kEniSgRulesMismatch : ExplanationCode::kSgHasNoRules).security_group_ids =
      interface.group_ids;
  if (decision.any_rules && !on_return_) ExplainLostIdentity(interface, direction);
}

// Adds that a rule names the right group, but the packets carry a public address, which no group reference matches.
void Walk::ExplainLostIdentity(const NetworkInterface& interface, Direction direction) {
  const NetworkInterface* peer = nullptr;
  if (direction == Direction::kEgress) {
    peer = topology_.InterfaceAtPublic(packet_.destination);
    if (peer != nullptr && Holds(*peer, packet_.destination)) peer = nullptr;
  } else if (connection_.origin != nullptr && !Holds(*connection_.origin, packet_.source)) {
    peer = connection_.origin;
  }
  if (peer == nullptr) return;
  if (const auto* rule = RuleForLostIdentity(topology_, interface, packet_, direction, *peer)) {
    Explanation& explanation = Stop(ExplanationCode::kSgReferencesNotPreserved);
    explanation.security_group_ids = interface.group_ids;
    explanation.rule = *rule;
  }
}

bool Walk::IsInVpc(std::string_view vpc_id, const Address& address) const {
  const auto* vpc = topology_.Find<Vpc>(vpc_id);
  return vpc != nullptr && ContainsAny(vpc->cidrs, address);
}

std::optional<Address> Walk::PublicAddressOf(const Position& at, const Address& address) const {
  if (at.nat_gateway != nullptr && at.nat_gateway->private_address == address) return at.nat_gateway->public_address;
  const auto* interface = topology_.InterfaceAt(at.vpc_id, address);
  if (interface == nullptr) return std::nullopt;
  for (const auto& each : interface->private_ipv4) {
    if (each.address == address) return each.public_address;
  }
  return std::nullopt;
}

const VpcEndpoint* Walk::EndpointBehind(const NetworkInterface& interface) const {
  if (interface.interface_type != "vpc_endpoint") return nullptr;
  for (const auto* endpoint : topology_.EndpointsOf(interface.vpc_id)) {
    const auto& ids = endpoint->network_interface_ids;
    if (std::find(ids.begin(), ids.end(), interface.id) != ids.end()) return endpoint;
  }
  return nullptr;
}

}  // namespace drydock::network
