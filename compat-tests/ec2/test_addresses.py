"""Addresses that come and go: secondary ones, attachments, those of NAT gateways, names. EC2 API Reference."""
import pytest

from conftest import error_of, eventually

IMAGE = "ami-0d7dc0000000a2023"


def private_addresses(vpc, interface):
    [shown] = vpc.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
    return [each["PrivateIpAddress"] for each in shown["PrivateIpAddresses"]]


def test_secondary_private_addresses(vpc):
    subnet = vpc.subnet()
    one, other = (vpc.interface(subnet)["NetworkInterfaceId"] for _ in range(2))
    assigned = vpc.ec2.assign_private_ip_addresses(NetworkInterfaceId=one, SecondaryPrivateIpAddressCount=2)
    assert [each["PrivateIpAddress"] for each in assigned["AssignedPrivateIpAddresses"]] == ["10.0.0.6", "10.0.0.7"]
    refused = error_of(vpc.ec2.assign_private_ip_addresses, NetworkInterfaceId=other,
                       PrivateIpAddresses=["10.0.0.6", "10.0.0.9"])
    assert refused.message == "[10.0.0.6] are assigned, but move is not allowed."
    assert private_addresses(vpc, other) == ["10.0.0.5"]  # the good one of the two was not taken either
    vpc.ec2.assign_private_ip_addresses(NetworkInterfaceId=other, PrivateIpAddresses=["10.0.0.6"],
                                        AllowReassignment=True)
    assert private_addresses(vpc, one) == ["10.0.0.4", "10.0.0.7"]
    assert private_addresses(vpc, other) == ["10.0.0.5", "10.0.0.6"]
    vpc.ec2.unassign_private_ip_addresses(NetworkInterfaceId=other, PrivateIpAddresses=["10.0.0.6"])
    for address in ("10.0.0.6", "10.0.0.5"):  # no longer its own, and its primary one
        assert error_of(vpc.ec2.unassign_private_ip_addresses, NetworkInterfaceId=other,
                        PrivateIpAddresses=[address]).code == "InvalidParameterValue"
    assert error_of(vpc.ec2.assign_private_ip_addresses, NetworkInterfaceId=one).code == "MissingParameter"
    assert error_of(vpc.ec2.assign_private_ip_addresses, NetworkInterfaceId="eni-0123456789abcdef0",
                    SecondaryPrivateIpAddressCount=1).code == "InvalidNetworkInterfaceID.NotFound"


def test_attachments(aws, vpc):
    subnet = vpc.subnet(AvailabilityZone=aws.region + "a")
    elsewhere = vpc.subnet("10.0.1.0/24", AvailabilityZone=aws.region + "b")
    instance = vpc.ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                     SubnetId=subnet)["Instances"][0]
    primary, instance = instance["NetworkInterfaces"][0]["Attachment"]["AttachmentId"], instance["InstanceId"]
    vpc.ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    extra, third, far = (vpc.interface(each)["NetworkInterfaceId"] for each in (subnet, subnet, elsewhere))

    def attach(interface, index=1):
        return {"NetworkInterfaceId": interface, "InstanceId": instance, "DeviceIndex": index}
    assert error_of(vpc.ec2.attach_network_interface, **attach(extra, 0)).message == (
        f"Instance '{instance}' already has an interface attached at device index '0'.")
    assert error_of(vpc.ec2.attach_network_interface, **attach(far)).code == "InvalidParameterCombination"
    attachment = vpc.ec2.attach_network_interface(**attach(extra))["AttachmentId"]
    assert error_of(vpc.ec2.attach_network_interface, **attach(extra)).code == "InvalidNetworkInterface.InUse"
    assert error_of(vpc.ec2.attach_network_interface, **attach(third, 2)).code == "AttachmentLimitExceeded"
    shown = vpc.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert [each["Attachment"]["DeviceIndex"] for each in shown["NetworkInterfaces"]] == [0, 1]
    assert error_of(vpc.ec2.assign_private_ip_addresses, NetworkInterfaceId=extra,
                    SecondaryPrivateIpAddressCount=2).code == "PrivateIpAddressLimitExceeded"  # two are a t3.micro's limit
    assert error_of(vpc.ec2.detach_network_interface, AttachmentId=primary).message == (
        "The network interface at device index 0 cannot be detached.")
    vpc.ec2.detach_network_interface(AttachmentId=attachment)
    assert error_of(vpc.ec2.detach_network_interface, AttachmentId=attachment).code == "InvalidAttachmentID.NotFound"
    vpc.ec2.modify_network_interface_attribute(NetworkInterfaceId=extra, SourceDestCheck={"Value": False})
    vpc.ec2.reset_network_interface_attribute(NetworkInterfaceId=extra, SourceDestCheck="true")
    [shown] = vpc.ec2.describe_network_interfaces(NetworkInterfaceIds=[extra])["NetworkInterfaces"]
    assert shown["Status"] == "available" and shown["SourceDestCheck"] is True


def test_what_a_service_manages(vpc):
    subnet = vpc.subnet()
    vpc.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    interface = eventually(lambda: vpc.ec2.describe_network_interfaces(
        Filters=[{"Name": "interface-type", "Values": ["nat_gateway"]}])["NetworkInterfaces"])[0]
    assert error_of(vpc.ec2.detach_network_interface, AttachmentId=interface["Attachment"]["AttachmentId"]).message == (
        "You are not allowed to manage 'ela-attach' attachments.")
    for call, more in ((vpc.ec2.assign_private_ip_addresses, {"SecondaryPrivateIpAddressCount": 1}),
                       (vpc.ec2.reset_network_interface_attribute, {"SourceDestCheck": "true"})):
        assert error_of(call, NetworkInterfaceId=interface["NetworkInterfaceId"], **more).code == "AuthFailure"


def test_private_nat_gateways_have_more_addresses(vpc):
    if not hasattr(vpc.ec2, "assign_private_nat_gateway_address"):
        pytest.skip("this botocore does not know the operation")
    subnet = vpc.subnet()
    made = vpc.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private", PrivateIpAddress="10.0.0.10",
                                      SecondaryPrivateIpAddressCount=1)
    nat = made["NatGateway"]["NatGatewayId"]
    vpc.wait_for_nat_gateway(nat, "available")
    answer = vpc.ec2.assign_private_nat_gateway_address(NatGatewayId=nat, PrivateIpAddresses=["10.0.0.20"])
    assert answer["NatGatewayAddresses"][0]["Status"] == "assigning"
    [shown] = vpc.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    addresses = [(each["PrivateIp"], each["IsPrimary"]) for each in shown["NatGatewayAddresses"]]
    assert addresses == [("10.0.0.10", True), ("10.0.0.4", False), ("10.0.0.20", False)]
    interface = shown["NatGatewayAddresses"][0]["NetworkInterfaceId"]
    assert private_addresses(vpc, interface) == ["10.0.0.10", "10.0.0.4", "10.0.0.20"]
    for address in ("10.0.0.10", "10.0.0.99"):
        assert error_of(vpc.ec2.unassign_private_nat_gateway_address, NatGatewayId=nat,
                        PrivateIpAddresses=[address]).code == "InvalidParameterValue"
    vpc.ec2.unassign_private_nat_gateway_address(NatGatewayId=nat, PrivateIpAddresses=["10.0.0.4"])
    assert private_addresses(vpc, interface) == ["10.0.0.10", "10.0.0.20"]
    assert error_of(vpc.ec2.assign_private_nat_gateway_address, NatGatewayId=nat,
                    PrivateIpAddressCount=7).code == "NatGatewayLimitExceeded"
    assert error_of(vpc.ec2.associate_nat_gateway_address, NatGatewayId=nat,
                    AllocationIds=["eipalloc-0123456789abcdef0"]).code == "InvalidParameterCombination"


def test_public_nat_gateways_have_two_elastic_ips(vpc):
    if not hasattr(vpc.ec2, "associate_nat_gateway_address"):
        pytest.skip("this botocore does not know the operation")
    vpc.internet_gateway()
    nat, second, third = vpc.nat_gateway(), vpc.elastic_ip(), vpc.elastic_ip()
    vpc.ec2.associate_nat_gateway_address(NatGatewayId=nat, AllocationIds=[second])
    assert error_of(vpc.ec2.associate_nat_gateway_address, NatGatewayId=nat,
                    AllocationIds=[third]).code == "NatGatewayLimitExceeded"
    assert error_of(vpc.ec2.release_address, AllocationId=second).code == "AuthFailure"
    [shown] = vpc.ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
    first, extra = shown["NatGatewayAddresses"]
    assert error_of(vpc.ec2.disassociate_nat_gateway_address, NatGatewayId=nat,
                    AssociationIds=[first["AssociationId"]]).code == "InvalidParameterValue"
    assert error_of(vpc.ec2.disassociate_nat_gateway_address, NatGatewayId=nat,
                    AssociationIds=["eipassoc-0123456789abcdef0"]).code == "InvalidAssociationID.NotFound"
    assert error_of(vpc.ec2.associate_nat_gateway_address, NatGatewayId=nat,
                    AllocationIds=[second]).code == "Resource.AlreadyAssociated"
    assert error_of(vpc.ec2.associate_nat_gateway_address, NatGatewayId=nat, AllocationIds=[third],
                    PrivateIpAddresses=["10.0.200.8", "10.0.200.9"]).code == "InvalidParameterCombination"
    vpc.ec2.disassociate_nat_gateway_address(NatGatewayId=nat, AssociationIds=[extra["AssociationId"]])
    vpc.ec2.release_address(AllocationId=second)


def test_names_of_elastic_ips(vpc):
    allocation = vpc.elastic_ip()
    changed = vpc.ec2.modify_address_attribute(AllocationId=allocation, DomainName="www.example.com")["Address"]
    assert changed["PtrRecord"] == "www.example.com."
    [shown] = vpc.ec2.describe_addresses_attribute(AllocationIds=[allocation], Attribute="domain-name")["Addresses"]
    assert shown["PtrRecord"] == "www.example.com."
    assert error_of(vpc.ec2.modify_address_attribute, AllocationId=allocation,
                    DomainName="not a name").code == "InvalidParameterValue"
    assert "PtrRecord" not in vpc.ec2.reset_address_attribute(AllocationId=allocation,
                                                              Attribute="domain-name")["Address"]
    assert error_of(vpc.ec2.reset_address_attribute, AllocationId="eipalloc-0123456789abcdef0",
                    Attribute="domain-name").code == "InvalidAllocationID.NotFound"
