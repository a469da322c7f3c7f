"""GetFederationToken and AssumeRoleWithWebIdentity with boto3; tokens are signed by OpenSSL's command line."""
import base64
import json
import subprocess
import time

from cloudtrail.history import Trail
from conftest import error_of
from iam.caller import User, allow, document

ISSUER = "https://token.actions.githubusercontent.com"
ALL_ECS = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}]})


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An identity provider's key pair."""

    def __init__(self, folder, kid):
        self.file, self.kid = folder / f"{kid}.pem", kid
        subprocess.run(["openssl", "genrsa", "-out", str(self.file), "2048"], check=True, capture_output=True)
        modulus = subprocess.run(["openssl", "rsa", "-in", str(self.file), "-noout", "-modulus"], check=True,
                                 capture_output=True, text=True).stdout.strip().split("=")[1]
        self.jwk = {"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "e": "AQAB",
                    "n": base64url(bytes.fromhex(modulus))}

    def token(self, **claims):
        claims = {"iss": ISSUER, "sub": "repo:org/app:ref:refs/heads/main", "aud": "sts.amazonaws.com",
                  "iat": int(time.time()), "exp": int(time.time()) + 600, **claims}
        text = ".".join(base64url(json.dumps(part).encode())
                        for part in ({"alg": "RS256", "typ": "JWT", "kid": self.kid}, claims))
        done = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(self.file)], input=text.encode(), check=True,
                              capture_output=True)
        return f"{text}.{base64url(done.stdout)}"


def trust(account, condition, *more_actions):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["sts:AssumeRoleWithWebIdentity", *more_actions], "Condition": condition,
        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"}}]})


def test_a_role_for_a_workflow(aws, tmp_path):
    iam, sts = aws.client("iam"), aws.client("sts")
    github, stranger = Issuer(tmp_path, "one"), Issuer(tmp_path, "one-too")
    subject = {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:org/app:*"},
               "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
    iam.create_open_id_connect_provider(Url=ISSUER, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40])
    role = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=trust(aws.account, subject))["Role"]["Arn"]
    iam.put_role_policy(RoleName="ci", PolicyName="p", PolicyDocument=ALL_ECS)
    assume = lambda token, **more: sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="run-1", WebIdentityToken=token, **more)

    # The keys are asked for first, and what is no key set is refused.
    other = "https://nobody.example"
    assert error_of(assume, token=github.token(iss=other)).message == (
        f"No OpenIDConnect provider found in your account for {other}")
    for bad in ("{", "{}", json.dumps({"issuer": ISSUER, "keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}]})):
        assert aws.http("POST", "/_drydock/web-identity-keys", bad)[0] == 400
    status, _, _ = aws.http("POST", "/_drydock/web-identity-keys", json.dumps({"issuer": ISSUER, "keys": [github.jwk]}))
    assert status == 200

    answer = assume(github.token())
    assert answer["SubjectFromWebIdentityToken"] == "repo:org/app:ref:refs/heads/main"
    assert answer["Audience"] == "sts.amazonaws.com" and answer["Provider"].endswith("token.actions.githubusercontent.com")
    keys = answer["Credentials"]
    session = {"key": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]}
    assert aws.client("sts", **session).get_caller_identity()["Arn"] == (
        f"arn:aws:sts::{aws.account}:assumed-role/ci/run-1")

    # IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail", the OIDC example.
    record = Trail(aws).record("AssumeRoleWithWebIdentity", "us-east-1")
    assert record["userIdentity"] == {
        "type": "WebIdentityUser", "principalId": f"{answer['Provider']}:sts.amazonaws.com:repo:org/app:ref:refs/heads/main",
        "userName": "repo:org/app:ref:refs/heads/main", "identityProvider": answer["Provider"]}
    assert record["additionalEventData"] == {"identityProviderConnectionVerificationMethod": "IAMTrustStore"}
    assert record["recipientAccountId"] == aws.account and keys["SecretAccessKey"] not in json.dumps(record)
    assert record["resources"][0]["ARN"] == role
    # The role's own policies may ask who vouched.
    iam.put_role_policy(RoleName="ci", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ecs:*", "Resource": "*",
         "Condition": {"ArnLike": {"aws:FederatedProvider": "arn:aws:iam::*:oidc-provider/token.actions.*"}}}]}))
    aws.client("ecs", **session).list_clusters()
    context = Trail(aws).events(AccessKeyId=keys["AccessKeyId"])[0]["record"]["userIdentity"]["sessionContext"]
    assert context["webIdFederationData"] == {"federatedProvider": answer["Provider"], "attributes": {}}
    assert context["sessionIssuer"]["arn"] == role

    refused = {
        "not.a.token": "InvalidIdentityToken",
        stranger.token(): "InvalidIdentityToken",
        github.token()[:-4] + "AAAA": "InvalidIdentityToken",
        github.token(aud="somebody"): "InvalidIdentityToken",
        github.token(exp=int(time.time()) - 1): "ExpiredTokenException",
        github.token(sub="repo:org/another:ref:refs/heads/main"): "AccessDenied",
    }
    for token, code in refused.items():
        assert error_of(assume, token=token).code == code, code
    header, claims, _ = github.token().split(".")
    unsigned = base64url(json.dumps({"alg": "none"}).encode())
    assert error_of(assume, token=f"{unsigned}.{claims}.").code == "InvalidIdentityToken"
    assert error_of(assume, token=github.token(), DurationSeconds=7200).code == "ValidationError"

    # Who was proven to have called is recorded, refused or not; who was not is not. IAM User Guide, "Logging IAM and AWS
    # STS API calls with AWS CloudTrail"; the event is as users report it (argoproj-labs/argo-workflows-aws-plugin).
    events = Trail(aws).events("us-east-1", EventName="AssumeRoleWithWebIdentity")
    assert [e["record"].get("errorCode") for e in events] == ["ValidationError", "AccessDenied", None]
    denied = events[1]["record"]
    assert denied["userIdentity"] == {
        "type": "WebIdentityUser", "identityProvider": answer["Provider"], "userName": "repo:org/another:ref:refs/heads/main",
        "principalId": f"{answer['Provider']}:sts.amazonaws.com:repo:org/another:ref:refs/heads/main"}
    assert denied["errorMessage"] == "An unknown error occurred" and denied["responseElements"] is None
    assert denied["requestParameters"] == {"roleArn": role, "roleSessionName": "run-1"} and denied["readOnly"] is True
    assert denied["resources"][0]["ARN"] == role and events[1]["Username"] == "repo:org/another:ref:refs/heads/main"

    # Session policies are of the role's account.
    reads = iam.create_policy(PolicyName="reads", PolicyDocument=ALL_ECS.replace("ecs:*", "ecs:List*"))["Policy"]["Arn"]
    narrow = assume(github.token(), PolicyArns=[{"arn": reads}])["Credentials"]
    narrow = {"key": narrow["AccessKeyId"], "secret": narrow["SecretAccessKey"], "token": narrow["SessionToken"]}
    aws.client("ecs", **narrow).list_clusters()
    assert error_of(aws.client("ecs", **narrow).create_cluster, clusterName="c").code == "AccessDeniedException"

    # Session tags in the token need sts:TagSession.
    tagged = github.token(**{"https://aws.amazon.com/tags": {"principal_tags": {"Team": ["blue"]}}})
    assert error_of(assume, token=tagged).message == "Not authorized to perform sts:TagSession"
    iam.update_assume_role_policy(RoleName="ci", PolicyDocument=trust(aws.account, subject, "sts:TagSession"))
    assume(tagged)


def test_federated_users(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="ana")
    iam.put_user_policy(UserName="ana", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["ecs:ListClusters", "ecr:DescribeRepositories", "sts:GetFederationToken"],
             "Resource": "*"}]}))
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    sts = aws.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    answer = sts.get_federation_token(Name="guest", Policy=ALL_ECS)
    assert answer["FederatedUser"] == {"FederatedUserId": f"{aws.account}:guest",
                                       "Arn": f"arn:aws:sts::{aws.account}:federated-user/guest"}
    assert answer["PackedPolicySize"] > 0
    keys = answer["Credentials"]
    session = {"key": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]}
    assert aws.client("sts", **session).get_caller_identity()["UserId"] == f"{aws.account}:guest"
    assert error_of(aws.client("sts", **session).get_federation_token, Name="more").code == "AccessDenied"
    aws.client("ecs", **session).list_clusters()
    # CloudTrail User Guide, "CloudTrail userIdentity element", sessionIssuer: who asked for the session.
    issuer = Trail(aws).events(AccessKeyId=keys["AccessKeyId"])[0]["record"]["userIdentity"]["sessionContext"]["sessionIssuer"]
    ana = iam.get_user(UserName="ana")["User"]
    assert issuer == {"type": "IAMUser", "principalId": ana["UserId"], "arn": ana["Arn"], "accountId": aws.account,
                      "userName": "ana"}


def test_a_federated_user_is_not_a_later_namesakes(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    ana = User(aws, allow("*"))
    keys = ana.client("sts").get_federation_token(Name="guest", Policy=ALL_ECS)["Credentials"]
    guest = aws.client("ecs", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])
    guest.list_clusters()
    ana.may()
    ana.iam.delete_access_key(UserName="ana", AccessKeyId=ana.key)
    ana.iam.delete_user(UserName="ana")
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 1}))
    User(aws, allow("*"))
    assert error_of(guest.list_clusters).code == "AccessDeniedException"


def test_what_sessions_of_users_cannot_call(aws):
    """STS API Reference, GetSessionToken and GetFederationToken, Permissions; what IAM says is as SDK users report it
    (99designs/aws-vault, issues 15 and 1056)."""
    iam = aws.client("iam")
    arn = iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": aws.account}, "Action": "sts:AssumeRole"}]}))["Role"]["Arn"]
    ana = User(aws, allow("*"))
    everything = document(allow("*"))
    for caller in (ana, None):  # a user; root
        sts = caller.client("sts") if caller else aws.client("sts")
        for federated, answer in ((False, sts.get_session_token()), (True, sts.get_federation_token(Name="bob", Policy=everything))):
            keys = answer["Credentials"]
            client = lambda name: aws.client(name, key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
                                             token=keys["SessionToken"])
            client("ecs").list_clusters()
            client("sts").get_caller_identity()
            refused = error_of(client("iam").list_users)
            assert (refused.code, refused.status) == ("InvalidClientTokenId", 403)
            for call, parameters in (("get_session_token", {}), ("get_federation_token", {"Name": "more"}),
                                     ("get_access_key_info", {"AccessKeyId": keys["AccessKeyId"]}),
                                     ("decode_authorization_message", {"EncodedMessage": "x"})):
                assert error_of(getattr(client("sts"), call), **parameters).code == "AccessDenied", call
            if federated:
                assert error_of(client("sts").assume_role, RoleArn=arn, RoleSessionName="ci").code == "AccessDenied"
            else:
                client("sts").assume_role(RoleArn=arn, RoleSessionName="ci")
