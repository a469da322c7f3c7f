"""The event history of an account, and the policies that its tests need."""
import json


class Trail:
    """The event history of one account."""

    def __init__(self, aws):
        self.aws = aws

    def events(self, region=None, start=None, **attribute):
        """The newest events, newest first: events(EventName="CreateVpc"); each with its record under "record"."""
        wanted = [{"AttributeKey": key, "AttributeValue": value} for key, value in attribute.items()]
        pages = self.aws.client("cloudtrail", region).get_paginator("lookup_events").paginate(
            **({"LookupAttributes": wanted} if wanted else {}), **({"StartTime": start} if start else {}))
        found = [event for page in pages for event in page["Events"]]
        for event in found:
            event["record"] = json.loads(event["CloudTrailEvent"])
        return found

    def record(self, name, region=None):
        """The record of the newest event of that name."""
        return self.events(region, EventName=name)[0]["record"]


def trusting(principal):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})


def allowing(*actions, resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": list(actions), "Resource": resource}]})
