"""Network interfaces. EC2 API Reference; aws-facts B.1, B.5."""
from conftest import error_of


def test_an_interface_as_it_is_created_and_described(aws, vpc):
    subnet = vpc.subnet("10.0.8.0/24")
    created = vpc.interface(subnet, Description="my network interface")
    assert created["Status"] == "pending" and created["PrivateIpAddress"] == "10.0.8.4"
    assert created["RequesterManaged"] is False and created["SourceDestCheck"] is True
    assert [group["GroupName"] for group in created["Groups"]] == ["default"]
    vpc.ec2.get_waiter("network_interface_available").wait(
        NetworkInterfaceIds=[created["NetworkInterfaceId"]], WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    [shown] = vpc.ec2.describe_network_interfaces(
        NetworkInterfaceIds=[created["NetworkInterfaceId"]])["NetworkInterfaces"]
    assert shown["Status"] == "available" and shown["InterfaceType"] == "interface"
    assert shown["TagSet"] == [] and shown["Ipv6Addresses"] == [] and "Attachment" not in shown
    assert shown["MacAddress"].count(":") == 5 and shown["OwnerId"] == aws.account
    assert "PrivateDnsName" not in shown  # the VPC has no DNS hostnames
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": True})
    [shown] = vpc.ec2.describe_network_interfaces(
        Filters=[{"Name": "private-ip-address", "Values": ["10.0.8.4"]}])["NetworkInterfaces"]
    assert shown["PrivateDnsName"] == f"ip-10-0-8-4.{aws.region}.compute.internal"


def test_addresses(vpc):
    subnet = vpc.subnet("10.0.0.0/28")
    assert vpc.interface(subnet, PrivateIpAddress="10.0.0.9")["PrivateIpAddress"] == "10.0.0.9"
    refused = error_of(vpc.ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress="10.0.0.9")
    assert (refused.code, refused.message) == ("InvalidIPAddress.InUse", "Address 10.0.0.9 is in use.")
    for outside in ("10.0.0.1", "10.0.0.15", "10.0.1.5", "192.0.2.1"):
        refused = error_of(vpc.ec2.create_network_interface, SubnetId=subnet, PrivateIpAddress=outside)
        assert refused.message == "Address does not fall within the subnet's address range"
    assert error_of(vpc.ec2.create_network_interface, SubnetId=subnet,
                    PrivateIpAddress="ten").code == "InvalidParameterValue"
    several = vpc.interface(subnet, PrivateIpAddresses=[
        {"PrivateIpAddress": "10.0.0.10", "Primary": True}, {"PrivateIpAddress": "10.0.0.11", "Primary": False}])
    assert several["PrivateIpAddress"] == "10.0.0.10" and len(several["PrivateIpAddresses"]) == 2
    for _ in range(8):
        vpc.interface(subnet)
    refused = error_of(vpc.ec2.create_network_interface, SubnetId=subnet)
    assert refused.code == "InsufficientFreeAddressesInSubnet"
    assert refused.message == "The specified subnet does not have enough free addresses to satisfy the request."


def test_five_groups_an_interface(vpc):
    subnet = vpc.subnet()
    groups = [vpc.group(f"group-{i}") for i in range(6)]
    assert error_of(vpc.ec2.create_network_interface, SubnetId=subnet,
                    Groups=groups).code == "SecurityGroupsPerInterfaceLimitExceeded"
    interface = vpc.interface(subnet, Groups=groups[:5])
    assert [group["GroupId"] for group in interface["Groups"]] == groups[:5]


def test_attributes(vpc):
    interface = vpc.interface(vpc.subnet())["NetworkInterfaceId"]
    group = vpc.group()

    def shown(attribute):
        return vpc.ec2.describe_network_interface_attribute(NetworkInterfaceId=interface, Attribute=attribute)

    def modify(**change):
        vpc.ec2.modify_network_interface_attribute(NetworkInterfaceId=interface, **change)

    modify(Description={"Value": "renamed"})
    assert shown("description")["Description"] == {"Value": "renamed"}
    modify(SourceDestCheck={"Value": False})
    assert shown("sourceDestCheck")["SourceDestCheck"] == {"Value": False}
    modify(Groups=[group])
    assert [each["GroupId"] for each in shown("groupSet")["Groups"]] == [group]
    assert error_of(modify, Description={"Value": "x"}, SourceDestCheck={"Value": True}).code == (
        "InvalidParameterCombination")
    assert error_of(modify).code == "MissingParameter"
    assert error_of(modify, Groups=["sg-0123456789abcdef0"]).code == "InvalidGroup.NotFound"


def test_what_a_nat_gateway_owns_is_not_the_accounts_to_change(vpc):
    vpc.internet_gateway()
    nat = vpc.nat_gateway()
    [interface] = vpc.ec2.describe_network_interfaces(
        Filters=[{"Name": "interface-type", "Values": ["nat_gateway"]}])["NetworkInterfaces"]
    assert interface["Description"] == f"Interface for NAT Gateway {nat}"
    assert interface["RequesterManaged"] is True and interface["Status"] == "in-use"
    assert interface["Groups"] == [] and interface["RequesterId"] != vpc.aws.account
    # As recorded of several accounts, 2019 to 2023.
    attachment = interface["Attachment"]
    assert attachment.pop("AttachmentId").startswith("ela-attach-")
    assert attachment == {"DeleteOnTermination": False, "DeviceIndex": 1, "InstanceOwnerId": "amazon-aws",
                          "Status": "attached"}
    name = {"NetworkInterfaceId": interface["NetworkInterfaceId"]}
    refused = error_of(vpc.ec2.delete_network_interface, **name)
    assert refused.message == f"Network interface '{interface['NetworkInterfaceId']}' is currently in use."
    assert error_of(vpc.ec2.modify_network_interface_attribute, SourceDestCheck={"Value": True},
                    **name).code == "AuthFailure"


def test_ids(ec2):
    assert error_of(ec2.describe_network_interfaces,
                    NetworkInterfaceIds=["eni-0123456789abcdef0"]).code == "InvalidNetworkInterfaceID.NotFound"
    assert error_of(ec2.delete_network_interface,
                    NetworkInterfaceId="eni-x").code == "InvalidNetworkInterfaceId.Malformed"
    assert error_of(ec2.create_network_interface,
                    SubnetId="subnet-0123456789abcdef0").code == "InvalidSubnetID.NotFound"
