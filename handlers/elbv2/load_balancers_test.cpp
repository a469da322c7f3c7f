#include "api/elbv2/DeleteLoadBalancerInput.h"
#include "api/elbv2/DeleteLoadBalancerOutput.h"
#include "api/elbv2/DescribeCapacityReservationInput.h"
#include "api/elbv2/DescribeCapacityReservationOutput.h"
#include "api/elbv2/DescribeLoadBalancersInput.h"
#include "api/elbv2/DescribeLoadBalancersOutput.h"
#include "api/elbv2/ModifyLoadBalancerAttributesInput.h"
#include "api/elbv2/ModifyLoadBalancerAttributesOutput.h"
#include "api/elbv2/SetSecurityGroupsInput.h"
#include "api/elbv2/SetSecurityGroupsOutput.h"
#include "api/elbv2/SetSubnetsInput.h"
#include "api/elbv2/SetSubnetsOutput.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/elbv2/testing.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"

namespace drydock::elbv2 {

DeleteLoadBalancerOutput DeleteLoadBalancer(Context&, const DeleteLoadBalancerInput&);
DescribeCapacityReservationOutput DescribeCapacityReservation(Context&, const DescribeCapacityReservationInput&);
DescribeLoadBalancersOutput DescribeLoadBalancers(Context&, const DescribeLoadBalancersInput&);
ModifyLoadBalancerAttributesOutput ModifyLoadBalancerAttributes(Context&, const ModifyLoadBalancerAttributesInput&);
SetSecurityGroupsOutput SetSecurityGroups(Context&, const SetSecurityGroupsInput&);
SetSubnetsOutput SetSubnets(Context&, const SetSubnetsInput&);

namespace {

records::elbv2::LoadBalancer RecordOf(LoadBalancerFixture& f, const std::string& arn) {
  return f.Run([&](Context& context) { return *context.tx.Get<records::elbv2::LoadBalancer>(f.scope, arn); });
}

std::size_t CountInterfaces(LoadBalancerFixture& f) {
  return f.Run([&](Context& context) { return context.tx.Count<records::ec2::NetworkInterface>(f.scope); });
}

std::string MakeGroup(LoadBalancerFixture& f, const std::string& vpc_id, const std::string& name) {
  return f.Run([&](Context& context) { return ec2::MakeSecurityGroup(context, vpc_id, name, name, {}).group_id; });
}

DeleteLoadBalancerInput Deletion(const std::string& arn) {
  DeleteLoadBalancerInput in;
  in.LoadBalancerArn = arn;
  return in;
}

TEST_CASE("A new load balancer has AWS's defaults and becomes active by itself") {
  LoadBalancerFixture f;
  const auto made = f.Call(CreateLoadBalancer, f.LoadBalancerInput()).LoadBalancers.at(0);
  CHECK(made.Scheme == "internet-facing");
  CHECK(made.Type == "application");
  CHECK(made.IpAddressType == "ipv4");
  CHECK(made.State->Code == "provisioning");
  CHECK(made.VpcId == f.vpc_id);
  CHECK(made.CanonicalHostedZoneId == "Z215JYRZR1TBD5");  // aws-facts E.2
  CHECK(made.LoadBalancerArn->starts_with(
      "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/"));
  CHECK(made.DNSName->starts_with("web-"));
  CHECK(made.DNSName->ends_with(".eu-central-1.elb.localhost"));
  REQUIRE(made.AvailabilityZones.size() == 2);
  CHECK(made.AvailabilityZones[0].ZoneName == "eu-central-1a");
  CHECK(made.AvailabilityZones[0].SubnetId == f.subnet_a);
  REQUIRE(made.SecurityGroups.size() == 1);  // the VPC's default group

  f.clock.Advance(std::chrono::milliseconds(299));
  CHECK(RecordOf(f, *made.LoadBalancerArn).state == "provisioning");
  f.clock.Advance(std::chrono::milliseconds(1));
  CHECK(RecordOf(f, *made.LoadBalancerArn).state == "active");
}

TEST_CASE("A load balancer has a requester-managed network interface in each of its subnets") {
  LoadBalancerFixture f;
  auto in = f.LoadBalancerInput();
  in.SecurityGroups = {MakeGroup(f, f.vpc_id, "alb")};
  const std::string arn = *f.Call(CreateLoadBalancer, in).LoadBalancers.at(0).LoadBalancerArn;
  const auto record = RecordOf(f, arn);
  REQUIRE(record.zones.size() == 2);
  const auto interface = f.Run(
      [&](Context& context) { return *ec2::FindNetworkInterface(context, record.zones[1].network_interface_id); });
  CHECK(interface.subnet_id == f.subnet_b);
  CHECK(interface.requester_managed);
  CHECK(interface.requester_id == "amazon-elb");
  CHECK(interface.description == "ELB " + record.Path());
  CHECK(interface.group_ids == std::vector<std::string>(in.SecurityGroups));
  CHECK(interface.association().has_value());
  CHECK(CountInterfaces(f) == 2);

  f.Call(DeleteLoadBalancer, Deletion(arn));
  CHECK(CountInterfaces(f) == 0);
}

TEST_CASE("An internal load balancer needs no internet gateway and has no public address") {
  LoadBalancerFixture f;
  auto in = f.LoadBalancerInput();
  in.Scheme = "internal";
  in.Subnets = {f.other_subnet, f.other_subnet_b};
  const auto made = f.Call(CreateLoadBalancer, in).LoadBalancers.at(0);
  CHECK(made.DNSName->starts_with("internal-web-"));
  const auto record = RecordOf(f, *made.LoadBalancerArn);
  const auto interface = f.Run(
      [&](Context& context) { return *ec2::FindNetworkInterface(context, record.zones[0].network_interface_id); });
  CHECK(!interface.association().has_value());
}

// aws-facts E.1: codes of the model, texts seen where marked there.
TEST_CASE("What AWS would not place is refused, and nothing is half-created") {
  LoadBalancerFixture f;
  auto in = f.LoadBalancerInput();
  const auto refused = [&] {
    const auto error = f.ErrorOf(CreateLoadBalancer, in);
    return error.code() + ": " + error.message();
  };
  SECTION("one subnet") {
    in.Subnets = {f.subnet_a};
    CHECK(refused() == "ValidationError: At least two subnets in two different Availability Zones must be specified");
  }
  SECTION("two subnets in one zone") {
    in.Subnets = {f.subnet_a, f.subnet_b, f.second_in_b};
    CHECK(refused() ==
          "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same "
          "Availability Zone");
  }
  SECTION("subnets of two VPCs") {
    in.Subnets = {f.subnet_b, f.other_subnet};
    CHECK(refused() == "InvalidConfigurationRequest: All subnets must belong to the same VPC: '" + f.vpc_id + "','" +
                           f.other_vpc_id + "'");
  }
  SECTION("a subnet that is not there") {
    in.Subnets = {f.subnet_a, "subnet-0123456789abcdef0"};
    CHECK(refused() == "SubnetNotFound: The subnet ID 'subnet-0123456789abcdef0' does not exist");
  }
  SECTION("no internet gateway") {
    in.Subnets = {f.other_subnet, f.other_subnet_b};
    CHECK(refused() == "InvalidSubnet: VPC " + f.other_vpc_id + " has no internet gateway");
  }
  SECTION("too few free addresses: a /28 has 11, of which 4 are taken") {
    f.Run([&](Context& context) {
      ec2::InterfaceSpec spec;
      spec.subnet_id = f.tiny_in_a;
      for (int i = 0; i < 4; ++i) ec2::CreateRequesterManagedInterface(context, spec);
    });
    in.Subnets = {f.tiny_in_a, f.subnet_b};
    CHECK(refused() == "InvalidSubnet: Not enough IP space available in " + f.tiny_in_a +
                           ". ELB requires at least 8 free IP addresses in each subnet.");
  }
  SECTION("a security group of another VPC") {
    in.SecurityGroups = {MakeGroup(f, f.other_vpc_id, "elsewhere")};
    CHECK(refused() == "InvalidConfigurationRequest: One or more security groups are invalid");
  }
  SECTION("a security group that is not there") {
    in.SecurityGroups = {"sg-0123456789abcdef0"};
    CHECK(f.CodeOf(CreateLoadBalancer, in) == "InvalidSecurityGroup");
  }
  SECTION("names") {
    in.Name = std::string(33, 'a');
    CHECK(refused() ==
          "ValidationError: The load balancer name '" + *in.Name + "' cannot be longer than '32' characters");
    for (const std::string name : {"", "-a", "a-", "a_b", "internal-a", "a b", "\xc3\xa4"}) {
      in.Name = name;
      INFO(name);
      CHECK(f.CodeOf(CreateLoadBalancer, in) == "ValidationError");
    }
  }
  SECTION("dual stack without IPv6 subnets") {
    in.IpAddressType = "dualstack";
    CHECK(f.CodeOf(CreateLoadBalancer, in) == "ValidationError");
  }
  SECTION("what a Gateway Load Balancer has not") {
    in.Type = "gateway";
    in.Scheme = "internal";
    CHECK(f.CodeOf(CreateLoadBalancer, in) == "ValidationError");
    in.Scheme.reset();
    in.SecurityGroups = {"sg-0123456789abcdef0"};
    CHECK(f.CodeOf(CreateLoadBalancer, in) == "ValidationError");
  }
  f.Run([&](Context& context) { CHECK(context.tx.Count<records::elbv2::LoadBalancer>(f.scope) == 0); });
}

TEST_CASE("The same name: the same settings give the same load balancer, others are refused") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeLoadBalancer();
  CHECK(f.MakeLoadBalancer() == arn);
  CHECK(CountInterfaces(f) == 2);
  auto in = f.LoadBalancerInput();
  in.Scheme = "internal";
  const auto error = f.ErrorOf(CreateLoadBalancer, in);
  CHECK(error.code() == "DuplicateLoadBalancerName");
  CHECK(error.message() == "A load balancer with the same name 'web' exists, but with different settings");
}

TEST_CASE("Load balancers are found by name and ARN, page by page") {
  LoadBalancerFixture f;
  for (const std::string name : {"one", "two", "three"}) f.MakeLoadBalancer(name);
  DescribeLoadBalancersInput in;
  in.PageSize = 2;
  const auto first = f.Call(DescribeLoadBalancers, in);
  REQUIRE(first.LoadBalancers.size() == 2);
  REQUIRE(first.NextMarker.has_value());
  in.Marker = first.NextMarker;
  const auto second = f.Call(DescribeLoadBalancers, in);
  REQUIRE(second.LoadBalancers.size() == 1);
  CHECK(second.LoadBalancers[0].LoadBalancerName == "three");
  CHECK(!second.NextMarker.has_value());
  in.Marker = "forged";
  CHECK(f.CodeOf(DescribeLoadBalancers, in) == "ValidationError");

  DescribeLoadBalancersInput named;
  named.Names = {"two"};
  CHECK(f.Call(DescribeLoadBalancers, named).LoadBalancers.at(0).LoadBalancerName == "two");
  named.Names = {"two", "gone"};
  CHECK(f.ErrorOf(DescribeLoadBalancers, named).message() == "Load balancers '[gone]' not found");  // seen
  DescribeLoadBalancersInput by_arn;
  by_arn.LoadBalancerArns = {
      "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/x/0123456789abcdef"};
  CHECK(f.CodeOf(DescribeLoadBalancers, by_arn) == "LoadBalancerNotFound");
  by_arn.LoadBalancerArns = {"nonsense"};
  CHECK(f.ErrorOf(DescribeLoadBalancers, by_arn).message() == "'nonsense' is not a valid load balancer ARN");
  by_arn.LoadBalancerArns = {"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/x/0123456789abcdef"};
  CHECK(f.CodeOf(DescribeLoadBalancers, by_arn) == "ValidationError");
}

TEST_CASE("Deleting takes listeners, rules and interfaces along; deletion protection prevents it") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeLoadBalancer();
  f.MakeListener(arn);
  ModifyLoadBalancerAttributesInput protect;
  protect.LoadBalancerArn = arn;
  auto& attribute = protect.Attributes.emplace_back();
  attribute.Key = "deletion_protection.enabled";
  attribute.Value = "true";
  f.Call(ModifyLoadBalancerAttributes, protect);
  const auto error = f.ErrorOf(DeleteLoadBalancer, Deletion(arn));
  CHECK(error.code() == "OperationNotPermitted");
  CHECK(error.message() == "Load balancer '" + arn + "' cannot be deleted because deletion protection is enabled");

  protect.Attributes[0].Value = "false";
  f.Call(ModifyLoadBalancerAttributes, protect);
  f.Call(DeleteLoadBalancer, Deletion(arn));
  f.Run([&](Context& context) {
    CHECK(context.tx.Count<records::elbv2::Listener>(f.scope) == 0);
    CHECK(context.tx.Count<records::elbv2::Rule>(f.scope) == 0);
  });
  CHECK(CountInterfaces(f) == 0);
  CHECK(f.CodeOf(DeleteLoadBalancer, Deletion(arn)).empty());
  CHECK(f.CodeOf(DeleteLoadBalancer, Deletion("x")) == "ValidationError");
}

TEST_CASE("Other security groups go onto all interfaces") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeLoadBalancer();
  const std::string group = MakeGroup(f, f.vpc_id, "alb");
  SetSecurityGroupsInput in;
  in.LoadBalancerArn = arn;
  in.SecurityGroups = {group};
  CHECK(f.Call(SetSecurityGroups, in).SecurityGroupIds.at(0) == group);
  for (const auto& zone : RecordOf(f, arn).zones)
    f.Run([&](Context& context) {
      CHECK(ec2::FindNetworkInterface(context, zone.network_interface_id)->group_ids ==
            std::vector<std::string>{group});
    });
}

TEST_CASE("Other subnets: what stays keeps its interface, what goes loses it") {
  LoadBalancerFixture f;
  const std::string arn = f.MakeLoadBalancer();
  const auto before = RecordOf(f, arn);
  SetSubnetsInput in;
  in.LoadBalancerArn = arn;
  in.Subnets = {f.subnet_b, f.subnet_c};
  CHECK(f.Call(SetSubnets, in).AvailabilityZones.size() == 2);
  const auto after = RecordOf(f, arn);
  CHECK(after.zones.at(0).network_interface_id == before.zones.at(1).network_interface_id);
  f.Run([&](Context& context) {
    CHECK(!ec2::FindNetworkInterface(context, before.zones.at(0).network_interface_id));
    CHECK(ec2::FindNetworkInterface(context, after.zones.at(1).network_interface_id));
  });
  CHECK(CountInterfaces(f) == 2);
  in.Subnets = {f.other_subnet, f.other_subnet_b};
  CHECK(!f.CodeOf(SetSubnets, in).empty());
}

TEST_CASE("A Network Load Balancer takes one subnet and no security group") {
  LoadBalancerFixture f;
  auto in = f.LoadBalancerInput("tcp");
  in.Type = "network";
  in.Subnets = {f.subnet_a};
  const auto made = f.Call(CreateLoadBalancer, in).LoadBalancers.at(0);
  CHECK(made.LoadBalancerArn->find(":loadbalancer/net/tcp/") != std::string::npos);
  CHECK(made.SecurityGroups.empty());
  CreateListenerInput listener = f.ListenerInput(*made.LoadBalancerArn, f.NotFound());
  CHECK(f.CodeOf(CreateListener, listener) == "ValidationError");  // HTTP
}

}  // namespace
// API Reference, DescribeCapacityReservation.
TEST_CASE("no load balancer has capacity reserved, and one that is not there is not found") {
  LoadBalancerFixture f;
  DescribeCapacityReservationInput in;
  in.LoadBalancerArn = f.MakeLoadBalancer();
  const auto answer = f.Call(DescribeCapacityReservation, in);
  CHECK(!answer.MinimumLoadBalancerCapacity);
  CHECK(answer.CapacityReservationState.empty());
  in.LoadBalancerArn->back() = in.LoadBalancerArn->back() == '0' ? '1' : '0';
  CHECK(f.CodeOf(DescribeCapacityReservation, in) == "LoadBalancerNotFound");
}

}  // namespace drydock::elbv2
