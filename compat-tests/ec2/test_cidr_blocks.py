"""Secondary and IPv6 blocks of VPCs and subnets, reservations. VPC User Guide, "VPC CIDR blocks", "Subnet CIDR
reservations"; EC2 API Reference. Codes and texts as seen in the field."""
import pytest

from conftest import error_of


def described(vpc):
    return vpc.ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]


def test_secondary_blocks(vpc):
    answer = vpc.ec2.associate_vpc_cidr_block(VpcId=vpc.id, CidrBlock="10.1.0.5/16")
    association = answer["CidrBlockAssociation"]
    assert association["CidrBlock"] == "10.1.0.0/16" and association["CidrBlockState"]["State"] == "associating"
    assert [block["CidrBlock"] for block in described(vpc)["CidrBlockAssociationSet"]] == ["10.0.0.0/16", "10.1.0.0/16"]
    [table] = vpc.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["RouteTables"]
    assert {route["DestinationCidrBlock"] for route in table["Routes"]} == {"10.0.0.0/16", "10.1.0.0/16"}
    subnet = vpc.subnet("10.1.4.0/24")
    in_use = error_of(vpc.ec2.disassociate_vpc_cidr_block, AssociationId=association["AssociationId"])
    assert (in_use.code, in_use.message) == (
        "InvalidCidrBlock.InUse", f"The vpc {vpc.id} currently has a subnet within CIDR block 10.1.0.0/16")
    vpc.ec2.delete_subnet(SubnetId=subnet)
    vpc.ec2.disassociate_vpc_cidr_block(AssociationId=association["AssociationId"])
    assert error_of(vpc.ec2.disassociate_vpc_cidr_block, AssociationId=association["AssociationId"]).code == (
        "InvalidVpcCidrBlockAssociationID.NotFound")
    primary = described(vpc)["CidrBlockAssociationSet"][0]["AssociationId"]
    refused = error_of(vpc.ec2.disassociate_vpc_cidr_block, AssociationId=primary)
    assert refused.code == "OperationNotPermitted" and refused.message.endswith(
        "may not be disassociated. It is the primary IPv4 CIDR block of the VPC")


def test_blocks_that_are_refused(vpc):
    table = vpc.route_table()
    gateway = vpc.internet_gateway()
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.1.0/24", GatewayId=gateway)

    def code(cidr):
        return error_of(vpc.ec2.associate_vpc_cidr_block, VpcId=vpc.id, CidrBlock=cidr).code
    assert code("ten") == "InvalidParameterValue"
    for refused in ("10.2.0.0/15", "10.0.4.0/24", "192.168.0.0/16", "172.16.0.0/16", "198.19.0.0/16", "10.9.0.0/16"):
        assert code(refused) == "InvalidVpc.Range"
    assert error_of(vpc.ec2.associate_vpc_cidr_block, VpcId=vpc.id).code == "MissingParameter"
    for i in range(2, 6):
        vpc.ec2.associate_vpc_cidr_block(VpcId=vpc.id, CidrBlock=f"10.{i}.0.0/16")
    refused = error_of(vpc.ec2.associate_vpc_cidr_block, VpcId=vpc.id, CidrBlock="10.6.0.0/16")
    assert (refused.code, refused.message) == (
        "CidrLimitExceeded", f"This network '{vpc.id}' has met its maximum number of allowed CIDRs: 5")


def ipv6_vpc(vpc):
    """Adds an IPv6 block to the VPC; its first four groups without the two last digits."""
    block = vpc.ec2.associate_vpc_cidr_block(VpcId=vpc.id, AmazonProvidedIpv6CidrBlock=True)["Ipv6CidrBlockAssociation"]
    assert block["Ipv6CidrBlock"].endswith("::/56")
    return described(vpc)["Ipv6CidrBlockAssociationSet"][0]


def subnet_block(block, number):
    import ipaddress
    return str(list(ipaddress.ip_network(block).subnets(new_prefix=64))[number])


def test_ipv6(vpc):
    group = vpc.group("before")
    block = ipv6_vpc(vpc)
    assert block["Ipv6CidrBlockState"]["State"] == "associated" and block["Ipv6Pool"] == "Amazon"
    # What AWS had opened to everywhere is open by IPv6, too.
    [acl] = vpc.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["NetworkAcls"]
    assert {entry.get("Ipv6CidrBlock") for entry in acl["Entries"] if entry["RuleNumber"] == 101} == {"::/0"}
    for each in (group, vpc.group("after")):
        [shown] = vpc.ec2.describe_security_groups(GroupIds=[each])["SecurityGroups"]
        assert shown["IpPermissionsEgress"][0]["Ipv6Ranges"] == [{"CidrIpv6": "::/0"}]

    first, second = subnet_block(block["Ipv6CidrBlock"], 0), subnet_block(block["Ipv6CidrBlock"], 1)
    subnet = vpc.ec2.create_subnet(VpcId=vpc.id, CidrBlock="10.0.0.0/24", Ipv6CidrBlock=first)["Subnet"]["SubnetId"]
    other = vpc.subnet("10.0.1.0/24")
    assert error_of(vpc.ec2.associate_subnet_cidr_block, SubnetId=other, Ipv6CidrBlock=first).code == (
        "InvalidSubnet.Conflict")
    assert error_of(vpc.ec2.associate_subnet_cidr_block, SubnetId=other, Ipv6CidrBlock="2001:db9::/64").code == (
        "InvalidSubnet.Range")
    assert error_of(vpc.ec2.modify_subnet_attribute, SubnetId=other,
                    AssignIpv6AddressOnCreation={"Value": True}).code == "InvalidParameterValue"
    association = vpc.ec2.associate_subnet_cidr_block(SubnetId=other, Ipv6CidrBlock=second)["Ipv6CidrBlockAssociation"]
    vpc.ec2.modify_subnet_attribute(SubnetId=other, AssignIpv6AddressOnCreation={"Value": True})
    interface = vpc.interface(other)
    [address] = interface["Ipv6Addresses"]
    assert error_of(vpc.ec2.disassociate_subnet_cidr_block, AssociationId=association["AssociationId"]).code == (
        "InvalidSubnet.InUse")
    assert error_of(vpc.ec2.disassociate_vpc_cidr_block, AssociationId=block["AssociationId"]).code == (
        "InvalidCidrBlock.InUse")
    interface = interface["NetworkInterfaceId"]
    assigned = vpc.ec2.assign_ipv6_addresses(NetworkInterfaceId=interface, Ipv6AddressCount=1)["AssignedIpv6Addresses"]
    taken = error_of(vpc.ec2.assign_ipv6_addresses, NetworkInterfaceId=interface, Ipv6Addresses=assigned)
    assert taken.code == "InvalidIPAddress.InUse"
    [shown] = vpc.ec2.describe_network_interfaces(Filters=[
        {"Name": "ipv6-addresses.ipv6-address", "Values": assigned}])["NetworkInterfaces"]
    assert len(shown["Ipv6Addresses"]) == 2
    gone = vpc.ec2.unassign_ipv6_addresses(NetworkInterfaceId=interface,
                                           Ipv6Addresses=[address["Ipv6Address"], *assigned])
    assert len(gone["UnassignedIpv6Addresses"]) == 2
    assert error_of(vpc.ec2.unassign_ipv6_addresses, NetworkInterfaceId=interface,
                    Ipv6Addresses=assigned).code == "InvalidParameterValue"
    vpc.ec2.disassociate_subnet_cidr_block(AssociationId=association["AssociationId"])
    assert error_of(vpc.ec2.disassociate_subnet_cidr_block, AssociationId=association["AssociationId"]).code == (
        "InvalidSubnetCidrBlockAssociationID.NotFound")
    assert error_of(vpc.ec2.assign_ipv6_addresses, NetworkInterfaceId=interface,
                    Ipv6AddressCount=1).code == "InvalidParameterValue"
    [table] = vpc.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["RouteTables"]
    assert {"DestinationIpv6CidrBlock": block["Ipv6CidrBlock"], "GatewayId": "local", "Origin": "CreateRouteTable",
            "State": "active"} in table["Routes"]
    # An instance in the subnet has an address as asked.
    launched = vpc.ec2.run_instances(ImageId="ami-0d7dc0000000a2023", InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                     SubnetId=subnet, Ipv6AddressCount=1)["Instances"][0]
    assert launched["NetworkInterfaces"][0]["Ipv6Addresses"]


def test_reserved_blocks(vpc):
    if not hasattr(vpc.ec2, "create_subnet_cidr_reservation"):
        pytest.skip("this botocore does not know the operation")
    subnet = vpc.subnet("10.0.0.0/24")
    made = vpc.ec2.create_subnet_cidr_reservation(SubnetId=subnet, Cidr="10.0.0.0/28", ReservationType="explicit")
    reservation = made["SubnetCidrReservation"]["SubnetCidrReservationId"]
    assert vpc.interface(subnet)["PrivateIpAddress"] == "10.0.0.16"
    assert vpc.interface(subnet, PrivateIpAddress="10.0.0.4")["PrivateIpAddress"] == "10.0.0.4"
    for cidr in ("10.0.0.8/30", "10.0.1.0/28", "ten"):
        assert error_of(vpc.ec2.create_subnet_cidr_reservation, SubnetId=subnet, Cidr=cidr,
                        ReservationType="explicit").code == "InvalidParameterValue"
    [shown] = vpc.ec2.get_subnet_cidr_reservations(SubnetId=subnet)["SubnetIpv4CidrReservations"]
    assert (shown["Cidr"], shown["ReservationType"]) == ("10.0.0.0/28", "explicit")
    vpc.ec2.delete_subnet_cidr_reservation(SubnetCidrReservationId=reservation)
    assert error_of(vpc.ec2.delete_subnet_cidr_reservation, SubnetCidrReservationId=reservation).code == (
        "InvalidSubnetCidrReservationID.NotFound")
    assert vpc.interface(subnet)["PrivateIpAddress"] == "10.0.0.5"


def test_tenancy(vpc):
    made = vpc.ec2.create_vpc(CidrBlock="10.5.0.0/16", InstanceTenancy="dedicated")["Vpc"]["VpcId"]
    assert vpc.ec2.modify_vpc_tenancy(VpcId=made, InstanceTenancy="default")["ReturnValue"] is True
    assert vpc.ec2.describe_vpcs(VpcIds=[made])["Vpcs"][0]["InstanceTenancy"] == "default"
    assert error_of(vpc.ec2.modify_vpc_tenancy, VpcId=made, InstanceTenancy="default").code == "InvalidTenancy"
    assert error_of(vpc.ec2.modify_vpc_tenancy, VpcId="vpc-0123456789abcdef0",
                    InstanceTenancy="default").code == "InvalidVpcID.NotFound"
