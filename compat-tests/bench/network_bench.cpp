// How long the network engine takes at the size that the project promises: 10,000 network interfaces, 1,000 security
// groups of 60 rules. Prints microseconds per flow, milliseconds per change and bytes per interface, and ends with 1
// when a promise is broken (20 microseconds, 1 millisecond, memory linear).
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "emulator/network/evaluate.h"
#include "emulator/network/topology.h"

namespace {

// Every allocation carries its size in front, so that what is alive can be counted.
std::atomic<std::size_t> allocated{0};
constexpr std::size_t kHeader = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t size) {
  void* block = std::malloc(size + kHeader);
  if (block == nullptr) throw std::bad_alloc();
  *static_cast<std::size_t*>(block) = size;
  allocated += size;
  return static_cast<char*>(block) + kHeader;
}
void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  void* block = static_cast<char*>(memory) - kHeader;
  allocated -= *static_cast<std::size_t*>(block);
  std::free(block);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace {

using namespace drydock::network;

constexpr int kSubnets = 50;
constexpr int kRulesPerGroup = 60;

Address Host(int subnet, int host) {
  return Address::V4(0x0A000000U | static_cast<unsigned>(subnet) << 16 | static_cast<unsigned>(host));
}

SecurityGroup MakeGroup(int number, int groups) {
  SecurityGroup group;
  group.id = fmt::format("sg-{:017x}", number);
  group.vpc_id = "vpc-1";
  for (int r = 0; r < kRulesPerGroup; ++r) {
    SecurityGroupRule rule;
    rule.id = fmt::format("sgr-{:08x}{:09x}", number, r);
    rule.egress = r % 2 == 1;
    rule.protocol = 6;
    rule.from_port = rule.to_port = 1000 + r;
    // The rule that admits the flows comes last, and names a group: the worst case for a look through the rules.
    if (r >= kRulesPerGroup - 2) {
      rule.from_port = rule.to_port = 443;
      rule.peer = SecurityGroupReference{fmt::format("sg-{:017x}", rule.egress ? (number + 1) % groups : number - 1)};
      if (!rule.egress && number == 0) rule.peer = SecurityGroupReference{fmt::format("sg-{:017x}", groups - 1)};
    } else if (r % 3 == 0) {
      rule.from_port = rule.to_port = 443;
      rule.peer = SecurityGroupReference{fmt::format("sg-{:017x}", (number * 7 + r + 2) % groups)};
    } else {
      rule.peer = Cidr(Host(200, r), 24);
    }
    group.rules.push_back(rule);
  }
  return group;
}

NetworkInterface MakeInterface(int number, int groups) {
  NetworkInterface interface;
  const int subnet = number % kSubnets;
  interface.id = fmt::format("eni-{:017x}", number);
  interface.vpc_id = "vpc-1";
  interface.subnet_id = fmt::format("subnet-{:017x}", subnet);
  interface.private_ipv4 = {{Host(subnet, 10 + number / kSubnets)}};
  interface.group_ids = {fmt::format("sg-{:017x}", number % groups)};
  return interface;
}

Topology Build(int interfaces, int groups) {
  Topology topology;
  topology = topology.With(Vpc{"vpc-1", "us-east-1", {Cidr(Host(0, 0), 8)}});
  topology = topology.With(InternetGateway{"igw-1", "vpc-1"});
  RouteTable table{"rtb-1", "vpc-1", true, {}, {}};
  table.routes.push_back({Cidr(Address(), 0), {RouteTarget::Kind::kInternetGateway, "igw-1"}});
  topology = topology.With(table);
  NetworkAcl acl{"acl-1", "vpc-1", {}, {}};
  for (const bool egress : {false, true}) acl.entries.push_back({100, egress, true, -1, Cidr(), {}, {-1, -1}});
  for (int s = 0; s < kSubnets; ++s) {
    const std::string id = fmt::format("subnet-{:017x}", s);
    topology = topology.With(Subnet{id, "vpc-1", "us-east-1a", {Cidr(Host(s, 0), 16)}});
    acl.subnet_ids.push_back(id);
  }
  topology = topology.With(acl);
  for (int g = 0; g < groups; ++g) topology = topology.With(MakeGroup(g, groups));
  for (int i = 0; i < interfaces; ++i) topology = topology.With(MakeInterface(i, groups));
  return topology;
}

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The median of what a piece of work takes, so that other work on the machine does not count.
double MedianSeconds(int rounds, const std::function<void(int)>& work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) times.push_back(Seconds([&] { work(i); }));
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[static_cast<std::size_t>(rounds / 2)];
}

}  // namespace

int main() {
  constexpr int kInterfaces = 10000;
  constexpr int kGroups = 1000;
  constexpr int kFlows = 20000;
  constexpr int kChanges = 2000;

  // What the same number of groups weighs with 1,000, 10,000 and 20,000 interfaces.
  const auto weigh = [&](int interfaces) {
    const std::size_t before = allocated;
    const Topology topology = Build(interfaces, kGroups);
    return allocated - before;
  };
  const std::size_t small = weigh(1000);
  const std::size_t medium = weigh(10000);
  const std::size_t large = weigh(20000);
  const double first_step = static_cast<double>(medium - small) / 9000;
  const double second_step = static_cast<double>(large - medium) / 10000;
  fmt::print("bytes per interface: {:.0f} (up to 10,000), {:.0f} (10,000 to 20,000)\n", first_step, second_step);
  fmt::print("bytes per security group of {} rules: {:.0f}\n", kRulesPerGroup,
             (static_cast<double>(small) - 1000 * first_step) / kGroups);

  Topology topology;
  fmt::print("build: {:.3f} s\n", Seconds([&] { topology = Build(kInterfaces, kGroups); }));

  int reachable = 0;
  const auto run = [&](auto destination_of) {
    constexpr int kBatch = 10;
    reachable = 0;
    return 1e6 / kBatch * MedianSeconds(kFlows / kBatch, [&](int batch) {
             for (int i = batch * kBatch; i < (batch + 1) * kBatch; ++i) {
               const int from = i * 7919 % kInterfaces;
               Flow flow = Flow::Tcp(InterfaceEndpoint{fmt::format("eni-{:017x}", from)}, destination_of(from), 443);
               reachable += Evaluate(topology, flow).reachable() ? 1 : 0;
             }
           });
  };
  const auto neighbour = [&](int from) -> Endpoint {
    return InterfaceEndpoint{fmt::format("eni-{:017x}", (from + 1) % kInterfaces)};
  };
  const auto stranger = [&](int from) -> Endpoint {
    return InterfaceEndpoint{fmt::format("eni-{:017x}", (from + 5003) % kInterfaces)};
  };
  const double admitted = run(neighbour);
  fmt::print("{:.2f} microseconds per flow ({} of {} reachable)\n", admitted, reachable, kFlows);
  const double stopped = run(stranger);
  fmt::print("{:.2f} microseconds per flow ({} of {} reachable)\n", stopped, reachable, kFlows);

  const auto change = [&](const char* what, const std::function<void(int)>& apply) {
    const double milliseconds = 1e3 * MedianSeconds(kChanges, apply);
    fmt::print("{}: {:.4f} ms per change\n", what, milliseconds);
    return milliseconds;
  };
  const double rule = change("one changed rule", [&](int i) {
    SecurityGroup group = *topology.Find<SecurityGroup>(fmt::format("sg-{:017x}", i % kGroups));
    group.rules[static_cast<std::size_t>(i % kRulesPerGroup)].to_port = 2000 + i % 7;
    topology = topology.With(std::move(group));
  });
  const double interface = change("one new or changed interface", [&](int i) {
    topology = topology.With(MakeInterface(kInterfaces + i % 100, kGroups));
  });

  const bool kept = admitted < 20 && stopped < 20 && rule < 1 && interface < 1 && second_step < 1.5 * first_step;
  fmt::print("{}\n", kept ? "within bounds" : "OUT OF BOUNDS");
  return kept ? 0 : 1;
}
