// How long something takes, where now and then something else gets in its way.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

// The median of so many rounds of action(round), in milliseconds.
template <class Action>
double MedianMilliseconds(int rounds, Action action) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    action(round);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[static_cast<std::size_t>(rounds) / 2];
}
