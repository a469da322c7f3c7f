#include "emulator/loadbalancer/target_health.h"

#include <catch2/catch.hpp>

#include "emulator/loadbalancer/configuration.h"

using namespace drydock::loadbalancer;

namespace {
using Outcome = ProbeResult::Outcome;
constexpr ProbeResult kOk{Outcome::kAnswered, 200};
constexpr ProbeResult kNotFound{Outcome::kAnswered, 404};
constexpr ProbeResult kTimeout{Outcome::kTimeout, 0};
constexpr ProbeResult kRefused{Outcome::kFailed, 0};

TargetHealth After(HealthMachine& machine, std::initializer_list<ProbeResult> results,
                   const HealthCheckSettings& settings = {}) {
  for (const ProbeResult& result : results) machine.Observe(result, settings);
  return machine.health();
}
}  // namespace

// Application Load Balancer guide, "Health checks for your target groups": a new target is healthy after one success.
TEST_CASE("a new target needs one success") {
  HealthMachine machine;
  CHECK(machine.health() == RegistrationInProgress());
  machine.Restart(InitialHealthChecking());
  CHECK(After(machine, {kOk}) == TargetHealth{TargetStatus::kHealthy, "", ""});
}

// TargetHealth, Reason and Description; texts as observed on AWS.
TEST_CASE("reasons of being unhealthy") {
  HealthMachine machine;
  machine.Restart(InitialHealthChecking());
  CHECK(After(machine, {kTimeout}) == InitialHealthChecking());
  CHECK(After(machine, {kTimeout}) == TargetHealth{TargetStatus::kUnhealthy, "Target.Timeout", "Request timed out"});
  CHECK(After(machine, {kNotFound}) == TargetHealth{TargetStatus::kUnhealthy, "Target.ResponseCodeMismatch",
                                                    "Health checks failed with these codes: [404]"});
  CHECK(After(machine, {kRefused}) ==
        TargetHealth{TargetStatus::kUnhealthy, "Target.FailedHealthChecks", "Health checks failed"});
}

TEST_CASE("thresholds count consecutive results") {
  HealthMachine machine;
  const HealthCheckSettings settings = {.healthy_threshold = 3, .unhealthy_threshold = 2};
  CHECK(After(machine, {kOk, kTimeout, kOk, kTimeout}, settings).status == TargetStatus::kHealthy);
  CHECK(After(machine, {kTimeout}, settings).status == TargetStatus::kUnhealthy);
  CHECK(After(machine, {kOk, kOk, kTimeout, kOk, kOk}, settings).status == TargetStatus::kUnhealthy);
  CHECK(After(machine, {kOk}, settings).status == TargetStatus::kHealthy);
}

TEST_CASE("a TCP check succeeds by connecting") {
  HealthMachine machine;
  CHECK(After(machine, {{Outcome::kConnected, 0}}).status == TargetStatus::kHealthy);
}

// Matcher, HttpCode: "200", "200,202", "200-299".
TEST_CASE("matchers") {
  CHECK(Matcher("200").Matches(200));
  CHECK_FALSE(Matcher("200").Matches(201));
  CHECK(Matcher("200,202").Matches(202));
  CHECK_FALSE(Matcher("200,202").Matches(201));
  CHECK(Matcher("200-299,404").Matches(404));
  CHECK(Matcher("200-299").Matches(299));
  CHECK_FALSE(Matcher("200-299").Matches(300));
  CHECK_FALSE(Matcher("nonsense").Matches(200));
}
