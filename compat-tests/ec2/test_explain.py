"""`drydock explain` and the tasks' page /_drydock/connect: why traffic passes or does not, told to people."""
import json
import os
import shlex
import subprocess

import pytest

from conftest import BINARY, eventually, request
from ec2.test_instances import instance_in
from ecs.place import Place


class Explained:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def explain(aws):
    def run(*arguments, environment=None):
        variables = {"PATH": os.environ["PATH"], "DRYDOCK_ENDPOINT": aws.server.endpoint}
        return Explained(subprocess.run([BINARY, "explain", *arguments], capture_output=True, text=True, timeout=30,
                                        env=variables if environment is None else environment))
    return run


@pytest.fixture
def web(aws):
    """A task behind a load balancer and a second one, its database, that only the first may reach."""
    place = Place(aws)
    place.database = place.ec2.create_security_group(GroupName="db", Description="db", VpcId=place.vpc)["GroupId"]
    place.register()
    place.register("db", {"name": "db", "portMappings": [{"containerPort": 27017}]})
    place.web = place.run()[0]
    place.db = place.run("db", networkConfiguration={"awsvpcConfiguration": {
        "subnets": place.subnets[:1], "securityGroups": [place.database], "assignPublicIp": "ENABLED"}})[0]
    place.web, place.db = place.running(place.web), place.running(place.db)
    return place


def detail(task, name):
    return next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == name)


def test_a_blocked_path_is_drawn_and_the_printed_command_opens_it(aws, web, explain):
    source, host = web.web["taskArn"], detail(web.db, "privateIPv4Address")
    blocked = explain("--from", source, "--to", f"{host}:27017")
    assert blocked.code == 1 and blocked.err == ""
    assert blocked.out.startswith(f"{source} to {host} port 27017, tcp: BLOCKED\n")
    assert f"X {web.database}" in blocked.out and "SG_HAS_NO_RULES" in blocked.out
    command = next(line.strip() for line in blocked.out.splitlines() if line.strip().startswith("aws ec2 "))
    assert f"--group-id {web.database}" in command and f"GroupId={web.group}" in command
    aws.cli(*shlex.split(command)[1:])
    opened = explain("--from", source, "--to", f"{host}:27017")
    assert opened.code == 0 and "REACHABLE" in opened.out and "What would open it" not in opened.out
    assert explain("--from", source, "--to", f"{host}:27018").code == 1


def test_the_printed_commands_open_the_way_from_the_internet(aws, vpc, explain):
    """To an instance in a subnet that has nothing; what a command asks for is made."""
    instance = instance_in(vpc, vpc.subnet())
    made = {"INTERNET_GATEWAY_ID": vpc.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
            "ALLOCATION_ID": vpc.elastic_ip()}
    opened = []
    for _ in range(5):
        answer = explain("--from", "internet", "--to", f"{instance}:22", "--json").json
        if answer["reachable"]:
            break
        for command in answer["remedies"]:
            if "associate-address" in command and "attach-internet-gateway" in " ".join(answer["remedies"]):
                continue  # only once there is a gateway
            for name, value in made.items():
                command = command.replace(name, value)
            opened.append(command.split()[2])
            aws.cli(*shlex.split(command)[1:])
    assert answer["reachable"], answer
    assert sorted(opened) == ["associate-address", "attach-internet-gateway", "authorize-security-group-ingress",
                              "create-route"]


def test_every_way_to_name_an_end(aws, web, explain):
    interface = detail(web.web, "networkInterfaceId")
    for source in (web.web["taskArn"], web.web["taskArn"].rsplit("/", 1)[1], interface):
        answer = explain("--from", source, "--to", "internet:443", "--json")
        assert answer.code == 0, (source, answer.out, answer.err)
    for destination in ("secretsmanager:443", "ecr.api:443", "example.com:443", "203.0.113.9:443",
                        f"logs.{aws.region}.amazonaws.com:443", f"com.amazonaws.{aws.region}.s3:443"):
        answer = explain("--from", interface, "--to", destination, "--json")
        assert answer.code == 0, (destination, answer.out, answer.err)
    # A private address is looked for in the other end's VPC.
    assert explain("--from", detail(web.db, "privateIPv4Address"), "--to", f"{interface}:3000").code == 0
    answer = explain("--from", "internet", "--to", f"{interface}:3000", "--json").json
    assert answer["reachable"] and answer["explanations"] == [] and answer["remedies"] == []
    assert [hop["component"] for hop in answer["forward"]] == ["internet-gateway", "network-acl", "security-group",
                                                              "network-interface"]
    assert explain("--from", interface, "--to", "8.8.8.8", "--protocol", "icmp").code == 0


def test_what_is_unknown_is_neither_yes_nor_no(aws, explain):
    for arguments, told in [
            (("--from", "eni-0123456789abcdef0", "--to", "internet:443"), "no network interface eni-0123456789abcdef0"),
            (("--from", "internet", "--to", "nonsense:80"), '"nonsense" is no destination'),
            (("--from", "nonsense", "--to", "internet:80"), '"nonsense" is no source'),
            (("--from", "0" * 32, "--to", "internet:80"), "There is no task"),
            (("--from", "internet", "--to", "10.1.2.3"), "Name the port"),
            (("--from", "internet", "--to", "10.1.2.3:70000"), "is no port"),
            (("--from", "internet", "--to", "internet:80"), "one end can be outside")]:
        answer = explain(*arguments)
        assert answer.code == 2 and told in answer.err and answer.out == "", (arguments, answer.err)
    assert explain("--from", "internet").code == 2
    assert explain("--from", "internet", "--to", "10.0.0.1:1", "--protocol", "sctp").code == 2


def test_where_no_server_answers(explain):
    for endpoint, told in [("http://127.0.0.1:1", "no drydock answers at http://127.0.0.1:1"),
                           ("https://127.0.0.1:1", "over http"), ("127.0.0.1", "is no endpoint")]:
        answer = explain("--from", "internet", "--to", "10.0.0.1:80", "--endpoint", endpoint)
        assert answer.code == 2 and told in answer.err and answer.err.count("\n") == 1
    answer = explain("--from", "internet", "--to", "10.0.0.1:80", environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert answer.code == 2 and "127.0.0.1:1" in answer.err


def test_a_task_tells_through_its_page_what_it_would_see(aws, web):
    balancer = web.balanced()
    group = balancer[0]["targetGroupArn"]
    address = detail(web.web, "privateIPv4Address")
    web.elbv2.register_targets(
        TargetGroupArn=group, Targets=[{"Id": address, "Port": 3000}])
    eventually(lambda: web.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0][
        "TargetHealth"]["State"] == "healthy")
    arn = web.elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"][0]
    entry = aws.own_endpoint(arn)

    def connect(to):
        status, _, body = request("GET", entry["url"] + "_drydock/connect?to=" + to,
                                  headers={"Host": entry["host"]} if entry["host"] else {})
        assert status == 200
        return json.loads(body)

    host = detail(web.db, "privateIPv4Address")
    refused = connect(f"{host}:27017")
    assert refused["result"] == "timed out" and refused["explanations"][0]["code"] == "SG_HAS_NO_RULES"
    web.ec2.authorize_security_group_ingress(GroupId=web.database, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 27000, "ToPort": 27020, "UserIdGroupPairs": [{"GroupId": web.group}]}])
    assert connect(f"{host}:27017")["result"] == "connected"
    assert connect(f"{host}:27018")["result"] == "refused"
    assert connect("10.0.0.200:80")["result"] == "timed out"
    assert connect("secretsmanager:443")["result"] == "connected"
    assert connect("example.com:443")["result"] == "connected"
    assert connect("app:80")["result"] == "connected"  # the load balancer by its name
    assert connect("nonsense:1")["result"] == "unknown"
    assert "?to=" in connect("example.com")["explanation"]
