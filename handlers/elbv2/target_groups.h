#pragma once

#include <map>
#include <set>
#include <string>

#include "emulator/core/context.h"

namespace drydock::elbv2 {

// Which load balancers use which target groups: target group ARN -> ARNs of the load balancers whose rules (the default
// rules among them) forward to it. Reads all rules of the account and region.
std::map<std::string, std::set<std::string>> TargetGroupUse(Context& context);

}  // namespace drydock::elbv2
