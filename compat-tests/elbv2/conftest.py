"""A VPC with an internet gateway and subnets in two Availability Zones, and what stands in it."""
import pytest

from conftest import eventually


class Stack:
    """Load balancers in a VPC of their own, through boto3."""

    def __init__(self, aws):
        self.aws = aws
        self.ec2 = aws.client("ec2")
        self.elbv2 = aws.client("elbv2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        self.subnets = [self.subnet(f"10.0.{i}.0/24", zone) for i, zone in enumerate("ab")]
        routes = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        for subnet in self.subnets:
            self.ec2.associate_route_table(RouteTableId=routes, SubnetId=subnet)
        self.group = self.security_group("alb", 80)

    def subnet(self, block, zone):
        return self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=block,
                                      AvailabilityZone=self.aws.region + zone)["Subnet"]["SubnetId"]

    def security_group(self, name, *ports):
        group = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        for port in ports:
            self.ec2.authorize_security_group_ingress(
                GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0")
        return group

    def load_balancer(self, name="web", **more):
        parameters = {"Name": name, "Subnets": self.subnets, "SecurityGroups": [self.group], **more}
        return self.elbv2.create_load_balancer(**parameters)["LoadBalancers"][0]

    def active_load_balancer(self, name="web", **more):
        made = self.load_balancer(name, **more)
        arn = made["LoadBalancerArn"]
        eventually(lambda: self.elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]
                   ["Code"] == "active")
        return made

    def target_group(self, name="app", **more):
        parameters = {"Name": name, "Protocol": "HTTP", "Port": 3000, "VpcId": self.vpc, "TargetType": "ip", **more}
        return self.elbv2.create_target_group(**parameters)["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, load_balancer_arn, action=None, port=80):
        return self.elbv2.create_listener(
            LoadBalancerArn=load_balancer_arn, Protocol="HTTP", Port=port,
            DefaultActions=[action or self.fixed("404", "nothing here")])["Listeners"][0]["ListenerArn"]

    def rule(self, listener_arn, priority, conditions, action):
        return self.elbv2.create_rule(ListenerArn=listener_arn, Priority=priority, Conditions=conditions,
                                      Actions=[action])["Rules"][0]["RuleArn"]

    @staticmethod
    def fixed(status, body="", content_type="text/plain"):
        return {"Type": "fixed-response",
                "FixedResponseConfig": {"StatusCode": status, "MessageBody": body, "ContentType": content_type}}

    @staticmethod
    def forward(target_group_arn):
        return {"Type": "forward", "TargetGroupArn": target_group_arn}


@pytest.fixture
def stack(aws):
    return Stack(aws)
