"""Traffic to simulated tasks: sticky sessions, transforms, access logs, a network load balancer."""
import http.client
import json
import subprocess
import urllib.parse

import pytest

from conftest import BINARY, error_of, eventually
from ecs.place import Place


@pytest.fixture
def place(aws):
    place = Place(aws)
    place.register()
    tasks = place.run(count=2)
    place.tasks = [place.running(task) for task in tasks]
    place.addresses = [next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
                       for task in place.tasks]
    return place


def balanced(place, type="application", protocol="HTTP", **more):
    """(load balancer's ARN, target group's, listener's); both tasks are registered and healthy."""
    balancer = place.elbv2.create_load_balancer(Name="front", Type=type, Subnets=place.subnets,
                                                SecurityGroups=[place.group])["LoadBalancers"][0]["LoadBalancerArn"]
    group = place.elbv2.create_target_group(Name="app", Protocol=protocol, Port=3000, VpcId=place.vpc, TargetType="ip",
                                            HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2,
                                            **more)["TargetGroups"][0]["TargetGroupArn"]
    place.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": address} for address in place.addresses])
    listener = place.elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol=protocol, Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])["Listeners"][0]["ListenerArn"]
    eventually(lambda: [t["TargetHealth"]["State"] for t in place.elbv2.describe_target_health(
        TargetGroupArn=group)["TargetHealthDescriptions"]] == ["healthy", "healthy"])
    return balancer, group, listener


def ask(place, listener, path="/", **headers):
    """(headers of the answer, the task's page), at the load balancer's own address."""
    url = urllib.parse.urlparse(place.aws.own_endpoint(listener)["url"])
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": "app.example.com", **headers})
        answer = connection.getresponse()
        return answer.headers, json.loads(answer.read())
    finally:
        connection.close()


def test_sessions_rewrites_and_the_access_log(place):
    balancer, group, listener = balanced(place, HealthCheckPath="/health")
    seen = {ask(place, listener)[1]["task"] for _ in range(4)}
    assert len(seen) == 2
    place.elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=[
        {"Key": "stickiness.enabled", "Value": "true"}])
    headers, page = ask(place, listener)
    cookie = next(value.split(";")[0] for value in headers.get_all("Set-Cookie") if value.startswith("AWSALB="))
    assert {ask(place, listener, Cookie=cookie)[1]["task"] for _ in range(4)} == {page["task"]}

    refused = error_of(place.elbv2.modify_load_balancer_attributes, LoadBalancerArn=balancer, Attributes=[
        {"Key": "drydock.access_logs.log_group", "Value": "/nobody"}])
    assert refused.code == "ValidationError"
    place.elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=[
        {"Key": "drydock.access_logs.log_group", "Value": "/ecs/app"}])
    if "Transforms" in place.elbv2.meta.service_model.operation_model("CreateRule").input_shape.members:
        place.elbv2.create_rule(
            ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern", "Values": ["/dp/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
            Transforms=[{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [
                {"Regex": "^/dp/(.*)$", "Replace": "/product/$1"}]}}])
        assert ask(place, listener, "/dp/7?x=y")[1]["request"]["path"] == "/product/7?x=y"

    ask(place, listener, "/last", **{"User-Agent": 'a "quoted" one'})
    log = subprocess.run([BINARY, "logs", "access", "front", "--endpoint", place.aws.server.endpoint],
                         capture_output=True, text=True)
    assert log.returncode == 0, log.stderr
    line = log.stdout.splitlines()[-1]
    assert line.startswith("http 20") and ' "GET http://app.example.com:80/last HTTP/1.1" ' in line
    assert f" {balancer.split(':loadbalancer/')[1]} 203.0.113.1:" in line and " 200 200 " in line
    assert '"a \\x22quoted\\x22 one"' in line and f" {group} " in line
    stream = balancer.split(":loadbalancer/")[1]
    delivered = eventually(lambda: [e["message"] for e in place.logs.filter_log_events(
        logGroupName="/ecs/app", logStreamNames=[stream])["events"] if "/last" in e["message"]])
    assert delivered == [line]
    missing = subprocess.run([BINARY, "logs", "access", "nobody", "--endpoint", place.aws.server.endpoint],
                             capture_output=True, text=True)
    assert missing.returncode == 2 and "no load balancer nobody" in missing.stderr


def test_a_network_load_balancer_passes_bytes_on(place):
    _, group, listener = balanced(place, type="network", protocol="TCP")
    seen = {ask(place, listener)[1]["task"] for _ in range(20)}
    assert len(seen) == 2
    headers, page = ask(place, listener)
    assert "X-Forwarded-For" not in json.dumps(page["request"]), "nothing is added on the way"
    # Its group is judged like any other's.
    place.ec2.revoke_security_group_ingress(GroupId=place.group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        ask(place, listener)
