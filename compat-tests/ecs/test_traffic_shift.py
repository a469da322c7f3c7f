"""Deployments that move traffic from the old revision to the new one, step by step by the clock.

ECS developer guide, "Amazon ECS blue/green service deployments workflow", "Amazon ECS linear deployments", "Amazon ECS
canary deployments", "Pause hooks for Amazon ECS service deployments", "Troubleshooting Amazon ECS blue/green
deployments" (the sentences); API reference, AdvancedConfiguration.
"""
import json

import pytest

from conftest import error_of
from ecs.place import Place

INFRASTRUCTURE = "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


class Shift(Place):
    """A place with a load balancer of two target groups, and a clock in the test's hand."""

    def __init__(self, aws):
        super().__init__(aws)
        if not hasattr(self.ecs, "continue_service_deployment"):
            pytest.skip("this client knows no deployment strategies")
        self.register()
        self.register()
        self.blue = self.balanced()[0]["targetGroupArn"]
        self.green = self.elbv2.create_target_group(
            Name="green", Protocol="HTTP", Port=3000, VpcId=self.vpc, TargetType="ip", HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2, HealthCheckPath="/health")["TargetGroups"][0]["TargetGroupArn"]
        balancer = self.elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        listener = self.elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
        self.production = self.elbv2.create_rule(
            ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": self.blue}])["Rules"][0]["RuleArn"]
        self.test = self.elbv2.create_rule(
            ListenerArn=listener, Priority=2, Conditions=[{"Field": "http-header", "HttpHeaderConfig": {
                "HttpHeaderName": "x-test", "Values": ["1"]}}],
            Actions=[{"Type": "forward", "TargetGroupArn": self.green}])["Rules"][0]["RuleArn"]
        self.role = self.iam.create_role(RoleName="infra", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        self.iam.attach_role_policy(RoleName="infra", PolicyArn=INFRASTRUCTURE)

    def serve(self, **configuration):
        self.create(taskDefinition="app:1", deploymentConfiguration=configuration, loadBalancers=[{
            "targetGroupArn": self.blue, "containerName": "web", "containerPort": 3000, "advancedConfiguration": {
                "alternateTargetGroupArn": self.green, "productionListenerRule": self.production,
                "testListenerRule": self.test, "roleArn": self.role}}])
        self.until(lambda: self.service()["deployments"][0]["rolloutState"] == "COMPLETED")
        assert self.weights(self.production) == {self.blue: 100, self.green: 0}

    def deploy(self, definition="app:2", **configuration):
        self.ecs.update_service(cluster="main", service="app", taskDefinition=definition,
                                deploymentConfiguration=configuration)

    def advance(self, seconds):
        assert self.aws.http("POST", "/_drydock/clock", json.dumps({"advance": seconds}))[0] == 200

    def until(self, condition, steps=40):
        """Lets a second pass until the condition holds."""
        for _ in range(steps):
            value = condition()
            if value:
                return value
            self.advance(1)
        raise AssertionError(f"not within {steps} seconds: {self.deployment()} {self.messages()}")

    def deployment(self):
        brief = self.ecs.list_service_deployments(cluster="main", service="app")["serviceDeployments"][0]
        return self.ecs.describe_service_deployments(
            serviceDeploymentArns=[brief["serviceDeploymentArn"]])["serviceDeployments"][0]

    def stage(self, name):
        return lambda: self.deployment()["lifecycleStage"] == name

    def weights(self, rule):
        action = self.elbv2.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"][0]
        return {each["TargetGroupArn"]: each["Weight"] for each in action["ForwardConfig"]["TargetGroups"]}

    def targets(self, group):
        return len(self.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"])


@pytest.fixture
def shift(start_server):
    return Shift(start_server("--ephemeral", "--manual-clock").aws())


def test_blue_green_with_a_pause_and_bake_time(shift):
    shift.serve(strategy="BLUE_GREEN")
    shift.deploy(bakeTimeInMinutes=5, lifecycleHooks=[
        {"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
         "timeoutConfiguration": {"timeoutInMinutes": 10, "action": "ROLLBACK"}}])
    shift.until(shift.stage("POST_TEST_TRAFFIC_SHIFT"))
    assert shift.weights(shift.test) == {shift.blue: 0, shift.green: 100}
    assert shift.weights(shift.production) == {shift.blue: 100, shift.green: 0}
    assert (shift.targets(shift.blue), shift.targets(shift.green)) == (2, 2)
    deployment = shift.deployment()
    hook = deployment["lifecycleHookDetails"][-1]
    assert (hook["targetType"], hook["status"], hook["timeoutAction"]) == ("PAUSE", "AWAITING_ACTION", "ROLLBACK")
    assert deployment["targetServiceRevision"]["runningTaskCount"] == 2
    shift.advance(60)
    assert shift.stage("POST_TEST_TRAFFIC_SHIFT")(), "it waits for an answer"
    arn = deployment["serviceDeploymentArn"]
    assert error_of(shift.ecs.continue_service_deployment, serviceDeploymentArn=arn, hookId="ecs-pause-nobody").message == (
        "Provided hookId is either completed, unavailable, or not associated with the given Resource ARN")
    shift.ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=hook["hookId"], action="CONTINUE")
    shift.until(shift.stage("BAKE_TIME"))
    assert shift.weights(shift.production) == {shift.blue: 0, shift.green: 100}
    assert len(shift.service()["deployments"]) == 2 and shift.service()["runningCount"] == 4
    shift.advance(6)  # quick: a minute of bake time is a second
    shift.until(lambda: shift.deployment()["status"] == "SUCCESSFUL")
    service = shift.service()
    assert service["taskDefinition"].endswith("app:2") and service["runningCount"] == 2
    assert (shift.targets(shift.blue), shift.targets(shift.green)) == (0, 2)
    shift.ecs.get_waiter("services_stable").wait(cluster="main", services=["app"])


def test_a_pause_that_nobody_answers_rolls_back(shift):
    shift.serve(strategy="BLUE_GREEN")
    first = shift.service()["deployments"][0]["id"]
    arn = shift.deployment()["serviceDeploymentArn"]
    assert error_of(shift.ecs.stop_service_deployment, serviceDeploymentArn=arn).type == "ConflictException"
    shift.deploy(lifecycleHooks=[
        {"targetType": "PAUSE", "lifecycleStages": ["POST_PRODUCTION_TRAFFIC_SHIFT"],
         "timeoutConfiguration": {"timeoutInMinutes": 1}}])
    shift.until(shift.stage("POST_PRODUCTION_TRAFFIC_SHIFT"))
    assert shift.weights(shift.production)[shift.green] == 100
    shift.advance(61)
    shift.until(lambda: shift.deployment()["status"] == "ROLLBACK_SUCCESSFUL")
    assert shift.deployment()["statusReason"] == (
        "Service deployment rolled back because POST_PRODUCTION_TRAFFIC_SHIFT pause hook timed out.")
    assert shift.weights(shift.production) == {shift.blue: 100, shift.green: 0}
    service = shift.service()
    assert [each["id"] for each in service["deployments"]] == [first]
    assert service["taskDefinition"].endswith("app:1") and service["runningCount"] == 2
    assert f"(service app) rolling back to deployment {first}." in shift.messages()


def test_linear_and_canary_go_step_by_step(shift):
    shift.serve(strategy="LINEAR", linearConfiguration={"stepPercent": 40.0, "stepBakeTimeInMinutes": 10})
    shift.deploy()
    seen = []
    shift.until(lambda: seen.append(shift.weights(shift.production)[shift.green]) or
                shift.deployment()["status"] == "SUCCESSFUL", 120)
    assert sorted(set(seen)) == [0, 40, 80, 100]
    assert 9 <= seen.count(40) <= 12, "ten minutes are ten seconds"
    shift.ecs.update_service(cluster="main", service="app", taskDefinition="app:1", deploymentConfiguration={
        "strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 20.0, "canaryBakeTimeInMinutes": 30}})
    shift.until(lambda: shift.weights(shift.production)[shift.blue] == 20)
    shift.advance(20)
    assert shift.stage("PRODUCTION_TRAFFIC_SHIFT")()
    shift.ecs.stop_service_deployment(serviceDeploymentArn=shift.deployment()["serviceDeploymentArn"])
    shift.until(lambda: shift.deployment()["status"] == "ROLLBACK_SUCCESSFUL")
    assert shift.service()["taskDefinition"].endswith("app:2")
    assert shift.weights(shift.production) == {shift.blue: 0, shift.green: 100}


def test_stopping_between_two_stages(shift):
    """ABORT leaves everything as it is: whoever serves goes on, and the next deployment starts from there."""
    shift.serve(strategy="BLUE_GREEN")
    shift.deploy(lifecycleHooks=[{"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}])
    shift.until(shift.stage("POST_TEST_TRAFFIC_SHIFT"))
    shift.ecs.stop_service_deployment(serviceDeploymentArn=shift.deployment()["serviceDeploymentArn"], stopType="ABORT")
    stopped = shift.deployment()
    assert stopped["status"] == "STOPPED" and "stoppedAt" in stopped
    shift.advance(60)
    assert shift.deployment()["lifecycleStage"] == "POST_TEST_TRAFFIC_SHIFT"
    assert shift.weights(shift.production) == {shift.blue: 100, shift.green: 0}
    assert shift.targets(shift.blue) == 2
    assert {each["rolloutState"] for each in shift.service()["deployments"]} == {"FAILED", "COMPLETED"}
    hook = stopped["lifecycleHookDetails"][-1]["hookId"]
    assert error_of(shift.ecs.continue_service_deployment, serviceDeploymentArn=stopped["serviceDeploymentArn"],
                    hookId=hook).message == ("Continuing a service deployment is not allowed for service deployment in "
                                             "terminal states.")
    shift.ecs.update_service(cluster="main", service="app", forceNewDeployment=True,
                             deploymentConfiguration={"lifecycleHooks": []})
    shift.until(lambda: shift.deployment()["status"] == "SUCCESSFUL", 80)
    service = shift.service()
    assert service["taskDefinition"].endswith("app:2") and service["runningCount"] == 2
    assert len(service["deployments"]) == 1
    serving = shift.weights(shift.production)
    assert sorted(serving.values()) == [0, 100]
    assert shift.targets(max(serving, key=serving.get)) == 2


def test_kill_9_between_two_stages(start_server, tmp_path):
    """After a restart the deployment goes on in its stage, with the same tasks, targets and weights."""
    flags = ("--data-dir", str(tmp_path), "--manual-clock")
    server = start_server(*flags)
    shift = Shift(server.aws())
    shift.serve(strategy="CANARY", canaryConfiguration={"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 20})
    shift.deploy()
    shift.until(lambda: shift.weights(shift.production)[shift.green] == 10)
    tasks = lambda: sorted(shift.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"])
    before = tasks()
    assert len(before) == 4
    server.kill()

    shift.aws.server = start_server(*flags, port=server.port)
    assert shift.stage("PRODUCTION_TRAFFIC_SHIFT")() and tasks() == before
    assert shift.weights(shift.production) == {shift.blue: 90, shift.green: 10}
    shift.until(lambda: shift.deployment()["status"] == "SUCCESSFUL", 80)
    service = shift.service()
    assert service["taskDefinition"].endswith("app:2") and service["runningCount"] == 2
    assert set(tasks()) < set(before), "none was started in vain"
    assert (shift.targets(shift.blue), shift.targets(shift.green)) == (0, 2)
    assert shift.weights(shift.production) == {shift.blue: 0, shift.green: 100}


def test_a_role_that_may_not_shift_traffic_fails_the_deployment(shift):
    shift.serve(strategy="BLUE_GREEN")
    shift.iam.detach_role_policy(RoleName="infra", PolicyArn=INFRASTRUCTURE)
    shift.iam.put_role_policy(RoleName="infra", PolicyName="no", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "elasticloadbalancing:*",
                                                "Resource": "*"}]}))
    shift.deploy()
    shift.until(lambda: shift.deployment()["status"].startswith("ROLLBACK"))
    reason = shift.deployment()["statusReason"]
    assert reason.startswith("Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. User: "
                             f"arn:aws:sts::{shift.aws.account}:assumed-role/infra/ECSNetworkingWithELB is not authorized "
                             f"to perform: elasticloadbalancing:ModifyRule on resource: {shift.production} ")
    assert shift.service()["taskDefinition"].endswith("app:1")


def test_a_role_that_ecs_may_not_assume_fails_the_deployment(shift):
    shift.serve(strategy="BLUE_GREEN")
    shift.iam.update_assume_role_policy(RoleName="infra", PolicyDocument=TRUST.replace("ecs.", "lambda."))
    shift.deploy()
    shift.until(lambda: shift.deployment()["status"].startswith("ROLLBACK"))
    assert shift.deployment()["statusReason"] == (
        "Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB "
        f"resources due to missing permissions on ECS Infrastructure Role '{shift.role}'.")
    assert shift.service()["taskDefinition"].endswith("app:1")


def test_what_strategies_refuse(shift):
    refuse = lambda **configuration: error_of(shift.create, desired=0, deploymentConfiguration=configuration,
                                              loadBalancers=[{"targetGroupArn": shift.blue, "containerName": "web",
                                                              "containerPort": 3000}])
    assert refuse(strategy="BLUE_GREEN").message == (
        "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy")
    assert refuse(strategy="ROLLING", lifecycleHooks=[{"targetType": "PAUSE", "lifecycleStages": ["TEST_TRAFFIC_SHIFT"]}]
                  ).message == "Invalid lifecycle stage provided for Pause Hook"
    assert refuse(strategy="LINEAR", linearConfiguration={"stepPercent": 1.0}).code == "InvalidParameterException"
    assert refuse(strategy="ROLLING", canaryConfiguration={"canaryPercent": 5.0}).code == "InvalidParameterException"


def test_what_listener_rules_must_be(shift):
    def refuse(*others, **advanced):
        balancer = {"targetGroupArn": shift.blue, "containerName": "web", "containerPort": 3000}
        whole = {"alternateTargetGroupArn": shift.green, "productionListenerRule": shift.production,
                 "testListenerRule": shift.test, "roleArn": shift.role, **advanced}
        whole = {name: value for name, value in whole.items() if value}
        return error_of(shift.create, desired=0, deploymentConfiguration={"strategy": "BLUE_GREEN"},
                        loadBalancers=[{**balancer, "advancedConfiguration": whole}, *others]).message
    [rule] = shift.elbv2.describe_rules(RuleArns=[shift.production])["Rules"]
    listener = rule["RuleArn"].replace("listener-rule", "listener").rsplit("/", 1)[0]
    assert refuse(productionListenerRule=listener) == (
        f"productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: {listener}")
    assert refuse(testListenerRule=shift.production) == (
        f"The following rules cannot be used as both production and test listener rules: {shift.production}")
    assert refuse(testListenerRule=None) == (
        "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both "
        "targetGroup and alternateTargetGroup")
    second = {"targetGroupArn": shift.blue, "containerName": "web", "containerPort": 3000}
    assert refuse({**second, "advancedConfiguration": {
        "alternateTargetGroupArn": shift.green, "productionListenerRule": shift.production, "testListenerRule": shift.test,
        "roleArn": shift.role}}) == f"Duplicate targetGroupArn found: {shift.blue}"
    balancer = {**second, "advancedConfiguration": {
        "alternateTargetGroupArn": shift.green, "productionListenerRule": shift.production, "testListenerRule": shift.test,
        "roleArn": shift.role}}
    assert error_of(shift.create, desired=0, loadBalancers=[balancer, {**second, "targetGroupArn": shift.green}]).message == (
        "Either all or none of the provided loadBalancers must have advancedConfiguration defined")
