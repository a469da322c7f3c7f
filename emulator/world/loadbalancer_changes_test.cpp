// What is renewed after each commit, compared with everything read anew: random commits by one thread and by several.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "emulator/world/loadbalancer.h"
#include "store/records/acm/certificate.h"
#include "store/records/ec2/instance.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"
#include "store/sealing.h"

namespace drydock::world {
namespace {

namespace elbv2 = records::elbv2;
using loadbalancer::Configuration;
using loadbalancer::ConfigurationPointer;
using records::acm::Certificate;
using records::ec2::Instance;
using records::ec2::NetworkInterface;

const Scope kScope{"123456789012", "eu-central-1"};
constexpr int kLoadBalancers = 4, kListeners = 6, kRules = 18, kGroups = 5, kInstances = 3, kCertificates = 2;

std::string Name(const char* kind, int number) {
  return fmt::format("{}-{}", kind, number);
}

// Puts, changes and erases records so that they hang together in every way that they can in the API, and also in ways
// that they pass through only while commits overtake each other: rules without their listener, targets without a group.
class RandomRecords {
 public:
  explicit RandomRecords(unsigned seed) : random_(seed) {}

  void Change(store::Transaction& tx) {
    switch (Below(9)) {
      case 0:
        return PutOrErase<elbv2::LoadBalancer>(tx, Name("lb", Below(kLoadBalancers)), 80);
      case 1:
        return PutOrErase<elbv2::Listener>(tx, Name("listener", Below(kListeners)), 80);
      case 2:
      case 3:
        return PutOrErase<elbv2::Rule>(tx, Name("rule", Below(kRules)), 70);
      case 4:
        return PutOrErase<elbv2::TargetGroup>(tx, Name("group", Below(kGroups)), 85);
      case 5:
      case 6:
        return ChangeTarget(tx);
      case 7:
        return PutOrErase<Instance>(tx, Name("i", Below(kInstances)), 80);
      default:
        return Below(2) == 0 ? PutInterface(tx, Name("eni", Below(2 * kLoadBalancers)))
                             : PutOrErase<Certificate>(tx, Name("certificate", Below(kCertificates)), 70);
    }
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

 private:
  static int NumberOf(const std::string& id) { return std::stoi(id.substr(id.find('-') + 1)); }
  std::string Address() { return fmt::format("10.0.{}.{}", Below(2), 10 + Below(3)); }

  template <class Record>
  void PutOrErase(store::Transaction& tx, const std::string& id, int percent_put) {
    if (Below(100) < percent_put)
      Put(tx, id, Record());
    else
      tx.Erase<Record>(kScope, id);
  }

  void Put(store::Transaction& tx, const std::string& id, elbv2::LoadBalancer record) {
    record.arn = id;
    record.state = Below(4) == 0 ? "provisioning" : "active";
    record.type = "application";
    record.attributes["idle_timeout.timeout_seconds"] = std::to_string(1 + Below(3));
    for (int zone = 0; zone < 1 + Below(2); ++zone)
      record.zones.push_back({Name("zone", zone), "subnet", Name("eni", 2 * NumberOf(id) + zone)});
    tx.Put(kScope, record);
  }

  void Put(store::Transaction& tx, const std::string& id, elbv2::Listener record) {
    record.arn = id;
    record.load_balancer_arn = Name("lb", Below(kLoadBalancers));
    record.port = 80 + Below(3);
    record.protocol = "HTTPS";
    for (int i = 0; i < kCertificates; ++i)
      if (Below(2) == 0) record.certificate_arns.push_back(Name("certificate", i));
    tx.Put(kScope, record);
  }

  void Put(store::Transaction& tx, const std::string& id, elbv2::Rule record) {
    const int number = NumberOf(id);
    record.arn = id;
    record.listener_arn = Name("listener", number % kListeners);
    record.is_default = number < kListeners;
    record.priority = record.is_default ? 0 : 1 + Below(50);
    record.conditions = {{"path-pattern", {fmt::format("/{}", Below(5))}, {}, "", {}}};
    elbv2::Action action;
    action.type = "forward";
    for (int i = 0; i < Below(3); ++i) action.target_groups.push_back({Name("group", Below(kGroups)), 1 + i});
    record.actions = {action};
    tx.Put(kScope, record);
  }

  // Of the last two groups one is of instances and one of load balancers.
  void Put(store::Transaction& tx, const std::string& id, elbv2::TargetGroup record) {
    const int number = NumberOf(id);
    record.arn = id;
    record.target_type = number == kGroups - 1 ? "alb" : number == kGroups - 2 ? "instance" : "ip";
    record.protocol = record.health_check.protocol = "HTTP";
    record.port = 3000 + Below(3);
    tx.Put(kScope, record);
  }

  void ChangeTarget(store::Transaction& tx) {
    const int group = Below(kGroups);
    elbv2::Target record;
    record.target_group_arn = Name("group", group);
    record.id = group == kGroups - 1   ? Name("lb", Below(kLoadBalancers))
                : group == kGroups - 2 ? Name("i", Below(kInstances))
                                       : Address();
    record.port = 80 + Below(2);
    record.state = Below(2) == 0 ? elbv2::Target::kActive : elbv2::Target::kDraining;
    if (Below(3) > 0)
      tx.Put(kScope, record);
    else
      tx.Erase<elbv2::Target>(kScope, record.target_group_arn, record.id, record.port);
  }

  // With its primary network interface, which comes and goes with it.
  void Put(store::Transaction& tx, const std::string& id, Instance record) {
    record.instance_id = id;
    record.state = Below(2) == 0 ? "running" : "stopped";
    NetworkInterface interface;
    interface.network_interface_id = "primary-of-" + id;
    interface.instance_id = id;
    interface.attachment.emplace().device_index = 0;
    interface.private_ip_addresses.push_back({Address(), true, std::nullopt});
    tx.Put(kScope, interface);
    tx.Put(kScope, record);
  }

  void PutInterface(store::Transaction& tx, const std::string& id) {
    NetworkInterface interface;
    interface.network_interface_id = id;
    interface.private_ip_addresses.push_back({Address(), true, std::nullopt});
    tx.Put(kScope, interface);
  }

  void Put(store::Transaction& tx, const std::string& id, Certificate record) {
    record.arn = id;
    record.names = {Name("name", Below(3))};
    record.sealed_private_key = store::Seal(tx, id, "key");
    tx.Put(kScope, record);
  }

  std::mt19937 random_;
};

template <class Part>
bool Same(const std::vector<std::shared_ptr<const Part>>& a, const std::vector<std::shared_ptr<const Part>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return *x == *y; });
}

void CheckIsAllThatIsKnown(store::Database& database, const Configuration& published) {
  const Configuration all = database.Read([](store::Transaction& tx) { return ReadLoadBalancers(tx); });
  CHECK(Same(published.load_balancers, all.load_balancers));
  CHECK(Same(published.listeners, all.listeners));
  CHECK(Same(published.target_groups, all.target_groups));
}

TEST_CASE("After any commit the configuration is what reading everything anew gives") {
  const unsigned seed = GENERATE(range(1u, 9u));
  INFO("seed " << seed);
  store::Database database(store::kInMemory);
  ConfigurationPointer last;
  const LoadBalancerWorld world(database, [&](ConfigurationPointer configuration) { last = std::move(configuration); });
  RandomRecords records(seed);
  std::size_t served = 0;
  for (int commit = 0; commit < 400; ++commit) {
    INFO("commit " << commit);
    database.Write([&](store::Transaction& tx) {
      for (int changes = 1 + records.Below(4); changes > 0; --changes) records.Change(tx);
    });
    CheckIsAllThatIsKnown(database, *last);
    for (const auto& group : last->target_groups) served += group->targets.size();
  }
  CHECK(served > 100);  // the records did hang together
}

TEST_CASE("After commits of several threads the configuration is what reading everything anew gives") {
  store::Database database(store::kInMemory);
  ConfigurationPointer last;  // publications come one at a time
  const LoadBalancerWorld world(database, [&](ConfigurationPointer configuration) { last = std::move(configuration); });
  for (unsigned round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    for (unsigned thread = 0; thread < 4; ++thread)
      threads.emplace_back([&database, seed = 100 * round + thread] {
        RandomRecords records(seed);
        for (int commit = 0; commit < 20; ++commit) database.Write([&](store::Transaction& tx) { records.Change(tx); });
      });
    for (auto& thread : threads) thread.join();
    CheckIsAllThatIsKnown(database, *last);
  }
}

TEST_CASE("What a commit does not reach is shared with the configuration before") {
  store::Database database(store::kInMemory);
  const auto put = [&](const auto& record) { database.Write([&](store::Transaction& tx) { tx.Put(kScope, record); }); };
  const auto rule = [](int number) {
    elbv2::Rule record;
    record.arn = Name("rule", number);
    record.listener_arn = Name("listener", number);
    elbv2::Action action;
    action.type = "forward";
    action.target_groups = {{Name("group", number), 1}};
    record.actions = {action};
    return record;
  };
  for (int i = 0; i < 2; ++i) {
    elbv2::LoadBalancer load_balancer;
    load_balancer.arn = Name("lb", i);
    load_balancer.state = "active";
    put(load_balancer);
    elbv2::Listener listener;
    listener.arn = Name("listener", i);
    listener.load_balancer_arn = load_balancer.arn;
    put(listener);
    put(rule(i));
    elbv2::TargetGroup group;
    group.arn = Name("group", i);
    put(group);
  }
  std::vector<ConfigurationPointer> all;
  const LoadBalancerWorld world(database, [&](ConfigurationPointer configuration) { all.push_back(configuration); });

  auto changed = rule(1);
  changed.priority = 7;
  put(changed);
  put(elbv2::Target{"group-0", "10.0.0.5", 80, "", elbv2::Target::kActive, std::nullopt});
  REQUIRE(all.size() == 3);
  CHECK(all[1]->load_balancers == all[0]->load_balancers);
  CHECK(all[1]->listeners.at(0) == all[0]->listeners.at(0));
  CHECK(all[1]->listeners.at(1) != all[0]->listeners.at(1));
  CHECK(all[1]->listeners.at(1)->rules.at(0).priority == 7);
  CHECK(all[1]->target_groups == all[0]->target_groups);
  CHECK(all[2]->listeners == all[1]->listeners);
  CHECK(all[2]->target_groups.at(0) != all[1]->target_groups.at(0));
  CHECK(all[2]->target_groups.at(0)->targets.size() == 1);
  CHECK(all[2]->target_groups.at(1) == all[1]->target_groups.at(1));
}

}  // namespace
}  // namespace drydock::world
