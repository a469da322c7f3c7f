"""Pushes and pulls by the registry protocol need the permissions of ECR's own operations.

Which: ECR User Guide, "Pushing an image" and "Pulling an image", required permissions; aws-facts H.5.
"""
import json

from cloudtrail.history import Trail
from conftest import REGION
from ecr.images import config_of, digest_of, layer_of, manifest_of, put_layer
from iam.caller import User, allow, document

PUSH = ["ecr:BatchCheckLayerAvailability", "ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
        "ecr:PutImage"]
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
LAYER = layer_of({"app": b"app"})
CONFIG = config_of([LAYER])
MANIFEST = manifest_of(CONFIG, [LAYER])


class Registry:
    def __init__(self, aws, caller, host=None):
        token = caller.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
        self.aws, self.headers = aws, {"Authorization": "Basic " + token, **({"Host": host} if host else {})}

    def call(self, method, path, body=None, kind="application/octet-stream"):
        """(status, message)"""
        status, _, answer = self.aws.http(method, "/v2/app/" + path, body, {**self.headers, "Content-Type": kind})
        return status, json.loads(answer)["errors"][0]["message"] if status >= 400 and answer else ""

    def push(self):
        """Where a push ends: the first refusal, or the manifest's answer."""
        for blob in (LAYER, CONFIG):
            if self.call("HEAD", f"blobs/{digest_of(blob)}")[0] == 403:
                return 403, "ecr:BatchCheckLayerAvailability"  # answers to HEAD have no body
            status, message = self.call("POST", f"blobs/uploads/?digest={digest_of(blob)}", blob)
            if status != 201:
                return status, message
        return self.call("PUT", "manifests/v1", MANIFEST, "application/vnd.oci.image.manifest.v1+json")

    def pull(self):
        status, message = self.call("GET", "manifests/v1")
        return (status, message) if status != 200 else self.call("GET", f"blobs/{digest_of(LAYER)}")


def test_each_step_needs_its_permission(aws):
    aws.client("ecr").create_repository(repositoryName="app")
    repository = f"arn:aws:ecr:{REGION}:{aws.account}:repository/app"
    login = allow("ecr:GetAuthorizationToken")
    ana = User(aws, login)
    registry = Registry(aws, ana)
    for missing in PUSH:
        ana.may(login, allow(*[a for a in PUSH if a != missing], resource=repository))
        status, message = registry.push()
        assert status == 403 and missing in message, message
    ana.may(login, allow(*PUSH, resource=repository))
    assert registry.push()[0] == 201
    for missing in PULL:
        ana.may(login, allow(*[a for a in PULL if a != missing], resource=repository))
        status, message = registry.pull()
        assert status == 403 and f"User: {ana.arn} is not authorized to perform: {missing}" in message
    ana.may(login, allow(*PULL, resource=repository))
    assert registry.pull()[0] == 200
    assert registry.call("POST", f"blobs/uploads/?mount={digest_of(LAYER)}&from=app")[0] == 403


def test_a_layer_is_mounted_by_one_who_may_fetch_it(aws):
    """ECR User Guide, "Blob mounting in Amazon ECR": needs ecr:GetDownloadUrlForLayer on the repository that has it."""
    ecr = aws.client("ecr")
    arn = {name: ecr.create_repository(repositoryName=name)["repository"]["repositoryArn"] for name in ("base", "app")}
    assert aws.json_call("ecr", "AmazonEC2ContainerRegistry_V20150921.PutAccountSetting", name="BLOB_MOUNTING", value="ENABLED")[0] == 200
    put_layer(ecr, "base", LAYER)
    push = allow(*PUSH, resource=arn["app"])
    ana = User(aws, allow("ecr:GetAuthorizationToken"), push)
    registry = Registry(aws, ana)
    mount = f"blobs/uploads/?mount={digest_of(LAYER)}&from=base"
    assert registry.call("POST", mount)[0] == 202
    ana.may(allow("ecr:GetAuthorizationToken"), push, allow("ecr:GetDownloadUrlForLayer", resource=arn["base"]))
    assert registry.call("POST", mount)[0] == 201


def test_to_delete_needs_its_permission(aws):
    """Each operation of the registry is one of the API's: here BatchDeleteImage."""
    arn = aws.client("ecr").create_repository(repositoryName="app")["repository"]["repositoryArn"]
    login, push = allow("ecr:GetAuthorizationToken"), allow(*PUSH, resource=arn)
    ana = User(aws, login, push)
    registry = Registry(aws, ana)
    assert registry.push()[0] == 201
    status, message = registry.call("DELETE", "manifests/v1")
    assert status == 403 and "ecr:BatchDeleteImage" in message
    ana.may(login, push, allow("ecr:BatchDeleteImage", resource=arn))
    assert registry.call("DELETE", "manifests/v1")[0] == 202


def test_another_accounts_repository_by_its_policy(server, aws):
    owner = server.aws()
    owner.client("ecr").create_repository(repositoryName="app")
    upload = User(owner, allow("ecr:*"))
    host = f"{owner.account}.dkr.ecr.{REGION}.amazonaws.com"
    assert Registry(owner, upload, host).push()[0] == 201
    ana = User(aws, allow("ecr:*"))
    registry = Registry(aws, ana, host)
    status, message = registry.pull()
    assert status == 403 and "no resource-based policy allows the ecr:BatchGetImage action" in message
    owner.client("ecr").set_repository_policy(repositoryName="app", policyText=document(
        {"Effect": "Allow", "Principal": {"AWS": ana.arn}, "Action": PULL}))
    assert registry.pull()[0] == 200
    assert registry.call("POST", "blobs/uploads/")[0] == 403


def test_pushes_and_pulls_are_recorded(aws):
    """ECR User Guide, "Logging Amazon ECR actions with AWS CloudTrail", the examples of an image push and pull; denied
    ones too."""
    aws.client("ecr").create_repository(repositoryName="app")
    ana = User(aws, allow("ecr:*"))
    registry = Registry(aws, ana)
    assert registry.push()[0] == 201 and registry.pull()[0] == 200
    ana.may(allow("ecr:GetAuthorizationToken"))
    assert registry.push()[0] == registry.pull()[0] == 403
    assert registry.call("POST", "blobs/uploads/")[0] == 403
    trail = Trail(aws)
    for action in PUSH + PULL:
        name = action.partition(":")[2]
        mine = [event["record"].get("errorCode") for event in trail.events(EventName=name) if event["Username"] == "ana"]
        assert None in mine, name
        assert "AccessDenied" in mine or name in ("UploadLayerPart", "CompleteLayerUpload", "PutImage",
                                                  "GetDownloadUrlForLayer"), name
