"""IAM roles and their policies with boto3 and the AWS CLI. Texts: aws-facts H.8; recorded/iam.json."""
import json

import pytest
from conftest import error_of
from iam.caller import User

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                                                 "Action": "sts:AssumeRole"}]}
EXECUTION = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"],
                                                    "Resource": ["arn:aws:s3:::bucket/a%2Fb*"]}]}


@pytest.fixture
def iam(aws):
    return aws.client("iam")


def test_a_role_from_beginning_to_end(aws, iam):
    created = iam.create_role(RoleName="web", Path="/team/", AssumeRolePolicyDocument=json.dumps(TRUST),
                              Description="runs tasks", Tags=[{"Key": "team", "Value": "blue"}])["Role"]
    assert created["Arn"] == f"arn:aws:iam::{aws.account}:role/team/web"
    assert created["AssumeRolePolicyDocument"] == TRUST
    assert "MaxSessionDuration" not in created
    got = iam.get_role(RoleName="web")["Role"]
    assert got["MaxSessionDuration"] == 3600 and got["RoleLastUsed"] == {} and got["Tags"] == created["Tags"]
    listed = iam.list_roles(PathPrefix="/team/")["Roles"]
    assert [role["RoleName"] for role in listed] == ["web"]
    assert "Tags" not in listed[0] and "RoleLastUsed" not in listed[0]
    iam.update_role(RoleName="web", MaxSessionDuration=7200)
    assert iam.get_role(RoleName="web")["Role"]["MaxSessionDuration"] == 7200
    iam.get_waiter("role_exists").wait(RoleName="web")
    iam.delete_role(RoleName="web")
    refused = error_of(iam.get_role, RoleName="web")
    assert (refused.code, refused.type, refused.status) == ("NoSuchEntity", "NoSuchEntityException", 404)
    assert refused.message == "The role with name web cannot be found."


def test_inline_and_attached_policies(iam):
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="web", PolicyName="inline", PolicyDocument=json.dumps(DOCUMENT))
    assert iam.get_role_policy(RoleName="web", PolicyName="inline")["PolicyDocument"] == DOCUMENT
    assert iam.list_role_policies(RoleName="web")["PolicyNames"] == ["inline"]
    iam.attach_role_policy(RoleName="web", PolicyArn=EXECUTION)
    attached = iam.list_attached_role_policies(RoleName="web")
    assert attached["AttachedPolicies"] == [{"PolicyName": "AmazonECSTaskExecutionRolePolicy", "PolicyArn": EXECUTION}]
    assert attached["IsTruncated"] is False
    assert iam.list_entities_for_policy(PolicyArn=EXECUTION)["PolicyRoles"][0]["RoleName"] == "web"

    refused = error_of(iam.delete_role, RoleName="web")
    assert (refused.type, refused.status) == ("DeleteConflictException", 409)
    assert refused.message == "Cannot delete entity, must detach all policies first."
    iam.detach_role_policy(RoleName="web", PolicyArn=EXECUTION)
    assert error_of(iam.delete_role, RoleName="web").message == "Cannot delete entity, must delete policies first."
    iam.delete_role_policy(RoleName="web", PolicyName="inline")
    iam.delete_role(RoleName="web")


def test_what_is_refused(iam):
    refused = error_of(iam.create_role, RoleName="web", AssumeRolePolicyDocument="{")
    assert (refused.type, refused.message) == ("MalformedPolicyDocumentException", "This policy contains invalid Json")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    refused = error_of(iam.create_role, RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert (refused.type, refused.status) == ("EntityAlreadyExistsException", 409)
    assert refused.message == "Role with name web already exists."
    refused = error_of(iam.attach_role_policy, RoleName="web", PolicyArn="AmazonECSTaskExecutionRolePolicy")
    assert (refused.code, refused.message) == ("ValidationError", "Invalid ARN:  Could not be parsed!")
    refused = error_of(iam.attach_role_policy, RoleName="web", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")
    assert refused.message == "Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist or is not attachable."
    refused = error_of(iam.put_role_policy, RoleName="web", PolicyName="p", PolicyDocument="[]")
    assert refused.code == "MalformedPolicyDocument"
    refused = error_of(iam.create_role, RoleName="a" * 65, AssumeRolePolicyDocument="{}")
    assert refused.code == "ValidationError" and "length less than or equal to 64" in refused.message
    refused = error_of(iam.create_role, RoleName="sp ace", AssumeRolePolicyDocument="{}")
    assert refused.code == "ValidationError" and "regular expression pattern" in refused.message
    assert error_of(iam.list_roles, Marker="forged").code == "ValidationError"


def test_pages(iam):
    for i in range(5):
        iam.create_role(RoleName=f"role-{i}", AssumeRolePolicyDocument=json.dumps(TRUST))
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix="/", PaginationConfig={"PageSize": 2}))
    names = [role["RoleName"] for page in pages for role in page["Roles"]]
    assert len(pages) >= 3
    assert names == sorted(names) and len(set(names)) == len(names)
    assert {f"role-{i}" for i in range(5)} <= set(names)


def test_service_linked_roles(aws, iam):
    role = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    assert role["Arn"] == (f"arn:aws:iam::{aws.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")
    refused = error_of(iam.create_service_linked_role, AWSServiceName="ecs.amazonaws.com")
    assert refused.code == "InvalidInput"
    assert error_of(iam.delete_role, RoleName="AWSServiceRoleForECS").code == "UnmodifiableEntity"
    task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForECS")["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"


def test_instance_profiles(iam):
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="web")
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="profile")
    assert iam.get_instance_profile(InstanceProfileName="profile")["InstanceProfile"]["Roles"][0]["RoleName"] == "web"
    assert len(iam.list_instance_profiles_for_role(RoleName="web")["InstanceProfiles"]) == 1
    assert "instance profile" in error_of(iam.delete_role, RoleName="web").message
    iam.remove_role_from_instance_profile(InstanceProfileName="profile", RoleName="web")
    iam.delete_instance_profile(InstanceProfileName="profile")
    assert error_of(iam.get_instance_profile, InstanceProfileName="profile").type == "NoSuchEntityException"


def test_with_the_cli(aws):
    aws.cli("iam", "create-role", "--role-name", "cli", "--assume-role-policy-document", json.dumps(TRUST))
    aws.cli("iam", "attach-role-policy", "--role-name", "cli", "--policy-arn", EXECUTION)
    aws.cli("iam", "put-role-policy", "--role-name", "cli", "--policy-name", "p", "--policy-document", json.dumps(DOCUMENT))
    assert aws.cli("iam", "get-role", "--role-name", "cli")["Role"]["AssumeRolePolicyDocument"] == TRUST
    assert aws.cli("iam", "get-role-policy", "--role-name", "cli", "--policy-name", "p")["PolicyDocument"] == DOCUMENT
    failed = aws.cli("iam", "delete-role", "--role-name", "cli", check=False)
    assert "(DeleteConflict)" in failed.stderr


def test_a_trusted_principal_is_not_its_later_namesake(aws, iam):
    """IAM User Guide, "AWS JSON policy elements: Principal": IAM keeps the unique id, and shows it once the user or role is
    deleted; a renamed user stays trusted."""
    trusting = lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": [arn, aws.account]}, "Action": "sts:AssumeRole",
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": "*:nobody"}}}]})
    shown = lambda: iam.get_role(RoleName="guarded")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]
    made = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    iam.create_role(RoleName="guarded", AssumeRolePolicyDocument=trusting(made["Arn"]))
    assert shown()[0] == made["Arn"]
    iam.delete_role(RoleName="ci")
    assert shown() == [made["RoleId"], aws.account]
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert shown()[0] == made["RoleId"]
    refused = error_of(iam.update_assume_role_policy, RoleName="guarded", PolicyDocument=trusting(made["RoleId"]))
    assert (refused.code, refused.message) == ("MalformedPolicyDocument",
                                               f'Invalid principal in policy: "AWS":"{made["RoleId"]}"')

    ana = User(aws)
    iam.update_assume_role_policy(RoleName="guarded", PolicyDocument=trusting(ana.arn).replace(f', "{aws.account}"', ""))
    assume = lambda user: user.client("sts").assume_role(RoleArn=f"arn:aws:iam::{aws.account}:role/guarded",
                                                         RoleSessionName="ci")
    assume(ana)
    iam.update_user(UserName="ana", NewUserName="anna", NewPath="/team/")
    assert shown() == [f"arn:aws:iam::{aws.account}:user/team/anna"]
    assume(ana)
    iam.delete_access_key(UserName="anna", AccessKeyId=ana.key)
    iam.delete_user(UserName="anna")
    namesake = User(aws, name="anna", Path="/team/")
    assert error_of(assume, user=namesake).code == "AccessDenied"
    wrong_path = trusting(f"arn:aws:iam::{aws.account}:user/anna")
    assert error_of(iam.update_assume_role_policy, RoleName="guarded",
                    PolicyDocument=wrong_path).code == "MalformedPolicyDocument"


def test_policies_of_resources_show_the_id_of_a_role_that_is_gone(aws, iam):
    """IAM User Guide, "AWS JSON policy elements: Principal", for policies of resources as for trust policies;
    hashicorp/terraform-provider-aws issue 29496 for secrets."""
    made = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    secrets, ecr = aws.client("secretsmanager"), aws.client("ecr")
    secrets.create_secret(Name="s", SecretString="x")
    ecr.create_repository(repositoryName="repo")
    secrets.put_resource_policy(SecretId="s", ResourcePolicy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": made["Arn"]}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]}))
    ecr.set_repository_policy(repositoryName="repo", policyText=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": [made["Arn"]]}, "Action": "ecr:BatchGetImage"}]}))

    def principals():
        texts = (secrets.get_resource_policy(SecretId="s")["ResourcePolicy"], ecr.get_repository_policy(repositoryName="repo")["policyText"])
        return [json.loads(text)["Statement"][0]["Principal"]["AWS"] for text in texts]

    assert principals() == [made["Arn"], [made["Arn"]]]
    iam.delete_role(RoleName="reader")
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    assert principals() == [made["RoleId"], [made["RoleId"]]]
