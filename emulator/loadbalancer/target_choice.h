// Which target group and which target a request goes to. Pure: chance comes in as a ticket, a number that grows by one
// with every request, so equal inputs give equal choices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "emulator/loadbalancer/configuration.h"

namespace drydock::loadbalancer {

// The index of the chosen group; nullopt when all weights are zero. Any run of requests is spread close to the weights,
// not in blocks.
std::optional<std::size_t> ChooseTargetGroup(const std::vector<WeightedTargetGroup>& groups, std::uint64_t ticket);

// One registered target that may be routed to.
struct Candidate {
  bool healthy = false;
  std::uint32_t outstanding_requests = 0;
  std::uint32_t share = kFullShare;  // less in slow start; round robin only

  static constexpr std::uint32_t kFullShare = 1000;
};

// The index of the chosen target; nullopt when there is none. Only healthy targets are chosen, unless there are fewer
// than `minimum_healthy`, which is at least 1: then all are (fail-open; Application Load Balancer guide, "Health checks
// for your target groups", "Target group health").
std::optional<std::size_t> ChooseTarget(const std::vector<Candidate>& candidates, Algorithm algorithm,
                                        std::uint64_t ticket, std::size_t minimum_healthy = 1);

// How many of `targets` have to be healthy, at least 1.
std::size_t MinimumHealthy(const TargetGroup& group, std::size_t targets);

// A target's share of the requests `elapsed` after it became healthy: it grows evenly over the slow start duration
// (Application Load Balancer guide, "Slow start mode"). Never zero, so that it gets to serve at all.
std::uint32_t SlowStartShare(std::int64_t elapsed_milliseconds, Seconds duration);

}  // namespace drydock::loadbalancer
