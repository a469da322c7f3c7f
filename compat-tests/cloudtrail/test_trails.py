"""Trails: their life, what is refused, selectors, tags, and delivery to CloudWatch Logs. CloudTrail API Reference."""
import json

import pytest

from conftest import error_of
from cloudtrail.history import allowing, trusting


@pytest.fixture
def client(aws):
    return aws.client("cloudtrail")


def test_a_trails_life(aws, client):
    made = client.create_trail(Name="audit", S3BucketName="my-bucket", S3KeyPrefix="p", IsMultiRegionTrail=True,
                               EnableLogFileValidation=True, TagsList=[{"Key": "team", "Value": "ops"}])
    arn = f"arn:aws:cloudtrail:{aws.region}:{aws.account}:trail/audit"
    assert made["TrailARN"] == arn and made["LogFileValidationEnabled"] and made["IncludeGlobalServiceEvents"]
    shown = client.get_trail(Name="audit")["Trail"]
    assert shown["HomeRegion"] == aws.region and shown["S3KeyPrefix"] == "p" and not shown["HasCustomEventSelectors"]
    assert client.list_trails()["Trails"] == [{"TrailARN": arn, "Name": "audit", "HomeRegion": aws.region}]
    assert not client.get_trail_status(Name=arn)["IsLogging"]
    client.start_logging(Name="audit")
    status = client.get_trail_status(Name="audit")
    assert status["IsLogging"] and status["StartLoggingTime"] and status["TimeLoggingStarted"].endswith("Z")
    client.stop_logging(Name="audit")
    assert client.get_trail_status(Name="audit")["StopLoggingTime"]
    client.update_trail(Name="audit", S3BucketName="other-bucket", IsMultiRegionTrail=False)
    shown = client.get_trail(Name=arn)["Trail"]
    assert shown["S3BucketName"] == "other-bucket" and not shown["IsMultiRegionTrail"] and shown["S3KeyPrefix"] == "p"
    client.delete_trail(Name="audit")
    assert client.list_trails()["Trails"] == []
    assert error_of(client.get_trail, Name="audit").code == "TrailNotFoundException"


def test_other_regions_see_shadows(aws, client):
    client.create_trail(Name="everywhere", S3BucketName="my-bucket", IsMultiRegionTrail=True)
    client.create_trail(Name="here", S3BucketName="my-bucket")
    elsewhere = aws.client("cloudtrail", "us-west-2")
    assert [t["Name"] for t in elsewhere.describe_trails()["trailList"]] == ["everywhere"]
    assert elsewhere.describe_trails(includeShadowTrails=False)["trailList"] == []
    assert len(client.describe_trails()["trailList"]) == 2
    assert [t["Name"] for t in client.describe_trails(trailNameList=["here", "missing"])["trailList"]] == ["here"]
    arn = client.get_trail(Name="everywhere")["Trail"]["TrailARN"]
    assert elsewhere.get_trail(Name=arn)["Trail"]["HomeRegion"] == aws.region
    assert error_of(elsewhere.get_trail, Name="everywhere").code == "TrailNotFoundException"
    for call in (elsewhere.start_logging, elsewhere.stop_logging, elsewhere.delete_trail, elsewhere.update_trail):
        assert error_of(call, Name=arn).code == "InvalidHomeRegionException"


@pytest.mark.parametrize("name, message", [
    ("ab", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters."),
    ("a" * 129, "Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters."),
    ("-abc", "Trail name must starts with a letter or number."),
    ("abc-", "Trail name must ends with a letter or number."),
    ("a#c", "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-),"
            " and underscores (_)."),
    ("my-_namespace", None),
    ("192.168.5.4", None),
])
def test_names(client, name, message):
    refusal = error_of(client.create_trail, Name=name, S3BucketName="my-bucket")
    assert refusal.code == "InvalidTrailNameException"
    assert message is None or refusal.message == message


def test_what_is_refused(aws, client):
    client.create_trail(Name="audit", S3BucketName="my-bucket")
    twice = error_of(client.create_trail, Name="audit", S3BucketName="my-bucket")
    assert (twice.code, twice.message) == ("TrailAlreadyExistsException",
                                           f"Trail audit already exists for customer: {aws.account}")
    missing = error_of(client.start_logging, Name="missing")
    assert missing.code == "TrailNotFoundException" and missing.message.startswith("Unknown trail: arn:aws:cloudtrail")
    for call in (client.get_trail_status, client.stop_logging, client.delete_trail):
        assert error_of(call, Name="missing").code == "TrailNotFoundException"
        assert error_of(call, Name="arn:aws:ec2:x:y:z").code == "CloudTrailARNInvalidException"
    made = lambda **more: error_of(client.create_trail, Name="second", **{"S3BucketName": "my-bucket", **more}).code
    assert made(S3BucketName="No_Bucket") == "InvalidS3BucketNameException"
    assert made(S3KeyPrefix="p" * 201) == "InvalidS3PrefixException"
    assert made(SnsTopicName="t" * 257) == "InvalidSnsTopicNameException"
    assert made(IsOrganizationTrail=True) == "OrganizationsNotInUseException"
    assert made(IsMultiRegionTrail=True, IncludeGlobalServiceEvents=False) == "InvalidParameterCombinationException"
    assert made(TagsList=[{"Key": "a*", "Value": "b"}]) == "InvalidTagParameterException"
    assert made(TagsList=[{"Key": f"k{i}", "Value": "b"} for i in range(51)]) == "TagsLimitExceededException"
    for i in range(4):
        client.create_trail(Name=f"more{i}", S3BucketName="my-bucket")
    assert made() == "MaximumNumberOfTrailsExceededException"
    assert error_of(client.list_trails, NextToken="x").code == "InvalidTokenException"
    assert error_of(client.list_queries, EventDataStore="arn:aws:cloudtrail:x").code == "NotImplemented"


def test_tags(aws, client):
    arn = client.create_trail(Name="audit", S3BucketName="my-bucket",
                              TagsList=[{"Key": "a", "Value": "1"}, {"Key": "b"}])["TrailARN"]
    client.add_tags(ResourceId=arn, TagsList=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}])
    client.remove_tags(ResourceId=arn, TagsList=[{"Key": "b"}, {"Key": "c", "Value": "other"}])
    listed = client.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert listed == [{"ResourceId": arn, "TagsList": [{"Key": "a", "Value": "2"}, {"Key": "c", "Value": "3"}]}]
    for call in (client.add_tags, client.remove_tags):
        assert error_of(call, ResourceId=arn + "x", TagsList=[]).code == "ResourceNotFoundException"
        assert error_of(call, ResourceId="audit", TagsList=[]).code == "CloudTrailARNInvalidException"
    assert error_of(client.list_tags, ResourceIdList=["audit"]).code == "CloudTrailARNInvalidException"


def test_selectors(client):
    client.create_trail(Name="audit", S3BucketName="my-bucket")
    default = client.get_event_selectors(TrailName="audit")["EventSelectors"]
    assert default == [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": [],
                        "ExcludeManagementEventSources": []}]
    put = client.put_event_selectors(TrailName="audit", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    assert put["EventSelectors"][0]["ReadWriteType"] == "WriteOnly"
    assert client.get_trail(Name="audit")["Trail"]["HasCustomEventSelectors"]
    advanced = [{"Name": "writes", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]},
                                                      {"Field": "readOnly", "Equals": ["false"]}]}]
    client.put_event_selectors(TrailName="audit", AdvancedEventSelectors=advanced)
    shown = client.get_event_selectors(TrailName="audit")
    assert shown["AdvancedEventSelectors"] == advanced and "EventSelectors" not in shown
    basic = {"ReadWriteType": "All"}
    for bad in ({}, {"EventSelectors": [basic], "AdvancedEventSelectors": advanced}, {"EventSelectors": [basic] * 6},
                {"EventSelectors": [{"DataResources": [{"Type": "AWS::EC2::VPC", "Values": ["x"]}]}]},
                {"EventSelectors": [{"ExcludeManagementEventSources": ["ec2.amazonaws.com"]}]},
                {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}]},
                {"AdvancedEventSelectors": [{"FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "colour", "Equals": ["x"]}]}]}):
        assert error_of(client.put_event_selectors, TrailName="audit", **bad).code == "InvalidEventSelectorsException"
    assert error_of(client.put_event_selectors, TrailName="missing",
                    EventSelectors=[basic]).code == "TrailNotFoundException"
    assert error_of(client.get_event_selectors, TrailName="missing").code == "TrailNotFoundException"


def test_insight_selectors_are_data(client):
    client.create_trail(Name="audit", S3BucketName="my-bucket")
    assert error_of(client.get_insight_selectors, TrailName="audit").code == "InsightNotEnabledException"
    client.put_insight_selectors(TrailName="audit", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
    shown = client.get_insight_selectors(TrailName="audit")["InsightSelectors"]
    assert [s["InsightType"] for s in shown] == ["ApiCallRateInsight"]
    assert client.get_trail(Name="audit")["Trail"]["HasInsightSelectors"]
    assert error_of(client.put_insight_selectors, TrailName="missing",
                    InsightSelectors=[]).code == "TrailNotFoundException"


def test_delivery_to_cloudwatch_logs(aws, client):
    logs, iam = aws.client("logs"), aws.client("iam")
    logs.create_log_group(logGroupName="trail")
    group = f"arn:aws:logs:{aws.region}:{aws.account}:log-group:trail:*"
    role = iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=trusting(
        {"Service": "ec2.amazonaws.com"}))["Role"]["Arn"]
    made = lambda **more: error_of(client.create_trail, Name="audit", S3BucketName="my-bucket", **more)
    assert made(CloudWatchLogsLogGroupArn=group).code == "InvalidParameterCombinationException"
    for bad in (group[:-2], group.replace(":trail:", ":missing:"), "arn:aws:ec2:x:y:z"):
        assert made(CloudWatchLogsLogGroupArn=bad,
                    CloudWatchLogsRoleArn=role).code == "InvalidCloudWatchLogsLogGroupArnException"
    refusal = made(CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)
    assert (refusal.code, refusal.message) == ("InvalidCloudWatchLogsRoleArnException",
                                               "Access denied. Check the trust relationships for your role.")
    iam.update_assume_role_policy(RoleName="delivery",
                                  PolicyDocument=trusting({"Service": "cloudtrail.amazonaws.com"}))
    refusal = made(CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)
    assert (refusal.code, refusal.message) == ("InvalidCloudWatchLogsLogGroupArnException",
                                               "Access denied. Check the permissions for your role.")
    iam.put_role_policy(RoleName="delivery", PolicyName="p",
                        PolicyDocument=allowing("logs:CreateLogStream", "logs:PutLogEvents"))
    client.create_trail(Name="audit", S3BucketName="my-bucket", CloudWatchLogsLogGroupArn=group,
                        CloudWatchLogsRoleArn=role)
    client.put_event_selectors(TrailName="audit", EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    logs.create_log_group(logGroupName="before")
    client.start_logging(Name="audit")
    logs.describe_log_groups()
    logs.create_log_group(logGroupName="while")
    client.stop_logging(Name="audit")  # what is on the way arrives
    logs.create_log_group(logGroupName="after")
    stream = f"{aws.account}_CloudTrail_{aws.region}"
    records = [json.loads(e["message"])
               for e in logs.get_log_events(logGroupName="trail", logStreamName=stream)["events"]]
    groups = [r["requestParameters"]["logGroupName"] for r in records if r["eventName"] == "CreateLogGroup"]
    assert groups == ["while"] and not [r for r in records if r["readOnly"]]
    assert client.get_trail_status(Name="audit")["LatestCloudWatchLogsDeliveryTime"]


def test_events_are_delivered_while_a_trail_records(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    logs, iam, client = aws.client("logs"), aws.client("iam"), aws.client("cloudtrail")
    logs.create_log_group(logGroupName="trail")
    role = iam.create_role(RoleName="delivery", AssumeRolePolicyDocument=trusting(
        {"Service": "cloudtrail.amazonaws.com"}))["Role"]["Arn"]
    iam.put_role_policy(RoleName="delivery", PolicyName="p",
                        PolicyDocument=allowing("logs:CreateLogStream", "logs:PutLogEvents"))
    client.create_trail(Name="audit", S3BucketName="my-bucket", CloudWatchLogsRoleArn=role,
                        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{aws.region}:{aws.account}:log-group:trail:*")
    client.start_logging(Name="audit")
    logs.create_log_group(logGroupName="while")
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 5}))
    stream = f"{aws.account}_CloudTrail_{aws.region}"
    messages = [e["message"] for e in logs.get_log_events(logGroupName="trail", logStreamName=stream)["events"]]
    assert any('"logGroupName":"while"' in message for message in messages)
    iam.delete_role_policy(RoleName="delivery", PolicyName="p")
    assert client.get_trail_status(Name="audit")["LatestCloudWatchLogsDeliveryTime"]
