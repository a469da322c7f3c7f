// Network interfaces, Elastic IPs, internet and NAT gateways, routes, network ACLs. Texts and codes: aws-facts B.1.
#include "handlers/ec2/network_interfaces.h"

#include "api/ec2/AssociateAddressRequest.h"
#include "api/ec2/AssociateAddressResult.h"
#include "api/ec2/CreateNatGatewayRequest.h"
#include "api/ec2/CreateNatGatewayResult.h"
#include "api/ec2/CreateNetworkInterfaceRequest.h"
#include "api/ec2/CreateNetworkInterfaceResult.h"
#include "api/ec2/DeleteNatGatewayRequest.h"
#include "api/ec2/DeleteNatGatewayResult.h"
#include "api/ec2/DeleteNetworkInterfaceRequest.h"
#include "api/ec2/DeleteNetworkInterfaceResponse.h"
#include "api/ec2/DeleteSubnetRequest.h"
#include "api/ec2/DeleteSubnetResponse.h"
#include "api/ec2/DescribeAddressesRequest.h"
#include "api/ec2/DescribeAddressesResult.h"
#include "api/ec2/DescribeNatGatewaysRequest.h"
#include "api/ec2/DescribeNatGatewaysResult.h"
#include "api/ec2/DescribeNetworkInterfacesRequest.h"
#include "api/ec2/DescribeNetworkInterfacesResult.h"
#include "api/ec2/DetachInternetGatewayRequest.h"
#include "api/ec2/DetachInternetGatewayResponse.h"
#include "api/ec2/DisassociateAddressRequest.h"
#include "api/ec2/DisassociateAddressResponse.h"
#include "api/ec2/ModifyNetworkInterfaceAttributeRequest.h"
#include "api/ec2/ModifyNetworkInterfaceAttributeResponse.h"
#include "api/ec2/ReleaseAddressRequest.h"
#include "api/ec2/ReleaseAddressResponse.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ec2/testing/ec2_fixture.h"

namespace drydock::ec2 {

CreateNetworkInterfaceResult CreateNetworkInterface(Context&, const CreateNetworkInterfaceRequest&);
DeleteNetworkInterfaceResponse DeleteNetworkInterface(Context&, const DeleteNetworkInterfaceRequest&);
DescribeNetworkInterfacesResult DescribeNetworkInterfaces(Context&, const DescribeNetworkInterfacesRequest&);
ModifyNetworkInterfaceAttributeResponse ModifyNetworkInterfaceAttribute(Context&,
                                                                        const ModifyNetworkInterfaceAttributeRequest&);
AssociateAddressResult AssociateAddress(Context&, const AssociateAddressRequest&);
DisassociateAddressResponse DisassociateAddress(Context&, const DisassociateAddressRequest&);
ReleaseAddressResponse ReleaseAddress(Context&, const ReleaseAddressRequest&);
DescribeAddressesResult DescribeAddresses(Context&, const DescribeAddressesRequest&);
CreateNatGatewayResult CreateNatGateway(Context&, const CreateNatGatewayRequest&);
DeleteNatGatewayResult DeleteNatGateway(Context&, const DeleteNatGatewayRequest&);
DescribeNatGatewaysResult DescribeNatGateways(Context&, const DescribeNatGatewaysRequest&);
DetachInternetGatewayResponse DetachInternetGateway(Context&, const DetachInternetGatewayRequest&);
DeleteSubnetResponse DeleteSubnet(Context&, const DeleteSubnetRequest&);

namespace {

NetworkInterface InterfaceIn(Ec2Fixture& f, const std::string& subnet_id,
                             const std::optional<std::string>& address = std::nullopt) {
  CreateNetworkInterfaceRequest request;
  request.SubnetId = subnet_id;
  request.PrivateIpAddress = address;
  return *f.Call(CreateNetworkInterface, request).NetworkInterface;
}
NatGateway NatGatewayOf(Ec2Fixture& f, const std::string& id) {
  DescribeNatGatewaysRequest request;
  request.NatGatewayIds = {id};
  return f.Call(DescribeNatGateways, request).NatGateways.at(0);
}
CreateNatGatewayRequest NatIn(const std::string& subnet_id, const std::string& allocation_id) {
  CreateNatGatewayRequest request;
  request.SubnetId = subnet_id;
  request.AllocationId = allocation_id;
  return request;
}

}  // namespace

TEST_CASE("addresses are given from the lowest on, without AWS's five, and come back") {
  Ec2Fixture f;
  const auto subnet_id = f.Subnet(f.Vpc(), "10.0.0.0/28");
  const auto first = InterfaceIn(f, subnet_id);
  CHECK(first.PrivateIpAddress == "10.0.0.4");
  CHECK(first.Status == "pending");
  CHECK(first.MacAddress->rfind("02:", 0) == 0);
  CHECK(first.Groups.at(0).GroupName == "default");
  CHECK(InterfaceIn(f, subnet_id, "10.0.0.6").PrivateIpAddress == "10.0.0.6");
  CHECK(InterfaceIn(f, subnet_id).PrivateIpAddress == "10.0.0.5");
  CHECK(InterfaceIn(f, subnet_id).PrivateIpAddress == "10.0.0.7");

  CreateNetworkInterfaceRequest request;
  request.SubnetId = subnet_id;
  request.PrivateIpAddress = "10.0.0.6";
  CHECK(f.ErrorOf(CreateNetworkInterface, request).message() == "Address 10.0.0.6 is in use.");
  for (const char* outside : {"10.0.0.3", "10.0.0.15", "10.0.1.7"}) {
    request.PrivateIpAddress = outside;
    CHECK(f.ErrorOf(CreateNetworkInterface, request).message() ==
          "Address does not fall within the subnet's address range");
  }
  request.PrivateIpAddress.reset();
  request.SecondaryPrivateIpAddressCount = 8;  // seven are left
  CHECK(f.CodeOf(CreateNetworkInterface, request) == "InsufficientFreeAddressesInSubnet");
  request.SecondaryPrivateIpAddressCount = 6;
  CHECK(f.Call(CreateNetworkInterface, request).NetworkInterface->PrivateIpAddresses.size() == 7);
  request.SecondaryPrivateIpAddressCount.reset();
  CHECK(f.CodeOf(CreateNetworkInterface, request) == "InsufficientFreeAddressesInSubnet");

  DeleteNetworkInterfaceRequest remove;
  remove.NetworkInterfaceId = first.NetworkInterfaceId;
  f.Call(DeleteNetworkInterface, remove);
  CHECK(InterfaceIn(f, subnet_id).PrivateIpAddress == "10.0.0.4");
}

TEST_CASE("what a service manages only the service changes") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  const auto interface = f.Run([&](Context& context) {
    return CreateRequesterManagedInterface(context, {.subnet_id = subnet_id,
                                                     .description = "ELB app/web/50dc6c495c0c9188",
                                                     .requester_id = "amazon-elb",
                                                     .instance_owner_id = "amazon-elb",
                                                     .assign_public_ip = true});
  });
  DescribeNetworkInterfacesRequest describe;
  describe.Filters = {FilterOn("description", {"ELB app/web/*"}),
                      FilterOn("attachment.instance-owner-id", {"amazon-elb"})};
  const auto shown = f.Call(DescribeNetworkInterfaces, describe).NetworkInterfaces.at(0);
  CHECK(shown.Status == "in-use");
  CHECK(shown.RequesterManaged == true);
  CHECK(shown.Association->IpOwnerId == "amazon");
  CHECK(shown.Association->PublicIp->rfind("198.19.", 0) == 0);
  CHECK(shown.Association->PublicDnsName == "");  // the VPC has no DNS hostnames

  DeleteNetworkInterfaceRequest remove;
  remove.NetworkInterfaceId = interface.network_interface_id;
  CHECK(f.CodeOf(DeleteNetworkInterface, remove) == "InvalidParameterValue");
  ModifyNetworkInterfaceAttributeRequest modify;
  modify.NetworkInterfaceId = interface.network_interface_id;
  modify.Groups = {f.Group(vpc_id, "web")};
  CHECK(f.CodeOf(ModifyNetworkInterfaceAttribute, modify) == "AuthFailure");
  DeleteSubnetRequest subnet;
  subnet.SubnetId = subnet_id;
  CHECK(f.CodeOf(DeleteSubnet, subnet) == "DependencyViolation");
  f.Run([&](Context& context) { DeleteInterface(context, interface.network_interface_id); });
  CHECK(f.CodeOf(DeleteSubnet, subnet) == "");
}

TEST_CASE("a client token names a call: the same again, or a mismatch") {
  Ec2Fixture f;
  CreateNetworkInterfaceRequest request;
  request.SubnetId = f.Subnet(f.Vpc());
  request.ClientToken = "once";
  const auto first = f.Call(CreateNetworkInterface, request).NetworkInterface->NetworkInterfaceId;
  CHECK(f.Call(CreateNetworkInterface, request).NetworkInterface->NetworkInterfaceId == first);
  request.Description = "another";
  CHECK(f.CodeOf(CreateNetworkInterface, request) == "IdempotentParameterMismatch");
}

TEST_CASE("an Elastic IP: allocated, associated where there is a gateway, moved, taken off, released") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  const auto interface = *InterfaceIn(f, subnet_id).NetworkInterfaceId,
             other = *InterfaceIn(f, subnet_id).NetworkInterfaceId;
  AssociateAddressRequest associate;
  associate.AllocationId = f.ElasticAddress();
  associate.NetworkInterfaceId = interface;
  CHECK(f.ErrorOf(AssociateAddress, associate).message() ==
        "Network " + vpc_id + " is not attached to any internet gateway");
  const auto gateway = f.InternetGateway(vpc_id);
  f.Call(AssociateAddress, associate);
  associate.NetworkInterfaceId = other;
  associate.AllowReassociation = false;
  CHECK(f.CodeOf(AssociateAddress, associate) == "Resource.AlreadyAssociated");
  associate.AllowReassociation.reset();
  const auto association = f.Call(AssociateAddress, associate).AssociationId;

  DescribeAddressesRequest describe;
  describe.Filters = {FilterOn("network-interface-id", {other})};
  const auto address = f.Call(DescribeAddresses, describe).Addresses.at(0);
  CHECK(address.PrivateIpAddress == "10.0.0.5");
  DetachInternetGatewayRequest detach;
  detach.InternetGatewayId = gateway;
  detach.VpcId = vpc_id;
  CHECK(f.CodeOf(DetachInternetGateway, detach) == "DependencyViolation");
  ReleaseAddressRequest release;
  release.AllocationId = associate.AllocationId;
  CHECK(f.ErrorOf(ReleaseAddress, release).message() == "Address " + *address.PublicIp + " is in use.");
  DisassociateAddressRequest disassociate;
  disassociate.AssociationId = association;
  f.Call(DisassociateAddress, disassociate);
  CHECK(f.CodeOf(DisassociateAddress, disassociate) == "InvalidAssociationID.NotFound");
  f.Call(ReleaseAddress, release);
  CHECK(f.CodeOf(ReleaseAddress, release) == "InvalidAllocationID.NotFound");
  f.Call(DetachInternetGateway, detach);
}

TEST_CASE(
    "a NAT gateway: pending, available with an interface and its address, deleting, deleted, gone after an hour") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  f.InternetGateway(vpc_id);
  const auto allocation_id = f.ElasticAddress();
  const auto created = *f.Call(CreateNatGateway, NatIn(subnet_id, allocation_id)).NatGateway;
  CHECK(created.State == "pending");
  CHECK(created.NatGatewayAddresses.at(0).AllocationId == allocation_id);
  const auto id = *created.NatGatewayId;
  f.clock.Advance(Duration(200));
  const auto available = NatGatewayOf(f, id);
  CHECK(available.State == "available");
  CHECK(available.NatGatewayAddresses.at(0).PrivateIp == "10.0.0.4");
  DescribeNetworkInterfacesRequest describe;
  describe.NetworkInterfaceIds = {*available.NatGatewayAddresses[0].NetworkInterfaceId};
  const auto interface = f.Call(DescribeNetworkInterfaces, describe).NetworkInterfaces.at(0);
  CHECK(interface.InterfaceType == "nat_gateway");
  CHECK(interface.Description == "Interface for NAT Gateway " + id);
  CHECK(interface.SourceDestCheck == false);
  CHECK(interface.Association->PublicIp == available.NatGatewayAddresses[0].PublicIp);

  ReleaseAddressRequest release;
  release.AllocationId = allocation_id;
  const auto refused = f.ErrorOf(ReleaseAddress, release);
  CHECK(refused.code() == "AuthFailure");
  CHECK(refused.message() == "You do not have permission to access the specified resource.");

  DeleteNatGatewayRequest remove;
  remove.NatGatewayId = id;
  f.Call(DeleteNatGateway, remove);
  CHECK(NatGatewayOf(f, id).State == "deleting");
  f.clock.Advance(Duration(200));
  CHECK(NatGatewayOf(f, id).State == "deleted");
  CHECK(f.CodeOf(DescribeNetworkInterfaces, describe) == "InvalidNetworkInterfaceID.NotFound");
  f.Call(ReleaseAddress, release);  // it was disassociated, not released
  f.clock.Advance(Duration(3'600'000));
  CHECK(f.CodeOf(DeleteNatGateway, remove) == "NatGatewayNotFound");
}

TEST_CASE("a NAT gateway that cannot be has failed, and says why") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  const auto allocation_id = f.ElasticAddress();
  const auto failure = [&] {
    const auto id = *f.Call(CreateNatGateway, NatIn(subnet_id, allocation_id)).NatGateway->NatGatewayId;
    f.clock.Advance(Duration(200));
    const auto gateway = NatGatewayOf(f, id);
    return gateway.State.value_or("") + ": " + gateway.FailureCode.value_or("");
  };
  CHECK(failure() == "failed: Gateway.NotAttached");
  f.InternetGateway(vpc_id);
  CHECK(failure() == "available: ");
  CHECK(failure() == "failed: Resource.AlreadyAssociated");
  CHECK(f.CodeOf(CreateNatGateway, NatIn(subnet_id, "eipalloc-0123456789abcdef0")) == "InvalidAllocationID.NotFound");
  CreateNatGatewayRequest without;
  without.SubnetId = subnet_id;
  CHECK(f.CodeOf(CreateNatGateway, without) == "MissingParameter");
}

}  // namespace drydock::ec2
