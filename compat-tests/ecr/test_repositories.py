"""ECR repositories. Texts: aws-facts I.4."""
import datetime
import json

import pytest

from conftest import error_of
from ecr.images import put_image


def test_a_repository_is_made_described_and_deleted(aws, ecr):
    made = ecr.create_repository(repositoryName="team/auth", tags=[{"Key": "team", "Value": "x"}])["repository"]
    assert made["repositoryArn"] == f"arn:aws:ecr:{aws.region}:{aws.account}:repository/team/auth"
    assert made["registryId"] == aws.account
    assert made["repositoryUri"].endswith("/team/auth")
    assert made["imageTagMutability"] == "MUTABLE"
    assert made["imageScanningConfiguration"] == {"scanOnPush": False}
    assert made["encryptionConfiguration"] == {"encryptionType": "AES256"}
    assert abs(made["createdAt"] - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=5)
    assert ecr.describe_repositories()["repositories"] == [made]
    assert ecr.list_tags_for_resource(resourceArn=made["repositoryArn"])["tags"] == [{"Key": "team", "Value": "x"}]
    assert ecr.delete_repository(repositoryName="team/auth")["repository"]["repositoryName"] == "team/auth"
    assert ecr.describe_repositories()["repositories"] == []


def test_refusals(aws, ecr):
    ecr.create_repository(repositoryName="auth")
    again = error_of(ecr.create_repository, repositoryName="auth")
    assert again.type == "RepositoryAlreadyExistsException" and again.status == 400
    assert again.message == f"The repository with name 'auth' already exists in the registry with id '{aws.account}'"
    missing = error_of(ecr.describe_repositories, repositoryNames=["none"])
    assert missing.type == "RepositoryNotFoundException"
    assert missing.message == f"The repository with name 'none' does not exist in the registry with id '{aws.account}'"
    invalid = error_of(ecr.create_repository, repositoryName="UPPER")
    assert invalid.type == "InvalidParameterException"
    assert invalid.message.startswith(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '")
    assert error_of(ecr.describe_repositories, registryId="210987654321").code == "AccessDeniedException"
    put_image(ecr, "auth")
    assert error_of(ecr.delete_repository, repositoryName="auth").type == "RepositoryNotEmptyException"
    ecr.delete_repository(repositoryName="auth", force=True)


def test_pages(ecr):
    names = [f"r{number:02}" for number in range(7)]
    for name in reversed(names):
        ecr.create_repository(repositoryName=name)
    pages = list(ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["repositories"]) for page in pages] == [3, 3, 1]
    assert [each["repositoryName"] for page in pages for each in page["repositories"]] == names
    assert error_of(ecr.describe_repositories, nextToken="forged").type == "InvalidParameterException"


def pull_by(principal, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "ecr:BatchGetImage", **more}]})


def test_policies(aws, ecr):
    ecr.create_repository(repositoryName="auth")
    assert error_of(ecr.get_repository_policy, repositoryName="auth").type == "RepositoryPolicyNotFoundException"
    policy = pull_by("*")
    ecr.set_repository_policy(repositoryName="auth", policyText=policy)
    assert ecr.get_repository_policy(repositoryName="auth")["policyText"] == policy
    assert error_of(ecr.set_repository_policy, repositoryName="auth", policyText="{}").message == (
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'")
    rules = json.dumps({"rules": [{"rulePriority": 1, "selection": {
        "tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1}, "action": {"type": "expire"}}]})
    ecr.put_lifecycle_policy(repositoryName="auth", lifecyclePolicyText=rules)
    assert ecr.get_lifecycle_policy(repositoryName="auth")["lifecyclePolicyText"] == rules
    ecr.delete_lifecycle_policy(repositoryName="auth")
    assert error_of(ecr.get_lifecycle_policy, repositoryName="auth").type == "LifecyclePolicyNotFoundException"


def test_a_policy_that_ecr_does_not_take(aws, ecr):
    """A repository's policy names no resource: awsdocs/amazon-ecr-user-guide pull request 20. Its principals exist:
    hashicorp/terraform-provider-aws issue 39064."""
    ecr.create_repository(repositoryName="auth")
    role = f"arn:aws:iam::{aws.account}:role/ci"

    def refusal(text):
        return error_of(ecr.set_repository_policy, repositoryName="auth", policyText=text)

    for text in ("{}", "no policy", json.dumps({"Version": "2012-10-17", "Statement": []}), pull_by("*", Resource="*"),
                 pull_by({"AWS": f"arn:aws:iam::{aws.account}:*"}), pull_by("*", Effect="Perhaps"), pull_by("*", Extra=1)):
        assert refusal(text).message == (
            "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'"), text
    refused = refusal(pull_by({"AWS": role}))
    assert refused.type == "InvalidParameterException"
    assert refused.message == "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Principal not found'"
    assert error_of(ecr.get_repository_policy, repositoryName="auth").type == "RepositoryPolicyNotFoundException"
    aws.client("iam").create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
    ecr.set_repository_policy(repositoryName="auth", policyText=pull_by({"AWS": role}))
    ecr.set_repository_policy(repositoryName="auth", policyText=pull_by({"AWS": "arn:aws:iam::999999999999:role/theirs"}))


def rule(priority, status="any", count="imageCountMoreThan", action=None, **selection):
    return {"rulePriority": priority, "action": action or {"type": "expire"},
            "selection": {"tagStatus": status, "countType": count, "countNumber": 1, **selection}}


DAYS = {"countUnit": "days"}
SCHEMA = "instance failed to match exactly one schema (matched 0 out of 2)"  # cloudposse/terraform-aws-ecr issue 158


def test_lifecycle_policies_that_ecr_takes(ecr):
    """ECR User Guide, "Lifecycle policy properties" and examples."""
    ecr.create_repository(repositoryName="auth")
    for rules in ([rule(1)],
                  [rule(7, "tagged", tagPrefixList=["prod"]), rule(3, "untagged", "sinceImagePushed", **DAYS), rule(9)],
                  [rule(1, "tagged", "sinceImagePulled", tagPatternList=["*test*1*2*3", "v*"], **DAYS)],
                  [rule(1, "any", "sinceImagePulled", {"type": "transition", "targetStorageClass": "archive"}, **DAYS),
                   rule(2, "any", "sinceImageTransitioned", storageClass="archive", **DAYS)],
                  [{**rule(1), "description": "the newest one stays"}]):
        text = json.dumps({"rules": rules}).ljust(100)
        assert ecr.put_lifecycle_policy(repositoryName="auth", lifecyclePolicyText=text)["lifecyclePolicyText"] == text


@pytest.mark.parametrize("rules, why", [
    ([rule(1, "tagged")], "Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED."),
    ([rule(1), rule(2, "untagged")], "Rule for tagStatus=ANY must have the lowest priority per storage class"),
    ([rule(1, "untagged"), rule(2, "untagged", "sinceImagePushed", **DAYS)],
     "Only one rule can select Untagged images per storage class"),
    ([rule(1, countUnit=None)], SCHEMA),
    ([rule(1, action={"type": "expire", "targetStorageClass": None})], SCHEMA),
    ([rule(1, **DAYS)], SCHEMA),
    ([rule(1, tagPrefixList=[])], SCHEMA),
    ([rule(1, count="sinceImagePushed")], SCHEMA),
    ([rule(1, count="sinceImageTransitioned", **DAYS)], SCHEMA),
    ([rule(1, "some")], SCHEMA),
    ([rule(1, countNumber=0)], SCHEMA),
    ([rule(0)], SCHEMA),
    ([rule(1, action={"type": "transition"})], SCHEMA),
    ([{**rule(1), "name": "x"}], SCHEMA),
    (rule(1), SCHEMA),
    # The wordings of these are unconfirmed.
    ([rule(1, "untagged"), rule(1)], None),
    ([rule(1, "untagged", tagPrefixList=["v"])], None),
    ([rule(1, "tagged", tagPatternList=["test*1*2*3*4*5*6"])], None),
])
def test_lifecycle_policies_that_ecr_does_not_take(ecr, rules, why):
    """ECR User Guide, "Lifecycle policy properties". The texts are seen in reports of failed deployments."""
    ecr.create_repository(repositoryName="auth")
    refused = error_of(ecr.put_lifecycle_policy, repositoryName="auth",
                       lifecyclePolicyText=json.dumps({"rules": rules}).ljust(100))
    assert refused.type == "InvalidParameterException"
    begin = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: "
    assert refused.message.startswith(begin)
    assert why is None or refused.message == f"{begin}{why}'"
    assert error_of(ecr.get_lifecycle_policy, repositoryName="auth").type == "LifecyclePolicyNotFoundException"


def test_a_policy_is_deleted(ecr):
    """ECR API Reference, DeleteRepositoryPolicy: answers with the policy that was deleted."""
    ecr.create_repository(repositoryName="auth")
    assert error_of(ecr.delete_repository_policy, repositoryName="auth").type == "RepositoryPolicyNotFoundException"
    policy = pull_by("*")
    ecr.set_repository_policy(repositoryName="auth", policyText=policy)
    assert ecr.delete_repository_policy(repositoryName="auth")["policyText"] == policy
    assert error_of(ecr.get_repository_policy, repositoryName="auth").type == "RepositoryPolicyNotFoundException"


def test_tags_are_added_replaced_and_removed(aws, ecr):
    """ECR API Reference, TagResource, UntagResource; tag limits: ECR User Guide, "Tagging a private repository"."""
    arn = ecr.create_repository(repositoryName="auth", tags=[{"Key": "team", "Value": "x"}])["repository"]["repositoryArn"]
    ecr.tag_resource(resourceArn=arn, tags=[{"Key": "team", "Value": "y"}, {"Key": "stage", "Value": ""}])
    by_key = {tag["Key"]: tag["Value"] for tag in ecr.list_tags_for_resource(resourceArn=arn)["tags"]}
    assert by_key == {"team": "y", "stage": ""}
    ecr.untag_resource(resourceArn=arn, tagKeys=["team", "never there"])
    assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "stage", "Value": ""}]
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert error_of(ecr.tag_resource, resourceArn=arn, tags=many).type == "TooManyTagsException"
    for refused in ({"Key": "aws:x", "Value": "v"}, {"Key": "k" * 129, "Value": "v"}, {"Key": "k", "Value": "v" * 257}):
        assert error_of(ecr.tag_resource, resourceArn=arn, tags=[refused]).type == "InvalidTagParameterException"
    assert ecr.list_tags_for_resource(resourceArn=arn)["tags"] == [{"Key": "stage", "Value": ""}]
    for call, more in ((ecr.tag_resource, {"tags": [{"Key": "a", "Value": "b"}]}), (ecr.untag_resource, {"tagKeys": ["a"]}),
                       (ecr.list_tags_for_resource, {})):
        assert error_of(call, resourceArn=arn.replace("auth", "none"), **more).type == "RepositoryNotFoundException"
        assert error_of(call, resourceArn="auth", **more).type == "InvalidParameterException"


def test_scanning_is_switched(aws, ecr):
    """ECR API Reference, PutImageScanningConfiguration."""
    ecr.create_repository(repositoryName="auth")
    answer = ecr.put_image_scanning_configuration(repositoryName="auth", imageScanningConfiguration={"scanOnPush": True})
    assert (answer["registryId"], answer["repositoryName"]) == (aws.account, "auth")
    assert answer["imageScanningConfiguration"] == {"scanOnPush": True}
    [described] = ecr.describe_repositories()["repositories"]
    assert described["imageScanningConfiguration"] == {"scanOnPush": True}
    missing = error_of(ecr.put_image_scanning_configuration, repositoryName="none", imageScanningConfiguration={})
    assert missing.type == "RepositoryNotFoundException"


def test_accounts_and_regions_are_apart(server, aws, ecr):
    ecr.create_repository(repositoryName="auth")
    assert aws.client("ecr", region="us-east-1").describe_repositories()["repositories"] == []
    assert server.aws().client("ecr").describe_repositories()["repositories"] == []


def test_the_cli(aws):
    aws.cli("ecr", "create-repository", "--repository-name", "auth", "--image-scanning-configuration", "scanOnPush=true",
            "--image-tag-mutability", "IMMUTABLE")
    [repository] = aws.cli("ecr", "describe-repositories", "--repository-names", "auth")["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"]["scanOnPush"] is True
    failed = aws.cli("ecr", "describe-repositories", "--repository-names", "none", check=False)
    assert failed.returncode != 0 and "RepositoryNotFoundException" in failed.stderr
