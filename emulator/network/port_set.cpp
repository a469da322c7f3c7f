#include "emulator/network/port_set.h"

#include <algorithm>
#include <iterator>

namespace drydock::network {

PortSet Intersection(const PortSet& ports, PortRange range) {
  PortSet common;
  for (const PortRange& each : ports) {
    const PortRange part{std::max(each.from, range.from), std::min(each.to, range.to)};
    if (part.from <= part.to) common.push_back(part);
  }
  return common;
}

PortSet Difference(const PortSet& ports, PortRange range) {
  if (range.from > range.to) return ports;
  PortSet rest;
  for (const PortRange& each : ports) {
    if (each.to < range.from || each.from > range.to) {
      rest.push_back(each);
      continue;
    }
    if (each.from < range.from) rest.push_back({each.from, static_cast<std::uint16_t>(range.from - 1)});
    if (each.to > range.to) rest.push_back({static_cast<std::uint16_t>(range.to + 1), each.to});
  }
  return rest;
}

PortSet Union(const PortSet& a, const PortSet& b) {
  PortSet sorted;
  std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(sorted),
             [](const PortRange& x, const PortRange& y) { return x.from < y.from; });
  PortSet joined;
  for (const PortRange& each : sorted) {
    if (!joined.empty() && each.from <= joined.back().to + 1) {
      joined.back().to = std::max(joined.back().to, each.to);
    } else {
      joined.push_back(each);
    }
  }
  return joined;
}

}  // namespace drydock::network
