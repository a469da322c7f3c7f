// Targets and their registration: what other services do in-process, in their own transaction, as the service that
// manages the targets (for ECS: its service-linked role, which always has the permissions).
#pragma once

#include <optional>
#include <string>

#include "emulator/core/context.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::elbv2 {

// nullopt when there is no such target group in the context's account and region.
std::optional<records::elbv2::TargetGroup> FindTargetGroup(Context& context, const std::string& target_group_arn);

// Whether some listener or rule forwards to it.
bool HasLoadBalancer(Context& context, const std::string& target_group_arn);

// Registers an address (or whatever the group's type says) with a port. Registering again changes nothing, and ends the
// draining of a target that was being deregistered. Throws TargetGroupNotFound, and a ValidationError for an address
// that is not in the group's VPC: a service cannot say that it means one.
void RegisterTarget(Context& context, const std::string& target_group_arn, const std::string& id, int port,
                    const std::string& availability_zone);

// Starts to drain the target; nothing happens when it is not registered. The registration is gone after the group's
// deregistration delay (realistic: the delay; quick: a sixtieth, at least 1 s), or at once when no load balancer uses
// the group. The delay is waited for whether or not requests are in flight.
void DeregisterTarget(Context& context, const std::string& target_group_arn, const std::string& id, int port);

// When the target's draining ends; nullopt: it is not draining, or not registered (any more).
std::optional<Timestamp> DrainingUntil(Context& context, const std::string& target_group_arn, const std::string& id,
                                       int port);

}  // namespace drydock::elbv2
