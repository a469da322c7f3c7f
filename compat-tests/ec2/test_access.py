"""What policies are asked about instances and what hangs on them. Service Authorization Reference, "Amazon EC2"."""
from conftest import error_of, eventually
from ec2.test_instances import IMAGE
from iam.caller import role, session


def allow(*actions, resource="*", **condition):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource,
            **({"Condition": condition} if condition else {})}


def arn(aws, kind, name):
    return f"arn:aws:ec2:{aws.region}:{aws.account}:{kind}/{name}"


def test_a_launch_is_asked_about_all_it_touches(aws, vpc):
    """The guide's example: only instances of one type, and only in one subnet."""
    subnet, other = vpc.subnet(), vpc.subnet("10.0.1.0/24")
    group = vpc.group()
    launcher = session(aws, role(
        aws, allow("ec2:RunInstances", resource=[arn(aws, "subnet", subnet), f"arn:aws:ec2:{aws.region}::image/ami-*",
                                                 *(arn(aws, kind, "*") for kind in (
                                                     "network-interface", "volume", "security-group"))]),
        allow("ec2:RunInstances", resource=arn(aws, "instance", "*"),
              StringEquals={"ec2:InstanceType": "t3.micro"}), name="launcher")).client("ec2")

    def launch(subnet=subnet, **more):
        return launcher.run_instances(**{"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
                                         "SubnetId": subnet, "SecurityGroupIds": [group], **more})

    def refused(**more):
        error = error_of(launch, **more)
        assert error.code == "UnauthorizedOperation" and "ec2:RunInstances" in error.message
        return error.message
    assert launch()["Instances"]
    assert arn(aws, "subnet", other) in refused(subnet=other)
    assert arn(aws, "instance", "*") in refused(InstanceType="t3.small")
    assert "ec2:CreateTags" in error_of(launch, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "k", "Value": "v"}]}]).message


def test_what_is_done_to_one_instance_is_asked_about_it(aws, vpc):
    subnet = vpc.subnet()
    vpc.internet_gateway()
    vpc.nat = vpc.nat_gateway(subnet)
    mine, other = [i["InstanceId"] for i in vpc.ec2.run_instances(
        ImageId=IMAGE, InstanceType="t3.micro", MinCount=2, MaxCount=2, SubnetId=subnet)["Instances"]]
    eventually(lambda: all(i["State"]["Name"] == "running" for r in vpc.ec2.describe_instances(
        InstanceIds=[mine, other])["Reservations"] for i in r["Instances"]))
    interface, foreign = (vpc.interface(subnet)["NetworkInterfaceId"] for _ in range(2))
    second = vpc.ec2.associate_vpc_cidr_block(VpcId=vpc.id, CidrBlock="10.7.0.0/16")["CidrBlockAssociation"][
        "AssociationId"]
    keeper = session(aws, role(
        aws, allow("ec2:*", resource=[arn(aws, "instance", mine), arn(aws, "network-interface", interface),
                                      arn(aws, "subnet", subnet)]), name="keeper")).client("ec2")

    def refused(call, **parameters):
        error = error_of(call, **parameters)
        assert error.code == "UnauthorizedOperation", error
        return error.message
    keeper.reboot_instances(InstanceIds=[mine])
    assert arn(aws, "instance", other) in refused(keeper.stop_instances, InstanceIds=[mine, other])
    attachment = keeper.attach_network_interface(InstanceId=mine, NetworkInterfaceId=interface, DeviceIndex=1)[
        "AttachmentId"]
    assert arn(aws, "network-interface", foreign) in refused(
        keeper.attach_network_interface, InstanceId=mine, NetworkInterfaceId=foreign, DeviceIndex=1)
    keeper.assign_private_ip_addresses(NetworkInterfaceId=interface, SecondaryPrivateIpAddressCount=1)
    keeper.reset_network_interface_attribute(NetworkInterfaceId=interface, SourceDestCheck="true")
    refused(keeper.assign_private_ip_addresses, NetworkInterfaceId=foreign, SecondaryPrivateIpAddressCount=1)
    keeper.detach_network_interface(AttachmentId=attachment)
    [foreign_attachment] = [i["Attachment"]["AttachmentId"] for i in vpc.ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [other]}])["NetworkInterfaces"]]
    assert arn(aws, "instance", other) in refused(keeper.detach_network_interface, AttachmentId=foreign_attachment)
    keeper.modify_instance_attribute(InstanceId=mine, DisableApiTermination={"Value": False})
    refused(keeper.modify_instance_attribute, InstanceId=other, DisableApiTermination={"Value": False})
    keeper.create_subnet_cidr_reservation(SubnetId=subnet, Cidr="10.0.0.128/28", ReservationType="explicit")
    assert arn(aws, "vpc", vpc.id) in refused(keeper.disassociate_vpc_cidr_block, AssociationId=second)
    assert arn(aws, "natgateway", vpc.nat) in refused(
        keeper.assign_private_nat_gateway_address, NatGatewayId=vpc.nat, PrivateIpAddressCount=1) if hasattr(
        keeper, "assign_private_nat_gateway_address") else True
    keeper.terminate_instances(InstanceIds=[mine])
    refused(keeper.terminate_instances, InstanceIds=[other])
