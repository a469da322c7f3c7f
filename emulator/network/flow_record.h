// What a path looks like to VPC Flow Logs: records of the packets that each network interface on it sees.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/network/evaluate.h"

namespace drydock::network {

// Packets of one direction at one interface. VPC User Guide, "Flow log records".
struct FlowRecord {
  std::string interface_id;
  std::string subnet_id;
  std::string vpc_id;
  Direction direction = Direction::kEgress;
  bool accepted = true;  // by security groups and network ACLs
  int protocol = 6;      // IANA number
  // As the interface has them; a NAT gateway's stands in for the packets' own (pkt-srcaddr, pkt-dstaddr).
  Address source, destination;
  Address packet_source, packet_destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  int tcp_flags = 0;                // FIN 1, SYN 2, ACK (with SYN) 16
  int traffic_path = 0;             // egress: how it leaves; 0: none of the numbers
  std::string source_service;       // com.amazonaws.<region>.<service>, of what an AWS service sent
  std::string destination_service;  // of what goes to one
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  Timestamp start, end;  // of the first and the last packet
};

// The records of one connection along `path`, at `now`. Behind the first thing that stops packets nobody sees them.
// What neither a security group nor a network ACL stops is accepted, though it may not arrive.
//
// A connection counts as one without content: three packets there (SYN, ACK, FIN), three back; one where it is
// rejected. `source_port` is the sender's, `nat_port` what NAT gateways use in its place.
std::vector<FlowRecord> RecordsOf(const Topology& topology, const Path& path, std::uint16_t source_port,
                                  std::uint16_t nat_port, Timestamp now);

}  // namespace drydock::network
