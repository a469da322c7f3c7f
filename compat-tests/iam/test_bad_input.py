"""Hostile and careless input: AWS's error, never a crash, never an allow."""
import datetime
import json
import socket

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import HOST, REGION, error_of
from iam.caller import ANYONE_OF, User, allow, document
from sts.test_signatures import Signer

READ = document(allow("ecs:Describe*"))


@pytest.fixture
def iam(aws):
    return aws.client("iam")


@pytest.mark.parametrize("text", [
    "[" * 50_000, '{"Statement":' * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000,
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":'
    + '{"StringEquals":' * 7_000 + "1" + "}" * 7_000 + "}]}",
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}} trailing',
    '{"Version":"2013-01-01","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"*","Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ecs","Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ecs:*","Resource":"web"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Sounds":{"a":"b"}}}}',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"},"Comment":"x"}',
])
def test_malformed_and_bottomless_policies(aws, iam, text):
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    refused = error_of(iam.put_user_policy, UserName="ana", PolicyName="p", PolicyDocument=text)
    assert (refused.code, refused.status) == ("MalformedPolicyDocument", 400)
    ana = aws.client("ecs", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    assert error_of(ana.list_clusters).code == "AccessDeniedException"


def managed(size):
    """A policy of so many characters that count: white space does not. IAM User Guide, "IAM and AWS STS quotas"."""
    text = document(allow("ecs:RunTask", resource="arn:aws:ecs:*:*:task/"))
    missing = size - len("".join(text.split()))
    return text.replace(":task/", ":task/" + "x" * missing)


def test_a_managed_policy_may_have_6144_characters(iam):
    iam.create_policy(PolicyName="fits", PolicyDocument=managed(6144))
    refused = error_of(iam.create_policy, PolicyName="large", PolicyDocument=managed(6145))
    assert refused.type == "LimitExceededException" and "6144" in refused.message
    iam.create_policy(PolicyName="spaced", PolicyDocument=managed(6144).replace(",", ",  \n   "))
    arn = iam.create_policy(PolicyName="small", PolicyDocument=READ)["Policy"]["Arn"]
    assert error_of(iam.create_policy_version, PolicyArn=arn, PolicyDocument=managed(6145)).code == "LimitExceeded"


@pytest.mark.parametrize("kind, limit", [("user", 2048), ("group", 5120), ("role", 10240)])
def test_inline_policies_of_an_entity_together(aws, iam, kind, limit):
    name = {"user": "UserName", "group": "GroupName", "role": "RoleName"}[kind]
    more = {"AssumeRolePolicyDocument": ANYONE_OF.format(aws.account)} if kind == "role" else {}
    getattr(iam, f"create_{kind}")(**{name: "x"}, **more)
    put = getattr(iam, f"put_{kind}_policy")
    put(**{name: "x"}, PolicyName="one", PolicyDocument=managed(limit - 200))
    refused = error_of(put, **{name: "x"}, PolicyName="two", PolicyDocument=managed(201))
    assert refused.message == f"Maximum policy size of {limit} bytes exceeded for {kind} x"
    put(**{name: "x"}, PolicyName="two", PolicyDocument=managed(200))


@pytest.mark.parametrize("principal, message", [
    ({"AWS": "arn:aws:iam::ACCOUNT:user/nobody"}, "Invalid principal in policy"),
    ({"AWS": "arn:aws:iam::ACCOUNT:role/none"}, "Invalid principal in policy"),
    ({"AWS": "nobody"}, "Invalid principal in policy"), ({"AWS": "arn:aws:s3:::bucket"}, "Invalid principal in policy"),
    ({"Cloud": "*"}, None), ("nobody", None), ([], None)])
def test_unknown_principals_in_trust_policies(aws, iam, principal, message):
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    text = json.dumps(trust).replace("ACCOUNT", aws.account)
    refused = error_of(iam.create_role, RoleName="deploy", AssumeRolePolicyDocument=text)
    assert refused.code == "MalformedPolicyDocument"
    assert message is None or message in refused.message
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account))
    assert error_of(iam.update_assume_role_policy, RoleName="deploy", PolicyDocument=text).code == "MalformedPolicyDocument"


@pytest.mark.parametrize("name", ["änne", "名前", "a\u202eb", "a\u0000b", "a b", "a/b", "😀", "", "x" * 65, "%2e%2e"])
def test_unicode_and_more_in_names(iam, name):
    for call, member in ((iam.create_user, "UserName"), (iam.create_group, "GroupName"),
                         (iam.create_instance_profile, "InstanceProfileName")):
        if member != "UserName" and len(name) == 65:
            continue  # groups and profiles may have 128 characters
        refused = error_of(call, **{member: name}) if name else None
        assert name == "" or (refused.code, refused.status) == ("ValidationError", 400)


def test_unicode_where_it_may_be(aws, iam):
    tags = [{"Key": "équipe", "Value": "東京"}]
    iam.create_user(UserName="ana", Tags=tags)
    assert iam.list_user_tags(UserName="ana")["Tags"] == tags
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=ANYONE_OF.format(aws.account), Description="für später")
    assert iam.get_role(RoleName="deploy")["Role"]["Description"] == "für später"
    assert error_of(iam.tag_user, UserName="ana", Tags=[{"Key": "😀", "Value": "v"}]).code == "ValidationError"
    assert error_of(iam.tag_user, UserName="ana", Tags=[{"Key": "aws:x", "Value": "v"}]).type == "InvalidInputException"


def test_a_replayed_signature_is_good_for_its_time_and_for_its_very_request(start_server):
    """SigV4 has no memory: what is sent again within 15 minutes is the same request, as on AWS; later, or changed, not."""
    aws = start_server("--ephemeral", "--manual-clock").aws()
    ana = User(aws, allow("sts:*"))
    signer = Signer(aws, ana.key, ana.secret)
    signed = datetime.datetime.now(datetime.timezone.utc)
    assert signer.send(at=signed)[0] == signer.send(at=signed)[0] == 200
    assert signer.send(at=signed, sent_body="Action=GetSessionToken&Version=2011-06-15")[1] == "SignatureDoesNotMatch"
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 16 * 60}))
    status, code, message = signer.send(at=signed)
    assert (status, code) == (403, "SignatureDoesNotMatch") and message.startswith("Signature expired: ")


def test_headers_are_not_smuggled_into_what_was_signed(aws):
    ana = User(aws, allow("sts:*"))
    signer = Signer(aws, ana.key, ana.secret)
    # A signed header with more in it than was signed: blanks are folded, commas and further values are not.
    for headers in ({"x-amz-meta": "a,b"}, {"x-custom": "  a   b  "}):
        assert signer.send(headers={k: " ".join(v.split()) for k, v in headers.items()})[0] == 200
    mismatch = (403, "SignatureDoesNotMatch")
    assert signer.send(headers={"x-custom": "a"}, unsigned={"x-custom": "a,b"})[:2] == mismatch
    assert signer.send(unsigned={"x-amz-anything": "a"})[:2] == mismatch
    for bent in ("", "host", "host;host;x-amz-date", "HOST;x-amz-date;content-type", "host,x-amz-date"):
        authorization = (f"AWS4-HMAC-SHA256 Credential={ana.key}/20260101/eu-central-1/sts/aws4_request, "
                         f"SignedHeaders={bent}, Signature=00")
        status, _, body = aws.http("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", {
            "authorization": authorization, "x-amz-date": "20260101T000000Z",
            "content-type": "application/x-www-form-urlencoded"})
        assert status in (400, 403) and b"<Arn>" not in body


@pytest.mark.parametrize("line, stands", [
    (None, True),
    ("X-Amz-Target: {}", False),
    ("X-AMZ-TARGET: {}", False),
    ("x-amz-target : {}", False),
    ("X-Amz-Security-Token: {}", False),
    ("X-Amz-Date: 20260101T000000Z", False),
    ("Host: evil.example", False),
    ("X-Other: a\r\n x-amz-target: {}", True),  # a folded line is of the header before it, and nobody's
])
@pytest.mark.parametrize("before", [True, False])
def test_a_line_that_is_slipped_into_a_signed_request(aws, line, stands, before):
    """As bytes on the wire, which no client library would send: the request is refused, or it is what was signed."""
    ana = User(aws, allow("ecs:*"))
    operation = "AmazonEC2ContainerServiceV20141113."
    request = AWSRequest("POST", aws.server.endpoint + "/", data="{}", headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": operation + "ListClusters"})
    SigV4Auth(Credentials(ana.key, ana.secret), "ecs", REGION).add_auth(request)
    signed = [f"{name}: {value}" for name, value in request.headers.items()]
    signed.append(f"Host: {HOST}:{aws.server.port}")
    slipped = [line.format(operation + "CreateCluster")] if line else []
    lines = ["POST / HTTP/1.1", *(slipped + signed if before else signed + slipped), "Content-Length: 2",
             "Connection: close", "", "{}"]
    with socket.create_connection((HOST, aws.server.port), timeout=10) as wire:
        wire.sendall("\r\n".join(lines).encode())
        answer = b"".join(iter(lambda: wire.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200" if stands else b"HTTP/1.1 400"), answer
    assert aws.client("ecs").list_clusters()["clusterArns"] == []
