#include "emulator/world/loadbalancer.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>
#include <vector>

#include "store/records/ec2/instance.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::world {
namespace {

namespace elbv2 = records::elbv2;
using records::ec2::NetworkInterface;

const Scope kScope{"123456789012", "eu-central-1"};

struct Published {
  std::vector<loadbalancer::ConfigurationPointer> all;
  const loadbalancer::Configuration& last() const { return *all.back(); }
};

NetworkInterface Interface(const std::string& id, const std::string& address, const std::string& public_ip) {
  NetworkInterface interface;
  interface.network_interface_id = id;
  interface.private_ip_addresses.push_back({address, true, {{public_ip, std::nullopt, std::nullopt, "amazon"}}});
  return interface;
}

elbv2::LoadBalancer LoadBalancer(const std::string& state) {
  elbv2::LoadBalancer record;
  record.arn = "lb";
  record.name = "web";
  record.dns_name = "web-1.eu-central-1.elb.localhost";
  record.scheme = "internet-facing";
  record.type = "application";
  record.state = state;
  record.vpc_id = "vpc-1";
  record.zones = {{"eu-central-1a", "subnet-1", "eni-1", ""}};
  return record;
}

elbv2::Rule Rule(const std::string& arn, bool is_default, int priority, const std::string& group) {
  elbv2::Rule rule;
  rule.arn = arn;
  rule.listener_arn = "listener";
  rule.load_balancer_arn = "lb";
  rule.is_default = is_default;
  rule.priority = priority;
  elbv2::Action action;
  if (group.empty()) {
    action.type = "fixed-response";
    action.fixed_status_code = "404";
    action.fixed_message_body = "nothing here";
  } else {
    action.type = "forward";
    action.target_groups = {{group, 7}};
    rule.conditions = {{"path-pattern", {"/auth*"}, {}, "", {}}};
  }
  rule.actions = {action};
  return rule;
}

elbv2::TargetGroup Group(const std::string& arn) {
  elbv2::TargetGroup group;
  group.arn = arn;
  group.protocol = "HTTP";
  group.port = 3000;
  group.health_check.protocol = "HTTP";
  group.health_check.port = "traffic-port";
  group.health_check.path = "/health";
  group.health_check.http_code = "200-299";
  group.health_check.interval_seconds = 10;
  return group;
}

// A load balancer with a listener, a default and a path rule, and a target; and a group that nothing uses.
void PutAll(store::Database& database, const std::string& state) {
  database.Write([&](store::Transaction& tx) {
    tx.Put(kScope, Interface("eni-1", "10.0.0.10", "203.0.113.7"));
    tx.Put(kScope, LoadBalancer(state));
    tx.Put(kScope, elbv2::Listener{"listener", "lb", 80, "HTTP", "", {}, "default", {}, {}});
    tx.Put(kScope, Rule("default", true, 0, ""));
    tx.Put(kScope, Rule("auth", false, 10, "group"));
    tx.Put(kScope, Group("group"));
    tx.Put(kScope, Group("unused"));
    tx.Put(kScope, elbv2::Target{"group", "10.0.10.5", 3000, "eu-central-1a", elbv2::Target::kActive, std::nullopt});
  });
}

TEST_CASE("An active load balancer is published with all it uses") {
  store::Database database(store::kInMemory);
  PutAll(database, "active");
  Published published;
  const LoadBalancerWorld world(database, [&](auto configuration) { published.all.push_back(configuration); });
  REQUIRE(published.all.size() == 1);
  const auto& configuration = published.last();

  REQUIRE(configuration.load_balancers.size() == 1);
  REQUIRE(configuration.load_balancers[0]->nodes.size() == 1);
  CHECK(configuration.load_balancers[0]->nodes[0].private_address == "10.0.0.10");
  CHECK(configuration.load_balancers[0]->nodes[0].public_address == "203.0.113.7");

  REQUIRE(configuration.listeners.size() == 1);
  const auto& listener = *configuration.listeners[0];
  CHECK(listener.port == 80);
  const auto* fixed = std::get_if<loadbalancer::FixedResponse>(&listener.default_action);
  REQUIRE(fixed);
  CHECK(fixed->status_code == 404);
  CHECK(fixed->message_body == "nothing here");
  REQUIRE(listener.rules.size() == 1);
  CHECK(listener.rules[0].priority == 10);
  CHECK(listener.rules[0].conditions.at(0).values.at(0) == "/auth*");
  const auto* forward = std::get_if<loadbalancer::Forward>(&listener.rules[0].action);
  REQUIRE(forward);
  CHECK(forward->target_groups.at(0).arn == "group");
  CHECK(forward->target_groups.at(0).weight == 7);

  REQUIRE(configuration.target_groups.size() == 1);
  const auto& group = *configuration.target_groups[0];
  CHECK(group.arn == "group");
  CHECK(group.health_check.port == 0);
  CHECK(group.health_check.path == "/health");
  CHECK(group.health_check.interval == loadbalancer::Seconds(10));
  REQUIRE(group.targets.size() == 1);
  CHECK(group.targets[0].address == "10.0.10.5");
  CHECK(group.targets[0].registration == loadbalancer::Registration::kActive);
}

TEST_CASE("Instances stand at the primary address of their primary interface, while they run") {
  store::Database database(store::kInMemory);
  PutAll(database, "active");
  const std::string id = "i-0123456789abcdef0";
  const auto put_interface = [&](const std::string& interface_id, const std::string& address, int device) {
    database.Write([&](store::Transaction& tx) {
      auto interface = Interface(interface_id, address, "203.0.113.8");
      interface.instance_id = id;
      interface.attachment.emplace().device_index = device;
      tx.Put(kScope, interface);
    });
  };
  const auto put = [&](const std::string& state) {
    database.Write([&](store::Transaction& tx) {
      records::ec2::Instance instance;
      instance.instance_id = id;
      instance.state = state;
      tx.Put(kScope, instance);
    });
  };
  put_interface("eni-a", "10.0.10.8", 1);
  put_interface("eni-b", "10.0.10.9", 0);
  put("running");
  database.Write([&](store::Transaction& tx) {
    tx.Put(kScope, elbv2::Target{"group", id, 3000, "eu-central-1a", elbv2::Target::kActive, std::nullopt});
  });
  Published published;
  const LoadBalancerWorld world(database, [&](auto configuration) { published.all.push_back(configuration); });
  const auto target = [&] {
    const auto& targets = published.last().target_groups.at(0)->targets;
    return *std::find_if(targets.begin(), targets.end(), [&](const auto& each) { return each.id == id; });
  };
  CHECK(target().address == "10.0.10.9");
  CHECK(target().invalid_state.empty());
  for (const auto& [state, description] : {std::pair{"stopping", "Target is in the terminated or stopped state"},
                                           {"stopped", "Target is in the stopped state"},
                                           {"pending", "Target is in an invalid state"},
                                           {"running", ""},
                                           {"terminated", "Target is in the terminated state"}}) {
    const std::size_t before = published.all.size();
    put(state);
    CHECK(published.all.size() == before + 1);
    CHECK(target().invalid_state == description);
  }
}

TEST_CASE("A load balancer that is being provisioned serves nothing until it is active") {
  store::Database database(store::kInMemory);
  Published published;
  const LoadBalancerWorld world(database, [&](auto configuration) { published.all.push_back(configuration); });
  PutAll(database, "provisioning");
  REQUIRE(published.all.size() == 2);
  CHECK(published.last().load_balancers.empty());
  CHECK(published.last().listeners.empty());
  CHECK(published.last().target_groups.empty());

  database.Write([](store::Transaction& tx) { tx.Put(kScope, LoadBalancer("active")); });
  REQUIRE(published.all.size() == 3);
  CHECK(published.last().load_balancers.size() == 1);
  CHECK(published.last().listeners.size() == 1);
}

TEST_CASE("Only changes that concern load balancers are published") {
  store::Database database(store::kInMemory);
  PutAll(database, "active");
  Published published;
  const LoadBalancerWorld world(database, [&](auto configuration) { published.all.push_back(configuration); });
  database.Write([](store::Transaction& tx) { tx.Put(kScope, Interface("eni-9", "10.0.0.99", "")); });
  CHECK(published.all.size() == 1);

  database.Write([](store::Transaction& tx) { tx.Put(kScope, Interface("eni-1", "10.0.0.11", "203.0.113.8")); });
  REQUIRE(published.all.size() == 2);
  CHECK(published.last().load_balancers.at(0)->nodes.at(0).private_address == "10.0.0.11");

  database.Write([](store::Transaction& tx) {
    tx.Put(kScope, elbv2::Target{"group", "10.0.10.5", 3000, "eu-central-1a", elbv2::Target::kDraining, Timestamp{5}});
  });
  REQUIRE(published.all.size() == 3);
  CHECK(published.last().target_groups.at(0)->targets.at(0).registration == loadbalancer::Registration::kDraining);
}

TEST_CASE("Attributes that were set reach the data plane, the others keep AWS's defaults") {
  store::Database database(store::kInMemory);
  PutAll(database, "active");
  database.Write([](store::Transaction& tx) {
    auto record = LoadBalancer("active");
    record.attributes = {{"idle_timeout.timeout_seconds", "5"}, {"routing.http.xff_header_processing.mode", "remove"}};
    tx.Put(kScope, record);
  });
  const auto configuration = database.Read([](store::Transaction& tx) { return ReadLoadBalancers(tx); });
  const auto& attributes = configuration.load_balancers.at(0)->attributes;
  CHECK(attributes.idle_timeout == loadbalancer::Seconds(5));
  CHECK(attributes.xff_header_processing == loadbalancer::ForwardedForMode::kRemove);
  CHECK(attributes.client_keep_alive == loadbalancer::Seconds(3600));
}

TEST_CASE("Commits from many threads: the last publication has them all, and none goes back") {
  store::Database database(store::kInMemory);
  PutAll(database, "active");
  std::vector<std::size_t> sizes;  // publications come one at a time
  const LoadBalancerWorld world(
      database, [&](auto configuration) { sizes.push_back(configuration->target_groups.at(0)->targets.size()); });
  constexpr int kThreads = 4;
  constexpr int kEach = 25;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i)
        database.Write([&](store::Transaction& tx) {
          tx.Put(kScope, elbv2::Target{"group", "10.0.10.9", 1000 * (thread + 1) + i, "eu-central-1a",
                                       elbv2::Target::kActive, std::nullopt});
        });
    });
  for (auto& thread : threads) thread.join();
  CHECK(sizes.back() == 1 + kThreads * kEach);
  CHECK(std::is_sorted(sizes.begin(), sizes.end()));
}

}  // namespace
}  // namespace drydock::world
