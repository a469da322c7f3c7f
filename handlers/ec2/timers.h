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

// An endpoint's next step: from pending to available, from deleting to gone.
inline constexpr char kVpcEndpointTimer[] = "ec2.vpc_endpoint";
void VpcEndpointTimerFired(Context& context, const std::string& vpc_endpoint_id);

// A prefix list has been created, modified, restored or deleted.
inline constexpr char kPrefixListTimer[] = "ec2.prefix_list";
void PrefixListTimerFired(Context& context, const std::string& prefix_list_id);

// A peering connection that nobody accepted expires; one that has ended goes out of sight.
inline constexpr char kVpcPeeringTimer[] = "ec2.vpc_peering_connection";
void VpcPeeringTimerFired(Context& context, const std::string& vpc_peering_connection_id);

// An analysis has its result; months later it goes out of sight.
inline constexpr char kNetworkInsightsTimer[] = "ec2.network_insights_analysis";
void NetworkInsightsTimerFired(Context& context, const std::string& analysis_id);
inline constexpr char kAccessScopeTimer[] = "ec2.network_insights_access_scope_analysis";
void AccessScopeTimerFired(Context& context, const std::string& analysis_id);

// An instance's next step: from pending to running, from stopping to stopped, from shutting-down to terminated, and
// then out of sight.
inline constexpr char kInstanceTimer[] = "ec2.instance";
void InstanceTimerFired(Context& context, const std::string& instance_id);

// Before Timers::Start(). The references must outlive the timers.
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::ec2
