#include "emulator/world/topology_elements.h"

#include <charconv>

#include "emulator/network/aws_prefix_lists.h"

namespace drydock::world {

namespace {

namespace ec2 = records::ec2;

// What the handlers put into the store is valid; whatever is not stands for nothing.
void AddCidr(std::vector<network::Cidr>& cidrs, const std::string& text) {
  if (const auto cidr = network::Cidr::Parse(text)) cidrs.push_back(*cidr);
}
network::Cidr CidrOf(const std::optional<std::string>& ipv4, const std::optional<std::string>& ipv6) {
  return network::Cidr::Parse(ipv4 ? *ipv4 : ipv6.value_or("")).value_or(network::Cidr());
}
std::optional<network::Address> AddressOf(const std::optional<std::string>& text) {
  return text ? network::Address::Parse(*text) : std::nullopt;
}

// The IANA number of a protocol that is spelled by name or by number.
int ProtocolNumber(const std::string& protocol) {
  if (protocol == "tcp") return 6;
  if (protocol == "udp") return 17;
  if (protocol == "icmp") return 1;
  if (protocol == "icmpv6") return 58;
  int number = -1;
  std::from_chars(protocol.data(), protocol.data() + protocol.size(), number);
  return number;
}

network::RouteTarget TargetOf(const ec2::Route& route) {
  using Kind = network::RouteTarget::Kind;
  if (route.nat_gateway_id) return {Kind::kNatGateway, *route.nat_gateway_id};
  if (route.network_interface_id) return {Kind::kNetworkInterface, *route.network_interface_id};
  if (route.vpc_peering_connection_id) return {Kind::kVpcPeeringConnection, *route.vpc_peering_connection_id};
  if (route.egress_only_internet_gateway_id)
    return {Kind::kEgressOnlyInternetGateway, *route.egress_only_internet_gateway_id};
  const std::string gateway = route.gateway_id.value_or("");
  if (gateway == "local") return {Kind::kLocal, ""};
  if (gateway.rfind("igw-", 0) == 0) return {Kind::kInternetGateway, gateway};
  if (gateway.rfind("vpce-", 0) == 0) return {Kind::kVpcEndpoint, gateway};
  return {Kind::kOther, gateway};
}

network::NatGateway::State StateOf(const std::string& state) {
  using State = network::NatGateway::State;
  if (state == "pending") return State::kPending;
  if (state == "available") return State::kAvailable;
  if (state == "failed") return State::kFailed;
  return state == "deleting" ? State::kDeleting : State::kDeleted;
}

}  // namespace

network::Vpc ElementOf(const Scope& scope, const ec2::Vpc& vpc) {
  network::Vpc element;
  element.id = vpc.vpc_id;
  element.region = scope.region;
  for (const auto& block : vpc.cidr_blocks) AddCidr(element.cidrs, block.cidr_block);
  for (const auto& block : vpc.ipv6_cidr_blocks) AddCidr(element.cidrs, block.ipv6_cidr_block);
  element.enable_dns_support = vpc.enable_dns_support;
  element.enable_dns_hostnames = vpc.enable_dns_hostnames;
  return element;
}

network::Subnet ElementOf(const Scope&, const ec2::Subnet& subnet) {
  network::Subnet element{subnet.subnet_id, subnet.vpc_id, subnet.availability_zone, {}};
  AddCidr(element.cidrs, subnet.cidr_block);
  if (subnet.ipv6_cidr_block) AddCidr(element.cidrs, subnet.ipv6_cidr_block->ipv6_cidr_block);
  return element;
}

network::RouteTable ElementOf(const Scope&, const ec2::RouteTable& table) {
  network::RouteTable element;
  element.id = table.route_table_id;
  element.vpc_id = table.vpc_id;
  for (const auto& association : table.associations) {
    if (association.main) element.main = true;
    if (association.subnet_id) element.subnet_ids.push_back(*association.subnet_id);
  }
  for (const auto& route : table.routes) {
    network::Route& item = element.routes.emplace_back();
    if (route.destination_prefix_list_id)
      item.destination = *route.destination_prefix_list_id;
    else
      item.destination = CidrOf(route.destination_cidr_block, route.destination_ipv6_cidr_block);
    item.target = TargetOf(route);
    item.origin = route.origin;
  }
  return element;
}

network::NetworkAcl ElementOf(const Scope&, const ec2::NetworkAcl& acl) {
  network::NetworkAcl element;
  element.id = acl.network_acl_id;
  element.vpc_id = acl.vpc_id;
  for (const auto& association : acl.associations) element.subnet_ids.push_back(association.subnet_id);
  for (const auto& entry : acl.entries) {
    network::NetworkAclEntry& item = element.entries.emplace_back();
    item.rule_number = entry.rule_number;
    item.egress = entry.egress;
    item.allow = entry.rule_action == "allow";
    item.protocol = ProtocolNumber(entry.protocol);
    item.cidr = CidrOf(entry.cidr_block, entry.ipv6_cidr_block);
    if (entry.port_from && entry.port_to)
      item.ports = {static_cast<std::uint16_t>(*entry.port_from), static_cast<std::uint16_t>(*entry.port_to)};
    if (entry.icmp_type && entry.icmp_code) item.icmp = {*entry.icmp_type, *entry.icmp_code};
  }
  return element;
}

network::NetworkInterface ElementOf(const Scope&, const ec2::NetworkInterface& interface) {
  network::NetworkInterface element;
  element.id = interface.network_interface_id;
  element.vpc_id = interface.vpc_id;
  element.subnet_id = interface.subnet_id;
  element.interface_type = interface.interface_type;
  for (const auto& address : interface.private_ip_addresses) {
    const auto parsed = network::Address::Parse(address.private_ip_address);
    if (!parsed) continue;
    auto& item = element.private_ipv4.emplace_back();
    item.address = *parsed;
    if (address.association) item.public_address = network::Address::Parse(address.association->public_ip);
  }
  for (const auto& address : interface.ipv6_addresses)
    if (const auto parsed = network::Address::Parse(address)) element.ipv6.push_back(*parsed);
  element.group_ids = interface.group_ids;
  element.source_dest_check = interface.source_dest_check;
  element.attached = interface.attachment.has_value();
  return element;
}

network::InternetGateway ElementOf(const Scope&, const ec2::InternetGateway& gateway) {
  return {gateway.internet_gateway_id, gateway.vpc_id.value_or("")};
}

network::NatGateway ElementOf(const Scope&, const ec2::NatGateway& gateway) {
  network::NatGateway element;
  element.id = gateway.nat_gateway_id;
  element.vpc_id = gateway.vpc_id;
  element.subnet_id = gateway.subnet_id;
  element.state = StateOf(gateway.state);
  element.is_public = gateway.connectivity_type == "public";
  if (gateway.addresses.empty()) return element;
  const auto& address = gateway.addresses.front();
  element.network_interface_id = address.network_interface_id.value_or("");
  element.private_address = AddressOf(address.private_ip).value_or(network::Address());
  element.public_address = AddressOf(address.public_ip);
  return element;
}

network::EgressOnlyInternetGateway ElementOf(const Scope&, const ec2::EgressOnlyInternetGateway& gateway) {
  return {gateway.egress_only_internet_gateway_id, gateway.vpc_id};
}

network::VpcEndpoint ElementOf(const Scope& scope, const ec2::VpcEndpoint& endpoint) {
  network::VpcEndpoint element;
  element.id = endpoint.vpc_endpoint_id;
  element.vpc_id = endpoint.vpc_id;
  element.service_name = endpoint.service_name;
  element.type = endpoint.is_gateway() ? network::VpcEndpoint::Type::kGateway : network::VpcEndpoint::Type::kInterface;
  element.available = endpoint.state == "available";
  element.private_dns_enabled =
      endpoint.private_dns_enabled && !endpoint.private_dns_only_for_inbound_resolver_endpoint;
  for (const auto& subnet : endpoint.subnets)
    if (subnet.network_interface_id) element.network_interface_ids.push_back(*subnet.network_interface_id);
  element.route_table_ids = endpoint.route_table_ids;
  if (endpoint.is_gateway())
    for (const auto& list : network::AwsPrefixLists(scope.region))
      if (list.name == endpoint.service_name) element.prefix_list_id = list.id;
  return element;
}

network::PrefixList ElementOf(const Scope&, const ec2::ManagedPrefixList& list) {
  network::PrefixList element{list.prefix_list_id, list.name, {}};
  for (const auto& entry : list.current().entries) AddCidr(element.entries, entry.cidr);
  return element;
}

network::VpcPeeringConnection ElementOf(const Scope&, const ec2::VpcPeeringConnection& connection) {
  return {connection.vpc_peering_connection_id, connection.status == "active", connection.requester_vpc_id,
          connection.accepter_vpc_id};
}

network::SecurityGroup ElementOf(const Scope&, const ec2::SecurityGroup& group) {
  return {group.group_id, group.vpc_id, {}};
}

network::SecurityGroupRule ElementOf(const ec2::SecurityGroupRule& rule) {
  network::SecurityGroupRule element;
  element.id = rule.security_group_rule_id;
  element.egress = rule.is_egress;
  element.protocol = ProtocolNumber(rule.ip_protocol);
  element.from_port = rule.from_port.value_or(-1);
  element.to_port = rule.to_port.value_or(-1);
  if (rule.referenced_group_id)
    element.peer = network::SecurityGroupReference{*rule.referenced_group_id};
  else if (rule.prefix_list_id)
    element.peer = network::PrefixListReference{*rule.prefix_list_id};
  else
    element.peer = CidrOf(rule.cidr_ipv4, rule.cidr_ipv6);
  return element;
}

}  // namespace drydock::world
