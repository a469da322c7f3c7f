"""Targets that are no addresses, and load balancers that are data only, through boto3 and real connections."""
import http.client

import pytest

from conftest import error_of, eventually
from elbv2.test_traffic import Client


def health(stack, group):
    """(state, reason, description) of the only target."""
    [each] = stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    found = each["TargetHealth"]
    return found["State"], found.get("Reason"), found.get("Description")


def state_of(stack, instance):
    return stack.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]


def test_instances(stack):
    """By their id; judged by their group; out of service while they do not run."""
    inside = stack.security_group("app")
    rule = {"GroupId": inside, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
                                                  "UserIdGroupPairs": [{"GroupId": stack.group}]}]}
    stack.ec2.authorize_security_group_ingress(**rule)
    image = stack.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    instance = stack.ec2.run_instances(
        ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=stack.subnets[1],
        SecurityGroupIds=[inside], TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "drydock:listen", "Value": "80"}]}])["Instances"][0]["InstanceId"]
    group = stack.elbv2.create_target_group(  # the default type
        Name="app", Protocol="HTTP", Port=80, VpcId=stack.vpc, HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2,
        HealthyThresholdCount=2)["TargetGroups"][0]["TargetGroupArn"]
    named = dict(TargetGroupArn=group, Targets=[{"Id": instance}])
    eventually(lambda: state_of(stack, instance) == "running")
    stack.elbv2.register_targets(**named)
    [shown] = stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert shown["Target"] == {"Id": instance, "Port": 80, "AvailabilityZone": stack.aws.region + "b"}
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"], stack.forward(group))
    eventually(lambda: health(stack, group) == ("healthy", None, None))
    assert Client(stack, listener).get("/")[0] == 200
    stack.aws.cli("elbv2", "wait", "target-in-service", "--target-group-arn", group)

    stack.ec2.revoke_security_group_ingress(**rule)
    eventually(lambda: health(stack, group)[:2] == ("unhealthy", "Target.Timeout"))
    assert Client(stack, listener).get("/")[0] == 504
    stack.ec2.authorize_security_group_ingress(**rule)
    eventually(lambda: health(stack, group)[0] == "healthy")

    stack.ec2.stop_instances(InstanceIds=[instance])
    eventually(lambda: health(stack, group) == ("unused", "Target.InvalidState", "Target is in the stopped state"))
    assert Client(stack, listener).get("/")[0] == 503
    refusal = error_of(stack.elbv2.register_targets, **named)
    assert (refusal.type, refusal.message) == (
        "InvalidTargetException",
        f"The following targets are not in a running state and cannot be registered: '{instance}'")
    stack.ec2.start_instances(InstanceIds=[instance])
    eventually(lambda: health(stack, group)[0] == "healthy")
    stack.ec2.terminate_instances(InstanceIds=[instance])
    eventually(lambda: health(stack, group) == ("unused", "Target.InvalidState", "Target is in the terminated state"))
    nobody = error_of(stack.elbv2.register_targets, TargetGroupArn=group, Targets=[{"Id": "i-0123456789abcdef0"}])
    assert nobody.message == "The following targets are not valid instances: 'i-0123456789abcdef0'"


def test_an_application_load_balancer_behind_a_network_load_balancer(stack):
    inner = stack.active_load_balancer("inner", Scheme="internal")["LoadBalancerArn"]
    listener = stack.listener(inner, stack.fixed("200", "inside"))
    group = stack.target_group("inner", TargetType="alb", Protocol="TCP", Port=80, HealthCheckPath="/health",
                               HealthyThresholdCount=2)
    stack.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": inner}])
    outer = stack.active_load_balancer("outer", Type="network")["LoadBalancerArn"]
    front = stack.elbv2.create_listener(LoadBalancerArn=outer, Protocol="TCP", Port=80,
                                        DefaultActions=[stack.forward(group)])["Listeners"][0]["ListenerArn"]
    eventually(lambda: health(stack, group)[0] == "healthy")
    assert Client(stack, front).get("/")[::2] == (200, "inside")
    assert error_of(stack.elbv2.delete_load_balancer, LoadBalancerArn=inner).type == "ResourceInUseException"
    # The inner one's group is about the client, whose address is preserved.
    for block, admitted in (("198.51.100.0/24", False), ("203.0.113.0/24", True)):
        stack.ec2.revoke_security_group_ingress(GroupId=stack.group, SecurityGroupRuleIds=[
            rule["SecurityGroupRuleId"] for rule in stack.ec2.describe_security_group_rules(
                Filters=[{"Name": "group-id", "Values": [stack.group]}])["SecurityGroupRules"] if not rule["IsEgress"]])
        stack.ec2.authorize_security_group_ingress(GroupId=stack.group, IpProtocol="tcp", FromPort=80, ToPort=80,
                                                   CidrIp=block)
        if admitted:
            assert Client(stack, front).get("/")[0] == 200
        else:
            with pytest.raises((ConnectionError, http.client.HTTPException)):
                Client(stack, front).get("/")
    stack.elbv2.delete_listener(ListenerArn=listener)
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        Client(stack, front).get("/")


def test_a_function_is_data(stack):
    group = stack.elbv2.create_target_group(Name="function", TargetType="lambda")["TargetGroups"][0]
    assert "Port" not in group and "VpcId" not in group and group["HealthCheckEnabled"] is False
    arn = group["TargetGroupArn"]
    function = f"arn:aws:lambda:{stack.aws.region}:{stack.aws.account}:function:greet"
    stack.elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": function}])
    listener = stack.listener(stack.active_load_balancer()["LoadBalancerArn"], stack.forward(arn))
    eventually(lambda: health(stack, arn) == ("unavailable", "Target.HealthCheckDisabled", "Health checks are disabled"))
    status, _, body = Client(stack, listener).get("/")
    assert status == 502 and "Lambda function" in body
    other = error_of(stack.elbv2.register_targets, TargetGroupArn=arn, Targets=[{"Id": function + "2"}])
    assert other.type == "TooManyTargetsException"
    assert error_of(stack.elbv2.create_target_group, Name="x", TargetType="lambda", Port=80).code == "ValidationError"
    stack.elbv2.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": function}])
    assert stack.elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"] == []


def test_a_gateway_load_balancer_is_data(stack):
    made = stack.elbv2.create_load_balancer(Name="firewall", Type="gateway", Subnets=stack.subnets)["LoadBalancers"][0]
    assert ":loadbalancer/gwy/firewall/" in made["LoadBalancerArn"]
    assert "DNSName" not in made and "Scheme" not in made
    arn = made["LoadBalancerArn"]
    interfaces = stack.ec2.describe_network_interfaces(
        Filters=[{"Name": "description", "Values": ["ELB " + arn.split(":loadbalancer/")[1]]}])["NetworkInterfaces"]
    assert {each["InterfaceType"] for each in interfaces} == {"gateway_load_balancer"} and len(interfaces) == 2
    attributes = stack.elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    assert {each["Key"]: each["Value"] for each in attributes} == {
        "deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false"}
    assert error_of(stack.target_group, Protocol="GENEVE").code == "ValidationError"  # the port
    group = stack.target_group("appliances", Protocol="GENEVE", Port=6081)
    shown = stack.elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
    assert (shown["HealthCheckProtocol"], shown["HealthCheckPort"], shown["HealthCheckIntervalSeconds"]) == ("TCP", "80", 10)
    created = stack.elbv2.create_listener(LoadBalancerArn=arn, DefaultActions=[stack.forward(group)])["Listeners"][0]
    assert "Port" not in created and "Protocol" not in created
    refusal = error_of(stack.elbv2.create_listener, LoadBalancerArn=arn, Protocol="TCP", Port=80,
                       DefaultActions=[stack.forward(group)])
    assert refusal.code == "ValidationError"
    assert stack.elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"] == [created]
    stack.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    stack.elbv2.delete_target_group(TargetGroupArn=group)


def test_udp_is_data(stack):
    arn = stack.active_load_balancer("dns", Type="network")["LoadBalancerArn"]
    group = stack.target_group("dns", Protocol="UDP", Port=53)
    attributes = {each["Key"]: each["Value"]
                  for each in stack.elbv2.describe_target_group_attributes(TargetGroupArn=group)["Attributes"]}
    assert attributes["preserve_client_ip.enabled"] == "true"
    refusal = error_of(stack.elbv2.modify_target_group_attributes, TargetGroupArn=group,
                       Attributes=[{"Key": "preserve_client_ip.enabled", "Value": "false"}])
    assert refusal.code == "ValidationError"
    listener = stack.elbv2.create_listener(LoadBalancerArn=arn, Protocol="UDP", Port=53,
                                           DefaultActions=[stack.forward(group)])["Listeners"][0]["ListenerArn"]

    def endpoint():
        return next((each for each in stack.aws.endpoints() if each["listener_arn"] == listener), None)
    shown = eventually(endpoint)
    assert not shown["served"] and shown["note"] == "UDP is not served"
