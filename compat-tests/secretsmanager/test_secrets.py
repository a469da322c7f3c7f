"""Secrets Manager with boto3 and the AWS CLI. Rules and texts: aws-facts F; recorded/secretsmanager.json."""
import json
import uuid

from conftest import error_of
from iam.caller import User, allow, document


def name():
    return f"prod/{uuid.uuid4().hex[:12]}"


def test_a_secret_by_name_arn_and_partial_arn(aws):
    sm = aws.client("secretsmanager")
    secret = name()
    created = sm.create_secret(Name=secret, SecretString="value", Tags=[{"Key": "team", "Value": "blue"}])
    assert created["ARN"].startswith(f"arn:aws:secretsmanager:{aws.region}:{aws.account}:secret:{secret}-")
    for secret_id in (secret, created["ARN"], created["ARN"][:-7]):
        got = sm.get_secret_value(SecretId=secret_id)
        assert got["SecretString"] == "value"
        assert got["VersionStages"] == ["AWSCURRENT"]
        assert got["VersionId"] == created["VersionId"]
    described = sm.describe_secret(SecretId=secret)
    assert described["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert described["VersionIdsToStages"] == {created["VersionId"]: ["AWSCURRENT"]}
    assert "LastAccessedDate" in described
    assert "RotationEnabled" not in described and "KmsKeyId" not in described


def test_errors_are_the_typed_exceptions(aws):
    sm = aws.client("secretsmanager")
    secret = name()
    refused = error_of(sm.get_secret_value, SecretId=secret)
    assert (refused.type, refused.status) == ("ResourceNotFoundException", 400)
    assert refused.message == "Secrets Manager can't find the specified secret."
    sm.create_secret(Name=secret, SecretString="value")
    refused = error_of(sm.create_secret, Name=secret, SecretString="other")
    assert refused.type == "ResourceExistsException"
    assert refused.message == f"The operation failed because the secret {secret} already exists."
    refused = error_of(sm.create_secret, Name="Inv Name", SecretString="x")
    assert refused.code == "ValidationException"
    assert refused.message == ("Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
                               "following: -/_+=.@!")
    refused = error_of(sm.get_random_password, PasswordLength=5000)
    assert "less than or equal to 4096" in refused.message
    refused = error_of(sm.list_secrets, NextToken="forged")
    assert refused.type == "InvalidNextTokenException"
    refused = error_of(sm.create_secret, Name=name(), SecretString="x" * 65537)
    assert "less than or equal to 65536" in refused.message
    # AWS General Reference, Secrets Manager quotas: 65,536 bytes, whatever the characters are.
    refused = error_of(sm.create_secret, Name=name(), SecretString="ü" * 32769)
    assert refused.code == "ValidationException" and "less than or equal to 65536" in refused.message
    sm.create_secret(Name=name(), SecretString="ü" * 32768)


def test_versions_and_stages(aws):
    sm = aws.client("secretsmanager")
    secret = name()
    first = sm.create_secret(Name=secret, SecretString="1")["VersionId"]
    second = sm.put_secret_value(SecretId=secret, SecretString="2", VersionStages=["AWSPENDING"])["VersionId"]
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "1"
    assert sm.get_secret_value(SecretId=secret, VersionStage="AWSPENDING")["SecretString"] == "2"
    sm.update_secret_version_stage(SecretId=secret, VersionStage="AWSCURRENT", RemoveFromVersionId=first,
                                   MoveToVersionId=second)
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "2"
    assert sm.get_secret_value(SecretId=secret, VersionStage="AWSPREVIOUS")["VersionId"] == first
    sm.put_secret_value(SecretId=secret, SecretBinary=b"\x00\xff")
    assert sm.get_secret_value(SecretId=secret)["SecretBinary"] == b"\x00\xff"
    labelled = sm.list_secret_version_ids(SecretId=secret)["Versions"]
    assert len(labelled) == 2 and labelled[0]["KmsKeyIds"] == ["DefaultEncryptionKey"]
    everything = sm.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True)["Versions"]
    assert len(everything) == 3 and "VersionStages" not in everything[0]
    refused = error_of(sm.get_secret_value, SecretId=secret, VersionId=first, VersionStage="AWSCURRENT")
    assert refused.message == "You provided a VersionStage that is not associated to the provided VersionId."


def test_an_update_of_value_and_description(aws):
    """Secrets Manager API Reference, UpdateSecret: a new value is a new version that gets AWSCURRENT; without a value
    no version comes, nor a VersionId in the answer."""
    sm = aws.client("secretsmanager")
    secret = name()
    first = sm.create_secret(Name=secret, SecretString="1", Description="a")["VersionId"]
    answer = sm.update_secret(SecretId=secret, Description="b")
    assert answer["Name"] == secret and "VersionId" not in answer
    described = sm.describe_secret(SecretId=secret)
    assert described["Description"] == "b" and described["VersionIdsToStages"] == {first: ["AWSCURRENT"]}
    second = sm.update_secret(SecretId=secret, SecretString="2")["VersionId"]
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "2"
    described = sm.describe_secret(SecretId=secret)
    assert described["Description"] == "b"
    assert described["VersionIdsToStages"] == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    assert sm.update_secret(SecretId=secret, SecretString="2", ClientRequestToken=second)["VersionId"] == second
    refused = error_of(sm.update_secret, SecretId=secret, SecretString="3", ClientRequestToken=second)
    assert refused.type == "ResourceExistsException"
    assert error_of(sm.update_secret, SecretId=name(), SecretString="x").type == "ResourceNotFoundException"
    sm.delete_secret(SecretId=secret)
    assert error_of(sm.update_secret, SecretId=secret, SecretString="3").type == "InvalidRequestException"


def test_tags_are_added_replaced_and_removed(aws):
    """Secrets Manager API Reference, TagResource, UntagResource; limits: User Guide, "Tagging secrets"."""
    sm = aws.client("secretsmanager")
    secret = name()
    sm.create_secret(Name=secret, SecretString="x", Tags=[{"Key": "team", "Value": "x"}])
    sm.tag_resource(SecretId=secret, Tags=[{"Key": "team", "Value": "y"}, {"Key": "stage", "Value": ""}])
    assert {tag["Key"]: tag["Value"] for tag in sm.describe_secret(SecretId=secret)["Tags"]} == {"team": "y", "stage": ""}
    sm.untag_resource(SecretId=secret, TagKeys=["team", "never there"])
    assert sm.describe_secret(SecretId=secret)["Tags"] == [{"Key": "stage", "Value": ""}]
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    for tags in (many, [{"Key": "aws:x", "Value": "v"}], [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]):
        assert error_of(sm.tag_resource, SecretId=secret, Tags=tags).status == 400
    assert sm.describe_secret(SecretId=secret)["Tags"] == [{"Key": "stage", "Value": ""}]
    assert error_of(sm.untag_resource, SecretId=name(), TagKeys=["a"]).type == "ResourceNotFoundException"


def test_a_resource_policy_is_validated(aws):
    """Secrets Manager API Reference, ValidateResourcePolicy; PutResourcePolicy's BlockPublicPolicy."""
    sm = aws.client("secretsmanager")
    secret = name()
    sm.create_secret(Name=secret, SecretString="x")

    def policy(principal):
        return json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})

    narrow, wide = policy({"AWS": f"arn:aws:iam::{aws.account}:root"}), policy("*")
    assert sm.validate_resource_policy(SecretId=secret, ResourcePolicy=narrow)["PolicyValidationPassed"] is True
    answer = sm.validate_resource_policy(ResourcePolicy=wide)
    assert answer["PolicyValidationPassed"] is False and len(answer["ValidationErrors"]) == 1
    assert error_of(sm.validate_resource_policy, ResourcePolicy="{").type == "MalformedPolicyDocumentException"
    nobody = error_of(sm.put_resource_policy, SecretId=secret, ResourcePolicy=policy(
        {"AWS": f"arn:aws:iam::{aws.account}:role/not-there"}))
    assert nobody.type == "MalformedPolicyDocumentException"
    assert error_of(sm.put_resource_policy, SecretId=secret, ResourcePolicy=wide, BlockPublicPolicy=True).type == (
        "PublicPolicyException")
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)


def test_deletion_and_recovery(aws):
    sm = aws.client("secretsmanager")
    secret = name()
    arn = sm.create_secret(Name=secret, SecretString="value")["ARN"]
    deleted = sm.delete_secret(SecretId=secret, RecoveryWindowInDays=7)
    assert deleted["ARN"] == arn
    refused = error_of(sm.get_secret_value, SecretId=secret)
    assert refused.type == "InvalidRequestException"
    assert "marked for deletion" in refused.message
    assert secret not in [s["Name"] for s in sm.list_secrets()["SecretList"]]
    assert "DeletedDate" in sm.describe_secret(SecretId=secret)
    sm.restore_secret(SecretId=secret)
    assert sm.get_secret_value(SecretId=secret)["SecretString"] == "value"
    sm.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    assert error_of(sm.describe_secret, SecretId=secret).type == "ResourceNotFoundException"
    assert sm.create_secret(Name=secret, SecretString="new")["ARN"] != arn


def test_a_recovery_window_ends(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    sm = aws.client("secretsmanager")
    sm.create_secret(Name="a", SecretString="value")
    sm.delete_secret(SecretId="a", RecoveryWindowInDays=7)
    status, _, _ = aws.http("POST", "/_drydock/clock", json.dumps({"advance": 7 * 24 * 3600}),
                            {"Content-Type": "application/json"})
    assert status == 200
    # The client's clock stands where it stood: unknown keys are not verified, so that is no matter.
    assert error_of(sm.describe_secret, SecretId="a").type == "ResourceNotFoundException"


def test_lists_with_filters_and_pages(aws):
    sm = aws.client("secretsmanager")
    for i in range(5):
        sm.create_secret(Name=f"app/{i}", Description="an application's", SecretString="x")
    sm.create_secret(Name="other", SecretString="x")
    names = [secret["Name"] for page in sm.get_paginator("list_secrets").paginate(
        Filters=[{"Key": "name", "Values": ["app/"]}], PaginationConfig={"PageSize": 2}) for secret in page["SecretList"]]
    assert names == [f"app/{i}" for i in range(5)]
    assert [s["Name"] for s in sm.list_secrets(Filters=[{"Key": "name", "Values": ["!app/"]}])["SecretList"]] == ["other"]


def test_resource_policy_and_password(aws):
    sm = aws.client("secretsmanager")
    secret = name()
    sm.create_secret(Name=secret, SecretString="x")
    assert "ResourcePolicy" not in sm.get_resource_policy(SecretId=secret)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"},
        "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})
    sm.put_resource_policy(SecretId=secret, ResourcePolicy=policy)
    assert json.loads(sm.get_resource_policy(SecretId=secret)["ResourcePolicy"]) == json.loads(policy)
    refused = error_of(sm.put_resource_policy, SecretId=secret, ResourcePolicy="{")
    assert refused.type == "MalformedPolicyDocumentException"
    sm.delete_resource_policy(SecretId=secret)
    assert len(sm.get_random_password(PasswordLength=20, ExcludePunctuation=True)["RandomPassword"]) == 20


def test_missing_token_in_a_raw_call(aws):
    """recorded: test_no_client_request_token[CreateSecret]"""
    status, answer = aws.json_call("secretsmanager", "secretsmanager.CreateSecret", Name="raw", SecretString="x")
    assert status == 400
    assert answer["__type"].endswith("InvalidRequestException")
    assert answer["Message"] == "You must provide a ClientRequestToken value. We recommend a UUID-type value."


def test_with_the_cli(aws):
    secret = name()
    aws.cli("secretsmanager", "create-secret", "--name", secret, "--secret-string", '{"user": "a", "password": "b"}')
    got = aws.cli("secretsmanager", "get-secret-value", "--secret-id", secret)
    assert json.loads(got["SecretString"])["password"] == "b"
    aws.cli("secretsmanager", "put-secret-value", "--secret-id", secret, "--secret-string", "new")
    aws.cli("secretsmanager", "tag-resource", "--secret-id", secret, "--tags", "Key=team,Value=blue")
    assert aws.cli("secretsmanager", "describe-secret", "--secret-id", secret)["Tags"][0]["Value"] == "blue"
    aws.cli("secretsmanager", "delete-secret", "--secret-id", secret, "--force-delete-without-recovery")
    failed = aws.cli("secretsmanager", "get-secret-value", "--secret-id", secret, check=False)
    assert "ResourceNotFoundException" in failed.stderr


def test_a_policy_is_validated_for_one_who_may_put_it(aws):
    """API Reference, ValidateResourcePolicy, required permissions: PutResourcePolicy as well."""
    sm = aws.client("secretsmanager")
    secret = sm.create_secret(Name=name())["ARN"]
    policy = document({"Effect": "Allow", "Principal": {"AWS": aws.account}, "Action": "secretsmanager:GetSecretValue",
                       "Resource": "*"})
    validate = allow("secretsmanager:ValidateResourcePolicy")
    ana = User(aws, validate)
    for of in ({"SecretId": secret}, {}):
        refused = error_of(ana.client("secretsmanager").validate_resource_policy, ResourcePolicy=policy, **of)
        assert refused.code == "AccessDeniedException" and "secretsmanager:PutResourcePolicy" in refused.message
    ana.may(validate, allow("secretsmanager:PutResourcePolicy", resource=secret))
    validated = ana.client("secretsmanager").validate_resource_policy(SecretId=secret, ResourcePolicy=policy)
    assert validated["PolicyValidationPassed"] is True


def test_the_same_version_put_once_more_changes_nothing(start_server):
    """API Reference, PutSecretValue: with a known token and the same data "the operation succeeds but does nothing"."""
    server = start_server("--ephemeral", "--manual-clock")
    aws = server.aws()
    sm = aws.client("secretsmanager")
    first = sm.create_secret(Name="s", SecretString="1")["VersionId"]
    before = sm.describe_secret(SecretId="s")
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 60}))
    again = {"SecretId": "s", "SecretString": "1", "ClientRequestToken": first}
    assert sm.put_secret_value(VersionStages=["other"], **again)["VersionStages"] == ["AWSCURRENT"]
    after = sm.describe_secret(SecretId="s")
    assert (after["VersionIdsToStages"], after["LastChangedDate"]) == (before["VersionIdsToStages"], before["LastChangedDate"])
    sm.put_secret_value(SecretId="s", SecretString="2")
    assert sm.describe_secret(SecretId="s")["LastChangedDate"] > before["LastChangedDate"]


def test_a_secret_has_50_tags_at_most(aws):
    """AWS General Reference, Secrets Manager quotas. TagResource has no LimitExceededException in the API model."""
    sm = aws.client("secretsmanager")
    secret = name()
    sm.create_secret(Name=secret, Tags=[{"Key": str(number), "Value": "v"} for number in range(50)])
    refused = error_of(sm.tag_resource, SecretId=secret, Tags=[{"Key": "more", "Value": "v"}])
    assert refused.type == "InvalidParameterException"
    sm.tag_resource(SecretId=secret, Tags=[{"Key": "0", "Value": "w"}])
    assert len(sm.describe_secret(SecretId=secret)["Tags"]) == 50
