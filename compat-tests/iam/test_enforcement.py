"""Policies are enforced on every call: codes, sentences, resources, conditions.

Sentences: IAM User Guide, "Troubleshoot access denied error messages"; aws-facts H.3. Resources and condition keys:
Service Authorization Reference.
"""
import json

import pytest
from iam.caller import Caller, User, allow, deny, document, role, session
from conftest import REGION, error_of


@pytest.fixture
def ana(aws):
    return User(aws)


def denied(ana, action, resource=None, tail=None):
    on = f" on resource: {resource}" if resource else ""
    return (f"User: {ana.arn} is not authorized to perform: {action}{on} "
            f"{tail or f'because no identity-based policy allows the {action} action'}")


def arn(aws, service, resource):
    return f"arn:aws:{service}:{REGION}:{aws.account}:{resource}"


def test_each_service_has_its_own_code_and_sentence(aws, ana):
    refused = error_of(ana.client("ecs").run_task, taskDefinition="web:1", cluster="main")
    assert (refused.code, refused.status, refused.type) == ("AccessDeniedException", 400, "AccessDeniedException")
    assert refused.message == denied(ana, "ecs:RunTask", arn(aws, "ecs", "task-definition/web:1"))
    refused = error_of(ana.client("ecr").get_authorization_token)
    assert (refused.code, refused.message) == ("AccessDeniedException", denied(ana, "ecr:GetAuthorizationToken", "*"))
    refused = error_of(ana.client("secretsmanager").get_secret_value, SecretId="prod-mongodb")
    assert refused.message == denied(ana, "secretsmanager:GetSecretValue", "prod-mongodb")
    refused = error_of(ana.client("logs").create_log_stream, logGroupName="/app", logStreamName="s")
    assert refused.message == denied(ana, "logs:CreateLogStream", arn(aws, "logs", "log-group:/app:log-stream:s"))
    refused = error_of(ana.client("elbv2").describe_load_balancers)
    assert (refused.code, refused.status) == ("AccessDenied", 403)
    assert refused.message == denied(ana, "elasticloadbalancing:DescribeLoadBalancers")
    refused = error_of(ana.client("elbv2").create_load_balancer, Name="web", Subnets=["subnet-1"])
    assert refused.message == denied(ana, "elasticloadbalancing:CreateLoadBalancer",
                                     arn(aws, "elasticloadbalancing", "loadbalancer/app/web/*"))
    refused = error_of(ana.client("iam").list_users)
    assert (refused.code, refused.status) == ("AccessDenied", 403)
    assert refused.message == denied(ana, "iam:ListUsers", f"arn:aws:iam::{aws.account}:user/")
    assert error_of(ana.client("iam").get_user).message == denied(ana, "iam:GetUser", "user ana")
    refused = error_of(ana.client("ec2").describe_vpcs)
    assert (refused.code, refused.status) == ("UnauthorizedOperation", 403)
    assert refused.message == "You are not authorized to perform this operation. " + denied(ana, "ec2:DescribeVpcs")


def test_ec2_encodes_its_reasons_and_decodes_them_for_who_may(aws, ana):
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    refused = error_of(ana.client("ec2").create_security_group, GroupName="web", Description="d", VpcId=vpc)
    resource = arn(aws, "ec2", f"vpc/{vpc}")
    begin = ("You are not authorized to perform this operation. " + denied(ana, "ec2:CreateSecurityGroup", resource)
             + ". Encoded authorization failure message: ")
    assert refused.message.startswith(begin)
    encoded = refused.message[len(begin):]
    assert error_of(ana.client("sts").decode_authorization_message, EncodedMessage=encoded).code == "AccessDenied"
    decoded = json.loads(aws.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["allowed"] is False and decoded["explicitDeny"] is False
    assert decoded["context"]["action"] == "ec2:CreateSecurityGroup"
    assert decoded["context"]["resource"] == resource
    assert decoded["context"]["principal"]["arn"] == ana.arn
    refused = error_of(aws.client("sts").decode_authorization_message, EncodedMessage=encoded[:-4] + "AAAA")
    assert refused.code == "InvalidAuthorizationMessageException"


def test_a_decoded_message_shows_the_statements_that_deny(aws, ana):
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    resource = arn(aws, "ec2", f"vpc/{vpc}")
    here = {"StringEquals": {"aws:RequestedRegion": [REGION, "us-east-1"]}}
    ana.may(allow("*"), deny("ec2:Delete*", "ecs:*", resource=["arn:aws:ec2:*:*:vpc/*"], Sid="KeepVpcs", Condition=here))
    encoded = error_of(ana.client("ec2").delete_vpc, VpcId=vpc).message.partition("failure message: ")[2]
    decoded = json.loads(aws.client("sts").decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"])
    assert decoded["explicitDeny"] is True and decoded["failures"] == {"items": []}
    values = lambda items: [each["value"] for each in items["items"]]
    statement, = decoded["matchedStatements"]["items"]
    assert (statement["statementId"], statement["effect"]) == ("KeepVpcs", "DENY")
    assert values(statement["actions"]) == ["ec2:Delete*", "ecs:*"]
    assert values(statement["resources"]) == ["arn:aws:ec2:*:*:vpc/*"]
    assert values(statement["principals"]) == [aws.client("iam").get_user(UserName="ana")["User"]["UserId"]]
    assert [(c["key"], values(c["values"])) for c in statement["conditions"]["items"]] == [
        ("aws:RequestedRegion", [REGION, "us-east-1"])]
    known = {c["key"]: values(c["values"]) for c in decoded["context"]["conditions"]["items"]}
    assert known["aws:ARN"] == [resource] and known["aws:Type"] == ["vpc"] and known["aws:Service"] == ["ec2"]


def test_a_dry_run_says_whether_one_may(aws, ana):
    ec2 = ana.client("ec2")
    assert error_of(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True).code == "UnauthorizedOperation"
    ana.may(allow("ec2:CreateVpc"))
    assert error_of(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True).code == "DryRunOperation"


def test_a_denial_changes_nothing_and_reads_nothing(aws, ana):
    aws.client("secretsmanager").create_secret(Name="db", SecretString="hidden-value")
    refused = error_of(ana.client("secretsmanager").delete_secret, SecretId="db")
    assert refused.code == "AccessDeniedException" and "hidden-value" not in refused.message
    assert "DeletedDate" not in aws.client("secretsmanager").describe_secret(SecretId="db")


def test_resources_limit_an_allow(aws, ana):
    secrets = aws.client("secretsmanager")
    own = secrets.create_secret(Name="team/own", SecretString="a")["ARN"]
    secrets.create_secret(Name="team2/other", SecretString="b")
    ana.may(allow("secretsmanager:GetSecretValue", resource=own),
            allow("secretsmanager:CreateSecret", resource=arn(aws, "secretsmanager", "secret:team/*")),
            allow("ecs:StopTask", "ecs:DescribeTasks", resource=arn(aws, "ecs", "task/main/*")))
    client = ana.client("secretsmanager")
    assert client.get_secret_value(SecretId="team/own")["SecretString"] == "a"
    assert client.get_secret_value(SecretId=own)["SecretString"] == "a"
    assert error_of(client.get_secret_value, SecretId="team2/other").code == "AccessDeniedException"
    client.create_secret(Name="team/new", SecretString="c")
    assert error_of(client.create_secret, Name="team2/new", SecretString="c").code == "AccessDeniedException"
    ecs = ana.client("ecs")
    assert error_of(ecs.describe_tasks, cluster="main", tasks=["0" * 32]).code == "ClusterNotFoundException"
    other = error_of(ecs.describe_tasks, cluster="other", tasks=["0" * 32])
    assert other.message == denied(ana, "ecs:DescribeTasks", arn(aws, "ecs", "task/other/" + "0" * 32))


def test_an_explicit_deny_wins_wherever_it_stands(aws, ana):
    ana.may(allow("*"), deny("logs:Delete*"))
    aws.client("logs").create_log_group(logGroupName="/app")
    refused = error_of(ana.client("logs").delete_log_group, logGroupName="/app")
    assert refused.message == denied(ana, "logs:DeleteLogGroup", arn(aws, "logs", "log-group:/app:log-stream:"),
                                     "with an explicit deny in an identity-based policy")


def test_groups_attached_policies_and_boundaries(aws):
    iam = aws.client("iam")
    boundary = iam.create_policy(PolicyName="only-ecs", PolicyDocument=document(allow("ecs:*")))["Policy"]["Arn"]
    ana = User(aws, PermissionsBoundary=boundary)
    iam.create_group(GroupName="developers")
    iam.attach_group_policy(GroupName="developers", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.add_user_to_group(GroupName="developers", UserName="ana")
    ana.client("ecs").list_clusters()
    refused = error_of(ana.client("ecr").get_authorization_token)
    assert refused.message == denied(ana, "ecr:GetAuthorizationToken", "*",
                                     "because no permissions boundary allows the ecr:GetAuthorizationToken action")
    iam.remove_user_from_group(GroupName="developers", UserName="ana")
    assert error_of(ana.client("ecs").list_clusters).message == denied(ana, "ecs:ListClusters", "*")


def test_session_policies_narrow_a_session(aws):
    arn_of_role = role(aws, allow("ecs:*", "logs:*"))
    ci = session(aws, arn_of_role, Policy=document(allow("ecs:List*")))
    ci.client("ecs").list_clusters()
    refused = error_of(ci.client("ecs").create_cluster, clusterName="main")
    assert refused.message == denied(ci, "ecs:CreateCluster", arn(aws, "ecs", "cluster/main"),
                                     "because no session policy allows the ecs:CreateCluster action")
    refused = error_of(ci.client("secretsmanager").list_secrets)
    assert refused.message == denied(ci, "secretsmanager:ListSecrets", "*")
    aws.client("iam").delete_role_policy(RoleName="deploy", PolicyName="p")
    assert error_of(ci.client("ecs").list_clusters).code == "AccessDeniedException"


def test_tags_of_request_and_resource_are_conditions(aws, ana):
    ana.may(allow("ecs:CreateCluster", "ecs:TagResource",
                  Condition={"StringEquals": {"aws:RequestTag/team": "blue"},
                             "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}),
            allow("ecs:DeleteCluster", Condition={"StringEquals": {"ecs:ResourceTag/team": "blue"}}),
            allow("ec2:CreateVpc"), allow("ec2:CreateTags", Condition={"StringEquals": {"ec2:CreateAction": "CreateVpc"}}),
            allow("ec2:DeleteVpc", Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}))
    ecs, ec2 = ana.client("ecs"), ana.client("ec2")
    tags = lambda **kv: [{"key": k, "value": v} for k, v in kv.items()]
    ecs.create_cluster(clusterName="blue", tags=tags(team="blue"))
    assert error_of(ecs.create_cluster, clusterName="x").code == "AccessDeniedException"
    assert error_of(ecs.create_cluster, clusterName="x", tags=tags(team="red")).code == "AccessDeniedException"
    assert error_of(ecs.create_cluster, clusterName="x", tags=tags(team="blue", more="1")).code == "AccessDeniedException"
    aws.client("ecs").create_cluster(clusterName="red", tags=tags(team="red"))
    assert error_of(ecs.delete_cluster, cluster="red").code == "AccessDeniedException"
    ecs.delete_cluster(cluster="blue")

    named = [{"ResourceType": "vpc", "Tags": [{"Key": "team", "Value": "blue"}]}]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=named)["Vpc"]["VpcId"]
    assert "ec2:CreateTags" in error_of(ec2.create_tags, Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}]).message
    assert error_of(ec2.delete_vpc, VpcId=vpc).code == "UnauthorizedOperation"
    aws.client("iam").tag_user(UserName="ana", Tags=[{"Key": "team", "Value": "blue"}])
    ec2.delete_vpc(VpcId=vpc)


def test_what_is_created_with_tags_needs_the_permission_to_tag(aws, ana):
    ana.may(allow("ecs:CreateCluster", "ec2:CreateVpc", "logs:CreateLogGroup", "ecr:CreateRepository",
                  "secretsmanager:CreateSecret", "iam:CreateUser"))
    ana.client("ecs").create_cluster(clusterName="a")
    refused = error_of(ana.client("ecs").create_cluster, clusterName="b", tags=[{"key": "k", "value": "v"}])
    assert refused.message == denied(ana, "ecs:TagResource", arn(aws, "ecs", "cluster/b"))
    refused = error_of(ana.client("ec2").create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=[
        {"ResourceType": "vpc", "Tags": [{"Key": "k", "Value": "v"}]}])
    assert denied(ana, "ec2:CreateTags", arn(aws, "ec2", "vpc/*")) in refused.message
    assert "ecr:TagResource" in error_of(ana.client("ecr").create_repository, repositoryName="app",
                                         tags=[{"Key": "k", "Value": "v"}]).message
    assert "logs:TagResource" in error_of(ana.client("logs").create_log_group, logGroupName="/a", tags={"k": "v"}).message
    assert "secretsmanager:TagResource" in error_of(
        ana.client("secretsmanager").create_secret, Name="a", SecretString="s", Tags=[{"Key": "k", "Value": "v"}]).message
    assert "iam:TagUser" in error_of(ana.client("iam").create_user, UserName="b", Tags=[{"Key": "k", "Value": "v"}]).message
    assert not aws.client("ecr").describe_repositories()["repositories"]


def test_several_resources_of_one_call_are_all_asked(aws, ana):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ana.may(allow("ec2:CreateSubnet", resource=arn(aws, "ec2", "subnet/*")))
    refused = error_of(ana.client("ec2").create_subnet, VpcId=vpc, CidrBlock="10.0.0.0/24")
    assert denied(ana, "ec2:CreateSubnet", arn(aws, "ec2", f"vpc/{vpc}")) in refused.message
    ana.may(allow("ec2:CreateSubnet", resource=[arn(aws, "ec2", "subnet/*"), arn(aws, "ec2", f"vpc/{vpc}")]),
            allow("ec2:DeleteSubnet", Condition={"ArnEquals": {"ec2:Vpc": arn(aws, "ec2", f"vpc/{vpc}")}}))
    subnet = ana.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ana.client("ec2").delete_subnet(SubnetId=subnet)


def test_roles_can_be_passed_only_by_those_who_may(aws, ana):
    iam = aws.client("iam")
    trust = document({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    task_role = iam.create_role(RoleName="task", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    definition = {"family": "web", "taskRoleArn": task_role,
                  "containerDefinitions": [{"name": "c", "image": "public.ecr.aws/x/y:1", "memory": 128}]}
    ana.may(allow("ecs:RegisterTaskDefinition"))
    refused = error_of(ana.client("ecs").register_task_definition, **definition)
    assert (refused.code, refused.message) == ("AccessDeniedException", denied(ana, "iam:PassRole", task_role))
    elsewhere = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    ana.may(allow("ecs:RegisterTaskDefinition"), allow("iam:PassRole", resource=task_role, Condition=elsewhere))
    assert error_of(ana.client("ecs").register_task_definition, **definition).message == refused.message
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    ana.may(allow("ecs:RegisterTaskDefinition", "ecs:RunTask"),
            allow("iam:PassRole", resource=task_role, Condition=to_tasks))
    ana.client("ecs").register_task_definition(**definition)
    assert error_of(ana.client("ecs").run_task, taskDefinition="web").code == "ClusterNotFoundException"
    ana.may(allow("ecs:RunTask"))
    assert error_of(ana.client("ecs").run_task, taskDefinition="web").message == refused.message


def test_conditions_of_the_services(aws, ana):
    cluster = arn(aws, "ecs", "cluster/main")
    only_main = {"ArnEquals": {"ecs:cluster": cluster}}
    ana.may(allow("ecs:ListTasks", "ecs:RunTask", Condition=only_main),
            allow("iam:AttachUserPolicy", Condition={"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}),
            allow("secretsmanager:GetSecretValue", Condition={"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}))
    assert error_of(ana.client("ecs").list_tasks, cluster="main").code == "ClusterNotFoundException"
    assert error_of(ana.client("ecs").list_tasks, cluster="other").code == "AccessDeniedException"
    assert error_of(ana.client("ecs").run_task, cluster="main", taskDefinition="web:1").code != "AccessDeniedException"
    assert error_of(ana.client("ecs").run_task, taskDefinition="web:1").code == "AccessDeniedException"
    ana.client("iam").attach_user_policy(UserName="ana", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    refused = error_of(ana.client("iam").attach_user_policy, UserName="ana",
                       PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert refused.message == denied(ana, "iam:AttachUserPolicy", "user ana")


def test_a_service_is_given_roles_by_those_who_may_pass_them(aws, ana):
    """Updates that name no task definition pass nothing (seen in the field: keidarcy/e1s, issue 429)."""
    iam, ecs = aws.client("iam"), aws.client("ecs")
    trust = document({"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"})
    task_role = iam.create_role(RoleName="task", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    ecs.create_cluster(clusterName="main")
    definition = {"family": "web", "taskRoleArn": task_role, "networkMode": "awsvpc", "cpu": "256", "memory": "512",
                  "requiresCompatibilities": ["FARGATE"],
                  "containerDefinitions": [{"name": "c", "image": "public.ecr.aws/x/y:1"}]}
    ecs.register_task_definition(**definition)
    service = {"cluster": "main", "serviceName": "web", "taskDefinition": "web", "desiredCount": 0}
    ana.may(allow("ecs:*"))
    refused = error_of(ana.client("ecs").create_service, **service)
    assert refused.message == denied(ana, "iam:PassRole", task_role)
    ana.may(allow("ecs:*"), allow("iam:PassRole", resource=task_role,
                                  Condition={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}))
    assert error_of(ana.client("ecs").create_service, **service).code != "AccessDeniedException"  # no network was said
    ana.may(allow("ecs:*"))
    update = lambda **more: error_of(ana.client("ecs").update_service, cluster="main", service="web", **more)
    assert update(desiredCount=0).code == "ServiceNotFoundException"
    assert update(taskDefinition="web").message == refused.message


def test_trails_are_named_by_policies(aws, ana):
    trail, name = ana.client("cloudtrail"), {"Name": "prod"}
    this = arn(aws, "cloudtrail", "trail/prod")
    refused = error_of(trail.create_trail, S3BucketName="bucket", **name)
    assert (refused.code, refused.message) == ("AccessDeniedException", denied(ana, "cloudtrail:CreateTrail", this))
    ana.may(allow("cloudtrail:*", resource=this), allow("cloudtrail:DescribeTrails", "cloudtrail:LookupEvents"),
            deny("cloudtrail:StopLogging", Condition={"StringEquals": {"aws:ResourceTag/stage": "prod"}}))
    trail.create_trail(S3BucketName="bucket", TagsList=[{"Key": "stage", "Value": "prod"}], **name)
    trail.start_logging(**name)
    trail.get_trail_status(Name=this)
    trail.describe_trails()
    refused = error_of(trail.stop_logging, **name)
    assert refused.message == denied(ana, "cloudtrail:StopLogging", this,
                                     "with an explicit deny in an identity-based policy")
    assert error_of(trail.delete_trail, Name="other").code == "AccessDeniedException"
    assert error_of(trail.list_trails).message == denied(ana, "cloudtrail:ListTrails", "*")
    group = {"CloudWatchLogsLogGroupArn": arn(aws, "logs", "log-group:trail:*"),
             "CloudWatchLogsRoleArn": f"arn:aws:iam::{aws.account}:role/trail"}
    assert error_of(trail.update_trail, **name, **group).message == denied(ana, "iam:PassRole",
                                                                           group["CloudWatchLogsRoleArn"])


def test_resources_of_ec2_that_are_named_by_other_ids(aws, ana):
    """Associations and attachments stand for what they join: Service Authorization Reference, Amazon EC2."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    acl = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"][0]
    association = next(a for a in acl["Associations"] if a["SubnetId"] == subnet)["NetworkAclAssociationId"]
    other = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    of = lambda kind, name: arn(aws, "ec2", f"{kind}/{name}")
    told = lambda refused: refused.message.partition(" on resource: ")[2].partition(" ")[0]
    ana.may(allow("ec2:ReplaceNetworkAclAssociation", resource=of("network-acl", "*")))
    mine = ana.client("ec2")
    refused = error_of(mine.replace_network_acl_association, AssociationId=association, NetworkAclId=other)
    assert told(refused) == of("subnet", subnet)
    block = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.1.0.0/16")["CidrBlockAssociation"]["AssociationId"]
    assert told(error_of(mine.disassociate_vpc_cidr_block, AssociationId=block)) == of("vpc", vpc)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    ana.may(allow("ec2:RunInstances", resource=[of(kind, "*") for kind in ("instance", "volume", "network-interface")]))
    assert told(error_of(mine.run_instances, **launch)) == f"arn:aws:ec2:{REGION}::image/{image}"
    only_small = {"StringEquals": {"ec2:InstanceType": "t3.micro"}}
    ana.may(allow("ec2:RunInstances", Condition=only_small),
            allow("ec2:TerminateInstances", Condition={"StringEquals": {"ec2:ResourceTag/stage": "test"}}))
    assert error_of(mine.run_instances, **{**launch, "InstanceType": "t3.large"}).code == "UnauthorizedOperation"
    instance = mine.run_instances(**launch)["Instances"][0]["InstanceId"]
    assert told(error_of(mine.terminate_instances, InstanceIds=[instance])) == of("instance", instance)
    ec2.create_tags(Resources=[instance], Tags=[{"Key": "stage", "Value": "test"}])
    mine.terminate_instances(InstanceIds=[instance])


# IAM User Guide, "Cross-account policy evaluation logic": both accounts must allow it.
def test_secrets_of_another_account_need_both_sides(server, aws):
    owner, secret = server.aws(), None
    secret = owner.client("secretsmanager").create_secret(Name="shared", SecretString="value")["ARN"]
    ana = User(aws, allow("secretsmanager:GetSecretValue"))
    read = ana.client("secretsmanager").get_secret_value
    refused = error_of(read, SecretId=secret)
    assert refused.message == denied(ana, "secretsmanager:GetSecretValue", secret,
                                     "because no resource-based policy allows the secretsmanager:GetSecretValue action")
    owner.client("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=document(
        {"Effect": "Allow", "Principal": {"AWS": ana.arn}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}))
    assert read(SecretId=secret)["SecretString"] == "value"
    ana.may()
    assert error_of(read, SecretId=secret).message == denied(ana, "secretsmanager:GetSecretValue", secret)
    # The owner's policy binds also those of its own account, root included.
    owner.client("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=document(
        {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}))
    refused = error_of(owner.client("secretsmanager").get_secret_value, SecretId="shared")
    assert refused.message.endswith("with an explicit deny in a resource-based policy")


def test_a_resource_policy_suffices_within_an_account(aws, ana):
    secret = aws.client("secretsmanager").create_secret(Name="own", SecretString="value")["ARN"]
    aws.client("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=document(
        {"Effect": "Allow", "Principal": {"AWS": ana.arn}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}))
    assert ana.client("secretsmanager").get_secret_value(SecretId="own")["SecretString"] == "value"
    assert error_of(ana.client("secretsmanager").describe_secret, SecretId="own").code == "AccessDeniedException"


def test_repositories_of_another_account_need_both_sides(server, aws):
    owner = server.aws()
    owner.client("ecr").create_repository(repositoryName="app")
    ana = User(aws, allow("ecr:*"))
    about = {"registryId": owner.account, "repositoryName": "app"}
    refused = error_of(ana.client("ecr").list_images, **about)
    assert refused.code == "AccessDeniedException" and "no resource-based policy allows" in refused.message
    owner.client("ecr").set_repository_policy(repositoryName="app", policyText=document(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"}, "Action": "ecr:ListImages"}))
    assert ana.client("ecr").list_images(**about)["imageIds"] == []
    assert error_of(ana.client("ecr").describe_images, **about).code == "AccessDeniedException"
    ana.may()
    assert "no identity-based policy" in error_of(ana.client("ecr").list_images, **about).message


def test_who_one_is_needs_no_permission(aws, ana):
    ana.may(deny("*"))
    assert ana.client("sts").get_caller_identity()["Arn"] == ana.arn


def test_root_may_everything_and_wrong_keys_nothing(aws, ana):
    aws.client("ecs").list_clusters()
    wrong = Caller(aws, ana.arn, ana.key, "wrong" * 8)
    assert error_of(wrong.client("ecs").list_clusters).code == "InvalidSignatureException"
    assert error_of(wrong.client("sts").get_caller_identity).code == "SignatureDoesNotMatch"
    assert error_of(wrong.client("ec2").describe_vpcs).code == "AuthFailure"
