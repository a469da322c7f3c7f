"""The reference deployment by a role that has exactly the permissions it needs (docker/examples/reference/
deployer-policy.json): with any one of them taken away, the one step that needs it fails with AWS's message, and with all
of them everything works. deploy.sh itself runs under this policy in test_reference.py.
"""
import json

import botocore.exceptions
import pytest
from iam.caller import role, session
from conftest import ROOT
from ecr.images import config_of, digest_of, layer_of, manifest_of

POLICY = json.loads((ROOT / "docker" / "examples" / "reference" / "deployer-policy.json").read_text())
TASKS = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


def actions_of(statement):
    return statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]


def without(action):
    statements = [{**s, "Action": [a for a in actions_of(s) if a != action]} for s in POLICY["Statement"]]
    return json.dumps({**POLICY, "Statement": [s for s in statements if s["Action"]]})


def named(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def steps(client, account, region):
    """(what it needs, a call) in the order of deploy.sh and its teardown; calls leave what later ones need in `s`."""
    ec2, ecr, logs, iam = client("ec2"), client("ecr"), client("logs"), client("iam")
    secrets, elb, ecs, s = client("secretsmanager"), client("elbv2"), client("ecs"), {}

    def keep(key, call, *path, **parameters):
        def run():
            answer = call(**{k: v() if callable(v) else v for k, v in parameters.items()})
            for part in path:
                answer = answer[part]
            s[key] = answer
        return run

    def do(call, **parameters):
        return keep("", call, **parameters)

    the = lambda key: lambda: s[key]
    yield ["ec2:DescribeAvailabilityZones"], do(ec2.describe_availability_zones)
    for what in ("vpcs", "subnets", "internet_gateways", "route_tables", "nat_gateways", "addresses", "security_groups",
                 "security_group_rules", "images", "instances"):
        yield ["ec2:Describe" + what.title().replace("_", "")], do(getattr(ec2, "describe_" + what))
    yield ["ec2:CreateVpc", "ec2:CreateTags"], keep("vpc", ec2.create_vpc, "Vpc", "VpcId", CidrBlock="10.0.0.0/16",
                                                    TagSpecifications=named("vpc", "reference"))
    yield ["ec2:ModifyVpcAttribute"], do(ec2.modify_vpc_attribute, VpcId=the("vpc"), EnableDnsHostnames={"Value": True})
    for i, zone in enumerate("ab"):
        yield ["ec2:CreateSubnet", "ec2:CreateTags"], keep(
            "subnet" + zone, ec2.create_subnet, "Subnet", "SubnetId", VpcId=the("vpc"), CidrBlock=f"10.0.{i}.0/24",
            AvailabilityZone=region + zone, TagSpecifications=named("subnet", zone))
    yield ["ec2:CreateInternetGateway", "ec2:CreateTags"], keep(
        "igw", ec2.create_internet_gateway, "InternetGateway", "InternetGatewayId",
        TagSpecifications=named("internet-gateway", "reference"))
    yield ["ec2:AttachInternetGateway"], do(ec2.attach_internet_gateway, InternetGatewayId=the("igw"), VpcId=the("vpc"))
    yield ["ec2:CreateRouteTable", "ec2:CreateTags"], keep(
        "table", ec2.create_route_table, "RouteTable", "RouteTableId", VpcId=the("vpc"),
        TagSpecifications=named("route-table", "public"))
    yield ["ec2:CreateRoute"], do(ec2.create_route, RouteTableId=the("table"), DestinationCidrBlock="0.0.0.0/0",
                                  GatewayId=the("igw"))
    yield ["ec2:AssociateRouteTable"], keep("association", ec2.associate_route_table, "AssociationId",
                                            RouteTableId=the("table"), SubnetId=the("subneta"))
    yield ["ec2:AllocateAddress", "ec2:CreateTags"], keep(
        "address", ec2.allocate_address, "AllocationId", Domain="vpc", TagSpecifications=named("elastic-ip", "reference"))
    yield ["ec2:CreateNatGateway", "ec2:CreateTags"], keep(
        "nat", ec2.create_nat_gateway, "NatGateway", "NatGatewayId", SubnetId=the("subneta"), AllocationId=the("address"),
        TagSpecifications=named("natgateway", "reference"))
    yield ["ec2:CreateSecurityGroup"], keep("group", ec2.create_security_group, "GroupId", GroupName="alb",
                                            Description="d", VpcId=the("vpc"))
    out = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    http = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    yield ["ec2:AuthorizeSecurityGroupIngress"], do(ec2.authorize_security_group_ingress, GroupId=the("group"),
                                                    IpPermissions=http)
    yield ["ec2:RevokeSecurityGroupEgress"], do(ec2.revoke_security_group_egress, GroupId=the("group"), IpPermissions=out)
    yield ["ec2:AuthorizeSecurityGroupEgress"], do(ec2.authorize_security_group_egress, GroupId=the("group"),
                                                   IpPermissions=out)
    yield ["ec2:RunInstances", "ec2:CreateTags"], keep(
        "instance", ec2.run_instances, "Instances", 0, "InstanceId", ImageId="ami-0d7dc0000000a2023",
        InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=the("subneta"), PrivateIpAddress="10.0.0.20",
        SecurityGroupIds=lambda: [s["group"]], TagSpecifications=[{"ResourceType": "instance", "Tags": [
            {"Key": "Name", "Value": "database"}, {"Key": "drydock:listen", "Value": "27017"}]}])

    yield ["ecr:CreateRepository"], do(ecr.create_repository, repositoryName="auth")
    yield ["ecr:DescribeRepositories"], do(ecr.describe_repositories, repositoryNames=["auth"])
    yield ["ecr:GetAuthorizationToken"], do(ecr.get_authorization_token)
    layer = layer_of({"app": b"auth"})
    config = config_of([layer])
    for blob in (layer, config):
        about = {"repositoryName": "auth"}
        yield ["ecr:BatchCheckLayerAvailability"], do(ecr.batch_check_layer_availability, **about,
                                                      layerDigests=[digest_of(blob)])
        yield ["ecr:InitiateLayerUpload"], keep("upload", ecr.initiate_layer_upload, "uploadId", **about)
        yield ["ecr:UploadLayerPart"], do(ecr.upload_layer_part, **about, uploadId=the("upload"), partFirstByte=0,
                                          partLastByte=len(blob) - 1, layerPartBlob=blob)
        yield ["ecr:CompleteLayerUpload"], do(ecr.complete_layer_upload, **about, uploadId=the("upload"),
                                              layerDigests=[digest_of(blob)])
    yield ["ecr:PutImage"], do(ecr.put_image, repositoryName="auth", imageTag="v1",
                               imageManifest=manifest_of(config, [layer]).decode())
    yield ["ecr:BatchGetImage"], do(ecr.batch_get_image, repositoryName="auth", imageIds=[{"imageTag": "v1"}])

    yield ["secretsmanager:CreateSecret"], keep("secret", secrets.create_secret, "ARN", Name="prod-mongodb",
                                                SecretString="mongodb://hidden")
    yield ["secretsmanager:DescribeSecret"], do(secrets.describe_secret, SecretId="prod-mongodb")
    yield ["logs:DescribeLogGroups"], do(logs.describe_log_groups, logGroupNamePrefix="/ecs/auth")
    yield ["logs:CreateLogGroup"], do(logs.create_log_group, logGroupName="/ecs/auth")
    for name in ("reference-execution", "reference-task"):
        yield ["iam:CreateRole"], do(iam.create_role, RoleName=name, AssumeRolePolicyDocument=TASKS)
        yield ["iam:GetRole"], do(iam.get_role, RoleName=name)
    of_execution = {"RoleName": "reference-execution"}
    yield ["iam:AttachRolePolicy"], do(iam.attach_role_policy, **of_execution, PolicyArn=EXECUTION)
    yield ["iam:PutRolePolicy"], do(iam.put_role_policy, **of_execution, PolicyName="secret", PolicyDocument=lambda: json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
                                                 "Resource": s["secret"]}]}))

    yield ["elasticloadbalancing:CreateLoadBalancer"], keep(
        "balancer", elb.create_load_balancer, "LoadBalancers", 0, "LoadBalancerArn", Name="reference",
        Subnets=lambda: [s["subneta"], s["subnetb"]], SecurityGroups=lambda: [s["group"]])
    yield ["elasticloadbalancing:DescribeLoadBalancers"], do(elb.describe_load_balancers, Names=["reference"])
    yield ["elasticloadbalancing:CreateTargetGroup"], keep(
        "targets", elb.create_target_group, "TargetGroups", 0, "TargetGroupArn", Name="auth", Protocol="HTTP", Port=3000,
        VpcId=the("vpc"), TargetType="ip")
    yield ["elasticloadbalancing:DescribeTargetGroups"], do(elb.describe_target_groups, Names=["auth"])
    yield ["elasticloadbalancing:CreateListener"], keep(
        "listener", elb.create_listener, "Listeners", 0, "ListenerArn", LoadBalancerArn=the("balancer"), Protocol="HTTP",
        Port=80, DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}])
    yield ["elasticloadbalancing:DescribeListeners"], do(elb.describe_listeners, LoadBalancerArn=the("balancer"))
    yield ["elasticloadbalancing:CreateRule"], do(
        elb.create_rule, ListenerArn=the("listener"), Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/auth*"]}],
        Actions=lambda: [{"Type": "forward", "TargetGroupArn": s["targets"]}])
    yield ["elasticloadbalancing:DescribeRules"], do(elb.describe_rules, ListenerArn=the("listener"))
    yield ["elasticloadbalancing:DescribeTargetHealth"], do(elb.describe_target_health, TargetGroupArn=the("targets"))

    yield ["ecs:CreateCluster"], do(ecs.create_cluster, clusterName="reference")
    yield ["ecs:RegisterTaskDefinition", "iam:PassRole"], keep(
        "definition", ecs.register_task_definition, "taskDefinition", "taskDefinitionArn", family="auth",
        networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn=f"arn:aws:iam::{account}:role/reference-execution",
        taskRoleArn=f"arn:aws:iam::{account}:role/reference-task",
        containerDefinitions=lambda: [{
            "name": "auth", "image": f"{account}.dkr.ecr.{region}.amazonaws.com/auth:v1",
            "portMappings": [{"containerPort": 3000}], "secrets": [{"name": "URI", "valueFrom": s["secret"]}],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/ecs/auth", "awslogs-region": region, "awslogs-stream-prefix": "ecs"}}}])
    yield ["ecs:CreateService"], do(
        ecs.create_service, cluster="reference", serviceName="auth", taskDefinition=the("definition"), desiredCount=1,
        launchType="FARGATE", networkConfiguration=lambda: {"awsvpcConfiguration": {
            "subnets": [s["subneta"]], "securityGroups": [s["group"]], "assignPublicIp": "ENABLED"}},
        loadBalancers=lambda: [{"targetGroupArn": s["targets"], "containerName": "auth", "containerPort": 3000}])
    about = {"cluster": "reference"}
    yield ["ecs:DescribeServices"], lambda: ecs.get_waiter("services_stable").wait(
        **about, services=["auth"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    yield ["ecs:UpdateService"], do(ecs.update_service, **about, service="auth", desiredCount=0)
    yield ["ecs:DeleteService"], do(ecs.delete_service, **about, service="auth", force=True)
    yield [], lambda: ecs.get_waiter("services_inactive").wait(
        **about, services=["auth"], WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    yield ["ecs:ListTaskDefinitions"], do(ecs.list_task_definitions, familyPrefix="auth")
    yield ["ecs:DeregisterTaskDefinition"], do(ecs.deregister_task_definition, taskDefinition=the("definition"))
    yield ["ecs:DeleteCluster"], do(ecs.delete_cluster, **about)
    yield ["elasticloadbalancing:DeleteLoadBalancer"], do(elb.delete_load_balancer, LoadBalancerArn=the("balancer"))
    yield ["elasticloadbalancing:DeleteTargetGroup"], do(elb.delete_target_group, TargetGroupArn=the("targets"))
    yield ["logs:DeleteLogGroup"], do(logs.delete_log_group, logGroupName="/ecs/auth")
    yield ["ecr:DeleteRepository"], do(ecr.delete_repository, repositoryName="auth", force=True)
    yield ["secretsmanager:DeleteSecret"], do(secrets.delete_secret, SecretId="prod-mongodb",
                                              ForceDeleteWithoutRecovery=True)
    yield ["iam:DetachRolePolicy"], do(iam.detach_role_policy, **of_execution, PolicyArn=EXECUTION)
    yield ["iam:DeleteRolePolicy"], do(iam.delete_role_policy, **of_execution, PolicyName="secret")
    yield ["iam:DeleteRole"], do(iam.delete_role, **of_execution)
    yield ["ec2:TerminateInstances"], do(ec2.terminate_instances, InstanceIds=lambda: [s["instance"]])
    yield [], lambda: ec2.get_waiter("instance_terminated").wait(
        InstanceIds=[s["instance"]], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    yield ["ec2:DeleteNatGateway"], do(ec2.delete_nat_gateway, NatGatewayId=the("nat"))
    yield [], lambda: ec2.get_waiter("nat_gateway_deleted").wait(
        NatGatewayIds=[s["nat"]], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    yield ["ec2:ReleaseAddress"], do(ec2.release_address, AllocationId=the("address"))
    yield ["ec2:RevokeSecurityGroupIngress"], do(ec2.revoke_security_group_ingress, GroupId=the("group"), IpPermissions=http)
    yield ["ec2:DeleteSecurityGroup"], do(ec2.delete_security_group, GroupId=the("group"))
    for zone in "ab":
        yield ["ec2:DeleteSubnet"], do(ec2.delete_subnet, SubnetId=the("subnet" + zone))
    yield ["ec2:DeleteRouteTable"], do(ec2.delete_route_table, RouteTableId=the("table"))
    yield ["ec2:DetachInternetGateway"], do(ec2.detach_internet_gateway, InternetGatewayId=the("igw"), VpcId=the("vpc"))
    yield ["ec2:DeleteInternetGateway"], do(ec2.delete_internet_gateway, InternetGatewayId=the("igw"))
    yield ["ec2:DeleteVpc"], do(ec2.delete_vpc, VpcId=the("vpc"))


def test_with_any_one_permission_removed_the_step_that_needs_it_fails(aws):
    iam = aws.client("iam")
    deployer = session(aws, role(aws, name="deployer"))
    tested = set()
    for needed, call in steps(deployer.client, aws.account, aws.region):
        for action in needed:
            if action in tested and action != "ec2:CreateTags":
                continue
            iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=without(action))
            with pytest.raises((botocore.exceptions.ClientError, botocore.exceptions.WaiterError)) as refused:
                call()
            message = str(refused.value)
            assert f"User: {deployer.arn} is not authorized to perform: {action}" in message, message
            assert f"because no identity-based policy allows the {action} action" in message, message
            tested.add(action)
        iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=json.dumps(POLICY))
        call()
    assert tested == {action for statement in POLICY["Statement"] for action in actions_of(statement)}
