// The engine's paths as Reachability Analyzer shows them.
#include <algorithm>

#include "api/ec2/AnalysisAclRule.h"
#include "api/ec2/AnalysisPacketHeader.h"
#include "api/ec2/AnalysisRouteTableRoute.h"
#include "api/ec2/AnalysisSecurityGroupRule.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ec2/network_insights.h"

namespace drydock::ec2 {

namespace {

template <class Record>
std::optional<std::string> NameTagOf(Context& context, const std::string& id) {
  const auto resource = context.tx.Get<Record>(context.scope, id);
  if (!resource) return std::nullopt;
  const auto name = resource->tags.find("Name");
  return name == resource->tags.end() ? std::nullopt : std::optional(name->second);
}

// The kinds of resources that stand in paths.
struct ShownKind {
  const char* prefix;
  const char* type;  // in the ARN
  std::optional<std::string> (*name)(Context&, const std::string& id);
};

template <class Record>
constexpr ShownKind Shown() {
  return {kKind<Record>.prefix, kKind<Record>.type, NameTagOf<Record>};
}

constexpr ShownKind kShown[] = {
    Shown<record::Vpc>(),
    Shown<record::Subnet>(),
    Shown<record::SecurityGroup>(),
    Shown<record::NetworkAcl>(),
    Shown<record::RouteTable>(),
    Shown<record::InternetGateway>(),
    Shown<record::EgressOnlyInternetGateway>(),
    Shown<record::NatGateway>(),
    Shown<record::NetworkInterface>(),
    Shown<record::VpcEndpoint>(),
    Shown<record::ManagedPrefixList>(),
    {"pcx", "vpc-peering-connection", [](Context&, const std::string&) { return std::optional<std::string>(); }},
    Shown<record::Instance>(),
};

List<PortRange> ToWire(const std::vector<network::PortRange>& ports) {
  List<PortRange> wire;
  for (const auto& range : ports) {
    auto& item = wire.emplace_back();
    item.From = range.from;
    item.To = range.to;
  }
  return wire;
}

AnalysisPacketHeader ToWire(const network::Packet& packet) {
  AnalysisPacketHeader wire;
  wire.Protocol = std::to_string(network::NumberOf(packet.protocol, packet.source.family()));
  wire.SourceAddresses.push_back(network::Cidr(packet.source).ToString());
  wire.DestinationAddresses.push_back(network::Cidr(packet.destination).ToString());
  wire.SourcePortRanges = ToWire(packet.source_ports);
  wire.DestinationPortRanges = ToWire(packet.destination_ports);
  return wire;
}

// "all", "tcp", or the number.
std::string ProtocolText(int number) {
  switch (number) {
    case -1:
      return "all";
    case 6:
      return "tcp";
    case 17:
      return "udp";
    case 1:
      return "icmp";
    default:
      return std::to_string(number);
  }
}

AnalysisAclRule ToWire(const network::NetworkAclEntry& entry) {
  AnalysisAclRule wire;
  wire.Cidr = entry.cidr.Canonical().ToString();
  wire.Egress = entry.egress;
  wire.Protocol = ProtocolText(entry.protocol);
  wire.RuleAction = entry.allow ? "allow" : "deny";
  wire.RuleNumber = entry.rule_number;
  if (entry.protocol == 6 || entry.protocol == 17) {
    wire.PortRange.emplace();
    wire.PortRange->From = entry.ports.from;
    wire.PortRange->To = entry.ports.to;
  }
  return wire;
}

AnalysisSecurityGroupRule ToWire(const network::SecurityGroupRule& rule) {
  AnalysisSecurityGroupRule wire;
  wire.Direction = rule.egress ? "egress" : "ingress";
  wire.Protocol = ProtocolText(rule.protocol);
  if (const auto* cidr = std::get_if<network::Cidr>(&rule.peer)) wire.Cidr = cidr->Canonical().ToString();
  if (const auto* group = std::get_if<network::SecurityGroupReference>(&rule.peer))
    wire.SecurityGroupId = group->group_id;
  if (const auto* list = std::get_if<network::PrefixListReference>(&rule.peer))
    wire.PrefixListId = list->prefix_list_id;
  if (rule.protocol == 6 || rule.protocol == 17) {
    wire.PortRange.emplace();
    wire.PortRange->From = rule.from_port;
    wire.PortRange->To = rule.to_port;
  }
  return wire;
}

AnalysisRouteTableRoute ToWire(const network::Route& route, bool usable) {
  using Kind = network::RouteTarget::Kind;
  AnalysisRouteTableRoute wire;
  if (const auto* block = std::get_if<network::Cidr>(&route.destination))
    wire.DestinationCidr = block->Canonical().ToString();
  else
    wire.DestinationPrefixListId = std::get<std::string>(route.destination);
  wire.Origin = route.target.kind == Kind::kLocal ? "createroutetable" : "createroute";
  wire.State = usable && !route.blackhole ? "active" : "blackhole";
  switch (route.target.kind) {
    case Kind::kLocal:
      wire.GatewayId = "local";
      break;
    case Kind::kEgressOnlyInternetGateway:
      wire.EgressOnlyInternetGatewayId = route.target.id;
      break;
    case Kind::kNatGateway:
      wire.NatGatewayId = route.target.id;
      break;
    case Kind::kNetworkInterface:
      wire.NetworkInterfaceId = route.target.id;
      break;
    case Kind::kVpcPeeringConnection:
      wire.VpcPeeringConnectionId = route.target.id;
      break;
    case Kind::kInternetGateway:
    case Kind::kVpcEndpoint:
    case Kind::kOther:
      wire.GatewayId = route.target.id;
      break;
  }
  return wire;
}

bool IsOutside(const network::Hop& hop) {
  return hop.component == network::Component::kInternet || hop.component == network::Component::kAwsService;
}

bool Rewrites(const network::Hop& hop) {
  return hop.component == network::Component::kInternetGateway || hop.component == network::Component::kNatGateway;
}

}  // namespace

AnalysisComponent ComponentOf(Context& context, const std::string& id) {
  AnalysisComponent wire;
  wire.Id = id;
  if (const auto arn = Arn::Parse(id)) {  // load balancers and what is theirs
    wire.Arn = id;
    const auto parts = Split(arn->resource, '/');
    if (parts.size() > 1) wire.Name = parts[parts.size() - 2];
    return wire;
  }
  const std::string prefix = id.substr(0, id.find('-'));
  for (const ShownKind& kind : kShown) {
    if (prefix != kind.prefix) continue;
    wire.Arn = context.Arn("ec2", std::string(kind.type) + "/" + id);
    wire.Name = kind.name(context, id);
  }
  return wire;
}

std::vector<PathComponent> PathComponentsOf(Context& context, const std::vector<network::Hop>& hops,
                                            const std::string& first, const std::string& last) {
  std::vector<PathComponent> components;
  const auto add = [&](const std::string& id) -> PathComponent& {
    PathComponent& component = components.emplace_back();
    component.SequenceNumber = static_cast<std::int32_t>(components.size());
    component.Component = ComponentOf(context, id);
    component.AdditionalDetails.present = true;
    component.Explanations.present = true;
    return component;
  };
  if (!first.empty() && !hops.empty()) add(first).OutboundHeader = ToWire(hops.front().packet);
  const network::Hop* before = nullptr;
  for (const network::Hop& hop : hops) {
    if (IsOutside(hop)) continue;
    PathComponent& component = add(hop.id);
    if (const auto* rule = std::get_if<network::SecurityGroupRule>(&hop.rule))
      component.SecurityGroupRule = ToWire(*rule);
    if (const auto* entry = std::get_if<network::NetworkAclEntry>(&hop.rule)) component.AclRule = ToWire(*entry);
    if (const auto* route = std::get_if<network::Route>(&hop.rule))
      component.RouteTableRoute = ToWire(*route, hop.admitted);
    if (hop.component == network::Component::kNetworkInterface) {
      if (!hop.subnet_id.empty()) component.Subnet = ComponentOf(context, hop.subnet_id);
      if (const std::string instance = InstanceOf(context, hop.id); !instance.empty())
        component.AttachedTo = ComponentOf(context, instance);
      else if (const std::string balancer = LoadBalancerOf(context, hop.id); !balancer.empty())
        component.AttachedTo = ComponentOf(context, balancer);
    }
    if ((hop.component == network::Component::kNetworkInterface || Rewrites(hop)) && !hop.vpc_id.empty())
      component.Vpc = ComponentOf(context, hop.vpc_id);
    if (Rewrites(hop) || &hop == &hops.front()) component.OutboundHeader = ToWire(hop.packet);
    if ((Rewrites(hop) && before) || (&hop == &hops.back() && last.empty()))
      component.InboundHeader = ToWire(before ? before->packet : hop.packet);
    before = &hop;
  }
  if (!last.empty() && !hops.empty()) add(last).InboundHeader = ToWire(hops.back().packet);
  return components;
}

Explanation ExplanationOf(Context& context, const network::Explanation& e) {
  using Code = network::ExplanationCode;
  Explanation wire;
  wire.ExplanationCode = std::string(network::NameOf(e.code));
  const auto component = [&](const std::string& id) -> std::optional<AnalysisComponent> {
    if (id.empty()) return std::nullopt;
    return ComponentOf(context, id);
  };
  if (e.direction) wire.Direction = std::string(network::NameOf(*e.direction));
  wire.Vpc = component(e.vpc_id);
  switch (e.code) {
    case Code::kEniSgRulesMismatch:
    case Code::kSgHasNoRules:
    case Code::kSgReferencesNotPreserved:
      wire.NetworkInterface = component(e.network_interface_id);
      for (const auto& id : e.security_group_ids) wire.SecurityGroups.push_back(ComponentOf(context, id));
      if (const auto* rule = std::get_if<network::SecurityGroupRule>(&e.rule)) wire.SecurityGroupRule = ToWire(*rule);
      break;
    case Code::kSubnetAclRestriction:
      wire.Acl = component(e.component_id);
      wire.Subnet = component(e.subnet_id);
      if (const auto* entry = std::get_if<network::NetworkAclEntry>(&e.rule)) wire.AclRule = ToWire(*entry);
      break;
    case Code::kNoRouteToDestination:
    case Code::kBadStateRoute:
      wire.RouteTable = component(e.route_table_id);
      wire.Subnet = component(e.subnet_id);
      if (const auto* route = std::get_if<network::Route>(&e.rule)) wire.RouteTableRoute = ToWire(*route, false);
      if (e.code == Code::kNoRouteToDestination) wire.Address = e.packet.destination.ToString();
      break;
    case Code::kIgwPublicIpAssociationForEgress:
    case Code::kIgwPrivateIpAssociationForIngress:
    case Code::kIgwDestinationAddressNotInRfc1918Egress:
    case Code::kIgwDestinationAddressNotInRfc6598Egress:
    case Code::kIgwSourceAddressNotInRfc1918Ingress:
    case Code::kIgwSourceAddressNotInRfc6598Ingress:
      wire.InternetGateway = component(e.component_id);
      wire.NetworkInterface = component(e.network_interface_id);
      wire.Address =
          (e.code == Code::kIgwPublicIpAssociationForEgress || e.code == Code::kIgwSourceAddressNotInRfc1918Ingress ||
                   e.code == Code::kIgwSourceAddressNotInRfc6598Ingress
               ? e.packet.source
               : e.packet.destination)
              .ToString();
      break;
    case Code::kNgwRequiresSourceInVpc:
    case Code::kNgwSourceAddressReassign:
      wire.NatGateway = component(e.component_id);
      break;
    case Code::kPcxRequiresAddressInVpcCidr:
      wire.VpcPeeringConnection = component(e.component_id);
      break;
    case Code::kVpceGatewayProtocolRestriction:
      wire.VpcEndpoint = component(e.component_id);
      break;
    case Code::kUnassociatedComponent:
      wire.MissingComponent = "internet-gateway";
      break;
    case Code::kEniSourceDestCheckRestriction:
    case Code::kBadStateAttachment:
      wire.NetworkInterface = component(e.network_interface_id);
      break;
    case Code::kDisconnectedVpcs:
      wire.SourceVpc = component(e.vpc_id);
      break;
    default:
      wire.Component = component(e.component_id);
      break;
  }
  return wire;
}

bool LeadsThrough(const std::vector<network::Hop>& hops, const std::string& id) {
  return std::any_of(hops.begin(), hops.end(), [&](const network::Hop& hop) { return hop.id == id; });
}

std::string InstanceOf(Context& context, const std::string& network_interface_id) {
  const auto interface = context.tx.Get<record::NetworkInterface>(context.scope, network_interface_id);
  return interface ? interface->instance_id.value_or("") : "";
}

std::optional<std::string> InterfaceOfInstance(Context& context, const std::string& instance_id) {
  const record::NetworkInterface* first = nullptr;
  const auto interfaces = context.tx.List<record::NetworkInterface>(context.scope);
  for (const auto& each : interfaces)
    if (each.attachment && each.instance_id == instance_id &&
        (!first || each.attachment->device_index < first->attachment->device_index))
      first = &each;
  return first ? std::optional(first->network_interface_id) : std::nullopt;
}

network::Path EvaluateForAnyone(const network::Topology& topology, network::Flow flow) {
  network::Path path = network::Evaluate(topology, flow);
  auto* source = std::get_if<network::InternetEndpoint>(&flow.source);
  auto* destination = std::get_if<network::InternetEndpoint>(&flow.destination);
  network::InternetEndpoint* anyone = source ? source : destination;
  if (path.reachable() || !anyone || anyone->address) return path;
  const auto* inside = std::get_if<network::InterfaceEndpoint>(source ? &flow.destination : &flow.source);
  const auto* interface = inside ? topology.Find<network::NetworkInterface>(inside->id) : nullptr;
  if (!interface) return path;
  std::vector<network::Cidr> spoken_of;
  for (const auto& id : interface->group_ids) {
    const auto* group = topology.Find<network::SecurityGroup>(id);
    if (!group) continue;
    for (const auto& rule : group->rules) {
      if (rule.egress == (source != nullptr)) continue;
      if (const auto* block = std::get_if<network::Cidr>(&rule.peer)) spoken_of.push_back(*block);
      if (const auto* list = std::get_if<network::PrefixListReference>(&rule.peer))
        if (const auto* entries = topology.Find<network::PrefixList>(list->prefix_list_id))
          spoken_of.insert(spoken_of.end(), entries->entries.begin(), entries->entries.end());
    }
  }
  for (const auto& block : spoken_of) {
    if (!network::IsPublic(block.First())) continue;
    anyone->address = block.First();
    if (network::Path other = network::Evaluate(topology, flow); other.reachable()) return other;
  }
  return path;
}

}  // namespace drydock::ec2
