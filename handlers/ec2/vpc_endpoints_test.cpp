// VPC endpoints' steps in time, and what a route table shows of them. AWS PrivateLink Guide.
#include "handlers/ec2/vpc_endpoints.h"

#include "api/ec2/CreateVpcEndpointRequest.h"
#include "api/ec2/CreateVpcEndpointResult.h"
#include "api/ec2/DeleteVpcEndpointsRequest.h"
#include "api/ec2/DeleteVpcEndpointsResult.h"
#include "api/ec2/ModifyVpcEndpointRequest.h"
#include "api/ec2/ModifyVpcEndpointResult.h"
#include "handlers/ec2/endpoint_services.h"
#include "handlers/ec2/testing/ec2_fixture.h"

namespace drydock::ec2 {

CreateVpcEndpointResult CreateVpcEndpoint(Context&, const CreateVpcEndpointRequest&);
ModifyVpcEndpointResult ModifyVpcEndpoint(Context&, const ModifyVpcEndpointRequest&);
DeleteVpcEndpointsResult DeleteVpcEndpoints(Context&, const DeleteVpcEndpointsRequest&);

namespace {

CreateVpcEndpointRequest EndpointIn(const std::string& vpc_id, const std::string& service, const std::string& type) {
  CreateVpcEndpointRequest request;
  request.VpcId = vpc_id;
  request.ServiceName = "com.amazonaws.eu-central-1." + service;
  request.VpcEndpointType = type;
  if (type == "Interface") request.PrivateDnsEnabled = false;
  return request;
}

std::optional<record::VpcEndpoint> Stored(Ec2Fixture& f, const std::string& id) {
  return f.Run([&](Context& context) { return context.tx.Get<record::VpcEndpoint>(context.scope, id); });
}
std::size_t CountInterfaces(Ec2Fixture& f) {
  return f.Run([](Context& context) { return context.tx.Count<record::NetworkInterface>(context.scope); });
}

}  // namespace

TEST_CASE("an interface endpoint is pending, available, deleting, gone; its interfaces live as long") {
  Ec2Fixture f;
  const auto vpc = f.Vpc();
  auto request = EndpointIn(vpc, "sts", "Interface");
  request.SubnetIds = {f.Subnet(vpc)};
  const auto id = *f.Call(CreateVpcEndpoint, request).VpcEndpoint->VpcEndpointId;
  CHECK(Stored(f, id)->state == "pending");
  CHECK(CountInterfaces(f) == 1);
  f.clock.Advance(Duration{100});
  CHECK(Stored(f, id)->state == "available");
  DeleteVpcEndpointsRequest deletion;
  deletion.VpcEndpointIds = {id};
  f.Call(DeleteVpcEndpoints, deletion);
  CHECK(Stored(f, id)->state == "deleting");
  CHECK(CountInterfaces(f) == 1);
  ModifyVpcEndpointRequest change;
  change.VpcEndpointId = id;
  CHECK(f.CodeOf(ModifyVpcEndpoint, change) == "IncorrectState");
  f.clock.Advance(Duration{100});
  CHECK_FALSE(Stored(f, id));
  CHECK(CountInterfaces(f) == 0);
}

TEST_CASE("what a change would have done is undone when one part of it is refused") {
  Ec2Fixture f;
  const auto vpc = f.Vpc();
  const auto subnet = f.Subnet(vpc);
  auto request = EndpointIn(vpc, "sts", "Interface");
  request.SubnetIds = {subnet};
  const auto id = *f.Call(CreateVpcEndpoint, request).VpcEndpoint->VpcEndpointId;
  ModifyVpcEndpointRequest change;
  change.VpcEndpointId = id;
  change.RemoveSubnetIds = {subnet};
  change.RemoveSecurityGroupIds = {Stored(f, id)->group_ids.at(0)};
  CHECK(f.CodeOf(ModifyVpcEndpoint, change) == "InvalidParameter");  // no group would be left
  CHECK(Stored(f, id)->subnets.size() == 1);
  CHECK(CountInterfaces(f) == 1);
  change.RemoveSecurityGroupIds.clear();
  change.DryRun = true;
  CHECK(f.CodeOf(ModifyVpcEndpoint, change) == "DryRunOperation");
  CHECK(CountInterfaces(f) == 1);
}

TEST_CASE("addresses that are asked for") {
  Ec2Fixture f;
  const auto vpc = f.Vpc();
  const auto subnet = f.Subnet(vpc);
  auto request = EndpointIn(vpc, "sts", "Interface");
  request.SubnetIds = {subnet};
  auto& configuration = request.SubnetConfigurations.emplace_back();
  configuration.SubnetId = subnet;
  configuration.Ipv4 = "10.0.0.77";
  const auto id = *f.Call(CreateVpcEndpoint, request).VpcEndpoint->VpcEndpointId;
  const auto eni = *Stored(f, id)->subnets.at(0).network_interface_id;
  CHECK(f.Run([&](Context& context) {
    return context.tx.Get<record::NetworkInterface>(context.scope, eni)->private_ip_address();
  }) == "10.0.0.77");
  request.ServiceName = "com.amazonaws.eu-central-1.kms";
  CHECK(f.CodeOf(CreateVpcEndpoint, request) == "InvalidIPAddress.InUse");
  configuration.Ipv4 = "10.9.0.1";
  CHECK(f.CodeOf(CreateVpcEndpoint, request) == "InvalidParameterValue");
  configuration.SubnetId = "subnet-0123456789abcdef0";
  CHECK(f.CodeOf(CreateVpcEndpoint, request) == "InvalidParameter");
}

TEST_CASE("limits") {  // AWS PrivateLink Guide, "Quotas": 20 gateway endpoints in a region, 50 others in a VPC
  Ec2Fixture f;
  const auto vpc = f.Vpc();
  for (int i = 0; i < 20; ++i) f.Call(CreateVpcEndpoint, EndpointIn(vpc, "s3", "Gateway"));
  CHECK(f.CodeOf(CreateVpcEndpoint, EndpointIn(vpc, "s3", "Gateway")) == "VpcEndpointLimitExceeded");
  for (int i = 0; i < 50; ++i) f.Call(CreateVpcEndpoint, EndpointIn(vpc, "sts", "Interface"));
  CHECK(f.CodeOf(CreateVpcEndpoint, EndpointIn(vpc, "sts", "Interface")) == "VpcEndpointLimitExceeded");
}

TEST_CASE("services: S3 has both types, their names are the region's") {
  CHECK(FindEndpointService("us-west-2", "com.amazonaws.us-west-2.s3", "Gateway"));
  CHECK(FindEndpointService("us-west-2", "com.amazonaws.us-west-2.s3", "Interface"));
  CHECK_FALSE(FindEndpointService("us-west-2", "com.amazonaws.eu-central-1.s3", "Gateway"));
  CHECK_FALSE(FindEndpointService("us-west-2", "com.amazonaws.us-west-2.logs", "Gateway"));
  CHECK(FindEndpointService("us-west-2", "com.amazonaws.us-west-2.ecr.api", "Interface")->private_dns_name ==
        "api.ecr.us-west-2.amazonaws.com");  // aws-facts B.7
}

}  // namespace drydock::ec2
