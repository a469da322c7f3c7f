// What must hold for every network, tried on random ones with fixed seeds.
#include <catch2/catch.hpp>

#include "emulator/network/evaluate.h"
#include "emulator/network/testing/random_world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

template <class Check>
void OnRandomFlows(unsigned first_seed, int networks, int flows_each, const Check& check) {
  for (unsigned seed = first_seed; seed < first_seed + static_cast<unsigned>(networks); ++seed) {
    RandomWorld world(seed);
    const Topology topology = world.elements.ToTopology();
    for (int i = 0; i < flows_each; ++i) {
      INFO("seed " << seed << " flow " << i);
      check(world, topology, world.RandomFlow());
    }
  }
}

bool Same(const Path& a, const Path& b) {
  return a.outcome == b.outcome && Codes(a) == Codes(b) && a.source_ports == b.source_ports;
}

}  // namespace

TEST_CASE("A rule added to a security group never blocks") {
  int opened = 0;
  OnRandomFlows(10000, 200, 10, [&](RandomWorld& world, const Topology& topology, const Flow& flow) {
    const Path before = Evaluate(topology, flow);
    SecurityGroup group = world.dice().Pick(world.elements.groups);
    group.rules.push_back(world.RandomRule());
    const Path after = Evaluate(topology.With(group), flow);
    if (before.reachable()) CHECK(after.reachable());
    if (!before.reachable() && after.reachable()) ++opened;
  });
  CHECK(opened > 0);
}

TEST_CASE("The reply to an admitted flow passes every security group") {
  OnRandomFlows(20000, 300, 10, [&](RandomWorld&, const Topology& topology, const Flow& flow) {
    const Path path = Evaluate(topology, flow);
    for (const Explanation& explanation : path.explanations) {
      CHECK_FALSE((explanation.on_return && explanation.component == Component::kSecurityGroup));
    }
  });
}

TEST_CASE("Inside a VPC without network ACLs, what gets there gets its answer") {
  int seen = 0;
  OnRandomFlows(30000, 300, 10, [&](RandomWorld& world, const Topology& topology, const Flow& flow) {
    Topology open = topology;
    for (const auto& acl : world.elements.acls) open = open.Without<NetworkAcl>(acl.id);
    const Path path = Evaluate(open, flow);
    const auto* from = open.Find<NetworkInterface>(path.source_interface_id);
    const auto* to = open.Find<NetworkInterface>(path.destination_interface_id);
    if (from == nullptr || to == nullptr || from->vpc_id != to->vpc_id) return;
    if (path.seen_source != path.forward.front().packet.source) return;  // by way of public addresses
    ++seen;
    for (const Explanation& explanation : path.explanations) CHECK_FALSE(explanation.on_return);
  });
  CHECK(seen > 100);
}

TEST_CASE("The order of a group's rules, and of an interface's groups, changes nothing") {
  OnRandomFlows(40000, 200, 10, [&](RandomWorld& world, const Topology& topology, const Flow& flow) {
    Topology shuffled = topology;
    for (SecurityGroup group : world.elements.groups) {
      world.dice().Shuffle(group.rules);
      shuffled = shuffled.With(group);
    }
    for (NetworkInterface interface : world.elements.interfaces) {
      world.dice().Shuffle(interface.group_ids);
      shuffled = shuffled.With(interface);
    }
    CHECK(Same(Evaluate(topology, flow), Evaluate(shuffled, flow)));
  });
}

TEST_CASE("Network ACL entries count by their number alone") {
  int changed = 0;
  OnRandomFlows(50000, 200, 10, [&](RandomWorld& world, const Topology& topology, const Flow& flow) {
    Topology shuffled = topology;
    Topology renumbered = topology;
    Topology reversed = topology;
    for (NetworkAcl acl : world.elements.acls) {
      world.dice().Shuffle(acl.entries);
      shuffled = shuffled.With(acl);
      NetworkAcl spread = acl;
      for (auto& entry : spread.entries) entry.rule_number = entry.rule_number * 3 + 5;
      renumbered = renumbered.With(spread);
      for (auto& entry : acl.entries) entry.rule_number = 1000 - entry.rule_number;
      reversed = reversed.With(acl);
    }
    const Path path = Evaluate(topology, flow);
    CHECK(Same(path, Evaluate(shuffled, flow)));
    CHECK(Same(path, Evaluate(renumbered, flow)));
    if (!Same(path, Evaluate(reversed, flow))) ++changed;
  });
  CHECK(changed > 0);  // the numbers do matter
}

TEST_CASE("A topology is the same in whatever order it was put together") {
  for (unsigned seed = 60000; seed < 60060; ++seed) {
    RandomWorld world(seed);
    const Topology topology = world.elements.ToTopology();
    // Puts everything in twice, in other orders, with some of it removed in between.
    Topology other;
    Elements& elements = world.elements;
    const auto put = [&](auto list) {
      world.dice().Shuffle(list);
      for (const auto& element : list) other = other.With(element);
    };
    put(elements.peerings), put(elements.endpoints), put(elements.interfaces), put(elements.groups);
    put(elements.nat_gateways), put(elements.acls), put(elements.route_tables), put(elements.subnets);
    for (const auto& interface : elements.interfaces) {
      if (world.dice().Chance(50)) other = other.Without<NetworkInterface>(interface.id);
    }
    for (const auto& table : elements.route_tables) other = other.Without<RouteTable>(table.id);
    put(elements.egress_only), put(elements.internet_gateways), put(elements.prefix_lists), put(elements.vpcs);
    put(elements.route_tables), put(elements.interfaces), put(elements.peerings), put(elements.endpoints);
    for (int i = 0; i < 20; ++i) {
      const Flow flow = world.RandomFlow();
      INFO("seed " << seed << " flow " << i);
      const Path path = Evaluate(topology, flow);
      const Path again = Evaluate(other, flow);
      CHECK(Same(path, again));
      CHECK(Ids(path.forward) == Ids(again.forward));
      CHECK(Ids(path.back) == Ids(again.back));
    }
  }
}

TEST_CASE("A path says of every hop whether it admitted, and explains every stop") {
  OnRandomFlows(70000, 300, 10, [&](RandomWorld&, const Topology& topology, const Flow& flow) {
    const Path path = Evaluate(topology, flow);
    CHECK(path.reachable() == path.explanations.empty());
    std::size_t stops = 0;
    for (const auto* hops : {&path.forward, &path.back}) {
      for (const Hop& hop : *hops) stops += hop.admitted ? 0 : 1;
    }
    CHECK((stops == 0) == (path.reachable() || path.forward.empty()));
    for (const Explanation& explanation : path.explanations) {
      if (explanation.code == ExplanationCode::kNoSourceOrDestination) continue;
      const auto& hops = explanation.on_return ? path.back : path.forward;
      REQUIRE(explanation.hop < hops.size());
      CHECK_FALSE(hops[explanation.hop].admitted);
      CHECK(hops[explanation.hop].id == explanation.component_id);
      CHECK(Describe(explanation).ends_with("."));
    }
  });
}

TEST_CASE("Broken topologies are evaluated as well") {
  // Every element in turn goes missing; whatever refers to it must cope.
  for (unsigned seed = 80000; seed < 80020; ++seed) {
    RandomWorld world(seed);
    const Topology topology = world.elements.ToTopology();
    std::vector<Flow> flows;
    for (int i = 0; i < 10; ++i) flows.push_back(world.RandomFlow());
    world.elements.EachList([&](const auto& list) {
      for (const auto& element : list) {
        using Element = std::decay_t<decltype(element)>;
        const Topology broken = topology.template Without<Element>(element.id);
        for (const Flow& flow : flows) {
          const Path path = Evaluate(broken, flow);
          CHECK(path.reachable() == path.explanations.empty());
        }
      }
    });
  }
  CHECK(Evaluate(Topology(), Flow::Tcp(End("internet"), End("internet"), 1)).outcome == Outcome::kUnknownEndpoint);
  CHECK(Evaluate(Topology(), Flow::Tcp(End("10.0.0.1"), End("10.0.0.2"), 1)).outcome == Outcome::kUnknownEndpoint);
  CHECK(Evaluate(Topology(), Flow::Tcp(ServiceEndpoint{"x"}, End("internet"), 1)).outcome == Outcome::kUnknownEndpoint);
}
