#include "emulator/network/story.h"

#include <fmt/format.h>

namespace drydock::network {
namespace {

std::string PortsText(int from, int to) {
  return from == to ? fmt::format("{}", from) : fmt::format("{}-{}", from, to);
}

std::string TrafficText(int protocol, int from, int to) {
  switch (protocol) {
    case 6:
    case 17:
      return fmt::format("{} {}", protocol == 6 ? "tcp" : "udp", PortsText(from, to));
    case 1:
    case 58:
      return "icmp";
    case -1:
      return "all traffic";
    default:
      return fmt::format("protocol {}", protocol);
  }
}

std::string Text(const SecurityGroupRule& rule) {
  std::string peer;
  if (const auto* cidr = std::get_if<Cidr>(&rule.peer)) peer = cidr->ToString();
  if (const auto* group = std::get_if<SecurityGroupReference>(&rule.peer)) peer = group->group_id;
  if (const auto* list = std::get_if<PrefixListReference>(&rule.peer)) peer = list->prefix_list_id;
  return fmt::format("rule {} admits {} {} {}", rule.id, TrafficText(rule.protocol, rule.from_port, rule.to_port),
                     rule.egress ? "to" : "from", peer);
}

std::string Text(const NetworkAclEntry& entry) {
  return fmt::format("rule {} {} {} {} {}", entry.rule_number, entry.allow ? "allows" : "denies",
                     TrafficText(entry.protocol, entry.ports.from, entry.ports.to), entry.egress ? "to" : "from",
                     entry.cidr.ToString());
}

std::string Text(const Route& route) {
  const auto* block = std::get_if<Cidr>(&route.destination);
  return fmt::format("{} -> {}", block ? block->ToString() : std::get<std::string>(route.destination),
                     route.target.id.empty() ? "local" : route.target.id);
}

std::string EdgeText(const Hop& hop) {
  if (hop.component == Component::kSecurityGroup)
    return fmt::format("{} {}", hop.direction == Direction::kEgress ? "out of" : "into", hop.network_interface_id);
  if (hop.component == Component::kNetworkAcl)
    return fmt::format("{} {}", hop.direction == Direction::kEgress ? "out of" : "into", hop.subnet_id);
  return "";
}

}  // namespace

std::string_view WordsFor(Component component) {
  switch (component) {
    case Component::kNetworkInterface:
      return "network interface";
    case Component::kSecurityGroup:
      return "security group";
    case Component::kNetworkAcl:
      return "network ACL";
    case Component::kRouteTable:
      return "route table";
    case Component::kInternetGateway:
      return "internet gateway";
    case Component::kEgressOnlyInternetGateway:
      return "egress-only internet gateway";
    case Component::kNatGateway:
      return "NAT gateway";
    case Component::kVpcEndpoint:
      return "VPC endpoint";
    case Component::kVpcPeeringConnection:
      return "peering connection";
    case Component::kInternet:
      return "internet";
    case Component::kAwsService:
      return "AWS service";
  }
  return "";
}

std::string DescribeHop(const Hop& hop) {
  std::string text = EdgeText(hop);
  std::string rule;
  if (hop.admitted || hop.component != Component::kSecurityGroup) {
    rule = std::visit(
        [](const auto& each) -> std::string {
          if constexpr (std::is_same_v<std::decay_t<decltype(each)>, std::monostate>)
            return "";
          else
            return Text(each);
        },
        hop.rule);
    if (rule.empty() && hop.component == Component::kSecurityGroup) rule = "a reply to what was admitted";
  }
  if (rule.empty() && !hop.admitted) {
    if (hop.component == Component::kSecurityGroup) rule = "no rule admits it";
    if (hop.component == Component::kNetworkAcl) rule = "no rule allows it (rule *)";
    if (hop.component == Component::kRouteTable) rule = "no route to " + hop.packet.destination.ToString();
  }
  if (hop.admitted && (hop.component == Component::kNatGateway || hop.component == Component::kInternetGateway))
    rule = fmt::format("sends on {} -> {}", hop.packet.source.ToString(), hop.packet.destination.ToString());
  if (!text.empty() && !rule.empty()) text += ": ";
  return text + rule;
}

std::string DrawLine(const std::vector<Hop>& hops) {
  std::string line;
  for (const Hop& hop : hops) {
    if (!line.empty()) line += " > ";
    if (!hop.admitted) line += "X ";
    line += hop.id.empty() ? "(no " + std::string(WordsFor(hop.component)) + ")" : hop.id;
  }
  return line;
}

}  // namespace drydock::network
