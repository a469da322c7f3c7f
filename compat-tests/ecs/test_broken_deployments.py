"""One deployed VPC, and each thing that can be wrong with it, broken alone: the stopped task's reason, the service's
events and the rollout's state say so; repaired, the next deployment completes. Texts: aws-facts D.4, D.5, D.7."""
import contextlib
import json

import pytest

from conftest import error_of, eventually
from ecs.place import Place

AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: "


class Deployment:
    """A service in private subnets behind a load balancer: its image comes through a NAT gateway, its secret by the role,
    its lines go to a log group."""

    def __init__(self, aws):
        self.place = place = Place(aws)
        self.ec2, self.ecs = place.ec2, place.ecs
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        self.nat = self.ec2.create_nat_gateway(SubnetId=place.subnets[0],
                                               AllocationId=address)["NatGateway"]["NatGatewayId"]
        self.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[self.nat], WaiterConfig={"Delay": 1})
        self.routes = self.ec2.create_route_table(VpcId=place.vpc)["RouteTable"]["RouteTableId"]
        self.route = {"RouteTableId": self.routes, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": self.nat}
        self.ec2.create_route(**self.route)
        self.subnets = []
        for index, zone in enumerate("ab"):
            subnet = self.ec2.create_subnet(VpcId=place.vpc, CidrBlock=f"10.0.1{index}.0/24",
                                            AvailabilityZone=aws.region + zone)["Subnet"]["SubnetId"]
            self.ec2.associate_route_table(RouteTableId=self.routes, SubnetId=subnet)
            self.subnets.append(subnet)
        self.balancers = place.balanced()
        self.group = self.ec2.create_security_group(GroupName="private", Description="private",
                                                    VpcId=place.vpc)["GroupId"]
        self.port = {"GroupId": self.group, "IpPermissions": [{
            "IpProtocol": "tcp", "FromPort": 3000, "ToPort": 3000, "UserIdGroupPairs": [{"GroupId": place.group}]}]}
        self.ec2.authorize_security_group_ingress(**self.port)
        self.secret = place.secretsmanager.create_secret(Name="db", SecretString='{"password": "x"}')["ARN"]
        self.allow("secretsmanager:GetSecretValue")
        self.image = place.push()
        self.define()
        place.create(desired=1, loadBalancers=self.balancers, networkConfiguration={"awsvpcConfiguration": {
            "subnets": self.subnets, "securityGroups": [self.group], "assignPublicIp": "DISABLED"}},
            deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
        place.steady()

    def allow(self, *actions):
        """Beside the managed policy, the execution role may do this."""
        self.place.iam.put_role_policy(RoleName="execution", PolicyName="own", PolicyDocument=json.dumps({
            "Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": list(actions) or "none:None", "Resource": "*"}]}))

    def define(self, **container):
        """A new revision; its ARN."""
        container = {"image": self.image, "secrets": [{"name": "PASSWORD", "valueFrom": self.secret + ":password::"}],
                     **container}
        return self.place.register(container=container)["taskDefinitionArn"]

    def deploy(self, definition=None):
        change = {"taskDefinition": definition} if definition else {"forceNewDeployment": True}
        return self.ecs.update_service(cluster="main", service="app", **change)["service"]["deployments"][0]["id"]

    def failed(self, deployment):
        """Waits for the circuit breaker; the stopped tasks of the deployment."""
        def look():
            service = self.place.service()
            state = service["deployments"][0]
            assert state["id"] == deployment
            return state if state["rolloutState"] == "FAILED" else None
        state = eventually(look, 40)
        assert state["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
        assert state["failedTasks"] >= 3
        messages = self.place.messages()
        assert f"(service app) (deployment {deployment}) deployment failed: tasks failed to start." in messages
        arns = self.ecs.list_tasks(cluster="main", startedBy=deployment, desiredStatus="STOPPED")["taskArns"]
        return self.ecs.describe_tasks(cluster="main", tasks=arns)["tasks"]

    def fails_to_start(self, definition=None):
        """Deploys; the reason for which no task starts, which the service's events repeat."""
        tasks = self.failed(self.deploy(definition))
        assert {task["stopCode"] for task in tasks} == {"TaskFailedToStart"}
        assert not any("startedAt" in task for task in tasks)
        reasons = [task["stoppedReason"] for task in tasks]
        messages = self.place.messages()
        for reason in reasons:
            assert f"(service app) was unable to place a task. Reason: {reason}." in messages
        return reasons[0]

    def recovers(self):
        self.deploy(self.define())
        assert self.place.steady()["deployments"][0]["rolloutState"] == "COMPLETED"


@pytest.fixture(scope="module")
def deployment(server):
    return Deployment(server.aws())


@contextlib.contextmanager
def broken(deployment, repair):
    """What is broken inside is repaired afterwards, and the service deploys again."""
    yield
    repair()
    deployment.recovers()


def test_the_route(deployment):
    with broken(deployment, lambda: deployment.ec2.create_route(**deployment.route)):
        deployment.ec2.delete_route(RouteTableId=deployment.routes, DestinationCidrBlock="0.0.0.0/0")
        assert deployment.fails_to_start().startswith(
            AUTH + "The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and "
            "Amazon ECR. Check your task network configuration. ")


def test_the_nat_gateways_own_way_out(deployment):
    gateway = {"RouteTableId": deployment.place.routes, "DestinationCidrBlock": "0.0.0.0/0"}
    with broken(deployment, lambda: deployment.ec2.create_route(**gateway, GatewayId=deployment.place.gateway)):
        deployment.ec2.delete_route(**gateway)
        assert "There is a connection issue between the task and Amazon ECR." in deployment.fails_to_start()


def test_an_endpoints_group(deployment):
    """An interface endpoint with private DNS takes the registry's name over, and nobody may reach it."""
    ec2, place = deployment.ec2, deployment.place
    ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": True})
    closed = ec2.create_security_group(GroupName="endpoint", Description="endpoint", VpcId=place.vpc)["GroupId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=place.vpc, ServiceName=f"com.amazonaws.{place.aws.region}.ecr.api", VpcEndpointType="Interface",
        SubnetIds=deployment.subnets, SecurityGroupIds=[closed], PrivateDnsEnabled=True)["VpcEndpoint"]["VpcEndpointId"]
    eventually(lambda: ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]["State"] == "available")

    def remove():
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
        eventually(lambda: not [e for e in ec2.describe_vpc_endpoints()["VpcEndpoints"]
                                if e["VpcEndpointId"] == endpoint and e["State"] == "available"])
    with broken(deployment, remove):
        assert "The task cannot pull registry auth from Amazon ECR: " in deployment.fails_to_start()


def test_a_statement_of_the_role(deployment):
    with broken(deployment, lambda: deployment.allow("secretsmanager:GetSecretValue")):
        deployment.allow()
        reason = deployment.fails_to_start()
        assert reason.startswith(AUTH + "execution resource retrieval failed: unable to retrieve secret from asm: ")
        assert reason.endswith("because no identity-based policy allows the secretsmanager:GetSecretValue action")


def test_the_secret(deployment):
    secrets = deployment.place.secretsmanager
    with broken(deployment, lambda: secrets.restore_secret(SecretId=deployment.secret)):
        secrets.delete_secret(SecretId=deployment.secret)
        assert ", InvalidRequestException: You can't perform this operation on the secret because it was marked for " \
            "deletion." in deployment.fails_to_start()


def test_a_key_of_the_secret(deployment):
    with broken(deployment, lambda: None):
        reason = deployment.fails_to_start(deployment.define(
            secrets=[{"name": "USER", "valueFrom": deployment.secret + ":user::"}]))
        assert reason.endswith("retrieved secret from Secrets Manager did not contain json key user")


def test_the_log_group(deployment):
    logs = deployment.place.logs
    with broken(deployment, lambda: logs.create_log_group(logGroupName="/ecs/app")):
        logs.delete_log_group(logGroupName="/ecs/app")
        reason = deployment.fails_to_start()
        assert reason.startswith("ResourceInitializationError: failed to validate logger args: create stream has been ")
        assert "ResourceNotFoundException: The specified log group does not exist." in reason


def test_the_images_tag(deployment):
    with broken(deployment, lambda: None):
        image = deployment.place.registry + "/app:v2"
        assert deployment.fails_to_start(deployment.define(image=image)) == (
            "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref "
            f"{image}: {image}: not found")


def unhealthy(deployment, definition, cause):
    """A release that runs, and that the load balancer refuses."""
    tasks = deployment.failed(deployment.deploy(definition))
    group = deployment.balancers[0]["targetGroupArn"]
    assert {task["stopCode"] for task in tasks} == {"ServiceSchedulerInitiated"}
    assert {task["stoppedReason"] for task in tasks} == {f"Task failed ELB health checks in (target-group {group})"}
    arn = tasks[0]["taskArn"].split("/")[-1]
    assert f"(service app) (task {arn}) (port 3000) is unhealthy in (target-group {group}) due to (reason {cause})." \
        in deployment.place.messages()


def test_the_port(deployment):
    with broken(deployment, lambda: deployment.ec2.authorize_security_group_ingress(**deployment.port)):
        deployment.ec2.revoke_security_group_ingress(**deployment.port)
        unhealthy(deployment, deployment.define(), "Request timed out")


def test_a_port_that_the_definition_does_not_have(deployment):
    refusal = error_of(deployment.ecs.update_service, cluster="main", service="app",
                       taskDefinition=deployment.define(portMappings=[{"containerPort": 3001}]))
    assert refusal.message == "The container web did not have a container port 3000 defined."


def test_the_health_path(deployment):
    with broken(deployment, lambda: None):
        unhealthy(deployment, deployment.define(environment=[{"name": "DRYDOCK_HEALTH_PATH", "value": "/healthz"}]),
                  "Health checks failed with these codes: [404]")


def test_the_pair_of_cpu_and_memory(deployment):
    definition = deployment.place.definition(cpu="256", memory="4096")
    refusal = error_of(deployment.ecs.register_task_definition, **definition)
    assert (refusal.code, refusal.message) == ("ClientException", "No Fargate configuration exists for given values.")
    refusal = error_of(deployment.place.run, overrides={"cpu": "512", "memory": "512"})
    assert (refusal.code, refusal.message) == ("ClientException", "No Fargate configuration exists for given values.")
