#include "handlers/ecr/images.h"

#include "api/ecr/BatchCheckLayerAvailabilityRequest.h"
#include "api/ecr/BatchCheckLayerAvailabilityResponse.h"
#include "api/ecr/BatchDeleteImageRequest.h"
#include "api/ecr/BatchDeleteImageResponse.h"
#include "api/ecr/BatchGetImageRequest.h"
#include "api/ecr/BatchGetImageResponse.h"
#include "api/ecr/DescribeImagesRequest.h"
#include "api/ecr/DescribeImagesResponse.h"
#include "api/ecr/GetDownloadUrlForLayerRequest.h"
#include "api/ecr/GetDownloadUrlForLayerResponse.h"
#include "api/ecr/ListImagesRequest.h"
#include "api/ecr/ListImagesResponse.h"
#include "handlers/ecr/layers.h"
#include "handlers/ecr/testing/images.h"
#include "handlers/ecr/timers.h"
#include "handlers/testing/fixture.h"

namespace drydock::ecr {
BatchGetImageResponse BatchGetImage(Context&, const BatchGetImageRequest&);
BatchDeleteImageResponse BatchDeleteImage(Context&, const BatchDeleteImageRequest&);
ListImagesResponse ListImages(Context&, const ListImagesRequest&);
DescribeImagesResponse DescribeImages(Context&, const DescribeImagesRequest&);
BatchCheckLayerAvailabilityResponse BatchCheckLayerAvailability(Context&, const BatchCheckLayerAvailabilityRequest&);
GetDownloadUrlForLayerResponse GetDownloadUrlForLayer(Context&, const GetDownloadUrlForLayerRequest&);
}  // namespace drydock::ecr

using namespace drydock;
using testing::Fixture;

namespace {

ecr::ImageIdentifier Id(const std::string& digest, const std::string& tag) {
  ecr::ImageIdentifier id;
  if (!digest.empty()) id.imageDigest = digest;
  if (!tag.empty()) id.imageTag = tag;
  return id;
}

ecr::BatchGetImageRequest Get(const ecr::ImageIdentifier& id) {
  ecr::BatchGetImageRequest request;
  request.repositoryName = "auth";
  request.imageIds.push_back(id);
  return request;
}

ecr::BatchDeleteImageRequest Delete(const ecr::ImageIdentifier& id) {
  ecr::BatchDeleteImageRequest request;
  request.repositoryName = "auth";
  request.imageIds.push_back(id);
  return request;
}

ecr::DescribeImagesRequest Describe() {
  ecr::DescribeImagesRequest request;
  request.repositoryName = "auth";
  return request;
}

std::string IndexOf(const std::string& manifest_digest) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":)"
         R"("application/vnd.oci.image.manifest.v1+json","digest":")" +
         manifest_digest + R"(","size":10}]})";
}

}  // namespace

TEST_CASE("An image is put, read back byte for byte, and described") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  const std::string digest = testing::PushImage(f, "auth", "a layer", "v1");
  const std::string manifest = testing::ManifestOf("config of a layer", {"a layer"});

  const auto got = f.Call(ecr::BatchGetImage, Get(Id("", "v1")));
  REQUIRE(got.images.size() == 1);
  CHECK(got.images[0].imageManifest == manifest);
  CHECK(got.images[0].imageId->imageDigest == digest);
  CHECK(got.images[0].imageId->imageTag == "v1");
  CHECK(got.images[0].imageManifestMediaType == "application/vnd.oci.image.manifest.v1+json");

  const auto details = f.Call(ecr::DescribeImages, Describe()).imageDetails;
  REQUIRE(details.size() == 1);
  CHECK(details[0].imageTags == List<std::string>{"v1"});
  CHECK(details[0].imageSizeInBytes == 24);  // "config of a layer" and "a layer"
  CHECK(details[0].imagePushedAt == f.clock.Now());
  CHECK(details[0].artifactMediaType == "application/vnd.oci.image.config.v1+json");
}

TEST_CASE("A manifest needs its layers, an index its images") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  testing::PutLayer(f, "auth", "config");
  const std::string manifest = testing::ManifestOf("config", {"a layer"});
  auto error = f.ErrorOf(ecr::PutImage, testing::ImageOf("auth", manifest, "v1"));
  CHECK(error.code() == "LayersNotFoundException");
  CHECK(error.message().find("'[" + testing::DigestOf("a layer") + "]'") != std::string::npos);
  error = f.ErrorOf(ecr::PutImage, testing::ImageOf("auth", IndexOf(testing::DigestOf("x")), "v1"));
  CHECK(error.code() == "ReferencedImagesNotFoundException");

  const std::string child = testing::PushImage(f, "auth", "a layer", "");
  f.Call(ecr::PutImage, testing::ImageOf("auth", IndexOf(child), "v1"));
  ecr::DescribeImagesRequest request = Describe();
  request.imageIds.push_back(Id("", "v1"));
  // "If the image is a manifest list, this will be the max size of all manifests in the list." (ECR API Reference)
  CHECK(f.Call(ecr::DescribeImages, request).imageDetails[0].imageSizeInBytes == 24);

  auto deleted = f.Call(ecr::BatchDeleteImage, Delete(Id(child, "")));
  REQUIRE(deleted.failures.size() == 1);
  CHECK(deleted.failures[0].failureCode == "ImageReferencedByManifestList");
}

TEST_CASE("What is no manifest is refused") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  for (const std::string& text :
       {std::string("{"), std::string("[]"), std::string(100000, '['), std::string(R"({"layers":[]})"),
        std::string(R"({"mediaType":"text/plain"})"),
        std::string(R"({"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[1],"config":2})"),
        std::string(R"({"mediaType":"application/vnd.oci.image.index.v1+json","manifests":{}})")}) {
    CHECK(f.CodeOf(ecr::PutImage, testing::ImageOf("auth", text, "v1")) == "InvalidParameterException");
  }
  // aws/aws-sdk issue 193
  CHECK(f.ErrorOf(ecr::PutImage, testing::ImageOf("auth", "{}", "v1")).message() ==
        "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'");
  auto request = testing::ImageOf("auth", testing::ManifestOf("c", {}), "v1");
  request.imageDigest = testing::DigestOf("other");
  CHECK(f.CodeOf(ecr::PutImage, request) == "ImageDigestDoesNotMatchException");
}

TEST_CASE("Tags move, unless they are immutable") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  const std::string first = testing::PushImage(f, "auth", "one", "v1");
  const std::string manifest = testing::ManifestOf("config of one", {"one"});
  auto error = f.ErrorOf(ecr::PutImage, testing::ImageOf("auth", manifest, "v1"));
  CHECK(error.code() == "ImageAlreadyExistsException");
  CHECK(error.message() == "Image with digest '" + first +
                               "' and tag 'v1' already exists in the repository with name 'auth' in registry with id "
                               "'123456789012'");
  const std::string second = testing::PushImage(f, "auth", "two", "v1");
  CHECK(f.Call(ecr::BatchGetImage, Get(Id("", "v1"))).images[0].imageId->imageDigest == second);

  ecr::ListImagesRequest untagged;
  untagged.repositoryName = "auth";
  untagged.filter.emplace().tagStatus = "UNTAGGED";
  const auto ids = f.Call(ecr::ListImages, untagged).imageIds;
  REQUIRE(ids.size() == 1);
  CHECK(ids[0].imageDigest == first);
  CHECK(!ids[0].imageTag);

  testing::CreateRepository(f, "fixed", "IMMUTABLE");
  testing::PushImage(f, "fixed", "one", "v1");
  error = f.ErrorOf(ecr::PutImage, testing::ImageOf("fixed", manifest, "v1"));
  CHECK(error.code() == "ImageTagAlreadyExistsException");
  CHECK(error.message() ==
        "The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the tag is "
        "immutable.");
}

TEST_CASE("Images are deleted by tag and by digest") {  // aws-facts I.6
  Fixture f;
  store::Timers timers(f.database, f.clock);
  ecr::RegisterTimers(timers, f.engines, f.ids);
  timers.Start();
  testing::CreateRepository(f, "auth");
  const std::string digest = testing::PushImage(f, "auth", "one", "v1");
  f.Call(ecr::PutImage, testing::ImageOf("auth", testing::ManifestOf("config of one", {"one"}), "v2"));

  auto deleted = f.Call(ecr::BatchDeleteImage, Delete(Id("", "v1")));
  REQUIRE(deleted.imageIds.size() == 1);
  CHECK(deleted.imageIds[0].imageTag == "v1");
  f.clock.Settle();
  CHECK(f.blobs.Exists(digest));  // v2 is left

  f.Call(ecr::PutImage, testing::ImageOf("auth", testing::ManifestOf("config of one", {"one"}), "v3"));
  deleted = f.Call(ecr::BatchDeleteImage, Delete(Id(digest, "")));
  CHECK(deleted.imageIds.size() == 2);
  CHECK(f.Call(ecr::DescribeImages, Describe()).imageDetails.empty());
  f.clock.Settle();
  CHECK(!f.blobs.Exists(digest));
  CHECK(!f.blobs.Exists(testing::DigestOf("one")));

  deleted = f.Call(ecr::BatchDeleteImage, Delete(Id("", "v1")));
  REQUIRE(deleted.failures.size() == 1);
  CHECK(deleted.failures[0].failureCode == "ImageNotFound");
  CHECK(deleted.failures[0].failureReason == "Requested image not found");
}

TEST_CASE("A layer that two images share stays with the one that is left") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  testing::PushImage(f, "auth", "one", "v1");
  testing::PutLayer(f, "auth", "another config");
  f.Call(ecr::PutImage, testing::ImageOf("auth", testing::ManifestOf("another config", {"one"}), "v2"));
  f.Call(ecr::BatchDeleteImage, Delete(Id("", "v1")));
  ecr::BatchCheckLayerAvailabilityRequest check;
  check.repositoryName = "auth";
  for (const char* bytes : {"one", "config of one"}) check.layerDigests.push_back(testing::DigestOf(bytes));
  check.layerDigests.push_back("latest");
  const auto answer = f.Call(ecr::BatchCheckLayerAvailability, check);
  REQUIRE(answer.layers.size() == 2);
  CHECK(answer.layers[0].layerAvailability == "AVAILABLE");
  CHECK(answer.layers[0].layerSize == 3);
  CHECK(answer.layers[0].mediaType == "application/vnd.oci.image.layer.v1.tar+gzip");
  CHECK(answer.layers[1].layerAvailability == "UNAVAILABLE");
  REQUIRE(answer.failures.size() == 1);
  CHECK(answer.failures[0].failureCode == "InvalidLayerDigest");
}

TEST_CASE("What a batch cannot find it names") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  const std::string digest = testing::PushImage(f, "auth", "one", "v1");
  const auto code = [&](const ecr::ImageIdentifier& id) {
    return f.Call(ecr::BatchGetImage, Get(id)).failures.at(0).failureCode;
  };
  CHECK(code(Id("", "")) == "MissingDigestAndTag");
  CHECK(code(Id("sha256:1", "")) == "InvalidImageDigest");
  CHECK(code(Id("", "v2")) == "ImageNotFound");
  CHECK(code(Id(testing::DigestOf("x"), "v1")) == "ImageTagDoesNotMatchDigest");
  auto request = Get(Id("", "v1"));
  request.acceptedMediaTypes.push_back("application/vnd.docker.distribution.manifest.v2+json");
  CHECK(f.Call(ecr::BatchGetImage, request).failures.at(0).failureCode == "ImageNotFound");

  ecr::DescribeImagesRequest describe = Describe();
  describe.imageIds.push_back(Id("", "v2"));
  const auto error = f.ErrorOf(ecr::DescribeImages, describe);
  CHECK(error.code() == "ImageNotFoundException");
  CHECK(error.message() ==
        "The image with imageId {imageDigest:'null', imageTag:'v2'} does not exist within the repository with name "
        "'auth' in the registry with id '123456789012'");
}

TEST_CASE("Images are listed in pages") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  for (const char* content : {"one", "two", "three"}) testing::PushImage(f, "auth", content, content);
  ecr::ListImagesRequest request;
  request.repositoryName = "auth";
  request.maxResults = 2;
  const auto first = f.Call(ecr::ListImages, request);
  CHECK(first.imageIds.size() == 2);
  request.nextToken = first.nextToken;
  const auto second = f.Call(ecr::ListImages, request);
  REQUIRE(second.imageIds.size() == 1);
  CHECK(second.imageIds[0].imageTag == "three");
  CHECK(!second.nextToken);
  request.nextToken = "forged";
  CHECK(f.CodeOf(ecr::ListImages, request) == "InvalidParameterException");
}

TEST_CASE("Layers come in parts") {  // aws-facts I.5
  Fixture f;
  testing::CreateRepository(f, "auth");
  const std::string large(5 * 1024 * 1024, 'a');
  std::string upload = testing::BeginUpload(f, "auth");
  const auto begin = f.Call(ecr::UploadLayerPart, testing::Part("auth", upload, 0, large));
  CHECK(begin.lastByteReceived == static_cast<std::int64_t>(large.size()) - 1);
  const auto error = f.ErrorOf(ecr::UploadLayerPart, testing::Part("auth", upload, 7, "rest"));
  CHECK(error.code() == "InvalidLayerPartException");
  REQUIRE(error.details().size() == 4);
  CHECK(error.details()[3].second.at(0) == std::to_string(large.size() - 1));
  f.Call(ecr::UploadLayerPart, testing::Part("auth", upload, static_cast<std::int64_t>(large.size()), "rest"));
  CHECK(f.CodeOf(ecr::CompleteLayerUpload, testing::Completion("auth", upload, testing::DigestOf("x"))) ==
        "InvalidLayerException");
  const auto complete = testing::Completion("auth", upload, testing::DigestOf(large + "rest"));
  CHECK(f.Call(ecr::CompleteLayerUpload, complete).layerDigest == testing::DigestOf(large + "rest"));
  CHECK(f.CodeOf(ecr::CompleteLayerUpload, complete) == "UploadNotFoundException");

  upload = testing::BeginUpload(f, "auth");
  CHECK(f.CodeOf(ecr::CompleteLayerUpload, testing::Completion("auth", upload, testing::DigestOf(""))) ==
        "EmptyUploadException");
  f.Call(ecr::UploadLayerPart, testing::Part("auth", upload, 0, "small"));
  f.Call(ecr::UploadLayerPart, testing::Part("auth", upload, 5, " parts"));
  CHECK(f.CodeOf(ecr::CompleteLayerUpload, testing::Completion("auth", upload, testing::DigestOf("small parts"))) ==
        "LayerPartTooSmallException");

  testing::PutLayer(f, "auth", "twice");
  upload = testing::BeginUpload(f, "auth");
  f.Call(ecr::UploadLayerPart, testing::Part("auth", upload, 0, "twice"));
  CHECK(f.CodeOf(ecr::CompleteLayerUpload, testing::Completion("auth", upload, testing::DigestOf("twice"))) ==
        "LayerAlreadyExistsException");
}

TEST_CASE("An upload that nobody ends is forgotten after a day") {
  Fixture f;
  store::Timers timers(f.database, f.clock);
  ecr::RegisterTimers(timers, f.engines, f.ids);
  timers.Start();
  testing::CreateRepository(f, "auth");
  const std::string upload = testing::BeginUpload(f, "auth");
  f.clock.Advance(std::chrono::hours(23));
  f.Call(ecr::UploadLayerPart, testing::Part("auth", upload, 0, "a part"));
  f.clock.Advance(std::chrono::hours(1));
  CHECK(f.CodeOf(ecr::UploadLayerPart, testing::Part("auth", upload, 6, "more")) == "UploadNotFoundException");
  CHECK(!f.blobs.FindUpload(upload));
}

TEST_CASE("The URL of a layer is good for an hour, and for that layer") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  ecr::GetDownloadUrlForLayerRequest request;
  request.repositoryName = "auth";
  request.layerDigest = testing::DigestOf("a layer");
  CHECK(f.CodeOf(ecr::GetDownloadUrlForLayer, request) == "LayersNotFoundException");
  CHECK(f.ErrorOf(ecr::GetDownloadUrlForLayer, request).message() ==
        "The layer with digest '" + *request.layerDigest +
            "' does not exist within the repository with name 'auth' in the registry with id '123456789012'");
  testing::PutLayer(f, "auth", "a layer");
  CHECK(f.CodeOf(ecr::GetDownloadUrlForLayer, request) == "LayerInaccessibleException");
  f.Call(ecr::PutImage, testing::ImageOf("auth", testing::ManifestOf("a layer", {}), "v1"));
  const std::string url = *f.Call(ecr::GetDownloadUrlForLayer, request).downloadUrl;
  CHECK(url.starts_with("http://127.0.0.1:4566/v2/auth/blobs/" + *request.layerDigest + "?ticket="));
  const std::string ticket = url.substr(url.find('=') + 1);
  const auto opened = ecr::OpenLayerTicket(f.tokens, ticket, f.clock.Now());
  REQUIRE(opened);
  CHECK(opened->registry == f.scope);
  CHECK(opened->digest == *request.layerDigest);
  CHECK(!ecr::OpenLayerTicket(f.tokens, ticket, f.clock.Now() + std::chrono::hours(1)));
  CHECK(!ecr::OpenLayerTicket(f.tokens, "x" + ticket, f.clock.Now()));
}

TEST_CASE("References lead to images") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  const std::string digest = testing::PushImage(f, "auth", "one", "v1");
  const auto resolve = [&](const std::string& reference) {
    return f.Run([&](Context& context) { return ecr::ResolveImage(context, reference); });
  };
  const std::string aws = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth";
  for (const std::string& reference : {aws + ":v1", aws + "@" + digest, aws + ":old@" + digest,
                                       std::string("127.0.0.1:4566/auth:v1"), std::string("localhost:4566/auth:v1")}) {
    const auto image = resolve(reference);
    REQUIRE(image);
    CHECK(image->digest == digest);
    CHECK(image->repository == "auth");
    CHECK(image->registry == f.scope);
    CHECK(image->size == 16);
  }
  for (const std::string& reference :
       {aws, aws + ":v2", aws + "@" + testing::DigestOf("x"), std::string("auth:v1"), std::string("ghcr.io/auth:v1"),
        std::string("210987654321.dkr.ecr.eu-central-1.amazonaws.com/auth:v1"), std::string("localhost:5000/auth:v1"),
        std::string("123456789012.dkr.ecr.us-east-1.amazonaws.com/auth:v1"), std::string("?"), std::string()}) {
    CHECK(!resolve(reference));
  }
}

TEST_CASE("Pulls are noted once in 24 hours") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  testing::PushImage(f, "auth", "one", "v1");
  const auto pull = [&] {
    f.Run([&](Context& context) {
      ecr::RecordPull(context, *ecr::ResolveImage(context, "localhost:4566/auth:v1"));
      return 0;
    });
    return f.Call(ecr::DescribeImages, Describe()).imageDetails.at(0).lastRecordedPullTime;
  };
  const Timestamp first = f.clock.Now();
  CHECK(pull() == first);
  f.clock.Advance(std::chrono::hours(23));
  CHECK(pull() == first);
  f.clock.Advance(std::chrono::hours(1));
  CHECK(pull() == first + std::chrono::hours(24));
}
