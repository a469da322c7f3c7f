#include "emulator/network/flow_record.h"

#include <algorithm>

namespace drydock::network {
namespace {

constexpr std::uint64_t kPacketBytes = 52;  // an IPv4 packet with TCP's options and no content
constexpr int kFin = 1, kSyn = 2, kSynAck = 18;

// Nitro interfaces' numbers; VPC User Guide, "Flow log records", traffic-path.
constexpr int kThroughVpc = 1, kThroughPeering = 4, kThroughPeeringOfOtherRegion = 5, kThroughGatewayEndpoint = 7,
              kThroughInternetGateway = 8;

class Recorder {
 public:
  Recorder(const Topology& topology, bool back, std::uint16_t sender_port, std::uint16_t nat_port, Timestamp now)
      : topology_(topology), back_(back), sender_port_(sender_port), nat_port_(nat_port), now_(now) {}

  // False when the packets do not get to the end.
  bool Walk(const std::vector<Hop>& hops, std::vector<FlowRecord>& records) {
    for (std::size_t i = 0; i < hops.size(); ++i) {
      const Hop& hop = hops[i];
      const bool filters = hop.component == Component::kSecurityGroup || hop.component == Component::kNetworkAcl;
      if (hop.component == Component::kNatGateway && hop.admitted) AtNatGateway(hops, i, records);
      if (hop.component == Component::kNetworkInterface)
        See(hop, hop.packet, i == 0 || IsSender(hops, i) ? Direction::kEgress : Direction::kIngress, hops, i, records);
      if (hop.admitted) continue;
      if (filters) Reject(hop, hops, i, records);
      return false;
    }
    return true;
  }

 private:
  // The first interface sends, also behind the endpoint that it stands for.
  static bool IsSender(const std::vector<Hop>& hops, std::size_t i) {
    return std::all_of(hops.begin(), hops.begin() + static_cast<std::ptrdiff_t>(i),
                       [](const Hop& hop) { return hop.component == Component::kVpcEndpoint; }) &&
           i + 1 < hops.size();
  }

  FlowRecord& See(const Hop& hop, const Packet& packet, Direction direction, const std::vector<Hop>& hops,
                  std::size_t i, std::vector<FlowRecord>& records) {
    FlowRecord& record = records.emplace_back();
    record.interface_id = hop.network_interface_id;
    record.subnet_id = hop.subnet_id;
    record.vpc_id = hop.vpc_id;
    record.direction = direction;
    record.protocol = NumberOf(packet.protocol, packet.source.family());
    record.source = record.packet_source = packet.source;
    record.destination = record.packet_destination = packet.destination;
    if (packet.protocol == Protocol::kTcp || packet.protocol == Protocol::kUdp) {
      record.source_port = PortOf(packet.source_ports, back_ ? 0 : sender_port_);
      record.destination_port = PortOf(packet.destination_ports, back_ ? sender_port_ : 0);
      if (translated_) (back_ ? record.destination_port : record.source_port) = nat_port_;
    }
    if (packet.protocol == Protocol::kTcp) record.tcp_flags = (back_ ? kSynAck : kSyn) | kFin;
    record.packets = 3;
    record.bytes = record.packets * kPacketBytes;
    record.start = record.end = now_;
    if (direction == Direction::kEgress) record.traffic_path = PathFrom(hops, i);
    const auto service = std::find_if(hops.begin(), hops.end(), [](const Hop& each) {
      return each.component == Component::kAwsService && each.id.starts_with("com.amazonaws.");
    });
    if (service != hops.end()) record.destination_service = service->id;
    return record;
  }

  void Reject(const Hop& hop, const std::vector<Hop>& hops, std::size_t i, std::vector<FlowRecord>& records) {
    // What has left its interface is seen there already: the same record, rejected.
    const auto same = std::find_if(records.begin(), records.end(), [&](const FlowRecord& each) {
      return each.interface_id == hop.network_interface_id && each.direction == hop.direction &&
             each.source == hop.packet.source && each.destination == hop.packet.destination;
    });
    FlowRecord& record = same != records.end() ? *same : See(hop, hop.packet, hop.direction, hops, i, records);
    record.accepted = false;
    record.packets = 1;
    record.bytes = kPacketBytes;
    record.traffic_path = 0;
    if (record.tcp_flags != 0) record.tcp_flags = back_ ? kSynAck : kSyn;
  }

  void AtNatGateway(const std::vector<Hop>& hops, std::size_t i, std::vector<FlowRecord>& records) {
    const auto* gateway = topology_.Find<NatGateway>(hops[i].id);
    if (!gateway || i == 0) return;
    if (back_) translated_ = true;
    const Packet& before = hops[i - 1].packet;
    FlowRecord& in = See(hops[i], before, Direction::kIngress, hops, i, records);
    in.destination = gateway->private_address;
    translated_ = !back_;
    FlowRecord& out = See(hops[i], hops[i].packet, Direction::kEgress, hops, i, records);
    if (back_) out.source = gateway->private_address;
  }

  static std::uint16_t PortOf(const std::vector<PortRange>& ports, std::uint16_t chosen) {
    if (chosen != 0 || ports.empty()) return chosen;
    return ports.front().from;
  }

  int PathFrom(const std::vector<Hop>& hops, std::size_t from) const {
    for (std::size_t i = from + 1; i < hops.size(); ++i) {
      switch (hops[i].component) {
        case Component::kInternetGateway:
          return kThroughInternetGateway;
        case Component::kNatGateway:
          return kThroughVpc;
        case Component::kVpcEndpoint: {
          const auto* endpoint = topology_.Find<VpcEndpoint>(hops[i].id);
          return endpoint && endpoint->type == VpcEndpoint::Type::kGateway ? kThroughGatewayEndpoint : kThroughVpc;
        }
        case Component::kVpcPeeringConnection: {
          const auto* peering = topology_.Find<VpcPeeringConnection>(hops[i].id);
          const auto* a = peering ? topology_.Find<Vpc>(peering->requester_vpc_id) : nullptr;
          const auto* b = peering ? topology_.Find<Vpc>(peering->accepter_vpc_id) : nullptr;
          return a && b && a->region != b->region ? kThroughPeeringOfOtherRegion : kThroughPeering;
        }
        case Component::kNetworkInterface:
          return kThroughVpc;
        default:
          break;
      }
    }
    return 0;
  }

  const Topology& topology_;
  const bool back_;
  const std::uint16_t sender_port_;
  const std::uint16_t nat_port_;
  const Timestamp now_;
  bool translated_ = false;
};

}  // namespace

std::vector<FlowRecord> RecordsOf(const Topology& topology, const Path& path, std::uint16_t source_port,
                                  std::uint16_t nat_port, Timestamp now) {
  std::vector<FlowRecord> records;
  const bool arrived = Recorder(topology, false, source_port, nat_port, now).Walk(path.forward, records);
  if (!arrived) return records;
  std::vector<FlowRecord> replies;
  Recorder(topology, true, source_port, nat_port, now).Walk(path.back, replies);
  // Behind a NAT gateway a reply goes to the gateway's port.
  const bool translated = std::any_of(path.forward.begin(), path.forward.end(),
                                      [](const Hop& hop) { return hop.component == Component::kNatGateway; });
  if (translated && !replies.empty() && replies.front().interface_id != path.source_interface_id)
    replies.front().destination_port = nat_port;
  std::string service;
  for (const auto& record : records) service = record.destination_service;
  for (auto& reply : replies) reply.source_service = service;
  records.insert(records.end(), replies.begin(), replies.end());
  return records;
}

}  // namespace drydock::network
