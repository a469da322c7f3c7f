"""Requests that are not what clients of these services send: each gets a clear error, and none is taken for another.

RFC 9110 and 9112 for what is HTTP; the services' "Common Errors" for what is AWS.
"""
import gzip
import http.client
import json
import socket
import time

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest

from conftest import HOST, REGION, error_of, request

FORM = "application/x-www-form-urlencoded"
WHO = "Action=GetCallerIdentity&Version=2011-06-15"


def signed(aws, service, body, headers, keys=None, path="/"):
    """(status, body) of a POST, signed with the account's key or the given ones."""
    call = botocore.awsrequest.AWSRequest(method="POST", url=aws.server.endpoint + path, data=body, headers=headers)
    botocore.auth.SigV4Auth(botocore.credentials.Credentials(*(keys or (aws.account, "test"))), service, REGION).add_auth(call)
    status, _, answer = request("POST", aws.server.endpoint + path, body, dict(call.headers.items()))
    return status, answer.decode()


def code_of(answer):
    if answer.startswith("{"):
        return json.loads(answer)["__type"]
    return answer.partition("<Code>")[2].partition("</Code>")[0]


# -- HTTP

def test_a_post_that_announces_no_body_is_answered_at_once(aws):
    connection = http.client.HTTPConnection(HOST, aws.server.port, timeout=10)  # less than a body is waited for
    connection.putrequest("POST", "/_drydock/clock")
    connection.endheaders()
    assert connection.getresponse().status == 409


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/json"])
def test_what_a_body_says_it_is_does_not_matter(aws, content_type):
    status, answer = signed(aws, "sts", WHO, {"Content-Type": content_type})
    assert status == 200 and f"<Account>{aws.account}</Account>" in answer
    status, answer = signed(aws, "ecs", "{}", {"Content-Type": content_type, "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"})
    assert (status, json.loads(answer)) == (200, {"clusterArns": []})


def test_compressed_bodies_are_verified_as_they_were_sent(aws):
    """The CloudWatch agent compresses PutLogEvents, then signs it."""
    logs, iam = aws.client("logs"), aws.client("iam")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    iam.create_user(UserName="agent")
    iam.put_user_policy(UserName="agent", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}]}))
    key = iam.create_access_key(UserName="agent")["AccessKey"]
    body = json.dumps({"logGroupName": "g", "logStreamName": "s", "logEvents": [{"timestamp": int(time.time() * 1000), "message": "packed"}]})
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Logs_20140328.PutLogEvents", "Content-Encoding": "gzip"}
    keys = (key["AccessKeyId"], key["SecretAccessKey"])
    status, answer = signed(aws, "logs", gzip.compress(body.encode()), headers, keys)
    assert status == 200, answer
    assert [e["message"] for e in logs.get_log_events(logGroupName="g", logStreamName="s")["events"]] == ["packed"]


@pytest.mark.parametrize("body", [b"not packed", gzip.compress(b"{}")[:-9], gzip.compress(b"x" * (11 << 20))],
                         ids=["no gzip", "cut off", "too large"])
def test_compressed_bodies_that_cannot_be_unpacked(aws, body):
    status, answer = signed(aws, "ecs", body, {"Content-Encoding": "gzip", "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"})
    assert (status, code_of(answer)) == (400, "SerializationException")
    status, answer = signed(aws, "sts", body, {"Content-Encoding": "gzip", "Content-Type": FORM})
    assert (status, code_of(answer)) == (400, "MalformedInput")


@pytest.mark.parametrize("chunks", [b"zz\r\nabc\r\n", b"5\r\nab"], ids=["no length", "cut off"])
def test_a_body_that_breaks_off_is_not_called_too_large(aws, chunks):
    with socket.create_connection((HOST, aws.server.port), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 Bad Request") and answer.count(b"HTTP/1.1") == 1


# -- which service, which operation

def test_a_service_that_is_emulated_is_never_said_not_to_be(aws):
    """An operation that does not exist: what AWS says of a wrong version is aws/aws-cli issue 37."""
    json_headers = {"Content-Type": "application/x-amz-json-1.1"}
    for target in ("Nowhere_20200101.ListClusters", "ListClusters", "AmazonEC2ContainerServiceV20141113."):
        status, answer = signed(aws, "ecs", "{}", {**json_headers, "X-Amz-Target": target})
        assert (status, code_of(answer)) == (400, "UnknownOperationException"), target
    status, answer = signed(aws, "ecs", "{}", json_headers)
    assert (status, code_of(answer)) == (400, "UnknownOperationException")
    status, answer = signed(aws, "sts", "Action=GetCallerIdentity&Version=2012-12-01", {"Content-Type": FORM})
    assert (status, code_of(answer)) == (400, "InvalidAction")
    assert "Could not find operation GetCallerIdentity for version 2012-12-01" in answer
    assert code_of(signed(aws, "sts", "Action=GetCallerIdentity", {"Content-Type": FORM})[1]) == "InvalidAction"
    assert code_of(signed(aws, "sts", '{"a": 1}', {"Content-Type": FORM})[1]) == "MissingAction"
    refused = error_of(aws.client("elb").describe_load_balancers)
    assert refused.code == "NotImplemented" and "elasticloadbalancing 2012-06-01" in refused.message


@pytest.mark.parametrize("service, call", [
    ("lambda", "list_functions"), ("eks", "list_clusters"), ("efs", "describe_file_systems"), ("apigateway", "get_rest_apis"),
    ("s3", "list_buckets"), ("route53", "list_hosted_zones"), ("sqs", "list_queues"), ("cloudwatch", "list_metrics"),
    ("cloudformation", "list_stacks"), ("rds", "describe_db_instances"), ("events", "list_rules")])
def test_every_protocol_reads_that_a_service_is_not_emulated(aws, service, call):
    client = aws.client(service)
    refused = error_of(getattr(client, call))
    assert (refused.status, refused.code) == (501, "NotImplemented")
    assert refused.message.startswith(f"Drydock does not emulate the service '{client.meta.service_model.signing_name}'")


def test_cbor_is_told_the_same(aws):
    status, answer = signed(aws, "monitoring", b"\xbf\xff", {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"},
                            path="/service/GraniteServiceVersion20100801/operation/ListMetrics")
    assert status == 501 and "'monitoring'" in answer


def test_early_refusals_have_the_envelope_of_the_service(aws):
    """A client of EC2 reads nothing else than EC2's."""
    broken = "Action=DescribeVpcs&Version=2016-11-15&a=%zz"
    assert "<Response><Errors><Error><Code>MalformedQueryString</Code>" in signed(aws, "ec2", broken, {"Content-Type": FORM})[1]
    too_large = "x" * ((10 << 20) + 1)
    assert "<Response><Errors><Error><Code>RequestEntityTooLarge</Code>" in signed(aws, "ec2", too_large, {"Content-Type": FORM})[1]
    status, answer = signed(aws, "secretsmanager", too_large, {"X-Amz-Target": "secretsmanager.ListSecrets"})
    assert status == 413 and json.loads(answer)["Message"]


# -- parameters

@pytest.mark.parametrize("service, version, parameters, code", [
    ("ec2", "2016-11-15", "Action=DescribeVpcs&VpcId=vpc-0123456789abcdef0", "UnknownParameter"),
    ("ec2", "2016-11-15", "Action=DescribeVpcs&Filter.1=state", "UnknownParameter"),
    ("ec2", "2016-11-15", "Action=DescribeVpcs&VpcId.member.1=vpc-0123456789abcdef0", "UnknownParameter"),
    ("elasticloadbalancing", "2015-12-01", "Action=DescribeLoadBalancers&Names=mine", "MalformedInput"),
    ("iam", "2010-05-08", "Action=TagRole&RoleName=r&Tags.member.1=x", "MalformedInput"),
])
def test_a_list_that_is_written_wrong_is_not_taken_for_none(aws, service, version, parameters, code):
    """It would widen what is asked for: all VPCs in the place of one."""
    status, answer = signed(aws, service, f"{parameters}&Version={version}", {"Content-Type": FORM})
    assert (status, code_of(answer)) == (400, code)


@pytest.mark.parametrize("text", ["\u0001", "\ufffe", "\uffff", "]]>", "<&>\"'", "\r\n\t", "\U0001f600", "\ufffd"])
def test_no_text_breaks_an_answer_in_xml(aws, text):
    """XML 1.0, 2.2: what it cannot write becomes a question mark; everything else comes back as it was given."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[
        {"ResourceType": "vpc", "Tags": [{"Key": "k", "Value": f"a{text}b"}]}])["Vpc"]["VpcId"]
    kept = "?" if text in ("\u0001", "\ufffe", "\uffff") else text
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"] == [{"Key": "k", "Value": f"a{kept}b"}]
