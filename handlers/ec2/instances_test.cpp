// Instances. EC2 User Guide, "Amazon EC2 instance state changes"; RunInstances's manual.
#include "handlers/ec2/instances.h"

#include "api/ec2/DescribeInstancesRequest.h"
#include "api/ec2/DescribeInstancesResult.h"
#include "api/ec2/Reservation.h"
#include "api/ec2/RunInstancesRequest.h"
#include "api/ec2/StartInstancesRequest.h"
#include "api/ec2/StartInstancesResult.h"
#include "api/ec2/StopInstancesRequest.h"
#include "api/ec2/StopInstancesResult.h"
#include "api/ec2/TerminateInstancesRequest.h"
#include "api/ec2/TerminateInstancesResult.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/testing/ec2_fixture.h"

namespace drydock::ec2 {

Reservation RunInstances(Context&, const RunInstancesRequest&);
DescribeInstancesResult DescribeInstances(Context&, const DescribeInstancesRequest&);
StartInstancesResult StartInstances(Context&, const StartInstancesRequest&);
StopInstancesResult StopInstances(Context&, const StopInstancesRequest&);
TerminateInstancesResult TerminateInstances(Context&, const TerminateInstancesRequest&);

namespace {

RunInstancesRequest Launch(const std::string& subnet_id, int count = 1) {
  RunInstancesRequest request;
  request.ImageId = "ami-0d7dc0000000a2023";
  request.InstanceType = "t3.micro";
  request.SubnetId = subnet_id;
  request.MinCount = 1;
  request.MaxCount = count;
  return request;
}
std::optional<records::ec2::Instance> Found(Ec2Fixture& f, const std::string& id) {
  return f.Run([&](Context& context) { return FindInstance(context, id); });
}

}  // namespace

TEST_CASE("an instance starts, stops and ends when the clock says so, and is forgotten after an hour") {
  Ec2Fixture f;
  const auto subnet_id = f.Subnet(f.Vpc());
  const auto launched = f.Call(RunInstances, Launch(subnet_id)).Instances.at(0);
  const std::string id = *launched.InstanceId;
  CHECK(launched.State->Name == "pending");
  CHECK(launched.NetworkInterfaces.at(0).Attachment->DeviceIndex == 0);
  f.clock.Advance(Duration(200));
  CHECK(Found(f, id)->state == "running");

  StopInstancesRequest stop;
  stop.InstanceIds = {id};
  CHECK(f.Call(StopInstances, stop).StoppingInstances.at(0).CurrentState->Name == "stopping");
  StartInstancesRequest start;
  start.InstanceIds = {id};
  CHECK(f.CodeOf(StartInstances, start) == "IncorrectInstanceState");
  f.clock.Advance(Duration(200));
  CHECK(Found(f, id)->state == "stopped");
  CHECK(f.Call(StartInstances, start).StartingInstances.at(0).PreviousState->Code == 80);

  TerminateInstancesRequest terminate;
  terminate.InstanceIds = {id};
  f.Call(TerminateInstances, terminate);
  f.clock.Advance(Duration(200));
  CHECK(Found(f, id)->state == "terminated");
  CHECK_FALSE(f.Run([&](Context& context) { return PrivateAddressOfInstance(context, id); }));
  f.clock.Advance(Duration(3'599'000));
  CHECK(Found(f, id));
  f.clock.Advance(Duration(1'000));
  CHECK_FALSE(Found(f, id));
}

TEST_CASE("as many are launched as fit, and none when fewer than the minimum fit") {
  Ec2Fixture f;
  const auto subnet_id = f.Subnet(f.Vpc(), "10.0.0.0/28");  // 11 addresses
  auto request = Launch(subnet_id, 13);
  request.ClientToken = "once";
  const auto launched = f.Call(RunInstances, request);
  CHECK(launched.Instances.size() == 11);
  CHECK(f.Call(RunInstances, request).ReservationId == launched.ReservationId);
  CHECK(f.CodeOf(RunInstances, Launch(subnet_id)) == "InsufficientFreeAddressesInSubnet");
  auto many = Launch(f.Subnet(f.Vpc()), 6);
  many.MinCount = 6;
  CHECK(f.CodeOf(RunInstances, many) == "VcpuLimitExceeded");  // 22 of 32 are taken
  many.MinCount = 5;
  CHECK(f.Call(RunInstances, many).Instances.size() == 5);
}

}  // namespace drydock::ec2
