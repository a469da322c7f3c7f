"""Route tables, routes and internet gateways. EC2 API Reference; VPC User Guide, "Route tables"; aws-facts B.1."""
import pytest

from conftest import error_of


def routes(vpc, table):
    [shown] = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {route["DestinationCidrBlock"]: route for route in shown["Routes"]}


def test_a_new_table_has_the_local_route(aws, vpc):
    created = vpc.ec2.create_route_table(VpcId=vpc.id)["RouteTable"]
    assert created["Routes"] == [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local",
                                  "Origin": "CreateRouteTable", "State": "active"}]
    assert (created["Associations"], created["PropagatingVgws"], created["Tags"]) == ([], [], [])
    assert created["OwnerId"] == aws.account
    assert error_of(vpc.ec2.create_route_table, VpcId="vpc-0123456789abcdef0").code == "InvalidVpcID.NotFound"


def test_client_tokens(vpc):
    operation = vpc.ec2.meta.service_model.operation_model("CreateRouteTable")
    if "ClientToken" not in operation.input_shape.members:
        pytest.skip("this botocore does not know CreateRouteTable's ClientToken")
    first = vpc.ec2.create_route_table(VpcId=vpc.id, ClientToken="once")["RouteTable"]["RouteTableId"]
    assert vpc.ec2.create_route_table(VpcId=vpc.id, ClientToken="once")["RouteTable"]["RouteTableId"] == first
    [other] = vpc.ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    assert error_of(vpc.ec2.create_route_table, VpcId=other["VpcId"],
                    ClientToken="once").code == "IdempotentParameterMismatch"


def test_a_route_to_the_internet_and_its_end(vpc):
    table, gateway = vpc.route_table(), vpc.internet_gateway()
    assert vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)["Return"]
    assert routes(vpc, table)["0.0.0.0/0"] == {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
                                               "Origin": "CreateRoute", "State": "active"}
    refused = error_of(vpc.ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert (refused.code, refused.message) == ("RouteAlreadyExists", "The route identified by 0.0.0.0/0 already exists.")
    vpc.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc.id)
    assert routes(vpc, table)["0.0.0.0/0"]["State"] == "blackhole"
    vpc.ec2.delete_internet_gateway(InternetGatewayId=gateway)
    assert routes(vpc, table)["0.0.0.0/0"]["State"] == "blackhole"
    vpc.ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    refused = error_of(vpc.ec2.delete_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    assert refused.code == "InvalidRoute.NotFound"
    assert refused.message == f"no route with destination-cidr-block 0.0.0.0/0 in route table {table}"


def test_routes_that_cannot_be(vpc):
    table, gateway = vpc.route_table(), vpc.internet_gateway()

    def refusal(destination="0.0.0.0/0", **target):
        return error_of(vpc.ec2.create_route, RouteTableId=table, DestinationCidrBlock=destination, **target)

    assert refusal().code == "MissingParameter"
    assert refusal(GatewayId="igw-0123456789abcdef0").code == "InvalidGatewayID.NotFound"
    missing = refusal(NatGatewayId="nat-0123456789abcdef0")
    assert missing.code == "InvalidNatGatewayID.NotFound"
    assert missing.message == "The natGateway ID 'nat-0123456789abcdef0' does not exist"
    assert refusal(NetworkInterfaceId="eni-0123456789abcdef0").code == "InvalidNetworkInterfaceID.NotFound"
    assert refusal(VpcPeeringConnectionId="pcx-0123456789abcdef0").code == "InvalidVpcPeeringConnectionID.NotFound"
    assert refusal("ten", GatewayId=gateway).message == (
        "Value (ten) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.")
    assert refusal("10.0.0.0/16", GatewayId=gateway).code == "RouteAlreadyExists"
    assert refusal("10.0.1.0/24", GatewayId=gateway).code == "InvalidParameterValue"
    [elsewhere] = [each["InternetGatewayId"] for each in vpc.ec2.describe_internet_gateways()["InternetGateways"]
                   if each["InternetGatewayId"] != gateway]
    assert refusal(GatewayId=elsewhere).message == (
        f"route table {table} and network gateway {elsewhere} belong to different networks")
    assert error_of(vpc.ec2.delete_route, RouteTableId=table,
                    DestinationCidrBlock="10.0.0.0/16").code == "InvalidParameterValue"
    assert error_of(vpc.ec2.create_route, RouteTableId="rtb-0123456789abcdef0", DestinationCidrBlock="0.0.0.0/0",
                    GatewayId=gateway).code == "InvalidRouteTableID.NotFound"
    assert error_of(vpc.ec2.describe_route_tables, RouteTableIds=["rtb-x"]).code == "InvalidRouteTableId.Malformed"


def test_replace_route(vpc):
    table, gateway = vpc.route_table(), vpc.internet_gateway()
    refused = error_of(vpc.ec2.replace_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert (refused.code, refused.message) == (
        "InvalidParameterValue",
        "There is no route defined for '0.0.0.0/0' in the route table. Use CreateRoute instead.")
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    interface = vpc.interface(vpc.subnet())["NetworkInterfaceId"]
    vpc.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NetworkInterfaceId=interface)
    route = routes(vpc, table)["0.0.0.0/0"]
    assert route["NetworkInterfaceId"] == interface and "GatewayId" not in route
    assert route["State"] == "blackhole"  # the interface is attached to nothing


def test_local_routes_can_be_replaced_and_restored(vpc):
    """VPC User Guide, "Replace or restore the target for a local route"."""
    table, gateway = vpc.route_table(), vpc.internet_gateway()
    interface = vpc.interface(vpc.subnet())["NetworkInterfaceId"]
    local = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"}
    refused = error_of(vpc.ec2.replace_route, **local, GatewayId=gateway)
    assert refused.code == "InvalidParameterValue" and "can target only an interface" in refused.message
    vpc.ec2.replace_route(**local, NetworkInterfaceId=interface)
    route = routes(vpc, table)["10.0.0.0/16"]
    assert (route["NetworkInterfaceId"], route["Origin"], "GatewayId" in route) == (interface, "CreateRouteTable", False)
    assert error_of(vpc.ec2.delete_route, **local).message == f"cannot remove local route 10.0.0.0/16 in route table {table}"
    assert error_of(vpc.ec2.create_route, **local, NetworkInterfaceId=interface).code == "RouteAlreadyExists"
    assert error_of(vpc.ec2.replace_route, **local, LocalTarget=True,
                    NetworkInterfaceId=interface).code == "InvalidParameterCombination"
    vpc.ec2.replace_route(**local, LocalTarget=True)
    assert routes(vpc, table) == {"10.0.0.0/16": {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local",
                                                  "Origin": "CreateRouteTable", "State": "active"}}
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert error_of(vpc.ec2.replace_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0",
                    LocalTarget=True).code == "InvalidParameterValue"


def test_a_block_that_goes_takes_its_replaced_route_along(vpc):
    table, interface = vpc.route_table(), vpc.interface(vpc.subnet())["NetworkInterfaceId"]
    block = vpc.ec2.associate_vpc_cidr_block(VpcId=vpc.id, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]
    vpc.ec2.replace_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16", NetworkInterfaceId=interface)
    vpc.ec2.disassociate_vpc_cidr_block(AssociationId=block["AssociationId"])
    assert list(routes(vpc, table)) == ["10.0.0.0/16"]


def test_destinations_inside_of_the_vpc_and_of_aws(vpc):
    """VPC User Guide, "Route tables", rules and considerations: a more specific route than the local one is for the whole
    of a subnet, by a NAT gateway or an interface; what AWS keeps for itself has no route."""
    table, subnet = vpc.route_table(), vpc.subnet("10.0.1.0/24")
    interface, nat = vpc.interface(subnet)["NetworkInterfaceId"], vpc.ec2.create_nat_gateway(
        SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    for target in ({"NetworkInterfaceId": interface}, {"NatGatewayId": nat}):
        vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.1.0/24", **target)
        vpc.ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.0.1.0/24")
        for inside in ("10.0.1.0/25", "10.0.0.0/17", "10.0.2.0/24"):
            refused = error_of(vpc.ec2.create_route, RouteTableId=table, DestinationCidrBlock=inside, **target)
            assert refused.code == "InvalidParameterValue" and "not the CIDR block of a subnet" in refused.message
    for kept in ({"DestinationCidrBlock": "169.254.168.0/22"}, {"DestinationCidrBlock": "169.254.169.254/32"},
                 {"DestinationIpv6CidrBlock": "fd00:ec2::/32"}, {"DestinationIpv6CidrBlock": "fd00:ec2::254/128"}):
        assert "reserved" in error_of(vpc.ec2.create_route, RouteTableId=table, NetworkInterfaceId=interface,
                                      **kept).message
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="169.254.0.0/16", NetworkInterfaceId=interface)


def test_host_bits_are_cleared(vpc):
    table, gateway = vpc.route_table(), vpc.internet_gateway()
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="100.68.0.18/18", GatewayId=gateway)
    assert "100.68.0.0/18" in routes(vpc, table)


def test_fifty_routes(vpc):
    table, gateway = vpc.route_table(), vpc.internet_gateway()
    for i in range(50):
        vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock=f"172.16.{i}.0/24", GatewayId=gateway)
    assert error_of(vpc.ec2.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0",
                    GatewayId=gateway).code == "RouteLimitExceeded"


def test_associations(vpc):
    subnet, table, other = vpc.subnet(), vpc.route_table(), vpc.route_table()
    answer = vpc.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    assert answer["AssociationState"] == {"State": "associated"}
    refused = error_of(vpc.ec2.associate_route_table, RouteTableId=other, SubnetId=subnet)
    assert (refused.code, refused.message) == (
        "Resource.AlreadyAssociated",
        f"the specified association for route table {other} conflicts with an existing association")
    refused = error_of(vpc.ec2.delete_route_table, RouteTableId=table)
    assert (refused.code, refused.message) == (
        "DependencyViolation", f"The routeTable '{table}' has dependencies and cannot be deleted.")
    moved = vpc.ec2.replace_route_table_association(AssociationId=answer["AssociationId"], RouteTableId=other)
    assert moved["NewAssociationId"] != answer["AssociationId"]
    [shown] = vpc.ec2.describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["RouteTables"]
    assert shown["RouteTableId"] == other
    vpc.ec2.delete_route_table(RouteTableId=table)
    assert error_of(vpc.ec2.disassociate_route_table,
                    AssociationId=answer["AssociationId"]).code == "InvalidAssociationID.NotFound"
    vpc.ec2.disassociate_route_table(AssociationId=moved["NewAssociationId"])
    vpc.ec2.delete_route_table(RouteTableId=other)


def test_the_main_table(vpc):
    main_of_vpc = [{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "association.main", "Values": ["true"]}]
    [main] = vpc.ec2.describe_route_tables(Filters=main_of_vpc)["RouteTables"]
    [association] = main["Associations"]
    assert association["Main"] is True and "SubnetId" not in association
    association = association["RouteTableAssociationId"]
    assert error_of(vpc.ec2.disassociate_route_table, AssociationId=association).code == "InvalidParameterValue"
    assert error_of(vpc.ec2.delete_route_table, RouteTableId=main["RouteTableId"]).code == "DependencyViolation"
    table = vpc.route_table()
    vpc.ec2.replace_route_table_association(AssociationId=association, RouteTableId=table)
    [shown] = vpc.ec2.describe_route_tables(Filters=main_of_vpc)["RouteTables"]
    assert shown["RouteTableId"] == table
    vpc.ec2.delete_route_table(RouteTableId=main["RouteTableId"])


def test_tables_and_subnets_of_different_networks(vpc):
    [elsewhere, *_] = vpc.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    assert error_of(vpc.ec2.associate_route_table, RouteTableId=vpc.route_table(),
                    SubnetId=elsewhere["SubnetId"]).code == "InvalidParameterValue"


def test_internet_gateways(vpc):
    created = vpc.ec2.create_internet_gateway()["InternetGateway"]
    assert created["Attachments"] == [] and created["Tags"] == []
    gateway = created["InternetGatewayId"]
    assert error_of(vpc.ec2.detach_internet_gateway, InternetGatewayId=gateway,
                    VpcId=vpc.id).code == "Gateway.NotAttached"
    vpc.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc.id)
    [shown] = vpc.ec2.describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [vpc.id]}])["InternetGateways"]
    assert shown["Attachments"] == [{"State": "available", "VpcId": vpc.id}]
    refused = error_of(vpc.ec2.attach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc.id)
    assert (refused.code, refused.message) == (
        "Resource.AlreadyAssociated", f"resource {gateway} is already attached to network {vpc.id}")
    second = vpc.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    refused = error_of(vpc.ec2.attach_internet_gateway, InternetGatewayId=second, VpcId=vpc.id)
    assert refused.message == f"Network {vpc.id} already has an internet gateway attached"
    refused = error_of(vpc.ec2.delete_internet_gateway, InternetGatewayId=gateway)
    assert (refused.code, refused.message) == (
        "DependencyViolation", f"The internetGateway '{gateway}' has dependencies and cannot be deleted.")
    for _ in range(2):  # two of this test, the default VPC's
        vpc.ec2.create_internet_gateway()
    assert error_of(vpc.ec2.create_internet_gateway).code == "InternetGatewayLimitExceeded"
    assert error_of(vpc.ec2.describe_internet_gateways,
                    InternetGatewayIds=["igw-0123456789abcdef0"]).code == "InvalidInternetGatewayID.NotFound"
    assert error_of(vpc.ec2.describe_internet_gateways,
                    InternetGatewayIds=["igw"]).code == "InvalidInternetGatewayId.Malformed"
