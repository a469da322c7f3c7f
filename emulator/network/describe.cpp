// Names and sentences: how the engine's answers are put into words.
#include <fmt/format.h>

#include "emulator/network/evaluate.h"

namespace drydock::network {
namespace {

std::string PortsText(const std::vector<PortRange>& ports) {
  std::string text;
  for (const PortRange& range : ports) {
    if (!text.empty()) text += ",";
    text += range.from == range.to ? fmt::format("{}", range.from) : fmt::format("{}-{}", range.from, range.to);
  }
  return text;
}

// "tcp from 10.0.1.5 to 10.0.2.7 port 443"
std::string PacketText(const Packet& packet) {
  std::string text =
      fmt::format("{} from {} to {}", packet.protocol == Protocol::kAny ? "all traffic" : NameOf(packet.protocol),
                  packet.source.ToString(), packet.destination.ToString());
  if (!packet.destination_ports.empty()) text += " port " + PortsText(packet.destination_ports);
  if (packet.icmp) text += fmt::format(" (type {}, code {})", packet.icmp->type, packet.icmp->code);
  return text;
}

std::string_view DirectionText(const Explanation& e) {
  return e.direction ? NameOf(*e.direction) : "";
}

std::string GroupsText(const Explanation& e) {
  if (e.security_group_ids.empty()) return "no security group";
  std::string text = e.security_group_ids.size() == 1 ? "security group " : "security groups ";
  for (std::size_t i = 0; i < e.security_group_ids.size(); ++i) text += (i > 0 ? ", " : "") + e.security_group_ids[i];
  return text;
}

std::string RouteText(const Rule& rule) {
  const auto* route = std::get_if<Route>(&rule);
  if (route == nullptr) return "its route";
  const auto* block = std::get_if<Cidr>(&route->destination);
  return fmt::format("its route {} -> {}",
                     block != nullptr ? block->ToString() : std::get<std::string>(route->destination),
                     route->target.id.empty() ? "local" : route->target.id);
}

std::string AclRuleText(const Rule& rule) {
  const auto* entry = std::get_if<NetworkAclEntry>(&rule);
  return entry != nullptr ? fmt::format("rule {} denies it", entry->rule_number) : "no rule allows it (rule *)";
}

std::string LostReferenceText(const Explanation& e) {
  const auto* rule = std::get_if<SecurityGroupRule>(&e.rule);
  const auto* reference = rule != nullptr ? std::get_if<SecurityGroupReference>(&rule->peer) : nullptr;
  return fmt::format("{} of {} names {}, but a group stands for private addresses only, and {} is a public one",
                     rule != nullptr ? "Rule " + rule->id : "A rule", e.network_interface_id,
                     reference != nullptr ? reference->group_id : "a group",
                     e.direction == Direction::kEgress ? e.packet.destination.ToString() : e.packet.source.ToString());
}

std::string Sentence(const Explanation& e) {
  const std::string packet = PacketText(e.packet);
  const std::string where =
      fmt::format("{} {}", NameOf(e.component), e.component_id.empty() ? "(none)" : e.component_id);
  switch (e.code) {
    case ExplanationCode::kBadState:
      return fmt::format("The {} is not in a state to work", where);
    case ExplanationCode::kBadStateAttachment:
      return fmt::format("The {} is attached to nothing", where);
    case ExplanationCode::kBadStateRoute:
      return fmt::format("In route table {}, {} leads to a target that is gone or not usable (blackhole)",
                         e.route_table_id, RouteText(e.rule));
    case ExplanationCode::kDisconnectedVpcs:
      return fmt::format("No active VPC peering connection joins {} with the destination's VPC", e.vpc_id);
    case ExplanationCode::kEniSgRulesMismatch:
      return fmt::format("No {} rule of {} on {} admits {}", DirectionText(e), GroupsText(e), e.network_interface_id,
                         packet);
    case ExplanationCode::kSgHasNoRules:
      return fmt::format("{} has no {} rule in {}, so it admits nothing, not {}", e.network_interface_id,
                         DirectionText(e), GroupsText(e), packet);
    case ExplanationCode::kSgReferencesNotPreserved:
      return LostReferenceText(e);
    case ExplanationCode::kEniSourceDestCheckRestriction:
      return fmt::format("The source/destination check of {} drops {}: neither end is its own address",
                         e.network_interface_id, packet);
    case ExplanationCode::kIgwDestinationAddressNotInRfc1918Egress:
    case ExplanationCode::kIgwDestinationAddressNotInRfc6598Egress:
      return fmt::format("The {} sends nothing to {}, which is not an address of the internet", where,
                         e.packet.destination.ToString());
    case ExplanationCode::kIgwSourceAddressNotInRfc1918Ingress:
    case ExplanationCode::kIgwSourceAddressNotInRfc6598Ingress:
      return fmt::format("The {} takes nothing from {}, which is not an address of the internet", where,
                         e.packet.source.ToString());
    case ExplanationCode::kIgwPrivateIpAssociationForIngress:
      return fmt::format("The {} knows no interface for {}: {} has no public address", where,
                         e.packet.destination.ToString(), e.network_interface_id);
    case ExplanationCode::kIgwPublicIpAssociationForEgress:
      return fmt::format("The {} cannot send for {} ({}), which has no public address", where, e.network_interface_id,
                         e.packet.source.ToString());
    case ExplanationCode::kNgwRequiresSourceInVpc:
      return fmt::format("The {} serves only sources in its own VPC, not {}", where, e.packet.source.ToString());
    case ExplanationCode::kNgwSourceAddressReassign:
      return fmt::format("The {} would give the reply another source address: it did not come in this way", where);
    case ExplanationCode::kNoPossibleDestination:
      return fmt::format("At {} nothing takes {}", where, packet);
    case ExplanationCode::kNoRouteToDestination:
      return fmt::format("Route table {} of subnet {} has no route to {}",
                         e.route_table_id.empty() ? "(none)" : e.route_table_id, e.subnet_id,
                         e.packet.destination.ToString());
    case ExplanationCode::kNoSourceOrDestination:
      return fmt::format("{} is not an end that this flow can have",
                         e.component_id.empty() ? "The internet" : e.component_id);
    case ExplanationCode::kPcxRequiresAddressInVpcCidr:
      return fmt::format("The {} carries only traffic between addresses of the two VPCs, not {}", where, packet);
    case ExplanationCode::kProtocolRestriction:
    case ExplanationCode::kVpceGatewayProtocolRestriction:
      return fmt::format("The {} does not carry {}", where, packet);
    case ExplanationCode::kSubnetAclRestriction:
      return fmt::format("Network ACL {} of subnet {} stops {} {}: {}", e.component_id, e.subnet_id, DirectionText(e),
                         packet, AclRuleText(e.rule));
    case ExplanationCode::kUnassociatedComponent:
      return fmt::format("No internet gateway is attached to {}", e.vpc_id);
    case ExplanationCode::kUnknownDestination:
      return fmt::format("The subnet or VPC of {} is unknown", e.network_interface_id);
    case ExplanationCode::kUnsupportedComponent:
      return fmt::format("Drydock does not evaluate what {} leads to",
                         e.component == Component::kRouteTable ? RouteText(e.rule) : where);
  }
  return "";
}

}  // namespace

int NumberOf(Protocol protocol, Family family) {
  switch (protocol) {
    case Protocol::kTcp:
      return 6;
    case Protocol::kUdp:
      return 17;
    case Protocol::kIcmp:
      return family == Family::kIpv4 ? 1 : 58;
    case Protocol::kAny:
      return -1;
  }
  return -1;
}

std::string_view NameOf(Protocol protocol) {
  switch (protocol) {
    case Protocol::kTcp:
      return "tcp";
    case Protocol::kUdp:
      return "udp";
    case Protocol::kIcmp:
      return "icmp";
    case Protocol::kAny:
      return "all";
  }
  return "";
}

std::string_view NameOf(Direction direction) {
  return direction == Direction::kIngress ? "ingress" : "egress";
}

std::string_view NameOf(Component component) {
  switch (component) {
    case Component::kNetworkInterface:
      return "network-interface";
    case Component::kSecurityGroup:
      return "security-group";
    case Component::kNetworkAcl:
      return "network-acl";
    case Component::kRouteTable:
      return "route-table";
    case Component::kInternetGateway:
      return "internet-gateway";
    case Component::kEgressOnlyInternetGateway:
      return "egress-only-internet-gateway";
    case Component::kNatGateway:
      return "natgateway";
    case Component::kVpcEndpoint:
      return "vpc-endpoint";
    case Component::kVpcPeeringConnection:
      return "vpc-peering-connection";
    case Component::kInternet:
      return "internet";
    case Component::kAwsService:
      return "aws-service";
  }
  return "";
}

std::string_view NameOf(ExplanationCode code) {
  switch (code) {
    case ExplanationCode::kBadState:
      return "BAD_STATE";
    case ExplanationCode::kBadStateAttachment:
      return "BAD_STATE_ATTACHMENT";
    case ExplanationCode::kBadStateRoute:
      return "BAD_STATE_ROUTE";
    case ExplanationCode::kDisconnectedVpcs:
      return "DISCONNECTED_VPCS";
    case ExplanationCode::kEniSgRulesMismatch:
      return "ENI_SG_RULES_MISMATCH";
    case ExplanationCode::kEniSourceDestCheckRestriction:
      return "ENI_SOURCE_DEST_CHECK_RESTRICTION";
    case ExplanationCode::kIgwDestinationAddressNotInRfc1918Egress:
      return "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS";
    case ExplanationCode::kIgwDestinationAddressNotInRfc6598Egress:
      return "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS";
    case ExplanationCode::kIgwPrivateIpAssociationForIngress:
      return "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS";
    case ExplanationCode::kIgwPublicIpAssociationForEgress:
      return "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS";
    case ExplanationCode::kIgwSourceAddressNotInRfc1918Ingress:
      return "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS";
    case ExplanationCode::kIgwSourceAddressNotInRfc6598Ingress:
      return "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS";
    case ExplanationCode::kNgwRequiresSourceInVpc:
      return "NGW_REQUIRES_SOURCE_IN_VPC";
    case ExplanationCode::kNgwSourceAddressReassign:
      return "NGW_SOURCE_ADDRESS_REASSIGN";
    case ExplanationCode::kNoPossibleDestination:
      return "NO_POSSIBLE_DESTINATION";
    case ExplanationCode::kNoRouteToDestination:
      return "NO_ROUTE_TO_DESTINATION";
    case ExplanationCode::kNoSourceOrDestination:
      return "NO_SOURCE_OR_DESTINATION";
    case ExplanationCode::kPcxRequiresAddressInVpcCidr:
      return "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR";
    case ExplanationCode::kProtocolRestriction:
      return "PROTOCOL_RESTRICTION";
    case ExplanationCode::kSgHasNoRules:
      return "SG_HAS_NO_RULES";
    case ExplanationCode::kSgReferencesNotPreserved:
      return "SG_REFERENCES_NOT_PRESERVED";
    case ExplanationCode::kSubnetAclRestriction:
      return "SUBNET_ACL_RESTRICTION";
    case ExplanationCode::kUnassociatedComponent:
      return "UNASSOCIATED_COMPONENT";
    case ExplanationCode::kUnknownDestination:
      return "UNKNOWN_DESTINATION";
    case ExplanationCode::kUnsupportedComponent:
      return "UNSUPPORTED_COMPONENT";
    case ExplanationCode::kVpceGatewayProtocolRestriction:
      return "VPCE_GATEWAY_PROTOCOL_RESTRICTION";
  }
  return "";
}

std::string Describe(const Explanation& explanation) {
  return fmt::format("{}{}.", explanation.on_return ? "On the way back: " : "", Sentence(explanation));
}

}  // namespace drydock::network
