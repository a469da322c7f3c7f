"""The people of docker/examples/reference: what each may do, and above all what each must not.

A call that policies let through may still fail: there is no such service here. What counts is whether it is denied.
"""
import subprocess

import botocore.exceptions
import pytest

from conftest import ROOT

PEOPLE = ROOT / "docker" / "examples" / "reference" / "people.sh"
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


@pytest.fixture(scope="module")
def people(server):
    """name -> a function that makes that person's client of a service."""
    aws = server.aws()
    aws.client("secretsmanager").create_secret(Name="prod-mongodb", SecretString="s3cr3t")
    for repository in ("auth", "other"):
        aws.client("ecr").create_repository(repositoryName=repository)
    for group in ("/ecs/test-auth", "/ecs/stage-reminder", "/ecs/auth"):
        aws.client("logs").create_log_group(logGroupName=group)
    trust = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
             '"Principal":{"Service":"ecs-tasks.amazonaws.com"}}]}')
    for role in ("reference-execution", "reference-task", "somebody-elses"):
        aws.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument=trust)
    for _ in range(2):  # it may be run again
        done = subprocess.run(["sh", str(PEOPLE)], env=aws.environment(), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    def person(name):
        key = aws.client("iam").create_access_key(UserName="reference-" + name)["AccessKey"]
        return lambda service: aws.client(service, key=key["AccessKeyId"], secret=key["SecretAccessKey"])

    made = {name: person(name) for name in ("developer", "tester", "administrator")}
    made["account"] = aws.account
    return made


def denied(call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"] in DENIED
    return False


def update(client, service):
    return denied(client("ecs").update_service, cluster="reference", service=service, desiredCount=1)


def register(client, account, role):
    return denied(client("ecs").register_task_definition, family="f", networkMode="awsvpc", cpu="256", memory="512",
                  requiresCompatibilities=["FARGATE"], containerDefinitions=[{"name": "c", "image": "i"}],
                  executionRoleArn=f"arn:aws:iam::{account}:role/{role}")


def test_developers_push_images_and_deploy_to_test_only(people):
    client = people["developer"]
    assert not denied(client("ecr").get_authorization_token)
    assert not denied(client("ecr").initiate_layer_upload, repositoryName="auth")
    assert denied(client("ecr").initiate_layer_upload, repositoryName="other")
    assert denied(client("ecr").delete_repository, repositoryName="auth")
    assert not register(client, people["account"], "reference-execution")
    assert register(client, people["account"], "somebody-elses")
    assert not update(client, "test-auth")
    for service in ("auth", "stage-reminder"):
        assert update(client, service)
    assert denied(client("ecs").delete_service, cluster="reference", service="test-auth")
    assert denied(client("secretsmanager").get_secret_value, SecretId="prod-mongodb")
    assert denied(client("ec2").authorize_security_group_ingress, GroupId="sg-01234567890abcdef", IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert denied(client("iam").create_user, UserName="friend")
    assert denied(client("logs").filter_log_events, logGroupName="/ecs/auth")
    assert not denied(client("logs").filter_log_events, logGroupName="/ecs/test-auth")


def test_testers_change_nothing(people):
    client = people["tester"]
    assert not denied(client("ecs").list_clusters)
    assert not denied(client("ecs").describe_clusters)
    assert not denied(client("elbv2").describe_load_balancers)
    assert not denied(client("ec2").describe_security_groups)
    assert not denied(client("logs").filter_log_events, logGroupName="/ecs/stage-reminder")
    assert denied(client("logs").filter_log_events, logGroupName="/ecs/auth")
    for service in ("auth", "test-auth", "stage-reminder"):
        assert update(client, service)
    assert register(client, people["account"], "reference-execution")
    assert denied(client("ecr").initiate_layer_upload, repositoryName="auth")
    assert denied(client("ecs").create_cluster, clusterName="mine")
    assert denied(client("secretsmanager").get_secret_value, SecretId="prod-mongodb")
    assert denied(client("ec2").create_vpc, CidrBlock="10.0.0.0/16")
    assert denied(client("iam").list_users)


def test_administrators_have_production_and_secrets_and_not_people(people):
    client = people["administrator"]
    for service in ("auth", "test-auth", "stage-reminder"):
        assert not update(client, service)
    assert not denied(client("secretsmanager").get_secret_value, SecretId="prod-mongodb")
    assert denied(client("secretsmanager").create_secret, Name="another", SecretString="x")
    assert not register(client, people["account"], "reference-execution")
    assert register(client, people["account"], "somebody-elses")
    assert not denied(client("cloudtrail").lookup_events)
    assert denied(client("cloudtrail").create_trail, Name="mine", S3BucketName="my-bucket")
    assert denied(client("iam").create_user, UserName="friend")
    assert denied(client("iam").put_group_policy, GroupName="reference-administrators", PolicyName="p",
                  PolicyDocument="{}")
    assert denied(client("ec2").create_vpc, CidrBlock="10.0.0.0/16")
