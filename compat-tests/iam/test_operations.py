"""Each remaining IAM operation in its normal way with boto3. IAM API Reference."""
import json

import pytest
from conftest import error_of
from iam.caller import ANYONE_OF, User, allow, document, session

READ = document(allow("ecs:Describe*"))
BOUNDARY = document(allow("ecs:*", "sts:*"))
BLUE = [{"Key": "team", "Value": "blue"}]


@pytest.fixture
def iam(aws):
    return aws.client("iam")


@pytest.fixture
def policy(iam):
    """The ARN of a managed policy."""
    return iam.create_policy(PolicyName="Boundary", PolicyDocument=BOUNDARY)["Policy"]["Arn"]


def test_a_users_policies(iam, policy):
    iam.create_user(UserName="ana")
    iam.put_user_policy(UserName="ana", PolicyName="read", PolicyDocument=READ)
    assert iam.get_user_policy(UserName="ana", PolicyName="read")["PolicyDocument"] == json.loads(READ)
    assert iam.list_user_policies(UserName="ana")["PolicyNames"] == ["read"]
    iam.attach_user_policy(UserName="ana", PolicyArn=policy)
    assert iam.list_attached_user_policies(UserName="ana")["AttachedPolicies"] == [
        {"PolicyName": "Boundary", "PolicyArn": policy}]
    assert iam.get_policy(PolicyArn=policy)["Policy"]["AttachmentCount"] == 1
    iam.detach_user_policy(UserName="ana", PolicyArn=policy)
    iam.delete_user_policy(UserName="ana", PolicyName="read")
    assert iam.list_user_policies(UserName="ana")["PolicyNames"] == []
    assert iam.list_attached_user_policies(UserName="ana")["AttachedPolicies"] == []


def test_a_groups_policies(iam, policy):
    iam.create_group(GroupName="developers")
    iam.put_group_policy(GroupName="developers", PolicyName="read", PolicyDocument=READ)
    assert iam.list_group_policies(GroupName="developers")["PolicyNames"] == ["read"]
    iam.attach_group_policy(GroupName="developers", PolicyArn=policy)
    assert iam.list_entities_for_policy(PolicyArn=policy)["PolicyGroups"][0]["GroupName"] == "developers"
    iam.detach_group_policy(GroupName="developers", PolicyArn=policy)
    assert iam.list_attached_group_policies(GroupName="developers")["AttachedPolicies"] == []
    iam.delete_group_policy(GroupName="developers", PolicyName="read")
    assert [group["GroupName"] for group in iam.list_groups()["Groups"]] == ["developers"]
    iam.delete_group(GroupName="developers")
    assert iam.list_groups()["Groups"] == []


def test_boundaries_come_and_go(aws, iam, policy):
    ana = User(aws, allow("*"))
    iam.put_user_permissions_boundary(UserName="ana", PermissionsBoundary=policy)
    assert iam.get_user(UserName="ana")["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy}
    assert iam.get_policy(PolicyArn=policy)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    refused = error_of(ana.client("ecr").describe_repositories)
    assert "because no permissions boundary allows the ecr:DescribeRepositories action" in refused.message
    ana.client("ecs").list_clusters()
    iam.delete_user_permissions_boundary(UserName="ana")
    ana.client("ecr").describe_repositories()

    arn = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))["Role"]["Arn"]
    iam.put_role_policy(RoleName="deploy", PolicyName="p", PolicyDocument=document(allow("*")))
    iam.put_role_permissions_boundary(RoleName="deploy", PermissionsBoundary=policy)
    assert iam.get_role(RoleName="deploy")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == policy
    ci = session(aws, arn)
    assert error_of(ci.client("ecr").describe_repositories).code == "AccessDeniedException"
    iam.delete_role_permissions_boundary(RoleName="deploy")
    assert "PermissionsBoundary" not in iam.get_role(RoleName="deploy")["Role"]
    ci.client("ecr").describe_repositories()


def test_versions_of_a_policy_decide_when_they_are_the_default(aws, iam):
    arn = iam.create_policy(PolicyName="Deploy", PolicyDocument=READ)["Policy"]["Arn"]
    ana = User(aws)
    iam.attach_user_policy(UserName="ana", PolicyArn=arn)
    assert error_of(ana.client("ecs").list_clusters).code == "AccessDeniedException"
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("ecs:List*")))["PolicyVersion"]
    assert (version["VersionId"], version["IsDefaultVersion"]) == ("v2", False)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    ana.client("ecs").list_clusters()
    for _ in range(3):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ)
    assert error_of(iam.create_policy_version, PolicyArn=arn, PolicyDocument=READ).type == "LimitExceededException"
    assert error_of(iam.delete_policy_version, PolicyArn=arn, VersionId="v2").type == "DeleteConflictException"


def test_tags_of_roles_users_and_policies(aws, iam, policy):
    iam.create_user(UserName="ana")
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    for of, tag, untag, tags in (
            ({"UserName": "ana"}, iam.tag_user, iam.untag_user, iam.list_user_tags),
            ({"RoleName": "deploy"}, iam.tag_role, iam.untag_role, iam.list_role_tags),
            ({"PolicyArn": policy}, iam.tag_policy, iam.untag_policy, iam.list_policy_tags)):
        tag(**of, Tags=BLUE + [{"Key": "stage", "Value": "test"}])
        tag(**of, Tags=[{"Key": "stage", "Value": "prod"}])
        assert {t["Key"]: t["Value"] for t in tags(**of)["Tags"]} == {"team": "blue", "stage": "prod"}
        untag(**of, TagKeys=["stage", "nothing"])
        assert tags(**of)["Tags"] == BLUE
        twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
        assert error_of(tag, **of, Tags=twice).type == "InvalidInputException"
        many = [{"Key": f"k{i}", "Value": "v"} for i in range(50)]
        assert error_of(tag, **of, Tags=many).type == "LimitExceededException"


def test_what_is_renamed_and_described_keeps_the_rest(aws, iam):
    iam.create_user(UserName="ana", Path="/staff/")
    iam.put_user_policy(UserName="ana", PolicyName="read", PolicyDocument=READ)
    iam.update_user(UserName="ana", NewUserName="anna", NewPath="/people/")
    assert iam.get_user(UserName="anna")["User"]["Arn"] == f"arn:aws:iam::{aws.account}:user/people/anna"
    assert iam.list_user_policies(UserName="anna")["PolicyNames"] == ["read"]
    assert error_of(iam.get_user, UserName="ana").type == "NoSuchEntityException"
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    assert iam.update_role_description(RoleName="deploy", Description="deploys")["Role"]["Description"] == "deploys"
    assert iam.get_role(RoleName="deploy")["Role"]["Description"] == "deploys"


def test_lists_of_keys_and_instance_profiles(aws, iam):
    ana = User(aws, allow("iam:*"))
    more = iam.create_access_key(UserName="ana")["AccessKey"]["AccessKeyId"]
    listed = iam.list_access_keys(UserName="ana")["AccessKeyMetadata"]
    assert {key["AccessKeyId"] for key in listed} == {ana.key, more}
    assert "SecretAccessKey" not in listed[0]
    assert len(ana.client("iam").list_access_keys()["AccessKeyMetadata"]) == 2  # one's own
    for name in ("one", "two"):
        iam.create_instance_profile(InstanceProfileName=name, Path=f"/{name}/")
    assert [p["InstanceProfileName"] for p in iam.list_instance_profiles()["InstanceProfiles"]] == ["one", "two"]
    assert len(iam.list_instance_profiles(PathPrefix="/two/")["InstanceProfiles"]) == 1


def test_every_service_that_is_here_is_in_what_was_last_accessed(aws, iam):
    iam.create_user(UserName="ana")
    iam.attach_user_policy(UserName="ana", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    job = iam.generate_service_last_accessed_details(Arn=f"arn:aws:iam::{aws.account}:user/ana")["JobId"]
    told = {s["ServiceNamespace"] for s in iam.get_service_last_accessed_details(JobId=job)["ServicesLastAccessed"]}
    health = json.loads(aws.http("GET", "/_drydock/health")[2])
    assert told == {{"elbv2": "elasticloadbalancing"}.get(name, name) for name in health["operations"]}
