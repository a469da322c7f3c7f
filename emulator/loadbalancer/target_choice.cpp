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

std::size_t MinimumHealthy(const TargetGroup& group, std::size_t targets) {
  const auto by_percentage = (targets * static_cast<std::size_t>(group.minimum_healthy_percentage) + 99) / 100;
  return std::max({static_cast<std::size_t>(group.minimum_healthy_count), by_percentage, std::size_t{1}});
}

std::uint32_t SlowStartShare(std::int64_t elapsed_milliseconds, Seconds duration) {
  const std::int64_t whole = duration.count() * 1000;
  if (elapsed_milliseconds >= whole) return Candidate::kFullShare;
  const std::int64_t share = std::max<std::int64_t>(elapsed_milliseconds, 0) * Candidate::kFullShare / whole;
  return static_cast<std::uint32_t>(std::max<std::int64_t>(share, 1));
}

std::optional<std::size_t> ChooseTarget(const std::vector<Candidate>& candidates, Algorithm algorithm,
                                        std::uint64_t ticket, std::size_t minimum_healthy) {
  if (candidates.empty()) return std::nullopt;
  const auto healthy = static_cast<std::size_t>(
      std::count_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.healthy; }));
  const bool fail_open = healthy < std::max<std::size_t>(minimum_healthy, 1);
  if (algorithm == Algorithm::kRoundRobin && !fail_open) {
    std::uint64_t shares = 0;
    for (const Candidate& candidate : candidates) shares += candidate.healthy ? candidate.share : 0;
    if (shares < healthy * std::uint64_t{Candidate::kFullShare}) {
      std::uint64_t point = Spread(ticket, shares);
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!candidates[i].healthy) continue;
        if (point < candidates[i].share) return i;
        point -= candidates[i].share;
      }
    }
  }
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
