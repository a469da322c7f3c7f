// Security groups and their rules. Texts and codes: aws-facts B.1 (most of them seen in the field).
#include "handlers/ec2/security_groups.h"

#include "api/ec2/AuthorizeSecurityGroupEgressRequest.h"
#include "api/ec2/AuthorizeSecurityGroupEgressResult.h"
#include "api/ec2/AuthorizeSecurityGroupIngressRequest.h"
#include "api/ec2/AuthorizeSecurityGroupIngressResult.h"
#include "api/ec2/DeleteSecurityGroupRequest.h"
#include "api/ec2/DeleteSecurityGroupResult.h"
#include "api/ec2/DescribeSecurityGroupRulesRequest.h"
#include "api/ec2/DescribeSecurityGroupRulesResult.h"
#include "api/ec2/DescribeSecurityGroupsRequest.h"
#include "api/ec2/DescribeSecurityGroupsResult.h"
#include "api/ec2/ModifySecurityGroupRulesRequest.h"
#include "api/ec2/ModifySecurityGroupRulesResult.h"
#include "api/ec2/RevokeSecurityGroupIngressRequest.h"
#include "api/ec2/RevokeSecurityGroupIngressResult.h"
#include "api/ec2/UpdateSecurityGroupRuleDescriptionsIngressRequest.h"
#include "api/ec2/UpdateSecurityGroupRuleDescriptionsIngressResult.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/testing/ec2_fixture.h"
#include "handlers/ec2/vpcs.h"

namespace drydock::ec2 {

DeleteSecurityGroupResult DeleteSecurityGroup(Context&, const DeleteSecurityGroupRequest&);
DescribeSecurityGroupsResult DescribeSecurityGroups(Context&, const DescribeSecurityGroupsRequest&);
DescribeSecurityGroupRulesResult DescribeSecurityGroupRules(Context&, const DescribeSecurityGroupRulesRequest&);
AuthorizeSecurityGroupIngressResult AuthorizeSecurityGroupIngress(Context&,
                                                                  const AuthorizeSecurityGroupIngressRequest&);
AuthorizeSecurityGroupEgressResult AuthorizeSecurityGroupEgress(Context&, const AuthorizeSecurityGroupEgressRequest&);
RevokeSecurityGroupIngressResult RevokeSecurityGroupIngress(Context&, const RevokeSecurityGroupIngressRequest&);
ModifySecurityGroupRulesResult ModifySecurityGroupRules(Context&, const ModifySecurityGroupRulesRequest&);
UpdateSecurityGroupRuleDescriptionsIngressResult UpdateSecurityGroupRuleDescriptionsIngress(
    Context&, const UpdateSecurityGroupRuleDescriptionsIngressRequest&);

namespace {

IpPermission Tcp(int from, int to, const std::vector<std::string>& cidrs) {
  IpPermission permission;
  permission.IpProtocol = "tcp";
  permission.FromPort = from;
  permission.ToPort = to;
  for (const auto& cidr : cidrs) permission.IpRanges.push_back({std::nullopt, cidr});
  return permission;
}
IpPermission TcpFromGroup(int from, int to, const std::string& group_id) {
  IpPermission permission = Tcp(from, to, {});
  permission.UserIdGroupPairs.emplace_back().GroupId = group_id;
  return permission;
}
AuthorizeSecurityGroupIngressRequest Ingress(const std::string& group_id, List<IpPermission> permissions) {
  AuthorizeSecurityGroupIngressRequest request;
  request.GroupId = group_id;
  request.IpPermissions = std::move(permissions);
  return request;
}
RevokeSecurityGroupIngressRequest Revocation(const std::string& group_id, List<IpPermission> permissions) {
  RevokeSecurityGroupIngressRequest request;
  request.GroupId = group_id;
  request.IpPermissions = std::move(permissions);
  return request;
}
SecurityGroup DescribedGroup(Ec2Fixture& f, const std::string& group_id) {
  DescribeSecurityGroupsRequest request;
  request.GroupIds = {group_id};
  return f.Call(DescribeSecurityGroups, request).SecurityGroups.at(0);
}

}  // namespace

TEST_CASE("a new group admits nothing and lets everything out; its name is its VPC's only one") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto group = DescribedGroup(f, f.Group(vpc_id, "web"));
  CHECK(group.IpPermissions.empty());
  CHECK(group.IpPermissions.present);  // an empty element, as AWS sends
  REQUIRE(group.IpPermissionsEgress.size() == 1);
  CHECK(group.IpPermissionsEgress[0].IpProtocol == "-1");
  CHECK_FALSE(group.IpPermissionsEgress[0].FromPort);

  CreateSecurityGroupRequest request;
  request.VpcId = vpc_id;
  request.Description = "again";
  request.GroupName = "web";
  const auto duplicate = f.ErrorOf(CreateSecurityGroup, request);
  CHECK(duplicate.code() == "InvalidGroup.Duplicate");
  CHECK(duplicate.message() == "The security group 'web' already exists for VPC '" + vpc_id + "'");
  request.VpcId = f.Vpc();
  CHECK(f.CodeOf(CreateSecurityGroup, request) == "");
  request.GroupName = "default";
  CHECK(f.CodeOf(CreateSecurityGroup, request) == "InvalidGroup.Reserved");
  request.GroupName = "sg-web";
  CHECK(f.CodeOf(CreateSecurityGroup, request) == "InvalidParameterValue");
  request.GroupName =
      "w\xC3\xA9"
      "b";
  CHECK(f.CodeOf(CreateSecurityGroup, request) == "InvalidParameterValue");
  request.GroupName = "alone";
  request.VpcId.reset();
  CHECK(f.CodeOf(CreateSecurityGroup, request) == "VPCIdNotSpecified");
}

TEST_CASE("a rule for each peer; permissions put together by protocol and ports") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto web = f.Group(vpc_id, "web"), app = f.Group(vpc_id, "app");
  const auto rules =
      f.Call(AuthorizeSecurityGroupIngress,
             Ingress(app, {Tcp(3000, 4000, {"10.0.0.5/16", "192.0.2.1/32"}), TcpFromGroup(3000, 4000, web)}))
          .SecurityGroupRules;
  REQUIRE(rules.size() == 3);
  CHECK(rules[0].CidrIpv4 == "10.0.0.0/16");
  CHECK(rules[2].ReferencedGroupInfo->GroupId == web);
  CHECK(rules[2].SecurityGroupRuleId->rfind("sgr-", 0) == 0);
  CHECK_FALSE(rules[0].Tags.present);

  const auto permissions = DescribedGroup(f, app).IpPermissions;
  REQUIRE(permissions.size() == 1);
  CHECK(permissions[0].IpRanges.size() == 2);
  CHECK(permissions[0].UserIdGroupPairs.at(0).GroupId == web);
}

TEST_CASE("bad rules are refused with AWS's words") {
  Ec2Fixture f;
  const auto group = f.Group(f.Vpc(), "web");
  const auto refusal = [&](IpPermission permission) {
    return f.ErrorOf(AuthorizeSecurityGroupIngress, Ingress(group, {std::move(permission)})).message();
  };
  CHECK(refusal(Tcp(4000, 3000, {"0.0.0.0/0"})) == "Invalid TCP port range (4000:3000)");
  CHECK(refusal(Tcp(0, 65536, {"0.0.0.0/0"})) == "Invalid TCP port range (0:65536)");
  CHECK(refusal(Tcp(80, 80, {"10.0.0.300/24"})) == "CIDR block 10.0.0.300/24 is malformed");
  CHECK(refusal(Tcp(80, 80, {"::/0"})) == "CIDR block ::/0 is malformed");
  auto permission = Tcp(80, 80, {"0.0.0.0/0"});
  permission.ToPort.reset();
  CHECK(refusal(permission) == "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  permission = Tcp(80, 80, {"0.0.0.0/0"});
  permission.IpProtocol = "foo";
  CHECK(refusal(permission) == "Invalid value 'foo' for IP protocol. Unknown protocol.");
  CHECK(refusal(TcpFromGroup(80, 80, "sg-0123456789abcdef0")) ==
        "The security group 'sg-0123456789abcdef0' does not exist");
  CHECK(f.CodeOf(AuthorizeSecurityGroupIngress, Ingress(group, {Tcp(80, 80, {})})) == "MissingParameter");
  CHECK(f.CodeOf(AuthorizeSecurityGroupIngress, Ingress(group, {})) == "MissingParameter");
  const auto elsewhere = f.Group(f.Vpc(), "web");
  CHECK(f.CodeOf(AuthorizeSecurityGroupIngress, Ingress(group, {TcpFromGroup(80, 80, elsewhere)})) ==
        "InvalidGroup.NotFound");
}

TEST_CASE("a rule that is there already fails the whole call") {
  Ec2Fixture f;
  const auto group = f.Group(f.Vpc(), "web");
  f.Call(AuthorizeSecurityGroupIngress, Ingress(group, {Tcp(22, 22, {"192.0.2.68/32"})}));
  const auto duplicate = f.ErrorOf(AuthorizeSecurityGroupIngress,
                                   Ingress(group, {Tcp(80, 80, {"0.0.0.0/0"}), Tcp(22, 22, {"192.0.2.68/32"})}));
  CHECK(duplicate.code() == "InvalidPermission.Duplicate");
  CHECK(duplicate.message() ==
        "the specified rule \"peer: 192.0.2.68/32, TCP, from port: 22, to port: 22, ALLOW\" already exists");
  CHECK(DescribedGroup(f, group).IpPermissions.size() == 1);

  AuthorizeSecurityGroupEgressRequest all;
  all.GroupId = group;
  IpPermission everything;
  everything.IpProtocol = "all";
  everything.IpRanges.push_back({std::nullopt, "0.0.0.0/0"});
  all.IpPermissions = {everything};
  CHECK(f.ErrorOf(AuthorizeSecurityGroupEgress, all).message() ==
        "the specified rule \"peer: 0.0.0.0/0, ALL, ALLOW\" already exists");
  CHECK(f.ErrorOf(AuthorizeSecurityGroupIngress, Ingress(group, {Tcp(1, 1, {"10.0.0.0/8", "10.0.0.1/8"})})).message() ==
        "The same permission must not appear multiple times");
}

TEST_CASE("sixty rules are the limit for a direction and address family") {
  Ec2Fixture f;
  const auto group = f.Group(f.Vpc(), "web");
  List<IpPermission> permissions;
  for (int port = 1; port <= 60; ++port) permissions.push_back(Tcp(port, port, {"0.0.0.0/0"}));
  f.Call(AuthorizeSecurityGroupIngress, Ingress(group, permissions));
  CHECK(f.CodeOf(AuthorizeSecurityGroupIngress, Ingress(group, {Tcp(61, 61, {"0.0.0.0/0"})})) ==
        "RulesPerSecurityGroupLimitExceeded");
  IpPermission ipv6 = Tcp(61, 61, {});
  ipv6.Ipv6Ranges.push_back({std::nullopt, "2001:db8::/32"});
  CHECK(f.CodeOf(AuthorizeSecurityGroupIngress, Ingress(group, {ipv6})) == "");
}

TEST_CASE("revoking: what is not there is an error, in the default VPC it comes back as unknown") {
  Ec2Fixture f;
  const auto group = f.Group(f.Vpc(), "web");
  f.Call(AuthorizeSecurityGroupIngress, Ingress(group, {Tcp(80, 80, {"0.0.0.0/0"})}));
  const auto missing = f.ErrorOf(RevokeSecurityGroupIngress,
                                 Revocation(group, {Tcp(80, 80, {"0.0.0.0/0"}), Tcp(81, 81, {"0.0.0.0/0"})}));
  CHECK(missing.code() == "InvalidPermission.NotFound");
  CHECK(missing.message() == "The specified rule does not exist in this security group.");
  CHECK(DescribedGroup(f, group).IpPermissions.size() == 1);
  const auto revoked = f.Call(RevokeSecurityGroupIngress, Revocation(group, {Tcp(80, 80, {"0.0.0.0/0"})}));
  CHECK(revoked.RevokedSecurityGroupRules.size() == 1);
  CHECK(DescribedGroup(f, group).IpPermissions.empty());
  CHECK(f.ErrorOf(RevokeSecurityGroupIngress, Revocation(group, {})).message() ==
        "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");

  const auto default_vpc = f.Run([](Context& context) {
    EnsureDefaultVpc(context);
    return FindDefaultVpc(context).value().vpc_id;
  });
  const auto lenient = f.Group(default_vpc, "web");
  const auto unknown = f.Call(RevokeSecurityGroupIngress, Revocation(lenient, {Tcp(81, 81, {"0.0.0.0/0"})}));
  REQUIRE(unknown.UnknownIpPermissions.size() == 1);
  CHECK(unknown.UnknownIpPermissions[0].FromPort == 81);
}

TEST_CASE("rules by their ids: describe, revoke, modify, describe in words") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto web = f.Group(vpc_id, "web"), app = f.Group(vpc_id, "app");
  const auto rule = *f.Call(AuthorizeSecurityGroupIngress, Ingress(web, {Tcp(80, 80, {"0.0.0.0/0"})}))
                         .SecurityGroupRules.at(0)
                         .SecurityGroupRuleId;
  DescribeSecurityGroupRulesRequest describe;
  describe.Filters = {FilterOn("group-id", {web})};
  CHECK(f.Call(DescribeSecurityGroupRules, describe).SecurityGroupRules.size() == 2);
  CHECK(f.Call(DescribeSecurityGroupRules, describe).SecurityGroupRules[0].Tags.present);

  ModifySecurityGroupRulesRequest modify;
  modify.GroupId = web;
  auto& update = modify.SecurityGroupRules.emplace_back();
  update.SecurityGroupRuleId = rule;
  auto& wanted = update.SecurityGroupRule.emplace();
  wanted.IpProtocol = "tcp";
  wanted.FromPort = 443;
  wanted.ToPort = 443;
  wanted.ReferencedGroupId = app;
  CHECK(f.ErrorOf(ModifySecurityGroupRules, modify).message() ==
        "You may not specify a referenced group id for an existing IPv4 CIDR rule.");
  wanted.ReferencedGroupId.reset();
  wanted.CidrIpv4 = "10.0.0.0/8";
  f.Call(ModifySecurityGroupRules, modify);
  const auto permission = DescribedGroup(f, web).IpPermissions.at(0);
  CHECK(permission.FromPort == 443);
  CHECK(permission.IpRanges.at(0).CidrIp == "10.0.0.0/8");
  modify.GroupId = app;
  CHECK(f.CodeOf(ModifySecurityGroupRules, modify) == "InvalidSecurityGroupRuleId.NotFound");

  UpdateSecurityGroupRuleDescriptionsIngressRequest words;
  words.GroupId = web;
  auto described = Tcp(443, 443, {});
  described.IpRanges.push_back({"office", "10.0.0.0/8"});
  words.IpPermissions = {described};
  f.Call(UpdateSecurityGroupRuleDescriptionsIngress, words);
  CHECK(DescribedGroup(f, web).IpPermissions.at(0).IpRanges.at(0).Description == "office");

  RevokeSecurityGroupIngressRequest revoke;
  revoke.GroupId = app;
  revoke.SecurityGroupRuleIds = {rule};
  CHECK(f.CodeOf(RevokeSecurityGroupIngress, revoke) == "InvalidSecurityGroupRuleId.NotFound");
  revoke.GroupId = web;
  f.Call(RevokeSecurityGroupIngress, revoke);
  CHECK(DescribedGroup(f, web).IpPermissions.empty());
}

TEST_CASE("a group that others need stays: two groups that name each other, an interface, the default group") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto web = f.Group(vpc_id, "web"), app = f.Group(vpc_id, "app");
  f.Call(AuthorizeSecurityGroupIngress, Ingress(app, {TcpFromGroup(3000, 4000, web)}));
  f.Call(AuthorizeSecurityGroupIngress, Ingress(web, {TcpFromGroup(80, 80, web)}));  // itself is no hindrance
  DeleteSecurityGroupRequest request;
  request.GroupId = web;
  const auto used = f.ErrorOf(DeleteSecurityGroup, request);
  CHECK(used.code() == "DependencyViolation");
  CHECK(used.message() == "resource " + web + " has a dependent object");
  f.Call(RevokeSecurityGroupIngress, Revocation(app, {TcpFromGroup(3000, 4000, web)}));

  const auto subnet_id = f.Subnet(vpc_id);
  const auto interface = f.Run([&](Context& context) {
    return CreateRequesterManagedInterface(context, {.subnet_id = subnet_id, .group_ids = {web}, .description = "x"});
  });
  CHECK(f.CodeOf(DeleteSecurityGroup, request) == "DependencyViolation");
  f.Run([&](Context& context) { DeleteInterface(context, interface.network_interface_id); });
  CHECK(f.CodeOf(DeleteSecurityGroup, request) == "");
  CHECK(f.CodeOf(DeleteSecurityGroup, request) == "InvalidGroup.NotFound");

  request.GroupId =
      f.Run([&](Context& context) { return FindSecurityGroupNamed(context, vpc_id, "default").value().group_id; });
  const auto reserved = f.ErrorOf(DeleteSecurityGroup, request);
  CHECK(reserved.code() == "CannotDelete");
  CHECK(reserved.message() ==
        "the specified group: \"" + *request.GroupId + "\" name: \"default\" cannot be deleted by a user");
}

TEST_CASE("groups found by what their rules say") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto web = f.Group(vpc_id, "web"), app = f.Group(vpc_id, "app");
  f.Call(AuthorizeSecurityGroupIngress, Ingress(app, {TcpFromGroup(3000, 4000, web)}));
  const auto found = [&](Filter filter) {
    DescribeSecurityGroupsRequest request;
    request.Filters = {std::move(filter)};
    const auto groups = f.Call(DescribeSecurityGroups, request).SecurityGroups;
    return groups.size() == 1 ? *groups[0].GroupName : std::to_string(groups.size());
  };
  CHECK(found(FilterOn("ip-permission.group-id", {web})) == "app");
  CHECK(found(FilterOn("ip-permission.group-name", {"web"})) == "app");
  CHECK(found(FilterOn("ip-permission.from-port", {"3000"})) == "app");
  CHECK(found(FilterOn("egress.ip-permission.cidr", {"0.0.0.0/0"})) == "3");
  CHECK(found(FilterOn("description", {"a *"})) == "2");
}

}  // namespace drydock::ec2
