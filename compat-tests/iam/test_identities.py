"""Login profiles, password policy, providers, tags, renaming, account details, reports: real clients, many small checks."""
import csv
import io
import json

import pytest

from conftest import error_of

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
ALLOW_ECS = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]})


def test_login_profiles_and_the_password_policy(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    assert error_of(iam.get_login_profile, UserName="ana").message == "Login Profile for User ana cannot be found."
    assert error_of(iam.create_login_profile, UserName="ana", Password="short").type == "PasswordPolicyViolationException"
    profile = iam.create_login_profile(UserName="ana", Password="correct-Horse", PasswordResetRequired=True)["LoginProfile"]
    assert profile["UserName"] == "ana" and profile["PasswordResetRequired"] is True
    assert error_of(iam.create_login_profile, UserName="ana", Password="correct-Horse").code == "EntityAlreadyExists"
    assert error_of(iam.delete_user, UserName="ana").message == "Cannot delete entity, must delete login profile first."

    assert error_of(iam.get_account_password_policy).message == (
        f"The Password Policy with domain name {aws.account} cannot be found.")
    iam.update_account_password_policy(MinimumPasswordLength=10, RequireNumbers=True, MaxPasswordAge=30,
                                       PasswordReusePrevention=2)
    policy = iam.get_account_password_policy()["PasswordPolicy"]
    assert policy["ExpirePasswords"] is True and policy["RequireSymbols"] is False and policy["MaxPasswordAge"] == 30

    # The user changes the password with a key of their own.
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    iam.put_user_policy(UserName="ana", PolicyName="own", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}]}))
    own = aws.client("iam", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    assert error_of(own.change_password, OldPassword="wrong", NewPassword="new-password-1").code == "AccessDenied"
    assert error_of(own.change_password, OldPassword="correct-Horse", NewPassword="new-password").code == (
        "PasswordPolicyViolation")
    own.change_password(OldPassword="correct-Horse", NewPassword="new-password-1")
    assert iam.get_login_profile(UserName="ana")["LoginProfile"]["PasswordResetRequired"] is False
    assert error_of(own.change_password, OldPassword="new-password-1", NewPassword="new-password-1").code == (
        "PasswordPolicyViolation")
    assert error_of(iam.change_password, OldPassword="a", NewPassword="b").code == "InvalidUserType"

    iam.generate_credential_report()
    rows = list(csv.DictReader(io.StringIO(iam.get_credential_report()["Content"].decode())))
    assert [row["user"] for row in rows] == ["<root_account>", "ana"]
    assert rows[1]["password_enabled"] == "true" and rows[1]["access_key_1_active"] == "true"
    assert rows[1]["access_key_2_active"] == "false" and rows[1]["password_next_rotation"] != "N/A"
    assert iam.generate_credential_report()["State"] == "COMPLETE"

    iam.delete_account_password_policy()
    assert error_of(iam.delete_account_password_policy).code == "NoSuchEntity"
    iam.update_login_profile(UserName="ana", Password="Another-password")
    iam.delete_login_profile(UserName="ana")
    assert error_of(iam.delete_login_profile, UserName="ana").code == "NoSuchEntity"
    assert error_of(aws.client("iam", region="us-east-1", key="123412341234").get_credential_report).code == (
        "ReportNotPresent")


def test_providers(aws):
    iam = aws.client("iam")
    url = "https://token.actions.githubusercontent.com"
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40],
                                              Tags=[{"Key": "k", "Value": "v"}])["OpenIDConnectProviderArn"]
    assert arn == f"arn:aws:iam::{aws.account}:oidc-provider/token.actions.githubusercontent.com"
    assert error_of(iam.create_open_id_connect_provider, Url=url, ThumbprintList=["a" * 40]).message == (
        f"Provider with url {url} already exists.")
    assert error_of(iam.create_open_id_connect_provider, Url="http://x.example", ThumbprintList=["a" * 40]).code == (
        "InvalidInput")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="two")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["b" * 40])
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["k"])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "l", "Value": "w"}])
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert (provider["Url"], provider["ClientIDList"], provider["ThumbprintList"]) == (url[8:], ["two"], ["b" * 40])
    assert iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"] == [{"Key": "l", "Value": "w"}]
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": arn}]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert error_of(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn).message == (
        f"OpenIDConnect Provider not found for arn {arn}")

    metadata = ('<EntityDescriptor validUntil="2030-01-01T00:00:00Z"><IDPSSODescriptor/></EntityDescriptor>').ljust(1000)
    arn = iam.create_saml_provider(Name="corp", SAMLMetadataDocument=metadata)["SAMLProviderArn"]
    assert error_of(iam.create_saml_provider, Name="other", SAMLMetadataDocument="x" * 1000).message == (
        "Could not parse metadata")
    assert iam.get_saml_provider(SAMLProviderArn=arn)["ValidUntil"].year == 2030
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=metadata.replace("2030", "2031"))
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "k", "Value": "v"}, {"Key": "l", "Value": ""}])
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["k"])
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"] == [{"Key": "l", "Value": ""}]
    assert iam.list_saml_providers()["SAMLProviderList"][0]["ValidUntil"].year == 2031
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert error_of(iam.delete_saml_provider, SAMLProviderArn=arn).message == f"Manifest not found for arn {arn}"


def test_renaming_and_instance_profile_tags(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ana")
    iam.attach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.update_group(GroupName="g", NewGroupName="Team", NewPath="/x/")
    assert iam.list_groups_for_user(UserName="ana")["Groups"][0]["Arn"].endswith(":group/x/Team")
    assert len(iam.list_attached_group_policies(GroupName="Team")["AttachedPolicies"]) == 1
    iam.create_group(GroupName="other")
    assert error_of(iam.update_group, GroupName="other", NewGroupName="TEAM").code == "EntityAlreadyExists"
    assert error_of(iam.update_group, GroupName="g", NewPath="/").code == "NoSuchEntity"

    iam.create_instance_profile(InstanceProfileName="p", Tags=[{"Key": "a", "Value": "1"}])
    iam.tag_instance_profile(InstanceProfileName="p", Tags=[{"Key": "b", "Value": "2"}])
    iam.untag_instance_profile(InstanceProfileName="p", TagKeys=["a"])
    assert iam.list_instance_profile_tags(InstanceProfileName="p")["Tags"] == [{"Key": "b", "Value": "2"}]


def test_account_authorization_details(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana", Tags=[{"Key": "a", "Value": "b"}])
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=ALLOW_ECS)
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ana")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
    iam.create_instance_profile(InstanceProfileName="ip")
    iam.add_role_to_instance_profile(InstanceProfileName="ip", RoleName="r")
    arn = iam.create_policy(PolicyName="mine", PolicyDocument=ALLOW_ECS)["Policy"]["Arn"]
    details = iam.get_account_authorization_details()
    user, role = details["UserDetailList"][0], details["RoleDetailList"][0]
    assert user["GroupList"] == ["g"] and user["UserPolicyList"][0]["PolicyDocument"] == json.loads(ALLOW_ECS)
    assert role["InstanceProfileList"][0]["InstanceProfileName"] == "ip"
    assert role["AttachedManagedPolicies"][0]["PolicyName"] == "PowerUserAccess"
    assert {policy["Arn"] for policy in details["Policies"]} == {arn, "arn:aws:iam::aws:policy/PowerUserAccess"}
    assert details["Policies"][0]["PolicyVersionList"][0]["IsDefaultVersion"] is True
    only = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])
    assert [policy["Arn"] for policy in only["Policies"]] == [arn] and not only["UserDetailList"]
    pages = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2}))
    assert len(pages) == 3
    listed = aws.cli("iam", "get-account-authorization-details", "--filter", "Role", "Group")
    assert [group["GroupName"] for group in listed["GroupDetailList"]] == ["g"]


def test_last_accessed_and_policies_that_grant_access(aws):
    iam = aws.client("iam")
    user_arn = iam.create_user(UserName="ana")["User"]["Arn"]
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=ALLOW_ECS)
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ana")
    iam.attach_group_policy(GroupName="g", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess")
    granting = iam.list_policies_granting_service_access(Arn=user_arn, ServiceNamespaces=["ecs", "ec2", "iam"])
    found = {each["ServiceNamespace"]: [policy["PolicyName"] for policy in each["Policies"]]
             for each in granting["PoliciesGrantingServiceAccess"]}
    assert found == {"ecs": ["p"], "ec2": ["AmazonEC2ReadOnlyAccess"], "iam": []}

    key = iam.create_access_key(UserName="ana")["AccessKey"]
    assert iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    aws.client("ecs", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).list_clusters()
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == "ana"
    assert (used["AccessKeyLastUsed"]["ServiceName"], used["AccessKeyLastUsed"]["Region"]) == ("ecs", aws.region)

    job = iam.generate_service_last_accessed_details(Arn=user_arn)["JobId"]
    details = iam.get_service_last_accessed_details(JobId=job)
    assert details["JobStatus"] == "COMPLETED"
    services = {each["ServiceNamespace"]: each for each in details["ServicesLastAccessed"]}
    assert services["ecs"]["LastAuthenticatedEntity"] == user_arn and services["ecs"]["TotalAuthenticatedEntities"] == 1
    assert "LastAuthenticated" not in services["ec2"] and "iam" not in services
    entities = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="ecs")["EntityDetailsList"]
    assert entities[0]["EntityInfo"]["Name"] == "ana" and entities[0]["EntityInfo"]["Type"] == "USER"
    assert error_of(iam.get_service_last_accessed_details, JobId="0" * 36).code == "NoSuchEntity"


def test_token_preferences_and_the_account_summary(aws):
    iam = aws.client("iam")
    assert iam.get_account_summary()["SummaryMap"]["GlobalEndpointTokenVersion"] == 1
    iam.set_security_token_service_preferences(GlobalEndpointTokenVersion="v2Token")
    iam.create_open_id_connect_provider(Url="https://id.example.com", ThumbprintList=["a" * 40])
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["GlobalEndpointTokenVersion"] == 2 and summary["Providers"] == 1
