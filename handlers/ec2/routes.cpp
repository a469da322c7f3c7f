// Routes: where a route table's subnets send what goes where.
#include <algorithm>

#include "api/ec2/CreateRouteRequest.h"
#include "api/ec2/CreateRouteResult.h"
#include "api/ec2/DeleteRouteRequest.h"
#include "api/ec2/DeleteRouteResponse.h"
#include "api/ec2/ReplaceRouteRequest.h"
#include "api/ec2/ReplaceRouteResponse.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/prefix_lists.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/route_tables.h"
#include "handlers/ec2/vpc_endpoints.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr char kLocalOrigin[] = "CreateRouteTable";
constexpr std::size_t kMaxRoutes = 50;  // per table, without the local ones; VPC User Guide, "Quotas"

std::string TakeDestination(const std::string& text, bool ipv6) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || (cidr->family() == network::Family::kIpv6) != ipv6)
    throw errors::InvalidCidrBlock(text, ipv6 ? "destinationIpv6CidrBlock" : "destinationCidrBlock");
  // VPC User Guide, "Route tables", rules and considerations; text unconfirmed.
  const auto reserved = *network::Cidr::Parse(ipv6 ? "fd00:ec2::/32" : "169.254.168.0/22");
  if (reserved.Contains(*cidr))
    throw errors::InvalidParameterValue(
        fmt::format("The destination {} is within {}, which is reserved for AWS services.", text, reserved.ToString()));
  // CreateRoute's manual: 100.68.0.18/18 becomes 100.68.0.0/18.
  return cidr->Canonical().ToString();
}

// The destination that a request names; exactly one.
template <class In>
record::Route TakeDestination(const In& in) {
  const int given =
      (in.DestinationCidrBlock ? 1 : 0) + (in.DestinationIpv6CidrBlock ? 1 : 0) + (in.DestinationPrefixListId ? 1 : 0);
  if (given == 0) throw errors::MissingParameter("destinationCidrBlock");
  if (given > 1)  // text unconfirmed
    throw errors::InvalidParameterCombination("Only one destination can be specified for a route");
  record::Route route;
  if (in.DestinationCidrBlock) route.destination_cidr_block = TakeDestination(*in.DestinationCidrBlock, false);
  if (in.DestinationIpv6CidrBlock)
    route.destination_ipv6_cidr_block = TakeDestination(*in.DestinationIpv6CidrBlock, true);
  if (in.DestinationPrefixListId) route.destination_prefix_list_id = in.DestinationPrefixListId;
  return route;
}

// CreateRoute's manual, VpcEndpointId: "Supported for Gateway Load Balancer endpoints only", of which there are none.
// The routes of a gateway endpoint are its own matter. Text unconfirmed.
void RefuseVpcEndpoint(Context& context, const std::string& id) {
  const auto endpoint = Require<record::VpcEndpoint>(context, id);
  throw errors::InvalidParameterValue(
      fmt::format("VPC endpoint {} is of type {}; a route can target Gateway Load Balancer endpoints only.",
                  endpoint.vpc_endpoint_id, endpoint.type));
}

void TakeGateway(Context& context, const record::RouteTable& table, const std::string& id, record::Route& route) {
  if (HasIdSyntax(kKind<record::VpcEndpoint>, id)) RefuseVpcEndpoint(context, id);
  if (!HasIdSyntax(kKind<record::InternetGateway>, id)) throw errors::GatewayNotFound(id);
  const auto gateway = context.tx.Get<record::InternetGateway>(context.scope, id);
  if (!gateway) throw errors::GatewayNotFound(id);
  if (gateway->vpc_id != table.vpc_id)
    throw errors::DifferentNetworks("route table " + table.route_table_id, "network gateway " + id);
  route.gateway_id = id;
}

void TakeNatGateway(Context& context, const record::RouteTable& table, const std::string& id, record::Route& route) {
  const auto gateway = context.tx.Get<record::NatGateway>(context.scope, id);
  if (!gateway || gateway->state == "deleted" || gateway->state == "failed")
    throw errors::TargetNotFound("InvalidNatGatewayID.NotFound", "natGateway", id);
  if (gateway->vpc_id != table.vpc_id)
    throw errors::DifferentNetworks("route table " + table.route_table_id, "NAT gateway " + id);
  route.nat_gateway_id = id;
}

void TakeInterface(Context& context, const record::RouteTable& table, const std::string& id, record::Route& route) {
  const auto interface = Require<record::NetworkInterface>(context, id);
  if (interface.vpc_id != table.vpc_id)
    throw errors::DifferentNetworks("route table " + table.route_table_id, "interface " + id);
  route.network_interface_id = id;
}

void TakePeering(Context& context, const record::RouteTable& table, const std::string& id, record::Route& route) {
  const auto connection = RequirePeering(context, id);
  // A connection that has yet to be accepted makes a blackhole; one that has ended is nowhere. VPC Peering Guide,
  // "Update your route tables".
  if (connection.status != "active" && connection.status != "pending-acceptance")
    throw NotFound(kKind<record::VpcPeeringConnection>, id);
  if (connection.requester_vpc_id != table.vpc_id && connection.accepter_vpc_id != table.vpc_id)
    throw errors::DifferentNetworks("route table " + table.route_table_id, "VPC peering connection " + id);
  route.vpc_peering_connection_id = id;
}

void TakeEgressOnlyGateway(Context& context, const record::RouteTable& table, const std::string& id,
                           record::Route& route) {
  const auto gateway = Require<record::EgressOnlyInternetGateway>(context, id);
  if (gateway.vpc_id != table.vpc_id)
    throw errors::DifferentNetworks("route table " + table.route_table_id, "egress only internet gateway " + id);
  if (route.destination_cidr_block)  // text unconfirmed
    throw errors::InvalidParameterValue("An egress-only internet gateway takes IPv6 destinations only.");
  route.egress_only_internet_gateway_id = id;
}

// All of a VPC's blocks, IPv4 and IPv6.
std::vector<std::string> BlocksOf(const record::Vpc& vpc) {
  std::vector<std::string> blocks;
  for (const auto& block : vpc.cidr_blocks) blocks.push_back(block.cidr_block);
  for (const auto& block : vpc.ipv6_cidr_blocks) blocks.push_back(block.ipv6_cidr_block);
  return blocks;
}

// What is inside of the VPC may be sent elsewhere for all of one of its blocks (the local route's place) or all of a
// subnet, through an interface or a NAT gateway. VPC User Guide, "Route tables", rules and considerations; the first
// text as seen, the other unconfirmed.
void CheckInsideOfVpc(Context& context, const record::RouteTable& table, const record::Route& route) {
  const auto& destination = DestinationOf(route);
  const auto cidr = *network::Cidr::Parse(destination);
  const auto blocks = BlocksOf(Require<record::Vpc>(context, table.vpc_id));
  if (std::none_of(blocks.begin(), blocks.end(),
                   [&](const auto& block) { return network::Cidr::Parse(block)->Contains(cidr); }))
    return;
  if (!route.network_interface_id && !route.nat_gateway_id)
    throw errors::InvalidParameterValue(
        fmt::format("Destination CIDR block {} is equal to or more specific than one of this VPC's CIDR blocks. This "
                    "route can target only an interface or an instance.",
                    destination));
  if (std::find(blocks.begin(), blocks.end(), destination) != blocks.end()) return;
  for (const auto& subnet :
       context.tx.List<record::Subnet>(context.scope, store::Where(&record::Subnet::vpc_id, table.vpc_id)))
    if (subnet.cidr_block == destination ||
        (subnet.ipv6_cidr_block && subnet.ipv6_cidr_block->ipv6_cidr_block == destination))
      return;
  throw errors::InvalidParameterValue(fmt::format(
      "Destination CIDR block {} is more specific than this VPC's CIDR blocks and is not the CIDR block of a subnet.",
      destination));
}

template <class In>
auto CountTargets(const In& in) {
  const auto given = {in.GatewayId,     in.NatGatewayId,     in.NetworkInterfaceId,     in.InstanceId,
                      in.VpcEndpointId, in.TransitGatewayId, in.VpcPeeringConnectionId, in.EgressOnlyInternetGatewayId};
  return std::count_if(given.begin(), given.end(), [](const auto& target) { return target.has_value(); });
}
ApiError TooManyTargets() {  // text unconfirmed
  return errors::InvalidParameterCombination("Only one target can be specified for a route");
}

// The target that a request names; exactly one. Of the kinds that Drydock has no resources of there is none to be
// found.
template <class In>
void TakeTarget(Context& context, const record::RouteTable& table, const In& in, record::Route& route) {
  RefuseParameters(in, {"LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn", "OdbNetworkArn"});
  const auto count = CountTargets(in);
  if (count == 0) throw errors::MissingParameter("gatewayId");
  if (count > 1) throw TooManyTargets();
  if (in.GatewayId) TakeGateway(context, table, *in.GatewayId, route);
  if (in.NatGatewayId) TakeNatGateway(context, table, *in.NatGatewayId, route);
  if (in.NetworkInterfaceId) TakeInterface(context, table, *in.NetworkInterfaceId, route);
  if (in.InstanceId)
    TakeInterface(context, table,
                  OnlyInterfaceOf(context, RequireInstance(context, *in.InstanceId)).network_interface_id, route);
  if (in.VpcEndpointId) RefuseVpcEndpoint(context, *in.VpcEndpointId);
  if (in.TransitGatewayId)
    throw errors::TargetNotFound("InvalidTransitGatewayID.NotFound", "transitGateway", *in.TransitGatewayId);
  if (in.VpcPeeringConnectionId) TakePeering(context, table, *in.VpcPeeringConnectionId, route);
  if (in.EgressOnlyInternetGatewayId) TakeEgressOnlyGateway(context, table, *in.EgressOnlyInternetGatewayId, route);
  if (!route.destination_prefix_list_id) CheckInsideOfVpc(context, table, route);
}

bool IsLocal(Context& context, const record::RouteTable& table, const record::Route& route) {
  const auto blocks = BlocksOf(Require<record::Vpc>(context, table.vpc_id));
  return std::find(blocks.begin(), blocks.end(), DestinationOf(route)) != blocks.end();
}

auto SameDestination(const record::Route& route) {
  return [&route](const record::Route& other) { return DestinationOf(other) == DestinationOf(route); };
}

// As how many routes it counts.
std::size_t WeightOfRoute(Context& context, const record::Route& route) {
  return route.destination_prefix_list_id ? WeightOfPrefixList(context, *route.destination_prefix_list_id) : 1;
}

bool IsEndpointRoute(Context& context, const record::RouteTable& table, const record::Route& route) {
  if (!route.destination_prefix_list_id) return false;
  for (const auto& endpoint : GatewayEndpointsOf(context, table))
    if (PrefixListOf(context, endpoint) == *route.destination_prefix_list_id) return true;
  return false;
}

void CheckRouteLimit(Context& context, const record::RouteTable& table) {
  std::size_t count = 0;
  for (const auto& route : table.routes)
    if (route.origin != kLocalOrigin) count += WeightOfRoute(context, route);
  if (count > kMaxRoutes) throw errors::RouteLimitExceeded();
}

}  // namespace

AWS_OPERATION(ec2, CreateRoute)
AWS_ACCESS("route-table/{RouteTableId}")
CreateRouteResult CreateRoute(Context& context, const CreateRouteRequest& in) {
  auto table = Require<record::RouteTable>(context, *in.RouteTableId);
  auto route = TakeDestination(in);
  if (route.destination_prefix_list_id) {
    RequirePrefixList(context, *route.destination_prefix_list_id);
    if (IsEndpointRoute(context, table, route)) throw errors::RouteAlreadyExists(DestinationOf(route));
  }
  if (IsLocal(context, table, route)) throw errors::RouteAlreadyExists(DestinationOf(route));
  TakeTarget(context, table, in, route);
  if (std::any_of(table.routes.begin(), table.routes.end(), SameDestination(route)))
    throw errors::RouteAlreadyExists(DestinationOf(route));
  table.routes.push_back(route);
  CheckRouteLimit(context, table);
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, table);
  CreateRouteResult out;
  out.Return = true;
  return out;
}

// The target of a local route can be replaced, and restored by LocalTarget. VPC User Guide, "Replace or restore the
// target for a local route".
AWS_OPERATION(ec2, ReplaceRoute)
AWS_ACCESS("route-table/{RouteTableId}")
ReplaceRouteResponse ReplaceRoute(Context& context, const ReplaceRouteRequest& in) {
  auto table = Require<record::RouteTable>(context, *in.RouteTableId);
  auto route = TakeDestination(in);
  const bool is_local = IsLocal(context, table, route);
  const auto existing = std::find_if(table.routes.begin(), table.routes.end(), SameDestination(route));
  if (existing == table.routes.end() && !is_local)
    throw errors::InvalidParameterValue(fmt::format(
        "There is no route defined for '{}' in the route table. Use CreateRoute instead.", DestinationOf(route)));
  if (in.LocalTarget.value_or(false)) {
    if (!is_local)  // text unconfirmed
      throw errors::InvalidParameterValue(fmt::format(
          "The route for '{}' is not a local route; LocalTarget cannot be specified.", DestinationOf(route)));
    if (CountTargets(in) > 0) throw TooManyTargets();
    std::erase_if(table.routes, SameDestination(route));
  } else {
    TakeTarget(context, table, in, route);
    if (is_local) route.origin = kLocalOrigin;
    if (existing != table.routes.end())
      *existing = route;
    else
      table.routes.push_back(route);
  }
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, table);
  return {};
}

AWS_OPERATION(ec2, DeleteRoute)
AWS_ACCESS("route-table/{RouteTableId}")
DeleteRouteResponse DeleteRoute(Context& context, const DeleteRouteRequest& in) {
  auto table = Require<record::RouteTable>(context, *in.RouteTableId);
  const auto route = TakeDestination(in);
  const auto existing = std::find_if(table.routes.begin(), table.routes.end(), SameDestination(route));
  if (IsLocal(context, table, route))  // text unconfirmed
    throw errors::InvalidParameterValue(
        fmt::format("cannot remove local route {} in route table {}", DestinationOf(route), table.route_table_id));
  if (existing == table.routes.end()) {
    if (IsEndpointRoute(context, table, route))
      throw errors::InvalidParameterValue(fmt::format("cannot remove VPC endpoint route {} in route table {}",
                                                      DestinationOf(route), table.route_table_id));
    throw errors::RouteNotFound(route.destination_cidr_block        ? "destination-cidr-block"
                                : route.destination_ipv6_cidr_block ? "destination-ipv6-cidr-block"
                                                                    : "destination-prefix-list-id",
                                DestinationOf(route), table.route_table_id);
  }
  EndDryRun(in.DryRun);
  table.routes.erase(existing);
  context.tx.Put(context.scope, table);
  return {};
}

}  // namespace drydock::ec2
