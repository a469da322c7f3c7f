// What a commit that changes one security group rule costs with the network's world following, at the size that the
// project promises: 10,000 network interfaces, 1,000 groups of 60 rules, all in the store. Prints the cost of the
// commit by itself and of what world/ adds, and ends with 1 when that is over 1 millisecond.
#include <fmt/format.h>

#include <chrono>

#include "compat-tests/bench/median.h"
#include "emulator/world/network.h"
#include "store/database.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ec2/security_group.h"

namespace {

using namespace drydock;
namespace ec2 = records::ec2;

constexpr int kInterfaces = 10000;
constexpr int kGroups = 1000;
constexpr int kRulesPerGroup = 60;
constexpr int kRounds = 500;
const Scope kScope{"123456789012", "us-east-1"};

std::string GroupId(int group) {
  return fmt::format("sg-{:017x}", group);
}

ec2::SecurityGroupRule MakeRule(int group, int number) {
  ec2::SecurityGroupRule rule;
  rule.security_group_rule_id = fmt::format("sgr-{:08x}{:09x}", group, number);
  rule.group_id = GroupId(group);
  rule.is_egress = number % 2 == 1;
  rule.ip_protocol = "tcp";
  rule.from_port = rule.to_port = 1000 + number;
  rule.referenced_group_id = GroupId((group + number) % kGroups);
  return rule;
}

void Fill(store::Transaction& tx) {
  ec2::Vpc vpc;
  vpc.vpc_id = "vpc-1";
  vpc.cidr_blocks = {{"vpc-cidr-assoc-1", "10.0.0.0/8"}};
  tx.Put(kScope, vpc);
  for (int g = 0; g < kGroups; ++g) {
    ec2::SecurityGroup group;
    group.group_id = GroupId(g);
    group.vpc_id = "vpc-1";
    tx.Put(kScope, group);
    for (int r = 0; r < kRulesPerGroup; ++r) tx.Put(kScope, MakeRule(g, r));
  }
  for (int i = 0; i < kInterfaces; ++i) {
    ec2::NetworkInterface interface;
    interface.network_interface_id = fmt::format("eni-{:017x}", i);
    interface.vpc_id = "vpc-1";
    interface.subnet_id = "subnet-1";
    interface.private_ip_addresses = {{fmt::format("10.{}.{}.10", i / 250, i % 250), true, std::nullopt}};
    interface.group_ids = {GroupId(i % kGroups)};
    tx.Put(kScope, interface);
  }
}

// The median, in milliseconds, of a Write that changes one rule.
double ChangeOneRule(store::Database& database) {
  return MedianMilliseconds(kRounds, [&](int round) {
    ec2::SecurityGroupRule rule = MakeRule(round * 7 % kGroups, round % kRulesPerGroup);
    rule.to_port = 2000 + round;
    database.Write([&](store::Transaction& tx) { tx.Put(kScope, rule); });
  });
}

}  // namespace

int main() {
  store::Database database{store::kInMemory};
  database.Write(Fill);
  const double alone = ChangeOneRule(database);
  const auto start = std::chrono::steady_clock::now();
  const world::NetworkWorld world(database);
  const double read = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double followed = ChangeOneRule(database);
  fmt::print("reading everything at the start: {:.2f} s\n", read);
  fmt::print("one changed rule: {:.3f} ms by itself, {:.3f} ms with the network following\n", alone, followed);
  const bool kept = followed < 1;
  fmt::print("{}\n", kept ? "within bounds" : "OUT OF BOUNDS");
  return kept ? 0 : 1;
}
