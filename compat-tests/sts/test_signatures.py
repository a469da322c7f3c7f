"""Signature Version 4 over the wire, by a signer of the test's own: what is verified, and each protocol's refusals.

Rules: IAM User Guide, "AWS Signature Version 4 for API requests"; codes: the services' "Common Errors", aws-facts H.7.
"""
import datetime
import hashlib
import hmac
import json
import sqlite3
import subprocess
import urllib.parse

import pytest
from conftest import HOST, REGION, error_of
from iam.caller import User, allow, role, session


class Signer:
    """Signs one POST of a service; everything about it can be bent."""

    def __init__(self, aws, key, secret, token=None):
        self.aws, self.key, self.secret, self.token = aws, key, secret, token

    def send(self, service="sts", body="Action=GetCallerIdentity&Version=2011-06-15", at=None, headers=None, unsigned=None,
             scope=None, payload=None, sent_body=None, signature=None):
        """(status, code, message)"""
        at = at or datetime.datetime.now(datetime.timezone.utc)
        stamp = at.strftime("%Y%m%dT%H%M%SZ")
        all_headers = {"host": f"{HOST}:{self.aws.server.port}", "x-amz-date": stamp,
                       "content-type": "application/x-www-form-urlencoded", **(headers or {})}
        if self.token:
            all_headers["x-amz-security-token"] = self.token
        if payload:
            all_headers["x-amz-content-sha256"] = payload
        names = ";".join(sorted(all_headers))
        canonical = "\n".join(["POST", "/", "", *(f"{n}:{all_headers[n]}" for n in sorted(all_headers)), "", names,
                               payload or hashlib.sha256(body.encode()).hexdigest()])
        scope_text = f"{stamp[:8]}/{REGION}/{scope or service}/aws4_request"
        key = ("AWS4" + self.secret).encode()
        for part in scope_text.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope_text}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        value = signature or hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        sent = {**all_headers, **(unsigned or {}), "authorization":
                f"AWS4-HMAC-SHA256 Credential={self.key}/{scope_text}, SignedHeaders={names}, Signature={value}"}
        del sent["host"]
        status, _, answer = self.aws.http("POST", "/", body if sent_body is None else sent_body, sent)
        answer = answer.decode()
        if answer.startswith("{"):
            error = json.loads(answer)
            return status, error.get("__type", ""), error.get("message", "")
        inside = lambda tag: answer.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0]
        return status, inside("Code"), inside("Message")


JSON = {"service": "ecs", "body": "{}", "headers": {"content-type": "application/x-amz-json-1.1",
                                                    "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters"}}
EC2 = {"service": "ec2", "body": "Action=DescribeVpcs&Version=2016-11-15"}


@pytest.fixture
def signer(aws):
    ana = User(aws, allow("*"))
    return Signer(aws, ana.key, ana.secret)


def test_what_is_rightly_signed_is_answered(signer):
    assert signer.send()[0] == signer.send(**JSON)[0] == signer.send(**EC2)[0] == 200
    assert signer.send(payload="UNSIGNED-PAYLOAD")[0] == 200
    assert signer.send(payload=hashlib.sha256(b"Action=GetCallerIdentity&Version=2011-06-15").hexdigest())[0] == 200


def test_wrong_signatures_by_protocol(signer):
    sentence = ("The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                "Access Key and signing method. Consult the service documentation for details.")
    wrong = {"signature": "0" * 64}
    assert signer.send(**wrong) == (403, "SignatureDoesNotMatch", sentence)
    assert signer.send(**JSON, **wrong) == (400, "InvalidSignatureException", sentence)
    assert signer.send(**EC2, **wrong) == (401, "AuthFailure",
                                           "AWS was not able to validate the provided access credentials")


def test_nothing_that_counts_may_be_changed_or_smuggled_in(signer):
    target = {"x-amz-target": "AmazonEC2ContainerServiceV20141113.DeleteCluster"}
    mismatch = "SignatureDoesNotMatch"
    other = {"sent_body": "Action=GetSessionToken&Version=2011-06-15"}
    assert signer.send(**other)[1] == mismatch
    assert signer.send(**other, unsigned={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})[1] == mismatch
    assert signer.send(unsigned=target)[1] in (mismatch, "InvalidSignatureException")
    assert signer.send(unsigned={"x-amz-security-token": "t"})[0] == 403
    # Bodies in signed chunks are S3's; the marker must not leave the body of another service unsigned.
    streaming = {"payload": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", **other}
    assert signer.send(**streaming)[1] == mismatch
    assert signer.send(**streaming, scope="s3")[1] == mismatch


def test_what_is_signed_for_one_service_is_not_taken_by_another(signer):
    assert signer.send(scope="ecs")[1:] == ("SignatureDoesNotMatch",
                                            "Credential should be scoped to correct service: 'sts'.")
    assert signer.send(**JSON, scope="sts")[1] == "InvalidSignatureException"


def test_old_and_early_signatures(signer):
    now = datetime.datetime.now(datetime.timezone.utc)
    minutes = lambda n: {"at": now + datetime.timedelta(minutes=n)}
    assert signer.send(**minutes(-14))[0] == 200
    status, code, message = signer.send(**minutes(-16))
    assert (status, code) == (403, "SignatureDoesNotMatch") and message.startswith("Signature expired: ")
    assert signer.send(**minutes(16))[2].startswith("Signature not yet current: ")
    assert signer.send(**JSON, **minutes(-16))[1] == "InvalidSignatureException"
    assert signer.send(**EC2, **minutes(-16))[1:] == ("RequestExpired", "Request has expired.")


def test_session_tokens_and_their_end(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    ci = session(aws, role(aws, allow("*")), DurationSeconds=900)
    assert Signer(aws, ci.key, ci.secret, ci.token).send()[0] == 200
    for token in (None, ci.token[:-2] + "xx"):
        assert Signer(aws, ci.key, ci.secret, token).send()[:2] == (403, "InvalidClientTokenId")
        assert Signer(aws, ci.key, ci.secret, token).send(**JSON)[:2] == (400, "UnrecognizedClientException")
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 901}))
    later = {"at": datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=901)}
    expired = "The security token included in the request is expired"
    assert Signer(aws, ci.key, ci.secret, ci.token).send(**later) == (403, "ExpiredToken", expired)
    assert Signer(aws, ci.key, ci.secret, ci.token).send(**JSON, **later) == (400, "ExpiredTokenException", expired)
    assert Signer(aws, ci.key, ci.secret, ci.token).send(**EC2, **later)[1] == "RequestExpired"


def test_old_sessions_are_forgotten_and_their_keys_do_not_become_roots(start_server, tmp_path):
    data = tmp_path / "data"
    aws = start_server("--data-dir", str(data), "--manual-clock").aws()
    ci = session(aws, role(aws, allow("*")), DurationSeconds=900)
    advance = lambda days: aws.http("POST", "/_drydock/clock", json.dumps({"advance": days * 86400}))

    def kept():
        with sqlite3.connect(data / "drydock.db") as database:
            return next(str(row) for row in database.execute("SELECT * FROM sts_session") if ci.key in str(row))

    advance(89)
    assert ci.arn in kept()
    advance(3)
    assert ci.arn not in kept()
    assert error_of(ci.client("sts").get_caller_identity).code == "InvalidClientTokenId"
    assert aws.client("sts").get_access_key_info(AccessKeyId=ci.key)["Account"] == aws.account


def test_presigned_urls(aws, signer):
    ana = aws.client("sts", key=signer.key, secret=signer.secret)
    url = ana.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    path = url[len(aws.server.endpoint):]
    assert aws.http("GET", path)[0] == 200
    changed = path.replace("GetCallerIdentity", "GetSessionToken")
    assert b"<Code>SignatureDoesNotMatch</Code>" in aws.http("GET", changed)[2]
    parts = dict(urllib.parse.parse_qsl(path.partition("?")[2]))
    parts["X-Amz-Expires"] = "604801"
    status, _, body = aws.http("GET", "/?" + urllib.parse.urlencode(parts))
    assert b"<Code>IncompleteSignature</Code>" in body and b"604800" in body


def test_the_signers_of_boto3_and_the_cli(aws):
    """Keys that are verified: each protocol's requests as the live signers make them."""
    ana = User(aws, allow("*"))
    ana.client("ec2").describe_vpcs()
    ana.client("ecs").list_clusters()
    ana.client("iam").list_users(PathPrefix="/a+b/~*'()/")
    ana.client("logs").describe_log_groups(logGroupNamePrefix="/a-b/_#")
    ci = session(aws, role(aws, allow("*")))
    for who in (ana, ci):
        environment = {**aws.environment(), **who.environment()}
        if not who.token:
            del environment["AWS_SESSION_TOKEN"]
        for command in (["sts", "get-caller-identity"], ["ecs", "list-clusters"], ["ec2", "describe-vpcs"],
                        ["iam", "list-roles", "--path-prefix", "/x/"]):
            done = subprocess.run(["aws", "--endpoint-url", aws.server.endpoint, *command], env=environment,
                                  capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done.stderr
        bent = {**environment, "AWS_SECRET_ACCESS_KEY": who.secret[:-1] + ("a" if who.secret[-1] != "a" else "b")}
        done = subprocess.run(["aws", "--endpoint-url", aws.server.endpoint, "sts", "get-caller-identity"], env=bent,
                              capture_output=True, text=True, timeout=120)
        assert "(SignatureDoesNotMatch)" in done.stderr


def test_presigned_urls_of_sessions_and_forms(aws):
    ci = session(aws, role(aws, allow("*")))
    for client, call, wanted in ((ci.client("sts"), "get_caller_identity", b"assumed-role/deploy/ci"),
                                 (ci.client("ec2"), "describe_vpcs", b"<DescribeVpcsResponse"),
                                 (ci.client("iam"), "list_users", b"<ListUsersResult")):
        url = client.generate_presigned_url(call, ExpiresIn=60, HttpMethod="GET")
        assert "X-Amz-Security-Token=" in url
        status, _, body = aws.http("GET", url[len(aws.server.endpoint):])
        assert status == 200 and wanted in body
        without = url.partition("&X-Amz-Security-Token=")[0] + "&" + url.partition("&X-Amz-Security-Token=")[2].partition("&")[2]
        assert aws.http("GET", without[len(aws.server.endpoint):])[0] in (401, 403)


def test_inactive_and_deleted_keys(aws, signer):
    iam = aws.client("iam")
    iam.update_access_key(UserName="ana", AccessKeyId=signer.key, Status="Inactive")
    assert signer.send()[:2] == (403, "InvalidClientTokenId")
    iam.update_access_key(UserName="ana", AccessKeyId=signer.key, Status="Active")
    assert signer.send()[0] == 200
    iam.delete_access_key(UserName="ana", AccessKeyId=signer.key)
    assert signer.send()[:2] == (403, "InvalidClientTokenId")


def test_strict_authentication_refuses_unknown_keys_and_says_so(server, start_server):
    strict = start_server("--ephemeral", "--strict-auth")
    assert "strict" in json.loads(strict.aws().http("GET", "/_drydock/health")[2])["authentication"]
    assert "strict" not in json.loads(server.aws().http("GET", "/_drydock/health")[2])["authentication"]
    unknown = strict.aws()
    assert error_of(unknown.client("sts").get_caller_identity).code == "InvalidClientTokenId"
    assert error_of(unknown.client("ecs").list_clusters).code == "UnrecognizedClientException"
    assert error_of(unknown.client("ec2").describe_vpcs).code == "AuthFailure"
