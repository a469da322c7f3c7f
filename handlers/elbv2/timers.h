// What happens to load balancers and targets by itself, after a while.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "handlers/engines.h"
#include "store/records/elbv2/target.h"
#include "store/timers.h"

namespace drydock::elbv2 {

// Before timers.Start().
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

// provisioning becomes active (realistic: 2 minutes; quick: 0.3 s).
void SetActivationTimer(Context& context, const std::string& load_balancer_arn);
void CancelActivationTimer(Context& context, const std::string& load_balancer_arn);

// A draining target's registration goes at its drain_ends.
void SetDrainTimer(Context& context, const records::elbv2::Target& target);
void CancelDrainTimer(Context& context, const records::elbv2::Target& target);

}  // namespace drydock::elbv2
