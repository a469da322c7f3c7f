"""Services. ECS API and developer guide; aws-facts D.5-D.7."""
import json

from conftest import error_of, eventually


def test_a_service_becomes_stable_by_itself(place):
    place.register()
    created = place.create()
    assert (created["status"], created["runningCount"], created["desiredCount"]) == ("ACTIVE", 0, 2)
    assert created["deployments"][0]["desiredCount"] == 0
    assert created["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    assert created["deploymentConfiguration"]["maximumPercent"] == 200
    assert created["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    assert created["schedulingStrategy"] == "REPLICA" and created["platformVersion"] == "LATEST"
    assert created["deployments"][0]["platformVersion"] == "1.4.0"
    place.ecs.get_waiter("services_stable").wait(cluster="main", services=["app"], WaiterConfig={"Delay": 1})
    service = place.steady()
    deployment = service["deployments"][0]
    assert deployment["id"].startswith("ecs-svc/") and deployment["status"] == "PRIMARY"
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."
    tasks = place.ecs.describe_tasks(cluster="main", tasks=place.ecs.list_tasks(
        cluster="main", serviceName="app")["taskArns"])["tasks"]
    assert len({task["availabilityZone"] for task in tasks}) == 2
    assert {task["startedBy"] for task in tasks} == {deployment["id"]}
    assert {task["group"] for task in tasks} == {"service:app"}
    messages = place.messages()
    assert messages[0].startswith("(service app) has started 2 tasks: (task ")
    assert messages[-2:] == [f"(service app) (deployment {deployment['id']}) deployment completed.",
                             "(service app) has reached a steady state."]


def test_with_a_load_balancer_targets_are_registered_and_healthy(place):
    place.register()
    balancers = place.balanced()
    place.create(loadBalancers=balancers)
    place.steady()
    group = balancers[0]["targetGroupArn"]
    health = place.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [h["TargetHealth"]["State"] for h in health] == ["healthy", "healthy"]
    assert any("registered 2 targets in (target-group " in m or "registered 1 targets in (target-group " in m
               for m in place.messages())
    place.ecs.update_service(cluster="main", service="app", desiredCount=0)
    eventually(lambda: place.service()["runningCount"] == 0)
    eventually(lambda: not place.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"])
    assert any("has begun draining connections on 2 tasks." in m for m in place.messages())


def test_a_new_revision_is_rolled_out_and_back(place):
    place.register()
    place.create()
    first = place.steady()["deployments"][0]["id"]
    second = place.register()["taskDefinitionArn"]
    updated = place.ecs.update_service(cluster="main", service="app", taskDefinition="app")["service"]
    assert [d["status"] for d in updated["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert updated["deployments"][0]["taskDefinition"] == second
    assert updated["deployments"][1]["id"] == first
    place.ecs.get_waiter("services_stable").wait(cluster="main", services=["app"], WaiterConfig={"Delay": 1})
    assert place.steady()["taskDefinition"] == second
    place.ecs.update_service(cluster="main", service="app", taskDefinition="app:1")
    assert place.steady()["taskDefinition"].endswith("app:1")
    tasks = place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"]
    described = place.ecs.describe_tasks(cluster="main", tasks=tasks)["tasks"]
    assert {task["taskDefinitionArn"].split("/")[1] for task in described} == {"app:1"}


def test_scaling_replacing_and_deleting(place):
    place.register()
    place.create(desired=1)
    deployment = place.steady()["deployments"][0]["id"]
    place.ecs.update_service(cluster="main", service="app", desiredCount=3)
    assert place.steady()["deployments"][0]["id"] == deployment, "scaling is no deployment"
    victim = place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"][0]
    place.ecs.stop_task(cluster="main", task=victim)
    eventually(lambda: place.describe({"taskArn": victim})["lastStatus"] == "STOPPED")
    eventually(lambda: place.service()["runningCount"] == 3)
    refusal = error_of(place.ecs.delete_service, cluster="main", service="app")
    assert (refusal.code, refusal.message) == (
        "InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
    assert place.ecs.delete_service(cluster="main", service="app", force=True)["service"]["status"] == "DRAINING"
    place.ecs.get_waiter("services_inactive").wait(cluster="main", services=["app"], WaiterConfig={"Delay": 1})
    assert place.service()["status"] == "INACTIVE"
    assert place.ecs.list_services(cluster="main")["serviceArns"] == []
    assert place.ecs.list_tasks(cluster="main")["taskArns"] == []
    assert error_of(place.ecs.delete_service, cluster="main", service="app").code == "ServiceNotFoundException"
    assert error_of(place.ecs.update_service, cluster="main", service="app", desiredCount=1).type == \
        "ServiceNotActiveException"
    assert place.create(desired=0)["status"] == "ACTIVE"


def test_the_circuit_breaker_rolls_a_bad_release_back(place):
    place.register(container={"image": place.push()})
    place.create(deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    good = place.steady()["deployments"][0]["id"]
    place.register(container={"image": place.registry + "/app:missing"})
    bad = place.ecs.update_service(cluster="main", service="app",
                                   taskDefinition="app:2")["service"]["deployments"][0]["id"]
    eventually(lambda: place.service()["taskDefinition"].endswith("app:1"), 60)
    service = place.steady()
    assert service["deployments"][0]["id"] not in (good, bad)
    messages = place.messages()
    assert f"(service app) (deployment {bad}) deployment failed: tasks failed to start." in messages
    assert f"(service app) rolling back to deployment {good}." in messages
    assert any("was unable to place a task. Reason: CannotPullContainerError: " in m for m in messages)


def test_a_deployment_that_cannot_move_says_so(place):
    place.register()
    place.create(desired=1, deploymentConfiguration={"maximumPercent": 150, "minimumHealthyPercent": 100})
    place.steady()
    place.ecs.update_service(cluster="main", service="app", forceNewDeployment=True)
    eventually(lambda: any("was unable to stop or start tasks during a deployment because of the service deployment "
                           "configuration." in m for m in place.messages()))


def test_missing_services(place):
    answer = place.ecs.describe_services(cluster="main", services=["nobody"])
    assert answer["failures"] == [{
        "arn": f"arn:aws:ecs:{place.aws.region}:{place.aws.account}:service/main/nobody", "reason": "MISSING"}]
    assert error_of(place.ecs.update_service, cluster="main", service="nobody").type == "ServiceNotFoundException"
    assert error_of(place.ecs.describe_services, cluster="nobody", services=["x"]).code == "ClusterNotFoundException"


def test_what_create_service_refuses(place):
    place.register()
    balancers = place.balanced()
    refuse = lambda **more: error_of(place.create, **more).message
    assert refuse(taskDefinition="nobody") == "TaskDefinition not found."
    assert refuse(loadBalancers=[{**balancers[0], "containerName": "db"}]) == \
        "The container db does not exist in the task definition."
    assert refuse(loadBalancers=[{**balancers[0], "containerPort": 8080}]) == \
        "The container web did not have a container port 8080 defined."
    lonely = place.elbv2.create_target_group(Name="lonely", Protocol="HTTP", Port=80, VpcId=place.vpc,
                                             TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    assert refuse(loadBalancers=[{**balancers[0], "targetGroupArn": lonely}]) == \
        f"The target group with targetGroupArn {lonely} does not have an associated load balancer."
    instances = place.elbv2.create_target_group(Name="instances", Protocol="HTTP", Port=80, VpcId=place.vpc,
                                                TargetType="instance")["TargetGroups"][0]["TargetGroupArn"]
    assert refuse(loadBalancers=[{**balancers[0], "targetGroupArn": instances}]) == \
        f"The provided target group {instances} has target type instance, which is incompatible with the awsvpc " \
        "network mode specified in the task definition."
    assert refuse(healthCheckGracePeriodSeconds=5) == \
        "Health check grace period is only valid for services configured to use load balancers"
    assert refuse(deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 100}) == \
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
    assert place.ecs.list_services(cluster="main")["serviceArns"] == [], "nothing is half-created"
    place.create(desired=0)
    assert refuse(desired=0) == "Creation of service was not idempotent."


def test_tags_reach_the_tasks(place):
    place.register()
    place.create(desired=1, tags=[{"key": "team", "value": "a"}], propagateTags="SERVICE", enableECSManagedTags=True)
    place.steady()
    task = place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"][0]
    tags = place.ecs.describe_tasks(cluster="main", tasks=[task], include=["TAGS"])["tasks"][0]["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == {
        "team": "a", "aws:ecs:clusterName": "main", "aws:ecs:serviceName": "app"}


def test_a_role_that_cannot_be_assumed_is_an_event(place):
    place.register(executionRoleArn=f"arn:aws:iam::{place.aws.account}:role/nobody")
    place.create(desired=1)
    eventually(lambda: any("failed to launch a task with (error ECS was unable to assume the role" in m
                           for m in place.messages()))
    assert place.ecs.list_tasks(cluster="main", desiredStatus="STOPPED")["taskArns"] == []


def test_lists_and_deployment_history(place):
    place.register()
    for name in ("a", "b", "c"):
        place.create(name, desired=0)
    pages = list(place.ecs.get_paginator("list_services").paginate(cluster="main", PaginationConfig={"PageSize": 2}))
    assert [len(page["serviceArns"]) for page in pages] == [2, 1]
    assert error_of(place.ecs.list_services, cluster="main", nextToken="forged").code == "InvalidParameterException"
    place.ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=["FARGATE_SPOT"],
                                             defaultCapacityProviderStrategy=[])
    place.create("spot", desired=0, launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])
    listed = lambda **filters: [arn.split("/")[-1] for arn in
                                place.ecs.list_services(cluster="main", **filters)["serviceArns"]]
    assert listed() == ["a", "b", "c", "spot"]
    assert listed(launchType="FARGATE") == ["a", "b", "c"] and listed(launchType="EC2") == []
    assert listed(schedulingStrategy="DAEMON") == []
    place.ecs.delete_service(cluster="main", service="c")
    eventually(lambda: listed(schedulingStrategy="REPLICA") == ["a", "b", "spot"])
    place.steady("a")
    if not hasattr(place.ecs, "list_service_deployments"):  # boto3 of 2025 and later
        return
    brief = place.ecs.list_service_deployments(cluster="main", service="a")["serviceDeployments"][0]
    assert brief["status"] == "SUCCESSFUL"
    deployments = lambda **filters: len(place.ecs.list_service_deployments(cluster="main", service="a", **filters)[
        "serviceDeployments"])
    assert (deployments(status=["SUCCESSFUL"]), deployments(status=["STOPPED", "IN_PROGRESS"])) == (1, 0)
    assert deployments(createdAt={"after": brief["createdAt"]}) == 1
    assert deployments(createdAt={"before": brief["createdAt"].replace(year=2020)}) == 0
    full = place.ecs.describe_service_deployments(
        serviceDeploymentArns=[brief["serviceDeploymentArn"]])["serviceDeployments"][0]
    assert full["deploymentCircuitBreaker"]["threshold"] == 3
    revision = place.ecs.describe_service_revisions(
        serviceRevisionArns=[brief["targetServiceRevisionArn"]])["serviceRevisions"][0]
    assert revision["taskDefinition"].endswith("app:1")


def test_the_aws_cli(place):
    place.register()
    place.aws.cli("ecs", "create-service", "--cluster", "main", "--service-name", "app", "--task-definition", "app",
                  "--desired-count", "2", "--launch-type", "FARGATE", "--network-configuration",
                  json.dumps(place.network()))
    place.aws.cli("ecs", "wait", "services-stable", "--cluster", "main", "--services", "app")
    place.aws.cli("ecs", "delete-service", "--cluster", "main", "--service", "app", "--force")
    place.aws.cli("ecs", "wait", "services-inactive", "--cluster", "main", "--services", "app")


def test_a_security_group_of_another_vpc(place):
    """Seen: aws-dotnet-deploy, pull request 735."""
    vpc = place.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = place.ec2.create_security_group(GroupName="far", Description="far", VpcId=vpc)["GroupId"]
    network = place.network()
    network["awsvpcConfiguration"]["securityGroups"] = [group]
    place.register()
    for call in (place.create, place.run):
        refusal = error_of(call, networkConfiguration=network)
        assert (refusal.code, refusal.message) == (
            "InvalidParameterException",
            f"Security group {group} does not appear to belong to the same VPC as the input subnets.")


def test_exec_needs_a_task_role(place):
    """Seen: aws-toolkit-jetbrains, issue 3649; boto3, issue 3173."""
    place.register()
    refusal = error_of(place.create, desired=1, enableExecuteCommand=True)
    assert (refusal.code, refusal.message) == (
        "InvalidParameterException", "The service couldn't be created because a valid taskRoleArn is not being used. "
                                     "Specify a valid task role in your task definition and try again.")
    place.create(desired=0)
    update = {"cluster": "main", "service": "app", "enableExecuteCommand": True}
    refusal = error_of(place.ecs.update_service, **update)
    assert (refusal.code, refusal.message) == (
        "InvalidParameterException", "The service couldn't be updated because a valid taskRoleArn is not being used. "
                                     "Specify a valid task role in your task definition and try again.")
    refusal = error_of(place.run, enableExecuteCommand=True)
    assert (refusal.code, refusal.message) == (
        "InvalidParameterException", "The execute command failed because a valid task role is not being used. Specify a "
                                     "valid task role in your task definition or as a task override and try again.")
    place.run(enableExecuteCommand=True, overrides={"taskRoleArn": place.role})
    definition = place.register(taskRoleArn=place.role)["taskDefinitionArn"]
    place.ecs.update_service(**update, taskDefinition=definition)


def unregistrable(place, error):
    """The one service event about it; the deployment waits."""
    [said] = eventually(lambda: [each for each in place.messages() if "failed to register targets in" in each])
    assert said.endswith(f" with (error {error})")
    service = place.service()
    assert service["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    return said


def test_a_target_group_of_another_vpc(place):
    """Seen: containers-roadmap, issue 1107."""
    vpc = place.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    gateway = place.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    place.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = [place.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{index}.0/24", AvailabilityZone=place.aws.region + zone
                                       )["Subnet"]["SubnetId"] for index, zone in enumerate("ab")]
    balancer = place.elbv2.create_load_balancer(Name="far", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    group = place.elbv2.create_target_group(Name="far", Protocol="HTTP", Port=3000, VpcId=vpc,
                                            TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    place.elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
                                DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
    place.register()
    place.create(desired=1, loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 3000}])
    task = eventually(lambda: place.ecs.list_tasks(cluster="main")["taskArns"])[0]
    address = place.running({"taskArn": task})["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
    said = unregistrable(place, f"The Availability Zone for IP address '{address}' must be 'all' for Application Load "
                                "Balancer target groups, when not within the VPC")
    assert said.startswith(f"(service app) failed to register targets in (target-group {group}) ")
    assert not place.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]


def test_a_target_group_that_is_deleted(place):
    """ECS developer guide, "Amazon ECS service event messages": failed to register targets."""
    balancers = place.balanced()
    place.register()
    place.create(desired=1, loadBalancers=balancers)
    place.steady()
    [listener] = place.elbv2.describe_listeners(LoadBalancerArn=place.elbv2.describe_load_balancers(
        Names=["app"])["LoadBalancers"][0]["LoadBalancerArn"])["Listeners"]
    place.elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
    place.elbv2.delete_target_group(TargetGroupArn=balancers[0]["targetGroupArn"])
    place.ecs.update_service(cluster="main", service="app", forceNewDeployment=True)
    unregistrable(place, f"Target groups '{balancers[0]['targetGroupArn']}' not found")
    assert place.service()["runningCount"] == 2  # the old task is not given up
