// What a commit that changes one rule or one target costs with the load balancers' world following: by itself, with the
// configuration made anew, and with the routing that the data plane makes of it. 100 load balancers with 500 rules and
// 500 targets among them. Ends with 1 when a change costs over 1 millisecond.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "compat-tests/bench/median.h"
#include "emulator/loadbalancer/routing.h"
#include "emulator/world/loadbalancer.h"
#include "store/database.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"

namespace {

using namespace drydock;
namespace elbv2 = records::elbv2;

constexpr int kLoadBalancers = 100;
constexpr int kRulesEach = 5;
constexpr int kTargetsEach = 5;
constexpr int kRounds = 300;
const Scope kScope{"123456789012", "us-east-1"};

std::string Arn(const std::string& kind, int number, const std::string& rest = "") {
  return fmt::format("arn:aws:elasticloadbalancing:us-east-1:123456789012:{}/app/web-{:03}/{:016x}{}", kind, number,
                     number, rest);
}

elbv2::Rule MakeRule(int load_balancer, int number) {
  elbv2::Rule rule;
  rule.arn = Arn("listener-rule", load_balancer, fmt::format("/1/{:016x}", number));
  rule.listener_arn = Arn("listener", load_balancer, "/1");
  rule.load_balancer_arn = Arn("loadbalancer", load_balancer);
  rule.is_default = number == 0;
  rule.priority = number;
  rule.conditions = {{"path-pattern", {fmt::format("/service-{}/*", number)}, {}, "", {}}};
  elbv2::Action action;
  action.type = "forward";
  action.target_groups = {{Arn("targetgroup", load_balancer), 1}};
  rule.actions = {action};
  return rule;
}

elbv2::Target MakeTarget(int load_balancer, int number) {
  return {Arn("targetgroup", load_balancer),
          fmt::format("10.0.{}.{}", load_balancer, 10 + number),
          3000,
          "us-east-1a",
          elbv2::Target::kActive,
          std::nullopt};
}

void Fill(store::Transaction& tx) {
  for (int i = 0; i < kLoadBalancers; ++i) {
    records::ec2::NetworkInterface interface;
    interface.network_interface_id = fmt::format("eni-{:017x}", i);
    interface.private_ip_addresses = {{fmt::format("10.1.0.{}", i), true, std::nullopt}};
    tx.Put(kScope, interface);
    elbv2::LoadBalancer load_balancer;
    load_balancer.arn = Arn("loadbalancer", i);
    load_balancer.name = fmt::format("web-{:03}", i);
    load_balancer.type = "application";
    load_balancer.state = "active";
    load_balancer.zones = {{"us-east-1a", "subnet-1", interface.network_interface_id}};
    tx.Put(kScope, load_balancer);
    elbv2::Listener listener;
    listener.arn = Arn("listener", i, "/1");
    listener.load_balancer_arn = load_balancer.arn;
    listener.port = 80;
    listener.protocol = "HTTP";
    tx.Put(kScope, listener);
    for (int r = 0; r <= kRulesEach; ++r) tx.Put(kScope, MakeRule(i, r));
    elbv2::TargetGroup group;
    group.arn = Arn("targetgroup", i);
    group.target_type = "ip";
    group.protocol = group.health_check.protocol = "HTTP";
    tx.Put(kScope, group);
    for (int t = 0; t < kTargetsEach; ++t) tx.Put(kScope, MakeTarget(i, t));
  }
}

}  // namespace

int main() {
  store::Database database{store::kInMemory};
  database.Write(Fill);
  const auto change_rule = [&](int round) {
    auto rule = MakeRule(round * 7 % kLoadBalancers, 1 + round % kRulesEach);
    rule.conditions[0].values = {fmt::format("/changed-{}/*", round)};
    database.Write([&](store::Transaction& tx) { tx.Put(kScope, rule); });
  };
  const auto change_target = [&](int round) {
    auto target = MakeTarget(round * 7 % kLoadBalancers, round % kTargetsEach);
    target.state = round % 2 == 0 ? elbv2::Target::kDraining : elbv2::Target::kActive;
    database.Write([&](store::Transaction& tx) { tx.Put(kScope, target); });
  };
  const auto print = [](const char* what, double rule, double target) {
    fmt::print("{}: {:.3f} ms for a rule, {:.3f} ms for a target\n", what, rule, target);
  };
  print("the commit by itself", MedianMilliseconds(kRounds, change_rule), MedianMilliseconds(kRounds, change_target));
  {
    const world::LoadBalancerWorld world(database, [](auto) {});
    print("with the configuration", MedianMilliseconds(kRounds, change_rule),
          MedianMilliseconds(kRounds, change_target));
  }
  std::shared_ptr<const loadbalancer::Routing> routing;
  const world::LoadBalancerWorld world(database, [&](loadbalancer::ConfigurationPointer configuration) {
    routing = std::make_shared<const loadbalancer::Routing>(std::move(configuration), routing.get());
  });
  const double rule = MedianMilliseconds(kRounds, change_rule);
  const double target = MedianMilliseconds(kRounds, change_target);
  print("with the routing", rule, target);
  const bool kept = rule < 1 && target < 1;
  fmt::print("{}\n", kept ? "within bounds" : "OUT OF BOUNDS");
  return kept ? 0 : 1;
}
