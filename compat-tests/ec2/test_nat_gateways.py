"""NAT gateways and Elastic IP addresses. EC2 API Reference; VPC User Guide, "NAT gateways"; aws-facts B.1, B.6."""
from conftest import error_of


def test_a_nat_gateways_life(vpc):
    vpc.internet_gateway()
    subnet, allocation, table = vpc.subnet(), vpc.elastic_ip(), vpc.route_table()
    created = vpc.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]
    assert created["State"] == "pending" and created["ConnectivityType"] == "public" and created["VpcId"] == vpc.id
    nat = created["NatGatewayId"]
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    vpc.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    [shown] = vpc.ec2.describe_nat_gateways(Filters=[{"Name": "state", "Values": ["available"]}])["NatGateways"]
    [address] = shown["NatGatewayAddresses"]
    [elastic] = vpc.ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert address["PublicIp"] == elastic["PublicIp"] and address["PrivateIp"] == "10.0.0.4"
    # botocore of 2022 knows neither member of a NAT gateway's address
    assert address.get("AssociationId", elastic["AssociationId"]) == elastic["AssociationId"]
    assert address.get("Status", "succeeded") == "succeeded"

    assert error_of(vpc.ec2.delete_subnet, SubnetId=subnet).code == "DependencyViolation"
    for call, parameters in ((vpc.ec2.release_address, {"AllocationId": allocation}),
                             (vpc.ec2.disassociate_address, {"AssociationId": elastic["AssociationId"]})):
        refused = error_of(call, **parameters)
        assert (refused.code, refused.message, refused.status) == (
            "AuthFailure", "You do not have permission to access the specified resource.", 401)

    assert vpc.ec2.delete_nat_gateway(NatGatewayId=nat)["NatGatewayId"] == nat
    vpc.wait_for_nat_gateway(nat, "deleted")
    [shown] = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [route["State"] for route in shown["Routes"]] == ["active", "blackhole"]
    vpc.ec2.delete_nat_gateway(NatGatewayId=nat)  # once more is no error
    vpc.ec2.release_address(AllocationId=allocation)
    vpc.ec2.delete_subnet(SubnetId=subnet)


def test_what_fails_later(vpc):
    subnet, allocation = vpc.subnet(), vpc.elastic_ip()

    def failure():
        nat = vpc.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]["NatGatewayId"]
        vpc.wait_for_nat_gateway(nat, "failed")
        [shown] = vpc.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
        return shown["FailureCode"], shown["FailureMessage"]

    assert failure() == ("Gateway.NotAttached", f"Network {vpc.id} has no Internet gateway attached")
    vpc.internet_gateway()
    interface = vpc.interface(subnet)["NetworkInterfaceId"]
    vpc.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=interface)
    assert failure() == ("Resource.AlreadyAssociated", f"Elastic IP address {allocation} is already associated")


def test_what_fails_at_once(vpc):
    subnet = vpc.subnet()
    assert error_of(vpc.ec2.create_nat_gateway, SubnetId=subnet).code == "MissingParameter"
    assert error_of(vpc.ec2.create_nat_gateway, SubnetId=subnet,
                    AllocationId="eipalloc-0123456789abcdef0").code == "InvalidAllocationID.NotFound"
    assert error_of(vpc.ec2.create_nat_gateway, SubnetId="subnet-0123456789abcdef0",
                    AllocationId=vpc.elastic_ip()).code == "InvalidSubnetID.NotFound"
    assert error_of(vpc.ec2.describe_nat_gateways,
                    NatGatewayIds=["nat-0123456789abcdef0"]).code == "NatGatewayNotFound"
    assert error_of(vpc.ec2.delete_nat_gateway, NatGatewayId="nat-x").code == "NatGatewayMalformed"


def test_private_nat_gateways_and_the_limit_of_a_zone(vpc):
    subnet = vpc.subnet()
    for _ in range(5):
        nat = vpc.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    refused = error_of(vpc.ec2.create_nat_gateway, SubnetId=subnet, ConnectivityType="private")
    assert (refused.code, refused.message) == (
        "NatGatewayLimitExceeded", "Performing this operation would exceed the limit of 5 NAT gateways")
    vpc.wait_for_nat_gateway(nat, "available")
    [shown] = vpc.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    assert "PublicIp" not in shown["NatGatewayAddresses"][0]


def test_tokens(vpc):
    subnet, allocation = vpc.subnet(), vpc.elastic_ip()
    first = vpc.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation, ClientToken="once")
    assert first["ClientToken"] == "once"
    again = vpc.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation, ClientToken="once")
    assert again["NatGateway"]["NatGatewayId"] == first["NatGateway"]["NatGatewayId"]


def test_elastic_ips(aws, vpc):
    allocated = vpc.ec2.allocate_address(Domain="vpc", TagSpecifications=[
        {"ResourceType": "elastic-ip", "Tags": [{"Key": "Name", "Value": "nat"}]}])
    assert allocated["Domain"] == "vpc" and allocated["NetworkBorderGroup"] == aws.region
    allocation = allocated["AllocationId"]
    first, second = (vpc.interface(subnet)["NetworkInterfaceId"]
                     for subnet in (vpc.subnet("10.0.1.0/24"), vpc.subnet("10.0.2.0/24")))
    refused = error_of(vpc.ec2.associate_address, AllocationId=allocation, NetworkInterfaceId=first)
    assert (refused.code, refused.message) == (
        "Gateway.NotAttached", f"Network {vpc.id} is not attached to any internet gateway")
    gateway = vpc.internet_gateway()
    vpc.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=first)
    assert error_of(vpc.ec2.associate_address, AllocationId=allocation, NetworkInterfaceId=second,
                    AllowReassociation=False).code == "Resource.AlreadyAssociated"
    association = vpc.ec2.associate_address(AllocationId=allocation, NetworkInterfaceId=second)["AssociationId"]
    [address] = vpc.ec2.describe_addresses(PublicIps=[allocated["PublicIp"]])["Addresses"]
    assert address["NetworkInterfaceId"] == second and address["PrivateIpAddress"] == "10.0.2.4"
    assert address["AssociationId"] == association and address["NetworkInterfaceOwnerId"] == aws.account
    [interface] = vpc.ec2.describe_network_interfaces(
        Filters=[{"Name": "association.public-ip", "Values": [allocated["PublicIp"]]}])["NetworkInterfaces"]
    assert interface["NetworkInterfaceId"] == second
    assert interface["Association"]["IpOwnerId"] == aws.account
    refused = error_of(vpc.ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=vpc.id)
    assert refused.code == "DependencyViolation"
    assert refused.message == (f"Network {vpc.id} has some mapped public address(es). Please unmap those public "
                               "address(es) before detaching the gateway.")
    refused = error_of(vpc.ec2.release_address, AllocationId=allocation)
    assert (refused.code, refused.message) == ("InvalidIPAddress.InUse", f"Address {allocated['PublicIp']} is in use.")
    vpc.ec2.disassociate_address(AssociationId=association)
    vpc.ec2.release_address(AllocationId=allocation)
    missing = error_of(vpc.ec2.release_address, AllocationId=allocation)
    assert (missing.code, missing.message) == (
        "InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist")
    missing = error_of(vpc.ec2.describe_addresses, PublicIps=["203.0.113.9"])
    assert (missing.code, missing.message) == ("InvalidAddress.NotFound", "Address '203.0.113.9' not found.")


def test_five_elastic_ips(vpc):
    addresses = {vpc.ec2.allocate_address()["PublicIp"] for _ in range(5)}
    assert len(addresses) == 5
    refused = error_of(vpc.ec2.allocate_address)
    assert (refused.code, refused.message) == (
        "AddressLimitExceeded", "The maximum number of addresses has been reached.")


def test_realistic_timing_takes_its_time(start_server):
    server = start_server("--ephemeral", "--realistic-timing", "--manual-clock")
    aws = server.aws()
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]

    def state_after(seconds):
        status, _, _ = aws.http("POST", "/_drydock/clock", f'{{"advance": {seconds}}}')
        assert status == 200
        return ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"]

    assert state_after(89) == "pending"
    assert state_after(1) == "available"
