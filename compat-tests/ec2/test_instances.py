"""Instances: a network interface with a life. EC2 API Reference; EC2 User Guide, "Amazon EC2 instance state changes"."""
from conftest import error_of, eventually

IMAGE = "ami-0d7dc0000000a2023"
ABSENT = "i-0123456789abcdef0"
QUICK = {"Delay": 1, "MaxAttempts": 20}


def launch(vpc, subnet, **more):
    return vpc.ec2.run_instances(**{"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1,
                                    "SubnetId": subnet, **more})


def instance_in(vpc, subnet, **more):
    """A running one's id."""
    instance = launch(vpc, subnet, **more)["Instances"][0]["InstanceId"]
    eventually(lambda: described(vpc, instance)["State"]["Name"] == "running")
    return instance


def described(vpc, instance):
    return vpc.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]


def test_a_life(aws, vpc):
    subnet, group = vpc.subnet(), vpc.group("db")
    answer = launch(vpc, subnet, SecurityGroupIds=[group], PrivateIpAddress="10.0.0.20", TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "db"}]},
        {"ResourceType": "network-interface", "Tags": [{"Key": "Name", "Value": "db-eni"}]}])
    [launched] = answer["Instances"]
    instance = launched["InstanceId"]
    assert answer["OwnerId"] == aws.account and answer["ReservationId"].startswith("r-")
    assert launched["State"] == {"Code": 0, "Name": "pending"} and launched["PrivateIpAddress"] == "10.0.0.20"
    assert launched["VpcId"] == vpc.id and launched["Tags"] == [{"Key": "Name", "Value": "db"}]
    vpc.ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig=QUICK)
    vpc.ec2.get_waiter("instance_status_ok").wait(InstanceIds=[instance], WaiterConfig=QUICK)
    [reservation] = vpc.ec2.describe_instances(Filters=[
        {"Name": "tag:Name", "Values": ["d?"]}, {"Name": "instance-state-name", "Values": ["running"]},
        {"Name": "network-interface.group-id", "Values": [group]}])["Reservations"]
    [shown] = reservation["Instances"]
    assert shown["InstanceId"] == instance and "PublicIpAddress" not in shown
    [interface] = vpc.ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["NetworkInterfaces"]
    assert interface["Status"] == "in-use" and interface["Attachment"]["DeviceIndex"] == 0
    assert interface["Attachment"]["DeleteOnTermination"] is True
    assert interface["TagSet"] == [{"Key": "Name", "Value": "db-eni"}]
    assert error_of(vpc.ec2.delete_network_interface,
                    NetworkInterfaceId=interface["NetworkInterfaceId"]).code == "InvalidParameterValue"
    assert error_of(vpc.ec2.delete_subnet, SubnetId=subnet).code == "DependencyViolation"

    vpc.ec2.reboot_instances(InstanceIds=[instance])
    [change] = vpc.ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"]
    assert (change["PreviousState"]["Name"], change["CurrentState"]["Name"]) == ("running", "stopping")
    vpc.ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], WaiterConfig=QUICK)
    assert described(vpc, instance)["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert described(vpc, instance)["PrivateIpAddress"] == "10.0.0.20"
    assert error_of(vpc.ec2.reboot_instances, InstanceIds=[instance]).code == "IncorrectInstanceState"
    assert vpc.ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"] == []
    vpc.ec2.start_instances(InstanceIds=[instance])
    vpc.ec2.terminate_instances(InstanceIds=[instance])
    vpc.ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance], WaiterConfig=QUICK)
    vpc.ec2.terminate_instances(InstanceIds=[instance])  # once more is no error
    shown = described(vpc, instance)
    assert shown["NetworkInterfaces"] == [] and "PrivateIpAddress" not in shown
    refused = error_of(vpc.ec2.start_instances, InstanceIds=[instance])
    assert refused.message == f"The instance '{instance}' is not in a state from which it can be started."
    vpc.ec2.delete_subnet(SubnetId=subnet)


def test_the_cli_launches_too(aws, vpc):
    subnet = vpc.subnet()
    launched = aws.cli("ec2", "run-instances", "--image-id", IMAGE, "--instance-type", "t2.micro",
                       "--subnet-id", subnet)["Instances"][0]
    aws.cli("ec2", "wait", "instance-running", "--instance-ids", launched["InstanceId"])
    done = aws.cli("ec2", "run-instances", "--image-id", IMAGE, "--subnet-id", subnet, "--dry-run", check=False)
    assert "DryRunOperation" in done.stderr


def test_credit_options(vpc):
    """EC2 User Guide, "Burstable performance instances": T2 is standard, T3 is unlimited, others have none."""
    subnet = vpc.subnet()
    t2, t3, m5 = (launch(vpc, subnet, InstanceType=name)["Instances"][0]["InstanceId"]
                  for name in ("t2.micro", "t3.micro", "m5.large"))

    def shown(**more):
        return {each["InstanceId"]: each["CpuCredits"] for each in vpc.ec2.describe_instance_credit_specifications(
            **more)["InstanceCreditSpecifications"]}
    assert shown(InstanceIds=[t2, t3]) == {t2: "standard", t3: "unlimited"}
    assert shown() == {t3: "unlimited"} and shown(Filters=[{"Name": "instance-id", "Values": [t2]}]) == {}
    ask = vpc.ec2.describe_instance_credit_specifications
    assert error_of(ask, InstanceIds=[m5]).code == "InstanceCreditSpecification.NotSupported"
    assert error_of(ask, InstanceIds=[ABSENT]).code == "InvalidInstanceID.NotFound"
    assert error_of(ask, InstanceIds=[t2], MaxResults=5).code == "InvalidParameterCombination"


def test_public_addresses(vpc):
    vpc.internet_gateway()
    subnet = vpc.subnet()
    assert "PublicIpAddress" not in described(vpc, instance_in(vpc, subnet))
    vpc.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": True})
    instance = instance_in(vpc, subnet)
    first = described(vpc, instance)["PublicIpAddress"]
    assert described(vpc, instance)["PublicDnsName"].startswith("ec2-" + first.replace(".", "-"))
    [bare] = vpc.ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, NetworkInterfaces=[
        {"DeviceIndex": 0, "SubnetId": subnet, "AssociatePublicIpAddress": False}])["Instances"]
    assert "PublicIpAddress" not in bare
    # An Elastic IP takes the place of the address; when it goes there is a new one.
    allocation = vpc.elastic_ip()
    association = vpc.ec2.associate_address(AllocationId=allocation, InstanceId=instance)["AssociationId"]
    [elastic] = vpc.ec2.describe_addresses(Filters=[{"Name": "instance-id", "Values": [instance]}])["Addresses"]
    assert described(vpc, instance)["PublicIpAddress"] == elastic["PublicIp"]
    vpc.ec2.stop_instances(InstanceIds=[instance])
    eventually(lambda: described(vpc, instance)["State"]["Name"] == "stopped")
    assert described(vpc, instance)["PublicIpAddress"] == elastic["PublicIp"]
    vpc.ec2.start_instances(InstanceIds=[instance])
    eventually(lambda: described(vpc, instance)["State"]["Name"] == "running")
    vpc.ec2.disassociate_address(AssociationId=association)
    assert described(vpc, instance)["PublicIpAddress"] not in (first, elastic["PublicIp"])
    vpc.ec2.stop_instances(InstanceIds=[instance])
    assert "PublicIpAddress" not in described(vpc, instance)


def test_interfaces_of_a_launch(vpc):
    subnet = vpc.subnet()
    own = vpc.interface(subnet)["NetworkInterfaceId"]
    launched = vpc.ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, NetworkInterfaces=[
        {"DeviceIndex": 0, "NetworkInterfaceId": own},
        {"DeviceIndex": 1, "SubnetId": subnet, "SecondaryPrivateIpAddressCount": 1}])["Instances"][0]
    assert len(launched["NetworkInterfaces"]) == 2 and launched["PrivateIpAddress"] == "10.0.0.4"
    assert error_of(launch, vpc=vpc, subnet=None, SubnetId=subnet, NetworkInterfaces=[
        {"DeviceIndex": 0}]).code == "InvalidParameterCombination"

    def refused(*interfaces):
        return error_of(vpc.ec2.run_instances, ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                        NetworkInterfaces=[{"DeviceIndex": i, "SubnetId": subnet, **interface}
                                           for i, interface in enumerate(interfaces)])
    assert refused({"AssociatePublicIpAddress": True}, {}).message == (
        "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.")
    assert refused({}, {}, {}).message == "Interface count 3 exceeds the limit for t3.micro"
    assert refused({"SecondaryPrivateIpAddressCount": 2}).code == "PrivateIpAddressLimitExceeded"
    assert refused({}, {"DeviceIndex": 0}).message == "Each network interface requires a unique device index."
    assert error_of(vpc.ec2.run_instances, ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                    NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": own}]).code == (
                        "InvalidNetworkInterface.InUse")
    refused = error_of(vpc.ec2.modify_instance_attribute, InstanceId=launched["InstanceId"],
                       SourceDestCheck={"Value": False})
    assert refused.code == "InvalidInstanceID" and refused.message.startswith("There are multiple interfaces attached")

    vpc.ec2.terminate_instances(InstanceIds=[launched["InstanceId"]])
    eventually(lambda: described(vpc, launched["InstanceId"])["State"]["Name"] == "terminated")
    [left] = vpc.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert (left["NetworkInterfaceId"], left["Status"]) == (own, "available")


def test_what_is_refused(vpc):
    subnet = vpc.subnet()

    def refused(**parameters):
        return error_of(launch, vpc=vpc, subnet=subnet, **parameters)
    missing = refused(ImageId="ami-0123456789abcdef0")
    assert (missing.code, missing.message) == (
        "InvalidAMIID.NotFound", "The image id '[ami-0123456789abcdef0]' does not exist")
    assert refused(ImageId="ami-x").code == "InvalidAMIID.Malformed"
    assert refused(InstanceType="t9.mega").code == "UnsupportedOperation"  # Drydock knows some of AWS's types only
    assert refused(InstanceType="t4g.micro").message.startswith("The architecture 'arm64' of the specified instance")
    assert refused(SubnetId="subnet-0123456789abcdef0").code == "InvalidSubnetID.NotFound"
    assert refused(SecurityGroupIds=["sg-0123456789abcdef0"]).code == "InvalidGroup.NotFound"
    assert refused(PrivateIpAddress="10.1.0.4").code == "InvalidParameterValue"
    assert refused(PrivateIpAddress="10.0.0.9", MaxCount=2).code == "InvalidParameterCombination"
    assert refused(MinCount=2, MaxCount=1).code == "InvalidParameterCombination"
    assert refused(MinCount=0).code == "InvalidParameterValue"
    assert refused(MinCount=17, MaxCount=17).code == "VcpuLimitExceeded"
    assert refused(KeyName="mine").code == "InvalidKeyPair.NotFound"
    assert refused(Monitoring={"Enabled": True}).code == "UnsupportedOperation"
    assert refused(SecurityGroups=["default"]).code == "InvalidParameterCombination"
    assert refused(TagSpecifications=[{"ResourceType": "instance", "Tags": [
        {"Key": "drydock:listen", "Value": "27017,many"}]}]).code == "InvalidParameterValue"
    assert vpc.ec2.describe_instances()["Reservations"] == []
    assert vpc.ec2.describe_network_interfaces()["NetworkInterfaces"] == []

    missing = error_of(vpc.ec2.stop_instances, InstanceIds=[ABSENT])
    assert (missing.code, missing.message) == (
        "InvalidInstanceID.NotFound", f"The instance ID '{ABSENT}' does not exist")
    assert error_of(vpc.ec2.describe_instances, InstanceIds=["i-x"]).code == "InvalidInstanceID.Malformed"
    assert error_of(vpc.ec2.describe_instances, InstanceIds=[ABSENT], MaxResults=5).message == (
        "The parameter instancesSet cannot be used with the parameter maxResults")
    instance = instance_in(vpc, subnet)
    assert error_of(vpc.ec2.stop_instances, InstanceIds=[instance, ABSENT]).code == "InvalidInstanceID.NotFound"
    assert described(vpc, instance)["State"]["Name"] == "running"
    refused = error_of(vpc.ec2.create_tags, Resources=[instance], Tags=[{"Key": "drydock:listen", "Value": "0"}])
    assert refused.code == "InvalidParameterValue"


def test_attributes(vpc):
    subnet = vpc.subnet()
    instance, group = instance_in(vpc, subnet, DisableApiTermination=True), vpc.group("other")

    def attribute(name):
        return vpc.ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)
    refused = error_of(vpc.ec2.terminate_instances, InstanceIds=[instance])
    assert (refused.code, refused.message) == (
        "OperationNotPermitted", f"The instance '{instance}' may not be terminated. Modify its "
        "'disableApiTermination' instance attribute and try again.")
    vpc.ec2.modify_instance_attribute(InstanceId=instance, Attribute="disableApiTermination", Value="false")
    assert attribute("disableApiTermination")["DisableApiTermination"] == {"Value": False}
    vpc.ec2.modify_instance_attribute(InstanceId=instance, Groups=[group])
    assert [each["GroupId"] for each in attribute("groupSet")["Groups"]] == [group]
    vpc.ec2.modify_instance_attribute(InstanceId=instance, SourceDestCheck={"Value": False})
    assert attribute("sourceDestCheck")["SourceDestCheck"] == {"Value": False}
    refused = error_of(vpc.ec2.modify_instance_attribute, InstanceId=instance, InstanceType={"Value": "t3.small"})
    assert refused.message == f"The instance '{instance}' is not in the 'stopped' state."
    assert error_of(vpc.ec2.modify_instance_attribute, InstanceId=instance).code == "InvalidParameterCombination"
    # A route to an instance is a route to its interface.
    table = vpc.route_table()
    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", InstanceId=instance)
    route = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"][1]
    assert (route["InstanceId"], route["State"]) == (instance, "active")


def test_types_and_images(aws, vpc):
    [micro] = vpc.ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
    assert micro["NetworkInfo"]["MaximumNetworkInterfaces"] == 2 and micro["VCpuInfo"]["DefaultVCpus"] == 2
    assert error_of(vpc.ec2.describe_instance_types, InstanceTypes=["t9.mega"]).code in (
        "InvalidInstanceType", "InvalidParameterValue")
    arm = vpc.ec2.describe_instance_types(
        Filters=[{"Name": "processor-info.supported-architecture", "Values": ["arm64"]}])["InstanceTypes"]
    assert {each["InstanceType"].split(".")[0] for each in arm} >= {"t4g", "m7g"}
    [image] = vpc.ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}])["Images"]
    assert image["ImageId"] == IMAGE and image["State"] == "available"
    assert vpc.ec2.describe_images(Owners=["self"])["Images"] == []
    assert error_of(vpc.ec2.describe_images, ImageIds=["ami-0123456789abcdef0"]).code == "InvalidAMIID.NotFound"


def test_default_vpc(aws):
    ec2 = aws.client("ec2")
    zone = aws.region + "b"
    launched = ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                 Placement={"AvailabilityZone": zone}, SecurityGroups=["default"])["Instances"][0]
    assert launched["Placement"]["AvailabilityZone"] == zone and launched["PublicIpAddress"]


def test_pages(vpc):
    launch(vpc, vpc.subnet(), InstanceType="t2.micro", MinCount=7, MaxCount=7)
    pages = list(vpc.ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["Reservations"][0]["Instances"]) for page in pages] == [5, 2]


def test_its_host_answers_refuses_or_is_silent(start_server, tmp_path, vpc):
    """As a load balancer's target: by its tag, by its group, by its state; and after a restart of the emulator."""
    server = start_server("--data-dir", str(tmp_path), "--manual-clock")
    aws = server.aws()
    vpc = type(vpc)(aws)
    subnets = [vpc.subnet(f"10.0.{i}.0/24", AvailabilityZone=aws.region + zone) for i, zone in enumerate("ab")]
    group = vpc.group("db")
    rule = {"GroupId": group, "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/16"}
    vpc.ec2.authorize_security_group_ingress(**rule)
    elbv2 = aws.client("elbv2")
    balancer = elbv2.create_load_balancer(Name="db", Subnets=subnets, SecurityGroups=[group],
                                          Scheme="internal")["LoadBalancers"][0]["LoadBalancerArn"]
    targets = elbv2.create_target_group(Name="db", Protocol="HTTP", Port=80, VpcId=vpc.id,
                                        TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=8081,
                          DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}])
    instance = launch(vpc, subnets[0], SecurityGroupIds=[group], PrivateIpAddress="10.0.0.9", TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "drydock:listen", "Value": "80,27017"}]}]
    )["Instances"][0]["InstanceId"]
    elbv2.register_targets(TargetGroupArn=targets, Targets=[{"Id": "10.0.0.9"}])

    def becomes(aws, state, reason=None):
        def so():
            aws.http("POST", "/_drydock/clock", '{"advance": 30}')
            [found] = aws.client("elbv2").describe_target_health(TargetGroupArn=targets)["TargetHealthDescriptions"]
            return (found["TargetHealth"]["State"], found["TargetHealth"].get("Reason")) == (state, reason)
        eventually(so)

    becomes(aws, "healthy")
    vpc.ec2.create_tags(Resources=[instance], Tags=[{"Key": "drydock:listen", "Value": "27017"}])
    becomes(aws, "unhealthy", "Target.FailedHealthChecks")
    vpc.ec2.create_tags(Resources=[instance], Tags=[{"Key": "drydock:listen", "Value": "80"}])
    becomes(aws, "healthy")
    vpc.ec2.revoke_security_group_ingress(**rule)
    becomes(aws, "unhealthy", "Target.Timeout")
    vpc.ec2.authorize_security_group_ingress(**rule)
    becomes(aws, "healthy")
    vpc.ec2.stop_instances(InstanceIds=[instance])
    becomes(aws, "unhealthy", "Target.Timeout")
    vpc.ec2.start_instances(InstanceIds=[instance])
    becomes(aws, "healthy")
    server.kill()
    again = start_server("--data-dir", str(tmp_path), "--manual-clock").aws(aws.account)
    becomes(again, "healthy")
