#include "handlers/ec2/timers.h"

namespace drydock::ec2 {

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids) {
  const auto on = [&](const char* kind, void (*fired)(Context&, const std::string&)) {
    timers.On(kind, [&engines, &ids, fired](store::Transaction& tx, const store::Timer& timer) {
      Principal ec2 = Principal::Root(timer.scope.account);
      ec2.type = Principal::Type::kService;
      ec2.service = "ec2.amazonaws.com";
      Context context{tx, engines, ids, engines.clock.Now(), timer.scope, ec2, ids.Uuid(), "127.0.0.1", ""};
      fired(context, timer.key);
    });
  };
  on(kNatGatewayTimer, NatGatewayTimerFired);
  on(kVpcEndpointTimer, VpcEndpointTimerFired);
  on(kPrefixListTimer, PrefixListTimerFired);
  on(kVpcPeeringTimer, VpcPeeringTimerFired);
  on(kNetworkInsightsTimer, NetworkInsightsTimerFired);
  on(kAccessScopeTimer, AccessScopeTimerFired);
  on(kInstanceTimer, InstanceTimerFired);
}

}  // namespace drydock::ec2
