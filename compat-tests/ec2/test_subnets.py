"""Subnets. EC2 API Reference; VPC User Guide, "Subnet CIDR blocks"; aws-facts B.1."""
import pytest

from conftest import error_of


def test_a_subnet_as_it_is_created_and_described(aws, vpc):
    created = vpc.ec2.create_subnet(VpcId=vpc.id, CidrBlock="10.0.1.9/24", AvailabilityZone=f"{aws.region}b")["Subnet"]
    assert created["CidrBlock"] == "10.0.1.0/24" and created["AvailabilityZone"] == f"{aws.region}b"
    assert created["AvailableIpAddressCount"] == 251  # 256 less the five that AWS keeps
    assert created["SubnetArn"] == f"arn:aws:ec2:{aws.region}:{aws.account}:subnet/{created['SubnetId']}"
    vpc.ec2.get_waiter("subnet_available").wait(SubnetIds=[created["SubnetId"]],
                                                WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    [shown] = vpc.ec2.describe_subnets(SubnetIds=[created["SubnetId"]])["Subnets"]
    assert shown["State"] == "available" and shown["MapPublicIpOnLaunch"] is False
    assert shown["AvailabilityZoneId"].startswith("euc1-az") and shown["Ipv6CidrBlockAssociationSet"] == []


@pytest.mark.parametrize("cidr, code", [
    ("10.1.0.0/24", "InvalidSubnet.Range"), ("10.0.0.0/15", "InvalidSubnet.Range"),
    ("10.0.0.0/29", "InvalidSubnet.Range"), ("10.0.5.128/25", "InvalidSubnet.Conflict"),
    ("10.0.0.0/16", "InvalidSubnet.Conflict"), ("ten", "InvalidParameterValue"),
])
def test_blocks_that_do_not_fit(vpc, cidr, code):
    vpc.subnet("10.0.5.0/24")
    refused = error_of(vpc.ec2.create_subnet, VpcId=vpc.id, CidrBlock=cidr)
    assert refused.code == code
    if code.startswith("InvalidSubnet"):
        assert refused.message in (f"The CIDR '{cidr}' is invalid.", f"The CIDR '{cidr}' conflicts with another subnet")


def test_a_zone_that_is_not_there(aws, vpc):
    refused = error_of(vpc.ec2.create_subnet, VpcId=vpc.id, CidrBlock="10.0.0.0/24",
                       AvailabilityZone=f"{aws.region}z")
    assert refused.code == "InvalidParameterValue"
    assert refused.message == (
        f"Value ({aws.region}z) for parameter availabilityZone is invalid. Subnets can currently only be created in the "
        f"following availability zones: {aws.region}a, {aws.region}b, {aws.region}c.")


def test_the_whole_vpc_may_be_one_subnet(vpc):
    vpc.subnet("10.0.0.0/16")


def test_addresses_are_counted(vpc):
    subnet = vpc.subnet("10.0.0.0/28")

    def free():
        return vpc.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"]

    assert free() == 11
    interface = vpc.interface(subnet, SecondaryPrivateIpAddressCount=2)
    assert free() == 8
    refused = error_of(vpc.ec2.delete_subnet, SubnetId=subnet)
    assert refused.code == "DependencyViolation"
    assert refused.message == f"The subnet '{subnet}' has dependencies and cannot be deleted."
    vpc.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    vpc.ec2.delete_subnet(SubnetId=subnet)
    assert error_of(vpc.ec2.delete_subnet, SubnetId=subnet).code == "InvalidSubnetID.NotFound"


def test_a_deleted_subnet_leaves_its_route_table_and_network_acl(vpc):
    subnet, table = vpc.subnet(), vpc.route_table()
    vpc.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    vpc.ec2.delete_subnet(SubnetId=subnet)
    vpc.ec2.delete_route_table(RouteTableId=table)
    [acl] = vpc.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["NetworkAcls"]
    assert acl["Associations"] == []


def test_attributes(vpc):
    subnet = vpc.subnet()
    vpc.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    [shown] = vpc.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert shown["MapPublicIpOnLaunch"] is True
    assert error_of(vpc.ec2.modify_subnet_attribute, SubnetId=subnet,
                    AssignIpv6AddressOnCreation={"Value": True}).code == "InvalidParameterValue"  # it has no IPv6 block
    assert error_of(vpc.ec2.modify_subnet_attribute, SubnetId="subnet-0123456789abcdef0",
                    MapPublicIpOnLaunch={"Value": True}).code == "InvalidSubnetID.NotFound"


def test_one_attribute_at_a_time(vpc):
    subnet, modify = vpc.subnet(), vpc.ec2.modify_subnet_attribute
    refused = error_of(modify, SubnetId=subnet, MapPublicIpOnLaunch={"Value": True},
                       AssignIpv6AddressOnCreation={"Value": False})
    assert refused.code == "InvalidParameterCombination"
    assert refused.message == ("Only one subnet attribute can be modified at a time. Provided attributes: "
                               "[assignIpv6AddressOnCreation, mapPublicIpOnLaunch]")
    assert error_of(modify, SubnetId=subnet).code == "MissingParameter"
    [shown] = vpc.ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert shown["MapPublicIpOnLaunch"] is False


def test_default_subnets(aws):
    """VPC User Guide, "Create a default subnet"."""
    ec2, zone = aws.client("ec2"), {"AvailabilityZone": aws.region + "b"}
    [had] = ec2.describe_subnets(Filters=[{"Name": "availability-zone", "Values": [aws.region + "b"]}])["Subnets"]
    refused = error_of(ec2.create_default_subnet, **zone)
    assert (refused.code, refused.message) == (
        "DefaultSubnetAlreadyExistsInAvailabilityZone",
        f"'{had['SubnetId']}' is already the default subnet in {aws.region}b.")
    assert error_of(ec2.create_default_subnet, AvailabilityZone="mars-1a").code == "InvalidParameterValue"
    ec2.delete_subnet(SubnetId=had["SubnetId"])
    assert error_of(ec2.create_default_subnet, DryRun=True, **zone).code == "DryRunOperation"
    made = ec2.create_default_subnet(**zone)["Subnet"]
    same = ("CidrBlock", "AvailabilityZoneId", "DefaultForAz", "MapPublicIpOnLaunch", "VpcId", "AvailableIpAddressCount")
    assert [made[each] for each in same] == [had[each] for each in same] and made["SubnetId"] != had["SubnetId"]

    default = made["VpcId"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.create_subnet(VpcId=default, CidrBlock="172.31.0.0/16")
    assert error_of(ec2.create_default_subnet, **zone).code == "InvalidSubnet.Conflict"
    ec2.delete_subnet(SubnetId=ec2.describe_subnets()["Subnets"][0]["SubnetId"])
    [gateway] = ec2.describe_internet_gateways()["InternetGateways"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=default)
    ec2.delete_vpc(VpcId=default)
    assert error_of(ec2.create_default_subnet, **zone).code == "DefaultVpcDoesNotExist"


def test_filters(aws, vpc):
    vpc.subnet("10.0.1.0/24", TagSpecifications=[
        {"ResourceType": "subnet", "Tags": [{"Key": "Name", "Value": "private-1"}, {"Key": "tier", "Value": "app"}]}])
    vpc.subnet("10.0.2.0/24", AvailabilityZone=f"{aws.region}c")
    vpc.subnet("10.0.3.0/26")

    def found(**wanted):
        names = [{"Name": name, "Values": values if isinstance(values, list) else [values]}
                 for name, values in wanted.items()]
        names.append({"Name": "vpc-id", "Values": [vpc.id]})
        return sorted(subnet["CidrBlock"] for subnet in vpc.ec2.describe_subnets(Filters=names)["Subnets"])

    assert found() == ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/26"]
    assert found(**{"cidr-block": ["10.0.1.0/24", "10.0.3.0/26"]}) == ["10.0.1.0/24", "10.0.3.0/26"]
    assert found(**{"cidr-block": "*/24"}) == ["10.0.1.0/24", "10.0.2.0/24"]
    assert found(**{"cidr-block": "10.0.?.0/2?", "availability-zone": f"{aws.region}c"}) == ["10.0.2.0/24"]
    assert found(**{"tag:Name": "private-*"}) == ["10.0.1.0/24"]
    assert found(**{"tag-key": "tier"}) == ["10.0.1.0/24"]
    assert found(**{"tag:tier": "db"}) == []
    assert found(**{"available-ip-address-count": "59"}) == ["10.0.3.0/26"]
    assert found(**{"default-for-az": "true"}) == []
    refused = error_of(vpc.ec2.describe_subnets, Filters=[{"Name": "colour", "Values": ["blue"]}])
    assert (refused.code, refused.message) == ("InvalidParameterValue", "The filter 'colour' is invalid")
    assert error_of(vpc.ec2.describe_subnets,
                    Filters=[{"Name": "vpc-id", "Values": ["vpc-12345678"] * 201}]).code == "FilterLimitExceeded"


def test_pages(vpc):
    made = {vpc.subnet(f"10.0.{i}.0/24") for i in range(13)}
    of_vpc = [{"Name": "vpc-id", "Values": [vpc.id]}]
    pages = list(vpc.ec2.get_paginator("describe_subnets").paginate(Filters=of_vpc, PaginationConfig={"PageSize": 5}))
    assert [len(page["Subnets"]) for page in pages] == [5, 5, 3]
    assert {subnet["SubnetId"] for page in pages for subnet in page["Subnets"]} == made
    token = pages[0]["NextToken"]
    assert error_of(vpc.ec2.describe_subnets, MaxResults=5, NextToken=token).code == "InvalidNextToken"
    assert error_of(vpc.ec2.describe_subnets, MaxResults=5, NextToken="forged").code == "InvalidNextToken"
    refused = error_of(vpc.ec2.describe_subnets, MaxResults=5, SubnetIds=[made.pop()])
    assert refused.code == "InvalidParameterCombination"
