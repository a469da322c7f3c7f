"""Each refusal of ECS that no other test meets, or meets by its code alone: code, status and words.

Codes: the API Reference's errors of each operation. Words: aws-facts D; those that Drydock chose itself are marked as such
in handlers/ecs. What is refused changes nothing, so all rows share one account.
"""
import json

import pytest

from conftest import error_of, eventually
from ecs.place import Place

FARGATE_SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
GROUP = "arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:2e7a:autoScalingGroupName/web"
CONSTRAINT = {"type": "memberOf", "expression": "attribute:a == b"}
SPREAD = {"type": "spread", "field": "attribute:ecs.availability-zone"}
NOWHERE = "f" * 32
HOOK = {"hookTargetArn": "arn:aws:lambda:eu-central-1:111122223333:function:f", "roleArn":
        "arn:aws:iam::111122223333:role/r", "lifecycleStages": ["PRE_SCALE_UP"]}


class Full(Place):
    """With one of everything that can be referred to."""

    def __init__(self, aws):
        super().__init__(aws)
        self.ecs = aws.client("ecs", parameter_validation=False)
        ecs = self.ecs
        self.register()
        ecs.register_task_definition(family="bridge", containerDefinitions=[{"name": "web", "image": "x", "memory": 128}])
        ecs.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": GROUP})
        ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=["FARGATE", "FARGATE_SPOT", "asg"],
                                           defaultCapacityProviderStrategy=[])
        self.create("service", desired=0)
        self.create("spot", desired=0, launchType=None, capacityProviderStrategy=FARGATE_SPOT)
        self.create("codedeploy", desired=0, deploymentController={"type": "CODE_DEPLOY"})
        ecs.create_service(cluster="main", serviceName="external", desiredCount=0,
                           deploymentController={"type": "EXTERNAL"})
        ecs.create_service(cluster="main", serviceName="daemon", taskDefinition="bridge", launchType="EC2",
                           schedulingStrategy="DAEMON")
        self.cluster = ecs.create_cluster(clusterName="tagged", tags=[
            {"key": f"k{i}", "value": ""} for i in range(30)])["cluster"]["clusterArn"]
        self.instance = ecs.register_container_instance(cluster="main")["containerInstance"]["containerInstanceArn"]
        self.crowded = ecs.register_container_instance(cluster="main", versionInfo={"agentVersion": "1.90.0"})[
            "containerInstance"]["containerInstanceArn"]
        ecs.put_attributes(cluster="main", attributes=[{"name": f"n{i}", "targetId": self.crowded} for i in range(10)])
        other = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        self.far_group = self.ec2.create_security_group(GroupName="far", Description="far", VpcId=other)["GroupId"]
        self.far_subnet = self.ec2.create_subnet(VpcId=other, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]

    # Short forms; each takes what is wrong.

    def inside(self, **network):
        """RunTask in this network."""
        return self.run(networkConfiguration={"awsvpcConfiguration": {"subnets": self.subnets, **network}})

    def on_ec2(self, **more):
        """CreateService for container instances."""
        return self.create(**{"taskDefinition": "bridge", "launchType": "EC2", "networkConfiguration": None, **more})

    def external(self, **more):
        return self.ecs.create_service(cluster="main", serviceName="x", deploymentController={"type": "EXTERNAL"}, **more)

    def update(self, name="service", **more):
        return self.ecs.update_service(cluster="main", service=name, **more)

    def overridden(self, **container):
        return self.run(overrides={"containerOverrides": [{"name": "web", **container}]})

    def attribute(self, **attribute):
        return self.ecs.put_attributes(cluster="main", attributes=[{"name": "a", "targetId": self.instance, **attribute}])

    def provider(self, name="new", **scaling):
        return self.ecs.create_capacity_provider(name=name, autoScalingGroupProvider={
            "autoScalingGroupArn": GROUP, **scaling})

    def providers(self, *strategy, providers=("FARGATE", "FARGATE_SPOT", "asg")):
        return self.ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=list(providers),
                                                       defaultCapacityProviderStrategy=list(strategy))

    def tag(self, *keys, arn=None):
        return self.ecs.tag_resource(resourceArn=arn or self.cluster, tags=[{"key": key, "value": ""} for key in keys])

    def arn(self, resource):
        return f"arn:aws:ecs:{self.aws.region}:{self.aws.account}:{resource}"

    def target_group(self, name):
        return f"arn:aws:elasticloadbalancing:{self.aws.region}:{self.aws.account}:targetgroup/{name}/0123456789abcdef"


@pytest.fixture(scope="module")
def here(server):
    return Full(server.aws())


def refused(here, call, code, words, status=400):
    error = error_of(lambda: call(here))
    assert (error.code, error.status) == (code, status), error
    assert error.message.startswith(words), error.message


BALANCER = {"containerName": "web", "containerPort": 3000}
PROVIDER_MISSING = "The specified capacity provider was not found. Specify a valid name or ARN and try again."
NOT_ON_CODEDEPLOY = " on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."


@pytest.mark.parametrize("call, words", [
    # Clusters and capacity providers
    (lambda h: h.ecs.create_cluster(clusterName="a b"), "Cluster name contains invalid characters."),
    (lambda h: h.ecs.describe_clusters(clusters=["x"] * 101), "Clusters cannot have more than 100 items."),
    (lambda h: h.ecs.update_cluster_settings(cluster="main", settings=[{"name": "containerInsights", "value": "x"}]),
     'Invalid cluster setting value "x"'),
    (lambda h: h.ecs.create_cluster(clusterName="x", configuration={"executeCommandConfiguration": {"logging": "OVERRIDE"}}),
     "A logConfiguration must be specified when, and only when, logging is OVERRIDE."),
    (lambda h: h.ecs.create_cluster(clusterName="x", capacityProviders=["FARGATE"] * 21),
     "A cluster can have at most 20 capacity providers."),
    (lambda h: h.ecs.create_cluster(clusterName="x", capacityProviders=["nobody"]), PROVIDER_MISSING),
    (lambda h: h.ecs.describe_capacity_providers(capacityProviders=["x"] * 101),
     "Capacity providers cannot have more than 100 items."),
    (lambda h: h.providers({"capacityProvider": "nobody"}),
     "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
     "Associate the capacity provider with the cluster and try again."),
    (lambda h: h.providers(*FARGATE_SPOT * 21),
     "A capacity provider strategy can contain a maximum of 20 capacity providers."),
    (lambda h: h.providers({"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {**FARGATE_SPOT[0], "base": 1}),
     "Only one capacity provider in a capacity provider strategy can have a base."),
    (lambda h: h.providers({"capacityProvider": "FARGATE"}, {"capacityProvider": "FARGATE_SPOT"}),
     "At least one capacity provider must have a weight greater than zero."),
    # Account settings, tags, pages
    (lambda h: h.ecs.put_account_setting(name="guardDutyActivate", value="on"),
     "You cannot change the guardDutyActivate setting."),
    (lambda h: h.ecs.put_account_setting(name="containerInsights", value="maybe"),
     "Invalid value for setting containerInsights: maybe"),
    (lambda h: h.tag(*(f"n{i}" for i in range(21))), "The number of tags must not exceed 50."),
    (lambda h: h.tag("aws:x"), "Tag keys that start with 'aws:' are reserved for AWS use."),
    (lambda h: h.tag("a", "a"), "Duplicate tag keys found: a."),
    (lambda h: h.ecs.untag_resource(resourceArn=h.cluster, tagKeys=["aws:x"]), "Tag keys that start with 'aws:'"),
    (lambda h: h.tag("a", arn=h.arn("service/main/nobody")), "The specified resource could not be found."),
    (lambda h: h.tag("a", arn="nonsense"), "Invalid ARN: nonsense"),
    (lambda h: h.ecs.list_tasks(cluster="main", nextToken="forged"), "Invalid token."),
    (lambda h: h.ecs.list_tasks(cluster="main", maxResults=101), "maxResults must be between 1 and 100."),
    # Container instances and their attributes
    (lambda h: h.attribute(targetId=""), "Attributes must have a target id."),
    (lambda h: h.attribute(name="!"), "Invalid attribute name: !"),
    (lambda h: h.attribute(value="!"), "Invalid attribute value: !"),
    (lambda h: h.ecs.put_attributes(cluster="main", attributes=[{"name": "a"}] * 11),
     "Attributes cannot have more than 10 items."),
    (lambda h: h.ecs.delete_attributes(cluster="main", attributes=[{"name": "a"}] * 11),
     "Attributes cannot have more than 10 items."),
    (lambda h: h.ecs.list_container_instances(cluster="main", filter="agentVersion >"),
     "Invalid expression: 'agentVersion >'."),
    (lambda h: h.ecs.deregister_container_instance(cluster="main", containerInstance=NOWHERE),
     f"Referenced container instance {NOWHERE} not found."),
    (lambda h: h.ecs.describe_container_instances(cluster="main", containerInstances=[]),
     "Container instances cannot be empty."),
    (lambda h: h.ecs.describe_container_instances(cluster="main", containerInstances=[NOWHERE] * 101),
     "Container instances cannot have more than 100 items."),
    (lambda h: h.ecs.update_container_instances_state(cluster="main", containerInstances=[NOWHERE], status="REGISTERING"),
     "Container instance status should be one of [ACTIVE,DRAINING]"),
    (lambda h: h.ecs.update_container_instances_state(cluster="main", containerInstances=[NOWHERE] * 11, status="ACTIVE"),
     "Container instances cannot have more than 10 items."),
    # Where tasks and services go
    (lambda h: h.inside(subnets=[]), "subnets can not be empty."),
    (lambda h: h.inside(subnets=h.subnets * 9), "subnets can have at most 16 items."),
    (lambda h: h.inside(securityGroups=[h.group] * 6), "securityGroups can have at most 5 items."),
    (lambda h: h.inside(subnets=[h.subnets[0], h.far_subnet]), "All subnets must belong to the same VPC."),
    (lambda h: h.inside(securityGroups=[h.far_group]), "Security group sg-"),
    (lambda h: h.on_ec2(networkConfiguration=h.network()),
     "Network Configuration is not valid for the given networkMode of this task definition."),
    (lambda h: h.create("x", taskDefinition="bridge"), "Task definition does not support launch_type FARGATE."),
    (lambda h: h.create("x", launchType="EC2"), "Assign public IP is not supported for this launch type."),
    (lambda h: h.on_ec2(platformVersion="1.4.0"), "The platform version must be null when specifying an EC2 launch type."),
    (lambda h: h.create("x", capacityProviderStrategy=FARGATE_SPOT),
     "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."),
    (lambda h: h.create("x", placementConstraints=[CONSTRAINT]),
     "Placement constraints are not supported with FARGATE launch type."),
    (lambda h: h.create("x", placementStrategy=[SPREAD]), "Placement strategies are not supported with FARGATE launch type."),
    (lambda h: h.on_ec2(placementConstraints=[CONSTRAINT] * 11), "placement constraints can have at most 10 items."),
    (lambda h: h.on_ec2(placementStrategy=[SPREAD] * 6), "placement strategies can have at most 5 items."),
    (lambda h: h.on_ec2(desired=None, schedulingStrategy="DAEMON", placementStrategy=[SPREAD]),
     "Placement strategies are not supported with the DAEMON scheduling strategy."),
    (lambda h: h.create("x", desired=None, schedulingStrategy="DAEMON"),
     "The DAEMON scheduling strategy is not supported with FARGATE launch type."),
    (lambda h: h.on_ec2(schedulingStrategy="DAEMON"),
     "desiredCount cannot be specified with the DAEMON scheduling strategy."),
    (lambda h: h.update("daemon", desiredCount=1), "desiredCount cannot be specified with the DAEMON scheduling strategy."),
    (lambda h: h.on_ec2(schedulingStrategy="DAEMON", deploymentController={"type": "CODE_DEPLOY"}),
     "The CODE_DEPLOY deployment controller does not support the DAEMON scheduling strategy."),
    # Services
    (lambda h: h.create("a b"), "Service name contains invalid characters."),
    (lambda h: h.create("x", taskDefinition=None), "TaskDefinition can not be blank."),
    (lambda h: h.create("x", desired=-1), "desiredCount must not be negative."),
    (lambda h: h.create("x", role="ecsServiceRole"),
     "You cannot specify an IAM role for services that require a service linked role."),
    (lambda h: h.create("x", loadBalancers=[BALANCER] * 6), "load balancers can have at most 5 items."),
    (lambda h: h.create("x", loadBalancers=[{**BALANCER, "targetGroupArn": h.target_group("nobody")}]),
     "The specified target group does not exist. targetGroupArn: arn:aws:elasticloadbalancing:"),
    (lambda h: h.create("x", serviceRegistries=[{"registryArn": "x"}] * 2), "serviceRegistries can have at most 1 item."),
    (lambda h: h.create("x", deploymentConfiguration={"maximumPercent": 50}),
     "maximumPercent must be at least 100 and minimumHealthyPercent between 0 and it."),
    (lambda h: h.create("x", deploymentController={"type": "CODE_DEPLOY"}, deploymentConfiguration={
        "deploymentCircuitBreaker": {"enable": True, "rollback": True}}),
     "Deployment circuit breaker and deployment strategies are not supported with the CODE_DEPLOY deployment controller."),
    (lambda h: h.ecs.describe_services(cluster="main", services=[]), "Services cannot be empty."),
    (lambda h: h.ecs.describe_services(cluster="main", services=["x"] * 11), "Services cannot have more than 10 items."),
    (lambda h: h.update(capacityProviderStrategy=FARGATE_SPOT),
     "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity "
     "provider strategy on a service that is already using one, you must force a new deployment."),
    (lambda h: h.update("codedeploy", forceNewDeployment=True), "Cannot force a new deployment" + NOT_ON_CODEDEPLOY),
    (lambda h: h.update("codedeploy", networkConfiguration=h.network()),
     "Unable to update network parameters" + NOT_ON_CODEDEPLOY),
    (lambda h: h.update("codedeploy", platformVersion="1.4.0"), "Unable to update platform version" + NOT_ON_CODEDEPLOY),
    (lambda h: h.update("codedeploy", capacityProviderStrategy=FARGATE_SPOT),
     "Unable to update capacity provider strategy" + NOT_ON_CODEDEPLOY),
    (lambda h: h.update("codedeploy", loadBalancers=[]), "Unable to update load balancers" + NOT_ON_CODEDEPLOY),
    (lambda h: h.update("codedeploy", serviceRegistries=[]), "Unable to update service registries" + NOT_ON_CODEDEPLOY),
    (lambda h: h.update("external", taskDefinition="app"),
     "Unable to update task definition on services with a EXTERNAL deployment controller."),
    # Task sets
    (lambda h: h.external(taskDefinition=""), "Family should not be null or empty."),
    (lambda h: h.external(launchType="FARGATE"), "LaunchType must be blank."),
    (lambda h: h.external(capacityProviderStrategy=FARGATE_SPOT), "CapacityProviderStrategy must be blank."),
    (lambda h: h.external(platformVersion="1.4.0"), "PlatformVersion must be blank."),
    (lambda h: h.external(networkConfiguration=h.network()), "NetworkConfiguration must be blank."),
    (lambda h: h.external(loadBalancers=[BALANCER]), "LoadBalancers must be blank."),
    (lambda h: h.external(serviceRegistries=[{"registryArn": "x"}]), "ServiceRegistries must be blank."),
    (lambda h: h.ecs.create_task_set(cluster="main", service="external", taskDefinition="app", scale={
        "value": 101, "unit": "PERCENT"}), "The scale of a task set must be between 0 and 100."),
    # Tasks
    (lambda h: h.run(count=0), "count must be between 1 and 10."),
    (lambda h: h.run(startedBy="x" * 129),
     "startedBy can have up to 128 letters, numbers, hyphens, forward slashes and underscores."),
    (lambda h: h.run(referenceId="x" * 1025), "referenceId can have at most 1024 characters."),
    (lambda h: h.run(group="service:x"), "Invalid namespace for group."),
    (lambda h: h.run(propagateTags="SERVICE"), "SERVICE is not a valid value for propagateTags when running a task."),
    (lambda h: h.run(placementStrategy=[SPREAD]), "Placement constraints and strategies are not supported with FARGATE."),
    (lambda h: h.overridden(resourceRequirements=[{"type": "GPU", "value": "1"}]),
     "GPU and inference accelerators are not supported with FARGATE."),
    (lambda h: h.overridden(cpu=-1), "The cpu of an override must not be negative."),
    (lambda h: h.overridden(cpu=512), "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."),
    (lambda h: h.overridden(memory=3), "Invalid setting for container 'web'. The memory must be at least 4 MiB."),
    (lambda h: h.overridden(memory=1024),
     "The 'memory' setting for container 'web' is greater than for the task."),
    (lambda h: h.overridden(memory=64, memoryReservation=128),
     "Invalid setting for container 'web'. 'memory' must be greater than 'memoryReservation'."),
    (lambda h: h.overridden(environment=[{"name": "", "value": "x"}]),
     "The name of an environment variable must not be empty."),
    (lambda h: h.overridden(environmentFiles=[{"type": "s3", "value": "x"}]),
     "The value of an environment file must be the ARN of an object in Amazon S3."),
    (lambda h: h.overridden(environment=[{"name": "X", "value": "x" * 8200}]),
     "Container Overrides length must be at most 8192"),
    (lambda h: h.run(overrides={"ephemeralStorage": {"sizeInGiB": 20}}),
     "Invalid ephemeral storage size. The size must be between 21 and 200 GiB."),
    (lambda h: h.run(overrides={"inferenceAcceleratorOverrides": [{"deviceName": "x", "deviceType": "y"}]}),
     "Inference accelerators are not supported with FARGATE."),
    (lambda h: h.ecs.start_task(cluster="main", taskDefinition="bridge", containerInstances=[]),
     "Container instances cannot be empty."),
    (lambda h: h.ecs.start_task(cluster="main", taskDefinition="bridge", containerInstances=[NOWHERE] * 11),
     "The number of container instances must not exceed 10."),
    (lambda h: h.ecs.describe_tasks(cluster="main", tasks=[NOWHERE] * 101), "Tasks cannot have more than 100 items."),
    (lambda h: h.ecs.list_tasks(cluster="main", startedBy="me", family="app"),
     "startedBy cannot be used together with other filters."),
    (lambda h: h.ecs.update_task_protection(cluster="main", tasks=[NOWHERE] * 11, protectionEnabled=True),
     "The number of tasks must not exceed 10."),
    (lambda h: h.ecs.update_task_protection(cluster="main", tasks=[NOWHERE], protectionEnabled=True, expiresInMinutes=2881),
     "expiresInMinutes must be between 1 and 2880."),
    (lambda h: h.ecs.get_task_protection(cluster="main", tasks=[NOWHERE] * 101), "The number of tasks must not exceed 100."),
])
def test_invalid_parameters(here, call, words):
    refused(here, call, "InvalidParameterException", words)


@pytest.mark.parametrize("call, words", [
    (lambda h: h.provider("fargate-mine"),
     "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and "
     "lowercase), numbers, underscores (_), and hyphens (-). The name cannot be prefixed with \"aws\", \"ecs\", or "
     "\"fargate\". Specify a valid name and try again."),
    (lambda h: h.provider("asg"), "A capacity provider with the specified name already exists. Specify a different name and "
                                  "try again."),
    (lambda h: h.provider(managedScaling={"minimumScalingStepSize": 2, "maximumScalingStepSize": 1}),
     "The minimum scaling step size must not exceed the maximum scaling step size."),
    (lambda h: h.provider(managedTerminationProtection="ENABLED"),
     "To enable managed termination protection, managed scaling must be enabled as well."),
    (lambda h: h.ecs.create_capacity_provider(name="new"), "An Auto Scaling group provider must be specified."),
    (lambda h: h.ecs.update_capacity_provider(name="nobody", autoScalingGroupProvider={}), PROVIDER_MISSING),
    (lambda h: h.ecs.delete_capacity_provider(capacityProvider="FARGATE"),
     "The capacity providers FARGATE and FARGATE_SPOT cannot be deleted."),
    (lambda h: h.ecs.delete_capacity_provider(capacityProvider="asg"),
     "The capacity provider cannot be deleted because it is associated with cluster: main. Remove the capacity provider from "
     "the cluster and try again."),
    (lambda h: h.ecs.register_container_instance(cluster="main", instanceIdentityDocument="nonsense"),
     "The instance identity document is not valid."),
])
def test_client_errors(here, call, words):
    refused(here, call, "ClientException", words)


@pytest.mark.parametrize("code, call, words", [
    ("ResourceInUseException", lambda h: h.providers(providers=["FARGATE", "asg"]),
     "The specified capacity provider is in use and cannot be removed."),
    ("TargetNotFoundException", lambda h: h.attribute(targetId=NOWHERE), f"Unable to find target with id {NOWHERE}"),
    ("AttributeLimitExceededException", lambda h: h.attribute(targetId=h.crowded),
     "You can apply up to 10 custom attributes for each resource."),
    ("MissingVersionException", lambda h: h.ecs.update_container_agent(cluster="main", containerInstance=h.instance),
     "Amazon ECS can't determine the current version of the Amazon ECS container agent on the container instance and doesn't "
     "have enough information to proceed with an update."),
    ("NoUpdateAvailableException", lambda h: h.ecs.update_container_agent(cluster="main", containerInstance=h.crowded),
     "There's no update available for this Amazon ECS container agent."),
    ("PlatformUnknownException", lambda h: h.run(platformVersion="9.9.9"), "The specified platform does not exist."),
    ("ServiceNotFoundException", lambda h: h.update("nobody"), "Service not found."),
    ("TaskSetNotFoundException", lambda h: h.ecs.delete_task_set(cluster="main", service="external", taskSet="ecs-svc/1"),
     "The specified task set could not be found."),
    ("ClusterNotFoundException", lambda h: h.tag("a", arn=h.arn("cluster/nobody")), "Cluster not found."),
    ("ClientException", lambda h: h.run(overrides={"taskRoleArn": "arn:aws:s3:::bucket"}), "Role is not valid"),
])
def test_other_errors(here, code, call, words):
    refused(here, call, code, words)


@pytest.mark.parametrize("call, words", [
    (lambda h: h.run(launchType="MANAGED_INSTANCES"), "The launch type MANAGED_INSTANCES is not implemented by Drydock."),
    (lambda h: h.ecs.run_task(cluster="main", taskDefinition="bridge", capacityProviderStrategy=[
        {"capacityProvider": "asg", "weight": 1}]),
     "A task on a capacity provider of an Auto Scaling group is not implemented by Drydock."),
    (lambda h: h.create("x", loadBalancers=[{**BALANCER, "loadBalancerName": "classic"}]),
     "A classic load balancer is not implemented by Drydock."),
])
def test_what_is_not_implemented(here, call, words):
    refused(here, call, "NotImplemented", words, 501)


def registered(here, container, **task):
    definition = {**here.definition("refused", container), **task}
    return here.ecs.register_task_definition(**{name: value for name, value in definition.items() if value is not None})


def containers(*each):
    return {"containerDefinitions": [{"name": "web", "image": "x", **container} for container in each]}


IN_WEB = "Invalid setting for container 'web'. "
NOFILE = {"name": "nofile", "softLimit": 1, "hardLimit": 1}
ROUTER = {"firelensConfiguration": {"type": "fluentbit"}}
ROUTED = {"logConfiguration": {"logDriver": "awsfirelens"}}
ENVIRONMENT_FILE = {"type": "s3", "value": "arn:aws:s3:::bucket/x.env"}


@pytest.mark.parametrize("container, task, words", [
    ({}, {"family": "a b"}, "Invalid family name"),
    ({}, containers(*({"name": f"c{i}"} for i in range(11))), "Too many containers in the task definition. The limit is 10."),
    ({}, containers({}, {}), "Container names must be unique within a Task Definition."),
    ({"name": "a b"}, {}, "Container.name contains invalid characters."),
    ({"cpu": -1}, {}, IN_WEB + "The cpu must not be negative."),
    ({}, containers({"memory": 300}, {"name": "db", "memory": 300}),
     "Invalid setting for container. Total memory of containers exceeds task memory."),
    ({}, {"requiresCompatibilities": ["EC2"], "cpu": None, "memory": None},
     IN_WEB + "At least one of 'memory' or 'memoryReservation' must be specified."),
    ({"environment": [{"name": "", "value": "x"}]}, {}, IN_WEB + "An environment variable must have a name."),
    ({"environmentFiles": [ENVIRONMENT_FILE] * 11}, {}, IN_WEB + "A container can have at most 10 environment files."),
    ({}, {"executionRoleArn": None, **containers({"environmentFiles": [ENVIRONMENT_FILE]})},
     "When you are specifying environment files, you must also specify a value for 'executionRoleArn'."),
    ({}, {"executionRoleArn": None, **containers({"secrets": [{"name": "X", "valueFrom": "x"}]})},
     "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."),
    ({"ulimits": [NOFILE, NOFILE]}, {}, IN_WEB + "The ulimit 'nofile' is given twice."),
    ({"ulimits": [{**NOFILE, "softLimit": 2}]}, {},
     IN_WEB + "The soft limit of a ulimit must not be greater than its hard limit."),
    ({"portMappings": [{"containerPort": 80, "name": ""}]}, {},
     IN_WEB + "Port mapping names must be unique and have 1 to 64 characters."),
    ({"portMappings": [{"protocol": "tcp"}]}, {},
     IN_WEB + "A port mapping must have a containerPort or a containerPortRange."),
    ({"mountPoints": [{"sourceVolume": "v"}]}, {"volumes": [{"name": "v"}]},
     IN_WEB + "A mount point must have a containerPath."),
    ({"disableNetworking": True}, {}, "Fargate compatible task definitions do not support disableNetworking"),
    ({}, {"volumes": [{"name": "a b"}]}, "Invalid volume name 'a b'."),
    ({}, {"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryptionPort": 65536}}]},
     "Invalid transitEncryptionPort of an EFS volume."),
    ({}, {"volumes": [{"name": "v", "fsxWindowsFileServerVolumeConfiguration": {
        "fileSystemId": "fs-1", "rootDirectory": "/", "authorizationConfig": {"credentialsParameter": "x", "domain": "x"}}}]},
     "Fargate compatible task definitions do not support FSx for Windows File Server volumes"),
    ({}, {"requiresCompatibilities": ["EC2"], "networkMode": "bridge", "proxyConfiguration": {"containerName": "web"}},
     "A proxyConfiguration requires networkMode=awsvpc."),
    ({}, {"inferenceAccelerators": [{"deviceName": "x", "deviceType": "y"}]},
     "Fargate compatible task definitions do not support inference accelerators"),
    ({"logConfiguration": {"logDriver": "awslogs", "options": {}}}, {},
     "Log driver awslogs requires options: awslogs-region, awslogs-group"),
    ({"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g", "awslogs-region": "r"}}}, {},
     "Log driver awslogs requires options: awslogs-stream-prefix"),
    ({}, containers({"dependsOn": [{"containerName": "db", "condition": "SUCCESS"}]}, {"name": "db"}),
     "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"),
    (ROUTED, {}, "When the awsfirelens log driver is specified, one container has to have a firelensConfiguration object."),
    ({}, containers({**ROUTER, **ROUTED}, {"name": "db", **ROUTER}),
     "A task definition can have only one container with a firelensConfiguration object."),
])
def test_what_no_task_definition_may_say(here, container, task, words):
    refused(here, lambda h: registered(h, container, **task), "ClientException", words)


def test_using_a_definition_that_is_gone(here):
    here.register("old")
    here.ecs.deregister_task_definition(taskDefinition="old:1")
    refused(here, lambda h: h.ecs.deregister_task_definition(taskDefinition="old:1"), "ClientException",
            "The specified task definition is inactive. You can only perform this action on active task definitions")
    refused(here, lambda h: h.ecs.deregister_task_definition(taskDefinition="old:2"), "ClientException",
            "The specified task definition does not exist.")
    if hasattr(here.ecs, "delete_task_definitions"):
        refused(here, lambda h: h.ecs.delete_task_definitions(taskDefinitions=[f"old:{i}" for i in range(11)]),
                "InvalidParameterException", "Size of TaskDefinition references list cannot exceed 10")


def test_a_service_that_ends(here):
    here.register("slow", {"stopTimeout": 60, "dockerLabels": {"DRYDOCK_STOP_DELAY": "60"}})
    here.create("ending", desired=1, taskDefinition="slow")
    here.steady("ending")
    task = here.ecs.list_tasks(cluster="main", serviceName="ending")["taskArns"][0]
    here.ecs.delete_service(cluster="main", service="ending", force=True)
    refused(here, lambda h: h.create("ending", desired=0), "InvalidParameterException",
            "Unable to Start a service that is still Draining.")
    refused(here, lambda h: h.update("ending", desiredCount=1), "ServiceNotActiveException", "Service was not ACTIVE.")
    eventually(lambda: here.describe({"taskArn": task})["lastStatus"] == "STOPPING")


def test_a_token_that_was_used_names_its_tasks(here):
    if "clientToken" not in here.ecs.meta.service_model.operation_model("RunTask").input_shape.members:
        pytest.skip("needs boto3 1.28 or later")
    tasks = [task["taskArn"] for task in here.run(clientToken="once", count=2)]
    with pytest.raises(here.ecs.exceptions.ConflictException) as refusal:
        here.run(clientToken="once", count=1)
    assert sorted(refusal.value.response["resourceIds"]) == sorted(tasks)
    assert refusal.value.response["Error"]["Message"] == "The request with this clientToken had other parameters."


def test_commands_in_containers(here):
    here.register("pair", **containers({}, {"name": "db"}))
    task = here.running(here.run("pair", enableExecuteCommand=True, overrides={"taskRoleArn": here.role})[0])
    execute = lambda **more: lambda h: h.ecs.execute_command(**{
        "cluster": "main", "task": task["taskArn"], "command": "sh", "interactive": True, **more})
    refused(here, execute(), "InvalidParameterException",
            "Container name must be specified for tasks with more than one container.")
    refused(here, execute(container="cache"), "InvalidParameterException", "The task has no container named cache.")
    refused(here, execute(container="db"), "TargetNotConnectedException",
            "The execute command failed due to an internal error. Try again later.")
    plain = here.running(here.run()[0])
    refused(here, execute(task=plain["taskArn"]), "InvalidParameterException",
            "The execute command failed because execute command was not enabled when the task was run or the execute command "
            "agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.")
    here.ecs.stop_task(cluster="main", task=task["taskArn"])
    here.stopped(task)
    refused(here, execute(container="db"), "ClientException", "The task is stopped.")


START = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "


@pytest.mark.parametrize("value, words", [
    ("5", "json: cannot unmarshal number into Go value of type map[string]interface {}"),
    ("[1]", "json: cannot unmarshal array into Go value of type map[string]interface {}"),
])
def test_a_secret_that_is_no_object(here, value, words):
    here.iam.put_role_policy(RoleName="execution", PolicyName="secrets", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}]}))
    arn = here.secretsmanager.create_secret(Name=f"plain{len(value)}", SecretString=value)["ARN"]
    here.register("secret", {"secrets": [{"name": "X", "valueFrom": arn + ":key::"}]})
    assert here.failure("secret") == (
        START + "unable to retrieve secret from asm: service call has been retried 1 time(s): " + words)


@pytest.mark.parametrize("container, reason", [
    ({"image": "registry.example.com/app:1", "repositoryCredentials": {
        "credentialsParameter": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:hub-AbCdEf"}},
     START + "unable to get registry auth from asm: service call has been retried 3 time(s): operation error Secrets Manager: "
     "GetSecretValue, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded"),
    ({"environmentFiles": [ENVIRONMENT_FILE]},
     "ResourceInitializationError: failed to download env files: file download command: non empty error stream: "
     "RequestCanceled: request context canceled caused by: context deadline exceeded"),
])
def test_no_way_to_what_a_container_needs(here, container, reason):
    here.register("cut-off", container)
    assert here.failure("cut-off", networkConfiguration=here.network(public=False)) == reason


def test_credentials_of_nobody(here):
    status, _, body = here.aws.http("GET", f"/_drydock/agent/{here.aws.region}/{here.aws.account}/v2/credentials/{'0' * 32}")
    assert (status, json.loads(body)["code"]) == (400, "InvalidIdInRequest")


@pytest.fixture
def newer(here):
    """For what boto3 knows since 2025."""
    if not hasattr(here.ecs, "continue_service_deployment"):
        pytest.skip("this client knows no deployment strategies")
    return here


def configured(**configuration):
    return lambda h: h.create("x", desired=0, deploymentConfiguration=configuration)


INVALID, CLIENT = "InvalidParameterException", "ClientException"


@pytest.mark.parametrize("code, call, words", [
    (INVALID, configured(strategy="ROLLING", linearConfiguration={"stepPercent": 10.0}),
     "linearConfiguration can only be specified with the LINEAR strategy."),
    (INVALID, configured(strategy="ROLLING", canaryConfiguration={"canaryPercent": 5.0}),
     "canaryConfiguration can only be specified with the CANARY strategy."),
    (INVALID, configured(strategy="LINEAR", linearConfiguration={"stepPercent": 2.0}),
     "stepPercent must be between 3 and 100."),
    (INVALID, configured(strategy="BLUE_GREEN", bakeTimeInMinutes=1441), "bakeTimeInMinutes must be between 0 and 1440."),
    (INVALID, configured(strategy="BLUE_GREEN", lifecycleHooks=[{**HOOK, "roleArn": None}]),
     "A lifecycle hook must have a hookTargetArn and a roleArn."),
    (INVALID, configured(strategy="BLUE_GREEN", lifecycleHooks=[{**HOOK, "lifecycleStages": []}]),
     "A lifecycle hook must have at least one lifecycle stage."),
    (INVALID, configured(alarms={"alarmNames": [], "enable": True, "rollback": True}),
     "alarmNames must not be empty when deployment alarms are enabled."),
    (INVALID, lambda h: h.create("x", volumeConfigurations=[{"name": "v"}]),
     "The volume v is not configured at launch in the task definition."),
    (INVALID, lambda h: h.ecs.describe_service_deployments(serviceDeploymentArns=["x"] * 21),
     "serviceDeploymentArns can have at most 20 items."),
    (INVALID, lambda h: h.ecs.describe_service_revisions(serviceRevisionArns=["x"] * 21),
     "serviceRevisionArns can have at most 20 items."),
    ("ServiceNotFoundException", lambda h: h.ecs.list_service_deployments(cluster="main", service="nobody"),
     "Service not found."),
    ("ServiceDeploymentNotFoundException", lambda h: h.ecs.stop_service_deployment(
        serviceDeploymentArn=h.arn("service-deployment/main/service/nobody")), "The service deployment does not exist."),
    (CLIENT, lambda h: registered(h, {"restartPolicy": {"enabled": True, "restartAttemptPeriod": 59}}),
     IN_WEB + "restartAttemptPeriod must be between 60 and 1800 seconds."),
    (CLIENT, lambda h: registered(h, {"restartPolicy": {"enabled": True, "ignoredExitCodes": [1] * 51}}),
     IN_WEB + "A restart policy can have at most 50 ignored exit codes."),
    (CLIENT, lambda h: registered(h, {"portMappings": [{"containerPort": 80, "containerPortRange": "80-81"}]}),
     IN_WEB + "A port mapping has either a containerPort or a containerPortRange."),
    (CLIENT, lambda h: h.ecs.create_capacity_provider(name="new", cluster="main"),
     "A cluster can only be specified with a Managed Instances provider."),
])
def test_what_newer_clients_may_ask(newer, code, call, words):
    refused(newer, call, code, words)


def test_advanced_configurations(newer):
    balancers = newer.balanced("shift")
    blue_green = lambda **configuration: lambda h: h.create(
        "x", desired=0, deploymentConfiguration={"strategy": "BLUE_GREEN"},
        loadBalancers=[{**balancers[0], "advancedConfiguration": configuration}])
    whole = {"productionListenerRule": "arn:nobody", "roleArn": newer.role}
    refused(newer, blue_green(**whole), INVALID, "advancedConfiguration must have an alternateTargetGroupArn, a "
                                                 "productionListenerRule and a roleArn.")
    refused(newer, blue_green(**whole, alternateTargetGroupArn=newer.target_group("nobody")), INVALID,
            "The specified target group does not exist. targetGroupArn: ")
    refused(newer, blue_green(**whole, alternateTargetGroupArn=balancers[0]["targetGroupArn"]), INVALID,
            "The listener rule arn:nobody does not exist.")


def test_a_deployment_that_cannot_be_stopped_or_continued(newer):
    deployment = lambda name: newer.ecs.list_service_deployments(cluster="main", service=name)["serviceDeployments"][0]
    newer.register("stuck", {"image": newer.registry + "/nobody:1"})
    newer.create("stuck", desired=1, taskDefinition="stuck")
    stop = lambda name: lambda h: h.ecs.stop_service_deployment(
        serviceDeploymentArn=deployment(name)["serviceDeploymentArn"], stopType="ROLLBACK")
    refused(newer, stop("stuck"), INVALID, "The service has no completed deployment to roll back to.")
    refused(newer, lambda h: h.ecs.continue_service_deployment(
        serviceDeploymentArn=deployment("stuck")["serviceDeploymentArn"], hookId="nobody"), INVALID,
            "Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}")
    refused(newer, lambda h: h.ecs.continue_service_deployment(
        serviceDeploymentArn=deployment("stuck")["serviceDeploymentArn"], hookId="ecs-pause-nobody"), INVALID,
            "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN")
    eventually(lambda: deployment("service")["status"] == "SUCCESSFUL")
    refused(newer, stop("service"), "ConflictException", "The service deployment is not in progress and cannot be stopped.")


@pytest.mark.parametrize("call, words", [
    (lambda h: h.run(volumeConfigurations=[{"name": "v", "managedEBSVolume": {"roleArn": h.role, "sizeInGiB": 1}}]),
     "Attaching EBS volumes to tasks is not implemented by Drydock."),
    (configured(strategy="BLUE_GREEN", lifecycleHooks=[{**HOOK, "hookDetails": {"a": "b"}}]),
     "hookDetails of a lifecycle hook is not implemented by Drydock."),
    (lambda h: h.update(deploymentController={"type": "CODE_DEPLOY"}),
     "A change of the deployment controller is not implemented by Drydock."),
    (lambda h: h.ecs.create_capacity_provider(name="new", managedInstancesProvider={
        "infrastructureRoleArn": h.role, "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "x", "networkConfiguration": {"subnets": h.subnets}}}),
     "A capacity provider of Managed Instances is not implemented by Drydock."),
])
def test_what_newer_clients_do_not_get(newer, call, words):
    refused(newer, call, "NotImplemented", words, 501)


def test_nothing_was_made(here):
    """Runs last: what was refused left nothing behind."""
    names = {arn.split("/")[-1] for arn in here.ecs.list_services(cluster="main", maxResults=100)["serviceArns"]}
    assert names <= {"service", "spot", "codedeploy", "external", "daemon", "ending", "stuck"}
    assert [arn.split("/")[-1] for arn in here.ecs.list_clusters()["clusterArns"]] == ["main", "tagged"]
    assert len(here.ecs.list_tags_for_resource(resourceArn=here.cluster)["tags"]) == 30
    assert [each["name"] for each in here.ecs.describe_capacity_providers()["capacityProviders"]] == [
        "FARGATE", "FARGATE_SPOT", "asg"]
    assert "refused" not in here.ecs.list_task_definition_families()["families"]
