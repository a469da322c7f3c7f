"""The registry protocol, by skopeo and by hand."""
import base64
import concurrent.futures
import json
import pathlib
import subprocess

from conftest import error_of
from ecr.images import digest_of, layer_of, put_image, put_layer, random_layer, write_layout


def basic(aws):
    token = aws.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    return {"Authorization": "Basic " + token}


def test_push_inspect_and_pull(aws, ecr, skopeo, tmp_path):
    ecr.create_repository(repositoryName="team/auth")
    layers = [layer_of({"hello": b"hello"}), random_layer(3_000_000)]
    digest = write_layout(tmp_path / "image", *layers)
    pushed = skopeo.push(tmp_path / "image", "team/auth:v1")
    assert pushed.returncode == 0, pushed.stderr

    [detail] = ecr.describe_images(repositoryName="team/auth")["imageDetails"]
    assert detail["imageTags"] == ["v1"]
    assert "lastRecordedPullTime" not in detail
    inspected = skopeo.run("inspect", "--tls-verify=false", f"docker://{skopeo.registry}/team/auth:v1")
    assert inspected.returncode == 0, inspected.stderr
    inspected = json.loads(inspected.stdout)
    assert inspected["Digest"] == detail["imageDigest"]
    assert inspected["RepoTags"] == ["v1"]

    pulled = skopeo.pull("team/auth:v1", tmp_path / "pulled")
    assert pulled.returncode == 0, pulled.stderr
    index = json.loads((tmp_path / "pulled" / "index.json").read_text())
    assert index["manifests"][0]["digest"] == detail["imageDigest"]
    config = json.loads((tmp_path / "image" / "blobs" / "sha256" / digest.split(":")[1]).read_text())["config"]
    assert (tmp_path / "pulled" / "blobs" / "sha256" / config["digest"].split(":")[1]).exists()
    assert "lastRecordedPullTime" in ecr.describe_images(repositoryName="team/auth")["imageDetails"][0]

    again = skopeo.push(tmp_path / "image", "team/auth:v2")
    assert again.returncode == 0, again.stderr
    assert sorted(ecr.describe_images(repositoryName="team/auth")["imageDetails"][0]["imageTags"]) == ["v1", "v2"]


def test_many_pushes_at_once(ecr, skopeo, tmp_path):
    ecr.create_repository(repositoryName="auth")
    shared = random_layer(1_000_000)

    def push(number):
        write_layout(tmp_path / str(number), shared, random_layer(500_000), random_layer(500_000))
        return skopeo.push(tmp_path / str(number), f"auth:v{number}")

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for done in pool.map(push, range(8)):
            assert done.returncode == 0, done.stderr
    assert len(ecr.describe_images(repositoryName="auth")["imageDetails"]) == 8
    pulled = skopeo.pull("auth:v3", tmp_path / "pulled")
    assert pulled.returncode == 0, pulled.stderr


def test_what_skopeo_says_to_refusals(aws, ecr, skopeo, tmp_path):
    write_layout(tmp_path / "image", layer_of({"hello": b"hello"}))
    missing = skopeo.push(tmp_path / "image", "nowhere:v1")
    assert missing.returncode != 0
    assert f"The repository with name 'nowhere' does not exist in the registry with id '{aws.account}'" in missing.stderr
    ecr.create_repository(repositoryName="auth", imageTagMutability="IMMUTABLE")
    assert "manifest unknown" in skopeo.pull("auth:v1", tmp_path / "pulled").stderr
    put_image(ecr, "auth", b"another", "v1")
    assert "cannot be overwritten because the tag is immutable" in skopeo.push(tmp_path / "image", "auth:v1").stderr
    assert skopeo.login("wrong").returncode != 0


def test_the_login(aws):
    status, headers, _ = aws.http("GET", "/v2/")
    assert status == 401
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers["www-authenticate"].startswith("Basic realm=\"")
    assert headers["www-authenticate"].endswith(',service="ecr.amazonaws.com"')
    assert headers["docker-distribution-api-version"] == "registry/2.0"
    assert aws.http("GET", "/v2/", headers=basic(aws))[0] == 200
    wrong = {"Authorization": "Basic " + base64.b64encode(b"AWS:wrong").decode()}
    status, _, body = aws.http("GET", "/v2/", headers=wrong)
    assert status == 400 and json.loads(body)["errors"][0]["code"] == "DENIED"


def test_a_password_ends_after_twelve_hours(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    headers = basic(aws)
    assert aws.http("GET", "/v2/", headers=headers)[0] == 200
    assert aws.http("POST", "/_drydock/clock", json.dumps({"advance": 12 * 3600}))[0] == 200
    status, _, body = aws.http("GET", "/v2/", headers=headers)
    assert status == 403
    assert json.loads(body)["errors"] == [
        {"code": "DENIED", "message": "Your authorization token has expired. Reauthenticate and try again."}]


def test_accounts_do_not_see_each_other(server, aws, ecr):
    ecr.create_repository(repositoryName="auth")
    put_image(ecr, "auth")
    assert aws.http("GET", "/v2/auth/manifests/v1", headers=basic(aws))[0] == 200
    assert aws.http("GET", "/v2/auth/manifests/v1", headers=basic(server.aws()))[0] == 404


def test_ranges_over_the_wire(aws, ecr):
    ecr.create_repository(repositoryName="auth")
    headers = basic(aws)
    data = bytes(range(256)) * 1000
    status, _, _ = aws.http("POST", f"/v2/auth/blobs/uploads/?digest={digest_of(data)}", body=data,
                            headers={**headers, "Content-Type": "application/octet-stream"})
    assert status == 201
    blob = f"/v2/auth/blobs/{digest_of(data)}"
    status, answer, body = aws.http("GET", blob, headers={**headers, "Range": "bytes=1000-1999"})
    assert status == 206 and body == data[1000:2000]
    assert {name.lower(): value for name, value in answer.items()}["content-range"] == f"bytes 1000-1999/{len(data)}"
    status, answer, body = aws.http("HEAD", blob, headers=headers)
    assert status == 200 and body == b""
    assert {name.lower(): value for name, value in answer.items()}["content-length"] == str(len(data))
    assert aws.http("GET", blob, headers=headers)[2] == data


def test_large_layers_take_no_memory(start_server):
    server = start_server("--ephemeral")
    aws = server.aws()
    aws.client("ecr").create_repository(repositoryName="auth")

    def peak():
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024

    headers = basic(aws)
    data = bytes(200_000_000)
    before = peak()
    status, _, body = aws.http("POST", f"/v2/auth/blobs/uploads/?digest={digest_of(data)}", body=data,
                               headers={**headers, "Content-Type": "application/octet-stream"}, timeout=300)
    assert status == 201, body
    done = subprocess.run(["curl", "-sS", "--fail", "-o", "/dev/null", "-H", f"Authorization: {headers['Authorization']}",
                           f"{server.endpoint}/v2/auth/blobs/{digest_of(data)}", "-w", "%{size_download}"],
                          capture_output=True, text=True, timeout=300)
    assert done.stdout == str(len(data)), done.stderr
    assert peak() - before < 40_000_000


def test_images_outlive_a_crash(start_server, tmp_path):
    server = start_server("--data-dir", str(tmp_path / "data"))
    aws = server.aws()
    ecr = aws.client("ecr")
    ecr.create_repository(repositoryName="auth")
    digest = put_image(ecr, "auth")
    headers = basic(aws)
    server.kill()
    again = start_server("--data-dir", str(tmp_path / "data"), port=server.port)
    aws = again.aws(account=aws.account)
    assert aws.client("ecr").describe_images(repositoryName="auth")["imageDetails"][0]["imageDigest"] == digest
    assert aws.http("GET", "/v2/auth/manifests/v1", headers=headers)[0] == 200  # the password is still good
    assert error_of(aws.client("ecr").create_repository, repositoryName="auth").code == "RepositoryAlreadyExistsException"


def test_layers_are_mounted_once_that_is_switched_on(aws):
    """ECR User Guide, "Blob mounting in Amazon ECR": within a registry that has it enabled, between repositories of the
    same encryption."""
    ecr = aws.client("ecr")
    for repository, more in (("base", {}), ("app", {}), ("sealed", {"encryptionConfiguration": {"encryptionType": "KMS"}})):
        ecr.create_repository(repositoryName=repository, **more)
    data = b"a layer"
    put_layer(ecr, "base", data)
    login = {"Authorization": "Basic " + ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]}

    def mount(repository, source="base"):
        path = f"/v2/{repository}/blobs/uploads/?mount={digest_of(data)}&from={source}"
        return aws.http("POST", path, headers=login)[0]

    def setting(operation, **parameters):
        return aws.json_call("ecr", f"AmazonEC2ContainerRegistry_V20150921.{operation}AccountSetting", **parameters)

    assert setting("Get", name="BLOB_MOUNTING") == (200, {"name": "BLOB_MOUNTING", "value": "DISABLED"})
    assert mount("app") == 202  # as for any upload
    enabled = {"name": "BLOB_MOUNTING", "value": "ENABLED"}
    assert setting("Put", **enabled) == setting("Get", name="BLOB_MOUNTING") == (200, enabled)
    assert mount("app", "none") == mount("sealed") == 202
    assert mount("app") == 201
    [layer] = ecr.batch_check_layer_availability(repositoryName="app", layerDigests=[digest_of(data)])["layers"]
    assert layer["layerAvailability"] == "AVAILABLE"
    for name, value in (("BLOB_MOUNTING", "PERHAPS"), ("NO_SETTING", "ENABLED")):
        status, refused = setting("Put", name=name, value=value)
        assert (status, refused["__type"]) == (400, "InvalidParameterException")


def test_skopeo_deletes_an_image(ecr, skopeo, tmp_path):
    """ECR User Guide, "Deleting signatures and other artifacts", deletes by the registry as well."""
    ecr.create_repository(repositoryName="app")
    write_layout(tmp_path / "layout", random_layer(1000))
    assert skopeo.push(tmp_path / "layout", "app:v1").returncode == 0
    deleted = skopeo.run("delete", "--tls-verify=false", f"docker://{skopeo.registry}/app:v1")
    assert deleted.returncode == 0, deleted.stderr
    assert ecr.list_images(repositoryName="app")["imageIds"] == []
