"""LookupEvents: every attribute, time, paging and what is refused. CloudTrail API Reference, LookupEvents."""
import datetime
import json

import pytest

from conftest import error_of
from cloudtrail.history import Trail


def names(events):
    return [event["EventName"] for event in events]


def test_each_attribute(aws, trail):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.describe_vpcs(VpcIds=[vpc])
    aws.client("logs").create_log_group(logGroupName="g")
    created = trail.events(EventName="CreateVpc")
    assert names(created) == ["CreateVpc"]
    assert names(trail.events(EventId=created[0]["EventId"])) == ["CreateVpc"]
    assert names(trail.events(ReadOnly="false")) == ["CreateLogGroup", "CreateVpc"]
    assert set(names(trail.events(ReadOnly="true"))) == {"DescribeVpcs", "LookupEvents"}
    assert names(trail.events(EventSource="logs.amazonaws.com")) == ["CreateLogGroup"]
    assert names(trail.events(ResourceName=vpc)) == ["DescribeVpcs", "CreateVpc"]
    assert names(trail.events(ResourceType="AWS::Logs::LogGroup")) == ["CreateLogGroup"]
    assert "CreateVpc" in names(trail.events(Username="root"))
    assert "CreateVpc" in names(trail.events(AccessKeyId=aws.account))
    assert trail.events(EventName="Nothing") == []
    assert Trail(aws).events("us-west-2") == []  # of one region


def test_pages_are_in_order_and_complete(aws, trail):
    logs = aws.client("logs")
    for i in range(7):
        logs.create_log_group(logGroupName=f"g{i}")
    client = aws.client("cloudtrail")
    seen, token = [], None
    while True:
        page = client.lookup_events(MaxResults=3, **({"NextToken": token} if token else {}),
                                    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateLogGroup"}])
        assert len(page["Events"]) <= 3
        seen += [json.loads(e["CloudTrailEvent"])["requestParameters"]["logGroupName"] for e in page["Events"]]
        token = page.get("NextToken")
        if not token:
            break
    assert seen == [f"g{i}" for i in reversed(range(7))]


def test_times_and_retention(start_server):
    server = start_server("--ephemeral", "--manual-clock")
    aws = server.aws()

    def advance(seconds):
        aws.http("POST", "/_drydock/clock", json.dumps({"advance": seconds}))

    def now():
        return datetime.datetime.fromisoformat(
            json.loads(aws.http("GET", "/_drydock/clock")[2])["now"].replace("Z", "+00:00"))

    logs, client = aws.client("logs"), aws.client("cloudtrail")
    logs.create_log_group(logGroupName="first")
    middle = now() + datetime.timedelta(hours=1)
    advance(7200)
    logs.create_log_group(logGroupName="second")

    def groups(**parameters):
        found = client.lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateLogGroup"}], **parameters)["Events"]
        return [json.loads(e["CloudTrailEvent"])["requestParameters"]["logGroupName"] for e in found]

    assert groups() == ["second", "first"]
    assert groups(StartTime=middle) == ["second"] and groups(EndTime=middle) == ["first"]
    assert groups(StartTime=now()) == ["second"]
    advance(90 * 86400 - 3600)  # 90 days
    assert groups() == ["second"]


@pytest.mark.parametrize("parameters, code", [
    ({"LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": "a"}] * 2},
     "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "Colour", "AttributeValue": "a"}]}, "InvalidLookupAttributesException"),
    ({"LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "maybe"}]},
     "InvalidLookupAttributesException"),
    ({"StartTime": 2000, "EndTime": 1000}, "InvalidTimeRangeException"),
    ({"MaxResults": 51}, "InvalidMaxResultsException"),
    ({"MaxResults": 0}, "InvalidMaxResultsException"),
    ({"NextToken": "bm8"}, "InvalidNextTokenException"),
    ({"EventCategory": "data"}, "InvalidEventCategoryException"),
])
def test_what_is_refused(aws, parameters, code):
    refusal = error_of(aws.client("cloudtrail", parameter_validation=False).lookup_events, **parameters)
    assert (refusal.code, refusal.status) == (code, 400)


def test_a_token_belongs_to_its_question(aws):
    client = aws.client("cloudtrail")
    for i in range(3):
        aws.client("logs").create_log_group(logGroupName=f"g{i}")
    token = client.lookup_events(MaxResults=1)["NextToken"]
    wanted = [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
    assert error_of(client.lookup_events, MaxResults=1, NextToken=token,
                    LookupAttributes=wanted).code == "InvalidNextTokenException"


def test_there_are_no_insights(aws):
    assert aws.client("cloudtrail").lookup_events(EventCategory="insight")["Events"] == []


def test_the_command_line(aws):
    aws.client("logs").create_log_group(logGroupName="g")
    events = aws.cli("cloudtrail", "lookup-events", "--lookup-attributes",
                     "AttributeKey=EventName,AttributeValue=CreateLogGroup")["Events"]
    assert [e["Resources"] for e in events] == [[{"ResourceType": "AWS::Logs::LogGroup", "ResourceName": "g"}]]
