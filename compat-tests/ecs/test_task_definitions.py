"""Task definitions. Texts and behaviour: ECS API reference; aws-facts D.2."""
import pytest

from conftest import error_of, eventually


def test_a_definition_is_completed_and_numbered(place):
    first = place.register(tags=[{"key": "team", "value": "a"}])
    assert first["taskDefinitionArn"] == \
        f"arn:aws:ecs:{place.aws.region}:{place.aws.account}:task-definition/app:1"
    assert (first["revision"], first["status"], first["family"]) == (1, "ACTIVE", "app")
    assert first["compatibilities"] == ["EC2", "FARGATE"]
    container = first["containerDefinitions"][0]
    assert container["essential"] is True and container["cpu"] == 0
    assert container["portMappings"] == [{"containerPort": 3000, "hostPort": 3000, "protocol": "tcp"}]
    for empty in ("environment", "mountPoints", "volumesFrom"):
        assert container[empty] == []
    names = {attribute["name"] for attribute in first["requiresAttributes"]}
    assert {"ecs.capability.task-eni", "com.amazonaws.ecs.capability.logging-driver.awslogs",
            "ecs.capability.execution-role-awslogs"} <= names
    assert place.register(cpu=".25 vCPU", memory="0.5 GB")["cpu"] == "256"
    assert place.ecs.describe_task_definition(taskDefinition="app")["taskDefinition"]["revision"] == 2
    described = place.ecs.describe_task_definition(taskDefinition="app:1", include=["TAGS"])
    assert described["tags"] == [{"key": "team", "value": "a"}]
    assert described["taskDefinition"] == first


def test_lists(place):
    for family in ("b", "a", "a"):
        place.register(family)
    suffixes = lambda **filters: [arn.split("/")[1] for arn in
                                  place.ecs.list_task_definitions(**filters)["taskDefinitionArns"]]
    assert suffixes() == ["a:1", "a:2", "b:1"]
    assert suffixes(sort="DESC") == ["b:1", "a:2", "a:1"]
    assert suffixes(familyPrefix="a") == ["a:1", "a:2"]
    place.ecs.deregister_task_definition(taskDefinition="b:1")
    assert suffixes(status="INACTIVE") == ["b:1"]
    families = lambda **filters: place.ecs.list_task_definition_families(**filters)["families"]
    assert families() == ["a", "b"]
    assert families(status="ACTIVE") == ["a"]
    assert families(status="INACTIVE") == ["b"]
    assert families(familyPrefix="b") == ["b"]


def test_deregistering_and_deleting(place):
    place.register()
    refusal = error_of(place.ecs.deregister_task_definition, taskDefinition="app")
    assert (refusal.code, refusal.message) == ("ClientException", "Revision is missing.")
    assert place.ecs.deregister_task_definition(taskDefinition="app:1")["taskDefinition"]["status"] == "INACTIVE"
    assert place.ecs.describe_task_definition(taskDefinition="app:1")["taskDefinition"]["status"] == "INACTIVE"
    refusal = error_of(place.ecs.describe_task_definition, taskDefinition="app")
    assert (refusal.code, refusal.message) == ("ClientException", "Unable to describe task definition.")
    assert place.register()["revision"] == 2, "numbers are never given twice"

    if hasattr(place.ecs, "delete_task_definitions"):  # boto3 1.26.62 and later
        answer = place.ecs.delete_task_definitions(taskDefinitions=["app:1", "app:2", "app:9", "!"])
        assert [d["status"] for d in answer["taskDefinitions"]] == ["DELETE_IN_PROGRESS"]
        assert [f["reason"] for f in answer["failures"]] == [
            "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
            "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
            "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."]
    assert place.register()["revision"] == 3


def test_a_definition_in_use_is_deleted_with_its_last_user(place):
    """API Reference, DeleteTaskDefinitions: DELETE_IN_PROGRESS until all tasks and services that have it are over."""
    if not hasattr(place.ecs, "delete_task_definitions"):
        pytest.skip("needs boto3 1.26.62 or later")
    place.register()
    place.create(desired=1)
    place.steady()
    place.ecs.deregister_task_definition(taskDefinition="app:1")
    deleted = place.ecs.delete_task_definitions(taskDefinitions=["app:1"])["taskDefinitions"][0]
    assert (deleted["status"], "deleteRequestedAt" in deleted) == ("DELETE_IN_PROGRESS", True)
    listed = lambda: place.ecs.list_task_definitions(status="DELETE_IN_PROGRESS")["taskDefinitionArns"]
    assert listed() == [deleted["taskDefinitionArn"]]
    assert error_of(place.create, name="second", taskDefinition="app:1").message == "TaskDefinition is inactive"
    place.ecs.update_service(cluster="main", service="app", desiredCount=2)
    assert place.steady()["runningCount"] == 2, "the service goes on with it"
    place.ecs.delete_service(cluster="main", service="app", force=True)
    eventually(lambda: listed() == [])
    assert error_of(place.ecs.describe_task_definition, taskDefinition="app:1").message == \
        "Unable to describe task definition."


@pytest.mark.parametrize("change, message", [
    ({"memory": "4096"}, "No Fargate configuration exists for given values."),
    ({"cpu": "lots"}, "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
                      "Amazon ECS Developer Guide."),
    ({"networkMode": "bridge"}, "Fargate only supports network mode ‘awsvpc’."),
    ({"pidMode": "host"}, "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for "
                          "pidMode is 'task'."),
    ({"cpu": None}, "Fargate requires that 'cpu' be defined at the task level."),
    ({"memory": None}, "Fargate requires that 'memory' be defined at the task level."),
    ({"memory": "lots"}, "Invalid 'memory' setting for task. For more information, see the Troubleshooting section of the "
                         "Amazon ECS Developer Guide."),
    ({"executionRoleArn": "arn:aws:s3:::x"}, "Role is not valid"),
    ({"ipcMode": "task"}, "Fargate compatible task definitions do not support ipcMode"),
    ({"volumes": [{"name": "v", "host": {"sourcePath": "/x"}}]},
     "Fargate compatible task definitions do not support host volumes"),
    ({"volumes": [{"name": "v"}, {"name": "v"}]}, "Volume names must be unique: 'v' is used twice."),
    ({"volumes": [{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "authorizationConfig": {
        "iam": "ENABLED"}}}]},
     "EFS transit encryption must be enabled when an access point or IAM authorization is used."),
    ({"placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}]},
     "Fargate compatible task definitions do not support placement constraints"),
    ({"ephemeralStorage": {"sizeInGiB": 201}},
     "Invalid ephemeral storage size. The size must be between 21 and 200 GiB."),
    ({"containerDefinitions": []}, "Container list cannot be empty."),
])
def test_what_a_task_may_not_ask_for(place, change, message):
    definition = {name: value for name, value in place.definition(**change).items() if value is not None}
    refusal = error_of(place.ecs.register_task_definition, **definition)
    assert (refusal.code, refusal.message, refusal.type) == ("ClientException", message, "ClientException")
    assert place.ecs.list_task_definitions()["taskDefinitionArns"] == []


@pytest.mark.parametrize("container, message", [
    ({"portMappings": [{"containerPort": 3000, "hostPort": 80}]},
     "When networkMode=awsvpc, the host ports and container ports in port mappings must match."),
    ({"name": ""}, "Container.name should not be null or empty."),
    ({"image": ""}, "Container.image should not be null or empty."),
    ({"environment": [{"name": "X", "value": "1"}],
      "secrets": [{"name": "X", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:x-AbCdEf"}]},
     "The secret name must be unique and not shared with any new or existing environment variables set on the "
     "container, such as 'X'."),
    ({"essential": False}, "All containers in a task definition cannot be non-essential."),
    ({"privileged": True}, "Fargate compatible task definitions do not support privileged"),
    ({"logConfiguration": {"logDriver": "json-file"}}, "Log driver 'json-file' is not supported for Fargate"),
    ({"hostname": "web"}, "hostname is not supported on container when networkMode=awsvpc."),
    ({"dnsServers": ["10.0.0.2"]}, "DNS servers are not supported on container when networkMode=awsvpc."),
    ({"dnsSearchDomains": ["x"]}, "DNS search domains are not supported on container when networkMode=awsvpc."),
    ({"extraHosts": [{"hostname": "a", "ipAddress": "10.0.0.2"}]},
     "Extra hosts are not supported on container when networkMode=awsvpc."),
    ({"links": ["db"]}, "Links are not supported when networkMode=awsvpc."),
    ({"ulimits": [{"name": "core", "softLimit": 1, "hardLimit": 1}]},
     "Fargate compatible task definitions only support the nofile ulimit"),
    ({"linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}}},
     "Fargate compatible task definitions only support adding the SYS_PTRACE capability"),
    ({"linuxParameters": {"devices": [{"hostPath": "/dev/x"}]}},
     "Fargate compatible task definitions do not support devices"),
    ({"linuxParameters": {"sharedMemorySize": 64}},
     "Fargate compatible task definitions do not support sharedMemorySize"),
    ({"linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1}]}},
     "Fargate compatible task definitions do not support tmpfs"),
    ({"linuxParameters": {"swappiness": 1}}, "Fargate compatible task definitions do not support swap settings"),
    ({"resourceRequirements": [{"type": "GPU", "value": "1"}]},
     "Fargate compatible task definitions do not support GPU"),
    ({"dockerSecurityOptions": ["no-new-privileges"]},
     "Fargate compatible task definitions do not support dockerSecurityOptions"),
    ({"healthCheck": {"command": ["curl"]}}, "Health check command must start with CMD, CMD-SHELL or NONE."),
    ({"healthCheck": {"command": ["CMD", "a"], "interval": 4}}, "Health check interval must be between 5 and 300."),
    ({"healthCheck": {"command": ["CMD", "a"], "timeout": 61}}, "Health check timeout must be between 2 and 60."),
    ({"healthCheck": {"command": ["CMD", "a"], "retries": 11}}, "Health check retries must be between 1 and 10."),
    ({"healthCheck": {"command": ["CMD", "a"], "startPeriod": 301}},
     "Health check startPeriod must be between 0 and 300."),
    ({"mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]}, "Unknown volume 'v'."),
    ({"dependsOn": [{"containerName": "db", "condition": "START"}]},
     "Cannot depend on container + 'db' because it does not exist"),
    ({"dependsOn": [{"containerName": "web", "condition": "START"}]}, "Container dependencies contain a cycle."),
    ({"dependsOn": [{"containerName": "web", "condition": "HEALTHY"}]},
     "A dependency container with HEALTHY condition must have health check configured"),
    ({"cpu": 512}, "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."),
    ({"memory": 1024}, "The 'memory' setting for container 'web' is greater than for the task."),
    ({"memory": 3}, "Invalid setting for container 'web'. The memory must be at least 4 MiB."),
    ({"memory": 64, "memoryReservation": 128},
     "Invalid setting for container 'web'. 'memory' must be greater than 'memoryReservation'."),
    ({"stopTimeout": 121}, "Invalid setting for container 'web'. stopTimeout must be between 0 and 120 seconds."),
    ({"startTimeout": 1},
     "Invalid setting for container 'web'. startTimeout must be at least 2 and on Fargate at most 120 seconds."),
    ({"volumesFrom": [{"sourceContainer": "db"}]},
     "Invalid setting for container 'web'. volumesFrom names an unknown container 'db'."),
    ({"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/x.txt"}]},
     "Invalid setting for container 'web'. An environment file must be the ARN of an Amazon S3 object that ends with "
     ".env."),
    ({"firelensConfiguration": {"type": "fluentbit"}},
     "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens "
     "log driver."),
    ({"portMappings": [{"containerPort": 0}]}, "Container port 0 is not valid."),
    ({"portMappings": [{"containerPort": 80}, {"containerPort": 80}]},
     "When networkMode=awsvpc, host ports must be unique: port 80 is used twice."),
])
def test_what_a_container_may_not_ask_for(place, container, message):
    refusal = error_of(place.ecs.register_task_definition, **place.definition(container=container))
    assert (refusal.code, refusal.message) == ("ClientException", message)


def test_a_definition_can_be_too_large(place):
    large = {"environment": [{"name": "X", "value": "x" * 66_000}]}
    refusal = error_of(place.ecs.register_task_definition, **place.definition(container=large))
    assert refusal.code == "ClientException" and refusal.message.startswith("Actual length: '66")
    assert refusal.message.endswith("'. Max allowed length is '65536' bytes.")


@pytest.mark.parametrize("cpu, least, most, step", [
    (256, 512, 2048, 0), (512, 1024, 4096, 1024), (1024, 2048, 8192, 1024), (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024), (8192, 16384, 61440, 4096), (16384, 32768, 122880, 8192)])
def test_the_sizes_of_fargate(place, cpu, least, most, step):
    """Developer guide, "Task definition parameters for Fargate", task size: all memory sizes of a CPU size, and those beside
    them."""
    sizes = [512, 1024, 2048] if cpu == 256 else range(least, most + 1, step)
    for memory in sizes:
        made = place.register(cpu=str(cpu), memory=str(memory))
        assert (made["cpu"], made["memory"]) == (str(cpu), str(memory))
    for memory in (least - 512, least + 256, most + 512, most + 1024):
        assert error_of(place.ecs.register_task_definition, **place.definition(cpu=str(cpu), memory=str(memory))).message == \
            "No Fargate configuration exists for given values."


def test_an_execution_role_is_needed_for_ecr_logs_and_secrets(place):
    without_role = lambda container: {k: v for k, v in place.definition(container=container).items()
                                      if k != "executionRoleArn"}
    refusal = error_of(place.ecs.register_task_definition, **without_role({}))
    assert refusal.message == "Fargate requires task definition to have execution role ARN to support log driver awslogs."
    refusal = error_of(place.ecs.register_task_definition, **without_role({"image": place.registry + "/app:v1"}))
    assert refusal.message == "Fargate requires task definition to have execution role ARN to support ECR images."


@pytest.mark.parametrize("option, message", [
    # Seen: amazon-ecs-agent, issue 872; amazon-ecs-firelens-examples, issue 83; tflint-ruleset-aws, issue 348.
    ({"log_key": "log"}, "Log driver awslogs disallows options: log_key"),
    ({"awslogs-stream": "web"}, "Log driver awslogs disallows options: awslogs-stream"),
    ({"awslogs-create-group": "false"},
     "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option."),
])
def test_what_the_log_driver_does_not_know(place, option, message):
    log = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/app", "awslogs-region": place.aws.region,
                                               "awslogs-stream-prefix": "app", **option}}
    refusal = error_of(place.register, container={"logConfiguration": log})
    assert (refusal.code, refusal.message) == ("ClientException", message)


def test_what_the_log_driver_knows(place):
    """ECS API reference, LogConfiguration."""
    place.register(container={"logConfiguration": {"logDriver": "awslogs", "options": {
        "awslogs-group": "/ecs/app", "awslogs-region": place.aws.region, "awslogs-stream-prefix": "app",
        "awslogs-create-group": "true", "awslogs-datetime-format": "%Y", "mode": "non-blocking",
        "max-buffer-size": "25m"}}})
