"""Task definitions. Texts and behaviour: ECS API reference; aws-facts D.2."""
import pytest

from conftest import error_of


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


@pytest.mark.parametrize("change, message", [
    ({"memory": "4096"}, "No Fargate configuration exists for given values."),
    ({"cpu": "lots"}, "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
                      "Amazon ECS Developer Guide."),
    ({"networkMode": "bridge"}, "Fargate only supports network mode ‘awsvpc’."),
    ({"pidMode": "host"}, "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for "
                          "pidMode is 'task'."),
])
def test_what_a_task_may_not_ask_for(place, change, message):
    refusal = error_of(place.ecs.register_task_definition, **place.definition(**change))
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
])
def test_what_a_container_may_not_ask_for(place, container, message):
    refusal = error_of(place.ecs.register_task_definition, **place.definition(container=container))
    assert (refusal.code, refusal.message) == ("ClientException", message)


def test_an_execution_role_is_needed_for_ecr_logs_and_secrets(place):
    without_role = lambda container: {k: v for k, v in place.definition(container=container).items()
                                      if k != "executionRoleArn"}
    refusal = error_of(place.ecs.register_task_definition, **without_role({}))
    assert refusal.message == "Fargate requires task definition to have execution role ARN to support log driver awslogs."
    refusal = error_of(place.ecs.register_task_definition, **without_role({"image": place.registry + "/app:v1"}))
    assert refusal.message == "Fargate requires task definition to have execution role ARN to support ECR images."
