"""Tasks that run. ECS API reference; aws-facts D.3, D.9."""
import ipaddress
import json

import pytest

from conftest import error_of, eventually
from ecs.place import Place


def test_a_task_runs_and_stops(place):
    image = place.push()
    place.register(container={"image": image})
    task = place.run()[0]
    assert (task["lastStatus"], task["desiredStatus"], task["launchType"]) == ("PROVISIONING", "RUNNING", "FARGATE")
    assert task["group"] == "family:app" and task["overrides"]["containerOverrides"] == [{"name": "web"}]
    place.ecs.get_waiter("tasks_running").wait(cluster="main", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1})
    task = place.describe(task)
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    assert ipaddress.ip_address(details["privateIPv4Address"]) in ipaddress.ip_network("10.0.0.0/24")
    interface = place.ec2.describe_network_interfaces(
        NetworkInterfaceIds=[details["networkInterfaceId"]])["NetworkInterfaces"][0]
    assert interface["PrivateIpAddress"] == details["privateIPv4Address"]
    assert interface["Association"]["PublicIp"]
    assert interface["Description"].startswith(f"arn:aws:ecs:{place.aws.region}:{place.aws.account}:attachment/")
    # As recorded of several accounts, 2018 to 2021: its host and its requester are accounts of Amazon's.
    assert interface["InterfaceType"] == "interface" and interface["RequesterManaged"] is True
    attachment = interface["Attachment"]
    assert attachment["AttachmentId"].startswith("eni-attach-") and attachment["DeviceIndex"] == 1
    for account in (attachment["InstanceOwnerId"], interface["RequesterId"]):
        assert account.isdigit() and account != place.aws.account
    assert interface["Association"]["IpOwnerId"] == "amazon" and attachment["DeleteOnTermination"] is False
    container = task["containers"][0]
    assert container["lastStatus"] == "RUNNING" and container["imageDigest"].startswith("sha256:")
    assert task["createdAt"] <= task["connectivityAt"] <= task["pullStartedAt"] <= task["startedAt"]
    assert place.ecs.list_tasks(cluster="main")["taskArns"] == [task["taskArn"]]

    stopping = place.ecs.stop_task(cluster="main", task=task["taskArn"], reason="enough")["task"]
    assert (stopping["desiredStatus"], stopping["stopCode"], stopping["stoppedReason"]) == \
        ("STOPPED", "UserInitiated", "enough")
    place.ecs.get_waiter("tasks_stopped").wait(cluster="main", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1})
    task = place.describe(task)
    assert "exitCode" in task["containers"][0]
    assert task["attachments"][0]["status"] == "DELETED"
    assert place.ecs.list_tasks(cluster="main")["taskArns"] == []
    assert place.ecs.list_tasks(cluster="main", desiredStatus="STOPPED")["taskArns"] == [task["taskArn"]]
    gone = error_of(place.ec2.describe_network_interfaces, NetworkInterfaceIds=[details["networkInterfaceId"]])
    assert gone.code == "InvalidNetworkInterfaceID.NotFound"


def test_filters_of_list_tasks(place):
    place.register()
    place.register("other")
    ours = place.run(startedBy="me")[0]["taskArn"]
    place.run("other")
    listed = lambda **filters: place.ecs.list_tasks(cluster="main", **filters)["taskArns"]
    assert len(listed()) == 2
    assert listed(family="app") == listed(startedBy="me") == [ours]
    assert len(listed(launchType="FARGATE")) == 2 and listed(launchType="EC2") == []
    assert listed(containerInstance="f" * 32) == listed(desiredStatus="PENDING") == []
    place.create(desired=1)
    place.steady()
    of_service = listed(serviceName="app")
    assert len(of_service) == 1 and set(of_service).isdisjoint({ours})
    assert error_of(place.ecs.list_tasks, cluster="main", serviceName="nobody").type == "ServiceNotFoundException"
    assert error_of(place.ecs.list_tasks, cluster="main", startedBy="me", family="app").code == "InvalidParameterException"
    place.ecs.delete_service(cluster="main", service="app", force=True)
    place.stopped({"taskArn": of_service[0]})
    assert listed(desiredStatus="STOPPED") == of_service
    assert len(place.run(count=10)) == 10
    pages = list(place.ecs.get_paginator("list_tasks").paginate(cluster="main", PaginationConfig={"PageSize": 5}))
    assert sum(len(page["taskArns"]) for page in pages) == 12


def test_missing_tasks(place):
    answer = place.ecs.describe_tasks(cluster="main", tasks=["0" * 32])
    assert answer["failures"] == [{
        "arn": f"arn:aws:ecs:{place.aws.region}:{place.aws.account}:task/main/{'0' * 32}", "reason": "MISSING"}]
    refusal = error_of(place.ecs.stop_task, cluster="main", task="0" * 32)
    assert (refusal.code, refusal.message) == ("InvalidParameterException", "The referenced task was not found.")
    assert error_of(place.ecs.describe_tasks, cluster="main", tasks=[]).message == "Tasks cannot be empty."
    assert error_of(place.ecs.describe_tasks, cluster="main", tasks=["x"]).message == \
        "taskId length should be one of [32,36]"


def test_what_run_task_refuses(place):
    place.register()
    run = lambda **more: error_of(place.run, **more)
    missing_network = error_of(place.ecs.run_task, cluster="main", taskDefinition="app", launchType="FARGATE")
    assert missing_network.message == "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    network = place.network()
    network["awsvpcConfiguration"]["subnets"] = ["subnet-0123456789abcdef0"]
    assert run(networkConfiguration=network).message == \
        "Error retrieving subnet information for [subnet-0123456789abcdef0]: The subnet ID 'subnet-0123456789abcdef0' " \
        "does not exist (ErrorCode: InvalidSubnetID.NotFound)"
    network = place.network()
    network["awsvpcConfiguration"]["securityGroups"] = ["sg-0123456789abcdef0"]
    assert "ErrorCode: InvalidGroup.NotFound" in run(networkConfiguration=network).message
    assert run(family="nobody").message == "TaskDefinition not found."
    assert run(launchType="EC2").message == "No Container Instances were found in your cluster."
    assert run(platformVersion="9.9.9").code == "PlatformUnknownException"
    assert run(overrides={"containerOverrides": [{"name": "db"}]}).message == \
        "Override for container named db is not a container in the TaskDefinition."
    assert run(count=11).code == "InvalidParameterException"
    place.ecs.deregister_task_definition(taskDefinition="app:1")
    refusal = run(family="app:1")
    assert (refusal.code, refusal.message) == ("ClientException", "TaskDefinition is inactive")
    assert place.ecs.list_tasks(cluster="main")["taskArns"] == []


def test_a_client_token_runs_tasks_once(place):
    members = place.ecs.meta.service_model.operation_model("RunTask").input_shape.members
    if "clientToken" not in members:
        pytest.skip("needs boto3 1.28 or later")
    place.register()
    first = place.run(clientToken="once")
    assert [t["taskArn"] for t in place.run(clientToken="once")] == [t["taskArn"] for t in first]
    refusal = error_of(place.run, clientToken="once", count=2)
    assert refusal.code == refusal.type == "ConflictException"
    assert len(place.ecs.list_tasks(cluster="main")["taskArns"]) == 1


def test_capacity_providers(place):
    place.register()
    place.ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=["FARGATE", "FARGATE_SPOT"],
                                             defaultCapacityProviderStrategy=[])
    strategy = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    tasks = place.ecs.run_task(cluster="main", taskDefinition="app", count=9, capacityProviderStrategy=strategy,
                               networkConfiguration=place.network())["tasks"]
    providers = [task["capacityProviderName"] for task in tasks]
    assert (providers.count("FARGATE"), providers.count("FARGATE_SPOT")) == (3, 6)


def test_what_a_container_prints_is_in_its_stream(place):
    place.register()
    task = place.running(place.run()[0])
    stream = f"app/web/{task['taskArn'].split('/')[-1]}"
    eventually(lambda: place.logs.get_log_events(logGroupName="/ecs/app", logStreamName=stream)["events"])


def test_secrets_take_the_forms_of_the_guide(place):
    """Whole, by json key, version stage and version id, and of another region."""
    make = lambda client, text: client.create_secret(Name="db", SecretString=json.dumps({"user": text}))
    first = make(place.secretsmanager, "ann")
    secret = first["ARN"]
    place.secretsmanager.put_secret_value(SecretId=secret, SecretString=json.dumps({"user": "beatrice"}))
    elsewhere = make(place.aws.client("secretsmanager", region="us-west-2"), "dorothea")["ARN"]
    place.iam.put_role_policy(RoleName="execution", PolicyName="secrets", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": [secret, elsewhere]}]}))
    forms = {"WHOLE": secret, "USER": f"{secret}:user::", "CURRENT": f"{secret}:user:AWSCURRENT:",
             "PREVIOUS": f"{secret}:user:AWSPREVIOUS:", "BY_ID": f"{secret}:user::{first['VersionId']}",
             "FIRST": f"{secret}:::{first['VersionId']}", "ELSEWHERE": f"{elsewhere}:user::"}
    place.register(container={"secrets": [{"name": name, "valueFrom": form} for name, form in forms.items()]})
    task = place.running(place.run()[0])
    assert "beatrice" not in json.dumps(task, default=str)
    identifier = task["taskArn"].split("/")[-1]
    shown = json.loads(place.aws.http("GET", f"/_drydock/tasks/{identifier}")[2])["containers"][0]["environment"]
    sizes = {name: shown[name] for name in forms}
    assert {name: size.split()[-2] for name, size in sizes.items()} == {
        "WHOLE": "20", "USER": "8", "CURRENT": "8", "PREVIOUS": "3", "BY_ID": "3", "FIRST": "15", "ELSEWHERE": "8"}
    place.register(container={"secrets": [{"name": "X", "valueFrom": f"{secret}::AWSPENDING:"}]})
    assert place.failure().endswith("Secrets Manager can't find the specified secret value for staging label: AWSPENDING")


def test_after_kill_9_tasks_go_on(start_server, tmp_path):
    server = start_server("--data-dir", str(tmp_path / "data"))
    place = Place(server.aws("111122223333"))
    place.register()
    before = place.running(place.run()[0])
    place.create(desired=2)
    place.steady()
    server.kill()
    server = start_server("--data-dir", str(tmp_path / "data"), port=server.port)
    after = place.describe(before)
    assert after["lastStatus"] == "RUNNING"
    assert after["attachments"] == before["attachments"]
    assert after["startedAt"] == before["startedAt"]
    assert place.steady()["runningCount"] == 2
    assert len(place.ecs.list_tasks(cluster="main")["taskArns"]) == 3
    place.ecs.stop_task(cluster="main", task=before["taskArn"])
    assert place.stopped(before)["containers"][0]["exitCode"] is not None


def test_the_aws_cli(place):
    place.register()
    network = json.dumps(place.network())
    task = place.aws.cli("ecs", "run-task", "--cluster", "main", "--task-definition", "app", "--launch-type", "FARGATE",
                         "--network-configuration", network)["tasks"][0]["taskArn"]
    place.aws.cli("ecs", "wait", "tasks-running", "--cluster", "main", "--tasks", task)
    place.aws.cli("ecs", "stop-task", "--cluster", "main", "--task", task)
    place.aws.cli("ecs", "wait", "tasks-stopped", "--cluster", "main", "--tasks", task)
    failed = place.aws.cli("ecs", "stop-task", "--cluster", "main", "--task", "0" * 32, check=False)
    assert failed.returncode == 254 or failed.returncode == 255
    assert "(InvalidParameterException)" in failed.stderr
