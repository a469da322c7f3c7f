#include "emulator/network/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>

namespace drydock::network {
namespace {

constexpr std::uint64_t kAllOnes = std::numeric_limits<std::uint64_t>::max();

// A mask whose top `bits` of 64 are set.
constexpr std::uint64_t TopBits(int bits) {
  return bits <= 0 ? 0 : bits >= 64 ? kAllOnes : kAllOnes << (64 - bits);
}

struct Mask {
  std::uint64_t high;
  std::uint64_t low;
};

Mask NetworkMask(Family family, int prefix_length) {
  if (family == Family::kIpv4) return {0, TopBits(prefix_length) >> 32};
  return {TopBits(prefix_length), TopBits(prefix_length - 64)};
}

Address Make(Family family, std::uint64_t high, std::uint64_t low) {
  return family == Family::kIpv4 ? Address::V4(static_cast<std::uint32_t>(low)) : Address::V6(high, low);
}

bool InAny(const Address& address, const auto& blocks) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Cidr& block) { return block.Contains(address); });
}

Cidr V4Block(std::uint32_t address, int prefix_length) {
  return {Address::V4(address), prefix_length};
}
Cidr V6Block(std::uint64_t high, int prefix_length) {
  return {Address::V6(high, 0), prefix_length};
}

std::uint64_t LoadBigEndian(const unsigned char* bytes, int count) {
  std::uint64_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

void StoreBigEndian(std::uint64_t value, unsigned char* bytes, int count) {
  for (int i = count; i-- > 0; value >>= 8) bytes[i] = static_cast<unsigned char>(value);
}

}  // namespace

std::optional<Address> Address::Parse(std::string_view text) {
  // inet_pton wants a terminated string; the longest textual address has 45 characters.
  if (text.size() > 45 || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  unsigned char bytes[16];
  if (inet_pton(AF_INET, terminated.c_str(), bytes) == 1) {
    return V4(static_cast<std::uint32_t>(LoadBigEndian(bytes, 4)));
  }
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) {
    return V6(LoadBigEndian(bytes, 8), LoadBigEndian(bytes + 8, 8));
  }
  return std::nullopt;
}

Address Address::Plus(std::uint64_t offset) const {
  if (is_ipv4()) return V4(static_cast<std::uint32_t>(low_ + offset));
  const std::uint64_t low = low_ + offset;
  return V6(high_ + (low < offset ? 1 : 0), low);
}

std::string Address::ToString() const {
  unsigned char bytes[16];
  char text[INET6_ADDRSTRLEN];
  if (is_ipv4()) {
    StoreBigEndian(low_, bytes, 4);
    return inet_ntop(AF_INET, bytes, text, sizeof text);
  }
  StoreBigEndian(high_, bytes, 8);
  StoreBigEndian(low_, bytes + 8, 8);
  return inet_ntop(AF_INET6, bytes, text, sizeof text);
}

Cidr::Cidr(Address address, int prefix_length)
    : address_(address), prefix_length_(std::clamp(prefix_length, 0, BitsOf(address.family()))) {}

std::optional<Cidr> Cidr::Parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = Address::Parse(text.substr(0, slash));
  const auto digits = text.substr(slash + 1);
  if (!address || digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  unsigned prefix_length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix_length);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (prefix_length > static_cast<unsigned>(BitsOf(address->family()))) return std::nullopt;
  return Cidr(*address, static_cast<int>(prefix_length));
}

bool Cidr::IsCanonical() const {
  return First() == address_;
}

Cidr Cidr::Canonical() const {
  return Cidr(First(), prefix_length_);
}

Address Cidr::First() const {
  const Mask mask = NetworkMask(family(), prefix_length_);
  return Make(family(), address_.high() & mask.high, address_.low() & mask.low);
}

Address Cidr::Last() const {
  const Mask mask = NetworkMask(family(), prefix_length_);
  return Make(family(), address_.high() | ~mask.high, address_.low() | ~mask.low);
}

bool Cidr::Contains(const Address& address) const {
  if (address.family() != family()) return false;
  const Mask mask = NetworkMask(family(), prefix_length_);
  return ((address.high() ^ address_.high()) & mask.high) == 0 && ((address.low() ^ address_.low()) & mask.low) == 0;
}

bool Cidr::Contains(const Cidr& other) const {
  return other.prefix_length_ >= prefix_length_ && Contains(other.address_);
}

bool Cidr::Overlaps(const Cidr& other) const {
  return prefix_length_ <= other.prefix_length_ ? Contains(other.address_) : other.Contains(address_);
}

std::uint64_t Cidr::Size() const {
  const int host_bits = BitsOf(family()) - prefix_length_;
  return host_bits >= 64 ? kAllOnes : std::uint64_t{1} << host_bits;
}

std::string Cidr::ToString() const {
  return address_.ToString() + "/" + std::to_string(prefix_length_);
}

bool IsRfc1918(const Address& address) {
  static const std::array kBlocks{V4Block(0x0A000000, 8), V4Block(0xAC100000, 12), V4Block(0xC0A80000, 16)};
  return InAny(address, kBlocks);
}

bool IsRfc6598(const Address& address) {
  static const Cidr kBlock = V4Block(0x64400000, 10);
  return kBlock.Contains(address);
}

bool IsLinkLocal(const Address& address) {
  static const std::array kBlocks{V4Block(0xA9FE0000, 16), V6Block(0xFE80000000000000, 10),
                                  V6Block(0xFD000EC200000000, 32)};
  return InAny(address, kBlocks);
}

bool IsPublic(const Address& address) {
  static const std::array kOthers{V4Block(0x00000000, 8),         V4Block(0x7F000000, 8),
                                  V4Block(0xE0000000, 3),         Cidr(Address::V6(0, 0), 127),
                                  V6Block(0xFC00000000000000, 7), V6Block(0xFF00000000000000, 8)};
  return !IsRfc1918(address) && !IsRfc6598(address) && !IsLinkLocal(address) && !InAny(address, kOthers);
}

bool IsReservedInSubnet(const Cidr& subnet, const Address& address) {
  if (!subnet.Contains(address)) return false;
  const Address first = subnet.First();
  return address == subnet.Last() || (address.high() == first.high() && address.low() - first.low() < 4);
}

std::uint64_t UsableAddressCount(const Cidr& subnet) {
  const std::uint64_t size = subnet.Size();
  return size > 5 ? size - 5 : 0;
}

std::optional<Address> FirstFreeAddress(const Cidr& subnet, const std::function<bool(const Address&)>& is_taken) {
  if (UsableAddressCount(subnet) == 0) return std::nullopt;
  const Address last = subnet.Last();
  for (Address address = subnet.First().Plus(4); address != last; address = address.Plus(1)) {
    if (!is_taken(address)) return address;
  }
  return std::nullopt;
}

std::optional<Cidr> FirstFreeBlock(const Cidr& within, int prefix_length, const std::vector<Cidr>& taken) {
  if (prefix_length < within.prefix_length() || prefix_length > BitsOf(within.family())) return std::nullopt;
  Cidr candidate(within.First(), prefix_length);
  while (within.Contains(candidate)) {
    const auto obstacle =
        std::find_if(taken.begin(), taken.end(), [&](const Cidr& t) { return t.Overlaps(candidate); });
    if (obstacle == taken.end()) return candidate;
    // Go on behind the larger of the two blocks; wrapping round means that the space is used up.
    const Address next = std::max(obstacle->Last(), candidate.Last()).Plus(1);
    if (next <= candidate.First()) return std::nullopt;
    candidate = Cidr(next, prefix_length);
  }
  return std::nullopt;
}

}  // namespace drydock::network

std::size_t std::hash<drydock::network::Address>::operator()(const drydock::network::Address& address) const noexcept {
  // SplitMix64's finishing steps: neighbouring addresses must spread over the whole range.
  std::uint64_t x = address.high() * 0x9E3779B97F4A7C15U + address.low() + static_cast<std::uint64_t>(address.family());
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return static_cast<std::size_t>(x ^ (x >> 31));
}
