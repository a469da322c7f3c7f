"""The reference deployment, end to end: docker/examples/reference/deploy.sh by the AWS CLI, then what must be true of it.

It is deployed and taken down by a role that may do what deployer-policy.json says and no more. The tests build on one
another in the order of the file; the last ones kill the server and take everything down.
"""
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import time

import pytest

from conftest import ROOT, Server, eventually, free_port, request
from iam.caller import role, session

DEPLOY = ROOT / "docker" / "examples" / "reference" / "deploy.sh"
POLICY = json.loads((DEPLOY.parent / "deployer-policy.json").read_text())
SERVICES = ["auth", "test-auth", "stage-reminder"]
PATHS = {"auth": "/auth", "test-auth": "/test/auth", "stage-reminder": "/stage/reminder"}


class Deployment:
    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.start()
        self.deployer = session(self.aws, role(self.aws, *POLICY["Statement"], name="deployer"))

    def start(self):
        self.server = Server("--data-dir", str(self.folder), port=self.port)
        self.aws = self.server.aws(account="210987654321", region="eu-west-1")

    def run(self, *arguments):
        return subprocess.run(["sh", str(DEPLOY), *arguments], env={**self.aws.environment(), **self.deployer.environment()},
                              capture_output=True, text=True, timeout=540)

    def client(self, service):
        return self.aws.client(service)

    @property
    def url(self):
        """The load balancer's own address, which needs no Host header."""
        arn = next(each["arn"] for each in self.aws.endpoints() if each["name"] == "reference")
        return self.aws.own_endpoint(arn)["url"].rstrip("/")

    def get(self, path, headers=None, timeout=30):
        """(status, page) through the load balancer."""
        status, _, body = request("GET", self.url + path, headers=headers, timeout=timeout)
        return status, (json.loads(body) if body[:1] == b"{" else body.decode())

    def group(self, name):
        vpc = self.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["reference"]}])["Vpcs"][0]["VpcId"]
        return self.client("ec2").describe_security_groups(Filters=[
            {"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": [name]}])["SecurityGroups"][0]["GroupId"]

    def target_group(self, name):
        return self.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"][0]["TargetGroupArn"]

    def health(self, name):
        return [(d["TargetHealth"]["State"], d["TargetHealth"].get("Reason"))
                for d in self.client("elbv2").describe_target_health(
                    TargetGroupArn=self.target_group(name))["TargetHealthDescriptions"]]

    def tasks(self, service):
        arns = self.client("ecs").list_tasks(cluster="reference", serviceName=service)["taskArns"]
        return self.client("ecs").describe_tasks(cluster="reference", tasks=arns)["tasks"] if arns else []


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    running = Deployment(tmp_path_factory.mktemp("reference") / "data")
    done = running.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rolled out" in done.stdout and "rolled back" in done.stdout
    yield running
    running.server.kill()


def from_group(group):
    return [{"IpProtocol": "tcp", "FromPort": 3000, "ToPort": 4000, "UserIdGroupPairs": [{"GroupId": group}]}]


# 1. The waiters ended by themselves (deploy.sh waits for services-stable and target-in-service).
def test_tasks_run_in_their_subnets_and_their_interfaces_are_seen(deployment):
    subnets = {s["SubnetId"]: ipaddress.ip_network(s["CidrBlock"]) for s in deployment.client("ec2").describe_subnets()["Subnets"]}
    for service in SERVICES:
        tasks = deployment.tasks(service)
        assert len(tasks) == 2
        assert len({task["availabilityZone"] for task in tasks}) == 2, "one task in each zone"
        for task in tasks:
            assert task["lastStatus"] == "RUNNING" and task["connectivity"] == "CONNECTED"
            attachment = next(a for a in task["attachments"] if a["type"] == "ElasticNetworkInterface")
            assert attachment["status"] == "ATTACHED"
            details = {d["name"]: d["value"] for d in attachment["details"]}
            assert str(subnets[details["subnetId"]]) in ("10.0.10.0/24", "10.0.11.0/24")
            assert ipaddress.ip_address(details["privateIPv4Address"]) in subnets[details["subnetId"]]
            interface = deployment.client("ec2").describe_network_interfaces(
                NetworkInterfaceIds=[details["networkInterfaceId"]])["NetworkInterfaces"][0]
            assert interface["PrivateIpAddress"] == details["privateIPv4Address"]
            assert interface["Status"] == "in-use" and interface["RequesterManaged"]
            assert [g["GroupId"] for g in interface["Groups"]] == [deployment.group("ecs")]
            assert "Association" not in interface


def test_the_deployment_is_as_described(deployment):
    for service in deployment.client("ecs").describe_services(cluster="reference", services=SERVICES)["services"]:
        assert service["runningCount"] == service["desiredCount"] == 2
        assert [d["rolloutState"] for d in service["deployments"]] == ["COMPLETED"]
        assert any("has reached a steady state." in event["message"] for event in service["events"])
    auth = deployment.client("ecs").describe_services(cluster="reference", services=["auth"])["services"][0]
    assert auth["taskDefinition"].endswith("auth:1"), "rolled back by naming the old revision"


# 2.
def test_each_path_reaches_its_service(deployment):
    for service, path in PATHS.items():
        status, page = deployment.get(path + "/login?user=ann", headers={"X-Custom": "kept"})
        assert status == 200
        task = next(t for t in deployment.tasks(service) if t["taskArn"] == page["task"])
        container = task["containers"][0]
        assert (page["family"], page["revision"]) == (service, 1)
        assert page["container"] == container["name"] and page["image"] == container["image"]
        assert page["digest"] == container["imageDigest"] and page["digest"].startswith("sha256:")
        seen = page["request"]
        assert (seen["method"], seen["path"], seen["query"]) == ("GET", path + "/login", "user=ann")
        headers = {name.lower(): value for name, value in seen["headers"]}
        assert headers["x-custom"] == "kept"
        assert headers["x-forwarded-for"] == "203.0.113.1"
        assert headers["x-forwarded-proto"] == "http"
        assert headers["x-forwarded-port"] == "80"
        assert headers["x-amzn-trace-id"].startswith("Root=1-")


def test_requests_spread_over_both_targets(deployment):
    answered_by = {deployment.get("/auth")[1]["task"] for _ in range(8)}
    assert answered_by == {task["taskArn"] for task in deployment.tasks("auth")}


def test_any_other_path_gets_the_404(deployment):
    for path in ("/", "/AUTH", "/stage", "/testauth"):
        assert deployment.get(path) == (404, "not found"), path


# 4.
def test_the_secret_is_in_the_environment_and_never_shown(deployment):
    secret = "mongodb://app:secret@10.0.20.5:27017/prod"
    _, page = deployment.get("/auth")
    entry = next(v for v in page["environment"] if v["name"] == "MONGODB_URI")
    assert entry["from"] == "secret" and entry["length"] == len(secret)
    assert secret not in json.dumps(page)
    assert "PORT" in {v["name"] for v in page["environment"]}


# 5.
def test_what_the_containers_print_is_in_the_logs(deployment):
    logs = deployment.client("logs")
    deployment.get("/auth/printed")
    for task in deployment.tasks("auth"):
        stream = f"ecs/auth/{task['taskArn'].split('/')[-1]}"
        events = logs.get_log_events(logGroupName="/ecs/auth", logStreamName=stream, startFromHead=True)["events"]
        assert "listening on" in events[0]["message"]
    eventually(lambda: logs.filter_log_events(logGroupName="/ecs/auth", filterPattern='"/auth/printed"')["events"])


# The database is an instance in a subnet without a way out.
def test_only_the_tasks_reach_the_database(deployment):
    def connect(to):
        status, page = deployment.get("/auth/_drydock/connect?to=" + to)
        assert status == 200
        return page["result"]

    ec2 = deployment.client("ec2")
    [database] = [i for r in ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["database"]}])["Reservations"]
                  for i in r["Instances"]]
    node = ec2.describe_network_interfaces(Filters=[
        {"Name": "group-id", "Values": [deployment.group("alb")]}])["NetworkInterfaces"][0]["NetworkInterfaceId"]
    task = next(d["value"] for d in deployment.tasks("auth")[0]["attachments"][0]["details"]
                if d["name"] == "networkInterfaceId")

    def path_found(source, destination, port):
        path = ec2.create_network_insights_path(Source=source, Destination=destination, Protocol="tcp", DestinationPort=port)
        analysis = ec2.start_network_insights_analysis(NetworkInsightsPathId=path["NetworkInsightsPath"][
            "NetworkInsightsPathId"])["NetworkInsightsAnalysis"]["NetworkInsightsAnalysisId"]

        def done():
            [found] = ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=[analysis])["NetworkInsightsAnalyses"]
            return found if found["Status"] == "succeeded" else None
        return eventually(done)["NetworkPathFound"]

    assert database["PrivateIpAddress"] == "10.0.20.5" and "PublicIpAddress" not in database
    assert connect("10.0.20.5:27017") == "connected" and path_found(task, database["InstanceId"], 27017)
    assert connect("10.0.20.5:22") == "timed out" and not path_found(task, database["InstanceId"], 22)
    assert not path_found(node, database["InstanceId"], 27017)
    gateway = ec2.describe_internet_gateways(Filters=[
        {"Name": "attachment.vpc-id", "Values": [database["VpcId"]]}])["InternetGateways"][0]["InternetGatewayId"]
    assert not path_found(database["InstanceId"], gateway, 443), "nothing leaves the database"


def cli_with_tail():
    """`aws logs tail` is of the AWS CLI 2; Debian's is one."""
    for cli in (shutil.which("aws"), "/usr/bin/aws"):
        if cli and os.path.exists(cli):
            version = subprocess.run([cli, "--version"], capture_output=True, text=True).stdout
            if version.startswith("aws-cli/2"):
                return cli
    return None


def test_logs_can_be_followed(deployment, tmp_path):
    cli = cli_with_tail()
    if not cli:
        pytest.skip("needs the AWS CLI 2 (Debian's awscli)")
    with open(tmp_path / "tail", "w+") as output:
        tail = subprocess.Popen([cli, "--endpoint-url", deployment.server.endpoint, "logs", "tail", "/ecs/auth", "--follow",
                                 "--since", "1s"], env=deployment.aws.environment(), stdout=output, stderr=subprocess.STDOUT)
        try:
            def followed():
                deployment.get("/auth/followed")
                return "/auth/followed" in (tmp_path / "tail").read_text()

            eventually(followed, seconds=60, interval=0.5)
        finally:
            tail.kill()
            tail.wait()


# 3.
def test_what_the_groups_do_not_admit_does_not_arrive(deployment):
    ec2 = deployment.client("ec2")
    alb, ecs = deployment.group("alb"), deployment.group("ecs")
    healthy = [("healthy", None)] * 2
    running = {task["taskArn"] for task in deployment.tasks("auth")}

    def unhealthy_then_healed(revoke, authorize, group, permissions):
        revoke(GroupId=group, IpPermissions=permissions)
        status, body = deployment.get("/auth")
        assert status == 504 and "<h1>504 Gateway Time-out</h1>" in body
        eventually(lambda: deployment.health("auth") == [("unhealthy", "Target.Timeout")] * 2, 30)
        assert deployment.get("/auth")[0] == 504
        authorize(GroupId=group, IpPermissions=permissions)
        eventually(lambda: deployment.health("auth") == healthy, 60)
        assert deployment.get("/auth")[0] == 200

    unhealthy_then_healed(ec2.revoke_security_group_ingress, ec2.authorize_security_group_ingress, ecs, from_group(alb))
    unhealthy_then_healed(ec2.revoke_security_group_egress, ec2.authorize_security_group_egress, alb, from_group(ecs))
    assert {task["taskArn"] for task in deployment.tasks("auth")} == running, "nothing is restarted for any of this"


def test_port_80_closed_to_the_internet_closes_connections_unanswered(deployment):
    ec2, alb = deployment.client("ec2"), deployment.group("alb")
    everywhere = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_ingress(GroupId=alb, IpPermissions=everywhere)
    with pytest.raises(OSError):
        deployment.get("/auth")
    ec2.authorize_security_group_ingress(GroupId=alb, IpPermissions=everywhere)
    assert deployment.get("/auth")[0] == 200


def test_deploying_again_adds_what_is_missing_and_changes_nothing_else(deployment):
    """As after a run that was broken off: a table without its route and one of its subnets, groups without their rules."""
    ec2 = deployment.client("ec2")

    def private():
        table = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": ["private"]}])["RouteTables"][0]
        return table["RouteTableId"], len(table["Routes"]), len(table["Associations"]), table

    def rules():
        groups = [deployment.group(name) for name in ("alb", "ecs", "db")]
        found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": groups}])["SecurityGroupRules"]
        return sorted((rule["GroupId"], rule["IsEgress"], rule["FromPort"], rule["ToPort"]) for rule in found)

    before = {service: {task["taskArn"] for task in deployment.tasks(service)} for service in ("test-auth", "stage-reminder")}
    complete, admitted = private()[:3], rules()
    ec2.delete_route(RouteTableId=complete[0], DestinationCidrBlock="0.0.0.0/0")
    ec2.disassociate_route_table(AssociationId=private()[3]["Associations"][0]["RouteTableAssociationId"])
    ec2.revoke_security_group_ingress(GroupId=deployment.group("alb"), IpProtocol="tcp", FromPort=443, ToPort=443, CidrIp="0.0.0.0/0")
    done = deployment.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (private()[:3], rules()) == (complete, admitted)
    assert before == {service: {task["taskArn"] for task in deployment.tasks(service)} for service in before}


# 6.
def test_after_kill_9_everything_is_there_and_serves_again(deployment):
    def picture():
        return {service: sorted((task["taskArn"], task["lastStatus"],
                                 next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == "privateIPv4Address"))
                                for task in deployment.tasks(service)) for service in SERVICES}

    eventually(lambda: all(len(deployment.tasks(s)) == 2 for s in SERVICES))
    before = picture()
    secret = deployment.client("secretsmanager").get_secret_value(SecretId="prod-mongodb")["VersionId"]
    deployment.server.kill()
    deployment.start()
    assert picture() == before
    assert deployment.client("secretsmanager").get_secret_value(SecretId="prod-mongodb")["VersionId"] == secret
    for service, path in PATHS.items():
        eventually(lambda: deployment.get(path)[0] == 200)
        assert deployment.get(path)[1]["task"] in {arn for arn, _, _ in before[service]}
    eventually(lambda: deployment.health("auth") == [("healthy", None)] * 2)


def test_teardown_leaves_nothing(deployment):
    done = deployment.run("teardown")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not deployment.client("ec2").describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["reference"]}])["Vpcs"]
    assert not deployment.client("ecs").list_tasks(cluster="reference")["taskArns"] if \
        deployment.client("ecs").list_clusters()["clusterArns"] else True
    assert not [i for i in deployment.client("ec2").describe_network_interfaces()["NetworkInterfaces"]]
    assert not deployment.client("elbv2").describe_load_balancers()["LoadBalancers"]
