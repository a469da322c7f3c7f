#include "api/elbv2/DeleteTargetGroupInput.h"
#include "api/elbv2/DeleteTargetGroupOutput.h"
#include "api/elbv2/DeregisterTargetsInput.h"
#include "api/elbv2/DeregisterTargetsOutput.h"
#include "api/elbv2/DescribeTargetGroupAttributesInput.h"
#include "api/elbv2/DescribeTargetGroupAttributesOutput.h"
#include "api/elbv2/DescribeTargetGroupsInput.h"
#include "api/elbv2/DescribeTargetGroupsOutput.h"
#include "api/elbv2/DescribeTargetHealthInput.h"
#include "api/elbv2/DescribeTargetHealthOutput.h"
#include "api/elbv2/ModifyTargetGroupAttributesInput.h"
#include "api/elbv2/ModifyTargetGroupAttributesOutput.h"
#include "api/elbv2/ModifyTargetGroupInput.h"
#include "api/elbv2/ModifyTargetGroupOutput.h"
#include "api/elbv2/RegisterTargetsInput.h"
#include "api/elbv2/RegisterTargetsOutput.h"
#include "handlers/elbv2/targets.h"
#include "handlers/elbv2/testing.h"

namespace drydock::elbv2 {

DeleteTargetGroupOutput DeleteTargetGroup(Context&, const DeleteTargetGroupInput&);
DescribeTargetGroupsOutput DescribeTargetGroups(Context&, const DescribeTargetGroupsInput&);
ModifyTargetGroupOutput ModifyTargetGroup(Context&, const ModifyTargetGroupInput&);
DescribeTargetGroupAttributesOutput DescribeTargetGroupAttributes(Context&, const DescribeTargetGroupAttributesInput&);
ModifyTargetGroupAttributesOutput ModifyTargetGroupAttributes(Context&, const ModifyTargetGroupAttributesInput&);
RegisterTargetsOutput RegisterTargets(Context&, const RegisterTargetsInput&);
DeregisterTargetsOutput DeregisterTargets(Context&, const DeregisterTargetsInput&);
DescribeTargetHealthOutput DescribeTargetHealth(Context&, const DescribeTargetHealthInput&);

namespace {

ModifyTargetGroupAttributesInput Attribute(const std::string& arn, const std::string& key, const std::string& value) {
  ModifyTargetGroupAttributesInput in;
  in.TargetGroupArn = arn;
  auto& attribute = in.Attributes.emplace_back();
  attribute.Key = key;
  attribute.Value = value;
  return in;
}

// RegisterTargetsInput or DeregisterTargetsInput.
template <class In>
In Targets(const std::string& arn, const std::string& id, std::optional<int> port = std::nullopt) {
  In in;
  in.TargetGroupArn = arn;
  auto& target = in.Targets.emplace_back();
  target.Id = id;
  target.Port = port;
  return in;
}

// "initial Elb.RegistrationInProgress", "" when there are no targets.
std::string HealthOf(LoadBalancerFixture& f, const std::string& arn) {
  DescribeTargetHealthInput in;
  in.TargetGroupArn = arn;
  std::string all;
  for (const auto& description : f.Call(DescribeTargetHealth, in).TargetHealthDescriptions)
    all += *description.TargetHealth->State + " " + description.TargetHealth->Reason.value_or("");
  return all;
}

TEST_CASE("A target group has AWS's defaults") {  // API Reference, CreateTargetGroup; aws-facts E.1
  LoadBalancerFixture f;
  const auto made = f.Call(CreateTargetGroup, f.TargetGroupInput()).TargetGroups.at(0);
  CHECK(made.TargetGroupArn->starts_with("arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/app/"));
  CHECK(made.HealthCheckProtocol == "HTTP");
  CHECK(made.HealthCheckPort == "traffic-port");
  CHECK(made.HealthCheckPath == "/");
  CHECK(made.HealthCheckEnabled == true);
  CHECK(made.HealthCheckIntervalSeconds == 30);
  CHECK(made.HealthCheckTimeoutSeconds == 5);
  CHECK(made.HealthyThresholdCount == 5);
  CHECK(made.UnhealthyThresholdCount == 2);
  CHECK(made.Matcher->HttpCode == "200");
  CHECK(made.ProtocolVersion == "HTTP1");
  CHECK(made.IpAddressType == "ipv4");
  CHECK(made.LoadBalancerArns.empty());
  CHECK(made.LoadBalancerArns.present);

  auto tcp = f.TargetGroupInput("tcp");
  tcp.Protocol = "TCP";
  const auto network = f.Call(CreateTargetGroup, tcp).TargetGroups.at(0);
  CHECK(network.HealthCheckProtocol == "TCP");
  CHECK(network.HealthCheckTimeoutSeconds == 10);
  CHECK(!network.HealthCheckPath.has_value());
  CHECK(!network.Matcher.has_value());
}

TEST_CASE("What a target group cannot be is refused") {
  LoadBalancerFixture f;
  auto in = f.TargetGroupInput();
  const auto refused = [&] {
    const auto error = f.ErrorOf(CreateTargetGroup, in);
    return error.code() + ": " + error.message();
  };
  SECTION("missing arguments") {
    in.Protocol.reset();
    CHECK(refused() == "ValidationError: A protocol must be specified");
    in.Protocol = "HTTP";
    in.Port.reset();
    CHECK(refused() == "ValidationError: A port must be specified");
    in.Port = 80;
    in.VpcId.reset();
    CHECK(refused() == "ValidationError: A VPC ID must be specified");
    in.VpcId = "vpc-0123456789abcdef0";
    CHECK(refused() == "ValidationError: The VPC ID 'vpc-0123456789abcdef0' is not found");
  }
  SECTION("names") {
    in.Name = std::string(33, 'a');
    CHECK(refused() == "ValidationError: Target group name '" + *in.Name + "' cannot be longer than '32' characters");
    in.Name = "a.b";
    CHECK(refused() ==
          "ValidationError: Target group name 'a.b' can only contain characters that are alphanumeric "
          "characters and hyphens(-)");
    in.Name = "-ab";
    CHECK(refused() == "ValidationError: Target group name '-ab' cannot begin or end with '-'");
  }
  SECTION("health checks") {
    in.HealthCheckIntervalSeconds = 5;
    CHECK(refused() == "ValidationError: Health check interval must be greater than the timeout.");  // seen
    in.HealthCheckIntervalSeconds = 30;
    in.HealthCheckPath = "health";
    CHECK(f.CodeOf(CreateTargetGroup, in) == "ValidationError");
    in.HealthCheckPath = "/health";
    for (const std::string port : {"0", "65536", "x", "-1", ""}) {
      in.HealthCheckPort = port;
      CHECK(f.CodeOf(CreateTargetGroup, in) == "ValidationError");
    }
    in.HealthCheckPort = "8080";
    for (const std::string code : {"", "199", "500", "200-", "299-200", "200,,201", "abc"}) {
      in.Matcher.emplace().HttpCode = code;
      INFO(code);
      CHECK(f.CodeOf(CreateTargetGroup, in) == "ValidationError");
    }
    in.Matcher.emplace().HttpCode = "200-299,404";
    in.HealthCheckProtocol = "TCP";
    CHECK(f.CodeOf(CreateTargetGroup, in) == "ValidationError");
    in.HealthCheckProtocol = "HTTP";
    CHECK(f.CodeOf(CreateTargetGroup, in).empty());
  }
  SECTION("not implemented") {
    in.Protocol = "QUIC";
    CHECK(f.CodeOf(CreateTargetGroup, in) == "NotImplemented");
    in.Protocol = "HTTP";
    in.ProtocolVersion = "GRPC";
    CHECK(f.CodeOf(CreateTargetGroup, in) == "NotImplemented");
  }
}

TEST_CASE("The same name: the same settings give the same target group, others are refused") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeTargetGroup();
  CHECK(f.MakeTargetGroup() == arn);
  auto in = f.TargetGroupInput();
  in.Port = 81;
  const auto error = f.ErrorOf(CreateTargetGroup, in);
  CHECK(error.code() == "DuplicateTargetGroupName");
  CHECK(error.message() == "A target group with the same name 'app' exists, but with different settings");  // seen
}

TEST_CASE("A target group that a listener uses cannot be deleted, and belongs to one load balancer") {
  LoadBalancerFixture f;
  const std::string load_balancer = f.MakeLoadBalancer();
  const std::string group = f.MakeTargetGroup();
  CHECK(!f.Run([&](Context& context) { return HasLoadBalancer(context, group); }));
  f.Call(CreateListener, f.ListenerInput(load_balancer, f.ForwardTo(group)));
  CHECK(f.Run([&](Context& context) { return HasLoadBalancer(context, group); }));

  DescribeTargetGroupsInput describe;
  describe.LoadBalancerArn = load_balancer;
  const auto described = f.Call(DescribeTargetGroups, describe).TargetGroups;
  REQUIRE(described.size() == 1);
  CHECK(described[0].LoadBalancerArns.at(0) == load_balancer);

  DeleteTargetGroupInput deletion;
  deletion.TargetGroupArn = group;
  const auto error = f.ErrorOf(DeleteTargetGroup, deletion);
  CHECK(error.code() == "ResourceInUse");
  CHECK(error.message() == "Target group '" + group + "' is currently in use by a listener or a rule");  // seen

  const std::string other = f.MakeLoadBalancer("other");
  CHECK(f.CodeOf(CreateListener, f.ListenerInput(other, f.ForwardTo(group))) == "TargetGroupAssociationLimit");

  deletion.TargetGroupArn = f.MakeTargetGroup("free");
  f.Call(DeleteTargetGroup, deletion);
  CHECK(f.CodeOf(DeleteTargetGroup, deletion).empty());
  describe = {};
  describe.TargetGroupArns = {*deletion.TargetGroupArn};
  CHECK(f.ErrorOf(DescribeTargetGroups, describe).message() == "One or more target groups not found");
}

TEST_CASE("Health check settings can be changed one by one") {
  LoadBalancerFixture f;
  ModifyTargetGroupInput in;
  in.TargetGroupArn = f.MakeTargetGroup();
  in.HealthCheckPath = "/health";
  in.HealthCheckIntervalSeconds = 10;
  const auto changed = f.Call(ModifyTargetGroup, in).TargetGroups.at(0);
  CHECK(changed.HealthCheckPath == "/health");
  CHECK(changed.HealthCheckIntervalSeconds == 10);
  CHECK(changed.HealthCheckTimeoutSeconds == 5);
  in.HealthCheckIntervalSeconds = 5;
  CHECK(f.CodeOf(ModifyTargetGroup, in) == "ValidationError");
}

TEST_CASE("Attributes have their defaults and ranges") {  // aws-facts E.1, E.3
  LoadBalancerFixture f;
  const std::string arn = f.MakeTargetGroup();
  DescribeTargetGroupAttributesInput describe;
  describe.TargetGroupArn = arn;
  std::map<std::string, std::string> all;
  for (const auto& attribute : f.Call(DescribeTargetGroupAttributes, describe).Attributes)
    all[*attribute.Key] = *attribute.Value;
  CHECK(all == std::map<std::string, std::string>{
                   {"deregistration_delay.timeout_seconds", "300"},
                   {"stickiness.enabled", "false"},
                   {"stickiness.type", "lb_cookie"},
                   {"stickiness.lb_cookie.duration_seconds", "86400"},
                   {"stickiness.app_cookie.cookie_name", ""},
                   {"stickiness.app_cookie.duration_seconds", "86400"},
                   {"load_balancing.algorithm.type", "round_robin"},
                   {"load_balancing.algorithm.anomaly_mitigation", "off"},
                   {"slow_start.duration_seconds", "0"},
                   {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration"},
                   {"target_group_health.dns_failover.minimum_healthy_targets.count", "1"},
                   {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"},
                   {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"},
                   {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"}});

  const auto changed =
      f.Call(ModifyTargetGroupAttributes, Attribute(arn, "deregistration_delay.timeout_seconds", "10")).Attributes;
  CHECK(changed.at(0).Value == "10");
  CHECK(f.ErrorOf(ModifyTargetGroupAttributes, Attribute(arn, "deregistration_delay.timeout_seconds", "4000"))
            .message() == "'deregistration_delay.timeout_seconds' value '4000' must be between '0-3600' inclusive");
  CHECK(f.ErrorOf(ModifyTargetGroupAttributes, Attribute(arn, "no.such.key", "1")).message() ==
        "Target group attribute key 'no.such.key' is not recognized");
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"slow_start.duration_seconds", "29"},
           {"stickiness.type", "source_ip"},
           {"stickiness.enabled", "yes"},
           {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "101"},
           {"deregistration_delay.timeout_seconds", ""}}) {
    INFO(key);
    CHECK(f.CodeOf(ModifyTargetGroupAttributes, Attribute(arn, key, value)) == "ValidationError");
  }
  CHECK(f.CodeOf(ModifyTargetGroupAttributes, Attribute(arn, "stickiness.app_cookie.cookie_name", "AWSALBX")) ==
        "InvalidConfigurationRequest");
}

TEST_CASE("Addresses are registered with the zone of their subnet") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeTargetGroup();
  f.Call(RegisterTargets, Targets<RegisterTargetsInput>(arn, "10.0.1.7"));
  f.Call(RegisterTargets, Targets<RegisterTargetsInput>(arn, "10.0.1.7"));
  f.Call(RegisterTargets, Targets<RegisterTargetsInput>(arn, "10.0.1.7", 3001));
  DescribeTargetHealthInput in;
  in.TargetGroupArn = arn;
  const auto described = f.Call(DescribeTargetHealth, in).TargetHealthDescriptions;
  REQUIRE(described.size() == 2);
  CHECK(described[0].Target->Port == 3000);  // the group's
  CHECK(described[0].Target->AvailabilityZone == "eu-central-1b");
  CHECK(described[0].HealthCheckPort == "3000");
  CHECK(described[0].TargetHealth->State == "unused");
  CHECK(described[0].TargetHealth->Reason == "Target.NotInUse");
  CHECK(described[1].Target->Port == 3001);
}

TEST_CASE("Which addresses may be targets") {  // API Reference, CreateTargetGroup, TargetType
  LoadBalancerFixture f;
  const std::string arn = f.MakeTargetGroup();
  for (const std::string id : {"8.8.8.8", "127.0.0.1", "x", "10.0.0", "::1", "i-0123456789abcdef0"}) {
    INFO(id);
    CHECK(f.CodeOf(RegisterTargets, Targets<RegisterTargetsInput>(arn, id)) == "ValidationError");
  }
  auto outside = Targets<RegisterTargetsInput>(arn, "192.168.0.1");
  CHECK(f.ErrorOf(RegisterTargets, outside).message() ==  // seen
        "The Availability Zone is required for IP address '192.168.0.1' because it is not in the VPC");
  outside.Targets[0].AvailabilityZone = "all";
  CHECK(f.CodeOf(RegisterTargets, outside).empty());

  auto instances = f.TargetGroupInput("instances");
  instances.TargetType.reset();
  const std::string group = *f.Call(CreateTargetGroup, instances).TargetGroups.at(0).TargetGroupArn;
  CHECK(f.ErrorOf(RegisterTargets, Targets<RegisterTargetsInput>(group, "i-0123456789abcdef0")).message() ==
        "The following targets are not valid instances: 'i-0123456789abcdef0'");
}

TEST_CASE("A target that is deregistered drains for the delay, unless nothing uses the group") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeTargetGroup();
  const auto registration = Targets<RegisterTargetsInput>(arn, "10.0.1.7");
  const auto deregistration = Targets<DeregisterTargetsInput>(arn, "10.0.1.7");
  f.Call(RegisterTargets, registration);
  f.Call(DeregisterTargets, deregistration);
  CHECK(HealthOf(f, arn).empty());

  f.Call(CreateListener, f.ListenerInput(f.MakeLoadBalancer(), f.ForwardTo(arn)));
  f.Call(RegisterTargets, registration);
  CHECK(HealthOf(f, arn) == "initial Elb.RegistrationInProgress");
  f.Call(DeregisterTargets, deregistration);
  CHECK(HealthOf(f, arn) == "draining Target.DeregistrationInProgress");
  CHECK(f.Run([&](Context& context) { return DrainingUntil(context, arn, "10.0.1.7", 3000); }) ==
        f.clock.Now() + std::chrono::seconds(5));  // quick pace: 300 s / 60
  f.clock.Advance(std::chrono::milliseconds(4999));
  CHECK(HealthOf(f, arn) == "draining Target.DeregistrationInProgress");
  f.clock.Advance(std::chrono::milliseconds(1));
  CHECK(HealthOf(f, arn).empty());

  // Registering again ends the draining.
  f.Call(RegisterTargets, registration);
  f.Call(DeregisterTargets, deregistration);
  f.Call(RegisterTargets, registration);
  f.clock.Advance(std::chrono::seconds(10));
  CHECK(HealthOf(f, arn) == "initial Elb.RegistrationInProgress");

  f.Call(ModifyTargetGroupAttributes, Attribute(arn, "deregistration_delay.timeout_seconds", "0"));
  f.Call(DeregisterTargets, deregistration);
  CHECK(HealthOf(f, arn).empty());
}

TEST_CASE("Health is what the load balancers observed") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeTargetGroup();
  f.Call(CreateListener, f.ListenerInput(f.MakeLoadBalancer(), f.ForwardTo(arn)));
  f.Run([&](Context& context) { RegisterTarget(context, arn, "10.0.1.7", 3000, "eu-central-1b"); });
  f.engines.target_health = [&](const std::string& group, const std::string& id, int port) {
    CHECK(group == arn);
    CHECK(id == "10.0.1.7");
    CHECK(port == 3000);
    return loadbalancer::TargetHealth{loadbalancer::TargetStatus::kUnhealthy, "Target.Timeout", "Request timed out"};
  };
  CHECK(HealthOf(f, arn) == "unhealthy Target.Timeout");

  DescribeTargetHealthInput in;
  in.TargetGroupArn = arn;
  auto& target = in.Targets.emplace_back();
  target.Id = "10.0.1.8";
  const auto unknown = f.Call(DescribeTargetHealth, in).TargetHealthDescriptions.at(0);
  CHECK(unknown.TargetHealth->State == "unused");
  CHECK(unknown.TargetHealth->Reason == "Target.NotRegistered");
}

}  // namespace
}  // namespace drydock::elbv2
