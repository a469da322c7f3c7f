// What Reachability Analyzer's and Network Access Analyzer's operations have in common: kinds of resources, and how the
// engine's paths are shown.
#pragma once

#include <string>
#include <vector>

#include "emulator/network/evaluate.h"
#include "handlers/ec2/resources.h"
#include "store/records/ec2/network_insights.h"

namespace drydock::ec2 {

// Codes for what is not there: those that Terraform's provider expects; texts and the Malformed codes are unconfirmed.
template <>
inline constexpr ResourceKind kKind<record::NetworkInsightsPath>{
    "nip", "network-insights-path", "InvalidNetworkInsightsPathId.Malformed", "InvalidNetworkInsightsPathId.NotFound",
    "The networkInsightsPath ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::NetworkInsightsAnalysis>{
    "nia", "network-insights-analysis", "InvalidNetworkInsightsAnalysisId.Malformed",
    "InvalidNetworkInsightsAnalysisId.NotFound", "The networkInsightsAnalysis ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::NetworkInsightsAccessScope>{
    "nis", "network-insights-access-scope", "InvalidNetworkInsightsAccessScopeId.Malformed",
    "InvalidNetworkInsightsAccessScopeId.NotFound", "The networkInsightsAccessScope ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::NetworkInsightsAccessScopeAnalysis>{
    "nisa", "network-insights-access-scope-analysis", "InvalidNetworkInsightsAccessScopeAnalysisId.Malformed",
    "InvalidNetworkInsightsAccessScopeAnalysisId.NotFound",
    "The networkInsightsAccessScopeAnalysis ID '{}' does not exist"};

// A resource as path components name it: its id, ARN and Name tag.
AnalysisComponent ComponentOf(Context& context, const std::string& id);

// The hops as path components, numbered from 1. Hosts outside all VPCs are no components. `first` and `last` are the
// instances at the ends, where the path was asked of instances; empty otherwise.
std::vector<PathComponent> PathComponentsOf(Context& context, const std::vector<network::Hop>& hops,
                                            const std::string& first, const std::string& last);

// An explanation with the members that AWS gives for its code (Reachability Analyzer guide, "Explanation codes"; which
// of the optional ones come with a code is unconfirmed).
Explanation ExplanationOf(Context& context, const network::Explanation& explanation);

// A path that a load balancer carries on: to one of its nodes, where a listener takes it, and from there to a target.
struct BalancedPath {
  std::string load_balancer_arn, listener_arn, target_group_arn;
  network::Path to_node, to_target;
};

// Looks for a way of the flow through a load balancer to this interface, or says why there is none. Only through
// `only`, unless that is empty; through none of `without`. Targets need not be healthy: Reachability Analyzer guide,
// "How Reachability Analyzer works". Network load balancers that keep the client's address are not looked at.
std::optional<BalancedPath> FindBalancedPath(Context& context, const network::Topology& topology,
                                             const network::Flow& flow, const std::string& target_interface_id,
                                             const std::string& only, const std::vector<std::string>& without,
                                             std::vector<Explanation>& explanations);

// There: up to the node, the load balancer with its listener, the target group, on to the target; and back. The order
// is unconfirmed.
std::vector<PathComponent> ForwardComponentsOf(Context& context, const BalancedPath& path, const std::string& first,
                                               const std::string& last);
std::vector<PathComponent> ReturnComponentsOf(Context& context, const BalancedPath& path, const std::string& first,
                                              const std::string& last);

// Whether a hop leads through the resource of this id.
bool LeadsThrough(const std::vector<network::Hop>& hops, const std::string& id);

// Evaluates the flow; where one end is a host on the internet that nobody named, the flow passes if it does for any
// address that some rule on its way speaks of. Reachability Analyzer looks for one packet that passes.
network::Path EvaluateForAnyone(const network::Topology& topology, network::Flow flow);

// The load balancer whose node the interface is: its ARN; empty when none.
std::string LoadBalancerOf(Context& context, const std::string& network_interface_id);
// The instance an interface is attached to; empty when none.
std::string InstanceOf(Context& context, const std::string& network_interface_id);
// The instance's first interface; nullopt when no interface is attached to such an instance.
std::optional<std::string> InterfaceOfInstance(Context& context, const std::string& instance_id);

}  // namespace drydock::ec2
