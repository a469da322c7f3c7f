#include "emulator/tasks/proxy_protocol.h"

#include <arpa/inet.h>

#include <cstring>

namespace drydock::tasks {

namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr char kVersion2Proxy = 0x21;
constexpr char kTcpOverIpv4 = 0x11;
constexpr unsigned char kVpcType = 0xE0;
constexpr std::size_t kHeaderSize = 16;
constexpr std::size_t kAddressesSize = 12;
constexpr std::size_t kLongest = 512;

void AppendNumber(std::string& out, std::size_t number) {
  out += static_cast<char>(number >> 8 & 0xff);
  out += static_cast<char>(number & 0xff);
}

std::uint16_t NumberAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                    static_cast<unsigned char>(bytes[at + 1]));
}

void AppendAddress(std::string& out, const std::string& address) {
  char bytes[4] = {};
  ::inet_pton(AF_INET, address.c_str(), bytes);
  out.append(bytes, sizeof bytes);
}

std::string AddressAt(std::string_view bytes, std::size_t at) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, bytes.data() + at, text, sizeof text);
  return text;
}

}  // namespace

std::string EncodePreface(const Preface& preface) {
  std::string out(kSignature);
  out += kVersion2Proxy;
  out += kTcpOverIpv4;
  AppendNumber(out, kAddressesSize + 3 + preface.vpc_id.size());
  AppendAddress(out, preface.source_address);
  AppendAddress(out, preface.destination_address);
  AppendNumber(out, preface.source_port);
  AppendNumber(out, preface.destination_port);
  out += static_cast<char>(kVpcType);
  AppendNumber(out, preface.vpc_id.size());
  return out + preface.vpc_id;
}

PrefaceOutcome DecodePreface(std::string_view bytes, Preface& preface, std::size_t& size) {
  const std::size_t known = std::min(bytes.size(), kSignature.size());
  if (bytes.substr(0, known) != kSignature.substr(0, known)) return PrefaceOutcome::kInvalid;
  if (bytes.size() < kHeaderSize) return PrefaceOutcome::kIncomplete;
  if (bytes[12] != kVersion2Proxy || bytes[13] != kTcpOverIpv4) return PrefaceOutcome::kInvalid;
  const std::size_t length = NumberAt(bytes, 14);
  if (length < kAddressesSize || length > kLongest) return PrefaceOutcome::kInvalid;
  if (bytes.size() < kHeaderSize + length) return PrefaceOutcome::kIncomplete;
  preface.source_address = AddressAt(bytes, kHeaderSize);
  preface.destination_address = AddressAt(bytes, kHeaderSize + 4);
  preface.source_port = NumberAt(bytes, kHeaderSize + 8);
  preface.destination_port = NumberAt(bytes, kHeaderSize + 10);
  preface.vpc_id.clear();
  size = kHeaderSize + length;
  for (std::size_t at = kHeaderSize + kAddressesSize; at < size;) {
    if (size - at < 3) return PrefaceOutcome::kInvalid;
    const std::size_t value_size = NumberAt(bytes, at + 1);
    if (size - at - 3 < value_size) return PrefaceOutcome::kInvalid;
    if (static_cast<unsigned char>(bytes[at]) == kVpcType) preface.vpc_id = bytes.substr(at + 3, value_size);
    at += 3 + value_size;
  }
  return preface.vpc_id.empty() ? PrefaceOutcome::kInvalid : PrefaceOutcome::kComplete;
}

}  // namespace drydock::tasks
