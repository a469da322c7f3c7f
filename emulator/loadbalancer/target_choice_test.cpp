#include "emulator/loadbalancer/target_choice.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

namespace {
std::vector<int> Spread(const std::vector<Candidate>& candidates, Algorithm algorithm, int requests) {
  std::vector<int> counts(candidates.size());
  for (int i = 0; i < requests; ++i) {
    ++counts[*ChooseTarget(candidates, algorithm, static_cast<std::uint64_t>(i))];
  }
  return counts;
}
}  // namespace

// Application Load Balancer guide, "Edit target group attributes", load balancing algorithm.
TEST_CASE("round robin goes evenly over healthy targets only") {
  CHECK(Spread({{true, 0}, {true, 0}}, Algorithm::kRoundRobin, 10) == std::vector<int>{5, 5});
  CHECK(Spread({{true, 0}, {false, 0}, {true, 0}, {true, 0}}, Algorithm::kRoundRobin, 9) ==
        std::vector<int>{3, 0, 3, 3});
}

// "Health checks for your target groups": with no healthy target, all are routed to.
TEST_CASE("fail-open") {
  CHECK(Spread({{false, 0}, {false, 0}}, Algorithm::kRoundRobin, 10) == std::vector<int>{5, 5});
  CHECK_FALSE(ChooseTarget({}, Algorithm::kRoundRobin, 0).has_value());
}

TEST_CASE("least outstanding requests") {
  CHECK(ChooseTarget({{true, 5}, {true, 2}, {false, 0}}, Algorithm::kLeastOutstandingRequests, 0) == 1);
  CHECK(ChooseTarget({{true, 5}, {true, 2}, {false, 0}}, Algorithm::kLeastOutstandingRequests, 1) == 1);
  CHECK(Spread({{true, 1}, {true, 1}}, Algorithm::kLeastOutstandingRequests, 10) == std::vector<int>{5, 5});
}

TEST_CASE("random choice spreads over all healthy targets") {
  for (const int count : Spread({{true, 0}, {true, 0}, {true, 0}}, Algorithm::kWeightedRandom, 300)) {
    CHECK(count > 80);
  }
}

// ForwardActionConfig: weights 0 to 999.
TEST_CASE("weighted target groups") {
  const std::vector<WeightedTargetGroup> groups = {{"a", 1}, {"b", 3}, {"c", 0}};
  std::vector<int> counts(3);
  for (std::uint64_t ticket = 0; ticket < 400; ++ticket) ++counts[*ChooseTargetGroup(groups, ticket)];
  CHECK(std::abs(counts[0] - 100) <= 3);
  CHECK(std::abs(counts[1] - 300) <= 3);
  CHECK(counts[2] == 0);
  CHECK_FALSE(ChooseTargetGroup({{"a", 0}, {"b", 0}}, 7).has_value());
  CHECK_FALSE(ChooseTargetGroup({{"a", 0}}, 7).has_value());
  CHECK(ChooseTargetGroup({{"a", 1}}, 7) == 0);
}

TEST_CASE("large equal weights do not send requests in blocks") {
  const std::vector<WeightedTargetGroup> groups = {{"a", 500}, {"b", 500}};
  int longest = 0, run = 0;
  std::size_t last = 9;
  for (std::uint64_t ticket = 0; ticket < 1000; ++ticket) {
    const std::size_t chosen = *ChooseTargetGroup(groups, ticket);
    run = chosen == last ? run + 1 : 1;
    last = chosen;
    longest = std::max(longest, run);
  }
  CHECK(longest <= 3);
}

// "Slow start mode": the share grows evenly to the full one.
TEST_CASE("slow start") {
  CHECK(SlowStartShare(0, Seconds(30)) == 1);
  CHECK(SlowStartShare(15'000, Seconds(30)) == 500);
  CHECK(SlowStartShare(31'000, Seconds(30)) == Candidate::kFullShare);
  const auto counts = Spread({{true, 0}, {true, 0, 250}}, Algorithm::kRoundRobin, 1000);
  CHECK(counts[1] > 180);
  CHECK(counts[1] < 220);
  CHECK(Spread({{true, 0, 1}, {false, 0}}, Algorithm::kRoundRobin, 10) == std::vector<int>{10, 0});
}

// "Target group health": unhealthy state routing.
TEST_CASE("with fewer healthy targets than wanted all are routed to") {
  TargetGroup group;
  CHECK(MinimumHealthy(group, 3) == 1);
  group.minimum_healthy_percentage = 50;
  CHECK(MinimumHealthy(group, 3) == 2);
  group.minimum_healthy_count = 3;
  CHECK(MinimumHealthy(group, 3) == 3);
  const std::vector<Candidate> one_down = {{true, 0}, {false, 0}};
  CHECK(ChooseTarget(one_down, Algorithm::kRoundRobin, 1, 1) == 0);
  CHECK(ChooseTarget(one_down, Algorithm::kRoundRobin, 1, 2) == 1);
}
