#include "emulator/loadbalancer/routing.h"

#include <catch2/catch.hpp>

#include "emulator/loadbalancer/testing/world.h"

using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;

TEST_CASE("a listener is prepared again only when it or its load balancer is another") {
  const auto first = Share(Simple(80, {At("10.0.10.5")}));
  const Routing before(first, nullptr);
  const RoutedListener* const prepared = before.FindListenerByArn(80, "listener-1");
  REQUIRE(prepared != nullptr);

  auto next = std::make_shared<Configuration>(*first);
  auto group = *first->target_groups.front();
  group.targets.push_back(At("10.0.10.6"));
  next->target_groups = {std::make_shared<TargetGroup>(group)};
  const Routing with_target(next, &before);
  CHECK(with_target.FindListenerByArn(80, "listener-1") == prepared);
  CHECK(with_target.FindGroup(kGroupArn)->targets.size() == 2);

  next = std::make_shared<Configuration>(*next);
  auto load_balancer = *first->load_balancers.front();
  load_balancer.dns_name = "other";
  next->load_balancers = {std::make_shared<LoadBalancer>(load_balancer)};
  const Routing with_name(next, &with_target);
  CHECK(with_name.FindListenerByArn(80, "listener-1")->load_balancer->dns_name == "other");

  next = std::make_shared<Configuration>(*next);
  auto listener = *first->listeners.front();
  listener.default_action = FixedResponse{};
  next->listeners = {std::make_shared<Listener>(listener)};
  const Routing with_action(next, &with_name);
  const auto match = with_action.FindListenerByArn(80, "listener-1")->rules.Find({});
  CHECK(std::holds_alternative<FixedResponse>(*match.action));
}
