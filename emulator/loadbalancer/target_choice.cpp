#include "emulator/loadbalancer/target_choice.h"

#include <algorithm>

namespace drydock::loadbalancer {

namespace {
// Spreads consecutive tickets evenly over [0, range): the fractional parts of multiples of the golden ratio.
std::uint64_t Spread(std::uint64_t ticket, std::uint64_t range) {
  return ((ticket * 0x9E3779B97F4A7C15ull) >> 32) * range >> 32;
}
}  // namespace

std::optional<std::size_t> ChooseTargetGroup(const std::vector<WeightedTargetGroup>& groups, std::uint64_t ticket) {
  if (groups.size() == 1 && groups.front().weight > 0) return 0;
  std::uint64_t total = 0;
  for (const WeightedTargetGroup& group : groups) total += static_cast<std::uint64_t>(std::max(group.weight, 0));
  if (total == 0) return std::nullopt;
  std::uint64_t point = Spread(ticket, total);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto weight = static_cast<std::uint64_t>(std::max(groups[i].weight, 0));
    if (point < weight) return i;
    point -= weight;
  }
  return std::nullopt;
}

std::optional<std::size_t> ChooseTarget(const std::vector<Candidate>& candidates, Algorithm algorithm,
                                        std::uint64_t ticket) {
  if (candidates.empty()) return std::nullopt;
  const auto healthy = static_cast<std::size_t>(
      std::count_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.healthy; }));
  const bool fail_open = healthy == 0;
  const std::size_t eligible = fail_open ? candidates.size() : healthy;
  std::size_t skip = algorithm == Algorithm::kWeightedRandom ? Spread(ticket, eligible) : ticket % eligible;
  // Going round from a start that moves on with every ticket: the first for round robin; for least outstanding requests
  // the start only settles ties.
  std::optional<std::size_t> best;
  const auto eligible_from = [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      if (!fail_open && !candidates[i].healthy) continue;
      if (!best || candidates[i].outstanding_requests < candidates[*best].outstanding_requests) best = i;
      if (algorithm != Algorithm::kLeastOutstandingRequests) return;
    }
  };
  std::size_t start = 0;
  for (; start < candidates.size(); ++start) {
    if (!fail_open && !candidates[start].healthy) continue;
    if (skip-- == 0) break;
  }
  eligible_from(start, candidates.size());
  if (algorithm == Algorithm::kLeastOutstandingRequests) eligible_from(0, start);
  return best;
}

}  // namespace drydock::loadbalancer
