// Shorthand for tests of EC2's handlers: a VPC is one line.
#pragma once

#include <string>
#include <vector>

#include "api/ec2/AllocateAddressRequest.h"
#include "api/ec2/AllocateAddressResult.h"
#include "api/ec2/AttachInternetGatewayRequest.h"
#include "api/ec2/AttachInternetGatewayResponse.h"
#include "api/ec2/CreateInternetGatewayRequest.h"
#include "api/ec2/CreateInternetGatewayResult.h"
#include "api/ec2/CreateSecurityGroupRequest.h"
#include "api/ec2/CreateSecurityGroupResult.h"
#include "api/ec2/CreateSubnetRequest.h"
#include "api/ec2/CreateSubnetResult.h"
#include "api/ec2/CreateVpcRequest.h"
#include "api/ec2/CreateVpcResult.h"
#include "api/ec2/Filter.h"
#include "handlers/ec2/timers.h"
#include "handlers/testing/fixture.h"

namespace drydock::ec2 {

CreateVpcResult CreateVpc(Context&, const CreateVpcRequest&);
CreateSubnetResult CreateSubnet(Context&, const CreateSubnetRequest&);
CreateSecurityGroupResult CreateSecurityGroup(Context&, const CreateSecurityGroupRequest&);
CreateInternetGatewayResult CreateInternetGateway(Context&, const CreateInternetGatewayRequest&);
AttachInternetGatewayResponse AttachInternetGateway(Context&, const AttachInternetGatewayRequest&);
AllocateAddressResult AllocateAddress(Context&, const AllocateAddressRequest&);

class Ec2Fixture : public testing::Fixture {
 public:
  Ec2Fixture() {
    RegisterTimers(timers, engines, ids);
    timers.Start();
  }

  std::string Vpc(const std::string& cidr = "10.0.0.0/16") {
    CreateVpcRequest request;
    request.CidrBlock = cidr;
    return *Call(CreateVpc, request).Vpc->VpcId;
  }
  std::string Subnet(const std::string& vpc_id, const std::string& cidr = "10.0.0.0/24") {
    CreateSubnetRequest request;
    request.VpcId = vpc_id;
    request.CidrBlock = cidr;
    return *Call(CreateSubnet, request).Subnet->SubnetId;
  }
  std::string Group(const std::string& vpc_id, const std::string& name) {
    CreateSecurityGroupRequest request;
    request.VpcId = vpc_id;
    request.GroupName = name;
    request.Description = "a group";
    return *Call(CreateSecurityGroup, request).GroupId;
  }
  std::string InternetGateway(const std::string& vpc_id) {
    const auto id = *Call(CreateInternetGateway, CreateInternetGatewayRequest()).InternetGateway->InternetGatewayId;
    AttachInternetGatewayRequest request;
    request.InternetGatewayId = id;
    request.VpcId = vpc_id;
    Call(AttachInternetGateway, request);
    return id;
  }
  std::string ElasticAddress() { return *Call(AllocateAddress, AllocateAddressRequest()).AllocationId; }

  store::Timers timers{database, clock};
};

// A filter of one name and some values.
inline ec2::Filter FilterOn(const std::string& name, std::vector<std::string> values) {
  ec2::Filter filter;
  filter.Name = name;
  filter.Values = std::move(values);
  return filter;
}

}  // namespace drydock::ec2
