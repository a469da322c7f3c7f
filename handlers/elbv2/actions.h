// The actions of listeners and rules.
#pragma once

#include <vector>

#include "api/elbv2/Action.h"
#include "emulator/core/context.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"

namespace drydock::elbv2 {

// The actions of a request for a listener (or one of its rules), checked and with their defaults; the listener's
// protocol and port count. Throws InvalidLoadBalancerAction, TargetGroupNotFound, IncompatibleProtocols,
// TargetGroupAssociationLimit, TooManyUniqueTargetGroupsPerLoadBalancer and others.
std::vector<records::elbv2::Action> CheckActions(Context& context, const records::elbv2::LoadBalancer& load_balancer,
                                                 const records::elbv2::Listener& listener, const List<Action>& actions);

List<Action> RenderActions(const std::vector<records::elbv2::Action>& actions);

}  // namespace drydock::elbv2
