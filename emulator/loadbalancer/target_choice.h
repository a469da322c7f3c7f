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
};

// The index of the chosen target; nullopt when there is none. Only healthy targets are chosen, unless there is no
// healthy one: then all are (fail-open; Application Load Balancer guide, "Health checks for your target groups").
std::optional<std::size_t> ChooseTarget(const std::vector<Candidate>& candidates, Algorithm algorithm,
                                        std::uint64_t ticket);

}  // namespace drydock::loadbalancer
