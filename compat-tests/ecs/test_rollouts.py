"""Rollouts that are stopped, interrupted and driven by deploy tools. ECS API reference; aws-facts D.5-D.7."""
import json

import pytest

from conftest import error_of, eventually
from ecs.place import Place


def test_stopping_a_rolling_deployment(place):
    place.register(container={"image": place.push()})
    place.create()
    good = place.steady()["deployments"][0]["id"]
    if not hasattr(place.ecs, "stop_service_deployment"):
        return
    place.register(container={"image": place.registry + "/app:missing"})
    place.ecs.update_service(cluster="main", service="app", taskDefinition="app:2")
    arn = place.service()["currentServiceDeployment"]
    assert place.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")[
        "serviceDeploymentArn"] == arn
    eventually(lambda: place.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0][
        "status"] == "ROLLBACK_SUCCESSFUL")
    assert place.steady()["taskDefinition"].endswith("app:1")
    assert f"(service app) rolling back to deployment {good}." in place.messages()
    assert error_of(place.ecs.stop_service_deployment, serviceDeploymentArn=arn).type == "ConflictException"
    assert error_of(place.ecs.stop_service_deployment, serviceDeploymentArn=arn[:-21] + "x" * 21).type == \
        "ServiceDeploymentNotFoundException"

    place.ecs.update_service(cluster="main", service="app", taskDefinition="app:2")
    arn = place.service()["currentServiceDeployment"]
    place.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ABORT")
    stopped = place.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]
    assert stopped["status"] == "STOPPED" and "stoppedAt" in stopped
    assert place.service()["deployments"][0]["rolloutState"] == "FAILED"
    assert place.ecs.describe_service_revisions(serviceRevisionArns=[arn.replace(
        "service-deployment", "service-revision")])["failures"][0]["reason"] == "MISSING"


@pytest.mark.parametrize("rollback", [True, False])
def test_an_alarm_that_goes_off(place, rollback):
    """Developer guide, "How CloudWatch alarms detect Amazon ECS deployment failures". There is no CloudWatch: the alarm is
    raised by hand."""
    shape = place.ecs.meta.service_model.shape_for("DeploymentConfiguration")
    if "alarms" not in shape.members:
        pytest.skip("this botocore does not know deployment alarms")
    place.register()
    alarms = {"alarmNames": ["5xx rate", "latency"], "enable": True, "rollback": rollback}
    service = place.create(desired=1, deploymentConfiguration={"alarms": alarms})
    assert service["deploymentConfiguration"]["alarms"] == alarms
    good = place.steady()["deployments"][0]["id"]

    def go_off(name):
        status, _, body = place.aws.http("POST", f"/_drydock/alarms/{place.aws.region}/{place.aws.account}/{name}")
        assert status == 200
        return json.loads(body)["services"]
    assert go_off("latency") == [], "nothing is being deployed"
    place.register(container={"healthCheck": {"command": ["CMD", "true"]},
                              "environment": [{"name": "DRYDOCK_CONTAINER_HEALTH", "value": "UNHEALTHY"}]})
    failed = place.ecs.update_service(cluster="main", service="app", taskDefinition="app:2")["service"]["deployments"][0]
    assert go_off("other") == []
    assert go_off("5xx%20rate") == [service["serviceArn"]]
    assert go_off("latency") == [], "it has failed already"
    messages = place.messages()
    assert f"(service app) (deployment {failed['id']}) deployment failed: alarm detected." in messages
    assert (f"(service app) rolling back to deployment {good}." in messages) == rollback
    states = {each["id"]: each["rolloutState"] for each in place.service()["deployments"]}
    assert states.get(failed["id"], "FAILED") == "FAILED", "rolled back, it may be gone already"
    assert rollback or failed["id"] in states
    if rollback:
        assert place.steady()["taskDefinition"].endswith("app:1")
    if hasattr(place.ecs, "describe_service_deployments"):
        brief = place.ecs.list_service_deployments(cluster="main", service="app")["serviceDeployments"][0]
        shown = place.ecs.describe_service_deployments(
            serviceDeploymentArns=[brief["serviceDeploymentArn"]])["serviceDeployments"][0]
        assert (shown["alarms"]["status"], shown["alarms"]["triggeredAlarmNames"]) == ("TRIGGERED", ["5xx rate"])
        assert shown["status"] == ("ROLLBACK_SUCCESSFUL" if rollback else "STOPPED")
    assert error_of(place.create, name="no", deploymentConfiguration={
        "alarms": {"alarmNames": [], "enable": True, "rollback": True}}).code == "InvalidParameterException"
    assert place.aws.http("POST", "/_drydock/alarms/latency")[0] == 404


def test_kill_9_in_the_middle_of_a_rollout(start_server, tmp_path):
    flags = ("--data-dir", str(tmp_path), "--manual-clock")
    server = start_server(*flags)
    place = Place(server.aws())
    running = lambda: place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"]

    def until(condition):
        for _ in range(400):
            if condition():
                return
            place.aws.http("POST", "/_drydock/clock", '{"advance": 0.05}')
        raise AssertionError(f"{place.service()['deployments']} {place.messages()}")

    def done():
        deployments = place.service()["deployments"]
        return len(deployments) == 1 and deployments[0]["rolloutState"] == "COMPLETED"

    place.register()
    place.create(desired=6)
    until(done)
    place.register()
    place.ecs.update_service(cluster="main", service="app", taskDefinition="app:2")
    until(lambda: len(running()) == 12)
    server.kill()

    place.aws.server = start_server(*flags, port=server.port)
    until(done)
    service = place.service()
    assert service["taskDefinition"].endswith("app:2") and service["runningCount"] == 6
    until(lambda: len(place.ec2.describe_network_interfaces()["NetworkInterfaces"]) == 6)
    tasks = lambda desired: place.ecs.describe_tasks(cluster="main", tasks=place.ecs.list_tasks(
        cluster="main", desiredStatus=desired)["taskArns"])["tasks"]
    assert [task["taskDefinitionArn"].split("/")[1] for task in tasks("RUNNING")] == ["app:2"] * 6
    stopped = tasks("STOPPED")
    assert len([task for task in stopped if task["taskDefinitionArn"].endswith("app:1")]) == 6
    assert not [task for task in stopped if task["taskDefinitionArn"].endswith("app:2")], "none was started in vain"


def test_services_by_namespace(place):
    place.register()
    place.create("a", desired=0, serviceConnectConfiguration={"enabled": True, "namespace": "internal"})
    place.create("b", desired=0)
    found = place.ecs.list_services_by_namespace(namespace="internal")["serviceArns"]
    assert [arn.split("/")[-1] for arn in found] == ["a"]
    assert place.ecs.list_services_by_namespace(namespace="other")["serviceArns"] == []


def test_what_is_not_there_says_so(place):
    for operation in ("create_express_gateway_service", "create_daemon"):
        call = getattr(place.ecs, operation, None)
        if call is None:
            continue
        parameters = {"create_express_gateway_service": {"executionRoleArn": place.role, "infrastructureRoleArn":
                                                         place.role, "primaryContainer": {"image": "nginx"}},
                      "create_daemon": {"daemonName": "d", "daemonTaskDefinitionArn": "x",
                                        "capacityProviderArns": ["x"]}}[operation]
        refusal = error_of(call, **parameters)
        assert "not implemented" in refusal.message.lower() or refusal.code == "NotImplemented"
