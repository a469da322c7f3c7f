"""Target groups and targets through boto3 and the AWS CLI."""
from conftest import error_of, eventually


def health(stack, group, **more):
    return [(each["Target"]["Id"], each["Target"]["Port"], each["TargetHealth"]["State"],
             each["TargetHealth"].get("Reason"))
            for each in stack.elbv2.describe_target_health(TargetGroupArn=group, **more)["TargetHealthDescriptions"]]


def test_defaults_and_changes(stack):
    arn = stack.target_group()
    group = stack.elbv2.describe_target_groups(Names=["app"])["TargetGroups"][0]
    assert group["LoadBalancerArns"] == []
    assert {key: group[key] for key in group if key.startswith("Health") or key.startswith("Unhealthy")} == {
        "HealthCheckProtocol": "HTTP", "HealthCheckPort": "traffic-port", "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2, "HealthCheckPath": "/"}
    assert group["Matcher"] == {"HttpCode": "200"}
    stack.elbv2.modify_target_group(TargetGroupArn=arn, HealthCheckPath="/health", Matcher={"HttpCode": "200-299"})
    group = stack.elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    assert (group["HealthCheckPath"], group["Matcher"]["HttpCode"]) == ("/health", "200-299")


def test_refusals(stack):
    def create(**more):
        return error_of(stack.target_group, name="x", **more)

    assert create(VpcId="vpc-0123456789abcdef0").message == "The VPC ID 'vpc-0123456789abcdef0' is not found"
    assert create(HealthCheckIntervalSeconds=5).message == "Health check interval must be greater than the timeout."
    assert create(HealthCheckIntervalSeconds=301).code == "ValidationError"
    assert create(Protocol="HTTPX").code == "ValidationError"
    assert create(Port=65536).code == "ValidationError"
    assert create(Matcher={"HttpCode": "600"}).code == "ValidationError"
    stack.target_group()
    assert error_of(stack.target_group, Port=81).type == "DuplicateTargetGroupNameException"
    missing = stack.target_group("gone")
    stack.elbv2.delete_target_group(TargetGroupArn=missing)
    for call in (stack.elbv2.describe_target_health, stack.elbv2.describe_target_group_attributes):
        assert error_of(call, TargetGroupArn=missing).type == "TargetGroupNotFoundException"
    refusal = error_of(stack.elbv2.describe_target_health, TargetGroupArn="x")
    assert refusal.message == "'x' is not a valid target group ARN"


def test_attributes(stack):
    arn = stack.target_group()
    changed = stack.elbv2.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "10"}])["Attributes"]
    described = stack.elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    assert changed == described
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "10"} in described
    assert {"Key": "load_balancing.algorithm.type", "Value": "round_robin"} in described


def test_targets_and_health(stack):
    group = stack.target_group()
    stack.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.0.50"}, {"Id": "10.0.1.50", "Port": 81}])
    assert health(stack, group) == [("10.0.0.50", 3000, "unused", "Target.NotInUse"),
                                    ("10.0.1.50", 81, "unused", "Target.NotInUse")]
    assert health(stack, group, Targets=[{"Id": "10.0.0.51"}]) == [
        ("10.0.0.51", 3000, "unused", "Target.NotRegistered")]
    public = dict(TargetGroupArn=group, Targets=[{"Id": "8.8.8.8"}])
    assert error_of(stack.elbv2.register_targets, **public).code == "ValidationError"
    stack.aws.cli("elbv2", "deregister-targets", "--target-group-arn", group, "--targets", "Id=10.0.0.50")
    assert [each[0] for each in health(stack, group)] == ["10.0.1.50"]

    # Nobody has this address: first checks are made, then they time out.
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"], stack.forward(group))
    stack.elbv2.modify_target_group(TargetGroupArn=group, HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2)
    assert health(stack, group)[0][2] in ("initial", "unhealthy")
    eventually(lambda: health(stack, group)[0][2:] == ("unhealthy", "Target.Timeout"), seconds=40)

    assert error_of(stack.elbv2.delete_target_group, TargetGroupArn=group).type == "ResourceInUseException"
    stack.elbv2.modify_target_group_attributes(
        TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}])
    stack.elbv2.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.50", "Port": 81}])
    assert health(stack, group) == [("10.0.1.50", 81, "draining", "Target.DeregistrationInProgress")]
    eventually(lambda: health(stack, group) == [])
    stack.aws.cli("elbv2", "wait", "target-deregistered", "--target-group-arn", group,
                  "--targets", "Id=10.0.1.50,Port=81")
    stack.elbv2.delete_listener(ListenerArn=listener)
    stack.elbv2.delete_target_group(TargetGroupArn=group)
