"""Log events. Rules: aws-facts G.2-G.4."""
import json
import os
import shutil
import subprocess
import time

import pytest

from conftest import error_of, eventually


@pytest.fixture
def logs(aws):
    client = aws.client("logs")
    client.create_log_group(logGroupName="g")
    client.create_log_stream(logGroupName="g", logStreamName="s")
    return client


def now():
    return int(time.time() * 1000)


def put(logs, *messages, stream="s", start=None):
    start = start or now()
    return logs.put_log_events(logGroupName="g", logStreamName=stream, logEvents=[
        {"timestamp": start + number, "message": message} for number, message in enumerate(messages)])


def messages(answer):
    return [event["message"] for event in answer["events"]]


def test_put_and_get(logs):
    answer = put(logs, "one", "zwei äöü ✓", "three")
    assert len(answer["nextSequenceToken"]) == 56
    got = logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True)
    assert messages(got) == ["one", "zwei äöü ✓", "three"]
    again = logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True,
                                nextToken=got["nextForwardToken"])
    assert messages(again) == [] and again["nextForwardToken"] == got["nextForwardToken"]
    put(logs, "four", start=now() + 1000)
    assert messages(logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True,
                                        nextToken=got["nextForwardToken"])) == ["four"]
    stream = logs.describe_log_streams(logGroupName="g")["logStreams"][0]
    assert stream["firstEventTimestamp"] < stream["lastEventTimestamp"] and stream["lastIngestionTime"] <= now()


def test_refusals(logs):
    unordered = [{"timestamp": now(), "message": "b"}, {"timestamp": now() - 10, "message": "a"}]
    refused = error_of(logs.put_log_events, logGroupName="g", logStreamName="s", logEvents=unordered)
    assert refused.type == "InvalidParameterException"
    assert refused.message == "Log events in a single PutLogEvents request must be in chronological order."
    missing = error_of(logs.put_log_events, logGroupName="g", logStreamName="none",
                       logEvents=[{"timestamp": now(), "message": "a"}])
    assert missing.type == "ResourceNotFoundException"
    assert missing.message == "The specified log stream does not exist."
    limit = error_of(logs.get_log_events, logGroupName="g", logStreamName="s", limit=10001)
    assert limit.message == ("1 validation error detected: Value '10001' at 'limit' failed to satisfy constraint: Member "
                             "must have value less than or equal to 10000")  # recorded
    token = error_of(logs.get_log_events, logGroupName="g", logStreamName="s", nextToken="f/1/s")
    assert token.message == "The specified nextToken is invalid."
    assert error_of(logs.filter_log_events, logGroupName="g", filterPattern='"open').type == "InvalidParameterException"


def test_old_and_new_events_are_left_out(logs):
    old = now() - 15 * 24 * 3600 * 1000
    answer = put(logs, "old", "older", start=old)
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 2}
    answer = put(logs, "new", start=now() + 3 * 3600 * 1000)
    assert answer["rejectedLogEventsInfo"] == {"tooNewLogEventStartIndex": 0}
    assert messages(logs.get_log_events(logGroupName="g", logStreamName="s")) == []


def test_only_events_that_are_taken_count_for_the_span_of_a_batch(logs):
    """API Reference, PutLogEvents: for valid events, not older than 14 days or more than 2 hours ahead, the time span of
    a batch cannot exceed 24 hours."""
    day, hour = 24 * 3600 * 1000, 3600 * 1000
    time = now()

    def batch(*times):
        return {"logGroupName": "g", "logStreamName": "s",
                "logEvents": [{"timestamp": time + each, "message": str(each)} for each in times]}

    answer = logs.put_log_events(**batch(-15 * day, -day + hour, 0, 3 * hour, 3 * day))
    assert answer["rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 3}
    assert messages(logs.get_log_events(logGroupName="g", logStreamName="s")) == [str(-day + hour), "0"]
    refused = error_of(logs.put_log_events, **batch(-15 * day, -day - hour, 0))
    assert refused.type == "InvalidParameterException"


def test_the_end_of_a_range(logs):
    """API Reference: FilterLogEvents leaves out events later than endTime, GetLogEvents those at endTime, too."""
    start = now()
    put(logs, "one", "two", "three", start=start)
    between = {"logGroupName": "g", "startTime": start, "endTime": start + 1}
    assert messages(logs.filter_log_events(**between)) == ["one", "two"]
    assert messages(logs.get_log_events(logStreamName="s", **between)) == ["one"]
    assert len(messages(logs.filter_log_events(logGroupName="g", endTime=2**63 - 1))) == 3


def test_filter(logs):
    logs.create_log_stream(logGroupName="g", logStreamName="t")
    put(logs, "ERROR one", '{"level": "error", "code": 7}', "GET /index 404", start=now() - 1000)
    put(logs, "INFO two", "ERROR three", stream="t")
    found = logs.filter_log_events(logGroupName="g", filterPattern="ERROR")
    assert messages(found) == ["ERROR one", "ERROR three"]
    assert found["searchedLogStreams"] == []
    assert {len(event["eventId"]) for event in found["events"]} == {56}
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern="ERROR -three")) == ["ERROR one"]
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern="?INFO ?one")) == ["ERROR one", "INFO two"]
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern="%t[hw]%")) == ["INFO two", "ERROR three"]
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern='{ $.code = 7 && $.level = "err*" }')) == [
        '{"level": "error", "code": 7}']
    assert messages(logs.filter_log_events(logGroupName="g", filterPattern="[method, path, status = 4*]")) == [
        "GET /index 404"]
    assert messages(logs.filter_log_events(logGroupName="g", logStreamNamePrefix="t")) == ["INFO two", "ERROR three"]


def test_filter_in_pages(logs):
    put(logs, *[f"line {number}" for number in range(25)])
    pages = list(logs.get_paginator("filter_log_events").paginate(
        logGroupName="g", filterPattern="line", PaginationConfig={"PageSize": 10}))
    assert [len(page["events"]) for page in pages] == [10, 10, 5]
    assert [message for page in pages for message in messages(page)] == [f"line {number}" for number in range(25)]


def test_retention_hides_what_is_older(start_server):
    aws = start_server("--ephemeral").aws()
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    put(logs, "old", start=now() - 2 * 24 * 3600 * 1000)
    put(logs, "new")
    assert messages(logs.filter_log_events(logGroupName="g")) == ["old", "new"]
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert messages(logs.filter_log_events(logGroupName="g")) == ["new"]


def test_retention_erases(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    put(logs, "old")
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 3 + 26
    assert aws.http("POST", "/_drydock/clock", json.dumps({"advance": 2 * 24 * 3600}))[0] == 200
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 0


def cli_with_tail():
    """`aws logs tail` is of the AWS CLI 2; Debian's is one."""
    for cli in (shutil.which("aws"), "/usr/bin/aws"):
        if cli and os.path.exists(cli):
            if subprocess.run([cli, "--version"], capture_output=True, text=True).stdout.startswith("aws-cli/2"):
                return cli
    return None


def test_the_cli_follows(aws, logs):
    cli = cli_with_tail()
    if not cli:
        pytest.skip("needs the AWS CLI 2 (Debian's awscli)")
    put(logs, "before")
    # Into a pipe the CLI would write by blocks, as Python does.
    tail = subprocess.Popen([cli, "--endpoint-url", aws.server.endpoint, "logs", "tail", "g", "--follow", "--format",
                             "short"], env={**aws.environment(), "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE)
    try:
        os.set_blocking(tail.stdout.fileno(), False)
        seen = b""

        def printed(word):
            nonlocal seen
            seen += tail.stdout.read() or b""
            return word.encode() in seen

        eventually(lambda: printed("before"), seconds=60)
        put(logs, "afterwards")
        eventually(lambda: printed("afterwards"), seconds=60)
        assert seen.count(b"before") == 1
    finally:
        tail.kill()
        tail.wait()
