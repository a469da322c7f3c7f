"""Capacity providers, container instances and their attributes, and services that wait for them.

ECS API reference; developer guide, "Amazon ECS capacity providers", "Amazon ECS service event messages".
"""
from conftest import error_of, eventually

GROUP = "arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:2e7a:autoScalingGroupName/web"


def provider(ecs, name="asg", **more):
    return ecs.create_capacity_provider(name=name, autoScalingGroupProvider={"autoScalingGroupArn": GROUP, **more})[
        "capacityProvider"]


def test_capacity_providers(ecs, aws):
    made = provider(ecs, managedScaling={"status": "ENABLED", "targetCapacity": 80})
    assert made["capacityProviderArn"] == f"arn:aws:ecs:{aws.region}:{aws.account}:capacity-provider/asg"
    scaling = made["autoScalingGroupProvider"]["managedScaling"]
    assert (scaling["targetCapacity"], scaling["minimumScalingStepSize"], scaling["instanceWarmupPeriod"]) == (80, 1, 300)
    assert error_of(provider, ecs=ecs, name="fargate-mine").code == "ClientException"
    assert error_of(provider, ecs=ecs).code == "ClientException"
    updated = ecs.update_capacity_provider(name="asg", autoScalingGroupProvider={
        "managedScaling": {"targetCapacity": 100}, "managedTerminationProtection": "ENABLED"})["capacityProvider"]
    assert updated["updateStatus"] == "UPDATE_COMPLETE"
    assert updated["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 100
    listed = ecs.describe_capacity_providers()["capacityProviders"]
    assert [each["name"] for each in listed] == ["FARGATE", "FARGATE_SPOT", "asg"]
    failures = ecs.describe_capacity_providers(capacityProviders=["nobody"])["failures"]
    assert failures[0]["reason"] == "MISSING"

    ecs.create_cluster(clusterName="main", capacityProviders=["asg", "FARGATE"])
    assert error_of(ecs.delete_capacity_provider, capacityProvider="asg").code == "ClientException"
    assert error_of(ecs.put_cluster_capacity_providers, cluster="main", capacityProviders=["asg", "FARGATE"],
                    defaultCapacityProviderStrategy=[{"capacityProvider": "asg", "weight": 1},
                                                     {"capacityProvider": "FARGATE", "weight": 1}]).message == (
        "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate "
        "providers. Specify one or the other and try again.")
    ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=["FARGATE"],
                                       defaultCapacityProviderStrategy=[])
    assert ecs.delete_capacity_provider(capacityProvider="asg")["capacityProvider"]["status"] == "INACTIVE"


def test_a_provider_in_use_stays_with_its_cluster(place):
    place.register()
    place.ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=["FARGATE", "FARGATE_SPOT"],
                                             defaultCapacityProviderStrategy=[])
    place.create(desired=1, launchType="FARGATE")
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    assert "you must force a new deployment" in error_of(
        place.ecs.update_service, cluster="main", service="app", capacityProviderStrategy=spot).message
    place.ecs.update_service(cluster="main", service="app", capacityProviderStrategy=spot, forceNewDeployment=True)
    service = place.steady()
    assert service["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE_SPOT" and "launchType" not in service
    assert error_of(place.ecs.put_cluster_capacity_providers, cluster="main", capacityProviders=["FARGATE"],
                    defaultCapacityProviderStrategy=[]).code == "ResourceInUseException"


def test_container_instances_and_attributes(ecs, aws):
    ecs.create_cluster(clusterName="main")
    made = ecs.register_container_instance(
        cluster="main", instanceIdentityDocument='{"instanceId": "i-0123456789abcdef0"}',
        totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 2048}],
        versionInfo={"agentVersion": "1.90.0"}, attributes=[{"name": "ecs.os-type", "value": "linux"}])[
            "containerInstance"]
    arn = made["containerInstanceArn"]
    assert arn.startswith(f"arn:aws:ecs:{aws.region}:{aws.account}:container-instance/main/")
    assert (made["status"], made["ec2InstanceId"], made["agentConnected"]) == ("ACTIVE", "i-0123456789abcdef0", False)
    assert ecs.list_container_instances(cluster="main")["containerInstanceArns"] == [arn]
    assert ecs.describe_clusters(clusters=["main"])["clusters"][0]["registeredContainerInstancesCount"] == 1
    answer = ecs.describe_container_instances(cluster="main", containerInstances=[arn.split("/")[-1], "f" * 32])
    assert answer["containerInstances"][0]["registeredResources"][0]["integerValue"] == 2048
    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING"]

    ecs.put_attributes(cluster="main", attributes=[
        {"name": "stack", "value": "production", "targetType": "container-instance", "targetId": arn}])
    found = ecs.list_attributes(cluster="main", targetType="container-instance", attributeName="stack")["attributes"]
    assert [(each["value"], each["targetId"]) for each in found] == [("production", arn)]
    assert error_of(ecs.put_attributes, cluster="main", attributes=[
        {"name": "a", "targetId": "f" * 32}]).type == "TargetNotFoundException"
    assert error_of(ecs.put_attributes, cluster="main", attributes=[
        {"name": f"n{i}", "targetId": arn} for i in range(10)]).type == "AttributeLimitExceededException"
    ecs.delete_attributes(cluster="main", attributes=[{"name": "stack", "targetId": arn}])
    assert ecs.list_attributes(cluster="main", targetType="container-instance", attributeName="stack")[
        "attributes"] == []

    drained = ecs.update_container_instances_state(cluster="main", containerInstances=[arn], status="DRAINING")
    assert drained["containerInstances"][0]["status"] == "DRAINING"
    assert ecs.list_container_instances(cluster="main", status="ACTIVE")["containerInstanceArns"] == []
    assert error_of(ecs.update_container_agent, cluster="main",
                    containerInstance=arn).type == "NoUpdateAvailableException"
    assert error_of(ecs.delete_cluster, cluster="main").type == "ClusterContainsContainerInstancesException"
    assert ecs.deregister_container_instance(cluster="main", containerInstance=arn)[
        "containerInstance"]["status"] == "INACTIVE"
    gone = ecs.describe_container_instances(cluster="main", containerInstances=[arn])["containerInstances"][0]
    assert gone["status"] == "INACTIVE"
    assert ecs.list_container_instances(cluster="main")["containerInstanceArns"] == []
    assert error_of(ecs.deregister_container_instance, cluster="main",
                    containerInstance=arn).code == "InvalidParameterException"
    assert ecs.delete_cluster(cluster="main")["cluster"]["status"] == "INACTIVE"
    assert ecs.discover_poll_endpoint()["endpoint"].startswith("http")


def test_a_service_without_instances_says_so_and_waits(place):
    place.ecs.register_task_definition(family="old", containerDefinitions=[
        {"name": "web", "image": "nginx", "memory": 128}])
    old = {"cluster": "main", "taskDefinition": "old", "launchType": "EC2"}
    assert error_of(place.ecs.run_task, **old).message == "No Container Instances were found in your cluster."
    service = place.ecs.create_service(
        serviceName="old", desiredCount=1, placementStrategy=[{"type": "binpack", "field": "memory"}], **old)["service"]
    assert service["placementStrategy"] == [{"type": "binpack", "field": "memory"}]
    eventually(lambda: place.messages("old"))
    assert place.messages("old") == [
        "(service old) was unable to place a task because no container instance met all of its requirements. Reason: No "
        "Container Instances were found in your cluster. For more information, see the Troubleshooting section of the "
        "Amazon ECS Developer Guide."]
    instance = place.ecs.register_container_instance(cluster="main")["containerInstance"]["containerInstanceArn"]
    daemon = place.ecs.create_service(serviceName="daemon", schedulingStrategy="DAEMON", **old)["service"]
    assert (daemon["desiredCount"], daemon["deploymentConfiguration"]["minimumHealthyPercent"]) == (1, 0)
    assert place.ecs.list_services(cluster="main", schedulingStrategy="DAEMON")["serviceArns"] == [daemon["serviceArn"]]
    eventually(lambda: place.messages("daemon"))
    assert f"(container-instance {instance.split('/')[-1]}) encountered error \"AGENT\"" in place.messages("daemon")[0]
    assert error_of(place.create, name="no", schedulingStrategy="DAEMON", launchType="FARGATE").code in (
        "InvalidParameterException", "ClientException")


def instance(ecs, cpu=1024, memory=2048, attributes=None, **more):
    return ecs.register_container_instance(
        cluster="main", versionInfo={"agentVersion": "1.90.0"},
        attributes=[{"name": name, "value": value} for name, value in (attributes or {}).items()],
        totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": cpu},
                        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
                        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "8080"]}], **more)[
        "containerInstance"]["containerInstanceArn"]


def old(ecs, family="old", memory=128, cpu=0, port=0, **more):
    ecs.register_task_definition(family=family, containerDefinitions=[
        {"name": "web", "image": "nginx", "memory": memory, "cpu": cpu,
         "portMappings": [{"containerPort": 80, "hostPort": port}]}], **more)
    return {"cluster": "main", "taskDefinition": family}


def failures(answer):
    assert answer["tasks"] == []
    return [(failure["arn"], failure["reason"]) for failure in answer["failures"]]


def test_why_no_instance_takes_a_task(ecs):
    """Developer guide, "Amazon ECS API failure reasons": the agent's connection is the last that counts here."""
    ecs.create_cluster(clusterName="main")
    run = lambda task, **more: failures(ecs.run_task(launchType="EC2", **task, **more))
    assert error_of(ecs.run_task, **old(ecs), launchType="EC2").message == "No Container Instances were found in your cluster."
    small = instance(ecs, attributes={"stack": "blue"})
    large = instance(ecs, cpu=4096, memory=16384)
    assert run(old(ecs)) == [(small, "AGENT"), (large, "AGENT")]
    assert run(old(ecs, memory=4096)) == [(small, "RESOURCE:MEMORY"), (large, "AGENT")]
    assert run(old(ecs, cpu=2048)) == [(small, "RESOURCE:CPU"), (large, "AGENT")]
    assert run(old(ecs, port=8080)) == [(small, "RESOURCE:PORTS"), (large, "RESOURCE:PORTS")]
    blue = {"placementConstraints": [{"type": "memberOf", "expression": "attribute:stack == blue"}]}
    other = "MemberOf placement constraint unsatisfied."
    assert run(old(ecs), **blue) == [(small, "AGENT"), (large, other)]
    assert run(old(ecs, **blue)) == [(small, "AGENT"), (large, other)]
    assert error_of(ecs.run_task, **old(ecs), launchType="EC2", placementConstraints=[
        {"type": "memberOf", "expression": "stack is blue"}]).code == "InvalidParameterException"
    assert error_of(ecs.run_task, **old(ecs), launchType="EC2", platformVersion="1.4.0").message == \
        "The platform version must be null when specifying an EC2 launch type."
    capable = instance(ecs, attributes={"com.amazonaws.ecs.capability.docker-remote-api.1.18": ""})
    secret = {"name": "X", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf"}
    ecs.register_task_definition(family="secret", executionRoleArn="role", containerDefinitions=[
        {"name": "web", "image": "nginx", "memory": 128, "secrets": [secret]}])
    assert run({"cluster": "main", "taskDefinition": "secret"})[-1] == (capable, "ATTRIBUTE")

    ecs.update_container_instances_state(cluster="main", containerInstances=[small], status="DRAINING")
    ecs.deregister_container_instance(cluster="main", containerInstance=large)
    assert run(old(ecs)) == [(capable, "AGENT")]
    unknown = small[:-32] + "f" * 32
    assert failures(ecs.start_task(**old(ecs, memory=4096), containerInstances=[small, large, "f" * 32])) == [
        (small, "RESOURCE:MEMORY"), (large, "INACTIVE"), (unknown, "MISSING")]


def test_a_service_names_the_closest_instance(place):
    small = instance(place.ecs).split("/")[-1]
    instance(place.ecs, memory=64, attributes={"com.amazonaws.ecs.capability.privileged-container": ""})
    start = "was unable to place a task because no container instance met all of its requirements. The closest matching " \
        f"(container-instance {small}) "
    for name, expected, change in (("memory", "has insufficient memory available.", {"memory": 4096}),
                                   ("cpu", "has insufficient CPU units available.", {"cpu": 2048}),
                                   ("port", "is already using a port required by your task.", {"port": 22}),
                                   ("agent", 'encountered error "AGENT".', {})):
        place.ecs.create_service(serviceName=name, desiredCount=1, launchType="EC2", **old(place.ecs, **change))
        eventually(lambda: place.messages(name))
        assert place.messages(name)[0].startswith(f"(service {name}) {start}{expected} For more information")


def test_container_instances_by_query(ecs):
    ecs.create_cluster(clusterName="main")
    blue, green = (instance(ecs, attributes={"stack": stack, "ecs.instance-type": kind},
                            instanceIdentityDocument='{"instanceId": "i-%s"}' % stack)
                   for stack, kind in (("blue", "g2.large"), ("green", "t3.small")))
    query = lambda text: ecs.list_container_instances(cluster="main", filter=text)["containerInstanceArns"]
    assert query("attribute:stack == blue") == [blue]
    assert query("attribute:ecs.instance-type =~ g2.* or ec2InstanceId in ['i-green']") == [blue, green]
    assert query("not(attribute:stack == blue) and agentVersion >= 1.9.0") == [green]
    assert query("agentConnected == true") == query("runningTasksCount > 0") == []
    assert error_of(ecs.list_container_instances, cluster="main",
                    filter="attribute:stack ==").code == "InvalidParameterException"
