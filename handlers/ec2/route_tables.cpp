#include "handlers/ec2/route_tables.h"

#include <algorithm>

#include "api/ec2/AssociateRouteTableRequest.h"
#include "api/ec2/AssociateRouteTableResult.h"
#include "api/ec2/CreateRouteTableRequest.h"
#include "api/ec2/CreateRouteTableResult.h"
#include "api/ec2/DeleteRouteTableRequest.h"
#include "api/ec2/DeleteRouteTableResponse.h"
#include "api/ec2/DescribeRouteTablesRequest.h"
#include "api/ec2/DescribeRouteTablesResult.h"
#include "api/ec2/DisassociateRouteTableRequest.h"
#include "api/ec2/DisassociateRouteTableResponse.h"
#include "api/ec2/ReplaceRouteTableAssociationRequest.h"
#include "api/ec2/ReplaceRouteTableAssociationResult.h"
#include "api/ec2/RouteTable.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpc_endpoints.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxRouteTables = 200;  // per VPC; VPC User Guide, "Quotas"

constexpr FilterOf<RouteTable> kRouteTableFilters[] = {
    {"association.gateway-id", &At<&RouteTable::Associations, &RouteTableAssociation::GatewayId>},
    {"association.main", &At<&RouteTable::Associations, &RouteTableAssociation::Main>},
    {"association.route-table-association-id",
     &At<&RouteTable::Associations, &RouteTableAssociation::RouteTableAssociationId>},
    {"association.route-table-id", &At<&RouteTable::Associations, &RouteTableAssociation::RouteTableId>},
    {"association.subnet-id", &At<&RouteTable::Associations, &RouteTableAssociation::SubnetId>},
    {"owner-id", &At<&RouteTable::OwnerId>},
    {"route-table-id", &At<&RouteTable::RouteTableId>},
    {"route.destination-cidr-block", &At<&RouteTable::Routes, &Route::DestinationCidrBlock>},
    {"route.destination-ipv6-cidr-block", &At<&RouteTable::Routes, &Route::DestinationIpv6CidrBlock>},
    {"route.destination-prefix-list-id", &At<&RouteTable::Routes, &Route::DestinationPrefixListId>},
    {"route.egress-only-internet-gateway-id", &At<&RouteTable::Routes, &Route::EgressOnlyInternetGatewayId>},
    {"route.gateway-id", &At<&RouteTable::Routes, &Route::GatewayId>},
    {"route.instance-id", &At<&RouteTable::Routes, &Route::InstanceId>},
    {"route.nat-gateway-id", &At<&RouteTable::Routes, &Route::NatGatewayId>},
    {"route.origin", &At<&RouteTable::Routes, &Route::Origin>},
    {"route.state", &At<&RouteTable::Routes, &Route::State>},
    {"route.transit-gateway-id", &At<&RouteTable::Routes, &Route::TransitGatewayId>},
    {"route.vpc-peering-connection-id", &At<&RouteTable::Routes, &Route::VpcPeeringConnectionId>},
    {"vpc-id", &At<&RouteTable::VpcId>},
};

Route RouteToWire(Context& context, const record::RouteTable& table, const record::Route& route) {
  Route wire;
  wire.DestinationCidrBlock = route.destination_cidr_block;
  wire.DestinationIpv6CidrBlock = route.destination_ipv6_cidr_block;
  wire.DestinationPrefixListId = route.destination_prefix_list_id;
  wire.GatewayId = route.gateway_id;
  wire.NatGatewayId = route.nat_gateway_id;
  wire.NetworkInterfaceId = route.network_interface_id;
  if (const auto interface = route.network_interface_id
                                 ? context.tx.Get<record::NetworkInterface>(context.scope, *route.network_interface_id)
                                 : std::nullopt;
      interface && interface->instance_id) {
    wire.InstanceId = interface->instance_id;
    wire.InstanceOwnerId = context.account();
  }
  wire.VpcPeeringConnectionId = route.vpc_peering_connection_id;
  wire.EgressOnlyInternetGatewayId = route.egress_only_internet_gateway_id;
  wire.Origin = route.origin;
  wire.State = StateOf(context, table, route);
  return wire;
}

RouteTable ToWire(Context& context, const record::RouteTable& table) {
  RouteTable wire;
  wire.RouteTableId = table.route_table_id;
  wire.VpcId = table.vpc_id;
  wire.OwnerId = context.account();
  wire.Associations.present = wire.PropagatingVgws.present = wire.Routes.present = true;
  for (const auto& association : table.associations) {
    auto& item = wire.Associations.emplace_back();
    item.RouteTableAssociationId = association.association_id;
    item.RouteTableId = table.route_table_id;
    item.SubnetId = association.subnet_id;
    item.Main = association.main;
    item.AssociationState.emplace().State = "associated";
  }
  if (const auto vpc = context.tx.Get<record::Vpc>(context.scope, table.vpc_id)) {
    record::Route local;
    local.gateway_id = "local";
    local.origin = "CreateRouteTable";
    const auto add = [&] {
      if (std::none_of(table.routes.begin(), table.routes.end(),
                       [&](const auto& route) { return DestinationOf(route) == DestinationOf(local); }))
        wire.Routes.push_back(RouteToWire(context, table, local));
    };
    for (const auto& block : vpc->cidr_blocks) {
      local.destination_cidr_block = block.cidr_block;
      add();
    }
    local.destination_cidr_block.reset();
    for (const auto& block : vpc->ipv6_cidr_blocks) {
      local.destination_ipv6_cidr_block = block.ipv6_cidr_block;
      add();
    }
  }
  for (const auto& route : table.routes) wire.Routes.push_back(RouteToWire(context, table, route));
  for (const auto& endpoint : GatewayEndpointsOf(context, table)) {
    Route& to_service = wire.Routes.emplace_back();
    to_service.DestinationPrefixListId = PrefixListOf(context, endpoint);
    to_service.GatewayId = endpoint.vpc_endpoint_id;
    to_service.Origin = "CreateRoute";
    to_service.State = "active";
  }
  wire.Tags = TagsToWire(table.tags, true);
  return wire;
}

std::vector<record::RouteTable> TablesOf(Context& context, const std::string& vpc_id) {
  return context.tx.List<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, vpc_id));
}

// A table and the place of one of its associations in it.
struct FoundAssociation {
  record::RouteTable table;
  std::size_t index;
  record::RouteTableAssociation& association() { return table.associations[index]; }
};
FoundAssociation RequireAssociation(Context& context, const std::string& id) {
  for (auto& table : context.tx.List<record::RouteTable>(context.scope))
    for (std::size_t i = 0; i < table.associations.size(); ++i)
      if (table.associations[i].association_id == id) return {std::move(table), i};
  throw errors::AssociationNotFound(id);
}

}  // namespace

const std::string& DestinationOf(const record::Route& route) {
  if (route.destination_cidr_block) return *route.destination_cidr_block;
  if (route.destination_ipv6_cidr_block) return *route.destination_ipv6_cidr_block;
  return *route.destination_prefix_list_id;
}

const char* StateOf(Context& context, const record::RouteTable& table, const record::Route& route) {
  bool there = false;
  if (route.gateway_id == "local") {
    there = true;
  } else if (route.gateway_id) {
    const auto gateway = context.tx.Get<record::InternetGateway>(context.scope, *route.gateway_id);
    there = gateway && gateway->vpc_id == table.vpc_id;
  } else if (route.nat_gateway_id) {
    const auto gateway = context.tx.Get<record::NatGateway>(context.scope, *route.nat_gateway_id);
    there = gateway && (gateway->state == "pending" || gateway->state == "available");
  } else if (route.network_interface_id) {
    const auto interface = context.tx.Get<record::NetworkInterface>(context.scope, *route.network_interface_id);
    there = interface && interface->attachment;
  } else if (route.vpc_peering_connection_id) {
    const auto connection = FindPeering(context, *route.vpc_peering_connection_id);
    there = connection && connection->status == "active";
  } else if (route.egress_only_internet_gateway_id) {
    there = context.tx.Get<record::EgressOnlyInternetGateway>(context.scope, *route.egress_only_internet_gateway_id)
                .has_value();
  }
  return there ? "active" : "blackhole";
}

AWS_OPERATION(ec2, CreateRouteTable)
AWS_ACCESS("vpc/{VpcId}", "route-table/*")
CreateRouteTableResult CreateRouteTable(Context& context, const CreateRouteTableRequest& in) {
  CreateRouteTableResult out;
  out.ClientToken = in.ClientToken;
  if (const auto before = CreatedBefore<record::RouteTable>(context, "CreateRouteTable", in)) {
    out.RouteTable = ToWire(context, *before);
    return out;
  }
  record::RouteTable table;
  table.vpc_id = Require<record::Vpc>(context, *in.VpcId).vpc_id;
  table.tags = TakeTags(in.TagSpecifications, kKind<record::RouteTable>);
  if (context.tx.Count<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, table.vpc_id)) >=
      kMaxRouteTables)
    throw errors::RouteTableLimitExceeded();
  EndDryRun(in.DryRun);

  table.route_table_id = context.ids.Ec2("rtb");
  context.tx.Put(context.scope, table);
  RememberToken(context, "CreateRouteTable", in, table.route_table_id);
  out.RouteTable = ToWire(context, table);
  return out;
}

AWS_OPERATION(ec2, DeleteRouteTable)
AWS_ACCESS("route-table/{RouteTableId}")
DeleteRouteTableResponse DeleteRouteTable(Context& context, const DeleteRouteTableRequest& in) {
  const auto table = Require<record::RouteTable>(context, *in.RouteTableId);
  if (!table.associations.empty()) throw errors::HasDependencies("routeTable", table.route_table_id);
  EndDryRun(in.DryRun);
  LeaveRouteTable(context, table);
  context.tx.Erase<record::RouteTable>(context.scope, table.route_table_id);
  return {};
}

AWS_OPERATION(ec2, DescribeRouteTables)
DescribeRouteTablesResult DescribeRouteTables(Context& context, const DescribeRouteTablesRequest& in) {
  RefuseIdsWithPages("routeTableIds", !in.RouteTableIds.empty(), in.MaxResults);
  std::vector<RouteTable> tables;
  for (const auto& table : Select<record::RouteTable>(context, in.RouteTableIds))
    tables.push_back(ToWire(context, table));
  KeepMatching(tables, in.Filters, kRouteTableFilters);
  EndDryRun(in.DryRun);

  DescribeRouteTablesResult out;
  out.RouteTables = PageOf(context, "DescribeRouteTables", in, std::move(tables), out.NextToken,
                           [](const RouteTable& table) { return *table.RouteTableId; });
  return out;
}

AWS_OPERATION(ec2, AssociateRouteTable)
AWS_ACCESS("route-table/{RouteTableId}", "subnet/{SubnetId}", "internet-gateway/{GatewayId}")
AssociateRouteTableResult AssociateRouteTable(Context& context, const AssociateRouteTableRequest& in) {
  RefuseParameters(in, {"GatewayId", "PublicIpv4Pool"});
  if (!in.SubnetId) throw errors::MissingParameter("subnetId");
  auto table = Require<record::RouteTable>(context, *in.RouteTableId);
  const auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  if (subnet.vpc_id != table.vpc_id)
    throw errors::DifferentNetworks("Route table " + table.route_table_id, "subnet " + subnet.subnet_id);
  for (const auto& other : TablesOf(context, table.vpc_id))
    for (const auto& association : other.associations)
      if (association.subnet_id == subnet.subnet_id)
        throw errors::AlreadyAssociated(
            fmt::format("the specified association for route table {} conflicts with an existing association",
                        table.route_table_id));
  EndDryRun(in.DryRun);

  table.associations.push_back({context.ids.Ec2("rtbassoc"), subnet.subnet_id, false});
  context.tx.Put(context.scope, table);
  AssociateRouteTableResult out;
  out.AssociationId = table.associations.back().association_id;
  out.AssociationState.emplace().State = "associated";
  return out;
}

AWS_OPERATION(ec2, DisassociateRouteTable)
AWS_ACCESS("route-table/{AssociationId}")
DisassociateRouteTableResponse DisassociateRouteTable(Context& context, const DisassociateRouteTableRequest& in) {
  auto found = RequireAssociation(context, *in.AssociationId);
  if (found.association().main)  // text unconfirmed
    throw errors::InvalidParameterValue(
        fmt::format("cannot disassociate the main route table association {}", *in.AssociationId));
  EndDryRun(in.DryRun);
  found.table.associations.erase(found.table.associations.begin() + static_cast<std::ptrdiff_t>(found.index));
  context.tx.Put(context.scope, found.table);
  return {};
}

// The association goes to the other table under a new id; the main one too, so that the other table becomes the VPC's
// main route table.
AWS_OPERATION(ec2, ReplaceRouteTableAssociation)
AWS_ACCESS("route-table/{RouteTableId}", "route-table/{AssociationId}")
ReplaceRouteTableAssociationResult ReplaceRouteTableAssociation(Context& context,
                                                                const ReplaceRouteTableAssociationRequest& in) {
  auto found = RequireAssociation(context, *in.AssociationId);
  auto moved = found.association();
  if (Require<record::RouteTable>(context, *in.RouteTableId).vpc_id != found.table.vpc_id)
    throw errors::DifferentNetworks("Route table " + *in.RouteTableId,
                                    moved.subnet_id ? "subnet " + *moved.subnet_id : "network " + found.table.vpc_id);
  EndDryRun(in.DryRun);

  found.table.associations.erase(found.table.associations.begin() + static_cast<std::ptrdiff_t>(found.index));
  context.tx.Put(context.scope, found.table);
  auto table = Require<record::RouteTable>(context, *in.RouteTableId);
  moved.association_id = context.ids.Ec2("rtbassoc");
  table.associations.push_back(moved);
  context.tx.Put(context.scope, table);
  ReplaceRouteTableAssociationResult out;
  out.NewAssociationId = moved.association_id;
  out.AssociationState.emplace().State = "associated";
  return out;
}

}  // namespace drydock::ec2
