"""Egress-only internet gateways and DHCP option sets. EC2 API Reference; VPC User Guide."""
from conftest import error_of


def test_an_egress_only_gateway_and_its_routes(vpc):
    created = vpc.ec2.create_egress_only_internet_gateway(
        VpcId=vpc.id, ClientToken="once",
        TagSpecifications=[{"ResourceType": "egress-only-internet-gateway", "Tags": [{"Key": "a", "Value": "b"}]}])
    gateway = created["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    assert created["ClientToken"] == "once"
    assert created["EgressOnlyInternetGateway"]["Attachments"] == [{"State": "attached", "VpcId": vpc.id}]
    assert created["EgressOnlyInternetGateway"]["Tags"] == [{"Key": "a", "Value": "b"}]
    table = vpc.route_table()
    vpc.ec2.create_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0", EgressOnlyInternetGatewayId=gateway)
    refused = error_of(vpc.ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0",
                       EgressOnlyInternetGatewayId=gateway)
    assert refused.code == "InvalidParameterValue"

    def route():
        [shown] = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        [route] = [each for each in shown["Routes"] if each.get("EgressOnlyInternetGatewayId") == gateway]
        return route["DestinationIpv6CidrBlock"], route["State"]

    assert route() == ("::/0", "active")
    [found] = vpc.ec2.describe_egress_only_internet_gateways(
        Filters=[{"Name": "tag:a", "Values": ["b"]}])["EgressOnlyInternetGateways"]
    assert found["EgressOnlyInternetGatewayId"] == gateway
    assert error_of(vpc.ec2.delete_vpc, VpcId=vpc.id).code == "DependencyViolation"
    assert vpc.ec2.delete_egress_only_internet_gateway(EgressOnlyInternetGatewayId=gateway)["ReturnCode"] is True
    assert route() == ("::/0", "blackhole")
    vpc.ec2.delete_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0")
    assert error_of(vpc.ec2.delete_egress_only_internet_gateway, EgressOnlyInternetGatewayId=gateway).code == \
        "InvalidGatewayID.NotFound"
    assert error_of(vpc.ec2.create_egress_only_internet_gateway, VpcId="vpc-0123456789abcdef0").code == \
        "InvalidVpcID.NotFound"
    assert error_of(vpc.ec2.create_egress_only_internet_gateway, VpcId=vpc.id, DryRun=True).code == "DryRunOperation"
    for _ in range(5):
        vpc.ec2.create_egress_only_internet_gateway(VpcId=vpc.id)
    assert error_of(vpc.ec2.create_egress_only_internet_gateway, VpcId=vpc.id).code == "InternetGatewayLimitExceeded"


def test_dhcp_options(vpc):
    created = vpc.ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name-servers", "Values": ["10.2.5.1,10.2.5.2"]},
                            {"Key": "domain-name", "Values": ["example.com"]},
                            {"Key": "netbios-node-type", "Values": ["2"]}],
        TagSpecifications=[{"ResourceType": "dhcp-options", "Tags": [{"Key": "a", "Value": "b"}]}])["DhcpOptions"]
    options = created["DhcpOptionsId"]
    configurations = {each["Key"]: [value["Value"] for value in each["Values"]]
                      for each in created["DhcpConfigurations"]}
    assert configurations == {"domain-name-servers": ["10.2.5.1", "10.2.5.2"], "domain-name": ["example.com"],
                              "netbios-node-type": ["2"]}
    assert created["OwnerId"] == vpc.aws.account and created["Tags"] == [{"Key": "a", "Value": "b"}]
    vpc.ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc.id)

    def of_vpc():
        return vpc.ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]["DhcpOptionsId"]

    assert of_vpc() == options
    refused = error_of(vpc.ec2.delete_dhcp_options, DhcpOptionsId=options)
    assert (refused.code, refused.message) == (
        "DependencyViolation", f"The dhcpOptions '{options}' has dependencies and cannot be deleted.")
    vpc.ec2.associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc.id)
    assert of_vpc() == "default"
    vpc.ec2.delete_dhcp_options(DhcpOptionsId=options)
    missing = error_of(vpc.ec2.associate_dhcp_options, DhcpOptionsId=options, VpcId=vpc.id)
    assert (missing.code, missing.message) == (
        "InvalidDhcpOptionID.NotFound", f"The dhcpOption ID '{options}' does not exist")


def test_bad_dhcp_options(ec2):
    for key, values in (("color", ["red"]), ("domain-name-servers", ["banana"]), ("netbios-node-type", ["3"]),
                        ("ntp-servers", [f"10.0.0.{i}" for i in range(5)]),
                        ("ipv6-address-preferred-lease-time", ["10"])):
        assert error_of(ec2.create_dhcp_options,
                        DhcpConfigurations=[{"Key": key, "Values": values}]).code == "InvalidParameterValue", key
    assert error_of(ec2.create_dhcp_options,
                    DhcpConfigurations=[{"Key": "domain-name"}]).code == "MissingParameter"
    assert error_of(ec2.create_dhcp_options, DryRun=True, DhcpConfigurations=[
        {"Key": "domain-name-servers", "Values": ["AmazonProvidedDNS"]}]).code == "DryRunOperation"
