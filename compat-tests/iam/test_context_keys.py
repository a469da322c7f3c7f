"""Global condition keys: where they are, and where they are absent.

IAM User Guide, "AWS global condition context keys", the Availability of each.
"""
import json

import pytest
from conftest import error_of, eventually
from ecs.place import TRUST, Place
from iam.caller import User, allow, deny, document, role, session


@pytest.fixture
def place(aws):
    return Place(aws)


def lists(caller):
    """Whether the caller may list clusters."""
    try:
        caller.client("ecs").list_clusters()
        return True
    except caller.client("ecs").exceptions.ClientError as refused:
        assert refused.response["Error"]["Code"] == "AccessDeniedException"
        return False


def only_if(**condition):
    return allow("ecs:ListClusters", Condition=condition)


@pytest.mark.parametrize("condition, of_user, of_session", [
    # Multi-factor authentication: only temporary credentials say that there was none.
    ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, False, True),
    ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, True, True),
    ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, False),
    ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True, False),
    ({"Null": {"aws:MultiFactorAuthAge": "true"}}, True, True),
    ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, False, False),
    # When temporary credentials were issued.
    ({"Null": {"aws:TokenIssueTime": "true"}}, True, False),
    ({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}, False, True),
    ({"DateGreaterThan": {"aws:TokenIssueTime": "2099-01-01T00:00:00Z"}}, False, False),
    # Services: who calls here is no service, and no service calls for anybody.
    ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, True, True),
    ({"Bool": {"aws:ViaAWSService": "false"}}, True, True),
    ({"Null": {"aws:CalledVia": "true"}}, True, True),
    ({"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}, False, False),
    # No VPC endpoint is known to have been on the way of a call from outside.
    ({"Null": {"aws:SourceVpce": "true", "aws:SourceVpc": "true", "aws:VpcSourceIp": "true"}}, True, True),
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True, True),
    ({"StringEquals": {"aws:PrincipalType": "User"}}, True, False),
    ({"Null": {"aws:FederatedProvider": "true"}}, True, True),
    ({"Null": {"aws:username": "true"}}, False, True),
])
def test_keys_of_users_and_of_sessions(aws, condition, of_user, of_session):
    statement = only_if(**condition)
    assert lists(User(aws, statement)) is of_user
    assert lists(session(aws, role(aws, statement))) is of_session


def test_credentials_of_before_a_time_can_be_shut_out(start_server):
    """IAM User Guide, "Revoke IAM role temporary security credentials": what AWSRevokeOlderSessions does."""
    aws = start_server("--ephemeral", "--manual-clock").aws()
    arn = role(aws, allow("ecs:ListClusters"))
    old = session(aws, arn)
    now = json.loads(aws.http("POST", "/_drydock/clock", json.dumps({"advance": 60}))[2])["now"]
    new = session(aws, arn)
    assert lists(old) and lists(new)
    aws.client("iam").put_role_policy(RoleName="deploy", PolicyName="AWSRevokeOlderSessions", PolicyDocument=document(
        deny("*", Condition={"DateLessThan": {"aws:TokenIssueTime": now[:19] + "Z"}})))
    assert not lists(old) and lists(new)


class Guarded:
    """A task whose secret's policy asks by which way it is fetched."""

    def __init__(self, place):
        self.place = place
        place.iam.put_role_policy(RoleName="execution", PolicyName="p", PolicyDocument=document(
            allow("secretsmanager:GetSecretValue")))
        self.arn = place.secretsmanager.create_secret(Name="db", SecretString="value")["ARN"]
        place.register(container={"secrets": [{"name": "DB", "valueFrom": self.arn}]})

    def unless(self, **condition):
        self.place.secretsmanager.put_resource_policy(SecretId="db", ResourcePolicy=document(
            {**deny("secretsmanager:GetSecretValue", Condition=condition), "Principal": {"AWS": self.place.role}}))

    def is_refused(self, **more):
        return "with an explicit deny in a resource-based policy" in self.place.failure(**more)


def test_a_task_that_fetches_its_secret_over_the_internet(place):
    guarded = Guarded(place)
    guarded.unless(NotIpAddress={"aws:SourceIp": "10.0.0.0/8"})
    assert guarded.is_refused()  # the service sees its public address
    guarded.unless(StringNotEquals={"aws:SourceVpc": place.vpc})
    assert guarded.is_refused()  # no endpoint, no VPC
    guarded.unless(IpAddress={"aws:SourceIp": "10.0.0.0/8"})
    place.running(place.run()[0])


def endpoint_of_secrets(place, **more):
    ec2 = place.ec2
    ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": True})
    endpoint = ec2.create_vpc_endpoint(
        VpcId=place.vpc, ServiceName=f"com.amazonaws.{place.aws.region}.secretsmanager", VpcEndpointType="Interface",
        SubnetIds=place.subnets, SecurityGroupIds=[place.group], **more)["VpcEndpoint"]["VpcEndpointId"]
    eventually(lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]["State"] == "available")
    return endpoint


def test_a_task_that_fetches_its_secret_through_an_endpoint(place):
    guarded = Guarded(place)
    endpoint = endpoint_of_secrets(place)
    for condition in ({"StringNotEquals": {"aws:SourceVpce": endpoint}}, {"StringNotEquals": {"aws:SourceVpc": place.vpc}},
                      {"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}, {"Null": {"aws:SourceIp": "false"}}):
        guarded.unless(**condition)
        task = place.run()[0]
        place.running(task)
        place.ecs.stop_task(cluster="main", task=task["taskArn"])
    guarded.unless(StringEquals={"aws:SourceVpce": endpoint})
    assert guarded.is_refused()


def test_the_policy_of_the_endpoint_is_asked_too(place):
    """AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies"."""
    Guarded(place)
    endpoint = endpoint_of_secrets(place, PolicyDocument=document(
        {**allow("secretsmanager:ListSecrets"), "Principal": "*"}))
    assert "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action" in place.failure()
    place.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=document(
        {**allow("*"), "Principal": "*"}, {**deny("secretsmanager:Get*"), "Principal": "*"}))
    assert "with an explicit deny in a VPC endpoint policy" in place.failure()
    place.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)
    place.running(place.run()[0])


def test_the_way_of_a_containers_own_calls(place):
    """Calls with the task role's keys leave by the task's network interface, and ask the endpoint's policy on the way."""
    task_role = place.iam.create_role(RoleName="task", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    place.secretsmanager.create_secret(Name="db", SecretString="value")
    place.register(taskRoleArn=task_role)
    task = place.running(place.run()[0])
    shown = json.loads(place.aws.http("GET", "/_drydock/tasks/" + task["taskArn"])[2])
    uri = shown["containers"][0]["environment"]["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
    keys = json.loads(place.aws.http("GET", uri[len(place.aws.server.endpoint):])[2])
    secrets = place.aws.client("secretsmanager", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                               token=keys["Token"])

    def refusal(**condition):
        place.iam.put_role_policy(RoleName="task", PolicyName="p", PolicyDocument=document(
            allow("secretsmanager:GetSecretValue", Condition=condition)))
        try:
            return secrets.get_secret_value(SecretId="db") and None
        except secrets.exceptions.ClientError as refused:
            return refused.response["Error"]["Message"]

    of_the_vpc = {"StringEquals": {"aws:SourceVpc": place.vpc}}
    assert refusal(**of_the_vpc)  # over the internet: from its public address
    interface = next(each["value"] for each in task["attachments"][0]["details"] if each["name"] == "networkInterfaceId")
    public = place.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"][0]["Association"]
    assert not refusal(IpAddress={"aws:SourceIp": public["PublicIp"]})
    endpoint = endpoint_of_secrets(place)
    assert not refusal(**of_the_vpc) and not refusal(StringEquals={"aws:SourceVpce": endpoint})
    assert not refusal(Null={"aws:SourceIp": "true"}, IpAddress={"aws:VpcSourceIp": "10.0.0.0/16"})
    place.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=document(
        {**allow("secretsmanager:ListSecrets"), "Principal": "*"}))
    assert "no VPC endpoint policy allows the secretsmanager:GetSecretValue action" in refusal(**of_the_vpc)


def test_services_that_call_for_themselves_have_no_address(aws):
    """A role that only certain addresses may use cannot be used by a service (IAM User Guide, aws:SourceIp)."""
    logs, iam, trail = aws.client("logs"), aws.client("iam"), aws.client("cloudtrail")
    logs.create_log_group(logGroupName="trail")
    arn = iam.create_role(RoleName="trail", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}))["Role"]["Arn"]
    group = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:trail:*"
    create = lambda: trail.create_trail(Name="all", S3BucketName="bucket", CloudWatchLogsLogGroupArn=group,
                                        CloudWatchLogsRoleArn=arn)
    iam.put_role_policy(RoleName="trail", PolicyName="p", PolicyDocument=document(
        allow("logs:*", Condition={"Null": {"aws:SourceIp": "true"}})))
    create()
