"""Load balancers through boto3 and the AWS CLI. Codes: the model's; texts: aws-facts E.1."""
from conftest import error_of, eventually


def test_create_describe_delete(stack):
    made = stack.load_balancer()
    arn = made["LoadBalancerArn"]
    assert made["State"]["Code"] == "provisioning"
    assert made["Scheme"] == "internet-facing"
    assert made["Type"] == "application"
    assert made["SecurityGroups"] == [stack.group]
    assert made["VpcId"] == stack.vpc
    assert made["DNSName"].startswith("web-") and made["DNSName"].endswith(f".{stack.aws.region}.elb.localhost")
    assert {zone["SubnetId"] for zone in made["AvailabilityZones"]} == set(stack.subnets)
    assert all(zone["LoadBalancerAddresses"] == [] for zone in made["AvailabilityZones"])

    stack.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    stack.elbv2.delete_load_balancer(LoadBalancerArn=arn)  # "does not exist" is success
    refusal = error_of(stack.elbv2.describe_load_balancers, Names=["web"])
    assert (refusal.code, refusal.status) == ("LoadBalancerNotFound", 400)
    assert refusal.type == "LoadBalancerNotFoundException"
    assert refusal.message == "Load balancers '[web]' not found"


def test_waiters_of_the_cli(stack):
    arn = stack.load_balancer()["LoadBalancerArn"]
    stack.aws.cli("elbv2", "wait", "load-balancer-exists", "--load-balancer-arns", arn)
    # It polls every 15 seconds, so it must find the load balancer active at once or a poll later.
    eventually(lambda: stack.elbv2.describe_load_balancers(
        LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"] == "active")
    stack.aws.cli("elbv2", "wait", "load-balancer-available", "--load-balancer-arns", arn)
    stack.aws.cli("elbv2", "delete-load-balancer", "--load-balancer-arn", arn)
    stack.aws.cli("elbv2", "wait", "load-balancers-deleted", "--load-balancer-arns", arn)


def test_network_interfaces(stack):
    made = stack.load_balancer()
    name = made["LoadBalancerArn"].split(":loadbalancer/")[1]
    interfaces = stack.ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": [f"ELB {name}"]}])["NetworkInterfaces"]
    assert {each["SubnetId"] for each in interfaces} == set(stack.subnets)
    for each in interfaces:
        assert each["RequesterManaged"] is True
        assert each["RequesterId"] == "amazon-elb"
        assert [group["GroupId"] for group in each["Groups"]] == [stack.group]
        assert each["Association"]["PublicIp"]
        # As recorded in hashicorp/terraform-provider-aws, pull request 1036 (2017), and of other accounts until 2025.
        assert each["InterfaceType"] == "interface" and each["SourceDestCheck"] is True
        assert each["Association"]["IpOwnerId"] == "amazon-elb"
        assert each["Attachment"]["AttachmentId"].startswith("eni-attach-")
        assert each["Attachment"]["InstanceOwnerId"] == "amazon-elb" and each["Attachment"]["DeviceIndex"] == 1
    # They go with their load balancer and not before.
    error_of(stack.ec2.delete_network_interface, NetworkInterfaceId=interfaces[0]["NetworkInterfaceId"])
    assert error_of(stack.ec2.delete_security_group, GroupId=stack.group).code == "DependencyViolation"
    stack.elbv2.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    stack.ec2.delete_security_group(GroupId=stack.group)


def test_network_interfaces_of_network_load_balancers(stack):
    """hashicorp/terraform-provider-aws, pull request 1956: by what it finds those that are to go with one."""
    made = stack.elbv2.create_load_balancer(Name="tcp", Type="network", Subnets=stack.subnets)["LoadBalancers"][0]
    interfaces = stack.ec2.describe_network_interfaces(Filters=[
        {"Name": "attachment.instance-owner-id", "Values": ["amazon-aws"]},
        {"Name": "attachment.attachment-id", "Values": ["ela-attach-*"]},
        {"Name": "description", "Values": ["ELB " + made["LoadBalancerArn"].split(":loadbalancer/")[1]]},
    ])["NetworkInterfaces"]
    assert {each["SubnetId"] for each in interfaces} == set(stack.subnets)
    for each in interfaces:
        assert each["InterfaceType"] == "network_load_balancer" and each["RequesterManaged"] is True
        assert each["Groups"] == [] and each["SourceDestCheck"] is False
        assert "AttachTime" not in each["Attachment"]
        refused = error_of(stack.ec2.detach_network_interface, AttachmentId=each["Attachment"]["AttachmentId"])
        assert (refused.code, refused.message) == (
            "OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.")


def test_refusals_have_aws_codes(stack):
    create = stack.elbv2.create_load_balancer
    cases = [
        (dict(Name="x", Subnets=stack.subnets[:1]), "ValidationError",
         "At least two subnets in two different Availability Zones must be specified"),
        (dict(Name="x" * 33, Subnets=stack.subnets), "ValidationError", None),
        (dict(Name="internal-x", Subnets=stack.subnets), "ValidationError", None),
        (dict(Name="x", Subnets=[stack.subnets[0], "subnet-0123456789abcdef0"]), "SubnetNotFound", None),
        (dict(Name="x", Subnets=[*stack.subnets, stack.subnet("10.0.9.0/24", "a")]),
         "InvalidConfigurationRequest", None),
        (dict(Name="x", Subnets=stack.subnets, SecurityGroups=["sg-0123456789abcdef0"]), "InvalidSecurityGroup", None),
        (dict(Name="x", Subnets=stack.subnets, Scheme="outside"), "ValidationError", None),
        (dict(Name="x", Subnets=stack.subnets, IpAddressType="dualstack"), "ValidationError", None),
    ]
    for parameters, code, message in cases:
        refusal = error_of(create, **parameters)
        assert (refusal.code, refusal.status) == (code, 400), (parameters, refusal)
        assert message is None or refusal.message == message
    assert stack.elbv2.describe_load_balancers()["LoadBalancers"] == []


def test_same_name(stack):
    arn = stack.load_balancer()["LoadBalancerArn"]
    assert stack.load_balancer()["LoadBalancerArn"] == arn
    refusal = error_of(stack.load_balancer, Scheme="internal")
    assert refusal.type == "DuplicateLoadBalancerNameException"


def test_pages(stack):
    arns = [stack.load_balancer(f"lb-{i}")["LoadBalancerArn"] for i in range(5)]
    pages = list(stack.elbv2.get_paginator("describe_load_balancers").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["LoadBalancers"]) for page in pages] == [2, 2, 1]
    assert [each["LoadBalancerArn"] for page in pages for each in page["LoadBalancers"]] == arns
    assert error_of(stack.elbv2.describe_load_balancers, Marker="forged").code == "ValidationError"
    assert error_of(stack.elbv2.describe_load_balancers, PageSize=401).code == "ValidationError"


def test_attributes(stack):
    arn = stack.load_balancer()["LoadBalancerArn"]
    described = stack.elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    values = {each["Key"]: each["Value"] for each in described}
    assert values == {  # aws-facts E.3
        "access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": "",
        "connection_logs.s3.enabled": "false", "connection_logs.s3.bucket": "", "connection_logs.s3.prefix": "",
        "health_check_logs.s3.enabled": "false", "health_check_logs.s3.bucket": "", "health_check_logs.s3.prefix": "",
        "client_keep_alive.seconds": "3600", "deletion_protection.enabled": "false",
        "idle_timeout.timeout_seconds": "60", "ipv6.deny_all_igw_traffic": "false",
        "load_balancing.cross_zone.enabled": "true", "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false", "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true", "waf.fail_open.enabled": "false", "zonal_shift.config.enabled": "false"}

    def modify(key, value):
        return dict(LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}])

    changed = stack.elbv2.modify_load_balancer_attributes(**modify("idle_timeout.timeout_seconds", "5"))["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "5"} in changed
    refusal = error_of(stack.elbv2.modify_load_balancer_attributes, **modify("no.such", "x"))
    assert refusal.code == "ValidationError"
    assert refusal.message == "Load balancer attribute key 'no.such' is not recognized"
    for key, value in [("idle_timeout.timeout_seconds", "4001"), ("client_keep_alive.seconds", "59"),
                       ("load_balancing.cross_zone.enabled", "false"), ("routing.http2.enabled", "maybe")]:
        assert error_of(stack.elbv2.modify_load_balancer_attributes, **modify(key, value)).code == "ValidationError"
    logs = dict(LoadBalancerArn=arn, Attributes=[{"Key": "access_logs.s3.enabled", "Value": "true"},
                                                 {"Key": "access_logs.s3.bucket", "Value": "logs"}])
    refusal = error_of(stack.elbv2.modify_load_balancer_attributes, **logs)
    assert refusal.type == "InvalidConfigurationRequestException"
    assert refusal.message == "Access Denied for bucket: logs. Please check S3bucket permission"

    stack.elbv2.modify_load_balancer_attributes(**modify("deletion_protection.enabled", "true"))
    refusal = error_of(stack.elbv2.delete_load_balancer, LoadBalancerArn=arn)
    assert refusal.type == "OperationNotPermittedException"


def test_groups_and_subnets(stack):
    arn = stack.load_balancer()["LoadBalancerArn"]
    other = stack.security_group("other")
    assert stack.elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[other])["SecurityGroupIds"] == [other]
    third = stack.subnet("10.0.2.0/24", "c")
    zones = stack.elbv2.set_subnets(LoadBalancerArn=arn, Subnets=[stack.subnets[0], third])["AvailabilityZones"]
    assert [zone["SubnetId"] for zone in zones] == [stack.subnets[0], third]
    assert stack.elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="ipv4")["IpAddressType"] == "ipv4"
    assert error_of(stack.elbv2.set_subnets, LoadBalancerArn=arn, Subnets=[third]).code == "ValidationError"


def test_addresses_of_a_network_load_balancer(stack):
    """API Reference, SubnetMapping: Elastic IPs of an internet-facing one, private addresses of an internal one."""
    allocations = [stack.ec2.allocate_address(Domain="vpc") for _ in stack.subnets]
    mappings = [{"SubnetId": subnet, "AllocationId": each["AllocationId"]}
                for subnet, each in zip(stack.subnets, allocations)]
    create = dict(Name="static", Type="network", SubnetMappings=mappings)
    made = stack.elbv2.create_load_balancer(**create)["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    assert [zone["LoadBalancerAddresses"] for zone in made["AvailabilityZones"]] == [
        [{"IpAddress": each["PublicIp"], "AllocationId": each["AllocationId"]}] for each in allocations]
    assert stack.elbv2.create_load_balancer(**create)["LoadBalancers"][0]["LoadBalancerArn"] == arn
    path = arn.split(":loadbalancer/")[1]
    interfaces = stack.ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": [f"ELB {path}"]}])["NetworkInterfaces"]
    assert {each["Association"]["PublicIp"] for each in interfaces} == {each["PublicIp"] for each in allocations}
    first = allocations[0]["AllocationId"]
    assert error_of(stack.ec2.release_address, AllocationId=first).code == "AuthFailure"
    refused = error_of(stack.elbv2.create_load_balancer, **{**create, "Name": "second"})
    assert (refused.type, refused.message) == ("ResourceInUseException", "The allocation IDs are not available for use")
    twice = [{"SubnetId": subnet, "AllocationId": stack.ec2.allocate_address(Domain="vpc")["AllocationId"]}
             for subnet in stack.subnets]
    twice[1]["AllocationId"] = twice[0]["AllocationId"]
    assert error_of(stack.elbv2.create_load_balancer, Name="second", Type="network",
                    SubnetMappings=twice).type == "ResourceInUseException"
    other = {"SubnetId": stack.subnet("10.0.2.0/24", "c"), "AllocationId": twice[0]["AllocationId"]}
    zones = stack.elbv2.set_subnets(LoadBalancerArn=arn, SubnetMappings=[*mappings, other])["AvailabilityZones"]
    assert [zone["LoadBalancerAddresses"][0]["AllocationId"] for zone in zones] == [
        each["AllocationId"] for each in [*mappings, other]]
    refused = error_of(stack.elbv2.set_subnets, LoadBalancerArn=arn,
                       SubnetMappings=[mappings[0], {**mappings[1], "AllocationId": "eipalloc-1"}])
    assert refused.type == "InvalidConfigurationRequestException"
    # They are the account's again, and not lost.
    stack.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert "AssociationId" not in stack.ec2.describe_addresses(AllocationIds=[first])["Addresses"][0]
    stack.ec2.release_address(AllocationId=first)

    private = [{"SubnetId": subnet, "PrivateIPv4Address": f"10.0.{number}.77"} for number, subnet in enumerate(stack.subnets)]
    made = stack.elbv2.create_load_balancer(Name="inside", Type="network", Scheme="internal",
                                            SubnetMappings=private)["LoadBalancers"][0]
    assert [zone["LoadBalancerAddresses"] for zone in made["AvailabilityZones"]] == [
        [{"PrivateIPv4Address": each["PrivateIPv4Address"]}] for each in private]


def test_tags(stack):
    arn = stack.load_balancer(Tags=[{"Key": "stage", "Value": "prod"}])["LoadBalancerArn"]
    group = stack.target_group()
    stack.elbv2.add_tags(ResourceArns=[arn, group], Tags=[{"Key": "team", "Value": "a"}])
    stack.elbv2.remove_tags(ResourceArns=[arn], TagKeys=["stage"])
    described = stack.elbv2.describe_tags(ResourceArns=[arn, group])["TagDescriptions"]
    assert described == [{"ResourceArn": arn, "Tags": [{"Key": "team", "Value": "a"}]},
                         {"ResourceArn": group, "Tags": [{"Key": "team", "Value": "a"}]}]
    refusal = error_of(stack.elbv2.add_tags, ResourceArns=[arn],
                       Tags=[{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}])
    assert refusal.type == "DuplicateTagKeysException"
    missing = error_of(stack.elbv2.describe_tags, ResourceArns=[group[:-16] + "0" * 16])
    assert missing.type == "TargetGroupNotFoundException"


def test_limits_and_policies(aws):
    elbv2 = aws.client("elbv2")
    limits = {each["Name"]: each["Max"] for each in elbv2.describe_account_limits()["Limits"]}
    assert limits["application-load-balancers"] == "50"
    policy = elbv2.describe_ssl_policies(Names=["ELBSecurityPolicy-2016-08"])["SslPolicies"][0]
    assert policy["SslProtocols"] == ["TLSv1", "TLSv1.1", "TLSv1.2"]
    assert policy["Ciphers"][0] == {"Name": "ECDHE-ECDSA-AES128-GCM-SHA256", "Priority": 1}
    assert error_of(elbv2.describe_ssl_policies, Names=["x"]).type == "SSLPolicyNotFoundException"


def test_what_terraform_reads_of_a_load_balancer(stack):
    """hashicorp/terraform-provider-aws, pull request 42685: each refresh asks for the reserved capacity. The CLI of Debian 12
    does not know the operation yet."""
    arn = stack.load_balancer()["LoadBalancerArn"]
    stack.elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)
    stack.elbv2.describe_tags(ResourceArns=[arn])
    ask = lambda arn: stack.aws.http(
        "POST", "/", f"Action=DescribeCapacityReservation&Version=2015-12-01&LoadBalancerArn={arn}",
        {"X-Amz-Date": "20260101T000000Z", "Authorization":
         f"AWS4-HMAC-SHA256 Credential={stack.aws.account}/20260101/{stack.aws.region}/elasticloadbalancing/aws4_request, "
         "SignedHeaders=host, Signature=0"})
    status, _, body = ask(arn)
    assert status == 200 and b"<CapacityReservationState/></DescribeCapacityReservationResult>" in body
    status, _, body = ask(arn[:-1] + ("0" if arn[-1] != "0" else "1"))
    assert status == 400 and b"<Code>LoadBalancerNotFound</Code>" in body
