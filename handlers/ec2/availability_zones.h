// AWS's regions and their Availability Zones.
#pragma once

#include <string>
#include <vector>

namespace drydock::ec2 {

struct Zone {
  std::string name;  // eu-central-1a
  std::string id;    // euc1-az1
};

// The region's zones in order of their names. A region that AWS does not have has three: whoever tests against such a
// name still gets a working network. AWS shuffles names and ids for each account; here they are the same for all.
std::vector<Zone> ZonesOf(const std::string& region);

}  // namespace drydock::ec2
