"""Images and layers through the ECR API."""
import json
import urllib.request

import pytest
from conftest import error_of
from ecr.images import config_of, digest_of, layer_of, manifest_of, put_image, put_layer


def test_an_image_is_put_and_got_back_byte_for_byte(aws, ecr):
    ecr.create_repository(repositoryName="auth")
    layer = layer_of({"hello": b"hello"})
    config = config_of([layer])
    manifest = manifest_of(config, [layer])
    refused = error_of(ecr.put_image, repositoryName="auth", imageManifest=manifest.decode(), imageTag="v1")
    assert refused.type == "LayersNotFoundException"
    for data in (layer, config):
        put_layer(ecr, "auth", data)
    put = ecr.put_image(repositoryName="auth", imageManifest=manifest.decode(), imageTag="v1")["image"]
    assert put["imageId"] == {"imageDigest": digest_of(manifest), "imageTag": "v1"}

    got = ecr.batch_get_image(repositoryName="auth", imageIds=[{"imageTag": "v1"}, {"imageTag": "v2"}])
    assert got["images"][0]["imageManifest"] == manifest.decode()
    assert got["images"][0]["imageManifestMediaType"] == "application/vnd.oci.image.manifest.v1+json"
    assert got["failures"] == [{"imageId": {"imageTag": "v2"}, "failureCode": "ImageNotFound",
                                "failureReason": "Requested image not found"}]
    [detail] = ecr.describe_images(repositoryName="auth")["imageDetails"]
    assert detail["imageDigest"] == digest_of(manifest) and detail["imageTags"] == ["v1"]
    assert detail["imageSizeInBytes"] == len(config) + len(layer)
    again = error_of(ecr.put_image, repositoryName="auth", imageManifest=manifest.decode(), imageTag="v1")
    assert again.type == "ImageAlreadyExistsException"
    assert again.message == (f"Image with digest '{digest_of(manifest)}' and tag 'v1' already exists in the repository "
                             f"with name 'auth' in registry with id '{aws.account}'")


def test_tags_move_and_images_are_deleted(ecr):
    ecr.create_repository(repositoryName="auth")
    first = put_image(ecr, "auth", b"one")
    second = put_image(ecr, "auth", b"two")
    ids = ecr.list_images(repositoryName="auth")["imageIds"]
    assert sorted(ids, key=str) == sorted([{"imageDigest": first}, {"imageDigest": second, "imageTag": "v1"}], key=str)
    assert ecr.list_images(repositoryName="auth", filter={"tagStatus": "UNTAGGED"})["imageIds"] == [
        {"imageDigest": first}]
    deleted = ecr.batch_delete_image(repositoryName="auth", imageIds=[{"imageDigest": first}, {"imageTag": "v9"}])
    assert deleted["imageIds"] == [{"imageDigest": first}]
    assert deleted["failures"][0]["failureCode"] == "ImageNotFound"
    missing = error_of(ecr.describe_images, repositoryName="auth", imageIds=[{"imageTag": "v9"}])
    assert missing.type == "ImageNotFoundException"
    assert missing.message.startswith("The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within ")


def test_immutable_tags(ecr):
    ecr.create_repository(repositoryName="auth", imageTagMutability="IMMUTABLE")
    put_image(ecr, "auth", b"one")
    layer = layer_of({"hello": b"two"})
    config = config_of([layer])
    for data in (layer, config):
        put_layer(ecr, "auth", data)
    parameters = {"repositoryName": "auth", "imageManifest": manifest_of(config, [layer]).decode(), "imageTag": "v1"}
    refused = error_of(ecr.put_image, **parameters)
    assert refused.type == "ImageTagAlreadyExistsException"
    assert refused.message == ("The image tag 'v1' already exists in the 'auth' repository and cannot be overwritten "
                               "because the tag is immutable.")
    ecr.put_image_tag_mutability(repositoryName="auth", imageTagMutability="MUTABLE")
    ecr.put_image(**parameters)


def test_layers(ecr):
    ecr.create_repository(repositoryName="auth")
    data = b"some bytes"
    upload = ecr.initiate_layer_upload(repositoryName="auth")
    part = {"repositoryName": "auth", "uploadId": upload["uploadId"], "layerPartBlob": data}
    with pytest.raises(ecr.exceptions.InvalidLayerPartException) as wrong:
        ecr.upload_layer_part(partFirstByte=3, partLastByte=12, **part)
    assert wrong.value.response["uploadId"] == upload["uploadId"]
    assert isinstance(wrong.value.response["lastValidByteReceived"], int)
    assert ecr.upload_layer_part(partFirstByte=0, partLastByte=9, **part)["lastByteReceived"] == 9
    complete = {"repositoryName": "auth", "uploadId": upload["uploadId"]}
    assert error_of(ecr.complete_layer_upload, layerDigests=[digest_of(b"x")], **complete).type == "InvalidLayerException"
    ecr.complete_layer_upload(layerDigests=[digest_of(data)], **complete)
    gone = error_of(ecr.complete_layer_upload, layerDigests=[digest_of(data)], **complete)
    assert gone.type == "UploadNotFoundException"

    checked = ecr.batch_check_layer_availability(repositoryName="auth", layerDigests=[digest_of(data), digest_of(b"x")])
    assert [layer["layerAvailability"] for layer in checked["layers"]] == ["AVAILABLE", "UNAVAILABLE"]
    # ECR API Reference, GetDownloadUrlForLayer: only for layers that an image names.
    download = {"repositoryName": "auth", "layerDigest": digest_of(data)}
    assert error_of(ecr.get_download_url_for_layer, **download).type == "LayerInaccessibleException"
    ecr.put_image(repositoryName="auth", imageManifest=manifest_of(data, []).decode())
    url = ecr.get_download_url_for_layer(**download)["downloadUrl"]
    with urllib.request.urlopen(url) as answer:  # without any credentials
        assert answer.read() == data


def test_pages(ecr):
    ecr.create_repository(repositoryName="auth")
    for number in range(5):
        put_image(ecr, "auth", bytes([number]), f"v{number}")
    pages = list(ecr.get_paginator("list_images").paginate(repositoryName="auth", PaginationConfig={"PageSize": 2}))
    assert [len(page["imageIds"]) for page in pages] == [2, 2, 1]
    described = list(ecr.get_paginator("describe_images").paginate(
        repositoryName="auth", PaginationConfig={"PageSize": 2}))
    assert len([image for page in described for image in page["imageDetails"]]) == 5


def test_tags_have_letters_digits_and_three_marks(ecr):
    """alexjurkiewicz/ecr-scan-image issue 40, datawire/forge issue 99; failure codes: API Reference, ImageFailure."""
    ecr.create_repository(repositoryName="auth")
    put_image(ecr, "auth", tag="v1.0_a-B")
    manifest = ecr.batch_get_image(repositoryName="auth", imageIds=[{"imageTag": "v1.0_a-B"}])["images"][0]["imageManifest"]
    for tag in ("a+b", "a:b", "a b", "ä"):
        for refused in (error_of(ecr.put_image, repositoryName="auth", imageManifest=manifest, imageTag=tag),
                        error_of(ecr.describe_images, repositoryName="auth", imageIds=[{"imageTag": tag}])):
            assert refused.type == "InvalidParameterException"
            assert refused.message == ("Invalid parameter at 'imageTag' failed to satisfy constraint: "
                                       "'must satisfy regular expression '[a-zA-Z0-9-_.]+''")
        [failure] = ecr.batch_get_image(repositoryName="auth", imageIds=[{"imageTag": tag}])["failures"]
        assert failure["failureCode"] == "InvalidImageTag"


def test_a_manifest_whose_kind_nobody_tells(ecr):
    """aws/aws-sdk issue 193: a manifest without mediaType needs imageManifestMediaType; ECR's words are seen there."""
    ecr.create_repository(repositoryName="auth")
    layer = put_layer(ecr, "auth", b"{}")
    manifest = json.dumps({"schemaVersion": 2, "layers": [], "config": {
        "mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": layer, "size": 2}})
    put = {"repositoryName": "auth", "imageManifest": manifest, "imageTag": "v1"}
    syntax = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"
    assert error_of(ecr.put_image, **put).message == syntax
    assert error_of(ecr.put_image, imageManifestMediaType="application/x", **put).message == syntax
    put_to = ecr.put_image(imageManifestMediaType="application/vnd.oci.image.manifest.v1+json", **put)
    assert put_to["image"]["imageManifestMediaType"] == "application/vnd.oci.image.manifest.v1+json"
