// What the tests of load balancers stand on: a VPC with an internet gateway and subnets in two Availability Zones.
#pragma once

#include "api/elbv2/CreateListenerInput.h"
#include "api/elbv2/CreateListenerOutput.h"
#include "api/elbv2/CreateLoadBalancerInput.h"
#include "api/elbv2/CreateLoadBalancerOutput.h"
#include "api/elbv2/CreateTargetGroupInput.h"
#include "api/elbv2/CreateTargetGroupOutput.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ec2/vpcs.h"
#include "handlers/elbv2/timers.h"
#include "handlers/testing/fixture.h"
#include "store/records/ec2/internet_gateway.h"

namespace drydock::elbv2 {

CreateLoadBalancerOutput CreateLoadBalancer(Context&, const CreateLoadBalancerInput&);
CreateTargetGroupOutput CreateTargetGroup(Context&, const CreateTargetGroupInput&);
CreateListenerOutput CreateListener(Context&, const CreateListenerInput&);

class LoadBalancerFixture : public testing::Fixture {
 public:
  LoadBalancerFixture() {
    RegisterTimers(timers, engines, ids);
    timers.Start();
    Run([&](Context& context) {
      vpc_id = ec2::MakeVpc(context, "10.0.0.0/16", "default", false, {}).vpc_id;
      context.tx.Put(scope, records::ec2::InternetGateway{"igw-0123456789abcdef0", vpc_id, {}});
      subnet_a = MakeSubnet(context, "10.0.0.0/24", "a");
      subnet_b = MakeSubnet(context, "10.0.1.0/24", "b");
      subnet_c = MakeSubnet(context, "10.0.2.0/24", "c");
      second_in_b = MakeSubnet(context, "10.0.3.0/24", "b");
      tiny_in_a = MakeSubnet(context, "10.0.4.0/28", "a");
      other_vpc_id = ec2::MakeVpc(context, "10.9.0.0/16", "default", false, {}).vpc_id;
      records::ec2::Subnet elsewhere;
      elsewhere.vpc_id = other_vpc_id;
      elsewhere.cidr_block = "10.9.0.0/24";
      elsewhere.availability_zone = scope.region + "a";
      other_subnet = ec2::MakeSubnet(context, elsewhere).subnet_id;
      elsewhere.cidr_block = "10.9.1.0/24";
      elsewhere.availability_zone = scope.region + "b";
      other_subnet_b = ec2::MakeSubnet(context, elsewhere).subnet_id;
    });
  }

  CreateLoadBalancerInput LoadBalancerInput(const std::string& name = "web") const {
    CreateLoadBalancerInput in;
    in.Name = name;
    in.Subnets = {subnet_a, subnet_b};
    return in;
  }
  std::string MakeLoadBalancer(const std::string& name = "web") {
    return *Call(CreateLoadBalancer, LoadBalancerInput(name)).LoadBalancers.at(0).LoadBalancerArn;
  }
  CreateTargetGroupInput TargetGroupInput(const std::string& name = "app") const {
    CreateTargetGroupInput in;
    in.Name = name;
    in.Protocol = "HTTP";
    in.Port = 3000;
    in.VpcId = vpc_id;
    in.TargetType = "ip";
    return in;
  }
  std::string MakeTargetGroup(const std::string& name = "app") {
    return *Call(CreateTargetGroup, TargetGroupInput(name)).TargetGroups.at(0).TargetGroupArn;
  }
  CreateListenerInput ListenerInput(const std::string& load_balancer_arn, Action action) const {
    CreateListenerInput in;
    in.LoadBalancerArn = load_balancer_arn;
    in.Protocol = "HTTP";
    in.Port = 80;
    in.DefaultActions.push_back(std::move(action));
    return in;
  }
  // Port 80 with a fixed 404.
  std::string MakeListener(const std::string& load_balancer_arn) {
    return *Call(CreateListener, ListenerInput(load_balancer_arn, NotFound())).Listeners.at(0).ListenerArn;
  }

  static Action NotFound() {
    Action action;
    action.Type = "fixed-response";
    action.FixedResponseConfig.emplace().StatusCode = "404";
    return action;
  }
  static Action ForwardTo(const std::string& target_group_arn) {
    Action action;
    action.Type = "forward";
    action.TargetGroupArn = target_group_arn;
    return action;
  }

  store::Timers timers{database, clock};
  std::string vpc_id, subnet_a, subnet_b, subnet_c, second_in_b, tiny_in_a, other_vpc_id, other_subnet, other_subnet_b;

 private:
  std::string MakeSubnet(Context& context, const std::string& block, const std::string& zone) const {
    records::ec2::Subnet subnet;
    subnet.vpc_id = vpc_id;
    subnet.cidr_block = block;
    subnet.availability_zone = scope.region + zone;
    return ec2::MakeSubnet(context, subnet).subnet_id;
  }
};

}  // namespace drydock::elbv2
