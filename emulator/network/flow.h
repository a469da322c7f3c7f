// What may be asked of the engine: a flow from somewhere to somewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "emulator/network/address.h"

namespace drydock::network {

// kAny stands for every protocol at once: only rules for all protocols admit it.
enum class Protocol : std::uint8_t { kTcp, kUdp, kIcmp, kAny };

// The IANA number as security group and network ACL rules have it: 6, 17, 1 (IPv6: 58), and -1 for kAny.
int NumberOf(Protocol protocol, Family family);
// "tcp", "udp", "icmp", "all".
std::string_view NameOf(Protocol protocol);

// From the first to the last port, both included.
struct PortRange {
  std::uint16_t from = 0;
  std::uint16_t to = 65535;

  static constexpr PortRange One(std::uint16_t port) { return {port, port}; }
  // The source ports of ELB, NAT gateways and Lambda; Linux hosts use 32768-60999. VPC user guide, "Ephemeral ports".
  static constexpr PortRange Ephemeral() { return {1024, 65535}; }
  // The ports that any client may use: they are in the ranges of Linux, Windows (49152-65535), ELB and NAT gateways.
  static constexpr PortRange OfAnyClient() { return {49152, 60999}; }
  bool operator==(const PortRange&) const = default;
};

struct IcmpType {
  int type = 8;
  int code = 0;
  bool operator==(const IcmpType&) const = default;
};

// A network interface of the topology, by its id: a task, an instance, a load balancer's node. It speaks from (and is
// spoken to at) its primary private address of the flow's family, or at `address`.
struct InterfaceEndpoint {
  std::string id;
  std::optional<Address> address = std::nullopt;
};

// A host on the internet that no topology knows. Its address matters to rules that name public blocks; absent, it is
// 203.0.113.1 (RFC 5737), or 2001:db8::1 when the other end has no IPv4 address.
struct InternetEndpoint {
  std::optional<Address> address = std::nullopt;
};

// An AWS service by its endpoint service name, such as com.amazonaws.us-east-1.ecr.api. Only a destination. The engine
// resolves it as the VPC's DNS would: to an interface endpoint with private DNS in the source's VPC, or else to a
// public address, which routes may lead to a gateway endpoint, an internet gateway or a NAT gateway.
struct ServiceEndpoint {
  std::string name;
};

// Any address. A private one is looked for in the other end's VPC and its peers; a public one is the interface that
// holds it, where one does, and otherwise a host on the internet.
struct AddressEndpoint {
  Address address;
};

using Endpoint = std::variant<InterfaceEndpoint, AddressEndpoint, InternetEndpoint, ServiceEndpoint>;

// The flow is a set of packets when a range of ports is given: it is reachable when at least one of them, and the
// reply to it, arrives. Who decides about a real connection gives its real source port.
struct Flow {
  Endpoint source;
  Endpoint destination;
  Protocol protocol = Protocol::kTcp;
  PortRange destination_ports = {};  // tcp and udp only
  // tcp and udp only. Unless told otherwise, not all of the ephemeral ones: a network ACL that admits just some odd one
  // of them, such as the listener's own port, cuts off nearly every connection.
  PortRange source_ports = PortRange::OfAnyClient();
  std::optional<IcmpType> icmp = std::nullopt;  // icmp only; absent: an echo request of the flow's family

  static Flow Tcp(Endpoint source, Endpoint destination, std::uint16_t port) {
    return {std::move(source), std::move(destination), Protocol::kTcp, PortRange::One(port)};
  }
  static Flow Udp(Endpoint source, Endpoint destination, std::uint16_t port) {
    return {std::move(source), std::move(destination), Protocol::kUdp, PortRange::One(port)};
  }
};

}  // namespace drydock::network
