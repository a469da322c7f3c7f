"""Security groups in further VPCs. EC2 API Reference, AssociateSecurityGroupVpc; VPC User Guide, "Associate security
groups with multiple VPCs"; error codes are unconfirmed. Clients of 2023 and older do not have all operations."""
import pytest

from conftest import error_of


@pytest.fixture
def far(vpc):
    return vpc.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]


def has(vpc, operation):
    if not hasattr(vpc.ec2, operation):
        pytest.skip(f"this client has no {operation}")


def test_associations(vpc, far):
    has(vpc, "associate_security_group_vpc")
    group = vpc.group()
    subnet = vpc.ec2.create_subnet(VpcId=far, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    assert error_of(vpc.ec2.create_network_interface, SubnetId=subnet, Groups=[group]).code == "InvalidGroup.NotFound"
    assert vpc.ec2.associate_security_group_vpc(GroupId=group, VpcId=far)["State"] == "associating"
    [shown] = vpc.ec2.describe_security_group_vpc_associations(
        Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupVpcAssociations"]
    assert (shown["VpcId"], shown["State"], shown["VpcOwnerId"]) == (far, "associated", vpc.aws.account)
    names = [each["GroupId"] for each in vpc.ec2.get_security_groups_for_vpc(VpcId=far)["SecurityGroupForVpcs"]]
    assert group in names and len(names) == 2
    interface = vpc.ec2.create_network_interface(SubnetId=subnet, Groups=[group])["NetworkInterface"]
    assert error_of(vpc.ec2.disassociate_security_group_vpc, GroupId=group, VpcId=far).code == "DependencyViolation"
    assert error_of(vpc.ec2.associate_security_group_vpc, GroupId=group, VpcId=far).code == "Resource.AlreadyAssociated"
    assert error_of(vpc.ec2.delete_security_group, GroupId=group).code == "DependencyViolation"
    vpc.ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    assert vpc.ec2.disassociate_security_group_vpc(GroupId=group, VpcId=far)["State"] == "disassociating"
    assert error_of(vpc.ec2.disassociate_security_group_vpc, GroupId=group, VpcId=far).code == "InvalidParameterValue"
    vpc.ec2.delete_security_group(GroupId=group)


def test_default_groups_and_vpcs_are_left_out(vpc, far):
    has(vpc, "associate_security_group_vpc")
    [default] = vpc.ec2.describe_security_groups(
        Filters=[{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    assert error_of(vpc.ec2.associate_security_group_vpc, GroupId=default["GroupId"], VpcId=far).code == \
        "InvalidParameterValue"
    [home] = vpc.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert error_of(vpc.ec2.associate_security_group_vpc, GroupId=vpc.group(), VpcId=home["VpcId"]).code == \
        "InvalidParameterValue"


def test_groups_for_a_vpc(vpc):
    has(vpc, "get_security_groups_for_vpc")
    group = vpc.group("one")
    [found] = vpc.ec2.get_security_groups_for_vpc(
        VpcId=vpc.id, Filters=[{"Name": "group-name", "Values": ["one"]}])["SecurityGroupForVpcs"]
    assert (found["GroupId"], found["PrimaryVpcId"], found["OwnerId"]) == (group, vpc.id, vpc.aws.account)
