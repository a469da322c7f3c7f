"""What keeps a task from starting: each test breaks one thing. Texts: aws-facts D.4."""
import json

import pytest

from conftest import error_of, eventually

AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "


@pytest.fixture
def ecr_place(place):
    place.register(container={"image": place.push()})
    return place


def allow(place, *statements):
    """The execution role may do exactly this."""
    place.iam.detach_role_policy(RoleName="execution", PolicyArn="arn:aws:iam::aws:policy/service-role/"
                                                                 "AmazonECSTaskExecutionRolePolicy")
    place.iam.put_role_policy(RoleName="execution", PolicyName="own", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}
                                               for actions in statements]}))


def test_nothing_is_broken(ecr_place):
    ecr_place.running(ecr_place.run()[0])


def test_no_route_to_ecr(ecr_place):
    ecr_place.ec2.delete_route(RouteTableId=ecr_place.routes, DestinationCidrBlock="0.0.0.0/0")
    reason = ecr_place.failure()
    assert reason.startswith(AUTH + "The task cannot pull registry auth from Amazon ECR: There is a connection issue "
                             "between the task and Amazon ECR. Check your task network configuration. ")
    assert reason.endswith(":443: i/o timeout")


def test_no_public_address_and_no_nat(ecr_place):
    reason = ecr_place.failure(networkConfiguration=ecr_place.network(public=False))
    assert reason.startswith(AUTH + "The task cannot pull registry auth from Amazon ECR: ")


def test_a_security_group_that_lets_nothing_out(ecr_place):
    ecr_place.ec2.revoke_security_group_egress(GroupId=ecr_place.group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert "There is a connection issue between the task and Amazon ECR." in ecr_place.failure()


def test_no_way_to_another_registry(place):
    # Without an ECR image and without awslogs the pull is the first thing that needs the network.
    definition = place.definition()
    del definition["containerDefinitions"][0]["logConfiguration"]
    definition["containerDefinitions"][0]["image"] = "nginx"
    place.ecs.register_task_definition(**definition)
    reason = place.failure(networkConfiguration=place.network(public=False))
    assert reason.startswith(
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
        "docker.io/library/nginx:latest: failed to do request: Head "
        "\"https://registry-1.docker.io/v2/library/nginx/manifests/latest\": dial tcp ")
    place.running(place.run()[0])


def test_an_image_that_does_not_exist(ecr_place):
    image = ecr_place.registry + "/app:v2"
    ecr_place.register(container={"image": image})
    assert ecr_place.failure() == ("CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to "
                                   f"resolve ref {image}: {image}: not found")


def test_no_permission_to_log_in_to_the_registry(ecr_place):
    allow(ecr_place, ["logs:*"])
    reason = ecr_place.failure()
    assert reason.startswith(
        AUTH + "execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried "
        "1 time(s): operation error ECR: GetAuthorizationToken, https response error StatusCode: 400, RequestID: ")
    assert f"User: arn:aws:sts::{ecr_place.aws.account}:assumed-role/execution/" in reason
    assert reason.endswith("is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no "
                           "identity-based policy allows the ecr:GetAuthorizationToken action")


def test_no_permission_to_pull(ecr_place):
    allow(ecr_place, ["logs:*"], ["ecr:GetAuthorizationToken"])
    reason = ecr_place.failure()
    assert reason.startswith("CannotPullContainerError: pull image manifest has been retried 1 time(s): ")
    assert reason.endswith("403 Forbidden")


def test_a_log_group_that_does_not_exist(ecr_place):
    ecr_place.logs.delete_log_group(logGroupName="/ecs/app")
    reason = ecr_place.failure()
    assert reason.startswith(
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to "
        "create Cloudwatch log stream: operation error CloudWatch Logs: CreateLogStream, https response error StatusCode: "
        "400, RequestID: ")
    assert reason.endswith(", ResourceNotFoundException: The specified log group does not exist. : exit status 1")


def test_the_log_group_can_be_made_by_the_driver(place):
    options = {"awslogs-group": "/ecs/new", "awslogs-region": place.aws.region, "awslogs-stream-prefix": "app",
               "awslogs-create-group": "true"}
    place.register(container={"logConfiguration": {"logDriver": "awslogs", "options": options}})
    reason = place.failure()  # the managed policy has no logs:CreateLogGroup
    assert "failed to create Cloudwatch log group: operation error CloudWatch Logs: CreateLogGroup, " in reason
    assert "is not authorized to perform: logs:CreateLogGroup on resource: " \
        f"arn:aws:logs:{place.aws.region}:{place.aws.account}:log-group:/ecs/new:log-stream: because" in reason
    allow(place, ["logs:*"])
    place.running(place.run()[0])
    assert place.logs.describe_log_groups(logGroupNamePrefix="/ecs/new")["logGroups"]


def secret_definition(place, value_from):
    place.register(container={"secrets": [{"name": "SECRET", "valueFrom": value_from}]})


def test_no_permission_to_read_the_secret(place):
    arn = place.secretsmanager.create_secret(Name="db", SecretString="x")["ARN"]
    secret_definition(place, arn)
    reason = place.failure()
    assert reason.startswith(
        AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 "
        f"time(s): failed to fetch secret {arn} from secrets manager: operation error Secrets Manager: GetSecretValue, "
        "https response error StatusCode: 400, RequestID: ")
    assert reason.endswith(f"is not authorized to perform: secretsmanager:GetSecretValue on resource: {arn} because no "
                           "identity-based policy allows the secretsmanager:GetSecretValue action")


def test_a_secret_that_does_not_exist(place):
    allow(place, ["logs:*"], ["secretsmanager:*"])
    secret_definition(place, f"arn:aws:secretsmanager:{place.aws.region}:{place.aws.account}:secret:db-AbCdEf")
    assert place.failure().endswith(", ResourceNotFoundException: Secrets Manager can't find the specified secret.")


@pytest.mark.parametrize("text, key, problem", [
    ('{"user": "ann"}', "password", "retrieved secret from Secrets Manager did not contain json key password"),
    ("hunter2", "password", "invalid character 'h' looking for beginning of value"),
    ("topsecret", "password", "invalid character 'o' in literal true (expecting 'r')"),
])
def test_a_secret_without_the_key(place, text, key, problem):
    allow(place, ["logs:*"], ["secretsmanager:*"])
    arn = place.secretsmanager.create_secret(Name="db", SecretString=text)["ARN"]
    secret_definition(place, f"{arn}:{key}::")
    assert place.failure() == (AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service "
                               "call has been retried 1 time(s): " + problem)


@pytest.mark.parametrize("more", [":password", ":password:", ":password:AWSPREVIOUS"])
def test_a_key_without_all_its_colons(place, more):
    """ECS developer guide, "Pass Secrets Manager secrets programmatically": unused parts keep their colons. The sentence
    is the container agent's, seen on Fargate."""
    allow(place, ["logs:*"], ["secretsmanager:*"])
    arn = place.secretsmanager.create_secret(Name="db", SecretString='{"password": "x"}')["ARN"]
    secret_definition(place, arn + more)
    assert place.failure() == (AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: service "
                               "call has been retried 1 time(s): unexpected ARN format with parameters when trying to "
                               "retrieve ASM secret")


def test_parameters_of_systems_manager(place):
    """They come later: the way and the permission are checked, and then it is said that there are none."""
    secret_definition(place, "/app/key")
    start = AUTH + "execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried "
    arn = f"arn:aws:ssm:{place.aws.region}:{place.aws.account}:parameter/app/key"
    reason = place.failure()
    assert reason.startswith(start + "1 time(s): AccessDeniedException: User: ")
    assert reason.endswith(f"is not authorized to perform: ssm:GetParameters on resource: {arn} because no identity-based "
                           "policy allows the ssm:GetParameters action")
    allow(place, ["logs:*"], ["ssm:GetParameters"])
    missing = start + "1 time(s): invalid ssm parameters: /app/key (Drydock has no Systems Manager parameters yet)"
    assert place.failure() == missing
    secret_definition(place, arn)
    assert place.failure() == missing
    assert place.failure(networkConfiguration=place.network(public=False)) == (
        start + "5 time(s): RequestCanceled: request context canceled caused by: context deadline exceeded")


def test_a_role_that_cannot_be_assumed(place):
    place.register(executionRoleArn=f"arn:aws:iam::{place.aws.account}:role/nobody")
    refusal = error_of(place.run)
    assert refusal.code == "ClientException"
    assert refusal.message == (
        f"ECS was unable to assume the role 'arn:aws:iam::{place.aws.account}:role/nobody' that was provided for this "
        "task. Please verify that the role being passed has the proper trust relationship and permissions and that your "
        "IAM user has permissions to pass this role.")


def test_a_role_for_somebody_else(place):
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    role = place.iam.create_role(RoleName="ec2", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    place.register(taskRoleArn=role)
    assert error_of(place.run).message.startswith(f"ECS was unable to assume the role '{role}'")


def test_a_subnet_without_free_addresses(place):
    subnet = place.ec2.create_subnet(VpcId=place.vpc, CidrBlock="10.0.9.0/28",
                                     AvailabilityZone=place.aws.region + "a")["Subnet"]["SubnetId"]
    place.ec2.associate_route_table(RouteTableId=place.routes, SubnetId=subnet)
    network = place.network()
    network["awsvpcConfiguration"]["subnets"] = [subnet]
    place.register()
    tasks = place.run(count=10, networkConfiguration=network) + place.run(count=2, networkConfiguration=network)
    reason = place.stopped(tasks[-1])["stoppedReason"]
    assert reason.startswith("Unexpected EC2 error while attempting to Create Network Interface with public IP assignment "
                             f"enabled in subnet '{subnet}': InsufficientFreeAddressesInSubnet")


def test_vpc_endpoints_are_not_needed_where_there_is_a_nat_gateway(place):
    """A private subnet with a NAT gateway: tasks without a public address start."""
    address = place.ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = place.ec2.create_nat_gateway(SubnetId=place.subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    place.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig={"Delay": 1})
    subnet = place.ec2.create_subnet(VpcId=place.vpc, CidrBlock="10.0.8.0/24",
                                     AvailabilityZone=place.aws.region + "a")["Subnet"]["SubnetId"]
    routes = place.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
    place.ec2.create_route(RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    place.ec2.associate_route_table(RouteTableId=routes, SubnetId=subnet)
    place.register(container={"image": place.push()})
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [place.group],
                                       "assignPublicIp": "DISABLED"}}
    place.running(place.run(networkConfiguration=network)[0])


# Images for another machine. Texts: aws-facts D.4; "exec format error" and its exit code 1 as seen on Fargate
# (aws-samples/amazon-bedrock-serverless-prompt-chaining, issue 213).

def test_an_index_without_the_tasks_platform(place):
    image = place.push_index("arm64")
    place.register(container={"image": image})
    assert place.failure() == ("CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest "
                               "does not contain descriptor matching platform 'linux/amd64'")
    place.register(container={"image": image}, runtimePlatform={"cpuArchitecture": "ARM64"})
    place.running(place.run()[0])


def test_an_index_for_both(place):
    image = place.push_index("arm64", "amd64")
    for architecture in ("X86_64", "ARM64"):
        place.register(container={"image": image}, runtimePlatform={"cpuArchitecture": architecture})
        place.running(place.run()[0])


@pytest.mark.parametrize("container, program", [
    ({}, "/hello"), ({"command": ["/bin/app", "-v"]}, "/bin/app"), ({"entryPoint": ["sh", "-c"]}, "sh")])
def test_an_image_for_another_processor(place, container, program):
    """One that is no index is pulled all the same; its program cannot be executed."""
    place.register(container={"image": place.push(), **container}, runtimePlatform={"cpuArchitecture": "ARM64"})
    task = place.stopped(place.run()[0])
    assert (task["stopCode"], task["stoppedReason"]) == ("EssentialContainerExited", "Essential container in task exited")
    assert task["containers"][0]["exitCode"] == 1
    stream = f"app/web/{task['taskArn'].split('/')[-1]}"
    lines = eventually(lambda: place.logs.get_log_events(logGroupName="/ecs/app", logStreamName=stream)["events"])
    assert [line["message"] for line in lines] == [f"exec {program}: exec format error"]
