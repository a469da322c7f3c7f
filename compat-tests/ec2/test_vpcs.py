"""VPCs and what every account finds in a region. EC2 API Reference; aws-facts B.1, B.2, B.4."""
import pytest

from conftest import error_of


def test_a_new_account_has_a_default_vpc(aws):
    ec2 = aws.client("ec2")
    [vpc] = ec2.describe_vpcs()["Vpcs"]
    assert vpc["IsDefault"] and vpc["CidrBlock"] == "172.31.0.0/16" and vpc["State"] == "available"
    assert vpc["OwnerId"] == aws.account
    [association] = vpc["CidrBlockAssociationSet"]
    assert association["CidrBlock"] == "172.31.0.0/16" and association["CidrBlockState"]["State"] == "associated"

    subnets = ec2.describe_subnets()["Subnets"]
    assert [subnet["CidrBlock"] for subnet in subnets] == ["172.31.0.0/20", "172.31.16.0/20", "172.31.32.0/20"]
    assert all(subnet["DefaultForAz"] and subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    assert all(subnet["AvailableIpAddressCount"] == 4091 for subnet in subnets)
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert {subnet["AvailabilityZone"] for subnet in subnets} == {zone["ZoneName"] for zone in zones}

    [table] = ec2.describe_route_tables()["RouteTables"]
    assert [(route["DestinationCidrBlock"], route["State"]) for route in table["Routes"]] == [
        ("172.31.0.0/16", "active"), ("0.0.0.0/0", "active")]
    [gateway] = ec2.describe_internet_gateways()["InternetGateways"]
    assert gateway["Attachments"] == [{"State": "available", "VpcId": vpc["VpcId"]}]
    [options] = ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
    assert {item["Key"]: item["Values"][0]["Value"] for item in options["DhcpConfigurations"]} == {
        "domain-name": f"{aws.region}.compute.internal", "domain-name-servers": "AmazonProvidedDNS"}
    attributes = {item["AttributeName"]: item["AttributeValues"][0]["AttributeValue"]
                  for item in ec2.describe_account_attributes()["AccountAttributes"]}
    assert attributes["default-vpc"] == vpc["VpcId"]


def test_regions_are_kept_apart(aws):
    here, there = aws.client("ec2"), aws.client("ec2", region="us-east-1")
    vpc = here.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    assert error_of(there.describe_vpcs, VpcIds=[vpc]).code == "InvalidVpcID.NotFound"
    assert len(there.describe_subnets()["Subnets"]) == 6


def test_create_shows_the_vpc_as_pending_and_describe_as_available(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.1.2.3/16")["Vpc"]
    assert vpc["State"] == "pending" and vpc["CidrBlock"] == "10.1.0.0/16" and not vpc["IsDefault"]
    assert vpc["InstanceTenancy"] == "default" and vpc["Ipv6CidrBlockAssociationSet"] == []
    ec2.get_waiter("vpc_available").wait(VpcIds=[vpc["VpcId"]], WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    [shown] = ec2.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"]
    assert shown["State"] == "available" and "Tags" not in shown


@pytest.mark.parametrize("cidr, code, message", [
    ("10.0.0.0/8", "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."),
    ("10.0.0.0/29", "InvalidVpc.Range", "The CIDR '10.0.0.0/29' is invalid."),
    ("127.0.0.0/16", "InvalidVpc.Range", "The CIDR '127.0.0.0/16' is invalid."),
    ("10.0.0.300/16", "InvalidParameterValue",
     "Value (10.0.0.300/16) for parameter cidrBlock is invalid. This is not a valid CIDR block."),
    ("10.0.0.0", "InvalidParameterValue",
     "Value (10.0.0.0) for parameter cidrBlock is invalid. This is not a valid CIDR block."),
    ("10.0.0.0/016", "InvalidParameterValue",
     "Value (10.0.0.0/016) for parameter cidrBlock is invalid. This is not a valid CIDR block."),
    ("fd00::/64", "InvalidParameterValue",
     "Value (fd00::/64) for parameter cidrBlock is invalid. This is not a valid CIDR block."),
])
def test_blocks_that_no_vpc_can_have(ec2, cidr, code, message):
    refused = error_of(ec2.create_vpc, CidrBlock=cidr)
    assert (refused.code, refused.message, refused.status) == (code, message, 400)


def test_create_without_a_block(ec2):
    """As AWS words it: cloudposse/terraform-aws-vpc, issue 118."""
    refused = error_of(ec2.create_vpc)
    assert refused.code == "MissingParameter"
    assert refused.message == "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."


def test_parameters_that_drydock_cannot_act_upon_are_refused(ec2):
    assert error_of(ec2.create_vpc, CidrBlock="10.0.0.0/16",
                    Ipv4IpamPoolId="ipam-pool-0123456789abcdef0").code == "UnsupportedOperation"
    assert ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=False)


def test_tenancy(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", InstanceTenancy="dedicated")["Vpc"]
    assert vpc["InstanceTenancy"] == "dedicated"
    assert error_of(ec2.create_vpc, CidrBlock="10.0.0.0/16", InstanceTenancy="host").code == "InvalidParameterValue"


def test_five_vpcs_in_a_region(ec2):
    for _ in range(4):  # and the default one
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    refused = error_of(ec2.create_vpc, CidrBlock="10.0.0.0/16")
    assert (refused.code, refused.message) == ("VpcLimitExceeded", "The maximum number of VPCs has been reached.")


def test_dry_run(ec2):
    refused = error_of(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    assert refused.code == "DryRunOperation"
    assert refused.message == "Request would have succeeded, but DryRun flag is set."
    assert len(ec2.describe_vpcs()["Vpcs"]) == 1
    assert error_of(ec2.describe_vpcs, DryRun=True).code == "DryRunOperation"
    assert error_of(ec2.create_vpc, CidrBlock="10.0.0.0/8", DryRun=True).code == "InvalidVpc.Range"


@pytest.mark.parametrize("vpc_id, code", [
    ("vpc-0123456789abcdef0", "InvalidVpcID.NotFound"), ("vpc-12345678", "InvalidVpcID.NotFound"),
    ("vpc-1234567", "InvalidVpcID.Malformed"), ("vpc-0123456789ABCDEF0", "InvalidVpcID.Malformed"),
    ("subnet-0123456789abcdef0", "InvalidVpcID.Malformed"), ("banana", "InvalidVpcID.Malformed"),
])
def test_ids(ec2, vpc_id, code):
    for call in (lambda **p: ec2.describe_vpcs(VpcIds=[p["VpcId"]]), ec2.delete_vpc,
                 lambda **p: ec2.describe_vpc_attribute(Attribute="enableDnsSupport", **p)):
        assert error_of(call, VpcId=vpc_id).code == code


def test_a_vpc_with_something_in_it_stays(vpc):
    dependents = [
        (vpc.subnet, lambda it: vpc.ec2.delete_subnet(SubnetId=it)),
        (vpc.group, lambda it: vpc.ec2.delete_security_group(GroupId=it)),
        (vpc.route_table, lambda it: vpc.ec2.delete_route_table(RouteTableId=it)),
        (vpc.internet_gateway, lambda it: vpc.ec2.detach_internet_gateway(InternetGatewayId=it, VpcId=vpc.id)),
        (lambda: vpc.ec2.create_network_acl(VpcId=vpc.id)["NetworkAcl"]["NetworkAclId"],
         lambda it: vpc.ec2.delete_network_acl(NetworkAclId=it)),
    ]
    for make, remove in dependents:
        made = make()
        refused = error_of(vpc.ec2.delete_vpc, VpcId=vpc.id)
        assert refused.code == "DependencyViolation"
        assert refused.message == f"The vpc '{vpc.id}' has dependencies and cannot be deleted."
        remove(made)
    vpc.ec2.delete_vpc(VpcId=vpc.id)
    assert error_of(vpc.ec2.delete_vpc, VpcId=vpc.id).code == "InvalidVpcID.NotFound"
    # What came with it went with it.
    of_vpc = [{"Name": "vpc-id", "Values": [vpc.id]}]
    assert vpc.ec2.describe_route_tables(Filters=of_vpc)["RouteTables"] == []
    assert vpc.ec2.describe_network_acls(Filters=of_vpc)["NetworkAcls"] == []
    assert vpc.ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"] == []


def test_attributes(vpc):
    def shown(attribute):
        answer = vpc.ec2.describe_vpc_attribute(VpcId=vpc.id, Attribute=attribute)
        return answer[attribute[0].upper() + attribute[1:]]["Value"]

    assert shown("enableDnsSupport") is True and shown("enableDnsHostnames") is False
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": True})
    assert shown("enableDnsHostnames") is True
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableNetworkAddressUsageMetrics={"Value": True})
    assert shown("enableNetworkAddressUsageMetrics") is True
    assert error_of(vpc.ec2.modify_vpc_attribute, VpcId=vpc.id, EnableDnsHostnames={"Value": True},
                    EnableDnsSupport={"Value": True}).code == "InvalidParameterCombination"
    assert error_of(vpc.ec2.modify_vpc_attribute, VpcId=vpc.id).code == "MissingParameter"
    assert error_of(vpc.ec2.describe_vpc_attribute, VpcId=vpc.id,
                    Attribute="colour").code == "InvalidParameterValue"
    for name in ("EnableDnsHostnames", "EnableDnsSupport"):
        vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, **{name: {"Value": False}})
    assert error_of(vpc.ec2.modify_vpc_attribute, VpcId=vpc.id,
                    EnableDnsHostnames={"Value": True}).code == "InvalidParameterCombination"
    assert shown("enableDnsHostnames") is False


def test_a_deleted_default_vpc_can_be_made_again(ec2):
    [default] = ec2.describe_vpcs()["Vpcs"]
    assert error_of(ec2.create_default_vpc).code == "DefaultVpcAlreadyExists"
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    [gateway] = ec2.describe_internet_gateways()["InternetGateways"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=default["VpcId"])
    ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
    ec2.delete_vpc(VpcId=default["VpcId"])
    assert ec2.describe_vpcs()["Vpcs"] == []
    assert error_of(ec2.create_security_group, GroupName="web", Description="x").code == "VPCIdNotSpecified"
    made = ec2.create_default_vpc()["Vpc"]
    assert made["IsDefault"] and len(ec2.describe_subnets()["Subnets"]) == 3


def test_zones_and_regions(aws):
    ec2 = aws.client("ec2", region="us-east-1")
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    assert [zone["ZoneName"] for zone in zones] == [f"us-east-1{letter}" for letter in "abcdef"]
    assert {zone["ZoneId"] for zone in zones} == {f"use1-az{number}" for number in range(1, 7)}
    assert zones[0]["State"] == "available" and zones[0]["ZoneType"] == "availability-zone"
    [zone] = ec2.describe_availability_zones(Filters=[{"Name": "zone-name", "Values": ["us-east-1c"]}])[
        "AvailabilityZones"]
    assert zone["RegionName"] == "us-east-1"
    assert error_of(ec2.describe_availability_zones, ZoneNames=["us-east-1z"]).code == "InvalidParameterValue"
    names = [region["RegionName"] for region in ec2.describe_regions()["Regions"]]
    assert "eu-central-1" in names and "af-south-1" not in names
    [region] = ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"]
    assert region == {"Endpoint": "ec2.eu-west-1.amazonaws.com", "RegionName": "eu-west-1",
                      "OptInStatus": "opt-in-not-required"}
    assert any(region["RegionName"] == "af-south-1" for region in ec2.describe_regions(AllRegions=True)["Regions"])
    assert error_of(ec2.describe_regions, RegionNames=["mars-1"]).code == "InvalidParameterValue"
