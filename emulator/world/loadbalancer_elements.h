// The records of Elastic Load Balancing as the data plane's configuration. What a record does not say itself (the
// addresses of network interfaces, certificates, the state of instances) is read beside it.
#pragma once

#include <string>

#include "emulator/core/scope.h"
#include "emulator/loadbalancer/configuration.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"
#include "store/table.h"

namespace drydock::world {

loadbalancer::LoadBalancer LoadBalancerOf(store::Transaction& tx, const Scope& scope,
                                          const records::elbv2::LoadBalancer& record);
// Without rules and default action.
loadbalancer::Listener ListenerOf(store::Transaction& tx, const Scope& scope, const records::elbv2::Listener& record);
loadbalancer::Rule RuleOf(const records::elbv2::Rule& record);
// Without targets.
loadbalancer::TargetGroup TargetGroupOf(const records::elbv2::TargetGroup& record);
// `type` is the group's.
loadbalancer::Target TargetOf(store::Transaction& tx, const Scope& scope, const records::elbv2::Target& record,
                              loadbalancer::TargetType type);

}  // namespace drydock::world
