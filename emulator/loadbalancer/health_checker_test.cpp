// Health checks over real sockets, driven by a manual clock.
#include <catch2/catch.hpp>

#include "emulator/loadbalancer/testing/world.h"

using namespace drydock;
using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;
using namespace std::chrono_literals;

namespace {

struct Change {
  std::string target;
  TargetHealth before, now;
};

struct Bench {
  Bench()
      : clock(Clock::Mode::kManual, Pace::kQuick, {1'700'000'000'000}), plane({}, clock, network, hosts, Events()) {}

  DataPlaneEvents Events() {
    DataPlaneEvents events;
    events.health_changed = [this](const std::string&, const Target& target, const TargetHealth& before,
                                   const TargetHealth& now) {
      changes.Put({target.id, before, now});
    };
    return events;
  }
  TargetHealth Health(const std::string& target = "10.0.10.5") { return plane.HealthOf(kGroupArn, target, 3000); }

  Clock clock;
  FakeNetwork network;
  FakeHosts hosts;
  Inbox<Change> changes;
  DataPlane plane;
};

const TargetHealth kHealthy = {TargetStatus::kHealthy, "", ""};
const TargetHealth kTimeout = {TargetStatus::kUnhealthy, "Target.Timeout", "Request timed out"};

// In quick pace the 30 seconds between checks are 1.5, the timeout of 5 seconds a quarter.
constexpr auto kInterval = 1500ms;

}  // namespace

TEST_CASE("a target's way from registration to healthy, and what the check looks like") {
  Bench bench;
  Inbox<std::string> requests;
  Server target([&](Connection& c) {
    requests.Put(c.ReadUntil("\r\n\r\n"));
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(FreePort(), {At("10.0.10.5")})));
  CHECK(bench.Health() == RegistrationInProgress());
  bench.clock.Settle();
  CHECK(bench.Health() == kHealthy);
  const auto changes = bench.changes.All();
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].now == InitialHealthChecking());
  CHECK(changes[1].before == InitialHealthChecking());
  CHECK(changes[1].now == kHealthy);
  CHECK(requests.All().front() ==
        "GET / HTTP/1.1\r\nHost: 10.0.10.5:3000\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\n"
        "Accept-Encoding: gzip, compressed\r\n\r\n");
  bench.clock.Advance(kInterval * 4);
  CHECK(requests.All().size() == 5);
  CHECK(bench.Health("10.0.10.99") == NotRegistered());
}

TEST_CASE("a blocked target becomes unhealthy by timeout and heals") {
  Bench bench;
  Server target([](Connection& c) {
    c.ReadMessage();
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.hosts.Put("10.0.10.6", 3000, target);
  bench.plane.Publish(Share(Simple(FreePort(), {At("10.0.10.5"), At("10.0.10.6"), At("10.0.10.7")})));
  bench.clock.Settle();
  CHECK(bench.Health() == kHealthy);
  bench.network.BlockTarget("10.0.10.5");
  bench.clock.Advance(kInterval);
  CHECK(bench.Health() == kHealthy);  // one failure, and it has not timed out yet
  bench.clock.Advance(kInterval + 250ms);
  CHECK(bench.Health() == kTimeout);
  CHECK(bench.Health("10.0.10.6") == kHealthy);  // another's timeouts cost it nothing
  CHECK(bench.Health("10.0.10.7") == kTimeout);  // nobody has that address
  bench.network.BlockTarget("10.0.10.5", false);
  bench.clock.Advance(kInterval * 5);
  CHECK(bench.Health() == kHealthy);
}

TEST_CASE("what the target does is told apart") {
  Bench bench;
  Server target([](Connection& c) {
    c.ReadMessage();
    c.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  });
  Server silent([](Connection& c) { c.ReadToEnd(); });
  Server nonsense([](Connection& c) {
    c.ReadMessage();
    c.Send("what?\r\n\r\n");
  });
  bench.hosts.Put("10.0.10.1", 3000, target);
  bench.hosts.Put("10.0.10.2", 3000, silent);
  bench.hosts.Put("10.0.10.3", 3000, nonsense);
  bench.hosts.Put("10.0.10.4", 3000, {Dial::Outcome::kRefused, "", 0, ""});
  Settings configuration = Simple(FreePort(), {At("10.0.10.1"), At("10.0.10.2"), At("10.0.10.3"), At("10.0.10.4")});
  bench.plane.Publish(Share(configuration));
  bench.clock.Settle();
  bench.clock.Advance(kInterval);
  CHECK(bench.Health("10.0.10.1") == TargetHealth{TargetStatus::kUnhealthy, "Target.ResponseCodeMismatch",
                                                  "Health checks failed with these codes: [404]"});
  CHECK(bench.Health("10.0.10.2") == kTimeout);
  const TargetHealth failed = {TargetStatus::kUnhealthy, "Target.FailedHealthChecks", "Health checks failed"};
  CHECK(bench.Health("10.0.10.3") == failed);
  CHECK(bench.Health("10.0.10.4") == failed);

  // New settings are used at once: any code below 500 will do, or just a connection.
  configuration.target_groups.front().health_check.matcher = "200-499";
  configuration.target_groups.front().health_check.healthy_threshold = 2;
  bench.plane.Publish(Share(configuration));
  bench.clock.Advance(kInterval);
  CHECK(bench.Health("10.0.10.1") == kHealthy);
  configuration.target_groups.front().health_check.protocol = Protocol::kTcp;
  bench.plane.Publish(Share(configuration));
  bench.clock.Advance(kInterval);
  CHECK(bench.Health("10.0.10.2") == kHealthy);
  CHECK(bench.Health("10.0.10.4") == failed);
}

TEST_CASE("targets that are not checked") {
  Bench bench;
  Server target([](Connection& c) {
    c.ReadMessage();
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(FreePort(), {At("10.0.10.5")});
  const Action forward = configuration.listeners.front().default_action;

  SECTION("the group is not used, then it is") {
    configuration.listeners.front().default_action = FixedResponse{};
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
    CHECK(bench.Health() == NotInUse());
    CHECK(target.connections() == 0);
    configuration.listeners.front().default_action = forward;
    bench.plane.Publish(Share(configuration));
    CHECK(bench.Health() == RegistrationInProgress());
    bench.clock.Settle();
    CHECK(bench.Health() == kHealthy);
  }
  SECTION("its zone is not enabled") {
    configuration.target_groups.front().targets.front().availability_zone = "us-east-1f";
    bench.plane.Publish(Share(configuration));
    CHECK(bench.Health() == ZoneNotEnabled());
  }
  SECTION("it drains, and comes back") {
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
    configuration.target_groups.front().targets.front().registration = Registration::kDraining;
    bench.plane.Publish(Share(configuration));
    CHECK(bench.Health() == DeregistrationInProgress());
    bench.clock.Advance(kInterval * 3);
    CHECK(target.connections() == 1);
    configuration.target_groups.front().targets.front().registration = Registration::kActive;
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
    CHECK(bench.Health() == kHealthy);
  }
  SECTION("it is gone") {
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
    configuration.target_groups.front().targets.clear();
    bench.plane.Publish(Share(configuration));
    CHECK(bench.Health() == NotRegistered());
    bench.clock.Advance(kInterval * 3);
    CHECK(target.connections() == 1);
  }
  SECTION("an unrelated change leaves it alone") {
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
    configuration.target_groups.front().targets.push_back(At("10.0.10.6"));
    bench.plane.Publish(Share(configuration));
    CHECK(bench.Health() == kHealthy);
    bench.clock.Settle();
    CHECK(target.connections() == 1);
  }
}
