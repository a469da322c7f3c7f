#include "emulator/network/rules.h"

#include <algorithm>
#include <tuple>

namespace drydock::network {
namespace {

bool HasPorts(const Packet& packet) {
  return packet.protocol == Protocol::kTcp || packet.protocol == Protocol::kUdp;
}

bool MatchesIcmp(const Packet& packet, int type, int code) {
  return packet.icmp && (type == -1 || type == packet.icmp->type) && (code == -1 || code == packet.icmp->code);
}

// The ports a rule names; from > to when none.
PortRange PortsOf(const SecurityGroupRule& rule) {
  if (rule.protocol == -1) return {};
  const int to = rule.to_port < 0 ? 65535 : std::min(rule.to_port, 65535);
  return {static_cast<std::uint16_t>(std::clamp(rule.from_port, 0, 65535)), static_cast<std::uint16_t>(to)};
}

// Whether a rule speaks of some of these packets, their addresses aside.
bool Concerns(const SecurityGroupRule& rule, const Packet& packet) {
  if (rule.protocol == -1) return true;
  if (packet.protocol == Protocol::kAny || rule.protocol != NumberOf(packet.protocol, packet.source.family())) {
    return false;
  }
  if (!HasPorts(packet)) return MatchesIcmp(packet, rule.from_port, rule.to_port);
  const PortRange named = PortsOf(rule);
  return std::any_of(packet.destination_ports.begin(), packet.destination_ports.end(), [&](const PortRange& range) {
    return std::max(named.from, range.from) <= std::min(named.to, range.to);
  });
}

bool InGroup(const NetworkInterface& interface, std::string_view group_id) {
  return std::find(interface.group_ids.begin(), interface.group_ids.end(), group_id) != interface.group_ids.end();
}

// The interface that a security group reference would have to contain for the packet to match: the holder of the other
// side's address in the own VPC or in an actively peered one of the same region (peering guide, "Update your security
// groups to reference peer security groups"). Looked for once, and only if some rule names a group.
class OtherSide {
 public:
  OtherSide(const Topology& topology, const NetworkInterface& interface, const Address& address)
      : topology_(topology), interface_(interface), address_(address) {}

  const Address& address() const { return address_; }

  bool IsInGroup(std::string_view group_id) {
    if (!looked_) holder_ = Holder();
    looked_ = true;
    return holder_ != nullptr && InGroup(*holder_, group_id);
  }

 private:
  const NetworkInterface* Holder() const {
    if (const auto* holder = topology_.InterfaceAt(interface_.vpc_id, address_)) return holder;
    const auto* vpc = topology_.Find<Vpc>(interface_.vpc_id);
    for (const auto* peering : topology_.PeeringsOf(interface_.vpc_id)) {
      const auto& peer_id =
          peering->requester_vpc_id == interface_.vpc_id ? peering->accepter_vpc_id : peering->requester_vpc_id;
      const auto* peer = topology_.Find<Vpc>(peer_id);
      if (!peering->active || vpc == nullptr || peer == nullptr || vpc->region != peer->region) continue;
      if (const auto* holder = topology_.InterfaceAt(peer_id, address_)) return holder;
    }
    return nullptr;
  }

  const Topology& topology_;
  const NetworkInterface& interface_;
  const Address& address_;
  bool looked_ = false;
  const NetworkInterface* holder_ = nullptr;
};

bool MatchesPeer(const Topology& topology, const SecurityGroupRule& rule, OtherSide& other) {
  if (const auto* cidr = std::get_if<Cidr>(&rule.peer)) return cidr->Contains(other.address());
  if (const auto* reference = std::get_if<SecurityGroupReference>(&rule.peer)) {
    return other.IsInGroup(reference->group_id);
  }
  const auto* list = topology.Find<PrefixList>(std::get<PrefixListReference>(rule.peer).prefix_list_id);
  return list != nullptr && std::any_of(list->entries.begin(), list->entries.end(),
                                        [&](const Cidr& entry) { return entry.Contains(other.address()); });
}

const Address& OtherAddress(const Packet& packet, Direction direction) {
  return direction == Direction::kEgress ? packet.destination : packet.source;
}

// A route that may be taken, and how good it is: longer prefixes first, then the kind's rank.
struct Candidate {
  int prefix_length = -1;
  int rank = 0;
  Route route;
};

constexpr int kLocalRank = 4;
constexpr int kStaticRank = 3;
constexpr int kPrefixListRank = 2;
constexpr int kPropagatedRank = 1;

int RankOf(const Route& route) {
  if (route.target.kind == RouteTarget::Kind::kLocal) return kLocalRank;
  if (route.origin == "EnableVgwRoutePropagation") return kPropagatedRank;
  return std::holds_alternative<Cidr>(route.destination) ? kStaticRank : kPrefixListRank;
}

// The longest of the route's blocks that holds the address; nullopt if none does.
std::optional<int> MatchingPrefix(const Topology& topology, const Route& route, const Address& destination) {
  if (const auto* block = std::get_if<Cidr>(&route.destination)) {
    if (!block->Contains(destination)) return std::nullopt;
    return block->prefix_length();
  }
  const auto* list = topology.Find<PrefixList>(std::get<std::string>(route.destination));
  std::optional<int> longest;
  if (list != nullptr) {
    for (const Cidr& entry : list->entries) {
      if (entry.Contains(destination)) longest = std::max(longest.value_or(0), entry.prefix_length());
    }
  }
  return longest;
}

// Whether the table says itself where the VPC's own block goes: EC2 allows the local route's target to be replaced.
bool Replaces(const RouteTable* table, const Cidr& block) {
  return table != nullptr && std::any_of(table->routes.begin(), table->routes.end(), [&](const Route& route) {
           const auto* destination = std::get_if<Cidr>(&route.destination);
           return destination != nullptr && destination->Canonical() == block.Canonical();
         });
}

}  // namespace

AclDecision Decide(const NetworkAcl& acl, const Packet& packet, Direction direction) {
  const Address& other = OtherAddress(packet, direction);
  const int protocol = NumberOf(packet.protocol, other.family());
  AclDecision decision;
  PortSet undecided = packet.destination_ports;
  // Entries are in the order of their numbers; the first that matches a packet decides about it.
  for (const NetworkAclEntry& entry : acl.entries) {
    if (entry.egress != (direction == Direction::kEgress) || !entry.cidr.Contains(other)) continue;
    if (entry.protocol != -1 && entry.protocol != protocol) {
      // Among all protocols at once, one that is denied is stopped, and one that is allowed says nothing of the rest.
      if (packet.protocol != Protocol::kAny || entry.allow) continue;
    }
    if (packet.protocol == Protocol::kIcmp && entry.protocol != -1 &&
        !MatchesIcmp(packet, entry.icmp.type, entry.icmp.code)) {
      continue;
    }
    if (!HasPorts(packet)) return {entry.allow, &entry, {}};
    const PortRange range = entry.protocol == -1 ? PortRange{} : entry.ports;
    PortSet decided = Intersection(undecided, range);
    if (decided.empty()) continue;
    if (entry.allow) {
      if (!decision.admitted) decision.entry = &entry;
      decision.admitted = true;
      decision.ports = Union(decision.ports, decided);
    } else if (decision.entry == nullptr) {
      decision.entry = &entry;
    }
    undecided = Difference(undecided, range);
    if (undecided.empty()) break;
  }
  return decision;
}

GroupDecision Decide(const Topology& topology, const NetworkInterface& interface, const Packet& packet,
                     Direction direction) {
  OtherSide other(topology, interface, OtherAddress(packet, direction));
  GroupDecision decision;
  PortSet undecided = packet.destination_ports;
  for (const std::string& group_id : interface.group_ids) {
    const auto* group = topology.Find<SecurityGroup>(group_id);
    if (group == nullptr) continue;
    for (const SecurityGroupRule& rule : group->rules) {
      if (rule.egress != (direction == Direction::kEgress)) continue;
      decision.any_rules = true;
      if (!Concerns(rule, packet) || !MatchesPeer(topology, rule, other)) continue;
      if (!decision.admitted) {
        decision.admitted = true;
        decision.group_id = group->id;
        decision.rule = &rule;
      }
      if (!HasPorts(packet)) return decision;
      const PortRange named = PortsOf(rule);
      decision.ports = Union(decision.ports, Intersection(packet.destination_ports, named));
      undecided = Difference(undecided, named);
      if (undecided.empty()) return decision;
    }
  }
  return decision;
}

const SecurityGroupRule* RuleForLostIdentity(const Topology& topology, const NetworkInterface& interface,
                                             const Packet& packet, Direction direction, const NetworkInterface& peer) {
  for (const std::string& group_id : interface.group_ids) {
    const auto* group = topology.Find<SecurityGroup>(group_id);
    if (group == nullptr) continue;
    for (const SecurityGroupRule& rule : group->rules) {
      const auto* reference = std::get_if<SecurityGroupReference>(&rule.peer);
      if (rule.egress == (direction == Direction::kEgress) && reference != nullptr &&
          InGroup(peer, reference->group_id) && Concerns(rule, packet)) {
        return &rule;
      }
    }
  }
  return nullptr;
}

std::optional<Route> FindRoute(const Topology& topology, const Vpc& vpc, const RouteTable* table,
                               const Address& destination) {
  Candidate best;
  const auto consider = [&](const Route& route) {
    const auto prefix_length = MatchingPrefix(topology, route, destination);
    if (!prefix_length) return;
    const int rank = RankOf(route);
    if (std::tie(*prefix_length, rank) > std::tie(best.prefix_length, best.rank)) best = {*prefix_length, rank, route};
  };
  if (table != nullptr) {
    for (const Route& route : table->routes) consider(route);
  }
  for (const Cidr& block : vpc.cidrs) {
    if (block.Contains(destination) && !Replaces(table, block)) consider({block, {}, "CreateRouteTable"});
  }
  if (table != nullptr) {
    for (const auto* endpoint : topology.EndpointsOf(vpc.id)) {
      if (endpoint->type != VpcEndpoint::Type::kGateway) continue;
      if (std::find(endpoint->route_table_ids.begin(), endpoint->route_table_ids.end(), table->id) !=
          endpoint->route_table_ids.end()) {
        consider({endpoint->prefix_list_id, {RouteTarget::Kind::kVpcEndpoint, endpoint->id}});
      }
    }
  }
  if (best.prefix_length < 0) return std::nullopt;
  return std::move(best.route);
}

}  // namespace drydock::network
