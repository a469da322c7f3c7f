// A route table with its routes and the subnets that use it.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

// One route; exactly one destination and one target are set. The routes to the VPC's own blocks (target `local`) are
// not kept: they follow from the VPC. Whether a route is a blackhole follows from its target.
struct Route {
  std::optional<std::string> destination_cidr_block;
  std::optional<std::string> destination_ipv6_cidr_block;
  std::optional<std::string> destination_prefix_list_id;
  std::optional<std::string> gateway_id;  // igw-…, vpce-… (gateway endpoints)
  std::optional<std::string> nat_gateway_id;
  std::optional<std::string> network_interface_id;
  std::optional<std::string> vpc_peering_connection_id;
  std::optional<std::string> egress_only_internet_gateway_id;
  std::string origin = "CreateRoute";
};

struct RouteTableAssociation {
  std::string association_id;            // rtbassoc-…
  std::optional<std::string> subnet_id;  // absent for the main association
  bool main = false;
};

struct RouteTable {
  std::string route_table_id;
  std::string vpc_id;
  std::vector<Route> routes;
  std::vector<RouteTableAssociation> associations;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_route_table"};
  static constexpr auto kId = store::Members(&RouteTable::route_table_id);
  static constexpr auto kIndexed = store::Members(&RouteTable::vpc_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::Route, destination_cidr_block, destination_ipv6_cidr_block,
               destination_prefix_list_id, gateway_id, nat_gateway_id, network_interface_id, vpc_peering_connection_id,
               egress_only_internet_gateway_id, origin)
DRYDOCK_SCHEMA(drydock::records::ec2::RouteTableAssociation, association_id, subnet_id, main)
DRYDOCK_SCHEMA(drydock::records::ec2::RouteTable, route_table_id, vpc_id, routes, associations, tags)
