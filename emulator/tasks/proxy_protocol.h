// Who a connection is meant for, told in its first bytes by the PROXY protocol, version 2 (haproxy.org,
// doc/proxy-protocol.txt): so that one socket of this machine can stand for every address of every VPC. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drydock::tasks {

struct Preface {
  std::string source_address;  // IPv4
  std::uint16_t source_port = 0;
  std::string destination_address;  // IPv4, inside the VPC
  std::uint16_t destination_port = 0;
  std::string vpc_id;  // a TLV of type 0xE0, from the range for custom use
};

// What is no IPv4 address is written 0.0.0.0.
std::string EncodePreface(const Preface& preface);

enum class PrefaceOutcome { kIncomplete, kComplete, kInvalid };

// kComplete: `size` is how many of `bytes` the preface took. Only what EncodePreface writes is valid: version 2, PROXY,
// TCP over IPv4, with a VPC.
PrefaceOutcome DecodePreface(std::string_view bytes, Preface& preface, std::size_t& size);

}  // namespace drydock::tasks
