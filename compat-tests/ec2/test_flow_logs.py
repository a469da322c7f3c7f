"""VPC flow logs: as resources, and what they deliver to CloudWatch Logs."""
import json

import pytest

from conftest import error_of, eventually, request
from ecs.place import Place

DELIVERS = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
# VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs".
WRITES = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Resource": "*", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
                                                    "logs:DescribeLogGroups", "logs:DescribeLogStreams"]}]}
CUSTOM = ("${version} ${interface-id} ${vpc-id} ${subnet-id} ${flow-direction} ${traffic-path} ${pkt-srcaddr} "
          "${pkt-dstaddr} ${srcport} ${dstport} ${tcp-flags} ${type} ${region} ${az-id} ${pkt-dst-aws-service} "
          "${ecs-task-id} ${ecs-cluster-name} ${action} ${log-status} ${sublocation-type} ${reject-reason}")


def role(aws, name="flow-logs", trust=DELIVERS, policy=WRITES):
    iam = aws.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=json.dumps(policy))
    return arn


def test_flow_logs_as_resources(aws):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    arn = f"arn:aws:iam::{aws.account}:role/flow-logs"
    good = {"ResourceType": "VPC", "ResourceIds": [vpc], "TrafficType": "ALL", "LogGroupName": "flows",
            "DeliverLogsPermissionArn": arn}
    created = ec2.create_flow_logs(**good, TagSpecifications=[
        {"ResourceType": "vpc-flow-log", "Tags": [{"Key": "k", "Value": "v"}]}])
    [identity] = created["FlowLogIds"]
    assert identity.startswith("fl-") and created["Unsuccessful"] == []
    [shown] = ec2.describe_flow_logs(FlowLogIds=[identity])["FlowLogs"]
    assert shown.pop("CreationTime")
    assert shown == {
        "FlowLogId": identity, "FlowLogStatus": "ACTIVE", "ResourceId": vpc, "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs", "LogGroupName": "flows", "DeliverLogsPermissionArn": arn,
        "LogDestination": f"arn:aws:logs:{aws.region}:{aws.account}:log-group:flows", "DeliverLogsStatus": "SUCCESS",
        "LogFormat": "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
                     "${packets} ${bytes} ${start} ${end} ${action} ${log-status}",
        "MaxAggregationInterval": 600, "Tags": [{"Key": "k", "Value": "v"}]}

    def unsuccessful(**more):
        answer = ec2.create_flow_logs(**{**good, **more})
        assert answer["FlowLogIds"] == []
        return answer["Unsuccessful"][0]["Error"]["Code"]
    assert unsuccessful() == "FlowLogAlreadyExists"
    assert unsuccessful(ResourceIds=["vpc-0123456789abcdef0"]) == "InvalidVpcID.NotFound"
    assert unsuccessful(ResourceType="NetworkInterface", ResourceIds=["eni-0123456789abcdef0"]) == \
        "InvalidNetworkInterfaceID.NotFound"
    mixed = ec2.create_flow_logs(**{**good, "ResourceType": "Subnet", "ResourceIds": [subnet, "subnet-01234567"],
                                    "LogFormat": CUSTOM, "MaxAggregationInterval": 60, "TrafficType": "REJECT"})
    assert len(mixed["FlowLogIds"]) == 1 and mixed["Unsuccessful"][0]["ResourceId"] == "subnet-01234567"
    ec2.create_flow_logs(**{**good, "TrafficType": "ACCEPT"})
    assert unsuccessful(TrafficType="REJECT") == "FlowLogsLimitExceeded"

    def refused(**more):
        parameters = {k: v for k, v in {**good, "LogGroupName": "other", **more}.items() if v is not None}
        return error_of(ec2.create_flow_logs, **parameters).code
    assert refused(TrafficType=None) == "MissingParameter"
    assert refused(LogGroupName=None) == "InvalidParameter"
    assert refused(LogDestination=shown["LogDestination"]) == "InvalidParameter"
    assert refused(LogGroupName=None, LogDestination="arn:aws:s3:::bucket") == "InvalidParameter"
    assert refused(DeliverLogsPermissionArn=None) == "InvalidParameter"
    assert refused(DeliverLogsPermissionArn="nobody") == "InvalidParameter"
    assert refused(MaxAggregationInterval=61) == "InvalidParameter"
    assert refused(LogFormat="${version} ${nonsense}") == "InvalidParameter"
    assert refused(LogDestinationType="s3", LogGroupName=None, LogDestination="arn:aws:s3:::b") == "UnsupportedOperation"
    assert refused(ResourceType="TransitGateway", ResourceIds=["tgw-01234567"]) == "UnsupportedOperation"
    assert refused(DryRun=True) == "DryRunOperation"

    def found(name, *values):
        return len(ec2.describe_flow_logs(Filters=[{"Name": name, "Values": list(values)}])["FlowLogs"])
    assert found("resource-id", vpc) == 2 and found("traffic-type", "REJECT") == 1 and found("tag:k", "v") == 1
    assert found("log-group-name", "flow*") == 3 and found("deliver-log-status", "FAILED") == 0
    assert found("log-destination-type", "cloud-watch-logs") == 3 and found("flow-log-id", identity) == 1
    token = [ec2.create_flow_logs(**{**good, "ResourceType": "Subnet", "ResourceIds": [subnet], "LogGroupName": "third"},
                                  ClientToken="token")["FlowLogIds"] for _ in range(2)]
    assert token[0] == token[1] and len(token[0]) == 1
    gone = ec2.delete_flow_logs(FlowLogIds=[identity, "fl-0123456789abcdef0"])["Unsuccessful"]
    assert [g["Error"]["Code"] for g in gone] == ["InvalidFlowLogId.NotFound"]
    assert error_of(ec2.describe_flow_logs, FlowLogIds=[identity]).code == "InvalidFlowLogId.NotFound"


class Watched(Place):
    """A task behind a load balancer, on a server whose time stands still."""

    def advance(self, seconds):
        assert self.aws.http("POST", "/_drydock/clock", json.dumps({"advance": seconds}))[0] == 200

    def lines(self, group):
        """All lines of the group's streams, by stream."""
        streams = self.logs.describe_log_streams(logGroupName=group)["logStreams"]
        return {s["logStreamName"]: [e["message"] for e in self.logs.get_log_events(
            logGroupName=group, logStreamName=s["logStreamName"], startFromHead=True)["events"]] for s in streams}


@pytest.fixture
def watched(start_server):
    return Watched(start_server("--ephemeral", "--manual-clock").aws())


def test_what_flow_logs_deliver(watched):
    aws, ec2 = watched.aws, watched.ec2
    balancer = watched.balanced()[0]
    watched.register()
    task = watched.run()[0]

    def running():
        watched.advance(5)
        found = watched.describe(task)
        return found if found["lastStatus"] == "RUNNING" else None
    found = eventually(running)
    details = {d["name"]: d["value"] for d in found["attachments"][0]["details"]}
    eni, address = details["networkInterfaceId"], details["privateIPv4Address"]
    watched.elbv2.register_targets(TargetGroupArn=balancer["targetGroupArn"], Targets=[{"Id": address}])

    def healthy():
        watched.advance(5)
        return watched.elbv2.describe_target_health(TargetGroupArn=balancer["targetGroupArn"])[
            "TargetHealthDescriptions"][0]["TargetHealth"]["State"] == "healthy"
    eventually(healthy)
    arn = role(aws)
    common = {"ResourceType": "VPC", "ResourceIds": [watched.vpc], "DeliverLogsPermissionArn": arn,
              "MaxAggregationInterval": 60}
    ec2.create_flow_logs(**common, TrafficType="ALL", LogGroupName="flows")
    ec2.create_flow_logs(ResourceType="NetworkInterface", ResourceIds=[eni], TrafficType="REJECT", LogFormat=CUSTOM,
                         LogGroupName="rejected", MaxAggregationInterval=60, DeliverLogsPermissionArn=arn)
    watched.advance(60)  # to a whole window

    url = next(e["url"] for e in aws.endpoints() if e["url"].startswith("http://127."))
    assert request("GET", url)[0] == 200
    page = json.loads(request("GET", url + "_drydock/connect?to=example.com:443")[2])
    assert page["result"] == "connected"
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    node = next(i for i in ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [watched.vpc]}])[
        "NetworkInterfaces"] if i["Description"].startswith("ELB app/"))["NetworkInterfaceId"]
    watched.ec2.revoke_security_group_ingress(GroupId=watched.group, IpPermissions=everything)
    watched.ec2.authorize_security_group_ingress(GroupId=watched.group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert request("GET", url, timeout=90)[0] == 504  # the task's group no longer admits the load balancer
    watched.advance(60)

    lines = watched.lines("flows")
    assert {f"{eni}-all", f"{node}-all"} <= set(lines)
    at_task = [line.split() for line in lines[f"{eni}-all"]]
    at_node = [line.split() for name, of in lines.items() if name != f"{eni}-all" for line in of]
    for line in at_task + at_node:
        assert len(line) == 14 and line[:2] == ["2", aws.account] and line[13] in ("OK", "NODATA")
    data = [line for line in at_task if line[13] == "OK"]
    assert any(l[3] == "203.0.113.1" and l[6] == "80" and l[7] == "6" and l[12] == "ACCEPT" for l in at_node)
    assert any(l[4] == address and l[6] == "3000" and l[12] == "ACCEPT" for l in data), "requests and health checks"
    assert any(l[3] == address and l[5] == "3000" and l[12] == "ACCEPT" for l in data), "and their replies"
    assert any(l[3] == address and l[6] == "443" and l[12] == "ACCEPT" for l in data), "what the task opened itself"
    rejected = [l for l in data if l[12] == "REJECT"]
    assert rejected and all(l[4] == address and l[6] == "3000" for l in rejected)
    assert all(int(l[8]) >= 1 and int(l[9]) >= 52 and int(l[10]) <= int(l[11]) for l in data)
    quiet = [l for l in at_node if l[13] == "NODATA"]
    assert quiet and all(l[3:10] == ["-"] * 7 and l[12] == "-" and int(l[11]) - int(l[10]) == 60 for l in quiet)

    custom = [line.split() for line in watched.lines("rejected")[f"{eni}-reject"]]
    told = next(l for l in custom if l[18] == "OK")
    zone = next(z["ZoneId"] for z in ec2.describe_availability_zones()["AvailabilityZones"]
                if z["ZoneName"] == found["availabilityZone"])
    assert told[:6] == ["8", eni, watched.vpc, details["subnetId"], "ingress", "-"]
    assert told[7] == address and told[9] == "3000" and told[10:14] == ["2", "IPv4", aws.region, zone]
    assert told[14:] == ["-", found["taskArn"].split("/")[-1], "main", "REJECT", "OK", "-", "-"]


def test_a_role_that_may_not_write(watched):
    ec2 = watched.ec2
    trusted = role(watched.aws, "silent", policy={"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Resource": "*", "Action": "logs:CreateLogGroup"}]})
    strange = role(watched.aws, "strange", trust={"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    watched.balanced()  # interfaces that would be written about
    for index, arn in enumerate([trusted, strange, "arn:aws:iam::123456789012:role/none"]):
        [identity] = ec2.create_flow_logs(
            ResourceType="VPC", ResourceIds=[watched.vpc], TrafficType="ALL", LogGroupName=f"flows-{index}",
            DeliverLogsPermissionArn=arn, MaxAggregationInterval=60)["FlowLogIds"]
        watched.advance(60)
        [shown] = ec2.describe_flow_logs(FlowLogIds=[identity])["FlowLogs"]
        assert (shown["DeliverLogsStatus"], shown["DeliverLogsErrorMessage"]) == ("FAILED", "Access error")
        ec2.delete_flow_logs(FlowLogIds=[identity])
    [identity] = ec2.create_flow_logs(
        ResourceType="VPC", ResourceIds=[watched.vpc], TrafficType="ALL", LogGroupName="flows",
        DeliverLogsPermissionArn=trusted, MaxAggregationInterval=60)["FlowLogIds"]
    watched.advance(60)
    watched.iam.put_role_policy(RoleName="silent", PolicyName="write", PolicyDocument=json.dumps(WRITES))
    watched.advance(60)
    [shown] = ec2.describe_flow_logs(FlowLogIds=[identity])["FlowLogs"]
    assert shown["DeliverLogsStatus"] == "SUCCESS" and "DeliverLogsErrorMessage" not in shown
    assert all(line.endswith("NODATA") for of in watched.lines("flows").values() for line in of)


def started(watched, **more):
    """Starts a task and lets time go on until it runs or has failed."""
    task = watched.run(**more)[0]

    def settled():
        watched.advance(5)
        found = watched.describe(task)
        return found if found["lastStatus"] in ("RUNNING", "STOPPED") else None
    return eventually(settled)


PLATFORM = "${interface-id} ${flow-direction} ${pkt-srcaddr} ${pkt-dstaddr} ${dstport} ${action} ${log-status} ${packets}"


def test_what_a_starting_task_connects_to(watched):
    """The pull of an image, the registry's login and the log driver: over the task's own network interface."""
    ec2 = watched.ec2
    watched.register(container={"image": watched.push()})
    ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[watched.vpc], TrafficType="ALL", LogGroupName="flows",
                         LogFormat=PLATFORM, MaxAggregationInterval=60, DeliverLogsPermissionArn=role(watched.aws))

    def flows_of(**more):
        """Of one task's start: the task, and [direction, source, destination, port, action, interface, packets] of each
        flow."""
        before = {name: len(lines) for name, lines in watched.lines("flows").items()} if groups() else {}
        found = started(watched, **more)
        watched.advance(60)
        new = [line.split() for name, lines in watched.lines("flows").items() for line in lines[before.get(name, 0):]]
        return found, [line[1:6] + line[:1] + line[7:] for line in new if line[6] == "OK"]

    def groups():
        return watched.logs.describe_log_groups(logGroupNamePrefix="flows")["logGroups"]

    found, flows = flows_of()
    assert found["lastStatus"] == "RUNNING"
    details = {d["name"]: d["value"] for d in found["attachments"][0]["details"]}
    address, eni = details["privateIPv4Address"], details["networkInterfaceId"]
    there = [f for f in flows if f[0] == "egress" and f[1] == address and f[3] == "443"]
    assert all(f[4:6] == ["ACCEPT", eni] for f in there)
    # S3 has addresses of its own; ecr.api, ecr.dkr and logs share one: each was connected to, logs to open the stream.
    packets = {f[2]: sum(int(g[6]) for g in there if g[2] == f[2]) for f in there}
    assert len(packets) == 2 and min(packets.values()) == 3 and max(packets.values()) >= 9
    assert {f[2] for f in there} == {f[1] for f in flows if f[0] == "ingress" and f[2] == address}, "and their replies"

    # Without a way out the packets leave the interface, and nobody answers: ACCEPT, one direction only.
    found, flows = flows_of(networkConfiguration=watched.network(public=False))
    assert found["lastStatus"] == "STOPPED" and "connection issue" in found["stoppedReason"]
    assert [f[4] for f in flows if f[0] == "egress" and f[3] == "443"] == ["ACCEPT"]
    assert not [f for f in flows if f[0] == "ingress"]

    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=watched.group, IpPermissions=everything)
    found, flows = flows_of()
    assert found["lastStatus"] == "STOPPED"
    assert [f[4] for f in flows if f[0] == "egress" and f[3] == "443"] == ["REJECT"]


def test_a_pull_through_an_endpoint_is_seen_at_the_endpoint(watched):
    ec2, region = watched.ec2, watched.aws.region
    ec2.modify_vpc_attribute(VpcId=watched.vpc, EnableDnsHostnames={"Value": True})
    watched.register(container={"image": watched.push()})
    for service in ("ecr.api", "ecr.dkr", "logs"):
        ec2.create_vpc_endpoint(VpcId=watched.vpc, ServiceName=f"com.amazonaws.{region}.{service}",
                                VpcEndpointType="Interface", SubnetIds=watched.subnets, SecurityGroupIds=[watched.group])

    def available():
        watched.advance(5)
        return all(e["State"] == "available" for e in ec2.describe_vpc_endpoints()["VpcEndpoints"])
    eventually(available)
    ec2.create_flow_logs(ResourceType="VPC", ResourceIds=[watched.vpc], TrafficType="ALL", LogGroupName="flows",
                         LogFormat=PLATFORM, MaxAggregationInterval=60, DeliverLogsPermissionArn=role(watched.aws))
    found = started(watched)
    assert found["lastStatus"] == "RUNNING"
    watched.advance(60)
    address = next(d["value"] for d in found["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
    endpoints = {i for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] for i in e["NetworkInterfaceIds"]}
    at_endpoints = [line.split() for name, lines in watched.lines("flows").items()
                    if name.rsplit("-", 1)[0] in endpoints for line in lines if " OK " in line]
    assert {line[0] for line in at_endpoints if line[1] == "ingress" and line[2] == address and line[4] == "443"
            and line[5] == "ACCEPT"} == {line[0] for line in at_endpoints} < endpoints
    assert len({line[0] for line in at_endpoints}) == 3, "one interface of each endpoint was spoken to"
