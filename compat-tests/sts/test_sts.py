"""STS with boto3 and the AWS CLI. Rules and texts: aws-facts H.7."""
import json

import pytest
from conftest import error_of


@pytest.fixture
def role(aws):
    """The ARN of a role that the account's own principals may assume."""
    iam = aws.client("iam")
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"}, "Action": "sts:AssumeRole"}]}
    return iam.create_role(RoleName="deploy", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def session_client(aws, credentials, service):
    return aws.client(service, key=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"],
                      token=credentials["SessionToken"])


def test_who_am_i(aws):
    identity = aws.client("sts").get_caller_identity()
    assert identity["Account"] == aws.account
    assert identity["Arn"] == f"arn:aws:iam::{aws.account}:root"
    assert aws.cli("sts", "get-caller-identity")["UserId"] == aws.account


def test_assumed_roles_are_who_they_say(aws, role):
    answer = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="ci", DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{aws.account}:assumed-role/deploy/ci"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].startswith("AROA")
    credentials = answer["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    identity = session_client(aws, credentials, "sts").get_caller_identity()
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"]
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    without_token = aws.client("sts", key=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"])
    assert error_of(without_token.get_caller_identity).code == "InvalidClientTokenId"
    assert "LastUsedDate" in aws.client("iam").get_role(RoleName="deploy")["Role"]["RoleLastUsed"]


def test_what_is_refused(aws, role):
    sts = aws.client("sts")
    refused = error_of(sts.assume_role, RoleArn=role, RoleSessionName="a:b")
    assert refused.code == "ValidationError"
    assert refused.message == ("1 validation error detected: Value 'a:b' at 'roleSessionName' failed to satisfy "
                               "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*")
    refused = error_of(sts.assume_role, RoleArn=role, RoleSessionName="ci", DurationSeconds=7200)
    assert refused.message == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    missing = f"arn:aws:iam::{aws.account}:role/missing"
    refused = error_of(sts.assume_role, RoleArn=missing, RoleSessionName="ci")
    assert (refused.code, refused.status) == ("AccessDenied", 403)
    assert refused.message == (f"User: arn:aws:iam::{aws.account}:root is not authorized to perform: sts:AssumeRole on "
                               f"resource: {missing}")
    refused = error_of(sts.assume_role, RoleArn="arn:aws:iam::123456789012:user/x", RoleSessionName="ci")
    assert (refused.code, refused.message) == ("ValidationError", "arn:aws:iam::123456789012:user/x is invalid")


def test_trust_policies_decide(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    ana = aws.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{aws.account}:user/ana"}, "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "shared"}}}]}
    arn = iam.create_role(RoleName="guarded", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    assert error_of(ana.assume_role, RoleArn=arn, RoleSessionName="ci").code == "AccessDenied"
    ana.assume_role(RoleArn=arn, RoleSessionName="ci", ExternalId="shared")
    trust["Statement"][0]["Principal"] = {"Service": "ecs-tasks.amazonaws.com"}
    iam.update_assume_role_policy(RoleName="guarded", PolicyDocument=json.dumps(trust))
    assert error_of(ana.assume_role, RoleArn=arn, RoleSessionName="ci", ExternalId="shared").code == "AccessDenied"


def test_session_tokens_and_key_owners(aws):
    sts = aws.client("sts")
    credentials = sts.get_session_token(DurationSeconds=900)["Credentials"]
    mine = session_client(aws, credentials, "sts")
    assert mine.get_caller_identity()["Arn"] == f"arn:aws:iam::{aws.account}:root"
    refused = error_of(mine.get_session_token)
    assert (refused.code, refused.message) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")
    assert sts.get_access_key_info(AccessKeyId=credentials["AccessKeyId"])["Account"] == aws.account


def test_with_the_cli(aws, role):
    answer = aws.cli("sts", "assume-role", "--role-arn", role, "--role-session-name", "cli")
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/deploy/cli")
