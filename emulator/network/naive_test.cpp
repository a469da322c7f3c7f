// The engine against a second evaluator that shares nothing with it: no indexes, no walk, no sets of ports, one packet
// at a time, everything by looking through plain lists and telling the cases of where packets go apart by hand. It says
// only yes or no. Both must agree on random networks.
#include <catch2/catch.hpp>

#include "emulator/network/evaluate.h"
#include "emulator/network/testing/random_world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

struct OnePacket {
  Address source;
  Address destination;
  int protocol;
  int source_port;
  int destination_port;
  OnePacket Answer() const { return {destination, source, protocol, destination_port, source_port}; }
};

bool Bit(const Address& address, int index) {
  if (address.is_ipv4()) return (address.low() >> (31 - index) & 1) != 0;
  return ((index < 64 ? address.high() >> (63 - index) : address.low() >> (127 - index)) & 1) != 0;
}

bool In(const Cidr& block, const Address& address) {
  if (block.address().is_ipv4() != address.is_ipv4()) return false;
  for (int i = 0; i < block.prefix_length(); ++i) {
    if (Bit(block.address(), i) != Bit(address, i)) return false;
  }
  return true;
}

class Naive {
 public:
  explicit Naive(const Elements& elements) : e_(elements) {}

  bool Reaches(const Flow& flow, int source_port) const {
    const auto* from = std::get_if<InterfaceEndpoint>(&flow.source);
    const NetworkInterface* source = from != nullptr ? ById(e_.interfaces, from->id) : nullptr;
    Address to;
    if (const auto* address = std::get_if<AddressEndpoint>(&flow.destination)) to = address->address;
    if (const auto* internet = std::get_if<InternetEndpoint>(&flow.destination)) to = *internet->address;
    if (const auto* service = std::get_if<ServiceEndpoint>(&flow.destination)) to = Resolve(*source, service->name);
    OnePacket packet{{}, to, flow.protocol == Protocol::kTcp ? 6 : 17, source_port, flow.destination_ports.from};
    if (source == nullptr) {
      packet.source = *std::get<InternetEndpoint>(flow.source).address;
      return FromOutside(packet);
    }
    for (const auto& own : source->private_ipv4) {
      if (own.address == to) return true;
    }
    if (to.is_ipv4()) {
      packet.source = source->private_ipv4[0].address;
    } else {
      if (source->ipv6.empty()) return false;
      packet.source = source->ipv6[0];
      if (packet.source == to) return true;
    }
    return FromInterface(*source, packet);
  }

 private:
  template <class T>
  static const T* ById(const std::vector<T>& list, const std::string& id) {
    for (const T& each : list) {
      if (each.id == id) return &each;
    }
    return nullptr;
  }

  Address Resolve(const NetworkInterface& source, const std::string& name) const {
    for (const auto& endpoint : e_.endpoints) {
      if (endpoint.vpc_id != source.vpc_id || endpoint.service_name != name || !endpoint.private_dns_enabled) continue;
      if (endpoint.type != VpcEndpoint::Type::kInterface || !endpoint.available) continue;
      const auto* chosen = ById(e_.interfaces, endpoint.network_interface_ids[0]);
      for (const auto& id : endpoint.network_interface_ids) {
        const auto* each = ById(e_.interfaces, id);
        if (ById(e_.subnets, each->subnet_id)->availability_zone ==
            ById(e_.subnets, source.subnet_id)->availability_zone) {
          chosen = each;
        }
      }
      return chosen->private_ipv4[0].address;
    }
    return name == kS3Service ? A("52.216.0.0") : A("198.18.0.1");
  }

  bool Peered(const std::string& a, const std::string& b) const {
    for (const auto& p : e_.peerings) {
      const bool joins =
          (p.requester_vpc_id == a && p.accepter_vpc_id == b) || (p.requester_vpc_id == b && p.accepter_vpc_id == a);
      if (joins && p.active && ById(e_.vpcs, a)->region == ById(e_.vpcs, b)->region) return true;
    }
    return false;
  }

  static bool Owns(const NetworkInterface& interface, const Address& address) {
    for (const auto& each : interface.private_ipv4) {
      if (each.address == address) return true;
    }
    for (const auto& each : interface.ipv6) {
      if (each == address) return true;
    }
    return false;
  }

  const NetworkInterface* HolderIn(const std::string& vpc_id, const Address& address) const {
    for (const auto& each : e_.interfaces) {
      if (each.vpc_id == vpc_id && Owns(each, address)) return &each;
    }
    return nullptr;
  }

  bool InVpc(const std::string& vpc_id, const Address& address) const {
    const auto* vpc = ById(e_.vpcs, vpc_id);
    return In(vpc->cidrs[0], address) || In(vpc->cidrs[1], address);
  }

  bool GroupsAllow(const NetworkInterface& at, bool egress, const OnePacket& packet) const {
    if (at.interface_type == "nat_gateway") return true;
    const Address& other = egress ? packet.destination : packet.source;
    for (const auto& group : e_.groups) {
      if (std::count(at.group_ids.begin(), at.group_ids.end(), group.id) == 0) continue;
      for (const auto& rule : group.rules) {
        if (rule.egress != egress) continue;
        if (rule.protocol != -1) {
          if (rule.protocol != packet.protocol) continue;
          if (packet.destination_port < rule.from_port || packet.destination_port > rule.to_port) continue;
        }
        if (const auto* block = std::get_if<Cidr>(&rule.peer)) {
          if (In(*block, other)) return true;
        } else if (const auto* list = std::get_if<PrefixListReference>(&rule.peer)) {
          for (const Cidr& entry : ById(e_.prefix_lists, list->prefix_list_id)->entries) {
            if (In(entry, other)) return true;
          }
        } else {
          const auto& group_id = std::get<SecurityGroupReference>(rule.peer).group_id;
          for (const auto& member : e_.interfaces) {
            if (std::count(member.group_ids.begin(), member.group_ids.end(), group_id) == 0) continue;
            if (member.vpc_id != at.vpc_id && !Peered(member.vpc_id, at.vpc_id)) continue;
            if (Owns(member, other)) return true;
          }
        }
      }
    }
    return false;
  }

  bool AclAllows(const std::string& subnet_id, bool egress, const OnePacket& packet) const {
    const Address& other = egress ? packet.destination : packet.source;
    for (const auto& acl : e_.acls) {
      if (acl.subnet_ids[0] != subnet_id) continue;
      const NetworkAclEntry* first = nullptr;
      for (const auto& entry : acl.entries) {
        if (entry.egress != egress || !In(entry.cidr, other)) continue;
        if (entry.protocol != -1) {
          if (entry.protocol != packet.protocol) continue;
          if (packet.destination_port < entry.ports.from || packet.destination_port > entry.ports.to) continue;
        }
        if (first == nullptr || entry.rule_number < first->rule_number) first = &entry;
      }
      return first != nullptr && first->allow;
    }
    return true;
  }

  // The target's id: "local", "" for nowhere.
  std::string Next(const std::string& subnet_id, const Address& to) const {
    const auto& vpc = *ById(e_.vpcs, ById(e_.subnets, subnet_id)->vpc_id);
    const RouteTable* table = nullptr;
    for (const auto& each : e_.route_tables) {
      if (each.main && each.vpc_id == vpc.id && table == nullptr) table = &each;
      if (!each.subnet_ids.empty() && each.subnet_ids[0] == subnet_id) table = &each;
    }
    std::string best;
    int best_score = -1;
    const auto offer = [&](const Cidr& block, int rank, const std::string& target) {
      const int score = block.prefix_length() * 10 + rank;
      if (In(block, to) && score > best_score) {
        best_score = score;
        best = target;
      }
    };
    for (const Cidr& block : vpc.cidrs) offer(block, 3, "local");
    for (const Route& route : table->routes) {
      const std::string target = route.blackhole ? "" : route.target.id;
      if (const auto* block = std::get_if<Cidr>(&route.destination)) {
        offer(*block, 2, target);
      } else {
        for (const Cidr& entry : ById(e_.prefix_lists, std::get<std::string>(route.destination))->entries) {
          offer(entry, 1, target);
        }
      }
    }
    for (const auto& endpoint : e_.endpoints) {
      if (std::count(endpoint.route_table_ids.begin(), endpoint.route_table_ids.end(), table->id) > 0) {
        offer(C("52.216.0.0/15"), 1, endpoint.id);
      }
    }
    return best;
  }

  const InternetGateway* GatewayOf(const std::string& vpc_id) const {
    for (const auto& each : e_.internet_gateways) {
      if (each.vpc_id == vpc_id) return &each;
    }
    return nullptr;
  }

  // From a place in one subnet to an interface that holds the packet's destination, privately.
  bool PrivateWay(const std::string& from_subnet, const std::string& from_vpc, const NetworkInterface& to,
                  const OnePacket& packet) const {
    if (from_subnet == to.subnet_id) return true;
    if (!AclAllows(from_subnet, true, packet) || !AclAllows(to.subnet_id, false, packet)) return false;
    const std::string next = Next(from_subnet, packet.destination);
    if (from_vpc == to.vpc_id) return next == "local";
    const auto* peering = ById(e_.peerings, next);
    if (peering == nullptr || !peering->active) return false;
    return (peering->requester_vpc_id == from_vpc && peering->accepter_vpc_id == to.vpc_id) ||
           (peering->requester_vpc_id == to.vpc_id && peering->accepter_vpc_id == from_vpc);
  }

  // There and back between two private places; the first is the sender's (its own groups are its matter).
  bool Privately(const NetworkInterface& from, const OnePacket& packet) const {
    for (const Vpc& vpc : e_.vpcs) {
      const auto* to = HolderIn(vpc.id, packet.destination);
      if (to == nullptr || !PrivateWay(from.subnet_id, from.vpc_id, *to, packet)) continue;
      if (to->interface_type == "nat_gateway") return false;
      for (const auto& endpoint : e_.endpoints) {
        const auto& ids = endpoint.network_interface_ids;
        if (std::count(ids.begin(), ids.end(), to->id) > 0 && !endpoint.available) return false;
      }
      return GroupsAllow(*to, false, packet) && PrivateWay(to->subnet_id, to->vpc_id, from, packet.Answer());
    }
    return false;
  }

  // From the internet to the holder of a public address, and the answer back out.
  bool FromOutside(const OnePacket& packet) const {
    for (const auto& to : e_.interfaces) {
      OnePacket inside = packet;
      bool is_holder = !packet.destination.is_ipv4() && Owns(to, packet.destination);
      for (const auto& each : to.private_ipv4) {
        if (each.public_address != packet.destination) continue;
        is_holder = true;
        inside.destination = each.address;
      }
      if (!is_holder) continue;
      const auto* gateway = GatewayOf(to.vpc_id);
      return to.interface_type != "nat_gateway" && gateway != nullptr && AclAllows(to.subnet_id, false, inside) &&
             GroupsAllow(to, false, inside) && AclAllows(to.subnet_id, true, inside.Answer()) &&
             Next(to.subnet_id, packet.source) == gateway->id;
    }
    return false;
  }

  bool HasHolder(const Address& address) const {
    for (const auto& each : e_.interfaces) {
      if (!address.is_ipv4() && Owns(each, address)) return true;
      for (const auto& ipv4 : each.private_ipv4) {
        if (ipv4.public_address == address) return true;
      }
    }
    return false;
  }

  // Out of the VPC with this source address on the wire, and back as far as the VPC's edge.
  bool Outside(OnePacket packet, const Address& source_on_wire) const {
    if (packet.destination.is_ipv4() && (packet.destination.low() >> 24) == 10) return false;
    packet.source = source_on_wire;
    return !HasHolder(packet.destination) || FromOutside(packet);
  }

  bool GatewayEndpointTakes(const std::string& id, const OnePacket& packet) const {
    const auto* endpoint = ById(e_.endpoints, id);
    return endpoint != nullptr && endpoint->available && packet.protocol == 6;
  }

  bool FromInterface(const NetworkInterface& from, const OnePacket& packet) const {
    if (!GroupsAllow(from, true, packet)) return false;
    const auto* own_nat = NatOf(from.id);
    if (InVpc(from.vpc_id, packet.destination)) return Privately(from, packet);
    const std::string next = Next(from.subnet_id, packet.destination);
    if (next.empty()) return false;
    if (next.starts_with("pcx-")) return Privately(from, packet);
    if (next.starts_with("nat-")) {
      const auto* nat = ById(e_.nat_gateways, next);
      return nat != nullptr && nat != own_nat && ThroughNat(*nat, from, packet);
    }
    if (!AclAllows(from.subnet_id, true, packet) || !AclAllows(from.subnet_id, false, packet.Answer())) return false;
    if (next.starts_with("vpce-")) return GatewayEndpointTakes(next, packet);
    if (next.starts_with("eigw-")) {
      for (const auto& each : e_.egress_only) {
        if (each.id == next && each.vpc_id == from.vpc_id) return Outside(packet, packet.source);
      }
      return false;
    }
    const auto* gateway = ById(e_.internet_gateways, next);
    if (gateway == nullptr || gateway->vpc_id != from.vpc_id) return false;
    if (!packet.destination.is_ipv4()) return Outside(packet, packet.source);
    for (const auto& each : from.private_ipv4) {
      if (each.address == packet.source && each.public_address) return Outside(packet, *each.public_address);
    }
    return false;
  }

  const NatGateway* NatOf(const std::string& interface_id) const {
    for (const auto& each : e_.nat_gateways) {
      if (each.network_interface_id == interface_id) return &each;
    }
    return nullptr;
  }

  bool ThroughNat(const NatGateway& nat, const NetworkInterface& from, const OnePacket& packet) const {
    if (nat.state != NatGateway::State::kAvailable || nat.vpc_id != from.vpc_id) return false;
    if (from.subnet_id != nat.subnet_id) {
      if (!AclAllows(from.subnet_id, true, packet) || !AclAllows(nat.subnet_id, false, packet)) return false;
      if (!AclAllows(nat.subnet_id, true, packet.Answer())) return false;
      if (!AclAllows(from.subnet_id, false, packet.Answer())) return false;
    }
    // The gateway takes any port of its own that works; ports at which no list of rules changes need not be tried.
    for (int port : {1024, 2000, 3000, 3500, 4000, 4001, 65535}) {
      OnePacket translated = packet;
      translated.source = nat.private_address;
      translated.source_port = port;
      if (BehindNat(nat, translated)) return true;
    }
    return false;
  }

  bool BehindNat(const NatGateway& nat, const OnePacket& packet) const {
    const auto& interface = *ById(e_.interfaces, nat.network_interface_id);
    const std::string next = Next(nat.subnet_id, packet.destination);
    if (next.starts_with("pcx-")) return Privately(interface, packet);
    if (!AclAllows(nat.subnet_id, true, packet) || !AclAllows(nat.subnet_id, false, packet.Answer())) return false;
    if (next.starts_with("vpce-")) return GatewayEndpointTakes(next, packet);
    const auto* gateway = ById(e_.internet_gateways, next);
    return gateway != nullptr && nat.public_address && Outside(packet, *nat.public_address);
  }

  const Elements& e_;
};

std::string Show(const Flow& flow) {
  const auto end = [](const Endpoint& endpoint) -> std::string {
    if (const auto* i = std::get_if<InterfaceEndpoint>(&endpoint)) return i->id;
    if (const auto* a = std::get_if<AddressEndpoint>(&endpoint)) return a->address.ToString();
    if (const auto* n = std::get_if<InternetEndpoint>(&endpoint)) return "internet " + n->address->ToString();
    return std::get<ServiceEndpoint>(endpoint).name;
  };
  return end(flow.source) + ":" + std::to_string(flow.source_ports.from) + " -> " + end(flow.destination) + ":" +
         std::to_string(flow.destination_ports.from) + " " + std::string(NameOf(flow.protocol));
}

}  // namespace

TEST_CASE("The engine and the naive evaluator agree on random networks") {
  int reachable = 0;
  int flows = 0;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    RandomWorld world(seed);
    const Topology topology = world.elements.ToTopology();
    const Naive naive(world.elements);
    for (int i = 0; i < 25; ++i) {
      Flow flow = world.RandomFlow();
      const Path path = Evaluate(topology, flow);
      const bool expected = naive.Reaches(flow, flow.source_ports.from);
      if (path.reachable() != expected) {
        INFO("seed " << seed << ": " << Show(flow) << "\n"
                     << Codes(path) << "\n"
                     << Ids(path.forward) << "\n"
                     << Ids(path.back));
        REQUIRE(path.reachable() == expected);
      }
      ++flows;
      reachable += expected ? 1 : 0;
      if (i % 5 != 0) continue;
      // A flow of many source ports is the sum of the flows of each.
      flow.source_ports = PortRange::Ephemeral();
      const Path all = Evaluate(topology, flow);
      for (int port : {1024, 2999, 3000, 4000, 4001, 30000, 65535}) {
        const bool passes = std::any_of(all.source_ports.begin(), all.source_ports.end(),
                                        [&](const PortRange& range) { return range.from <= port && port <= range.to; });
        INFO("seed " << seed << ": " << Show(flow) << " source port " << port << "\n" << Codes(all));
        REQUIRE(passes == naive.Reaches(flow, port));
      }
    }
  }
  // Both answers must be common, or the comparison would say little.
  CHECK(reachable > flows / 8);
  CHECK(reachable < flows * 5 / 6);
}
