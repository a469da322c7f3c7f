// Targets that are no addresses: instances, load balancers, functions; and those of gateway load balancers.
#include <catch2/catch.hpp>

#include "api/elbv2/DeleteLoadBalancerInput.h"
#include "api/elbv2/DeleteLoadBalancerOutput.h"
#include "api/elbv2/DescribeTargetGroupAttributesInput.h"
#include "api/elbv2/DescribeTargetGroupAttributesOutput.h"
#include "api/elbv2/DescribeTargetHealthInput.h"
#include "api/elbv2/DescribeTargetHealthOutput.h"
#include "api/elbv2/ModifyTargetGroupAttributesInput.h"
#include "api/elbv2/ModifyTargetGroupAttributesOutput.h"
#include "api/elbv2/RegisterTargetsInput.h"
#include "api/elbv2/RegisterTargetsOutput.h"
#include "handlers/elbv2/testing.h"
#include "store/records/ec2/instance.h"

namespace drydock::elbv2 {

DeleteLoadBalancerOutput DeleteLoadBalancer(Context&, const DeleteLoadBalancerInput&);
DescribeTargetGroupAttributesOutput DescribeTargetGroupAttributes(Context&, const DescribeTargetGroupAttributesInput&);
DescribeTargetHealthOutput DescribeTargetHealth(Context&, const DescribeTargetHealthInput&);
ModifyTargetGroupAttributesOutput ModifyTargetGroupAttributes(Context&, const ModifyTargetGroupAttributesInput&);
RegisterTargetsOutput RegisterTargets(Context&, const RegisterTargetsInput&);

namespace {

const std::string kFunction = "arn:aws:lambda:eu-central-1:123456789012:function:greet";

RegisterTargetsInput Naming(const std::string& group, const std::string& id) {
  RegisterTargetsInput in;
  in.TargetGroupArn = group;
  in.Targets.emplace_back().Id = id;
  return in;
}

std::map<std::string, std::string> AttributesOfGroup(LoadBalancerFixture& f, const std::string& group) {
  DescribeTargetGroupAttributesInput in;
  in.TargetGroupArn = group;
  std::map<std::string, std::string> values;
  for (const auto& each : f.Call(DescribeTargetGroupAttributes, in).Attributes) values[*each.Key] = *each.Value;
  return values;
}

std::string Refused(LoadBalancerFixture& f, const RegisterTargetsInput& in) {
  const auto error = f.ErrorOf(RegisterTargets, in);
  return error.code() + ": " + error.message();
}

TargetHealthDescription OnlyTarget(LoadBalancerFixture& f, const std::string& group) {
  DescribeTargetHealthInput in;
  in.TargetGroupArn = group;
  return f.Call(DescribeTargetHealth, in).TargetHealthDescriptions.at(0);
}

}  // namespace

// aws-facts E.1; API Reference, RegisterTargets.
TEST_CASE("Instances are registered by their id while they run, in their own zone") {
  LoadBalancerFixture f;
  const auto put = [&](const std::string& id, const std::string& state, const std::string& vpc_id) {
    f.Run([&](Context& context) {
      records::ec2::Instance instance;
      instance.instance_id = id;
      instance.state = state;
      instance.vpc_id = vpc_id;
      instance.availability_zone = f.scope.region + "b";
      context.tx.Put(f.scope, instance);
    });
  };
  put("i-00000000000000001", "running", f.vpc_id);
  put("i-00000000000000002", "stopped", f.vpc_id);
  put("i-00000000000000003", "running", f.other_vpc_id);
  auto input = f.TargetGroupInput();
  input.TargetType.reset();  // the default
  const std::string group = *f.Call(CreateTargetGroup, input).TargetGroups.at(0).TargetGroupArn;
  f.Call(RegisterTargets, Naming(group, "i-00000000000000001"));
  const auto shown = OnlyTarget(f, group);
  CHECK(shown.Target->Id == "i-00000000000000001");
  CHECK(shown.Target->Port == 3000);
  CHECK(shown.Target->AvailabilityZone == f.scope.region + "b");
  CHECK(Refused(f, Naming(group, "i-00000000000000002")) ==
        "InvalidTarget: The following targets are not in a running state and cannot be registered: "
        "'i-00000000000000002'");
  CHECK(f.CodeOf(RegisterTargets, Naming(group, "i-00000000000000003")) == "InvalidTarget");
  auto unknown = Naming(group, "i-00000000000000009");
  unknown.Targets.emplace_back().Id = "10.0.0.1";
  CHECK(Refused(f, unknown) ==
        "InvalidTarget: The following targets are not valid instances: 'i-00000000000000009', '10.0.0.1'");
  auto zoned = Naming(group, "i-00000000000000001");
  zoned.Targets[0].AvailabilityZone = "all";
  CHECK(f.CodeOf(RegisterTargets, zoned) == "ValidationError");
}

// Network Load Balancers guide, "Application Load Balancers as targets".
TEST_CASE("An application load balancer behind a network load balancer") {
  LoadBalancerFixture f;
  auto input = f.TargetGroupInput();
  input.TargetType = "alb";
  CHECK(f.CodeOf(CreateTargetGroup, input) == "ValidationError");  // HTTP
  input.Protocol = "TCP";
  input.Port = 80;
  input.HealthCheckProtocol = "TCP";
  CHECK(f.CodeOf(CreateTargetGroup, input) == "ValidationError");
  input.HealthCheckProtocol.reset();
  const auto group = f.Call(CreateTargetGroup, input).TargetGroups.at(0);
  CHECK(group.HealthCheckProtocol == "HTTP");
  CHECK(group.Matcher->HttpCode == "200-399");
  CHECK(AttributesOfGroup(f, *group.TargetGroupArn)["preserve_client_ip.enabled"] == "true");

  const std::string inner = f.MakeLoadBalancer("inner");
  auto naming = Naming(*group.TargetGroupArn, inner);
  CHECK(f.CodeOf(RegisterTargets, naming) == "InvalidTarget");  // no listener on the port
  f.MakeListener(inner);
  naming.Targets[0].Port = 81;
  CHECK(f.CodeOf(RegisterTargets, naming) == "ValidationError");
  naming.Targets[0].Port.reset();
  f.Call(RegisterTargets, naming);
  f.Call(RegisterTargets, naming);  // again
  CHECK(OnlyTarget(f, *group.TargetGroupArn).Target->Id == inner);
  CHECK_FALSE(OnlyTarget(f, *group.TargetGroupArn).Target->AvailabilityZone);
  CHECK(f.CodeOf(RegisterTargets, Naming(*group.TargetGroupArn, f.MakeLoadBalancer("second"))) == "TooManyTargets");
  CHECK(f.CodeOf(RegisterTargets, Naming(*group.TargetGroupArn, "10.0.0.5")) == "TooManyTargets");

  auto outer = f.LoadBalancerInput("outer");
  outer.Type = "network";
  const std::string front = *f.Call(CreateLoadBalancer, outer).LoadBalancers.at(0).LoadBalancerArn;
  auto listener = f.ListenerInput(front, f.ForwardTo(*group.TargetGroupArn));
  listener.Protocol = "TCP_UDP";
  CHECK(f.CodeOf(CreateListener, listener) == "IncompatibleProtocols");
  listener.Protocol = "TCP";
  f.Call(CreateListener, listener);
  CHECK(f.CodeOf(CreateListener, f.ListenerInput(f.MakeLoadBalancer("third"), f.ForwardTo(*group.TargetGroupArn))) ==
        "IncompatibleProtocols");

  DeleteLoadBalancerInput deletion;
  deletion.LoadBalancerArn = inner;
  CHECK(f.CodeOf(DeleteLoadBalancer, deletion) == "ResourceInUse");
}

// Application Load Balancer guide, "Lambda functions as targets"; API Reference, CreateTargetGroup.
TEST_CASE("A function's target group, as data") {
  LoadBalancerFixture f;
  CreateTargetGroupInput input;
  input.Name = "function";
  input.TargetType = "lambda";
  for (const std::string given : {"Protocol", "Port", "VpcId", "HealthCheckPort"}) {
    auto more = input;
    if (given == "Protocol") more.Protocol = "HTTP";
    if (given == "Port") more.Port = 80;
    if (given == "VpcId") more.VpcId = f.vpc_id;
    if (given == "HealthCheckPort") more.HealthCheckPort = "80";
    CHECK(f.CodeOf(CreateTargetGroup, more) == "ValidationError");
  }
  const auto group = f.Call(CreateTargetGroup, input).TargetGroups.at(0);
  CHECK(group.HealthCheckEnabled == false);
  CHECK(group.HealthCheckIntervalSeconds == 35);
  CHECK(group.HealthCheckTimeoutSeconds == 30);
  CHECK_FALSE(group.Protocol);
  CHECK_FALSE(group.Port);
  CHECK_FALSE(group.VpcId);
  const std::string arn = *group.TargetGroupArn;
  CHECK(AttributesOfGroup(f, arn)["lambda.multi_value_headers.enabled"] == "false");
  CHECK_FALSE(AttributesOfGroup(f, arn).contains("deregistration_delay.timeout_seconds"));
  CHECK(f.CodeOf(RegisterTargets, Naming(arn, "10.0.0.5")) == "InvalidTarget");
  f.Call(RegisterTargets, Naming(arn, kFunction));
  CHECK(f.CodeOf(RegisterTargets, Naming(arn, kFunction + "2")) == "TooManyTargets");
  const auto shown = OnlyTarget(f, arn);
  CHECK(shown.Target->Id == kFunction);
  CHECK(shown.Target->AvailabilityZone == "all");
  CHECK_FALSE(shown.Target->Port);
  CHECK_FALSE(shown.HealthCheckPort);
  f.Call(CreateListener, f.ListenerInput(f.MakeLoadBalancer(), f.ForwardTo(arn)));
}

// Gateway Load Balancers guide, "Target groups", "Listeners", "Quotas".
TEST_CASE("A gateway load balancer, as data") {
  LoadBalancerFixture f;
  auto input = f.LoadBalancerInput("firewall");
  input.Type = "gateway";
  input.Subnets = {f.subnet_a};
  const auto made = f.Call(CreateLoadBalancer, input).LoadBalancers.at(0);
  CHECK(made.LoadBalancerArn->find(":loadbalancer/gwy/firewall/") != std::string::npos);
  CHECK_FALSE(made.DNSName);
  CHECK_FALSE(made.Scheme);

  auto group_input = f.TargetGroupInput("appliances");
  group_input.Protocol = "GENEVE";
  CHECK(f.CodeOf(CreateTargetGroup, group_input) == "ValidationError");  // port 3000
  group_input.Port = 6081;
  const auto group = f.Call(CreateTargetGroup, group_input).TargetGroups.at(0);
  CHECK(group.HealthCheckProtocol == "TCP");
  CHECK(group.HealthCheckPort == "80");
  CHECK(group.HealthCheckIntervalSeconds == 10);
  CHECK(group.HealthCheckTimeoutSeconds == 5);
  CHECK(AttributesOfGroup(f, *group.TargetGroupArn)["target_failover.on_unhealthy"] == "no_rebalance");
  ModifyTargetGroupAttributesInput modify;
  modify.TargetGroupArn = group.TargetGroupArn;
  modify.Attributes.emplace_back().Key = "target_failover.on_unhealthy";
  modify.Attributes[0].Value = "rebalance";
  CHECK(f.CodeOf(ModifyTargetGroupAttributes, modify) == "InvalidConfigurationRequest");
  modify.Attributes.emplace_back().Key = "target_failover.on_deregistration";
  modify.Attributes[1].Value = "rebalance";
  f.Call(ModifyTargetGroupAttributes, modify);

  auto listener = f.ListenerInput(*made.LoadBalancerArn, f.ForwardTo(*group.TargetGroupArn));
  CHECK(f.CodeOf(CreateListener, listener) == "ValidationError");  // a protocol and a port
  listener.Protocol.reset();
  listener.Port.reset();
  const auto shown = f.Call(CreateListener, listener).Listeners.at(0);
  CHECK_FALSE(shown.Protocol);
  CHECK_FALSE(shown.Port);
  CHECK(f.Call(CreateListener, listener).Listeners.at(0).ListenerArn == shown.ListenerArn);
  CHECK(f.CodeOf(CreateListener, f.ListenerInput(f.MakeLoadBalancer(), f.ForwardTo(*group.TargetGroupArn))) ==
        "IncompatibleProtocols");
}

}  // namespace drydock::elbv2
