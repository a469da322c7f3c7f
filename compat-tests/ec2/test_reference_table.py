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
        self.task = self.run(networkConfiguration=self.place_in(self.private, self.tasks))[0]
        self.balancer = self.elbv2.create_load_balancer(
            Name="reference", Subnets=self.subnets, SecurityGroups=[self.alb])["LoadBalancers"][0]["LoadBalancerArn"]
        self.group_arn = self.elbv2.create_target_group(
            Name="reference", Protocol="HTTP", Port=3000, VpcId=self.vpc, TargetType="ip", HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2, HealthCheckPath="/health")["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.create_listener(LoadBalancerArn=self.balancer, Protocol="HTTP", Port=80,
                                   DefaultActions=[{"Type": "forward", "TargetGroupArn": self.group_arn}])
        self.ec2.revoke_security_group_egress(GroupId=self.db, IpPermissions=everything)
        self.host, self.host_address = self.database()
        self.task = self.running(self.task)
        self.elbv2.register_targets(TargetGroupArn=self.group_arn, Targets=[{"Id": self.detail("privateIPv4Address")}])
        eventually(lambda: self.elbv2.describe_target_health(TargetGroupArn=self.group_arn)[
            "TargetHealthDescriptions"][0]["TargetHealth"]["State"] == "healthy")
        self.node = self.ec2.describe_network_interfaces(Filters=[
            {"Name": "group-id", "Values": [self.alb]}])["NetworkInterfaces"][0]["NetworkInterfaceId"]

    def database(self):
        """An instance whose simulated host answers on MongoDB's port: its interface and its address."""
        instance = self.ec2.run_instances(
            ImageId="ami-0d7dc0000000a2023", InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=self.data,
            PrivateIpAddress="10.0.20.5", SecurityGroupIds=[self.db], TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": "drydock:listen", "Value": "27017"}]}])["Instances"][0]
        self.instance = instance["InstanceId"]
        self.ec2.get_waiter("instance_running").wait(InstanceIds=[self.instance], WaiterConfig={"Delay": 1})
        return instance["NetworkInterfaces"][0]["NetworkInterfaceId"], instance["PrivateIpAddress"]

    @staticmethod
    def door(group, first, last):
        return [{"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "UserIdGroupPairs": [{"GroupId": group}]}]

    @staticmethod
    def place_in(subnet, group):
        return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}

    def detail(self, name, task=None):
        return next(d["value"] for d in (task or self.task)["attachments"][0]["details"] if d["name"] == name)

    def analysed(self, source, destination, port, **more):
        path = self.ec2.create_network_insights_path(Source=source, Destination=destination, Protocol="tcp",
                                                     DestinationPort=port)["NetworkInsightsPath"]
        started = self.ec2.start_network_insights_analysis(
            NetworkInsightsPathId=path["NetworkInsightsPathId"], **more)["NetworkInsightsAnalysis"]
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
        status, _, body = request("GET", self.aws.own_endpoint(self.balancer)["url"] + path, headers=headers)
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


def test_the_internet_reaches_the_tasks_through_the_load_balancer(reference):
    """In one path: to the listener's port, through the target group, and to the target's port."""
    task = reference.detail("networkInterfaceId")
    found = reference.analysed(reference.gateway, task, 80)
    assert found["NetworkPathFound"] is True and "Explanations" not in found
    forward = found["ForwardPathComponents"]
    assert [c["SequenceNumber"] for c in forward] == list(range(1, len(forward) + 1))
    way = ids(forward)
    at = way.index(reference.balancer)
    assert way[0] == reference.gateway and way[-1] == task and way[at + 1] == reference.group_arn
    assert way[at - 1] == way[at + 2] and way[at + 3] == reference.alb and way[-2] == reference.tasks
    assert forward[at - 1]["AttachedTo"]["Arn"] == reference.balancer
    assert forward[at]["Component"]["Name"] == "reference" and "/listener/" not in reference.balancer
    assert ":listener/app/reference/" in forward[at]["ElasticLoadBalancerListener"]["Arn"]
    assert forward[-1]["InboundHeader"]["DestinationPortRanges"] == [{"From": 3000, "To": 3000}]
    back = ids(found["ReturnPathComponents"])
    assert back[0] == task and back[-1] == reference.gateway and reference.balancer in back

    only = {"FilterInArns": [reference.balancer]}
    assert reference.analysed(reference.gateway, task, 80, **only)["NetworkPathFound"] is True
    wrong_port = reference.analysed(reference.gateway, task, 3000, **only)
    assert codes(wrong_port) == ["ELBV2_LISTENERS_MISMATCH"]
    assert wrong_port["Explanations"][0]["LoadBalancerArn"] == reference.balancer
    no_target = reference.analysed(reference.gateway, reference.host, 80, **only)
    assert codes(no_target) == ["TARGET_ADDRESS_RESTRICTION"] and no_target["Explanations"][0]["LoadBalancerListenerPort"] == 80
    analysis = reference.ec2.meta.service_model.operation_model("StartNetworkInsightsAnalysis")
    if "FilterOutArns" in analysis.input_shape.members:  # clients of 2022 do not know it
        without = reference.analysed(reference.gateway, task, 80, FilterOutArns=[reference.balancer])
        assert without["NetworkPathFound"] is False

    door = reference.door(reference.tasks, 3000, 4000)
    reference.ec2.revoke_security_group_egress(GroupId=reference.alb, IpPermissions=door)
    stopped = reference.analysed(reference.gateway, task, 80, **only)
    assert codes(stopped) == ["SG_HAS_NO_RULES"] and stopped["Explanations"][0]["Direction"] == "egress"
    reference.ec2.authorize_security_group_egress(GroupId=reference.alb, IpPermissions=door)


def test_only_the_tasks_reach_the_database(reference):
    task = reference.detail("networkInterfaceId")
    found = reference.analysed(task, reference.host, 27017)
    assert found["NetworkPathFound"] is True and reference.connect(f"{reference.host_address}:27017") == "connected"
    rule = found["ForwardPathComponents"][-2]["SecurityGroupRule"]
    assert rule["SecurityGroupId"] == reference.tasks and rule["Direction"] == "ingress"
    assert reference.analysed(task, reference.host, 22)["NetworkPathFound"] is False
    assert reference.connect(f"{reference.host_address}:22") == "timed out"
    assert codes(reference.analysed(reference.node, reference.host, 27017)) == ["ENI_SG_RULES_MISMATCH"] * 2
    to_instance = reference.analysed(task, reference.instance, 27017)
    assert to_instance["NetworkPathFound"] is True and ids(to_instance["ForwardPathComponents"])[-1] == reference.instance
    nowhere = reference.analysed(reference.host, reference.gateway, 443)
    assert codes(nowhere) == ["SG_HAS_NO_RULES"]


def test_a_database_that_does_not_listen_refuses_and_one_that_stands_still_is_silent(reference):
    """What the network lets pass is decided by the host: AWS's own analysis speaks of the network only."""
    task, to = reference.detail("networkInterfaceId"), f"{reference.host_address}:27017"
    tag = {"Key": "drydock:listen", "Value": "27018"}
    reference.ec2.create_tags(Resources=[reference.instance], Tags=[tag])
    assert reference.connect(to) == "refused"
    assert reference.analysed(task, reference.instance, 27017)["NetworkPathFound"] is True
    reference.ec2.create_tags(Resources=[reference.instance], Tags=[{**tag, "Value": "27017"}])
    reference.ec2.stop_instances(InstanceIds=[reference.instance])
    assert reference.connect(to) == "timed out"
    reference.ec2.get_waiter("instance_stopped").wait(InstanceIds=[reference.instance], WaiterConfig={"Delay": 1})
    reference.ec2.start_instances(InstanceIds=[reference.instance])
    assert eventually(lambda: reference.connect(to) == "connected")


def test_the_tasks_reach_the_internet_through_the_nat_gateway(reference):
    task = reference.detail("networkInterfaceId")
    found = reference.analysed(task, reference.gateway, 443)
    assert found["NetworkPathFound"] is True and reference.connect("example.com:443") == "connected"
    assert reference.nat in ids(found["ForwardPathComponents"])
    at_nat = next(c for c in found["ForwardPathComponents"] if c["Component"]["Id"] == reference.nat)
    assert at_nat["InboundHeader"]["SourceAddresses"] == [reference.detail("privateIPv4Address") + "/32"]
    assert at_nat["OutboundHeader"]["SourceAddresses"] != at_nat["InboundHeader"]["SourceAddresses"]
    assert reference.nat in ids(found["ReturnPathComponents"])


def statement(**resources):
    return {"ResourceStatement": resources}


def findings(reference, match, exclude=()):
    """(first, last component) of each finding of a scope with these paths."""
    scope = reference.ec2.create_network_insights_access_scope(
        MatchPaths=[match], ExcludePaths=list(exclude))["NetworkInsightsAccessScope"]["NetworkInsightsAccessScopeId"]
    identity = reference.ec2.start_network_insights_access_scope_analysis(NetworkInsightsAccessScopeId=scope)[
        "NetworkInsightsAccessScopeAnalysis"]["NetworkInsightsAccessScopeAnalysisId"]

    def done():
        [found] = reference.ec2.describe_network_insights_access_scope_analyses(
            NetworkInsightsAccessScopeAnalysisIds=[identity])["NetworkInsightsAccessScopeAnalyses"]
        return found if found["Status"] == "succeeded" else None
    analysis = eventually(done)
    found = reference.ec2.get_network_insights_access_scope_analysis_findings(
        NetworkInsightsAccessScopeAnalysisId=identity)["AnalysisFindings"]
    assert analysis["FindingsFound"] == ("true" if found else "false")
    assert all(f["NetworkInsightsAccessScopeId"] == scope and f["FindingId"] for f in found)
    return {(ids(f["FindingComponents"])[0], ids(f["FindingComponents"])[-1]) for f in found}


def test_access_scopes_find_what_the_table_allows(reference):
    """Network Access Analyzer: who is reachable from the internet, and what reaches the internet, by which way."""
    internet = statement(ResourceTypes=["AWS::EC2::InternetGateway"])
    interfaces = statement(ResourceTypes=["AWS::EC2::NetworkInterface"])
    nodes = {i["NetworkInterfaceId"] for i in reference.ec2.describe_network_interfaces(Filters=[
        {"Name": "group-id", "Values": [reference.alb]}])["NetworkInterfaces"]}
    from_internet = {"Source": internet, "Destination": interfaces}
    assert findings(reference, from_internet) == {(reference.gateway, node) for node in nodes}
    assert findings(reference, from_internet, [{"Destination": {"PacketHeaderStatement": {
        "DestinationPorts": ["80"]}}}]) == set()
    task = reference.detail("networkInterfaceId")
    out = {"Source": statement(Resources=[task]), "Destination": internet}
    through = {**out, "ThroughResources": [statement(ResourceTypes=["AWS::EC2::NatGateway"])]}
    assert findings(reference, through) == findings(reference, out) == {(task, reference.gateway)}
    to_database = {"Destination": statement(Resources=[reference.instance])}
    assert {source for source, _ in findings(reference, to_database)} == {task}
    assert findings(reference, {"Source": statement(Resources=[reference.db])}) == set(), "nothing leaves the database"
