// IPv4 and IPv6 addresses and CIDR blocks: parsing, printing, containment, and AWS's rules for subnets' addresses.
//
// Everything here is a plain value and may be used from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::network {

enum class Family : std::uint8_t { kIpv4, kIpv6 };

// The number of bits in an address of this family: 32 or 128.
constexpr int BitsOf(Family family) {
  return family == Family::kIpv4 ? 32 : 128;
}

// One address. Ordered: all IPv4 addresses before all IPv6 ones, then by number.
class Address {
 public:
  constexpr Address() = default;  // 0.0.0.0
  static constexpr Address V4(std::uint32_t value) { return Address(Family::kIpv4, 0, value); }
  static constexpr Address V6(std::uint64_t high, std::uint64_t low) { return Address(Family::kIpv6, high, low); }
  // Dotted IPv4 ("10.0.1.5", four plain decimals) or any textual IPv6 form; nullopt for all else, zones included.
  static std::optional<Address> Parse(std::string_view text);

  constexpr Family family() const { return family_; }
  constexpr bool is_ipv4() const { return family_ == Family::kIpv4; }
  constexpr std::uint64_t high() const { return high_; }  // the upper 64 bits; 0 for IPv4
  constexpr std::uint64_t low() const { return low_; }

  // The address `offset` further on, wrapping round at the end of the family's space.
  Address Plus(std::uint64_t offset) const;

  // "10.0.1.5"; IPv6 in RFC 5952's form, "2001:db8::1".
  std::string ToString() const;

  auto operator<=>(const Address&) const = default;

 private:
  constexpr Address(Family family, std::uint64_t high, std::uint64_t low) : family_(family), high_(high), low_(low) {}

  Family family_ = Family::kIpv4;
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

// A block of addresses. A block that was parsed may have host bits set ("10.0.0.5/16"); Canonical() clears them, as
// EC2 does when it takes a CIDR, and every question below is answered for the canonical block.
class Cidr {
 public:
  Cidr() = default;  // 0.0.0.0/0
  // Prefix lengths beyond the family's bits are cut to them, negative ones to 0.
  Cidr(Address address, int prefix_length);
  // The block of a single address: /32 or /128.
  explicit Cidr(Address address) : Cidr(address, BitsOf(address.family())) {}
  // "<address>/<prefix length>"; nullopt without a slash, with a prefix length out of range, signed or zero-padded.
  static std::optional<Cidr> Parse(std::string_view text);

  Family family() const { return address_.family(); }
  const Address& address() const { return address_; }  // as given, host bits and all
  int prefix_length() const { return prefix_length_; }

  bool IsCanonical() const;
  Cidr Canonical() const;
  Address First() const;
  Address Last() const;
  bool Contains(const Address& address) const;
  bool Contains(const Cidr& other) const;
  bool Overlaps(const Cidr& other) const;
  // How many addresses; 2^64-1 stands for everything larger.
  std::uint64_t Size() const;

  std::string ToString() const;  // "10.0.0.0/16"

  bool operator==(const Cidr&) const = default;

 private:
  Address address_;
  int prefix_length_ = 0;
};

// RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16. An internet gateway lets no such address pass.
bool IsRfc1918(const Address& address);
// RFC 6598: 100.64.0.0/10, shared address space.
bool IsRfc6598(const Address& address);
// 169.254.0.0/16 and fe80::/10, and the fd00:ec2::/32 in which EC2 puts the IPv6 addresses of its own services.
bool IsLinkLocal(const Address& address);
// An address that a host on the internet can have: none of the above, no unique local IPv6, no loopback or multicast.
bool IsPublic(const Address& address);

// Whether AWS keeps this address of a subnet's block for itself: the first four (network, VPC router, DNS, future use)
// and the last (broadcast); in IPv6 blocks likewise. VPC user guide, "Subnet CIDR blocks".
bool IsReservedInSubnet(const Cidr& subnet, const Address& address);
// How many addresses of a subnet's block can be given to network interfaces: its size less five.
std::uint64_t UsableAddressCount(const Cidr& subnet);
// The lowest address of the block that is neither reserved nor taken; nullopt when the subnet is full.
std::optional<Address> FirstFreeAddress(const Cidr& subnet, const std::function<bool(const Address&)>& is_taken);
// The lowest block of `prefix_length` inside `within` that overlaps none of `taken`; nullopt when there is none.
std::optional<Cidr> FirstFreeBlock(const Cidr& within, int prefix_length, const std::vector<Cidr>& taken);

}  // namespace drydock::network

template <>
struct std::hash<drydock::network::Address> {
  std::size_t operator()(const drydock::network::Address& address) const noexcept;
};
