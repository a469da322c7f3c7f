"""Each error that an IAM, STS or CloudTrail handler raises and no other test meets: code, status and the words it begins with.

Codes: the API References' "Errors" of each operation; sentences: recorded/iam.json, aws-facts H.7 and H.8.
"""
import json

import pytest
from conftest import error_of
from iam.caller import ANYONE_OF, User, allow, document, role, session

READ = document(allow("ecs:Describe*"))
TRUST_OF_ANYONE = ANYONE_OF.format("123456789012")
KEY = {"Key": "a", "Value": "1"}


@pytest.fixture
def iam(aws):
    """With a user, a group, a role, a policy and an instance profile, each called `here`."""
    iam = aws.client("iam", parameter_validation=False)
    iam.create_user(UserName="here")
    iam.create_group(GroupName="here")
    iam.create_role(RoleName="here", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    iam.create_policy(PolicyName="here", PolicyDocument=READ)
    iam.create_instance_profile(InstanceProfileName="here")
    return iam


def refused(client, call, parameters, account, code, status, words):
    parameters = json.loads(json.dumps(parameters).replace("ACCOUNT", account).replace("123456789012", account))
    error = error_of(getattr(client, call), **parameters)
    assert (error.code, error.status) == (code, status), error
    assert error.message.startswith(words), error.message


@pytest.mark.parametrize("call, parameters, code, words", [
    ("create_policy", {"PolicyName": "here", "PolicyDocument": READ}, "EntityAlreadyExists",
     "A policy called here already exists. Duplicate names are not allowed."),
    ("attach_user_policy", {"UserName": "here", "PolicyArn": "nonsense-of-20-characters"}, "ValidationError",
     "Invalid ARN:  Could not be parsed!"),
    ("attach_user_policy", {"UserName": "here", "PolicyArn": "arn:aws:iam::ACCOUNT:role/here"}, "ValidationError",
     "ARN arn:aws:iam::"),
    ("generate_service_last_accessed_details", {"Arn": "arn:aws:s3:::bucket/of-20-characters"}, "ValidationError",
     "ARN arn:aws:s3:::bucket"),
    ("list_policies_granting_service_access", {"Arn": "arn:aws:s3:::bucket/of-20-characters", "ServiceNamespaces": ["ecs"]},
     "ValidationError", "ARN arn:aws:s3:::bucket"),
    ("list_users", {"Marker": "nonsense"}, "ValidationError", "Invalid Marker."),
    ("tag_role", {"RoleName": "here", "Tags": [{"Key": "aws:a", "Value": "1"}]}, "InvalidInput", "Tag keys beginning with aws:"),
    ("tag_role", {"RoleName": "here", "Tags": [KEY, {"Key": "A", "Value": "2"}]}, "InvalidInput", "Duplicate tag keys found."),
    ("create_role", {"RoleName": "linked", "Path": "/aws-service-role/x/", "AssumeRolePolicyDocument": TRUST_OF_ANYONE},
     "InvalidInput", "The path /aws-service-role/"),
    ("create_service_linked_role", {"AWSServiceName": "ecs.amazonaws.com", "CustomSuffix": "x"}, "InvalidInput",
     "Custom suffix is not allowed for ecs.amazonaws.com"),
    ("create_service_linked_role", {"AWSServiceName": "lex.amazonaws.com"}, "InvalidInput", "Drydock has no service-linked role"),
    ("create_open_id_connect_provider", {"Url": "http://idp.example"}, "InvalidInput", "Invalid Open ID Connect Provider URL"),
    ("create_open_id_connect_provider", {"Url": "https://idp.example?a=b"}, "InvalidInput",
     "Invalid Open ID Connect Provider URL"),
    ("get_open_id_connect_provider", {"OpenIDConnectProviderArn": "arn:aws:iam::ACCOUNT:role/here"}, "InvalidInput",
     "Invalid ARN: "),
    ("get_saml_provider", {"SAMLProviderArn": "arn:aws:iam::ACCOUNT:role/here"}, "InvalidInput", "Invalid ARN: "),
    ("create_open_id_connect_provider", {"Url": "https://idp.example", "ThumbprintList": ["a" * 40] * 6}, "InvalidInput",
     "Thumbprint list must contain fewer than 5 entries."),
    ("create_open_id_connect_provider", {"Url": "https://idp.example", "ThumbprintList": ["z" * 40]}, "InvalidInput",
     "Thumbprints must be hexadecimal."),
    ("simulate_custom_policy", {"PolicyInputList": [READ], "ActionNames": ["nonsense"]}, "InvalidInput", "Invalid action name: "),
    ("simulate_custom_policy", {"PolicyInputList": ["{"], "ActionNames": ["ecs:RunTask"]}, "InvalidInput",
     "Invalid input policy: "),
    ("simulate_custom_policy", {"PolicyInputList": [READ], "ActionNames": ["ecs:RunTask"], "ResourceArns": ["nonsense"]},
     "InvalidInput", "Invalid resource ARN: nonsense"),
    ("simulate_custom_policy", {"PolicyInputList": [READ], "ActionNames": ["ecs:RunTask"],
                                "ResourceHandlingOption": "EC2-VPC-InstanceStore"}, "NotImplemented", "ResourceHandlingOption"),
    ("generate_service_last_accessed_details", {"Arn": "arn:aws:iam::ACCOUNT:role/here", "Granularity": "ACTION_LEVEL"},
     "NotImplemented", "Last accessed information about actions"),
])
def test_iam(aws, iam, call, parameters, code, words):
    statuses = {"EntityAlreadyExists": 409, "NotImplemented": 501}
    refused(iam, call, parameters, aws.account, code, statuses.get(code, 400), words)


def test_deleting_what_is_in_use_in_aws_words(aws, iam):
    policy = f"arn:aws:iam::{aws.account}:policy/here"
    delete = lambda call, words, **what: refused(iam, call, what, aws.account, "DeleteConflict", 409, words)
    iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ)
    delete("delete_policy", "This policy has more than one version.", PolicyArn=policy)
    delete("delete_policy_version", "Cannot delete the default version of a policy.", PolicyArn=policy, VersionId="v1")
    for _ in range(3):
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=READ)
    refused(iam, "create_policy_version", {"PolicyArn": policy, "PolicyDocument": READ}, aws.account, "LimitExceeded", 409,
            "A managed policy can have up to 5 versions.")
    iam.attach_role_policy(RoleName="here", PolicyArn=policy)
    delete("delete_policy", "Cannot delete a policy attached to entities.", PolicyArn=policy)
    iam.detach_role_policy(RoleName="here", PolicyArn=policy)
    iam.add_role_to_instance_profile(InstanceProfileName="here", RoleName="here")
    in_profile = "Cannot delete entity, must remove roles from instance profile first."
    delete("delete_role", in_profile, RoleName="here")
    delete("delete_instance_profile", in_profile, InstanceProfileName="here")
    iam.add_user_to_group(GroupName="here", UserName="here")
    delete("delete_group", "Cannot delete entity, must remove users from group first.", GroupName="here")
    delete("delete_user", "Cannot delete entity, must remove users from group first.", UserName="here")
    iam.create_access_key(UserName="here")
    delete("delete_user", "Cannot delete entity, must delete access keys first.", UserName="here")


def test_quotas_in_aws_words(aws, iam):
    full = lambda call, quota, **what: refused(iam, call, what, aws.account, "LimitExceeded", 409,
                                               f"Cannot exceed quota for {quota}")
    iam.tag_user(UserName="here", Tags=[{"Key": f"k{i}", "Value": "v"} for i in range(50)])
    full("tag_user", "TagsPerUser: 50", UserName="here", Tags=[{"Key": "one-more", "Value": "v"}])
    iam.create_access_key(UserName="here")
    iam.create_access_key(UserName="here")
    full("create_access_key", "AccessKeysPerUser: 2", UserName="here")
    long_trust = json.loads(ANYONE_OF.format(aws.account))
    long_trust["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "x" * 2048}}
    full("update_assume_role_policy", "ACLSizePerRole: 2048", RoleName="here", PolicyDocument=json.dumps(long_trust))


def test_passwords_and_reports(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    iam = aws.client("iam")
    ana = User(aws, allow("*"))
    iam.create_login_profile(UserName="ana", Password="aA1!aA1!")
    change = lambda old, new: error_of(ana.client("iam").change_password, OldPassword=old, NewPassword=new)
    assert change("wrong-one", "bB2!bB2!").code == "AccessDenied"
    assert change("aA1!aA1!", "short").code == "PasswordPolicyViolation"
    iam.generate_credential_report()
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    iam.get_credential_report()
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 30 * 86400}))
    assert error_of(iam.get_credential_report).code == "ReportExpired"


def test_what_aws_manages_is_read_only(aws, iam):
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    for call, more in (("delete_policy", {}), ("create_policy_version", {"PolicyDocument": READ}),
                       ("set_default_policy_version", {"VersionId": "v1"}), ("delete_policy_version", {"VersionId": "v1"})):
        refused(iam, call, {"PolicyArn": managed, **more}, aws.account, "AccessDenied", 403, "User: ")


@pytest.mark.parametrize("parameters, code, words", [
    ({"Tags": [KEY, {"Key": "A", "Value": "2"}]}, "InvalidParameterValue", "Duplicate tag keys found."),
    ({"TransitiveTagKeys": ["a"]}, "InvalidParameterValue", "The specified transitive tag key must be included"),
    ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 11}, "ValidationError",
     "A session can have up to 10 managed session policies."),
    ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/NoSuchPolicy"}]}, "ValidationError",
     "Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist"),
    ({"Policy": "{"}, "MalformedPolicyDocument", "Syntax errors in policy."),
    ({"Policy": document(allow("ecs:" + "x" * 2000))}, "PackedPolicyTooLarge", "Packed policy consumes more than 100%"),
])
def test_assume_role(aws, parameters, code, words):
    trust = ANYONE_OF.format(aws.account).replace('"sts:AssumeRole"', '["sts:AssumeRole","sts:TagSession"]')
    arn = role(aws, trust=trust)
    refused(aws.client("sts"), "assume_role", {"RoleArn": arn, "RoleSessionName": "ci", **parameters}, aws.account, code, 400,
            words)


def test_a_transitive_tag_stays_what_it_is(aws):
    trust = ANYONE_OF.format(aws.account).replace('"sts:AssumeRole"', '["sts:AssumeRole","sts:TagSession"]')
    first, second = role(aws, allow("sts:*"), name="first", trust=trust), role(aws, name="second", trust=trust)
    ci = session(aws, first, Tags=[KEY], TransitiveTagKeys=["a"])
    refused(ci.client("sts"), "assume_role", {"RoleArn": second, "RoleSessionName": "ci", "Tags": [KEY]}, aws.account,
            "InvalidParameterValue", 400, "One of the specified transitive tag keys can't be set because it conflicts")


def test_web_identities(aws):
    arn = role(aws)
    call = {"RoleArn": arn, "RoleSessionName": "ci", "WebIdentityToken": "a.b.c"}
    refuse = lambda code, status, words, **more: refused(
        aws.client("sts"), "assume_role_with_web_identity", {**call, **more}, aws.account, code, status, words)
    refuse("NotImplemented", 501, "OAuth 2.0 access tokens", ProviderId="www.amazon.com")
    refuse("ValidationError", 400, "arn:aws:iam::123456789012:user/x is invalid".replace("123456789012", aws.account),
           RoleArn=f"arn:aws:iam::{aws.account}:user/x")


@pytest.mark.parametrize("call, parameters, code", [
    ("put_insight_selectors", {"TrailName": "audit", "InsightSelectors": [{}]}, "InvalidInsightSelectorsException"),
    ("list_tags", {"ResourceIdList": ["arn:aws:cloudtrail:eu-central-1:ACCOUNT:eventdatastore/x"]},
     "ResourceTypeNotSupportedException"),
    ("list_tags", {"ResourceIdList": ["arn:aws:cloudtrail:eu-central-1:ACCOUNT:trail/audit"], "NextToken": "x"},
     "InvalidTokenException"),
    ("describe_trails", {"trailNameList": ["arn:aws:ec2:x:y:z"]}, "CloudTrailARNInvalidException"),
    ("describe_trails", {"trailNameList": ["a"]}, "InvalidTrailNameException"),
])
def test_cloudtrail(aws, call, parameters, code):
    client = aws.client("cloudtrail", parameter_validation=False)
    client.create_trail(Name="audit", S3BucketName="my-bucket")
    refused(client, call, parameters, aws.account, code, 400, "")


def test_there_are_no_event_data_stores(aws):
    headers = {"X-Amz-Target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetInsightSelectors",
               "Content-Type": "application/x-amz-json-1.1", "X-Amz-Date": "20260101T000000Z",
               "Authorization": f"AWS4-HMAC-SHA256 Credential={aws.account}/20260101/us-east-1/cloudtrail/aws4_request,"
                                "SignedHeaders=host,Signature=00"}
    for operation in ("GetInsightSelectors", "PutInsightSelectors"):
        headers["X-Amz-Target"] = headers["X-Amz-Target"].rsplit(".", 1)[0] + "." + operation
        status, _, body = aws.http("POST", "/", '{"EventDataStore": "abc", "InsightSelectors": []}', headers)
        assert status == 400 and json.loads(body)["__type"] == "UnsupportedOperationException"
