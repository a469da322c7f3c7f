#include "emulator/network/address.h"

#include <catch2/catch.hpp>
#include <set>

#include "emulator/network/testing/world.h"

using namespace drydock::network;
using drydock::network::testing::A;
using drydock::network::testing::C;

TEST_CASE("Addresses are parsed as inet_pton does and printed in their usual form") {
  CHECK(A("10.0.1.5") == Address::V4(0x0A000105));
  CHECK(A("255.255.255.255").ToString() == "255.255.255.255");
  CHECK(A("2001:DB8:0:0:0:0:0:1").ToString() == "2001:db8::1");  // RFC 5952
  CHECK(A("::") == Address::V6(0, 0));
  for (const char* bad : {"", "10.0.1", "10.0.1.256", "010.0.0.1", "10.0.0.1 ", "1.2.3.4/8", "fe80::1%eth0",
                          "::1::", "localhost", "12345::"}) {
    INFO(bad);
    CHECK_FALSE(Address::Parse(bad));
  }
  CHECK_FALSE(Address::Parse(std::string(1000, '1')));
  CHECK_FALSE(Address::Parse(std::string_view("10.0.0.1\0x", 10)));
}

TEST_CASE("CIDR blocks are parsed strictly") {
  CHECK(C("10.0.0.0/16").ToString() == "10.0.0.0/16");
  CHECK(C("::/0").prefix_length() == 0);
  CHECK(C("2001:db8::/128").prefix_length() == 128);
  for (const char* bad : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/016",
                          "10.0.0/8", "/8", "::/129", "10.0.0.0/8/8", "10.0.0.0/ 8", "10.0.0.0/8x", "10.0.0.0/9999"}) {
    INFO(bad);
    CHECK_FALSE(Cidr::Parse(bad));
  }
}

TEST_CASE("A block with host bits set has a canonical form") {
  // VPC user guide, "Network ACL rules": 100.68.0.18/18 becomes 100.68.0.0/18.
  CHECK_FALSE(C("100.68.0.18/18").IsCanonical());
  CHECK(C("100.68.0.18/18").Canonical() == C("100.68.0.0/18"));
  CHECK(C("2001:db8::1/64").Canonical() == C("2001:db8::/64"));
  CHECK(C("0.0.0.0/0").IsCanonical());
}

TEST_CASE("Containment and overlap") {
  CHECK(C("10.0.0.0/16").Contains(A("10.0.255.255")));
  CHECK_FALSE(C("10.0.0.0/16").Contains(A("10.1.0.0")));
  CHECK(C("0.0.0.0/0").Contains(A("1.2.3.4")));
  CHECK_FALSE(C("0.0.0.0/0").Contains(A("::1")));  // IPv4 and IPv6 are separate ("Route tables")
  CHECK_FALSE(C("::/0").Contains(A("0.0.0.0")));
  CHECK(C("2001:db8::/56").Contains(A("2001:db8:0:ff::1")));
  CHECK_FALSE(C("2001:db8::/56").Contains(A("2001:db8:0:100::1")));
  CHECK(C("2001:db8::/72").Contains(A("2001:db8::00ff:0:0:1")));
  CHECK_FALSE(C("2001:db8::/72").Contains(A("2001:db8:0:0:100::1")));
  CHECK(C("10.0.0.0/8").Contains(C("10.3.0.0/16")));
  CHECK_FALSE(C("10.3.0.0/16").Contains(C("10.0.0.0/8")));
  CHECK(C("10.3.0.0/16").Overlaps(C("10.0.0.0/8")));
  CHECK(C("10.0.0.0/8").Overlaps(C("10.3.0.0/16")));
  CHECK_FALSE(C("10.0.0.0/25").Overlaps(C("10.0.0.128/25")));
  CHECK(C("10.0.0.0/24").First() == A("10.0.0.0"));
  CHECK(C("10.0.0.0/24").Last() == A("10.0.0.255"));
  CHECK(C("2001:db8::/64").Last() == A("2001:db8::ffff:ffff:ffff:ffff"));
  CHECK(C("10.0.0.0/24").Size() == 256);
  CHECK(C("0.0.0.0/0").Size() == 1ULL << 32);
}

TEST_CASE("Adding to an address carries and wraps") {
  CHECK(A("10.0.0.255").Plus(1) == A("10.0.1.0"));
  CHECK(A("255.255.255.255").Plus(1) == A("0.0.0.0"));
  CHECK(A("2001:db8::ffff:ffff:ffff:ffff").Plus(1) == A("2001:db8:0:1::"));
}

TEST_CASE("Kinds of addresses") {
  CHECK(IsRfc1918(A("172.31.255.255")));
  CHECK_FALSE(IsRfc1918(A("172.32.0.0")));
  CHECK(IsRfc6598(A("100.64.0.1")));
  CHECK(IsLinkLocal(A("169.254.169.254")));
  CHECK(IsLinkLocal(A("fd00:ec2::253")));
  CHECK(IsPublic(A("203.0.113.1")));
  CHECK(IsPublic(A("2600:1f18::1")));
  for (const char* other : {"10.1.2.3", "100.64.0.1", "169.254.1.1", "127.0.0.1", "224.0.0.1", "0.0.0.0", "::1",
                            "fd12::1", "fe80::1", "ff02::1", "255.255.255.255"}) {
    INFO(other);
    CHECK_FALSE(IsPublic(A(other)));
  }
}

TEST_CASE("AWS keeps five addresses of each subnet") {
  // VPC user guide, "Subnet sizing for IPv4": 10.0.0.0/24 reserves .0 to .3 and .255.
  const Cidr subnet = C("10.0.0.0/24");
  CHECK(UsableAddressCount(subnet) == 251);
  CHECK(UsableAddressCount(C("10.0.0.0/28")) == 11);
  CHECK(UsableAddressCount(C("10.0.0.0/30")) == 0);
  for (const char* reserved : {"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.255"}) {
    CHECK(IsReservedInSubnet(subnet, A(reserved)));
  }
  CHECK_FALSE(IsReservedInSubnet(subnet, A("10.0.0.4")));
  CHECK_FALSE(IsReservedInSubnet(subnet, A("10.0.0.254")));
  CHECK_FALSE(IsReservedInSubnet(subnet, A("10.0.1.0")));
}

TEST_CASE("The first free address, until the subnet is full") {
  std::set<Address> taken;
  const auto is_taken = [&](const Address& address) { return taken.count(address) > 0; };
  const Cidr subnet = C("10.0.0.16/28");
  CHECK(FirstFreeAddress(subnet, is_taken) == A("10.0.0.20"));
  while (const auto address = FirstFreeAddress(subnet, is_taken)) {
    CHECK_FALSE(IsReservedInSubnet(subnet, *address));
    CHECK(subnet.Contains(*address));
    taken.insert(*address);
  }
  CHECK(taken.size() == 11);
  CHECK(FirstFreeAddress(C("2001:db8::/64"), is_taken) == A("2001:db8::4"));
  CHECK_FALSE(FirstFreeAddress(C("10.0.0.0/32"), is_taken));
}

TEST_CASE("The first free block") {
  CHECK(FirstFreeBlock(C("10.0.0.0/16"), 24, {}) == C("10.0.0.0/24"));
  CHECK(FirstFreeBlock(C("10.0.0.0/16"), 24, {C("10.0.0.0/20"), C("10.0.16.128/25")}) == C("10.0.17.0/24"));
  CHECK(FirstFreeBlock(C("10.0.0.0/16"), 20, {C("10.0.0.0/28")}) == C("10.0.16.0/20"));
  CHECK_FALSE(FirstFreeBlock(C("10.0.0.0/16"), 16, {C("10.0.5.0/24")}));
  CHECK_FALSE(FirstFreeBlock(C("10.0.0.0/16"), 8, {}));
  CHECK_FALSE(FirstFreeBlock(C("255.255.255.0/24"), 25, {C("255.255.255.0/25"), C("255.255.255.128/25")}));
  CHECK(FirstFreeBlock(C("2001:db8::/56"), 64, {C("2001:db8::/64")}) == C("2001:db8:0:1::/64"));
}
