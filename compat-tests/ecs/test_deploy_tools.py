"""What deploy tools do, with the real CLI: the sequences of amazon-ecs-deploy-task-definition, ecs-deploy and the like, the
waiters, and `aws ecs deploy`. AWS CLI reference, `ecs wait`, `ecs deploy`; aws-facts Z3."""
import json
import subprocess

import pytest
from conftest import error_of, eventually


def test_what_deploy_actions_do(place, tmp_path):
    """amazon-ecs-deploy-task-definition and ecs-deploy: describe, strip, register, update, wait."""
    cli = place.aws.cli
    place.register()
    place.create(desired=1)
    place.steady()
    definition = cli("ecs", "describe-task-definition", "--task-definition", "app")["taskDefinition"]
    for shown in ("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
                  "registeredBy"):
        definition.pop(shown)
    definition["containerDefinitions"][0]["environment"] = [{"name": "VERSION", "value": "2"}]
    file = tmp_path / "definition.json"
    file.write_text(json.dumps(definition))
    registered = cli("ecs", "register-task-definition", "--cli-input-json", file.as_uri())["taskDefinition"]
    cli("ecs", "update-service", "--cluster", "main", "--service", "app", "--task-definition",
        registered["taskDefinitionArn"], "--force-new-deployment")
    cli("ecs", "wait", "services-stable", "--cluster", "main", "--services", "app")
    task = place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"][0]
    assert place.describe({"taskArn": task})["taskDefinitionArn"] == registered["taskDefinitionArn"]
    cli("ecs", "deregister-task-definition", "--task-definition", "app:1")
    assert error_of(place.ecs.update_service, cluster="main", service="app", taskDefinition="app:1").message == \
        "TaskDefinition is inactive"


def call(aws, operation, **parameters):
    """(status, answer) of the bare API, for what the clients would not send."""
    return aws.json_call("ecs", f"AmazonEC2ContainerServiceV20141113.{operation}", **parameters)


def test_a_described_definition_can_be_registered_as_it_is(place):
    """Tools in other languages send all of it back: what is only shown is passed over, empty lists are lists."""
    place.register(container={"dockerLabels": {"a": "b"}, "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]})
    shown = call(place.aws, "DescribeTaskDefinition", taskDefinition="app")[1]["taskDefinition"]
    assert shown["compatibilities"] == ["EC2", "FARGATE"] and shown["requiresAttributes"]
    status, again = call(place.aws, "RegisterTaskDefinition", **shown)
    assert status == 200
    again = again["taskDefinition"]
    assert again["revision"] == 2 and again["taskDefinitionArn"].endswith(":task-definition/app:2")
    for varying in ("revision", "taskDefinitionArn", "registeredAt"):
        shown.pop(varying), again.pop(varying)
    assert again == shown


def test_tools_that_run_a_task_first(place):
    """A migration before the service is updated: run-task, wait, look at its exit code."""
    cli = place.aws.cli
    place.register(container={"environment": [{"name": "DRYDOCK_EXIT_CODE", "value": "0"}]})
    network = json.dumps(place.network())
    override = json.dumps({"containerOverrides": [{"name": "web", "command": ["migrate"]}]})
    run = lambda *more: cli("ecs", "run-task", "--cluster", "main", "--task-definition", "app", "--launch-type", "FARGATE",
                            "--started-by", "ci", "--network-configuration", network, "--overrides", override,
                            *more)["tasks"][0]["taskArn"]
    task = run()
    cli("ecs", "wait", "tasks-stopped", "--cluster", "main", "--tasks", task)
    done = cli("ecs", "describe-tasks", "--cluster", "main", "--tasks", task)["tasks"][0]
    assert done["containers"][0]["exitCode"] == 0 and done["stopCode"] == "EssentialContainerExited"
    assert done["overrides"]["containerOverrides"][0]["command"] == ["migrate"]


def test_what_a_pipeline_asks_about_a_service(place):
    """ecs-deploy and Copilot-like tools: which revision serves, which deployments there are, which tasks and their state."""
    cli = place.aws.cli
    place.register()
    place.create(desired=2)
    cli("ecs", "wait", "services-stable", "--cluster", "main", "--services", "app")
    service = cli("ecs", "describe-services", "--cluster", "main", "--services", "app")["services"][0]
    assert [each["status"] for each in service["deployments"]] == ["PRIMARY"]
    definition = cli("ecs", "describe-task-definition", "--task-definition", service["taskDefinition"],
                     "--include", "TAGS")
    assert definition["tags"] == [] and definition["taskDefinition"]["status"] == "ACTIVE"
    place.register()
    assert cli("ecs", "list-task-definitions", "--family-prefix", "app", "--sort", "DESC")["taskDefinitionArns"][0].endswith(
        "app:2")
    updated = cli("ecs", "update-service", "--cluster", "main", "--service", "app", "--task-definition", "app",
                  "--desired-count", "3")["service"]
    assert [each["status"] for each in updated["deployments"]] == ["PRIMARY", "ACTIVE"]
    cli("ecs", "wait", "services-stable", "--cluster", "main", "--services", "app")
    arns = cli("ecs", "list-tasks", "--cluster", "main", "--service-name", "app", "--desired-status", "RUNNING")["taskArns"]
    tasks = cli("ecs", "describe-tasks", "--cluster", "main", "--tasks", *arns)["tasks"]
    assert {(task["lastStatus"], task["taskDefinitionArn"].split("/")[1]) for task in tasks} == {("RUNNING", "app:2")}
    assert len(tasks) == 3


def test_all_waiters(place):
    cli = place.aws.cli
    fails = lambda *arguments: place.aws.cli("ecs", "wait", *arguments, check=False)
    place.register()
    place.create(desired=1)
    app = ("--cluster", "main", "--services", "app")
    cli("ecs", "wait", "services-stable", *app)
    task = place.run()[0]["taskArn"]
    cli("ecs", "wait", "tasks-running", "--cluster", "main", "--tasks", task)
    cli("ecs", "stop-task", "--cluster", "main", "--task", task)
    cli("ecs", "wait", "tasks-stopped", "--cluster", "main", "--tasks", task)
    stopped = fails("tasks-running", "--cluster", "main", "--tasks", task)
    assert stopped.returncode == 255 and "terminal failure" in stopped.stderr
    missing = fails("services-stable", "--cluster", "main", "--services", "nobody")
    assert missing.returncode == 255 and "MISSING" in missing.stderr
    cli("ecs", "delete-service", "--cluster", "main", "--service", "app", "--force")
    cli("ecs", "wait", "services-inactive", *app)
    inactive = fails("services-stable", *app)
    assert inactive.returncode == 255 and "INACTIVE" in inactive.stderr


def takes_endpoints_from_the_environment():
    version = subprocess.run(["aws", "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = (int(part) for part in version.removeprefix("aws-cli/").split(".")[:2])
    return (major, minor) >= (2, 13) or (major == 1 and minor >= 29)


def test_aws_ecs_deploy_needs_codedeploy(place, tmp_path):
    """There is no CodeDeploy: the command ends with an error that says so, and nothing has been changed."""
    if not takes_endpoints_from_the_environment():
        pytest.skip("this AWS CLI asks the real CodeDeploy: it knows no AWS_ENDPOINT_URL (2.13, 1.29)")
    place.register()
    place.create(desired=0, deploymentController={"type": "CODE_DEPLOY"}, loadBalancers=place.balanced())
    definition, specification = tmp_path / "definition.json", tmp_path / "appspec.json"
    definition.write_text(json.dumps(place.definition()))
    specification.write_text(json.dumps({"version": 1, "Resources": [{"TargetService": {
        "Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": "", "LoadBalancerInfo": {
            "ContainerName": "web", "ContainerPort": 3000}}}}]}))
    done = place.aws.cli("ecs", "deploy", "--cluster", "main", "--service", "app", "--task-definition", str(definition),
                         "--codedeploy-appspec", str(specification), check=False)
    assert done.returncode != 0
    assert "(NotImplemented)" in done.stderr and "does not emulate the service 'codedeploy'" in done.stderr
    assert len(place.ecs.list_task_definitions(familyPrefix="app")["taskDefinitionArns"]) == 1
