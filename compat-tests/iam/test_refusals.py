"""What each IAM and STS operation is refused for. Codes: IAM and STS API References, the operations' "Errors"."""
import json

import pytest
from conftest import error_of
from iam.caller import ANYONE_OF, User, allow, document, role, session

READ = document(allow("ecs:Describe*"))
NO_POLICY = "arn:aws:iam::123456789012:policy/None"
OIDC = "arn:aws:iam::123456789012:oidc-provider/none.example"
SAML = "arn:aws:iam::123456789012:saml-provider/none"
TAGS = {"Tags": [{"Key": "k", "Value": "v"}]}
KEYS = {"TagKeys": ["k"]}

# Operations on what does not exist: NoSuchEntity.
USER = {"UserName": "nobody"}
MISSING = {
    "GetUser": USER, "UpdateUser": USER, "DeleteUser": USER, "ListGroupsForUser": USER, "ListUserPolicies": USER,
    "ListAttachedUserPolicies": USER, "ListUserTags": USER, "CreateAccessKey": USER, "ListAccessKeys": USER,
    "GetLoginProfile": USER, "DeleteLoginProfile": USER, "UpdateLoginProfile": USER,
    "DeleteUserPermissionsBoundary": USER, "TagUser": {**USER, **TAGS}, "UntagUser": {**USER, **KEYS},
    "CreateLoginProfile": {**USER, "Password": "aA1!aA1!"},
    "PutUserPolicy": {**USER, "PolicyName": "p", "PolicyDocument": READ},
    "GetUserPolicy": {**USER, "PolicyName": "p"}, "DeleteUserPolicy": {**USER, "PolicyName": "p"},
    "AttachUserPolicy": {**USER, "PolicyArn": NO_POLICY}, "DetachUserPolicy": {**USER, "PolicyArn": NO_POLICY},
    "PutUserPermissionsBoundary": {**USER, "PermissionsBoundary": NO_POLICY},
    "UpdateAccessKey": {**USER, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"},
    "DeleteAccessKey": {**USER, "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"},
    "GetAccessKeyLastUsed": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"},
    "GetGroup": {"GroupName": "none"}, "UpdateGroup": {"GroupName": "none"}, "DeleteGroup": {"GroupName": "none"},
    "ListGroupPolicies": {"GroupName": "none"}, "ListAttachedGroupPolicies": {"GroupName": "none"},
    "PutGroupPolicy": {"GroupName": "none", "PolicyName": "p", "PolicyDocument": READ},
    "GetGroupPolicy": {"GroupName": "none", "PolicyName": "p"},
    "DeleteGroupPolicy": {"GroupName": "none", "PolicyName": "p"},
    "AttachGroupPolicy": {"GroupName": "none", "PolicyArn": NO_POLICY},
    "DetachGroupPolicy": {"GroupName": "none", "PolicyArn": NO_POLICY},
    "AddUserToGroup": {"GroupName": "none", "UserName": "nobody"},
    "RemoveUserFromGroup": {"GroupName": "none", "UserName": "nobody"},
    "GetRole": {"RoleName": "none"}, "UpdateRole": {"RoleName": "none"}, "DeleteRole": {"RoleName": "none"},
    "UpdateRoleDescription": {"RoleName": "none", "Description": ""}, "ListRolePolicies": {"RoleName": "none"},
    "UpdateAssumeRolePolicy": {"RoleName": "none", "PolicyDocument": ANYONE_OF.format("123456789012")},
    "ListAttachedRolePolicies": {"RoleName": "none"}, "ListRoleTags": {"RoleName": "none"},
    "ListInstanceProfilesForRole": {"RoleName": "none"}, "DeleteRolePermissionsBoundary": {"RoleName": "none"},
    "TagRole": {"RoleName": "none", **TAGS}, "UntagRole": {"RoleName": "none", **KEYS},
    "PutRolePolicy": {"RoleName": "none", "PolicyName": "p", "PolicyDocument": READ},
    "GetRolePolicy": {"RoleName": "none", "PolicyName": "p"},
    "DeleteRolePolicy": {"RoleName": "none", "PolicyName": "p"},
    "AttachRolePolicy": {"RoleName": "none", "PolicyArn": NO_POLICY},
    "DetachRolePolicy": {"RoleName": "none", "PolicyArn": NO_POLICY},
    "PutRolePermissionsBoundary": {"RoleName": "none", "PermissionsBoundary": NO_POLICY},
    "DeleteServiceLinkedRole": {"RoleName": "none"},
    "GetServiceLinkedRoleDeletionStatus": {"DeletionTaskId": "task/aws-service-role/none.amazonaws.com/none/1"},
    "GetPolicy": {"PolicyArn": NO_POLICY}, "DeletePolicy": {"PolicyArn": NO_POLICY},
    "ListPolicyVersions": {"PolicyArn": NO_POLICY}, "ListEntitiesForPolicy": {"PolicyArn": NO_POLICY},
    "ListPolicyTags": {"PolicyArn": NO_POLICY}, "TagPolicy": {"PolicyArn": NO_POLICY, **TAGS},
    "UntagPolicy": {"PolicyArn": NO_POLICY, **KEYS},
    "CreatePolicyVersion": {"PolicyArn": NO_POLICY, "PolicyDocument": READ},
    "GetPolicyVersion": {"PolicyArn": NO_POLICY, "VersionId": "v1"},
    "DeletePolicyVersion": {"PolicyArn": NO_POLICY, "VersionId": "v1"},
    "SetDefaultPolicyVersion": {"PolicyArn": NO_POLICY, "VersionId": "v1"},
    "GetInstanceProfile": {"InstanceProfileName": "none"}, "DeleteInstanceProfile": {"InstanceProfileName": "none"},
    "AddRoleToInstanceProfile": {"InstanceProfileName": "none", "RoleName": "none"},
    "RemoveRoleFromInstanceProfile": {"InstanceProfileName": "none", "RoleName": "none"},
    "ListInstanceProfileTags": {"InstanceProfileName": "none"},
    "TagInstanceProfile": {"InstanceProfileName": "none", **TAGS},
    "UntagInstanceProfile": {"InstanceProfileName": "none", **KEYS},
    "GetOpenIDConnectProvider": {"OpenIDConnectProviderArn": OIDC},
    "AddClientIDToOpenIDConnectProvider": {"OpenIDConnectProviderArn": OIDC, "ClientID": "c"},
    "RemoveClientIDFromOpenIDConnectProvider": {"OpenIDConnectProviderArn": OIDC, "ClientID": "c"},
    "UpdateOpenIDConnectProviderThumbprint": {"OpenIDConnectProviderArn": OIDC, "ThumbprintList": ["a" * 40]},
    "ListOpenIDConnectProviderTags": {"OpenIDConnectProviderArn": OIDC},
    "TagOpenIDConnectProvider": {"OpenIDConnectProviderArn": OIDC, **TAGS},
    "UntagOpenIDConnectProvider": {"OpenIDConnectProviderArn": OIDC, **KEYS},
    "GetSAMLProvider": {"SAMLProviderArn": SAML}, "DeleteSAMLProvider": {"SAMLProviderArn": SAML},
    "ListSAMLProviderTags": {"SAMLProviderArn": SAML}, "TagSAMLProvider": {"SAMLProviderArn": SAML, **TAGS},
    "UntagSAMLProvider": {"SAMLProviderArn": SAML, **KEYS},
    "GetServiceLastAccessedDetails": {"JobId": "0" * 36},
    "GetServiceLastAccessedDetailsWithEntities": {"JobId": "0" * 36, "ServiceNamespace": "ecs"},
    "DeleteAccountAlias": {"AccountAlias": "none-of-ours"}, "GetAccountPasswordPolicy": {},
    "DeleteAccountPasswordPolicy": {},
    "GenerateServiceLastAccessedDetails": {"Arn": "arn:aws:iam::ACCOUNT:role/none"},
    "ListPoliciesGrantingServiceAccess": {"Arn": "arn:aws:iam::ACCOUNT:user/nobody", "ServiceNamespaces": ["ecs"]},
    "SimulatePrincipalPolicy": {"PolicySourceArn": "arn:aws:iam::ACCOUNT:user/nobody", "ActionNames": ["ecs:RunTask"]},
    "GetContextKeysForPrincipalPolicy": {"PolicySourceArn": "arn:aws:iam::ACCOUNT:user/nobody"},
}


def method(client, operation):
    names = {name: python for python, name in client.meta.method_to_api_mapping.items()}
    return getattr(client, names[operation])


def placed(parameters, account):
    return json.loads(json.dumps(parameters).replace("ACCOUNT", account).replace("123456789012", account))


@pytest.mark.parametrize("operation", MISSING)
def test_what_does_not_exist(aws, operation):
    iam = aws.client("iam")
    refused = error_of(method(iam, operation), **placed(MISSING[operation], aws.account))
    assert (refused.code, refused.status, refused.type) == ("NoSuchEntity", 404, "NoSuchEntityException")


def test_what_exists_already(aws):
    iam = aws.client("iam")
    trust = ANYONE_OF.format(aws.account)
    metadata = ('<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example">'
                '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
                '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
                'Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>').ljust(1000)
    made = {
        "CreateUser": {"UserName": "ana"}, "CreateGroup": {"GroupName": "developers"},
        "CreateRole": {"RoleName": "deploy", "AssumeRolePolicyDocument": trust},
        "CreatePolicy": {"PolicyName": "Deploy", "PolicyDocument": READ},
        "CreateInstanceProfile": {"InstanceProfileName": "profile"},
        "CreateLoginProfile": {"UserName": "ana", "Password": "aA1!aA1!"},
        "CreateAccountAlias": {"AccountAlias": f"alias-{aws.account}"},
        "CreateOpenIDConnectProvider": {"Url": "https://idp.example", "ThumbprintList": ["a" * 40]},
        "CreateSAMLProvider": {"Name": "idp", "SAMLMetadataDocument": metadata},
    }
    for operation, parameters in made.items():
        method(iam, operation)(**parameters)
    other = aws.server.aws().client("iam")  # of aliases there is one in the world
    for operation, parameters in made.items():
        refused = error_of(method(other if operation == "CreateAccountAlias" else iam, operation), **parameters)
        assert (refused.code, refused.status) == ("EntityAlreadyExists", 409), operation
    # Names differ by more than case. IAM User Guide, "IAM and AWS STS quotas", name requirements.
    assert error_of(iam.create_user, UserName="ANA").code == "EntityAlreadyExists"
    iam.create_user(UserName="ben")
    assert error_of(iam.update_user, UserName="ben", NewUserName="Ana").code == "EntityAlreadyExists"
    iam.create_group(GroupName="testers")
    assert error_of(iam.update_group, GroupName="testers", NewGroupName="developers").code == "EntityAlreadyExists"


def test_what_is_in_the_way(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="developers")
    iam.add_user_to_group(GroupName="developers", UserName="ana")
    iam.create_login_profile(UserName="ana", Password="aA1!aA1!")
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=READ)
    policy = iam.create_policy(PolicyName="Deploy", PolicyDocument=READ)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ana", PolicyArn=policy)
    iam.create_access_key(UserName="ana")
    conflicts = lambda call, **of: error_of(call, **of).type == "DeleteConflictException"
    assert conflicts(iam.delete_policy, PolicyArn=policy)
    assert conflicts(iam.delete_group, GroupName="developers")
    for _ in range(6):
        assert conflicts(iam.delete_user, UserName="ana")
        keys = iam.list_access_keys(UserName="ana")["AccessKeyMetadata"]
        if keys:
            iam.delete_access_key(UserName="ana", AccessKeyId=keys[0]["AccessKeyId"])
        elif iam.list_attached_user_policies(UserName="ana")["AttachedPolicies"]:
            iam.detach_user_policy(UserName="ana", PolicyArn=policy)
        elif iam.list_user_policies(UserName="ana")["PolicyNames"]:
            iam.delete_user_policy(UserName="ana", PolicyName="p")
        elif iam.list_groups_for_user(UserName="ana")["Groups"]:
            iam.remove_user_from_group(GroupName="developers", UserName="ana")
        else:
            iam.delete_login_profile(UserName="ana")
            break
    iam.delete_user(UserName="ana")
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="web")
    assert conflicts(iam.delete_instance_profile, InstanceProfileName="profile")


def test_quotas(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    full = lambda call, **of: error_of(call, **of).type == "LimitExceededException"
    for _ in range(2):
        iam.create_access_key(UserName="ana")
    assert full(iam.create_access_key, UserName="ana")
    for i in range(10):
        iam.create_group(GroupName=f"g{i}")
        iam.add_user_to_group(GroupName=f"g{i}", UserName="ana")
        iam.attach_user_policy(UserName="ana", PolicyArn=iam.create_policy(
            PolicyName=f"p{i}", PolicyDocument=READ)["Policy"]["Arn"])
    iam.create_group(GroupName="g10")
    assert full(iam.add_user_to_group, GroupName="g10", UserName="ana")
    one_more = iam.create_policy(PolicyName="p10", PolicyDocument=READ)["Policy"]["Arn"]
    assert full(iam.attach_user_policy, UserName="ana", PolicyArn=one_more)
    iam.create_instance_profile(InstanceProfileName="profile")
    for name in ("one", "two"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="one")
    assert full(iam.add_role_to_instance_profile, InstanceProfileName="profile", RoleName="two")


@pytest.mark.parametrize("operation, parameters", [
    ("CreatePolicy", {"PolicyName": "p"}), ("PutUserPolicy", {"UserName": "ana", "PolicyName": "p"}),
    ("PutRolePolicy", {"RoleName": "web", "PolicyName": "p"}), ("PutGroupPolicy", {"GroupName": "g", "PolicyName": "p"}),
    ("UpdateAssumeRolePolicy", {"RoleName": "web"}), ("CreatePolicyVersion", {"PolicyArn": "POLICY"})])
def test_documents_are_read_wherever_they_are_given(aws, operation, parameters):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    iam.create_group(GroupName="g")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    arn = iam.create_policy(PolicyName="there", PolicyDocument=READ)["Policy"]["Arn"]
    parameters = {key: arn if value == "POLICY" else value for key, value in parameters.items()}
    for text in ("{", "[]", '{"Statement": []}', '{"Statement": [{"Effect": "Maybe"}]}', "null"):
        refused = error_of(method(iam, operation), PolicyDocument=text, **parameters)
        assert (refused.code, refused.status) == ("MalformedPolicyDocument", 400), text


def test_what_only_users_can_and_nobody_may(aws):
    iam = aws.client("iam")
    ci = session(aws, role(aws, allow("*")))
    assert error_of(ci.client("iam").change_password, OldPassword="a" * 8, NewPassword="b" * 8).code == "InvalidUserType"
    assert error_of(ci.client("iam").get_user).code == "ValidationError"
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    assert error_of(iam.delete_policy, PolicyArn=managed).code == "AccessDenied"
    assert error_of(iam.create_policy_version, PolicyArn=managed, PolicyDocument=READ).code == "AccessDenied"
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    linked = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"
    assert error_of(iam.attach_role_policy, RoleName="web", PolicyArn=linked).code == "PolicyNotAttachable"
    iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    for call, more in ((iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": READ}),
                       (iam.attach_role_policy, {"PolicyArn": managed}),
                       (iam.update_assume_role_policy, {"PolicyDocument": ANYONE_OF.format(aws.account)})):
        assert error_of(call, RoleName="AWSServiceRoleForECS", **more).type == "UnmodifiableEntityException"
    assert error_of(iam.get_credential_report).type == "CredentialReportNotPresentException"
    iam.create_user(UserName="ana")
    iam.update_account_password_policy(MinimumPasswordLength=20)
    refused = error_of(iam.create_login_profile, UserName="ana", Password="aA1!aA1!")
    assert refused.type == "PasswordPolicyViolationException"


@pytest.mark.parametrize("parameters, code", [
    ({"ActionNames": ["ecs"]}, "InvalidInput"), ({"ActionNames": ["ecs:*"]}, "InvalidInput"),
    ({"ActionNames": ["ecs:RunTask"], "ResourceArns": ["web"]}, "InvalidInput"),
    ({"ActionNames": ["ecs:RunTask"], "PolicyInputList": ["{"]}, "InvalidInput"),
    ({"ActionNames": ["ecs:RunTask"], "ResourcePolicy": READ}, "InvalidInput"),
    ({"ActionNames": ["ecs:RunTask"], "CallerArn": "arn:aws:iam::123456789012:role/web"}, "InvalidInput"),
    ({"ActionNames": ["ecs:RunTask"], "ResourceHandlingOption": "EC2-VPC-EBS"}, "NotImplemented")])
def test_simulations_that_cannot_be_made(aws, parameters, code):
    assert error_of(aws.client("iam").simulate_custom_policy, **{"PolicyInputList": [READ], **parameters}).code == code


@pytest.mark.parametrize("service, operation, parameters", [
    ("sts", "AssumeRoleWithSAML", {"RoleArn": "arn:aws:iam::123456789012:role/web", "PrincipalArn": SAML,
                                   "SAMLAssertion": "PHNhbWw+"}),
    ("iam", "CreateVirtualMFADevice", {"VirtualMFADeviceName": "phone"}),
    ("iam", "EnableMFADevice", {"UserName": "ana", "SerialNumber": "arn:aws:iam::123456789012:mfa/phone",
                                "AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}),
    ("iam", "ListMFADevices", {}), ("iam", "UploadSSHPublicKey", {"UserName": "ana", "SSHPublicKeyBody": "ssh-rsa A"}),
    ("iam", "ListServerCertificates", {})])
def test_what_drydock_does_not_have_says_so(aws, service, operation, parameters):
    refused = error_of(method(aws.client(service), operation), **parameters)
    assert (refused.code, refused.status) == ("NotImplemented", 501)
    assert f"Drydock does not implement {service}:{operation} yet" in refused.message


def test_sts_refuses(aws):
    sts, iam = aws.client("sts"), aws.client("iam")
    trust = document({"Effect": "Allow", "Principal": {"AWS": aws.account}, "Action": ["sts:AssumeRole", "sts:TagSession"]})
    arn = role(aws, allow("*"), trust=trust)
    assume = lambda **more: sts.assume_role(**{"RoleArn": arn, "RoleSessionName": "ci", **more})
    assert error_of(assume, Policy="{").code == "MalformedPolicyDocument"
    large = document(*(allow("ecs:RunTask", resource=f"arn:aws:ecs:*:*:task/{i}/{'x' * 60}") for i in range(20)))
    assert error_of(assume, Policy=large).code in ("PackedPolicyTooLarge", "ValidationError")
    assert error_of(assume, PolicyArns=[{"arn": NO_POLICY}]).status == 400
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert error_of(assume, Tags=twice).code == "InvalidParameterValue"
    assert error_of(assume, Tags=[{"Key": "a", "Value": "1"}], TransitiveTagKeys=["b"]).code == "InvalidParameterValue"
    assert error_of(assume, DurationSeconds=43201).code == "ValidationError"
    for call, more in ((sts.get_session_token, {}), (sts.get_federation_token, {"Name": "guest"})):
        assert error_of(call, DurationSeconds=129601, **more).code == "ValidationError"
    ci = session(aws, arn)
    chained = role(aws, allow("*"), name="next")
    refused = error_of(ci.client("sts").assume_role, RoleArn=chained, RoleSessionName="ci", DurationSeconds=3601)
    assert "role chaining" in refused.message
    assert error_of(ci.client("sts").get_federation_token, Name="guest").code == "AccessDenied"
    assert error_of(ci.client("sts").get_session_token).code == "AccessDenied"
    assert error_of(sts.decode_authorization_message, EncodedMessage="nonsense").code == (
        "InvalidAuthorizationMessageException")
    assert error_of(sts.get_access_key_info, AccessKeyId="not a key at all").code == "ValidationError"
    ana = User(aws)
    iam.create_role(RoleName="closed", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
    closed = f"arn:aws:iam::{aws.account}:role/closed"
    assert error_of(ana.client("sts").assume_role, RoleArn=closed, RoleSessionName="ci").code == "AccessDenied"
    assert error_of(ana.client("sts").get_federation_token, Name="guest").code == "AccessDenied"
    assert error_of(ana.client("sts").decode_authorization_message, EncodedMessage="x").code == "AccessDenied"
