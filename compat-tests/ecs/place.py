"""A place where tasks can run: a VPC with a way out, roles, a cluster, and short ways to say what the tests need."""
import json

from conftest import eventually
from ecr.images import config_of, digest_of, layer_of, manifest_of, put_layer

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


class Place:
    """Through boto3, in an account of its own. Tasks have public addresses in public subnets."""

    def __init__(self, aws):
        self.aws = aws
        for service in ("ec2", "ecs", "ecr", "elbv2", "iam", "logs", "secretsmanager"):
            setattr(self, service, aws.client(service))
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)
        self.routes = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.create_route(RouteTableId=self.routes, DestinationCidrBlock="0.0.0.0/0", GatewayId=self.gateway)
        self.subnets = []
        for index, zone in enumerate("ab"):
            subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.0.{index}.0/24",
                                            AvailabilityZone=aws.region + zone)["Subnet"]["SubnetId"]
            self.ec2.associate_route_table(RouteTableId=self.routes, SubnetId=subnet)
            self.subnets.append(subnet)
        self.group = self.ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=self.vpc)["GroupId"]
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
        self.role = self.iam.create_role(RoleName="execution", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        self.iam.attach_role_policy(RoleName="execution", PolicyArn=EXECUTION_POLICY)
        self.logs.create_log_group(logGroupName="/ecs/app")
        self.ecs.create_cluster(clusterName="main")

    # Images

    @property
    def registry(self):
        return f"{self.aws.account}.dkr.ecr.{self.aws.region}.amazonaws.com"

    def push(self, repository="app", tag="v1"):
        """A tiny image by ECR's own API; returns its name."""
        if repository not in [r["repositoryName"] for r in self.ecr.describe_repositories()["repositories"]]:
            self.ecr.create_repository(repositoryName=repository)
        self.ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=self.manifest(repository, tag).decode())
        return f"{self.registry}/{repository}:{tag}"

    def push_index(self, *architectures, repository="app", tag="index"):
        """An index of images for these processors, as buildx pushes them; returns its name."""
        self.push(repository)
        manifests = []
        for architecture in architectures:
            manifest = self.manifest(repository, tag, architecture)
            self.ecr.put_image(repositoryName=repository, imageManifest=manifest.decode())
            manifests.append({"mediaType": json.loads(manifest)["mediaType"], "digest": digest_of(manifest),
                              "size": len(manifest), "platform": {"os": "linux", "architecture": architecture}})
        index = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                            "manifests": manifests})
        self.ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=index)
        return f"{self.registry}/{repository}:{tag}"

    def manifest(self, repository, content, architecture="amd64"):
        """The manifest of a tiny image, whose blobs are in the repository then."""
        layer = layer_of({"app": content.encode()})
        config = config_of([layer], architecture)
        for blob in (layer, config):
            put_layer(self.ecr, repository, blob)
        return manifest_of(config, [layer])

    # Task definitions

    def definition(self, family="app", container=None, **more):
        defaults = {"name": "web", "image": "public.ecr.aws/docker/library/nginx:latest",
                    "portMappings": [{"containerPort": 3000}],
                    "logConfiguration": {"logDriver": "awslogs", "options": {
                        "awslogs-group": "/ecs/app", "awslogs-region": self.aws.region, "awslogs-stream-prefix": "app"}}}
        return {"family": family, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256",
                "memory": "512", "executionRoleArn": self.role,
                "containerDefinitions": [{**defaults, **(container or {})}], **more}

    def register(self, family="app", container=None, **more):
        return self.ecs.register_task_definition(**self.definition(family, container, **more))["taskDefinition"]

    # Tasks and services

    def network(self, public=True):
        return {"awsvpcConfiguration": {"subnets": self.subnets, "securityGroups": [self.group],
                                        "assignPublicIp": "ENABLED" if public else "DISABLED"}}

    def run(self, family="app", **more):
        parameters = {"cluster": "main", "taskDefinition": family, "launchType": "FARGATE",
                      "networkConfiguration": self.network(), **more}
        return self.ecs.run_task(**parameters)["tasks"]

    def describe(self, task):
        return self.ecs.describe_tasks(cluster="main", tasks=[task["taskArn"]])["tasks"][0]

    def running(self, task):
        return eventually(lambda: (lambda t: t if t["lastStatus"] == "RUNNING" else None)(self.describe(task)))

    def stopped(self, task):
        return eventually(lambda: (lambda t: t if t["lastStatus"] == "STOPPED" else None)(self.describe(task)))

    def failure(self, family="app", **more):
        """Runs a task that is bound to fail; its stoppedReason."""
        task = self.stopped(self.run(family, **more)[0])
        assert task["stopCode"] == "TaskFailedToStart"
        assert "startedAt" not in task
        return task["stoppedReason"]

    def create(self, name="app", desired=2, **more):
        parameters = {"cluster": "main", "serviceName": name, "taskDefinition": "app", "desiredCount": desired,
                      "launchType": "FARGATE", "networkConfiguration": self.network(), **more}
        parameters = {name: value for name, value in parameters.items() if value is not None}
        return self.ecs.create_service(**parameters)["service"]

    def service(self, name="app"):
        return self.ecs.describe_services(cluster="main", services=[name])["services"][0]

    def steady(self, name="app", seconds=60):
        def look():
            service = self.service(name)
            done = len(service["deployments"]) == 1 and service["deployments"][0]["rolloutState"] == "COMPLETED" and \
                service["runningCount"] == service["desiredCount"]
            return service if done else None
        return eventually(look, seconds)

    def messages(self, name="app"):
        """The service's event messages, oldest first."""
        return [event["message"] for event in reversed(self.service(name)["events"])]

    def balanced(self, name="app"):
        """A load balancer and a target group behind it: the loadBalancers parameter."""
        balancer = self.elbv2.create_load_balancer(Name=name, Subnets=self.subnets,
                                                   SecurityGroups=[self.group])["LoadBalancers"][0]["LoadBalancerArn"]
        group = self.elbv2.create_target_group(Name=name, Protocol="HTTP", Port=3000, VpcId=self.vpc, TargetType="ip",
                                               HealthCheckIntervalSeconds=5, HealthCheckTimeoutSeconds=2,
                                               UnhealthyThresholdCount=2,
                                               HealthCheckPath="/health")["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80,
                                   DefaultActions=[{"Type": "forward", "TargetGroupArn": group}])
        return [{"targetGroupArn": group, "containerName": "web", "containerPort": 3000}]
