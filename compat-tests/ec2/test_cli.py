"""The AWS CLI, as the reference deployment uses it; and the wire itself."""
import re
import urllib.parse


def test_a_network_by_the_command_line(aws):
    def ec2(*arguments):
        return aws.cli("ec2", *arguments)

    vpc = ec2("create-vpc", "--cidr-block", "10.0.0.0/16", "--tag-specifications",
              "ResourceType=vpc,Tags=[{Key=Name,Value=main}]")["Vpc"]["VpcId"]
    ec2("wait", "vpc-available", "--vpc-ids", vpc)
    subnet = ec2("create-subnet", "--vpc-id", vpc, "--cidr-block", "10.0.0.0/24", "--availability-zone",
                 f"{aws.region}a")["Subnet"]["SubnetId"]
    gateway = ec2("create-internet-gateway")["InternetGateway"]["InternetGatewayId"]
    ec2("attach-internet-gateway", "--internet-gateway-id", gateway, "--vpc-id", vpc)
    allocation = ec2("allocate-address", "--domain", "vpc")["AllocationId"]
    nat = ec2("create-nat-gateway", "--subnet-id", subnet, "--allocation-id", allocation)["NatGateway"]["NatGatewayId"]
    ec2("wait", "nat-gateway-available", "--nat-gateway-ids", nat)
    group = ec2("create-security-group", "--group-name", "alb", "--description", "ALB", "--vpc-id", vpc)["GroupId"]
    ec2("authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", "80", "--cidr",
        "0.0.0.0/0")
    rules = ec2("describe-security-group-rules", "--filters", f"Name=group-id,Values={group}")["SecurityGroupRules"]
    assert sorted(rule["FromPort"] for rule in rules) == [-1, 80]
    named = ec2("describe-vpcs", "--filters", "Name=tag:Name,Values=main", "--query", "Vpcs[].VpcId")
    assert named == [vpc]
    failed = aws.cli("ec2", "delete-vpc", "--vpc-id", vpc, check=False)
    assert failed.returncode != 0 and "(DependencyViolation)" in failed.stderr


def post(aws, **parameters):
    """A form as a client sends it: the server takes an unsigned one when the scope says whose it is."""
    body = urllib.parse.urlencode({"Version": "2016-11-15", **parameters})
    return aws.http("POST", "/", body, {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={aws.account}/20260101/{aws.region}/ec2/aws4_request, "
                         "SignedHeaders=host;x-amz-date, Signature=0000",
        "X-Amz-Date": "20260101T000000Z"})


def test_answers_and_errors_on_the_wire(aws):
    status, headers, body = post(aws, Action="DescribeAddresses")
    assert status == 200 and headers["Content-Type"].startswith("text/xml")
    assert b'<DescribeAddressesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">' in body
    assert b"<addressesSet/>" in body and re.search(rb"<requestId>[0-9a-f-]{36}</requestId>", body)
    status, _, body = post(aws, Action="DescribeVpcs", **{"VpcId.1": "vpc-12345678"})
    assert status == 400
    assert (b"<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code>"
            b"<Message>The vpc ID 'vpc-12345678' does not exist</Message></Error></Errors><RequestID>") in body


def test_acknowledgements(aws):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    _, _, body = post(aws, Action="DeleteVpc", VpcId=vpc)
    assert b"<return>true</return>" in body


def test_unknown_parameters_and_bad_values(aws):
    _, _, body = post(aws, Action="DescribeVpcs", Colour="blue")
    assert b"<Code>UnknownParameter</Code>" in body
    _, _, body = post(aws, Action="DescribeVpcs", MaxResults="many")
    assert b"<Code>InvalidParameterValue</Code>" in body
    _, _, body = post(aws, Action="DescribeVpcs", MaxResults="4")
    assert b"<Code>InvalidParameterValue</Code>" in body


def test_state_survives_kill_9(start_server, tmp_path):
    server = start_server("--data-dir", str(tmp_path))
    aws = server.aws()
    ec2 = aws.client("ec2")
    group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")
    before = ec2.describe_security_groups()["SecurityGroups"]
    server.kill()
    again = start_server("--data-dir", str(tmp_path)).aws(account=aws.account).client("ec2")
    assert again.describe_security_groups()["SecurityGroups"] == before
    assert len(again.describe_vpcs()["Vpcs"]) == 1
