"""Managed policies, users, groups and access keys. Texts: aws-facts H.8; recorded/iam.json."""
import json

import pytest
from conftest import error_of

ALLOW_ECS = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]})


@pytest.fixture
def iam(aws):
    return aws.client("iam")


def test_managed_policies_and_versions(aws, iam):
    policy = iam.create_policy(PolicyName="Deploy", PolicyDocument=ALLOW_ECS)["Policy"]
    arn = policy["Arn"]
    assert arn == f"arn:aws:iam::{aws.account}:policy/Deploy"
    assert (policy["DefaultVersionId"], policy["AttachmentCount"], policy["IsAttachable"]) == ("v1", 0, True)
    assert iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW_ECS, SetAsDefault=True)[
        "PolicyVersion"]["VersionId"] == "v2"
    assert [v["VersionId"] for v in iam.list_policy_versions(PolicyArn=arn)["Versions"]] == ["v2", "v1"]
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"] == json.loads(ALLOW_ECS)
    refused = error_of(iam.delete_policy, PolicyArn=arn)
    assert refused.type == "DeleteConflictException"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)
    refused = error_of(iam.delete_policy, PolicyArn=arn)
    assert (refused.code, refused.message) == ("NoSuchEntity", f"Policy {arn} was not found.")
    assert error_of(iam.create_policy, PolicyName="Bad", PolicyDocument="{}").type == "MalformedPolicyDocumentException"


def test_policies_of_aws(iam):
    found = {policy["PolicyName"]: policy for page in iam.get_paginator("list_policies").paginate(Scope="AWS")
             for policy in page["Policies"]}
    for name in ("AdministratorAccess", "ReadOnlyAccess", "AmazonECSTaskExecutionRolePolicy", "SecretsManagerReadWrite",
                 "AmazonEC2ContainerRegistryPowerUser", "CloudWatchLogsFullAccess", "AmazonVPCFullAccess"):
        assert name in found
    version = iam.get_policy_version(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess", VersionId="v1")
    assert version["PolicyVersion"]["Document"]["Statement"][0]["Action"] == "*"


def test_users_groups_and_keys(aws, iam):
    user = iam.create_user(UserName="ana", Path="/staff/")["User"]
    assert user["Arn"] == f"arn:aws:iam::{aws.account}:user/staff/ana"
    iam.create_group(GroupName="developers")
    iam.add_user_to_group(GroupName="developers", UserName="ana")
    assert [u["UserName"] for u in iam.get_group(GroupName="developers")["Users"]] == ["ana"]
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName="ana")["Groups"]] == ["developers"]
    iam.put_group_policy(GroupName="developers", PolicyName="p", PolicyDocument=ALLOW_ECS)
    assert iam.get_group_policy(GroupName="developers", PolicyName="p")["PolicyDocument"] == json.loads(ALLOW_ECS)
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    assert key["Status"] == "Active" and len(key["SecretAccessKey"]) == 40
    refused = error_of(iam.delete_user, UserName="ana")
    assert refused.type == "DeleteConflictException"
    iam.delete_access_key(UserName="ana", AccessKeyId=key["AccessKeyId"])
    iam.remove_user_from_group(GroupName="developers", UserName="ana")
    iam.delete_user(UserName="ana")
    refused = error_of(iam.get_user, UserName="ana")
    assert (refused.code, refused.message) == ("NoSuchEntity", "The user with name ana cannot be found.")


def test_a_users_key_is_verified_and_is_the_user(aws, iam):
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    sts = aws.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{aws.account}:user/ana"
    wrong = error_of(aws.client("sts", key=key["AccessKeyId"], secret="x" * 40).get_caller_identity)
    assert (wrong.code, wrong.status) == ("SignatureDoesNotMatch", 403)
    iam.update_access_key(UserName="ana", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    refused = error_of(sts.get_caller_identity)
    assert (refused.code, refused.status) == ("InvalidClientTokenId", 403)
    iam.delete_access_key(UserName="ana", AccessKeyId=key["AccessKeyId"])
    assert error_of(sts.get_caller_identity).code == "InvalidClientTokenId"
    # Every protocol has words of its own for it.
    ecs = aws.client("ecs", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    assert error_of(ecs.list_clusters).code == "UnrecognizedClientException"
    ec2 = aws.client("ec2", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    refused = error_of(ec2.describe_vpcs)
    assert (refused.code, refused.status) == ("AuthFailure", 401)


def test_the_account(iam):
    iam.create_user(UserName="ana")
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] == 1 and summary["AccessKeysPerUserQuota"] == 2
    alias = f"drydock-{abs(hash(str(iam))) % 10**9}"
    iam.create_account_alias(AccountAlias=alias)
    assert iam.list_account_aliases()["AccountAliases"] == [alias]
    iam.delete_account_alias(AccountAlias=alias)
    assert iam.list_account_aliases()["AccountAliases"] == []
