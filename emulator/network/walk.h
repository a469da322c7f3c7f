// The way of packets through the elements, hop by hop. Internal to the network room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/network/evaluate.h"
#include "emulator/network/topology.h"

namespace drydock::network {

// Where packets stand inside a VPC: at a network interface.
struct Position {
  std::string_view interface_id;
  std::string_view subnet_id;
  std::string_view vpc_id;
  const NatGateway* nat_gateway = nullptr;  // when the interface is a NAT gateway's
};

// Where a walk ended.
struct Terminal {
  enum class Kind {
    kNowhere,    // stopped for good
    kInterface,  // received by `interface`
    kInternet,   // out on the internet, or at a service's public address
    kEndpoint,   // at a service behind the gateway endpoint `endpoint`
    kLinkLocal,  // at one of EC2's own services, which no rule concerns
  };
  Kind kind = Kind::kNowhere;
  const NetworkInterface* interface = nullptr;
  const VpcEndpoint* endpoint = nullptr;
};

// What the network remembers of a flow that it let pass, so that the reply finds its way back.
struct Connection {
  struct Translation {
    const NatGateway* nat_gateway;
    Packet before;
  };
  struct Seen {
    std::string_view interface_id;
    std::string_view group_id;  // the group whose rule admitted the flow
  };
  std::vector<Translation> translations;     // in the order of the way out; the reply undoes the last first
  std::vector<Seen> seen;                    // the interfaces whose security groups track the flow
  const NetworkInterface* origin = nullptr;  // the interface that the flow came from
  std::optional<Position> exit;              // the last position before the flow left the VPC for outside
  const EgressOnlyInternetGateway* egress_only = nullptr;  // when it left through one
  bool without_public_address = false;  // already reported: an internet gateway has no public address to work with
};

// One direction of a flow. A walk goes on behind what stops the packets wherever it is clear where they would have
// gone, so that a single walk finds every obstacle; `explanations` says whether there were any.
class Walk {
 public:
  // `goal` is the interface that the flow is meant for, when known; the reply's goal is where the flow came from.
  Walk(const Topology& topology, bool on_return, Connection& connection, Packet packet, const NetworkInterface* goal,
       std::vector<Hop>& hops, std::vector<Explanation>& explanations)
      : topology_(topology),
        on_return_(on_return),
        connection_(connection),
        packet_(std::move(packet)),
        goal_(goal),
        hops_(hops),
        explanations_(explanations) {}

  Terminal FromInterface(const NetworkInterface& interface);
  Terminal FromInternet();
  Terminal FromEndpoint(const VpcEndpoint& endpoint);

  const Packet& packet() const { return packet_; }
  // The name to show for a destination outside (a service's), instead of the address.
  void NameDestination(std::string_view service_name) { service_name_ = service_name; }
  // Marks the last hop as the one that stops the packets.
  Explanation& Stop(ExplanationCode code);

 private:
  Hop& Enter(Component component, std::string_view id, const Position& at);
  Terminal Leave(const Position& from);
  Terminal Follow(const Route& route, const Position& from);
  // Into a subnet (its network ACL, unless the packets come from inside) and to an interface. `interface` may only be
  // nullptr for a NAT gateway whose interface the topology does not hold.
  Terminal Arrive(const Position& at, const NetworkInterface* interface, std::string_view from_subnet_id);
  // To whoever holds the destination address in the VPC.
  Terminal Deliver(std::string_view vpc_id, std::string_view from_subnet_id);

  Terminal ThroughInternetGateway(const InternetGateway& gateway, const Position& from);
  Terminal ThroughEgressOnly(const EgressOnlyInternetGateway& gateway, const Position& from);
  Terminal ThroughNatGateway(const NatGateway& gateway, const Position& from);
  Terminal ThroughEndpoint(const VpcEndpoint& endpoint, const Position& from);
  Terminal ThroughPeering(const VpcPeeringConnection& peering, const Position& from);
  Terminal WithoutRoute(const Position& from);
  Terminal OnInternet();
  Terminal IntoVpc(const Position& to);
  Terminal AtNatGateway(const Position& at);
  // EC2's own services (DNS, instance and task metadata, time, the VPC router), which no group and no ACL filters.
  std::optional<Terminal> AtLinkLocal(const Position& from);

  void CheckAcl(std::string_view subnet_id, Direction direction, const Position& at);
  void CheckGroups(const NetworkInterface& interface, Direction direction);
  void ExplainLostIdentity(const NetworkInterface& interface, Direction direction);
  bool StaysInSubnet(const Route& route, const Position& from) const;
  bool IsUsable(const Route& route, const Position& from) const;
  bool IsInVpc(std::string_view vpc_id, const Address& address) const;
  std::optional<Address> PublicAddressOf(const Position& at, const Address& address) const;
  const VpcEndpoint* EndpointBehind(const NetworkInterface& interface) const;

  const Topology& topology_;
  const bool on_return_;
  Connection& connection_;
  Packet packet_;
  const NetworkInterface* const goal_;
  std::vector<Hop>& hops_;
  std::vector<Explanation>& explanations_;
  std::string_view service_name_;
};

// Whether the address is one of the interface's own.
bool Holds(const NetworkInterface& interface, const Address& address);
Position PositionOf(const Topology& topology, const NetworkInterface& interface);

}  // namespace drydock::network
