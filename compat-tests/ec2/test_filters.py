"""Every filter that AWS documents for a Describe or Get operation: the names are read from the documentation in
botocore's own model, so a newer botocore asks for more. None may be refused, and a value that nothing has finds nothing.
"""
import html.parser
import re
import sys

import botocore.exceptions
import botocore.session
import pytest

from conftest import ROOT, error_of, eventually

sys.path.insert(0, str(ROOT / "emulator" / "api"))
from generate import TAG  # noqa: E402

MODEL = botocore.session.get_session().get_service_model("ec2")
NOTHING = "nothing-is-called-this"
# What Drydock does not know of its instance types it refuses, rather than finding too little.
NOT_KNOWN = re.compile(r"dedicated-hosts-supported|ebs-info\.|network-info\.(bandwidth-weightings|flexible-ena|encryption)|"
                       r"nitro-|processor-info\.(supported-features|sustained)|reboot-migration|vcpu-info\.valid-")


MISSPELT = {"parent-zoneID", "parent-zoneName"}  # in the documentation of 2022: parent-zone-id, parent-zone-name


class FilterNames(html.parser.HTMLParser):
    """The first word in <code> of each item of the outermost list; a list within an item lists values."""

    def __init__(self, documentation):
        super().__init__()
        self.names, self.depth, self.fresh, self.inside = [], 0, False, False
        self.feed(documentation)

    def handle_starttag(self, tag, attributes):
        self.depth += tag == "ul"
        if tag == "li" and self.depth == 1:
            self.fresh = True
        if tag == "code" and self.fresh:
            self.fresh, self.inside = False, True
            self.names.append("")

    def handle_endtag(self, tag):
        self.depth -= tag == "ul"
        self.inside = self.inside and tag != "code"

    def handle_data(self, data):
        if self.inside:
            self.names[-1] += data


def documented():
    """(operation, its parameter, filter) of all operations that Drydock has and this botocore knows."""
    for path in sorted((ROOT / "handlers" / "ec2").glob("*.cpp")):
        for _, operation, _ in TAG.findall(path.read_text()):
            if operation not in MODEL.operation_names or not MODEL.operation_model(operation).input_shape:
                continue
            for parameter, shape in MODEL.operation_model(operation).input_shape.members.items():
                if parameter in ("Filters", "Filter") and shape.type_name == "list":
                    for name in set(FilterNames(shape.documentation).names) - MISSPELT:
                        yield operation, parameter, re.sub(r"^tag(:.*)?$", "tag:k", name.strip())


DOCUMENTED = list(documented())


class Everything:
    """Something of each kind, so that a filter has something to pass over."""

    def __init__(self, aws):
        self.ec2 = ec2 = aws.client("ec2")
        tags = [{"Key": "k", "Value": "v"}]
        self.vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.group = ec2.create_security_group(GroupName="g", Description="d", VpcId=self.vpc)["GroupId"]
        ec2.associate_security_group_vpc(GroupId=self.group, VpcId=other) if hasattr(
            ec2, "associate_security_group_vpc") else None
        ec2.create_egress_only_internet_gateway(VpcId=self.vpc)
        ec2.create_vpc_peering_connection(VpcId=self.vpc, PeerVpcId=other)
        ec2.create_managed_prefix_list(PrefixListName="l", AddressFamily="IPv4", MaxEntries=1)
        options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["a.example"]}])
        ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=f"com.amazonaws.{aws.region}.s3", VpcEndpointType="Gateway")
        allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
        ec2.create_nat_gateway(SubnetId=self.subnet, AllocationId=allocation)
        ec2.create_subnet_cidr_reservation(SubnetId=self.subnet, Cidr="10.0.0.128/28", ReservationType="explicit")
        ec2.run_instances(ImageId="ami-0d7dc0000000a2023", InstanceType="t3.micro", MinCount=1, MaxCount=1,
                          SubnetId=self.subnet)
        interface = ec2.create_network_interface(SubnetId=self.subnet)["NetworkInterface"]["NetworkInterfaceId"]
        ec2.create_network_insights_path(Source=interface, Destination=gateway, Protocol="tcp")
        ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[self.vpc], TrafficType="ALL", LogGroupName="l",
                             DeliverLogsPermissionArn=f"arn:aws:iam::{aws.account}:role/r")
        ec2.create_tags(Resources=[self.vpc, self.subnet, self.group, gateway, interface, allocation,
                                   options["DhcpOptions"]["DhcpOptionsId"]], Tags=tags)
        eventually(lambda: ec2.describe_instance_status()["InstanceStatuses"])

    def ask(self, operation, parameter=None, name=None, value=NOTHING):
        more = {parameter: [{"Name": name, "Values": [value]}]} if parameter else {}
        if operation == "GetSecurityGroupsForVpc":
            more["VpcId"] = self.vpc
        if operation == "GetSubnetCidrReservations":
            more["SubnetId"] = self.subnet
        call = getattr(self.ec2, "describe" + re.sub(r"([A-Z][a-z0-9]*)", r"_\1", operation[8:]).lower()
                       if operation.startswith("Describe") else {
                           "GetSecurityGroupsForVpc": "get_security_groups_for_vpc",
                           "GetSubnetCidrReservations": "get_subnet_cidr_reservations"}[operation])
        answer = call(**more)
        return sum(len(found) for found in answer.values() if isinstance(found, list))


@pytest.fixture(scope="module")
def everything(server):
    return Everything(server.aws())


def test_the_documentation_names_filters():
    assert len(DOCUMENTED) > 400 and ("DescribeVpcs", "Filters", "vpc-id") in DOCUMENTED


@pytest.mark.parametrize("operation", sorted({operation for operation, _, _ in DOCUMENTED}))
def test_each_documented_filter_filters(everything, operation):
    # Availability Zones, Regions, images, types and services are there by themselves.
    assert everything.ask(operation) > 0, "there is something to pass over"
    wrong = {}
    for _, parameter, name in [each for each in DOCUMENTED if each[0] == operation]:
        if operation == "DescribeInstanceTypes" and NOT_KNOWN.match(name):
            refused = error_of(everything.ask, operation=operation, parameter=parameter, name=name)
            if refused.code != "UnsupportedOperation":
                wrong[name] = refused
            continue
        try:
            found = everything.ask(operation, parameter, name)
        except botocore.exceptions.ClientError as error:
            found = error
        if found != 0:
            wrong[name] = found
    assert not wrong
    unknown = error_of(everything.ask, operation=operation, parameter=parameter, name="no-such-filter")
    assert unknown.code == "InvalidParameterValue" and "no-such-filter" in unknown.message
