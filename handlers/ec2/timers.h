// What happens in EC2 by itself, when its time has come.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "handlers/engines.h"
#include "store/timers.h"

namespace drydock::ec2 {

// A NAT gateway's next step: from pending to available or failed, from deleting to deleted, and then out of sight.
inline constexpr char kNatGatewayTimer[] = "ec2.nat_gateway";
void NatGatewayTimerFired(Context& context, const std::string& nat_gateway_id);

// Before Timers::Start(). The references must outlive the timers.
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::ec2
