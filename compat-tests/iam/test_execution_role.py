"""The execution role of a task, with each of its permissions taken away in turn: the one step that needs it fails with
AWS's message. Amazon ECS Developer Guide, "Amazon ECS task execution IAM role"; texts: "Stopped tasks error messages"."""

import json

import pytest
from cloudtrail.history import Trail
from conftest import eventually
from ecs.place import Place
from iam.caller import allow, document
from iam.test_policy_commands import drydock

NEEDED = ["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer",
          "secretsmanager:GetSecretValue", "logs:CreateLogStream", "logs:PutLogEvents"]


@pytest.fixture
def place(aws):
    place = Place(aws)
    place.iam.detach_role_policy(RoleName="execution",
                                 PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
    secret = place.secretsmanager.create_secret(Name="db", SecretString="value")["ARN"]
    place.register(container={"image": place.push(), "secrets": [{"name": "DB", "valueFrom": secret}],
                              "environment": [{"name": "DRYDOCK_PRINT", "value": "hello"}]})
    return place


def may(place, *actions):
    place.iam.put_role_policy(RoleName="execution", PolicyName="p", PolicyDocument=document(allow(*actions)))


def lines(place):
    return [event["message"] for event in place.logs.filter_log_events(logGroupName="/ecs/app")["events"]]


@pytest.mark.parametrize("missing, step", [
    ("ecr:GetAuthorizationToken", "ResourceInitializationError: unable to pull secrets or registry auth: "),
    ("ecr:BatchGetImage", "CannotPullContainerError: "),
    ("ecr:GetDownloadUrlForLayer", "CannotPullContainerError: "),
    ("secretsmanager:GetSecretValue", "ResourceInitializationError: unable to pull secrets or registry auth: "),
    ("logs:CreateLogStream", "ResourceInitializationError: failed to validate logger args: "),
])
def test_one_permission_less(place, missing, step):
    may(place, *[action for action in NEEDED if action != missing])
    reason = place.failure()
    assert reason.startswith(step), reason
    if step.startswith("CannotPull"):  # the registry says no more than this, but the trail does
        assert reason.endswith("403 Forbidden")
        record = Trail(place.aws).record(missing.partition(":")[2])
        assert record["errorCode"] == "AccessDenied"
        reason = record["errorMessage"]
    assert ":assumed-role/execution/" in reason and f"is not authorized to perform: {missing} on resource: " in reason
    assert f"because no identity-based policy allows the {missing} action" in reason


def test_all_of_them_and_without_leave_to_write(place):
    may(place, *NEEDED)
    place.running(place.run()[0])
    eventually(lambda: any("hello" in line for line in lines(place)))
    before = len(lines(place))
    may(place, *NEEDED[:-1])  # the container runs, and what it prints is lost
    place.running(place.run()[0])
    assert len(lines(place)) == before


def test_the_trail_knows_what_it_needed(place):
    may(place, "*")
    place.running(place.run()[0])
    suggested = json.loads(drydock(place.aws, "suggest", "--role", place.role).stdout)
    actions = {action for statement in suggested["Statement"] for action in statement["Action"]}
    assert actions == set(NEEDED) - {"logs:PutLogEvents"}  # no event of the trail, as on AWS
    place.iam.put_role_policy(RoleName="execution", PolicyName="p", PolicyDocument=json.dumps(suggested))
    place.running(place.run()[0])
