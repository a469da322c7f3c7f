"""Tiny images, made without an engine."""
import contextlib
import hashlib
import io
import json
import os
import pathlib
import subprocess
import tarfile


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def layer_of(files):
    """A layer (tar) with these files: name -> bytes."""
    with io.BytesIO() as stream:
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        return stream.getvalue()


def config_of(layers, architecture="amd64"):
    return json.dumps({"architecture": architecture, "os": "linux", "config": {"Cmd": ["/hello"]},
                       "rootfs": {"type": "layers", "diff_ids": [digest_of(layer) for layer in layers]}}).encode()


def manifest_of(config, layers):
    return json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest_of(config),
                   "size": len(config)},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": digest_of(layer),
                    "size": len(layer)} for layer in layers]}).encode()


def write_layout(folder, *layers):
    """An OCI image layout with one image of these layers; returns the manifest's digest."""
    folder = pathlib.Path(folder)
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    config = config_of(layers)
    manifest = manifest_of(config, layers)
    for data in (*layers, config, manifest):
        (blobs / digest_of(data).split(":")[1]).write_bytes(data)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest_of(manifest),
         "size": len(manifest)}]}))
    return digest_of(manifest)


class Skopeo:
    """skopeo, logged in to the registry of an account."""

    def __init__(self, aws, folder):
        self.registry = aws.server.endpoint.removeprefix("http://")
        self.authfile = str(pathlib.Path(folder) / "auth.json")
        password = subprocess.run(["aws", "--endpoint-url", aws.server.endpoint, "ecr", "get-login-password"],
                                  capture_output=True, text=True, check=True, env=aws.environment()).stdout
        login = self.login(password)
        assert login.returncode == 0, login.stderr

    def login(self, password):
        return subprocess.run(["skopeo", "login", "--tls-verify=false", "--authfile", self.authfile, "--username", "AWS",
                               "--password-stdin", self.registry], input=password, capture_output=True, text=True)

    def run(self, command, *arguments):
        return subprocess.run(["skopeo", "--insecure-policy", command, "--authfile", self.authfile, *arguments],
                              capture_output=True, text=True, timeout=300)

    def push(self, layout, image):
        return self.run("copy", "--dest-tls-verify=false", f"oci:{layout}", f"docker://{self.registry}/{image}")

    def pull(self, image, layout):
        return self.run("copy", "--src-tls-verify=false", f"docker://{self.registry}/{image}", f"oci:{layout}")


def put_layer(ecr, repository, data):
    """Through the ECR API, as its own uploads go."""
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr.upload_layer_part(repositoryName=repository, uploadId=upload, partFirstByte=0, partLastByte=len(data) - 1,
                          layerPartBlob=data)
    with contextlib.suppress(ecr.exceptions.LayerAlreadyExistsException):
        ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[digest_of(data)])
    return digest_of(data)


def put_image(ecr, repository, content=b"hello", tag="v1"):
    """An image with one layer; returns its digest."""
    layer = layer_of({"hello": content})
    config = config_of([layer])
    for data in (layer, config):
        put_layer(ecr, repository, data)
    manifest = manifest_of(config, [layer])
    ecr.put_image(repositoryName=repository, imageManifest=manifest.decode(), imageTag=tag)
    return digest_of(manifest)


def random_layer(size):
    return layer_of({"data": os.urandom(size)})
