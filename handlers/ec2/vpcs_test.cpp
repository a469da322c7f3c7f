// VPCs, subnets and what comes with them. Texts and codes: aws-facts B.1, B.2.
#include "handlers/ec2/vpcs.h"

#include <set>

#include "api/ec2/CreateTagsRequest.h"
#include "api/ec2/CreateTagsResponse.h"
#include "api/ec2/DeleteSubnetRequest.h"
#include "api/ec2/DeleteSubnetResponse.h"
#include "api/ec2/DeleteTagsRequest.h"
#include "api/ec2/DeleteTagsResponse.h"
#include "api/ec2/DeleteVpcRequest.h"
#include "api/ec2/DeleteVpcResponse.h"
#include "api/ec2/DescribeNetworkAclsRequest.h"
#include "api/ec2/DescribeNetworkAclsResult.h"
#include "api/ec2/DescribeRouteTablesRequest.h"
#include "api/ec2/DescribeRouteTablesResult.h"
#include "api/ec2/DescribeSecurityGroupsRequest.h"
#include "api/ec2/DescribeSecurityGroupsResult.h"
#include "api/ec2/DescribeSubnetsRequest.h"
#include "api/ec2/DescribeSubnetsResult.h"
#include "api/ec2/DescribeTagsRequest.h"
#include "api/ec2/DescribeTagsResult.h"
#include "api/ec2/DescribeVpcsRequest.h"
#include "api/ec2/DescribeVpcsResult.h"
#include "api/ec2/ModifyVpcAttributeRequest.h"
#include "api/ec2/ModifyVpcAttributeResponse.h"
#include "handlers/ec2/testing/ec2_fixture.h"

namespace drydock::ec2 {

DeleteVpcResponse DeleteVpc(Context&, const DeleteVpcRequest&);
DescribeVpcsResult DescribeVpcs(Context&, const DescribeVpcsRequest&);
ModifyVpcAttributeResponse ModifyVpcAttribute(Context&, const ModifyVpcAttributeRequest&);
DeleteSubnetResponse DeleteSubnet(Context&, const DeleteSubnetRequest&);
DescribeSubnetsResult DescribeSubnets(Context&, const DescribeSubnetsRequest&);
DescribeRouteTablesResult DescribeRouteTables(Context&, const DescribeRouteTablesRequest&);
DescribeNetworkAclsResult DescribeNetworkAcls(Context&, const DescribeNetworkAclsRequest&);
DescribeSecurityGroupsResult DescribeSecurityGroups(Context&, const DescribeSecurityGroupsRequest&);
CreateTagsResponse CreateTags(Context&, const CreateTagsRequest&);
DeleteTagsResponse DeleteTags(Context&, const DeleteTagsRequest&);
DescribeTagsResult DescribeTags(Context&, const DescribeTagsRequest&);

namespace {

CreateVpcRequest VpcOf(const std::string& cidr) {
  CreateVpcRequest request;
  request.CidrBlock = cidr;
  return request;
}
CreateSubnetRequest SubnetOf(const std::string& vpc_id, const std::string& cidr) {
  CreateSubnetRequest request;
  request.VpcId = vpc_id;
  request.CidrBlock = cidr;
  return request;
}

}  // namespace

TEST_CASE("a VPC's block is between /16 and /28, of addresses that hosts can have, and loses its host bits") {
  Ec2Fixture f;
  CHECK(f.CodeOf(CreateVpc, VpcOf("10.0.0.0/15")) == "InvalidVpc.Range");
  CHECK(f.CodeOf(CreateVpc, VpcOf("10.0.0.0/29")) == "InvalidVpc.Range");
  CHECK(f.CodeOf(CreateVpc, VpcOf("169.254.0.0/16")) == "InvalidVpc.Range");
  CHECK(f.CodeOf(CreateVpc, CreateVpcRequest()) == "MissingParameter");
  const auto malformed = f.ErrorOf(CreateVpc, VpcOf("10.0.0.300/16"));
  CHECK(malformed.code() == "InvalidParameterValue");
  CHECK(malformed.message() ==
        "Value (10.0.0.300/16) for parameter cidrBlock is invalid. This is not a valid CIDR block.");

  const auto vpc = f.Call(CreateVpc, VpcOf("10.1.2.3/16")).Vpc;
  CHECK(vpc->CidrBlock == "10.1.0.0/16");
  CHECK(vpc->State == "pending");
  CHECK(vpc->IsDefault == false);
}

TEST_CASE("what Drydock cannot act upon it refuses") {
  Ec2Fixture f;
  auto request = VpcOf("10.0.0.0/16");
  request.Ipv4IpamPoolId = "ipam-pool-0123456789abcdef0";
  CHECK(f.CodeOf(CreateVpc, request) == "UnsupportedOperation");
  request.Ipv4IpamPoolId.reset();
  request.AmazonProvidedIpv6CidrBlock = false;  // what it does anyway
  CHECK(f.CodeOf(CreateVpc, request) == "");
}

TEST_CASE(
    "a VPC comes with a main route table, a default network ACL and a default security group, and goes with them") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  DescribeRouteTablesRequest tables;
  tables.Filters = {FilterOn("vpc-id", {vpc_id})};
  const auto table = f.Call(DescribeRouteTables, tables).RouteTables.at(0);
  CHECK(table.Associations.at(0).Main == true);
  CHECK_FALSE(table.Associations.at(0).SubnetId);
  REQUIRE(table.Routes.size() == 1);
  CHECK(table.Routes[0].GatewayId == "local");
  CHECK(table.Routes[0].Origin == "CreateRouteTable");

  DescribeNetworkAclsRequest acls;
  acls.Filters = {FilterOn("vpc-id", {vpc_id}), FilterOn("default", {"true"})};
  const auto acl = f.Call(DescribeNetworkAcls, acls).NetworkAcls.at(0);
  REQUIRE(acl.Entries.size() == 4);  // egress first: 100 allow, 32767 deny
  CHECK(acl.Entries[0].Egress == true);
  CHECK(acl.Entries[0].RuleAction == "allow");
  CHECK(acl.Entries[3].RuleNumber == 32767);
  CHECK(acl.Entries[3].RuleAction == "deny");

  DescribeSecurityGroupsRequest groups;
  groups.Filters = {FilterOn("vpc-id", {vpc_id}), FilterOn("group-name", {"default"})};
  const auto group = f.Call(DescribeSecurityGroups, groups).SecurityGroups.at(0);
  CHECK(group.Description == "default VPC security group");
  CHECK(group.IpPermissions.at(0).UserIdGroupPairs.at(0).GroupId == group.GroupId);
  CHECK(group.IpPermissionsEgress.at(0).IpRanges.at(0).CidrIp == "0.0.0.0/0");

  DeleteVpcRequest request;
  request.VpcId = vpc_id;
  f.Call(DeleteVpc, request);
  CHECK(f.Call(DescribeRouteTables, tables).RouteTables.empty());
  CHECK(f.Call(DescribeNetworkAcls, acls).NetworkAcls.empty());
  CHECK(f.Call(DescribeSecurityGroups, groups).SecurityGroups.empty());
}

TEST_CASE("a VPC with something in it stays") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  DeleteVpcRequest request;
  request.VpcId = vpc_id;
  SECTION("a subnet") {
    f.Subnet(vpc_id);
  }
  SECTION("a security group") {
    f.Group(vpc_id, "web");
  }
  SECTION("an internet gateway") {
    f.InternetGateway(vpc_id);
  }
  const auto refused = f.ErrorOf(DeleteVpc, request);
  CHECK(refused.code() == "DependencyViolation");
  CHECK(refused.message() == "The vpc '" + vpc_id + "' has dependencies and cannot be deleted.");
}

TEST_CASE("an id that cannot be one is malformed, one that nothing has is not found") {
  Ec2Fixture f;
  DescribeVpcsRequest request;
  request.VpcIds = {std::string("vpc-0123456789abcdef0")};
  const auto missing = f.ErrorOf(DescribeVpcs, request);
  CHECK(missing.code() == "InvalidVpcID.NotFound");
  CHECK(missing.message() == "The vpc ID 'vpc-0123456789abcdef0' does not exist");
  for (const std::string malformed : {"vpc-xyz", "subnet-0123456789abcdef0", "", "vpc-0123456789ABCDEF0"}) {
    request.VpcIds = {malformed};
    CHECK(f.CodeOf(DescribeVpcs, request) == "InvalidVpcID.Malformed");
  }
}

TEST_CASE("five VPCs are the limit") {
  Ec2Fixture f;
  for (int i = 0; i < 5; ++i) f.Vpc();
  CHECK(f.CodeOf(CreateVpc, VpcOf("10.0.0.0/16")) == "VpcLimitExceeded");
}

TEST_CASE("a dry run changes nothing, and says that it would have worked only when it would") {
  Ec2Fixture f;
  auto request = VpcOf("10.0.0.0/16");
  request.DryRun = true;
  const auto done = f.ErrorOf(CreateVpc, request);
  CHECK(done.code() == "DryRunOperation");
  CHECK(done.message() == "Request would have succeeded, but DryRun flag is set.");
  CHECK(f.Call(DescribeVpcs, DescribeVpcsRequest()).Vpcs.empty());
  request.CidrBlock = "10.0.0.0/8";
  CHECK(f.CodeOf(CreateVpc, request) == "InvalidVpc.Range");
}

TEST_CASE("one attribute of a VPC is changed at a time; DNS hostnames need DNS support") {
  Ec2Fixture f;
  ModifyVpcAttributeRequest request;
  request.VpcId = f.Vpc();
  CHECK(f.CodeOf(ModifyVpcAttribute, request) == "MissingParameter");
  request.EnableDnsSupport.emplace().Value = false;
  request.EnableDnsHostnames.emplace().Value = true;
  CHECK(f.CodeOf(ModifyVpcAttribute, request) == "InvalidParameterCombination");
  request.EnableDnsHostnames.reset();
  f.Call(ModifyVpcAttribute, request);
  request.EnableDnsSupport.reset();
  request.EnableDnsHostnames.emplace().Value = true;
  CHECK(f.CodeOf(ModifyVpcAttribute, request) == "InvalidParameterCombination");
}

TEST_CASE("a subnet lies in its VPC, beside the others") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  const auto subnet = f.Call(CreateSubnet, SubnetOf(vpc_id, "10.0.1.77/24")).Subnet;
  CHECK(subnet->CidrBlock == "10.0.1.0/24");
  CHECK(subnet->AvailableIpAddressCount == 251);  // 256 less AWS's five
  CHECK(subnet->AvailabilityZone == "eu-central-1a");
  CHECK(subnet->AvailabilityZoneId->rfind("euc1-az", 0) == 0);

  CHECK(f.CodeOf(CreateSubnet, SubnetOf(vpc_id, "10.1.0.0/24")) == "InvalidSubnet.Range");
  CHECK(f.CodeOf(CreateSubnet, SubnetOf(vpc_id, "10.0.2.0/29")) == "InvalidSubnet.Range");
  const auto conflict = f.ErrorOf(CreateSubnet, SubnetOf(vpc_id, "10.0.1.128/25"));
  CHECK(conflict.code() == "InvalidSubnet.Conflict");
  CHECK(conflict.message() == "The CIDR '10.0.1.128/25' conflicts with another subnet");
  auto request = SubnetOf(vpc_id, "10.0.2.0/24");
  request.AvailabilityZone = "eu-central-1z";
  CHECK(f.ErrorOf(CreateSubnet, request).message() ==
        "Value (eu-central-1z) for parameter availabilityZone is invalid. Subnets can currently only be created in the "
        "following availability zones: eu-central-1a, eu-central-1b, eu-central-1c.");
}

TEST_CASE("filters: values are alternatives, filters add up, * and ? stand for anything, unknown ones are refused") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  for (const char* cidr : {"10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/25"}) f.Subnet(vpc_id, cidr);
  const auto found = [&](List<Filter> filters) {
    DescribeSubnetsRequest request;
    request.Filters = std::move(filters);
    return f.Call(DescribeSubnets, request).Subnets.size();
  };
  CHECK(found({FilterOn("cidr-block", {"10.0.1.0/24", "10.0.3.0/25"})}) == 2);
  CHECK(found({FilterOn("cidr-block", {"*/24"})}) == 2);
  CHECK(found({FilterOn("cidr-block", {"10.0.?.0/2?"})}) == 3);
  CHECK(found({FilterOn("cidr-block", {"*/24"}), FilterOn("available-ip-address-count", {"251"})}) == 2);
  CHECK(found({FilterOn("vpc-id", {"vpc-0123456789abcdef0"})}) == 0);
  CHECK(found({FilterOn("map-public-ip-on-launch", {"false"})}) == 3);

  DescribeSubnetsRequest request;
  request.Filters = {FilterOn("colour", {"blue"})};
  const auto refused = f.ErrorOf(DescribeSubnets, request);
  CHECK(refused.code() == "InvalidParameterValue");
  CHECK(refused.message() == "The filter 'colour' is invalid");
  request.Filters = {FilterOn("vpc-id", std::vector<std::string>(201, "vpc-0123456789abcdef0"))};
  CHECK(f.CodeOf(DescribeSubnets, request) == "FilterLimitExceeded");
}

TEST_CASE("pages follow each other, and their tokens belong to the question") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc("10.0.0.0/16");
  for (int i = 0; i < 12; ++i) f.Subnet(vpc_id, "10.0." + std::to_string(i) + ".0/24");
  DescribeSubnetsRequest request;
  request.MaxResults = 5;
  std::set<std::string> seen;
  int pages = 0;
  std::optional<std::string> token;
  do {
    request.NextToken = token;
    const auto page = f.Call(DescribeSubnets, request);
    CHECK(page.Subnets.size() <= 5);
    for (const auto& subnet : page.Subnets) seen.insert(*subnet.SubnetId);
    token = page.NextToken;
    ++pages;
    if (pages == 1) {
      auto other = request;
      other.NextToken = token;
      other.Filters = {FilterOn("vpc-id", {vpc_id})};
      CHECK(f.CodeOf(DescribeSubnets, other) == "InvalidNextToken");
    }
  } while (token);
  CHECK(pages == 3);
  CHECK(seen.size() == 12);
  request.NextToken = "forged";
  CHECK(f.CodeOf(DescribeSubnets, request) == "InvalidNextToken");
  request.NextToken.reset();
  request.SubnetIds = {*seen.begin()};
  CHECK(f.CodeOf(DescribeSubnets, request) == "InvalidParameterCombination");
}

TEST_CASE("tags: at creation, later, by filter, and their limits") {
  Ec2Fixture f;
  auto request = VpcOf("10.0.0.0/16");
  request.TagSpecifications.push_back({"vpc", List<Tag>{{"Name", "main"}, {"stage", "test"}}});
  const auto vpc_id = *f.Call(CreateVpc, request).Vpc->VpcId;
  f.Vpc();

  const auto found = [&](Filter filter) {
    DescribeVpcsRequest describe;
    describe.Filters = {std::move(filter)};
    return f.Call(DescribeVpcs, describe).Vpcs.size();
  };
  CHECK(found(FilterOn("tag:Name", {"ma*"})) == 1);
  CHECK(found(FilterOn("tag-key", {"stage"})) == 1);
  CHECK(found(FilterOn("tag:Name", {"other"})) == 0);

  request.TagSpecifications[0].ResourceType = "subnet";
  CHECK(f.ErrorOf(CreateVpc, request).message() ==
        "'subnet' is not a valid taggable resource type for this operation.");
  request.TagSpecifications[0] = {"vpc", List<Tag>{{"a", "1"}, {"a", "2"}}};
  CHECK(f.ErrorOf(CreateVpc, request).message() == "Duplicate tag key 'a' specified.");

  CreateTagsRequest tags;
  tags.Resources = {vpc_id};
  tags.Tags = {{"aws:reserved", "x"}};
  CHECK(f.CodeOf(CreateTags, tags) == "InvalidParameterValue");
  tags.Tags = {{"stage", "live"}};
  f.Call(CreateTags, tags);
  CHECK(found(FilterOn("tag:stage", {"live"})) == 1);
  tags.Tags.clear();
  for (int i = 0; i < 49; ++i) tags.Tags.push_back({"key" + std::to_string(i), ""});
  CHECK(f.CodeOf(CreateTags, tags) == "TagLimitExceeded");
  tags.Tags = {{"a", "1"}};
  tags.Resources = {std::string("banana-1")};
  CHECK(f.CodeOf(CreateTags, tags) == "InvalidID");
  tags.Resources = {std::string("subnet-0123456789abcdef0")};
  CHECK(f.CodeOf(CreateTags, tags) == "InvalidSubnetID.NotFound");

  DescribeTagsRequest describe;
  describe.Filters = {FilterOn("resource-type", {"vpc"}), FilterOn("key", {"Name"})};
  REQUIRE(f.Call(DescribeTags, describe).Tags.size() == 1);
  CHECK(f.Call(DescribeTags, describe).Tags[0].ResourceId == vpc_id);

  DeleteTagsRequest remove;
  remove.Resources = {vpc_id};
  remove.Tags = {{"stage", "other"}};  // another value: stays
  f.Call(DeleteTags, remove);
  CHECK(found(FilterOn("tag-key", {"stage"})) == 1);
  remove.Tags = {{"stage", std::nullopt}};
  f.Call(DeleteTags, remove);
  CHECK(found(FilterOn("tag-key", {"stage"})) == 0);
}

TEST_CASE("a new account and region has a default VPC, made once") {
  Ec2Fixture f;
  f.Run([](Context& context) {
    CHECK_FALSE(HasDefaults(context));
    EnsureDefaultVpc(context);
    CHECK(HasDefaults(context));
    EnsureDefaultVpc(context);
  });
  const auto vpcs = f.Call(DescribeVpcs, DescribeVpcsRequest()).Vpcs;
  REQUIRE(vpcs.size() == 1);
  CHECK(vpcs[0].IsDefault == true);
  CHECK(vpcs[0].CidrBlock == "172.31.0.0/16");
  const auto subnets = f.Call(DescribeSubnets, DescribeSubnetsRequest()).Subnets;
  REQUIRE(subnets.size() == 3);
  CHECK(subnets[1].CidrBlock == "172.31.16.0/20");
  CHECK(subnets[1].MapPublicIpOnLaunch == true);
  CHECK(subnets[1].DefaultForAz == true);
  const auto routes = f.Call(DescribeRouteTables, DescribeRouteTablesRequest()).RouteTables.at(0).Routes;
  REQUIRE(routes.size() == 2);
  CHECK(routes[1].DestinationCidrBlock == "0.0.0.0/0");
  CHECK(routes[1].State == "active");
}

TEST_CASE("the default VPC comes also after another one, and does not come back by itself") {
  Ec2Fixture f;
  const auto first = f.Vpc();
  const auto default_id = f.Run([](Context& context) {
    EnsureDefaultVpc(context);
    const auto vpc = FindDefaultVpc(context);
    return vpc ? vpc->vpc_id : std::string();
  });
  REQUIRE_FALSE(default_id.empty());
  CHECK(default_id != first);
  f.Run([&](Context& context) {
    context.tx.Erase<records::ec2::Vpc>(context.scope, default_id);
    EnsureDefaultVpc(context);
    CHECK_FALSE(FindDefaultVpc(context));
  });
}

TEST_CASE("accounts and regions see nothing of each other") {
  Ec2Fixture f;
  const auto vpc_id = f.Vpc();
  for (const Scope& other : {Scope{"210987654321", "eu-central-1"}, Scope{"123456789012", "us-east-1"}}) {
    f.scope = other;
    CHECK(f.Call(DescribeVpcs, DescribeVpcsRequest()).Vpcs.empty());
    CHECK(f.CodeOf(CreateSubnet, SubnetOf(vpc_id, "10.0.0.0/24")) == "InvalidVpcID.NotFound");
  }
}

}  // namespace drydock::ec2
