"""A VPC to try things in, and shorthand for what every test of EC2 needs."""
import pytest

from conftest import eventually


class Vpc:
    """A VPC of 10.0.0.0/16 in an account of the test's own."""

    def __init__(self, aws):
        self.aws = aws
        self.ec2 = aws.client("ec2")
        self.id = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    def subnet(self, cidr="10.0.0.0/24", **more):
        return self.ec2.create_subnet(VpcId=self.id, CidrBlock=cidr, **more)["Subnet"]["SubnetId"]

    def group(self, name="web"):
        return self.ec2.create_security_group(GroupName=name, Description="made by a test", VpcId=self.id)["GroupId"]

    def route_table(self):
        return self.ec2.create_route_table(VpcId=self.id)["RouteTable"]["RouteTableId"]

    def internet_gateway(self):
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.id)
        return gateway

    def elastic_ip(self):
        return self.ec2.allocate_address(Domain="vpc")["AllocationId"]

    def nat_gateway(self, subnet=None):
        """An available one."""
        created = self.ec2.create_nat_gateway(SubnetId=subnet or self.subnet("10.0.200.0/24"),
                                              AllocationId=self.elastic_ip())
        nat = created["NatGateway"]["NatGatewayId"]
        self.ec2.get_waiter("nat_gateway_available").wait(
            NatGatewayIds=[nat], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
        return nat

    def interface(self, subnet, **more):
        return self.ec2.create_network_interface(SubnetId=subnet, **more)["NetworkInterface"]

    def nat_gateway_state(self, nat):
        return self.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"]

    def wait_for_nat_gateway(self, nat, state):
        eventually(lambda: self.nat_gateway_state(nat) == state)


@pytest.fixture
def vpc(aws):
    return Vpc(aws)


@pytest.fixture
def ec2(aws):
    return aws.client("ec2")
