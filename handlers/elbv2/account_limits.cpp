// The quotas of an account: AWS's defaults, those that the handlers here enforce among them. Application Load Balancer
// guide and Network Load Balancer guide, "Quotas".
#include "api/elbv2/DescribeAccountLimitsInput.h"
#include "api/elbv2/DescribeAccountLimitsOutput.h"
#include "emulator/api/operation.h"
#include "handlers/elbv2/lookup.h"

namespace drydock::elbv2 {

AWS_OPERATION(elbv2, DescribeAccountLimits)
DescribeAccountLimitsOutput DescribeAccountLimits(Context& context, const DescribeAccountLimitsInput& in) {
  std::vector<std::pair<std::string, int>> limits = {
      {"application-load-balancers", 50},
      {"listeners-per-application-load-balancer", 50},
      {"rules-per-application-load-balancer", 100},
      {"target-groups-per-application-load-balancer", 100},
      {"targets-per-application-load-balancer", 1000},
      {"target-id-registrations-per-application-load-balancer", 1000},
      {"target-groups-per-action-on-application-load-balancer", 5},
      {"certificates-per-application-load-balancer", 25},
      {"condition-values-per-alb-rule", 5},
      {"condition-wildcards-per-alb-rule", 5},
      {"network-load-balancers", 50},
      {"listeners-per-network-load-balancer", 50},
      {"targets-per-network-load-balancer", 3000},
      {"targets-per-availability-zone-per-network-load-balancer", 500},
      {"target-groups-per-action-on-network-load-balancer", 1},
      {"certificates-per-network-load-balancer", 25},
      {"gateway-load-balancers", 100},
      {"gateway-load-balancers-per-vpc", 100},
      {"geneve-target-groups", 100},
      {"targets-per-availability-zone-per-gateway-load-balancer", 300},
      {"target-groups", 3000},
  };
  const auto page = TakeMarkedPage(context, "DescribeAccountLimits", std::move(limits), in.Marker, in.PageSize,
                                   [](const auto& limit) { return limit.first; });
  DescribeAccountLimitsOutput out;
  for (const auto& [name, most] : page.items) {
    Limit& limit = out.Limits.emplace_back();
    limit.Name = name;
    limit.Max = std::to_string(most);
  }
  out.NextMarker = page.next_token;
  return out;
}

}  // namespace drydock::elbv2
