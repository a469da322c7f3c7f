#include "emulator/network/evaluate.h"

#include <algorithm>
#include <utility>

#include "emulator/network/walk.h"

namespace drydock::network {
namespace {

// What a host on the internet and a service are taken to be reached at, when nothing says otherwise.
const Address kInternetIpv4 = Address::V4(0xCB007101);             // 203.0.113.1, RFC 5737
const Address kInternetIpv6 = Address::V6(0x20010DB800000000, 1);  // 2001:db8::1, RFC 3849
const Address kServiceIpv4 = Address::V4(0xC6120001);              // 198.18.0.1, RFC 2544

// One end of the flow, as far as it can be told without walking.
struct End {
  bool known = false;
  const NetworkInterface* interface = nullptr;    // nullptr: a bare address
  std::optional<Address> address = std::nullopt;  // absent: the interface's primary address of the flow's family
  bool outside = false;                           // on the internet; the address may be absent there, too
  std::string service_name = {};
};

const NetworkInterface* HolderNear(const Topology& topology, std::string_view vpc_id, const Address& address) {
  if (const auto* holder = topology.InterfaceAt(vpc_id, address)) return holder;
  for (const auto* peering : topology.PeeringsOf(vpc_id)) {
    const auto& peer_id = peering->requester_vpc_id == vpc_id ? peering->accepter_vpc_id : peering->requester_vpc_id;
    if (const auto* holder = topology.InterfaceAt(peer_id, address)) return holder;
  }
  return nullptr;
}

// The only interface in any VPC that holds the address; nullptr when there are several.
const NetworkInterface* OnlyHolder(const Topology& topology, const Address& address) {
  const NetworkInterface* only = nullptr;
  int count = 0;
  topology.ForEach<Vpc>([&](const Vpc& vpc) {
    if (const auto* holder = topology.InterfaceAt(vpc.id, address)) {
      only = holder;
      ++count;
    }
  });
  return count == 1 ? only : nullptr;
}

End ResolvePublic(const Topology& topology, const Address& address) {
  if (const auto* holder = topology.InterfaceAtPublic(address)) {
    if (Holds(*holder, address)) return {true, holder, address};
    for (const auto& each : holder->private_ipv4) {
      if (each.public_address == address) return {true, holder, each.address};
    }
  }
  return {true, nullptr, address, true};
}

// Where the flow starts. A private address says nothing without a VPC: the destination's, or else the only one.
End ResolveSource(const Topology& topology, const Flow& flow) {
  if (const auto* interface = std::get_if<InterfaceEndpoint>(&flow.source)) {
    const auto* found = topology.Find<NetworkInterface>(interface->id);
    return {found != nullptr, found, interface->address};
  }
  if (const auto* internet = std::get_if<InternetEndpoint>(&flow.source)) {
    return {true, nullptr, internet->address, true};
  }
  const auto* bare = std::get_if<AddressEndpoint>(&flow.source);
  if (bare == nullptr) return {};
  const Address& address = bare->address;
  const NetworkInterface* destination = nullptr;
  if (const auto* interface = std::get_if<InterfaceEndpoint>(&flow.destination)) {
    destination = topology.Find<NetworkInterface>(interface->id);
  } else if (const auto* other = std::get_if<AddressEndpoint>(&flow.destination)) {
    destination = OnlyHolder(topology, other->address);
  }
  const NetworkInterface* holder = nullptr;
  if (destination != nullptr) holder = HolderNear(topology, destination->vpc_id, address);
  if (holder == nullptr && IsPublic(address)) return ResolvePublic(topology, address);
  if (holder == nullptr && destination == nullptr) holder = OnlyHolder(topology, address);
  return {holder != nullptr, holder, address};
}

// The interface of the VPC's interface endpoint that its private DNS names stand for: one in the source's zone first.
const NetworkInterface* EndpointInterface(const Topology& topology, const NetworkInterface& source,
                                          std::string_view service_name) {
  const auto* vpc = topology.Find<Vpc>(source.vpc_id);
  if (vpc == nullptr || !vpc->enable_dns_support || !vpc->enable_dns_hostnames) return nullptr;
  const auto zone_of = [&](std::string_view subnet_id) -> std::string_view {
    const auto* subnet = topology.Find<Subnet>(subnet_id);
    return subnet != nullptr ? std::string_view(subnet->availability_zone) : std::string_view();
  };
  for (const auto* endpoint : topology.EndpointsOf(source.vpc_id)) {
    if (endpoint->type != VpcEndpoint::Type::kInterface || endpoint->service_name != service_name ||
        !endpoint->available || !endpoint->private_dns_enabled) {
      continue;
    }
    const NetworkInterface* first = nullptr;
    for (const auto& id : endpoint->network_interface_ids) {
      const auto* interface = topology.Find<NetworkInterface>(id);
      if (interface == nullptr) continue;
      if (first == nullptr) first = interface;
      if (zone_of(interface->subnet_id) == zone_of(source.subnet_id)) return interface;
    }
    if (first != nullptr) return first;
  }
  return nullptr;
}

End ResolveService(const Topology& topology, const End& source, const std::string& name) {
  if (source.interface != nullptr) {
    if (const auto* interface = EndpointInterface(topology, *source.interface, name)) return {true, interface};
  }
  End service{true, nullptr, kServiceIpv4, true, name};
  if (const auto* list = topology.PrefixListNamed(name)) {
    const auto ipv4 = std::find_if(list->entries.begin(), list->entries.end(),
                                   [](const Cidr& entry) { return entry.family() == Family::kIpv4; });
    if (ipv4 != list->entries.end()) service.address = ipv4->First();
  }
  return service;
}

End ResolveDestination(const Topology& topology, const Flow& flow, const End& source) {
  if (const auto* interface = std::get_if<InterfaceEndpoint>(&flow.destination)) {
    const auto* found = topology.Find<NetworkInterface>(interface->id);
    return {found != nullptr, found, interface->address};
  }
  if (const auto* internet = std::get_if<InternetEndpoint>(&flow.destination)) {
    return {true, nullptr, internet->address, true};
  }
  if (const auto* service = std::get_if<ServiceEndpoint>(&flow.destination)) {
    return ResolveService(topology, source, service->name);
  }
  const Address& address = std::get<AddressEndpoint>(flow.destination).address;
  if (source.interface == nullptr) {
    // From outside only a public address can be meant.
    End end = ResolvePublic(topology, address);
    end.known = end.interface != nullptr || OnlyHolder(topology, address) != nullptr;
    if (end.interface == nullptr) end.interface = OnlyHolder(topology, address);
    end.outside = false;
    return end;
  }
  const auto* holder = HolderNear(topology, source.interface->vpc_id, address);
  return {true, holder, address, holder == nullptr && IsPublic(address)};
}

std::optional<Address> PrimaryAddress(const NetworkInterface& interface, Family family) {
  if (family == Family::kIpv4) {
    if (interface.private_ipv4.empty()) return std::nullopt;
    return interface.private_ipv4.front().address;
  }
  if (interface.ipv6.empty()) return std::nullopt;
  return interface.ipv6.front();
}

std::optional<Address> AddressOf(const End& end, Family family) {
  if (end.address) return end.address->family() == family ? end.address : std::nullopt;
  if (end.interface != nullptr) return PrimaryAddress(*end.interface, family);
  return family == Family::kIpv4 ? kInternetIpv4 : kInternetIpv6;
}

// The address that packets from outside carry for this end: its public one, if it has one.
Address SeenFromOutside(const NetworkInterface& interface, const Address& address) {
  for (const auto& each : interface.private_ipv4) {
    if (each.address == address && each.public_address) return *each.public_address;
  }
  return address;
}

Packet FirstPacket(const Flow& flow, const Address& source, const Address& destination) {
  Packet packet{source, destination, flow.protocol, {}, {}, std::nullopt};
  if (flow.protocol == Protocol::kTcp || flow.protocol == Protocol::kUdp) {
    const auto ordered = [](PortRange range) {
      return PortRange{std::min(range.from, range.to), std::max(range.from, range.to)};
    };
    packet.source_ports = {ordered(flow.source_ports)};
    packet.destination_ports = {ordered(flow.destination_ports)};
  } else if (flow.protocol == Protocol::kIcmp) {
    packet.icmp = flow.icmp.value_or(IcmpType{source.is_ipv4() ? 8 : 128, 0});
  }
  return packet;
}

// The reply to what arrived; nullopt for ICMP messages that none is sent to.
std::optional<Packet> Reply(const Packet& packet) {
  Packet reply{packet.destination, packet.source, packet.protocol, packet.destination_ports, packet.source_ports, {}};
  if (packet.protocol == Protocol::kIcmp) {
    const bool is_echo = packet.icmp && packet.icmp->type == (packet.source.is_ipv4() ? 8 : 128);
    if (!is_echo) return std::nullopt;
    reply.icmp = IcmpType{packet.source.is_ipv4() ? 0 : 129, 0};
  }
  return reply;
}

Path Unknown(const Flow& flow, bool source_known) {
  Path path;
  Explanation& explanation = path.explanations.emplace_back();
  explanation.code = ExplanationCode::kNoSourceOrDestination;
  const Endpoint& missing = source_known ? flow.destination : flow.source;
  if (const auto* interface = std::get_if<InterfaceEndpoint>(&missing)) explanation.component_id = interface->id;
  if (const auto* address = std::get_if<AddressEndpoint>(&missing))
    explanation.component_id = address->address.ToString();
  if (const auto* service = std::get_if<ServiceEndpoint>(&missing)) explanation.component_id = service->name;
  return path;
}

void WalkBack(const Topology& topology, const End& source, const Packet& sent, const Packet& received,
              const Terminal& reached, Connection& connection, Path& path) {
  if (reached.kind == Terminal::Kind::kLinkLocal) return;
  auto reply = Reply(received);
  if (!reply) return;
  Walk back(topology, true, connection, std::move(*reply), source.interface, path.back, path.explanations);
  Terminal returned;
  switch (reached.kind) {
    case Terminal::Kind::kInterface:
      returned = back.FromInterface(*reached.interface);
      break;
    case Terminal::Kind::kInternet:
      returned = back.FromInternet();
      break;
    case Terminal::Kind::kEndpoint:
      returned = back.FromEndpoint(*reached.endpoint);
      break;
    case Terminal::Kind::kLinkLocal:
    case Terminal::Kind::kNowhere:
      return;
  }
  path.source_ports = back.packet().destination_ports;
  // The reply must come back to the sender, and from the address that was spoken to; else the sender ignores it.
  const bool is_back =
      source.interface != nullptr ? returned.interface == source.interface : returned.kind == Terminal::Kind::kInternet;
  if (path.explanations.empty() && (!is_back || back.packet().source != sent.destination)) {
    back.Stop(ExplanationCode::kNoPossibleDestination);
  }
}

}  // namespace

Path Evaluate(const Topology& topology, const Flow& flow) {
  const End source = ResolveSource(topology, flow);
  if (!source.known) return Unknown(flow, false);
  const End destination = ResolveDestination(topology, flow, source);
  if (!destination.known || (source.outside && destination.outside)) return Unknown(flow, true);

  Path path;
  path.outcome = Outcome::kDropped;
  if (source.interface != nullptr) path.source_interface_id = source.interface->id;
  std::optional<Address> from;
  std::optional<Address> to;
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    if (from && to) break;
    from = AddressOf(source, family);
    to = AddressOf(destination, family);
  }
  if (!from || !to) {
    Explanation& explanation = path.explanations.emplace_back();
    explanation.code = ExplanationCode::kNoSourceOrDestination;
    explanation.component_id = source.interface != nullptr ? source.interface->id : destination.interface->id;
    return path;
  }
  // An address that was given stands as it is; an interface is spoken to at its public address from outside.
  if (source.outside && std::holds_alternative<InterfaceEndpoint>(flow.destination)) {
    to = SeenFromOutside(*destination.interface, *to);
  } else if (source.outside && std::holds_alternative<AddressEndpoint>(flow.destination)) {
    to = std::get<AddressEndpoint>(flow.destination).address;
  }

  const Packet sent = FirstPacket(flow, *from, *to);
  path.source_ports = sent.source_ports;
  path.forward.reserve(12);  // most paths are no longer
  path.back.reserve(12);
  Connection connection;
  Walk forward(topology, false, connection, sent, destination.interface, path.forward, path.explanations);
  forward.NameDestination(destination.service_name);
  Terminal reached;
  if (source.interface == nullptr) {
    reached = forward.FromInternet();
  } else if (Holds(*source.interface, *to)) {
    // To itself: such packets never leave the host.
    Hop& hop = path.forward.emplace_back();
    hop.component = Component::kNetworkInterface;
    hop.id = hop.network_interface_id = source.interface->id;
    hop.subnet_id = source.interface->subnet_id;
    hop.vpc_id = source.interface->vpc_id;
    hop.packet = sent;
    path.outcome = Outcome::kReachable;
    path.destination_interface_id = source.interface->id;
    path.seen_source = *from;
    path.final_destination = *to;
    return path;
  } else {
    reached = forward.FromInterface(*source.interface);
  }
  path.seen_source = forward.packet().source;
  path.final_destination = forward.packet().destination;
  if (reached.interface != nullptr) path.destination_interface_id = reached.interface->id;
  if (reached.kind == Terminal::Kind::kInterface && std::holds_alternative<InterfaceEndpoint>(flow.destination) &&
      reached.interface != destination.interface) {
    forward.Stop(ExplanationCode::kNoPossibleDestination);
  }
  WalkBack(topology, source, sent, forward.packet(), reached, connection, path);

  if (path.explanations.empty()) {
    path.outcome = Outcome::kReachable;
  } else {
    path.source_ports.clear();
  }
  return path;
}

}  // namespace drydock::network
