// Reachability Analyzer's way through load balancers.
#include <algorithm>
#include <iterator>
#include <set>

#include "handlers/ec2/network_insights.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::ec2 {

namespace {

namespace elb = records::elbv2;

bool Takes(const elb::Listener& listener, const network::Flow& flow) {
  const bool udp = listener.protocol == "UDP", both = listener.protocol == "TCP_UDP";
  const bool protocol = both || udp == (flow.protocol == network::Protocol::kUdp);
  return protocol && listener.port >= flow.destination_ports.from && listener.port <= flow.destination_ports.to;
}

// With client IP preservation the target sees the client's address, and the flow is one from the client.
bool KeepsClientAddress(const elb::LoadBalancer& balancer, const elb::TargetGroup& group) {
  if (balancer.type == "application") return false;
  const auto attribute = group.attributes.find("preserve_client_ip.enabled");
  if (attribute != group.attributes.end()) return attribute->second == "true";
  return group.target_type == "instance" || group.protocol == "UDP" || group.protocol == "TCP_UDP";
}

// One load balancer's ways to one interface.
class BalancedSearch {
 public:
  BalancedSearch(Context& context, const network::Topology& topology, const network::Flow& flow,
                 const elb::LoadBalancer& balancer, const std::string& target_interface_id,
                 std::vector<Explanation>& explanations)
      : context_(context),
        topology_(topology),
        flow_(flow),
        balancer_(balancer),
        target_(topology.Find<network::NetworkInterface>(target_interface_id)),
        explanations_(explanations) {}

  // `required`: what keeps the load balancer from being used at all is told as well.
  std::optional<BalancedPath> Run(bool required) {
    bool takes = false;
    for (const auto& listener : context_.tx.List<elb::Listener>(
             context_.scope, store::Where(&elb::Listener::load_balancer_arn, balancer_.arn))) {
      if (!Takes(listener, flow_)) continue;
      takes = true;
      bool has_targets = false, is_target = false;
      for (const auto& group : GroupsOf(listener)) {
        for (const auto& target :
             context_.tx.List<elb::Target>(context_.scope, store::Where(&elb::Target::target_group_arn, group.arn))) {
          has_targets = true;
          if (!IsTheInterface(target)) continue;
          is_target = true;
          if (auto found = Evaluate(listener, group, target)) return found;
        }
      }
      if (!required || is_target) continue;
      // ELBV2_LISTENER_HAS_NO_TG is told, by its explanation, when the groups have no targets.
      Explanation& why = Explain(has_targets ? "TARGET_ADDRESS_RESTRICTION" : "ELBV2_LISTENER_HAS_NO_TG");
      why.ElasticLoadBalancerListener = ComponentOf(context_, listener.arn);
      why.LoadBalancerListenerPort = listener.port;
    }
    if (required && !takes) Explain("ELBV2_LISTENERS_MISMATCH");
    return std::nullopt;
  }

 private:
  Explanation& Explain(const char* code) {
    Explanation& explanation = explanations_.emplace_back();
    explanation.ExplanationCode = code;
    explanation.Component = ComponentOf(context_, balancer_.arn);
    explanation.LoadBalancerArn = balancer_.arn;
    return explanation;
  }

  // The groups that the listener's rules forward to.
  std::vector<elb::TargetGroup> GroupsOf(const elb::Listener& listener) {
    std::set<std::string> arns;
    for (const auto& rule :
         context_.tx.List<elb::Rule>(context_.scope, store::Where(&elb::Rule::listener_arn, listener.arn)))
      for (const auto& action : rule.actions)
        for (const auto& group : action.target_groups) arns.insert(group.target_group_arn);
    std::vector<elb::TargetGroup> groups;
    for (const auto& arn : arns)
      if (auto group = context_.tx.Get<elb::TargetGroup>(context_.scope, arn))
        if (!KeepsClientAddress(balancer_, *group)) groups.push_back(std::move(*group));
    return groups;
  }

  bool IsTheInterface(const elb::Target& target) const {
    if (target.state != elb::Target::kActive || !target_) return false;
    if (target.id.starts_with("i-")) return InterfaceOfInstance(context_, target.id) == target_->id;
    const auto address = network::Address::Parse(target.id);
    return address && topology_.InterfaceAt(balancer_.vpc_id, *address) == target_;
  }

  std::optional<BalancedPath> Evaluate(const elb::Listener& listener, const elb::TargetGroup& group,
                                       const elb::Target& target) {
    std::vector<network::Explanation> first_failure;
    for (const auto& zone : balancer_.zones) {
      const auto* node = topology_.Find<network::NetworkInterface>(zone.network_interface_id);
      if (!node || node->private_ipv4.empty()) continue;
      BalancedPath path{balancer_.arn, listener.arn, group.arn, {}, {}};
      network::Flow to_node = flow_;
      to_node.destination = network::InterfaceEndpoint{node->id};
      if (balancer_.scheme == "internet-facing" && node->private_ipv4.front().public_address)
        to_node.destination = network::AddressEndpoint{*node->private_ipv4.front().public_address};
      to_node.destination_ports = network::PortRange::One(static_cast<std::uint16_t>(listener.port));
      path.to_node = EvaluateForAnyone(topology_, to_node);
      auto on = network::Flow::Tcp(network::InterfaceEndpoint{node->id}, network::InterfaceEndpoint{target_->id},
                                   static_cast<std::uint16_t>(target.port));
      on.protocol = flow_.protocol;
      on.source_ports = network::PortRange::Ephemeral();
      if (const auto address = network::Address::Parse(target.id))
        on.destination = network::InterfaceEndpoint{target_->id, *address};
      path.to_target = network::Evaluate(topology_, on);
      if (path.to_node.reachable() && path.to_target.reachable()) return path;
      if (!first_failure.empty()) continue;
      first_failure = path.to_node.explanations;
      std::copy(path.to_target.explanations.begin(), path.to_target.explanations.end(),
                std::back_inserter(first_failure));
    }
    for (const auto& each : first_failure) explanations_.push_back(ExplanationOf(context_, each));
    return std::nullopt;
  }

  Context& context_;
  const network::Topology& topology_;
  const network::Flow& flow_;
  const elb::LoadBalancer& balancer_;
  const network::NetworkInterface* target_;
  std::vector<Explanation>& explanations_;
};

// The components before, the load balancer's own, and those behind, numbered anew.
std::vector<PathComponent> Joined(Context& context, const BalancedPath& path, std::vector<PathComponent> before,
                                  std::vector<PathComponent> behind) {
  std::vector<PathComponent> own(2);
  own[0].Component = ComponentOf(context, path.load_balancer_arn);
  own[0].ElasticLoadBalancerListener = ComponentOf(context, path.listener_arn);
  own[1].Component = ComponentOf(context, path.target_group_arn);
  for (auto& component : own) component.AdditionalDetails.present = component.Explanations.present = true;
  std::vector<PathComponent> all = std::move(before);
  for (auto* part : {&own, &behind}) std::move(part->begin(), part->end(), std::back_inserter(all));
  std::int32_t number = 0;
  for (auto& component : all) component.SequenceNumber = ++number;
  return all;
}

}  // namespace

std::optional<BalancedPath> FindBalancedPath(Context& context, const network::Topology& topology,
                                             const network::Flow& flow, const std::string& target_interface_id,
                                             const std::string& only, const std::vector<std::string>& without,
                                             std::vector<Explanation>& explanations) {
  const auto* source = std::get_if<network::InterfaceEndpoint>(&flow.source);
  for (const auto& balancer : context.tx.List<elb::LoadBalancer>(context.scope)) {
    if (!only.empty() && balancer.arn != only) continue;
    if (std::find(without.begin(), without.end(), balancer.arn) != without.end()) continue;
    // What begins at a node goes on from there directly.
    if (source && LoadBalancerOf(context, source->id) == balancer.arn) continue;
    BalancedSearch search(context, topology, flow, balancer, target_interface_id, explanations);
    if (auto found = search.Run(!only.empty())) return found;
  }
  return std::nullopt;
}

std::vector<PathComponent> ForwardComponentsOf(Context& context, const BalancedPath& path, const std::string& first,
                                               const std::string& last) {
  return Joined(context, path, PathComponentsOf(context, path.to_node.forward, first, ""),
                PathComponentsOf(context, path.to_target.forward, "", last));
}

std::vector<PathComponent> ReturnComponentsOf(Context& context, const BalancedPath& path, const std::string& first,
                                              const std::string& last) {
  return Joined(context, path, PathComponentsOf(context, path.to_target.back, first, ""),
                PathComponentsOf(context, path.to_node.back, "", last));
}

std::string LoadBalancerOf(Context& context, const std::string& network_interface_id) {
  for (const auto& balancer : context.tx.List<elb::LoadBalancer>(context.scope))
    for (const auto& zone : balancer.zones)
      if (zone.network_interface_id == network_interface_id) return balancer.arn;
  return "";
}

}  // namespace drydock::ec2
