"""`drydock policy explain` and `drydock policy suggest`."""
import json
import subprocess

import botocore.exceptions

from conftest import BINARY, error_of
from cloudtrail.history import Trail, allowing, trusting


def drydock(aws, *arguments):
    return subprocess.run([BINARY, "policy", *arguments, "--endpoint", aws.server.endpoint], capture_output=True,
                          text=True, timeout=30)


def role_of(aws, name, document=None):
    """The role's ARN, and a function that makes clients of a session of it."""
    iam = aws.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusting(
        {"AWS": f"arn:aws:iam::{aws.account}:root"}))["Role"]["Arn"]
    if document:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    key = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
    return arn, lambda service: aws.client(service, key=key["AccessKeyId"], secret=key["SecretAccessKey"],
                                           token=key["SessionToken"])


def test_explain_names_the_statement_that_decides(aws):
    document = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Read", "Effect": "Allow", "Action": "ecs:Describe*", "Resource": "*"},
        {"Sid": "NotProd", "Effect": "Deny", "Action": "ecs:*", "Resource": "arn:aws:ecs:*:*:cluster/prod"}]})
    arn, _ = role_of(aws, "reader", document)
    ask = lambda *more: drydock(aws, "explain", "--principal", arn, *more)
    of = lambda cluster: f"arn:aws:ecs:eu-central-1:{aws.account}:cluster/{cluster}"
    done = ask("--action", "ecs:DescribeClusters", "--resource", of("test"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ALLOWED ecs:DescribeClusters") and "statement 1 (Read)" in done.stdout
    done = ask("--action", "ecs:DescribeClusters", "--resource", of("prod"))
    assert done.returncode == 1 and "denied by statement 2 (NotProd)" in done.stdout
    done = ask("--action", "ecs:StopTask")
    assert done.returncode == 1
    assert "because no identity-based policy allows the ecs:StopTask action" in done.stdout
    answer = json.loads(ask("--action", "ecs:StopTask", "--json").stdout)
    assert answer["allowed"] is False and answer["decisions"][0]["decision"] == "implicitDeny"
    for wrong in (("--principal", "nobody", "--action", "ecs:StopTask"), ("--principal", arn), ("--event", "nothing"),
                  ("--principal", arn, "--action", "nonsense")):
        assert drydock(aws, "explain", *wrong).returncode == 2


def test_explain_knows_tags_and_resource_policies(aws):
    """What is known of the resource counts; what is not known of the request is named, and can be given."""
    ecs, secrets = aws.client("ecs"), aws.client("secretsmanager")
    for stage in ("test", "prod"):
        ecs.create_cluster(clusterName=stage, tags=[{"key": "stage", "value": stage}])
    arn, _ = role_of(aws, "tagged", json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ecs:UpdateCluster", "Resource": "*",
         "Condition": {"StringEquals": {"aws:ResourceTag/stage": "test"}}},
        {"Effect": "Allow", "Action": "ecs:CreateCluster", "Resource": "*",
         "Condition": {"StringEquals": {"aws:RequestTag/stage": "test"}}}]}))
    ask = lambda *more: drydock(aws, "explain", "--principal", arn, "--region", aws.region, *more)
    cluster = lambda name: f"arn:aws:ecs:{aws.region}:{aws.account}:cluster/{name}"
    assert ask("--action", "ecs:UpdateCluster", "--resource", cluster("test")).returncode == 0
    assert ask("--action", "ecs:UpdateCluster", "--resource", cluster("prod")).returncode == 1
    create = ("--action", "ecs:CreateCluster", "--resource", cluster("new"))
    done = ask(*create)
    assert done.returncode == 1 and "not known here" in done.stdout and "aws:RequestTag/stage" in done.stdout
    assert json.loads(ask(*create, "--json").stdout)["decisions"][0]["missingContextKeys"] == ["aws:RequestTag/stage"]
    assert ask(*create, "--context", "aws:RequestTag/stage=test").returncode == 0
    assert ask(*create, "--context", "nonsense").returncode == 2

    secret = secrets.create_secret(Name="db", SecretString="value")["ARN"]
    read = ("--action", "secretsmanager:GetSecretValue", "--resource", secret)
    assert ask(*read).returncode == 1
    secrets.put_resource_policy(SecretId="db", ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": arn}, "Action": "secretsmanager:GetSecretValue",
         "Resource": "*"}]}))
    done = ask(*read)
    assert done.returncode == 0 and "statement 1 (Readers) of the resource-based policy" in done.stdout


def test_explain_a_recorded_call(aws):
    _, client = role_of(aws, "nobody")
    assert error_of(client("ecs").create_cluster, clusterName="c").code == "AccessDeniedException"
    event = Trail(aws).events(EventName="CreateCluster")[0]
    assert event["record"]["errorCode"] == "AccessDenied"
    done = drydock(aws, "explain", "--event", event["EventId"], "--account", aws.account)
    assert done.returncode == 1, done.stderr
    assert "DENIED  ecs:CreateCluster" in done.stdout
    aws.client("iam").put_role_policy(RoleName="nobody", PolicyName="p", PolicyDocument=allowing("ecs:*"))
    assert drydock(aws, "explain", "--event", event["EventId"], "--account", aws.account).returncode == 0
    other, _ = role_of(aws, "other")
    assert error_of(client("sts").assume_role, RoleArn=other, RoleSessionName="next").message.endswith(other)
    event = next(e for e in Trail(aws).events(EventName="AssumeRole") if "errorCode" in e["record"])
    done = drydock(aws, "explain", "--event", event["EventId"], "--account", aws.account)
    assert done.returncode == 1 and "no identity-based policy allows the sts:AssumeRole action" in done.stdout
    # With the permission it is the trust policy that says no.
    aws.client("iam").put_role_policy(RoleName="nobody", PolicyName="p", PolicyDocument=allowing("sts:*"))
    ask = lambda: drydock(aws, "explain", "--event", event["EventId"], "--account", aws.account)
    assert ask().returncode == 0
    aws.client("iam").update_assume_role_policy(RoleName="other", PolicyDocument=trusting({"Service": "ec2.amazonaws.com"}))
    assert ask().returncode == 1 and "no resource-based policy allows the sts:AssumeRole action" in ask().stdout


def test_the_suggested_policy_is_sufficient_and_minimal(aws):
    arn, client = role_of(aws, "deployer", allowing("*"))
    iam = aws.client("iam")
    task_role = iam.create_role(RoleName="task", AssumeRolePolicyDocument=trusting(
        {"Service": "ecs-tasks.amazonaws.com"}))["Role"]["Arn"]
    aws.client("secretsmanager").create_secret(Name="db", SecretString="s3cr3t")
    other, _ = role_of(aws, "other")

    def run():
        """What the role does; the first refusal ends it."""
        try:
            client("ecs").create_cluster(clusterName="main")
            client("logs").describe_log_groups()
            client("secretsmanager").get_secret_value(SecretId="db")
            client("ecs").register_task_definition(
                family="web", networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
                containerDefinitions=[{"name": "c", "image": "i"}], taskRoleArn=task_role)
            vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
            client("sts").assume_role(RoleArn=other, RoleSessionName="next")
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] in ("AccessDeniedException", "AccessDenied",
                                                       "UnauthorizedOperation"), error
            return False
        return True

    assert run()
    done = drydock(aws, "suggest", "--role", arn)
    assert done.returncode == 0, done.stderr
    policy = json.loads(done.stdout)
    actions = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert {"ecs:CreateCluster", "iam:PassRole", "sts:AssumeRole", "secretsmanager:GetSecretValue", "ec2:CreateSubnet"} <= actions
    assert not any("*" in action for action in actions)

    def with_statements(statements):
        iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": statements}))
        return run()

    statements = policy["Statement"]
    assert with_statements(statements)
    for left_out in range(len(statements)):
        rest = statements[:left_out] + statements[left_out + 1:]
        assert rest and not with_statements(rest), statements[left_out]
    assert drydock(aws, "suggest", "--role", "missing", "--account", aws.account).returncode == 2
