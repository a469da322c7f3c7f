// Which AWS CLI command takes an obstacle away.
#include <fmt/format.h>

#include <algorithm>

#include "emulator/network/story.h"

namespace drydock::network {
namespace {

constexpr int kLastRuleNumber = 32766;

class Remedy {
 public:
  Remedy(const Topology& topology, const Flow& flow, const Path& path)
      : topology_(topology), flow_(flow), path_(path) {}

  std::string For(const Explanation& e) const {
    switch (e.code) {
      case ExplanationCode::kEniSgRulesMismatch:
      case ExplanationCode::kSgHasNoRules:
        return AdmitInGroup(e);
      case ExplanationCode::kSubnetAclRestriction:
        return AllowInAcl(e);
      case ExplanationCode::kNoRouteToDestination:
      case ExplanationCode::kBadStateRoute:
        return Route(e);
      case ExplanationCode::kNgwSourceAddressReassign:
        return RouteAroundNatGateway(e);
      case ExplanationCode::kIgwPublicIpAssociationForEgress:
      case ExplanationCode::kIgwPrivateIpAssociationForIngress:
        return fmt::format("aws ec2 associate-address --network-interface-id {} --allocation-id ALLOCATION_ID",
                           e.network_interface_id);
      case ExplanationCode::kUnassociatedComponent:
        return fmt::format("aws ec2 attach-internet-gateway --vpc-id {} --internet-gateway-id INTERNET_GATEWAY_ID",
                           e.vpc_id);
      case ExplanationCode::kEniSourceDestCheckRestriction:
        return fmt::format(
            "aws ec2 modify-network-interface-attribute --network-interface-id {} --no-source-dest-check",
            e.network_interface_id);
      case ExplanationCode::kDisconnectedVpcs:
        return fmt::format("aws ec2 create-vpc-peering-connection --vpc-id {} --peer-vpc-id {}", e.vpc_id, PeerVpc());
      default:
        return "";
    }
  }

 private:
  static int ProtocolNumberOf(const Packet& packet) { return NumberOf(packet.protocol, packet.source.family()); }

  // "FromPort=443,ToPort=443,", for icmp the type and the code; empty for all protocols.
  static std::string PortsOf(const Packet& packet) {
    if (packet.icmp) return fmt::format("FromPort={},ToPort={},", packet.icmp->type, packet.icmp->code);
    if (packet.destination_ports.empty()) return "";
    return fmt::format("FromPort={},ToPort={},", packet.destination_ports.front().from,
                       packet.destination_ports.back().to);
  }

  // A host on the internet that nobody named stands for all of them.
  std::string BlockOf(const Address& address) const {
    const auto* internet = std::get_if<InternetEndpoint>(&flow_.source);
    const auto* outside = std::get_if<InternetEndpoint>(&flow_.destination);
    const bool anyone = (internet && !internet->address) || (outside && !outside->address);
    if (anyone && IsPublic(address) && !topology_.InterfaceAtPublic(address))
      return address.is_ipv4() ? "0.0.0.0/0" : "::/0";
    return Cidr(address).ToString();
  }

  std::string AdmitInGroup(const Explanation& e) const {
    const auto* interface = topology_.Find<NetworkInterface>(e.network_interface_id);
    if (!interface || interface->group_ids.empty()) return "";
    const bool egress = e.direction == Direction::kEgress;
    const Address& other = egress ? e.packet.destination : e.packet.source;
    const auto* holder = topology_.InterfaceAt(interface->vpc_id, other);
    std::string peer;
    if (holder && !holder->group_ids.empty())
      peer = fmt::format("UserIdGroupPairs=[{{GroupId={}}}]", holder->group_ids.front());
    else if (other.is_ipv4())
      peer = fmt::format("IpRanges=[{{CidrIp={}}}]", BlockOf(other));
    else
      peer = fmt::format("Ipv6Ranges=[{{CidrIpv6={}}}]", BlockOf(other));
    const int number = ProtocolNumberOf(e.packet);
    return fmt::format("aws ec2 authorize-security-group-{} --group-id {} --ip-permissions 'IpProtocol={},{}{}'",
                       egress ? "egress" : "ingress", interface->group_ids.front(),
                       number == 58   ? "icmpv6"
                       : number == -1 ? "-1"
                                      : std::string(NameOf(e.packet.protocol)),
                       PortsOf(e.packet), peer);
  }

  // A number before the rule that denies, which nobody has.
  static std::optional<int> FreeRuleNumber(const NetworkAcl& acl, const Explanation& e) {
    const bool egress = e.direction == Direction::kEgress;
    const auto* denying = std::get_if<NetworkAclEntry>(&e.rule);
    const auto taken = [&](int number) {
      return std::any_of(acl.entries.begin(), acl.entries.end(), [&](const NetworkAclEntry& entry) {
        return entry.egress == egress && entry.rule_number == number;
      });
    };
    int last = 0;
    for (const auto& entry : acl.entries)
      if (entry.egress == egress) last = std::max(last, entry.rule_number);
    for (int number = denying ? denying->rule_number - 1 : std::min(last + 10, kLastRuleNumber); number > 0; --number)
      if (!taken(number)) return number;
    return std::nullopt;
  }

  std::string AllowInAcl(const Explanation& e) const {
    const auto* acl = topology_.Find<NetworkAcl>(e.component_id);
    const auto number = acl ? FreeRuleNumber(*acl, e) : std::nullopt;
    if (!number) return "";
    const bool egress = e.direction == Direction::kEgress;
    const Address& other = egress ? e.packet.destination : e.packet.source;
    std::string ports;
    if (e.packet.icmp)
      ports = fmt::format("--icmp-type-code Type={},Code={} ", e.packet.icmp->type, e.packet.icmp->code);
    else if (!e.packet.destination_ports.empty())
      ports = fmt::format("--port-range From={},To={} ", e.packet.destination_ports.front().from,
                          e.packet.destination_ports.back().to);
    return fmt::format(
        "aws ec2 create-network-acl-entry --network-acl-id {} --rule-number {} {} --protocol {} {}{} {} "
        "--rule-action allow",
        acl->id, *number, egress ? "--egress" : "--ingress", ProtocolNumberOf(e.packet), ports,
        other.is_ipv4() ? "--cidr-block" : "--ipv6-cidr-block", BlockOf(other));
  }

  std::string PeerVpc() const {
    const auto vpc_of = [&](const Endpoint& end) -> std::string {
      if (const auto* named = std::get_if<InterfaceEndpoint>(&end))
        if (const auto* interface = topology_.Find<NetworkInterface>(named->id)) return interface->vpc_id;
      return "";
    };
    const std::string peer = vpc_of(flow_.destination);
    return peer.empty() ? "PEER_VPC_ID" : peer;
  }

  std::string InternetGatewayOption(std::string_view vpc_id) const {
    const auto* gateway = topology_.InternetGatewayOf(vpc_id);
    return "--gateway-id " + (gateway ? gateway->id : std::string("INTERNET_GATEWAY_ID"));
  }

  // The way that a subnet of this kind usually takes: a peering to a peer's address; to the internet a NAT gateway for
  // interfaces without a public address, the internet gateway for the others and for replies.
  std::string TargetTo(const Explanation& e) const {
    const Address& to = e.packet.destination;
    for (const auto* peering : topology_.PeeringsOf(e.vpc_id)) {
      const std::string& peer =
          peering->requester_vpc_id == e.vpc_id ? peering->accepter_vpc_id : peering->requester_vpc_id;
      const auto* vpc = topology_.Find<Vpc>(peer);
      if (vpc && std::any_of(vpc->cidrs.begin(), vpc->cidrs.end(), [&](const Cidr& c) { return c.Contains(to); }))
        return "--vpc-peering-connection-id " + peering->id;
    }
    if (!IsPublic(to)) return "";
    const auto* interface = topology_.Find<NetworkInterface>(e.network_interface_id);
    const bool is_public =
        interface && std::any_of(interface->private_ipv4.begin(), interface->private_ipv4.end(),
                                 [](const PrivateIpv4Address& each) { return each.public_address.has_value(); });
    if (is_public || e.on_return || !to.is_ipv4()) return InternetGatewayOption(e.vpc_id);
    std::string nat;
    topology_.ForEach<NatGateway>([&](const NatGateway& each) {
      if (each.vpc_id == e.vpc_id && each.state == NatGateway::State::kAvailable && each.is_public &&
          each.subnet_id != e.subnet_id && (nat.empty() || each.id < nat))
        nat = each.id;
    });
    return "--nat-gateway-id " + (nat.empty() ? "NAT_GATEWAY_ID" : nat);
  }

  std::string Route(const Explanation& e) const {
    const std::string target = TargetTo(e);
    if (target.empty() || e.route_table_id.empty()) return "";
    const auto* dead = std::get_if<network::Route>(&e.rule);
    const auto* block = dead ? std::get_if<Cidr>(&dead->destination) : nullptr;
    std::string destination = e.packet.destination.is_ipv4() ? "0.0.0.0/0" : "::/0";
    if (target.starts_with("--vpc-peering")) destination = Cidr(e.packet.destination).ToString();
    if (block) destination = block->ToString();
    return fmt::format("aws ec2 {}-route --route-table-id {} {} {} {}",
                       e.code == ExplanationCode::kBadStateRoute ? "replace" : "create", e.route_table_id,
                       e.packet.destination.is_ipv4() ? "--destination-cidr-block" : "--destination-ipv6-cidr-block",
                       destination, target);
  }

  // The reply took the last route before the NAT gateway.
  std::string RouteAroundNatGateway(const Explanation& e) const {
    const auto& hops = e.on_return ? path_.back : path_.forward;
    for (std::size_t i = std::min(e.hop, hops.size()); i-- > 0;) {
      const auto* route = std::get_if<network::Route>(&hops[i].rule);
      const auto* block = route ? std::get_if<Cidr>(&route->destination) : nullptr;
      if (block)
        return fmt::format("aws ec2 replace-route --route-table-id {} --destination-cidr-block {} {}", hops[i].id,
                           block->ToString(), InternetGatewayOption(hops[i].vpc_id));
    }
    return "";
  }

  const Topology& topology_;
  const Flow& flow_;
  const Path& path_;
};

}  // namespace

std::vector<std::string> Remedies(const Topology& topology, const Flow& flow, const Path& path) {
  const Remedy remedy(topology, flow, path);
  std::vector<std::string> commands;
  for (const Explanation& explanation : path.explanations) {
    std::string command = remedy.For(explanation);
    if (!command.empty() && std::find(commands.begin(), commands.end(), command) == commands.end())
      commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace drydock::network
