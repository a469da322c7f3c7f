#include "emulator/network/topology.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

#include "emulator/network/persistent_map.h"
#include "emulator/network/testing/world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

struct FewHashes {
  std::uint64_t operator()(int key) const { return static_cast<std::uint64_t>(key % 7) << 60 | 5U; }
};
struct Spread {
  std::uint64_t operator()(int key) const { return static_cast<std::uint64_t>(key) * 0x9E3779B97F4A7C15U; }
};

template <class Hash>
void CompareWithStdMap() {
  using Map = PersistentMap<int, int, Hash>;
  std::mt19937 random(20260101);
  Map map;
  std::map<int, int> expected;
  std::vector<std::pair<Map, std::map<int, int>>> snapshots;
  for (int step = 0; step < 4000; ++step) {
    const int key = static_cast<int>(random() % 300);
    if (random() % 3 != 0) {
      map = map.With(key, step);
      expected[key] = step;
    } else {
      map = map.Without(key);
      expected.erase(key);
    }
    if (step % 500 == 0) snapshots.emplace_back(map, expected);
  }
  snapshots.emplace_back(map, expected);
  // Older versions are as they were, whatever happened since.
  for (const auto& [version, content] : snapshots) {
    REQUIRE(version.size() == content.size());
    std::map<int, int> seen;
    version.ForEach([&](int key, int value) { seen[key] = value; });
    CHECK(seen == content);
    for (int key = 0; key < 300; ++key) {
      const auto* found = version.Find(key);
      CHECK((found != nullptr) == (content.count(key) > 0));
    }
  }
}

}  // namespace

TEST_CASE("The persistent map holds what a map holds, in every version") {
  CompareWithStdMap<Spread>();
}
TEST_CASE("The persistent map survives colliding hashes") {
  CompareWithStdMap<FewHashes>();
}

TEST_CASE("A change leaves the topology it was made from as it was") {
  World world;
  world.AddVpc("vpc-1", {"10.0.0.0/16"});
  world.AddSubnet("subnet-1", "vpc-1", {"10.0.1.0/24"});
  world.AddInterface("eni-1", "subnet-1", {"10.0.1.5"}, {"sg-1"}, "203.0.113.9");
  const Topology before = world.topology;
  world.Edit<NetworkInterface>("eni-1", [](NetworkInterface& interface) {
    interface.private_ipv4 = {{A("10.0.1.6")}};
    interface.group_ids = {"sg-2"};
  });
  CHECK(before.InterfaceAt("vpc-1", A("10.0.1.5")) != nullptr);
  CHECK(before.InterfaceAt("vpc-1", A("10.0.1.6")) == nullptr);
  CHECK(before.InterfaceAtPublic(A("203.0.113.9")) != nullptr);
  CHECK(before.AddressesOf("sg-1") == std::vector{A("10.0.1.5")});
  CHECK(before.AddressesOf("sg-2").empty());
  CHECK(world.topology.InterfaceAt("vpc-1", A("10.0.1.5")) == nullptr);
  CHECK(world.topology.InterfaceAt("vpc-1", A("10.0.1.6")) != nullptr);
  CHECK(world.topology.InterfaceAtPublic(A("203.0.113.9")) == nullptr);
  CHECK(world.topology.AddressesOf("sg-1").empty());
  CHECK(world.topology.AddressesOf("sg-2") == std::vector{A("10.0.1.6")});
  CHECK(world.topology.Count<NetworkInterface>() == 1);

  world.Remove<NetworkInterface>("eni-1");
  CHECK(world.topology.Find<NetworkInterface>("eni-1") == nullptr);
  CHECK(world.topology.InterfaceAt("vpc-1", A("10.0.1.6")) == nullptr);
  CHECK(world.topology.AddressesOf("sg-2").empty());
  CHECK(world.topology.Without<NetworkInterface>("eni-none").Count<Vpc>() == 1);
}

TEST_CASE("Associations may be taken over in any order") {
  // EC2's ReplaceRouteTableAssociation changes two tables; whichever comes first, the new one serves the subnet.
  for (const bool new_first : {true, false}) {
    World world;
    world.AddVpc("vpc-1", {"10.0.0.0/16"});
    world.AddSubnet("subnet-1", "vpc-1", {"10.0.1.0/24"});
    world.AddMainRouteTable("rtb-main", "vpc-1", {});
    const Subnet& subnet = *world.topology.Find<Subnet>("subnet-1");
    CHECK(world.topology.RouteTableOf(subnet)->id == "rtb-main");
    world.AddRouteTable("rtb-old", "vpc-1", {"subnet-1"}, {});
    if (new_first) world.AddRouteTable("rtb-new", "vpc-1", {"subnet-1"}, {});
    world.AddRouteTable("rtb-old", "vpc-1", {}, {});
    if (!new_first) world.AddRouteTable("rtb-new", "vpc-1", {"subnet-1"}, {});
    CHECK(world.topology.RouteTableOf(subnet)->id == "rtb-new");
    world.Remove<RouteTable>("rtb-new");
    CHECK(world.topology.RouteTableOf(subnet)->id == "rtb-main");
  }
}

TEST_CASE("A group stands for all private addresses of its interfaces") {
  World world;
  world.AddVpc("vpc-1", {"10.0.0.0/16", "2001:db8::/56"});
  world.AddSubnet("subnet-1", "vpc-1", {"10.0.1.0/24", "2001:db8::/64"});
  world.AddInterface("eni-1", "subnet-1", {"10.0.1.5", "10.0.1.7", "2001:db8::5"}, {"sg-1", "sg-2"}, "203.0.113.9");
  world.AddInterface("eni-2", "subnet-1", {"10.0.1.6"}, {"sg-1"});
  CHECK(world.topology.AddressesOf("sg-1") ==
        std::vector{A("10.0.1.5"), A("10.0.1.6"), A("10.0.1.7"), A("2001:db8::5")});
  CHECK(world.topology.AddressesOf("sg-2") == std::vector{A("10.0.1.5"), A("10.0.1.7"), A("2001:db8::5")});
}
