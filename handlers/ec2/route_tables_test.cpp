// Route tables, routes and network ACLs. Texts and codes: aws-facts B.1.
#include "handlers/ec2/route_tables.h"

#include "api/ec2/AssociateRouteTableRequest.h"
#include "api/ec2/AssociateRouteTableResult.h"
#include "api/ec2/CreateNetworkAclEntryRequest.h"
#include "api/ec2/CreateNetworkAclEntryResponse.h"
#include "api/ec2/CreateNetworkAclRequest.h"
#include "api/ec2/CreateNetworkAclResult.h"
#include "api/ec2/CreateRouteRequest.h"
#include "api/ec2/CreateRouteResult.h"
#include "api/ec2/CreateRouteTableRequest.h"
#include "api/ec2/CreateRouteTableResult.h"
#include "api/ec2/DeleteInternetGatewayRequest.h"
#include "api/ec2/DeleteInternetGatewayResponse.h"
#include "api/ec2/DeleteNetworkAclEntryRequest.h"
#include "api/ec2/DeleteNetworkAclEntryResponse.h"
#include "api/ec2/DeleteNetworkAclRequest.h"
#include "api/ec2/DeleteNetworkAclResponse.h"
#include "api/ec2/DeleteRouteRequest.h"
#include "api/ec2/DeleteRouteResponse.h"
#include "api/ec2/DeleteRouteTableRequest.h"
#include "api/ec2/DeleteRouteTableResponse.h"
#include "api/ec2/DescribeNetworkAclsRequest.h"
#include "api/ec2/DescribeNetworkAclsResult.h"
#include "api/ec2/DescribeRouteTablesRequest.h"
#include "api/ec2/DescribeRouteTablesResult.h"
#include "api/ec2/DetachInternetGatewayRequest.h"
#include "api/ec2/DetachInternetGatewayResponse.h"
#include "api/ec2/DisassociateRouteTableRequest.h"
#include "api/ec2/DisassociateRouteTableResponse.h"
#include "api/ec2/ReplaceNetworkAclAssociationRequest.h"
#include "api/ec2/ReplaceNetworkAclAssociationResult.h"
#include "api/ec2/ReplaceRouteRequest.h"
#include "api/ec2/ReplaceRouteResponse.h"
#include "api/ec2/ReplaceRouteTableAssociationRequest.h"
#include "api/ec2/ReplaceRouteTableAssociationResult.h"
#include "handlers/ec2/testing/ec2_fixture.h"

namespace drydock::ec2 {

CreateRouteTableResult CreateRouteTable(Context&, const CreateRouteTableRequest&);
DeleteRouteTableResponse DeleteRouteTable(Context&, const DeleteRouteTableRequest&);
DescribeRouteTablesResult DescribeRouteTables(Context&, const DescribeRouteTablesRequest&);
AssociateRouteTableResult AssociateRouteTable(Context&, const AssociateRouteTableRequest&);
DisassociateRouteTableResponse DisassociateRouteTable(Context&, const DisassociateRouteTableRequest&);
ReplaceRouteTableAssociationResult ReplaceRouteTableAssociation(Context&, const ReplaceRouteTableAssociationRequest&);
CreateRouteResult CreateRoute(Context&, const CreateRouteRequest&);
ReplaceRouteResponse ReplaceRoute(Context&, const ReplaceRouteRequest&);
DeleteRouteResponse DeleteRoute(Context&, const DeleteRouteRequest&);
DetachInternetGatewayResponse DetachInternetGateway(Context&, const DetachInternetGatewayRequest&);
DeleteInternetGatewayResponse DeleteInternetGateway(Context&, const DeleteInternetGatewayRequest&);
CreateNetworkAclResult CreateNetworkAcl(Context&, const CreateNetworkAclRequest&);
DeleteNetworkAclResponse DeleteNetworkAcl(Context&, const DeleteNetworkAclRequest&);
DescribeNetworkAclsResult DescribeNetworkAcls(Context&, const DescribeNetworkAclsRequest&);
CreateNetworkAclEntryResponse CreateNetworkAclEntry(Context&, const CreateNetworkAclEntryRequest&);
DeleteNetworkAclEntryResponse DeleteNetworkAclEntry(Context&, const DeleteNetworkAclEntryRequest&);
ReplaceNetworkAclAssociationResult ReplaceNetworkAclAssociation(Context&, const ReplaceNetworkAclAssociationRequest&);

namespace {

std::string Table(Ec2Fixture& f, const std::string& vpc_id) {
  CreateRouteTableRequest request;
  request.VpcId = vpc_id;
  return *f.Call(CreateRouteTable, request).RouteTable->RouteTableId;
}
RouteTable Described(Ec2Fixture& f, const std::string& id) {
  DescribeRouteTablesRequest request;
  request.RouteTableIds = {id};
  return f.Call(DescribeRouteTables, request).RouteTables.at(0);
}
CreateRouteRequest RouteTo(const std::string& table_id, const std::string& destination, const std::string& gateway_id) {
  CreateRouteRequest request;
  request.RouteTableId = table_id;
  request.DestinationCidrBlock = destination;
  request.GatewayId = gateway_id;
  return request;
}

}  // namespace

TEST_CASE("a route to an internet gateway is active while the gateway is attached, and a blackhole afterwards") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto table_id = Table(f, vpc_id), gateway_id = f.InternetGateway(vpc_id);
  f.Call(CreateRoute, RouteTo(table_id, "0.0.0.0/0", gateway_id));
  CHECK(Described(f, table_id).Routes.at(1).State == "active");

  DetachInternetGatewayRequest detach;
  detach.InternetGatewayId = gateway_id;
  detach.VpcId = vpc_id;
  f.Call(DetachInternetGateway, detach);
  CHECK(f.CodeOf(DetachInternetGateway, detach) == "Gateway.NotAttached");
  CHECK(Described(f, table_id).Routes.at(1).State == "blackhole");
  DeleteInternetGatewayRequest remove;
  remove.InternetGatewayId = gateway_id;
  f.Call(DeleteInternetGateway, remove);
  CHECK(Described(f, table_id).Routes.at(1).State == "blackhole");
}

TEST_CASE("routes: one for each destination, to what is in the same VPC") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto table_id = Table(f, vpc_id), gateway_id = f.InternetGateway(vpc_id);
  f.Call(CreateRoute, RouteTo(table_id, "100.68.0.18/18", gateway_id));
  CHECK(Described(f, table_id).Routes.at(1).DestinationCidrBlock == "100.68.0.0/18");
  CHECK(f.ErrorOf(CreateRoute, RouteTo(table_id, "100.68.0.0/18", gateway_id)).message() ==
        "The route identified by 100.68.0.0/18 already exists.");
  CHECK(f.CodeOf(CreateRoute, RouteTo(table_id, "10.0.0.0/16", gateway_id)) == "RouteAlreadyExists");
  CHECK(f.CodeOf(CreateRoute, RouteTo(table_id, "10.0.1.0/24", gateway_id)) == "InvalidParameterValue");
  CHECK(f.ErrorOf(CreateRoute, RouteTo(table_id, "0.0.0.0", gateway_id)).message() ==
        "Value (0.0.0.0) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.");
  CHECK(f.CodeOf(CreateRoute, RouteTo(table_id, "0.0.0.0/0", "igw-0123456789abcdef0")) == "InvalidGatewayID.NotFound");
  const auto elsewhere = f.InternetGateway(f.Vpc());
  CHECK(f.ErrorOf(CreateRoute, RouteTo(table_id, "0.0.0.0/0", elsewhere)).message() ==
        "route table " + table_id + " and network gateway " + elsewhere + " belong to different networks");
  auto request = RouteTo(table_id, "0.0.0.0/0", gateway_id);
  request.GatewayId.reset();
  CHECK(f.CodeOf(CreateRoute, request) == "MissingParameter");
  request.NatGatewayId = "nat-0123456789abcdef0";
  CHECK(f.CodeOf(CreateRoute, request) == "InvalidNatGatewayID.NotFound");

  ReplaceRouteRequest replace;
  replace.RouteTableId = table_id;
  replace.DestinationCidrBlock = "0.0.0.0/0";
  replace.GatewayId = gateway_id;
  CHECK(f.ErrorOf(ReplaceRoute, replace).message() ==
        "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.");
  DeleteRouteRequest remove;
  remove.RouteTableId = table_id;
  remove.DestinationCidrBlock = "0.0.0.0/0";
  const auto missing = f.ErrorOf(DeleteRoute, remove);
  CHECK(missing.code() == "InvalidRoute.NotFound");
  CHECK(missing.message() == "no route with destination-cidr-block 0.0.0.0/0 in route table " + table_id);
  remove.DestinationCidrBlock = "10.0.0.0/16";
  CHECK(f.CodeOf(DeleteRoute, remove) == "InvalidParameterValue");
  remove.DestinationCidrBlock = "100.68.0.0/18";
  f.Call(DeleteRoute, remove);
  CHECK(Described(f, table_id).Routes.size() == 1);
}

TEST_CASE("fifty routes are the limit") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto table_id = Table(f, vpc_id), gateway_id = f.InternetGateway(vpc_id);
  for (int i = 0; i < 50; ++i)
    f.Call(CreateRoute, RouteTo(table_id, "172.16." + std::to_string(i) + ".0/24", gateway_id));
  CHECK(f.CodeOf(CreateRoute, RouteTo(table_id, "0.0.0.0/0", gateway_id)) == "RouteLimitExceeded");
}

TEST_CASE("a subnet uses one route table: associated, replaced, given back; the main one moves") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  const auto table_id = Table(f, vpc_id), other_id = Table(f, vpc_id);
  AssociateRouteTableRequest associate;
  associate.RouteTableId = table_id;
  associate.SubnetId = subnet_id;
  const auto association = f.Call(AssociateRouteTable, associate).AssociationId;
  associate.RouteTableId = other_id;
  CHECK(f.ErrorOf(AssociateRouteTable, associate).message() ==
        "the specified association for route table " + other_id + " conflicts with an existing association");
  DeleteRouteTableRequest remove;
  remove.RouteTableId = table_id;
  CHECK(f.CodeOf(DeleteRouteTable, remove) == "DependencyViolation");

  ReplaceRouteTableAssociationRequest replace;
  replace.AssociationId = association;
  replace.RouteTableId = other_id;
  const auto moved = f.Call(ReplaceRouteTableAssociation, replace).NewAssociationId;
  CHECK(moved != association);
  CHECK(f.CodeOf(ReplaceRouteTableAssociation, replace) == "InvalidAssociationID.NotFound");
  f.Call(DeleteRouteTable, remove);
  DisassociateRouteTableRequest disassociate;
  disassociate.AssociationId = moved;
  f.Call(DisassociateRouteTable, disassociate);

  DescribeRouteTablesRequest main;
  main.Filters = {FilterOn("association.main", {"true"})};
  disassociate.AssociationId =
      f.Call(DescribeRouteTables, main).RouteTables.at(0).Associations.at(0).RouteTableAssociationId;
  CHECK(f.CodeOf(DisassociateRouteTable, disassociate) == "InvalidParameterValue");
  replace.AssociationId = disassociate.AssociationId;
  f.Call(ReplaceRouteTableAssociation, replace);
  CHECK(f.Call(DescribeRouteTables, main).RouteTables.at(0).RouteTableId == other_id);
}

TEST_CASE("network ACLs: numbered entries for each direction, a last deny, one for each subnet") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  CreateNetworkAclRequest create;
  create.VpcId = vpc_id;
  const auto acl = *f.Call(CreateNetworkAcl, create).NetworkAcl;
  REQUIRE(acl.Entries.size() == 2);
  CHECK(acl.Entries[0].RuleNumber == 32767);

  CreateNetworkAclEntryRequest entry;
  entry.NetworkAclId = acl.NetworkAclId;
  entry.RuleNumber = 100;
  entry.Egress = false;
  entry.RuleAction = "allow";
  entry.Protocol = "tcp";
  entry.CidrBlock = "10.0.0.9/16";
  CHECK(f.CodeOf(CreateNetworkAclEntry, entry) == "MissingParameter");  // the ports
  entry.PortRange.emplace().From = 443;
  entry.PortRange->To = 80;
  CHECK(f.CodeOf(CreateNetworkAclEntry, entry) == "InvalidParameterValue");
  entry.PortRange->From = 80;
  f.Call(CreateNetworkAclEntry, entry);
  CHECK(f.ErrorOf(CreateNetworkAclEntry, entry).message() == "The network acl entry identified by 100 already exists.");
  entry.Egress = true;
  f.Call(CreateNetworkAclEntry, entry);
  for (const int number : {0, 32767}) {
    entry.RuleNumber = number;
    CHECK(f.CodeOf(CreateNetworkAclEntry, entry) == "InvalidParameterValue");
  }
  for (int i = 1; i < 20; ++i) {
    entry.RuleNumber = i;
    f.Call(CreateNetworkAclEntry, entry);
  }
  entry.RuleNumber = 20;
  CHECK(f.CodeOf(CreateNetworkAclEntry, entry) == "NetworkAclEntryLimitExceeded");

  DescribeNetworkAclsRequest describe;
  describe.Filters = {FilterOn("entry.protocol", {"tcp"})};
  const auto shown = f.Call(DescribeNetworkAcls, describe).NetworkAcls.at(0);
  CHECK(shown.Entries.size() == 23);
  CHECK(shown.Entries[0].RuleNumber == 1);  // egress by number, then ingress
  CHECK(shown.Entries[21].RuleNumber == 100);
  CHECK(shown.Entries[21].Protocol == "6");
  CHECK(shown.Entries[21].CidrBlock == "10.0.0.0/16");

  DescribeNetworkAclsRequest of_subnet;
  of_subnet.Filters = {FilterOn("association.subnet-id", {subnet_id})};
  const auto before = f.Call(DescribeNetworkAcls, of_subnet).NetworkAcls.at(0);
  CHECK(before.IsDefault == true);
  ReplaceNetworkAclAssociationRequest replace;
  replace.AssociationId = before.Associations.at(0).NetworkAclAssociationId;
  replace.NetworkAclId = acl.NetworkAclId;
  CHECK(f.Call(ReplaceNetworkAclAssociation, replace).NewAssociationId != replace.AssociationId);
  CHECK(f.Call(DescribeNetworkAcls, of_subnet).NetworkAcls.at(0).NetworkAclId == acl.NetworkAclId);
  CHECK(f.CodeOf(ReplaceNetworkAclAssociation, replace) == "InvalidAssociationID.NotFound");

  DeleteNetworkAclRequest remove;
  remove.NetworkAclId = acl.NetworkAclId;
  CHECK(f.CodeOf(DeleteNetworkAcl, remove) == "DependencyViolation");
  remove.NetworkAclId = before.NetworkAclId;
  CHECK(f.ErrorOf(DeleteNetworkAcl, remove).message() == "cannot delete default network ACL " + *before.NetworkAclId);
}

}  // namespace drydock::ec2
