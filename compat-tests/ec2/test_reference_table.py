"""Who may speak to whom in the reference deployment (docker/examples/reference/deploy.sh), asserted twice: by Reachability
Analyzer through the AWS CLI and boto3, and by real traffic through the load balancer and the tasks' own page. Both agree.
"""
import json

import pytest

from conftest import eventually, request
from ecs.place import Place


class Reference(Place):
    """The same doors as the reference deployment's: a load balancer, tasks behind a NAT gateway, a database."""

    def __init__(self, aws):
        super().__init__(aws)  # its two subnets are the public ones
        zone = aws.region + "a"
        self.private = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.10.0/24",
                                              AvailabilityZone=zone)["Subnet"]["SubnetId"]
        self.data = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.20.0/24",
                                           AvailabilityZone=zone)["Subnet"]["SubnetId"]
        allocation = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        self.nat = self.ec2.create_nat_gateway(SubnetId=self.subnets[0], AllocationId=allocation)["NatGateway"]["NatGatewayId"]
        self.ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[self.nat], WaiterConfig={"Delay": 1})
        table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=self.nat)
        for subnet in (self.private, self.data):
            self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        self.alb, self.tasks, self.db = (self.ec2.create_security_group(
            GroupName=name, Description=name, VpcId=self.vpc)["GroupId"] for name in ("alb", "ecs", "db"))
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        self.ec2.revoke_security_group_egress(GroupId=self.alb, IpPermissions=everything)
        self.ec2.authorize_security_group_ingress(GroupId=self.alb, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        self.ec2.authorize_security_group_egress(GroupId=self.alb, IpPermissions=self.door(self.tasks, 3000, 4000))
        self.ec2.authorize_security_group_ingress(GroupId=self.tasks, IpPermissions=self.door(self.alb, 3000, 4000))
        self.ec2.authorize_security_group_ingress(GroupId=self.db, IpPermissions=self.door(self.tasks, 27017, 27017))

        self.register()
        self.register("db", {"name": "db", "portMappings": [{"containerPort": 27017}]})
        self.task = self.run(networkConfiguration=self.place_in(self.private, self.tasks))[0]
        self.balancer = self.elbv2.create_load_balancer(
            Name="reference", Subnets=self.subnets, SecurityGroups=[self.alb])["LoadBalancers"][0]["LoadBalancerArn"]
        self.group_arn = self.elbv2.create_target_group(
            Name="reference", Protocol="HTTP", Port=3000, VpcId=self.vpc, TargetType="ip", HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2, HealthCheckPath="/health")["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.create_listener(LoadBalancerArn=self.balancer, Protocol="HTTP", Port=80,
                                   DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group_arn}])
        host = self.run("db", networkConfiguration=self.place_in(self.data, self.db))[0]
        self.task, host = self.running(self.task), self.running(host)
        # The database pulls its image, and then nothing goes out any more.
        self.ec2.revoke_security_group_egress(GroupId=self.db, IpPermissions=everything)
        self.host, self.host_address = (self.detail(name, host) for name in ("networkInterfaceId", "privateIPv4Address"))
        self.elbv2.register_targets(TargetGroupArn=self.group_arn, Targets=[{"Id": self.detail("privateIPv4Address")}])
        eventually(lambda: self.elbv2.describe_target_health(TargetGroupArn=self.group_arn)[
            "TargetHealthDescriptions"][0]["TargetHealth"]["State"] == "healthy")
        self.node = self.ec2.describe_network_interfaces(Filters=[
            {"Name": "group-id", "Values": [self.alb]}])["NetworkInterfaces"][0]["NetworkInterfaceId"]

    @staticmethod
    def door(group, first, last):
        return [{"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "UserIdGroupPairs": [{"GroupId": group}]}]

    @staticmethod
    def place_in(subnet, group):
        return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}

    def detail(self, name, task=None):
        return next(d["value"] for d in (task or self.task)["attachments"][0]["details"] if d["name"] == name)

    def analysed(self, source, destination, port):
        path = self.ec2.create_network_insights_path(Source=source, Destination=destination, Protocol="tcp",
                                                     DestinationPort=port)["NetworkInsightsPath"]
        started = self.ec2.start_network_insights_analysis(
            NetworkInsightsPathId=path["NetworkInsightsPathId"])["NetworkInsightsAnalysis"]
        return eventually(lambda: (lambda a: a if a["Status"] != "running" else None)(
            self.ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=[
                started["NetworkInsightsAnalysisId"]])["NetworkInsightsAnalyses"][0]))

    def analysed_by_cli(self, source, destination, port):
        path = self.aws.cli("ec2", "create-network-insights-path", "--source", source, "--protocol", "tcp",
                            "--destination-port", str(port), "--destination", destination)["NetworkInsightsPath"]
        started = self.aws.cli("ec2", "start-network-insights-analysis", "--network-insights-path-id",
                               path["NetworkInsightsPathId"])["NetworkInsightsAnalysis"]
        assert started["Status"] == "running"
        [analysis] = self.aws.cli("ec2", "describe-network-insights-analyses", "--network-insights-analysis-ids",
                                  started["NetworkInsightsAnalysisId"])["NetworkInsightsAnalyses"]
        return analysis

    def get(self, path, headers=None):
        served = json.loads(self.aws.http("GET", "/_drydock/endpoints")[2])["load_balancers"]
        url = next(e["url"] for e in served if e["arn"] == self.balancer
                   and e["url"].startswith("http://127.") and "//127.0.0.1" not in e["url"])  # its own address
        status, _, body = request("GET", url + path, headers=headers)
        return status, json.loads(body) if body[:1] == b"{" else body

    def connect(self, to):
        status, page = self.get("_drydock/connect?to=" + to)
        assert status == 200
        return page["result"]


@pytest.fixture(scope="module")
def reference(server):
    return Reference(server.aws())


def codes(analysis):
    return [e["ExplanationCode"] for e in analysis["Explanations"]]


def ids(components):
    return [c["Component"]["Id"] for c in components]


def test_the_internet_reaches_the_load_balancer_and_nothing_else(reference):
    task = reference.detail("networkInterfaceId")
    analysis = reference.analysed_by_cli(reference.gateway, reference.node, 80)
    assert analysis["NetworkPathFound"] is True and reference.get("")[0] == 200
    forward = analysis["ForwardPathComponents"]
    assert [c["SequenceNumber"] for c in forward] == [1, 2, 3, 4]
    assert ids(forward)[0] == reference.gateway and ids(forward)[2:] == [reference.alb, reference.node]
    assert forward[1]["AclRule"] == {"Cidr": "0.0.0.0/0", "Egress": False, "Protocol": "all", "RuleAction": "allow",
                                     "RuleNumber": 100}
    assert forward[2]["SecurityGroupRule"] == {"Cidr": "0.0.0.0/0", "Direction": "ingress", "Protocol": "tcp",
                                               "PortRange": {"From": 80, "To": 80}}
    assert forward[3]["Subnet"]["Id"] in reference.subnets and forward[3]["Vpc"]["Id"] == reference.vpc
    assert forward[0]["OutboundHeader"]["DestinationAddresses"] == forward[3]["InboundHeader"]["DestinationAddresses"]
    assert forward[0]["OutboundHeader"]["Protocol"] == "6"
    back = analysis["ReturnPathComponents"]
    assert ids(back)[:2] == [reference.node, reference.alb] and ids(back)[-1] == reference.gateway
    assert "SecurityGroupRule" not in back[1]  # a reply needs no rule
    assert back[3]["RouteTableRoute"] == {"DestinationCidr": "0.0.0.0/0", "GatewayId": reference.gateway,
                                          "Origin": "createroute", "State": "active"}

    assert codes(reference.analysed(reference.gateway, reference.node, 3000)) == ["ENI_SG_RULES_MISMATCH"]
    stopped = reference.analysed(reference.gateway, task, 3000)
    assert stopped["NetworkPathFound"] is False and "ForwardPathComponents" not in stopped
    assert "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS" in codes(stopped) and "ENI_SG_RULES_MISMATCH" in codes(stopped)


def test_only_the_load_balancer_reaches_the_tasks(reference):
    task = reference.detail("networkInterfaceId")
    assert reference.analysed(reference.node, task, 3000)["NetworkPathFound"] is True
    status, page = reference.get("auth")
    assert status == 200 and page["task"] == reference.task["taskArn"]
    beyond = reference.analysed(reference.node, task, 5000)
    mismatches = [e for e in beyond["Explanations"] if e["ExplanationCode"] == "ENI_SG_RULES_MISMATCH"]
    assert [(e["Direction"], e["NetworkInterface"]["Id"], [g["Id"] for g in e["SecurityGroups"]], e["Vpc"]["Id"])
            for e in mismatches] == [("egress", reference.node, [reference.alb], reference.vpc),
                                     ("ingress", task, [reference.tasks], reference.vpc)]
    assert reference.analysed(reference.host, task, 3000)["NetworkPathFound"] is False


def test_only_the_tasks_reach_the_database(reference):
    task = reference.detail("networkInterfaceId")
    found = reference.analysed(task, reference.host, 27017)
    assert found["NetworkPathFound"] is True and reference.connect(f"{reference.host_address}:27017") == "connected"
    rule = found["ForwardPathComponents"][-2]["SecurityGroupRule"]
    assert rule["SecurityGroupId"] == reference.tasks and rule["Direction"] == "ingress"
    assert reference.analysed(task, reference.host, 22)["NetworkPathFound"] is False
    assert reference.connect(f"{reference.host_address}:22") == "timed out"
    assert codes(reference.analysed(reference.node, reference.host, 27017)) == ["ENI_SG_RULES_MISMATCH"] * 2
    nowhere = reference.analysed(reference.host, reference.gateway, 443)
    assert codes(nowhere) == ["SG_HAS_NO_RULES"]


def test_the_tasks_reach_the_internet_through_the_nat_gateway(reference):
    task = reference.detail("networkInterfaceId")
    found = reference.analysed(task, reference.gateway, 443)
    assert found["NetworkPathFound"] is True and reference.connect("example.com:443") == "connected"
    assert reference.nat in ids(found["ForwardPathComponents"])
    at_nat = next(c for c in found["ForwardPathComponents"] if c["Component"]["Id"] == reference.nat)
    assert at_nat["InboundHeader"]["SourceAddresses"] == [reference.detail("privateIPv4Address") + "/32"]
    assert at_nat["OutboundHeader"]["SourceAddresses"] != at_nat["InboundHeader"]["SourceAddresses"]
    assert reference.nat in ids(found["ReturnPathComponents"])
