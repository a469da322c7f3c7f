// Addresses that come and go: secondary blocks, IPv6, interfaces' and NAT gateways' further addresses, attachments.
#include <fmt/format.h>

#include "api/ec2/AssignIpv6AddressesRequest.h"
#include "api/ec2/AssignIpv6AddressesResult.h"
#include "api/ec2/AssignPrivateIpAddressesRequest.h"
#include "api/ec2/AssignPrivateIpAddressesResult.h"
#include "api/ec2/AssignPrivateNatGatewayAddressRequest.h"
#include "api/ec2/AssignPrivateNatGatewayAddressResult.h"
#include "api/ec2/AssociateSubnetCidrBlockRequest.h"
#include "api/ec2/AssociateSubnetCidrBlockResult.h"
#include "api/ec2/AssociateVpcCidrBlockRequest.h"
#include "api/ec2/AssociateVpcCidrBlockResult.h"
#include "api/ec2/CreateNatGatewayRequest.h"
#include "api/ec2/CreateNatGatewayResult.h"
#include "api/ec2/CreateNetworkInterfaceRequest.h"
#include "api/ec2/CreateNetworkInterfaceResult.h"
#include "api/ec2/CreateSubnetCidrReservationRequest.h"
#include "api/ec2/CreateSubnetCidrReservationResult.h"
#include "api/ec2/UnassignPrivateIpAddressesRequest.h"
#include "api/ec2/UnassignPrivateIpAddressesResponse.h"
#include "api/ec2/UnassignPrivateNatGatewayAddressRequest.h"
#include "api/ec2/UnassignPrivateNatGatewayAddressResult.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/testing/ec2_fixture.h"
#include "store/records/ec2/elastic_address.h"

namespace drydock::ec2 {

AssociateVpcCidrBlockResult AssociateVpcCidrBlock(Context&, const AssociateVpcCidrBlockRequest&);
AssociateSubnetCidrBlockResult AssociateSubnetCidrBlock(Context&, const AssociateSubnetCidrBlockRequest&);
AssignPrivateIpAddressesResult AssignPrivateIpAddresses(Context&, const AssignPrivateIpAddressesRequest&);
UnassignPrivateIpAddressesResponse UnassignPrivateIpAddresses(Context&, const UnassignPrivateIpAddressesRequest&);
AssignIpv6AddressesResult AssignIpv6Addresses(Context&, const AssignIpv6AddressesRequest&);
CreateSubnetCidrReservationResult CreateSubnetCidrReservation(Context&, const CreateSubnetCidrReservationRequest&);
AssignPrivateNatGatewayAddressResult AssignPrivateNatGatewayAddress(Context&,
                                                                    const AssignPrivateNatGatewayAddressRequest&);
UnassignPrivateNatGatewayAddressResult UnassignPrivateNatGatewayAddress(Context&,
                                                                        const UnassignPrivateNatGatewayAddressRequest&);
CreateNetworkInterfaceResult CreateNetworkInterface(Context&, const CreateNetworkInterfaceRequest&);
CreateNatGatewayResult CreateNatGateway(Context&, const CreateNatGatewayRequest&);

namespace {

std::string NewInterfaceIn(Ec2Fixture& f, const std::string& subnet_id) {
  CreateNetworkInterfaceRequest request;
  request.SubnetId = subnet_id;
  return *f.Call(CreateNetworkInterface, request).NetworkInterface->NetworkInterfaceId;
}
std::vector<std::string> PrivateAddressesOf(Ec2Fixture& f, const std::string& interface_id) {
  std::vector<std::string> addresses;
  f.Run([&](Context& context) {
    const auto interface = FindNetworkInterface(context, interface_id);
    for (const auto& address : interface->private_ip_addresses) addresses.push_back(address.private_ip_address);
    return 0;
  });
  return addresses;
}
using Addresses = std::vector<std::string>;

}  // namespace

TEST_CASE("when all of the public addresses are taken there is none to allocate") {
  Ec2Fixture f;
  f.Run([](Context& context) {
    for (int i = 0; i < 1 << 16; ++i)
      context.tx.Put(context.scope,
                     records::ec2::PublicAddress{fmt::format("198.19.{}.{}", i / 256, i % 256), "somebody"});
    return 0;
  });
  CHECK(f.ErrorOf(AllocateAddress, AllocateAddressRequest()).code() == "InsufficientAddressCapacity");
}

TEST_CASE("further addresses of an interface are taken, moved and given back; reserved ones are left alone") {
  Ec2Fixture f;
  const auto subnet_id = f.Subnet(f.Vpc());
  CreateSubnetCidrReservationRequest reservation;
  reservation.SubnetId = subnet_id;
  reservation.Cidr = "10.0.0.6/31";
  reservation.ReservationType = "explicit";
  f.Call(CreateSubnetCidrReservation, reservation);
  const auto one = NewInterfaceIn(f, subnet_id), other = NewInterfaceIn(f, subnet_id);
  AssignPrivateIpAddressesRequest assign;
  assign.NetworkInterfaceId = one;
  assign.SecondaryPrivateIpAddressCount = 1;
  f.Call(AssignPrivateIpAddresses, assign);
  CHECK(PrivateAddressesOf(f, one) == Addresses{"10.0.0.4", "10.0.0.8"});
  AssignPrivateIpAddressesRequest move;
  move.NetworkInterfaceId = other;
  move.PrivateIpAddresses = {"10.0.0.8", "10.0.0.6"};
  CHECK(f.CodeOf(AssignPrivateIpAddresses, move) == "InvalidParameterValue");
  move.AllowReassignment = true;
  f.Call(AssignPrivateIpAddresses, move);
  CHECK(PrivateAddressesOf(f, one) == Addresses{"10.0.0.4"});
  CHECK(PrivateAddressesOf(f, other) == Addresses{"10.0.0.5", "10.0.0.8", "10.0.0.6"});
  UnassignPrivateIpAddressesRequest unassign;
  unassign.NetworkInterfaceId = other;
  unassign.PrivateIpAddresses = {"10.0.0.8"};
  f.Call(UnassignPrivateIpAddresses, unassign);
  f.Call(AssignPrivateIpAddresses, assign);  // it is free again
  CHECK(PrivateAddressesOf(f, one) == Addresses{"10.0.0.4", "10.0.0.8"});
}

TEST_CASE("IPv6 addresses come from the subnet's block, that from the VPC's") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet_id = f.Subnet(vpc_id);
  AssociateVpcCidrBlockRequest request;
  request.VpcId = vpc_id;
  request.CidrBlock = "192.168.0.0/16";
  CHECK(f.CodeOf(AssociateVpcCidrBlock, request) == "InvalidVpc.Range");
  request.CidrBlock.reset();
  request.AmazonProvidedIpv6CidrBlock = true;
  auto block = *f.Call(AssociateVpcCidrBlock, request).Ipv6CidrBlockAssociation->Ipv6CidrBlock;
  REQUIRE(block.ends_with("/56"));
  AssociateSubnetCidrBlockRequest associate;
  associate.SubnetId = subnet_id;
  associate.Ipv6CidrBlock = "2001:db9::/64";
  CHECK(f.CodeOf(AssociateSubnetCidrBlock, associate) == "InvalidSubnet.Range");
  associate.Ipv6CidrBlock = block.substr(0, block.size() - 2) + "64";
  f.Call(AssociateSubnetCidrBlock, associate);
  CHECK(f.CodeOf(AssociateSubnetCidrBlock, associate) == "CidrLimitExceeded");
  AssignIpv6AddressesRequest assign;
  assign.NetworkInterfaceId = NewInterfaceIn(f, subnet_id);
  assign.Ipv6AddressCount = 2;
  const auto assigned = f.Call(AssignIpv6Addresses, assign).AssignedIpv6Addresses;
  REQUIRE(assigned.size() == 2);
  assign.Ipv6AddressCount.reset();
  assign.Ipv6Addresses = {assigned[0]};
  CHECK(f.CodeOf(AssignIpv6Addresses, assign) == "InvalidIPAddress.InUse");
}

TEST_CASE("a private NAT gateway has more addresses, on its own interface") {
  Ec2Fixture f;
  const auto subnet_id = f.Subnet(f.Vpc());
  CreateNatGatewayRequest request;
  request.SubnetId = subnet_id;
  request.ConnectivityType = "private";
  request.PrivateIpAddress = "10.0.0.10";
  request.SecondaryPrivateIpAddressCount = 1;
  const auto id = *f.Call(CreateNatGateway, request).NatGateway->NatGatewayId;
  AssignPrivateNatGatewayAddressRequest assign;
  assign.NatGatewayId = id;
  assign.PrivateIpAddressCount = 1;
  CHECK(f.CodeOf(AssignPrivateNatGatewayAddress, assign) == "IncorrectState");  // pending
  f.clock.Advance(Duration(200));
  const auto added = f.Call(AssignPrivateNatGatewayAddress, assign).NatGatewayAddresses.at(0);
  CHECK(added.PrivateIp == "10.0.0.5");
  CHECK(PrivateAddressesOf(f, *added.NetworkInterfaceId) == Addresses{"10.0.0.10", "10.0.0.4", "10.0.0.5"});
  UnassignPrivateNatGatewayAddressRequest unassign;
  unassign.NatGatewayId = id;
  unassign.PrivateIpAddresses = {"10.0.0.10"};
  CHECK(f.CodeOf(UnassignPrivateNatGatewayAddress, unassign) == "InvalidParameterValue");
  unassign.PrivateIpAddresses = {"10.0.0.4"};
  f.Call(UnassignPrivateNatGatewayAddress, unassign);
  CHECK(PrivateAddressesOf(f, *added.NetworkInterfaceId) == Addresses{"10.0.0.10", "10.0.0.5"});
}

}  // namespace drydock::ec2
