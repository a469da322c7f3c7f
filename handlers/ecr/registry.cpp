#include "handlers/ecr/registry.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <re2/re2.h>

#include <algorithm>
#include <chrono>

#include "api/ecr/BatchCheckLayerAvailabilityRequest.h"
#include "api/ecr/BatchCheckLayerAvailabilityResponse.h"
#include "api/ecr/BatchDeleteImageRequest.h"
#include "api/ecr/BatchDeleteImageResponse.h"
#include "api/ecr/BatchGetImageRequest.h"
#include "api/ecr/BatchGetImageResponse.h"
#include "api/ecr/CompleteLayerUploadRequest.h"
#include "api/ecr/CompleteLayerUploadResponse.h"
#include "api/ecr/GetDownloadUrlForLayerRequest.h"
#include "api/ecr/GetDownloadUrlForLayerResponse.h"
#include "api/ecr/InitiateLayerUploadRequest.h"
#include "api/ecr/InitiateLayerUploadResponse.h"
#include "api/ecr/ListImagesRequest.h"
#include "api/ecr/ListImagesResponse.h"
#include "api/ecr/PutImageRequest.h"
#include "api/ecr/PutImageResponse.h"
#include "api/ecr/UploadLayerPartRequest.h"
#include "api/ecr/UploadLayerPartResponse.h"
#include "handlers/ecr/account_settings.h"
#include "handlers/ecr/errors.h"
#include "handlers/ecr/images.h"
#include "handlers/ecr/layers.h"
#include "handlers/ecr/manifest.h"
#include "handlers/ecr/permissions.h"
#include "handlers/ecr/repositories.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/ecr/image.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecr::registry {

namespace {

using ImageRecord = records::ecr::Image;

template <class Out, class In>
Out Operate(Context& context, std::string_view operation, In request) {
  return Invoke<Out>(context, context.principal, *api::FindOperation(api::k_ecr, operation), std::move(request));
}

// Ids that were not given out are looked for when it is known that the caller may.
std::string UploadId(const std::string& id) {
  static const re2::RE2 kUploadId("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  return re2::RE2::FullMatch(id, kUploadId) ? id : "00000000-0000-0000-0000-000000000000";
}

void RequirePull(Context& context, const std::string& repository, const std::string& digest) {
  BatchGetImageRequest request;
  request.repositoryName = repository;
  request.imageIds.emplace_back().imageDigest = digest;
  Require<BatchGetImageResponse>(context, context.principal, "BatchGetImage", std::move(request));
}

void RequireInitiate(Context& context, const std::string& repository) {
  InitiateLayerUploadRequest request;
  request.repositoryName = repository;
  Require<InitiateLayerUploadResponse>(context, context.principal, "InitiateLayerUpload", std::move(request));
}

// Which bytes they are is not recorded: the protocol says it only as they come.
void RequireUpload(Context& context, const std::string& repository, const std::string& id) {
  UploadLayerPartRequest request;
  request.repositoryName = repository;
  request.uploadId = UploadId(id);
  request.partFirstByte = request.partLastByte = 0;
  request.layerPartBlob.emplace();
  Require<UploadLayerPartResponse>(context, context.principal, "UploadLayerPart", std::move(request));
}

Refusal BlobUnknown() {
  return {404, "BLOB_UNKNOWN", "blob unknown to registry"};
}

// The layer's bytes, once it is known that the repository has it.
store::BlobFile BytesOf(Context& context, const std::string& digest) {
  const auto blob = context.engines.blobs.Find(digest);
  if (!blob) throw BlobUnknown();
  return *blob;
}

}  // namespace

Refusal RefusalOf(const ApiError& error) {
  struct Wording {
    std::string_view error;
    int status;
    const char* code;
  };
  static constexpr Wording kWordings[] = {
      {"RepositoryNotFoundException", 404, "NAME_UNKNOWN"},
      {"ImageNotFoundException", 404, "MANIFEST_UNKNOWN"},
      {"LayersNotFoundException", 400, "BLOB_UPLOAD_UNKNOWN"},  // mapbox/ecs-conex pull request 50; status unconfirmed
      {"ReferencedImagesNotFoundException", 400, "MANIFEST_BLOB_UNKNOWN"},
      {"ImageTagAlreadyExistsException", 400, "TAG_INVALID"},
      {"ImageDigestDoesNotMatchException", 400, "MANIFEST_INVALID"},
      {"InvalidParameterException", 405, "UNSUPPORTED"},  // opcr-io/policy issue 149
      {"UploadNotFoundException", 404, "BLOB_UPLOAD_UNKNOWN"},
      {"InvalidLayerException", 400, "DIGEST_INVALID"},
      {"AccessDeniedException", 403, "DENIED"},
  };
  for (const Wording& wording : kWordings)
    if (error.code() == wording.error) return {wording.status, wording.code, error.message()};
  return {500, "UNKNOWN", error.code() + ": " + error.message()};
}

Reference ParseReference(const std::string& text) {
  if (IsDigest(text)) return {std::nullopt, text};
  if (text.find(':') != std::string::npos)
    throw Refusal(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  return {text, std::nullopt};
}

StoredManifest GetManifest(Context& context, const std::string& repository, const std::string& reference,
                           const std::vector<std::string>& accepted) {
  static const re2::RE2 kTag(R"([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})");
  const Reference wanted = ParseReference(reference);
  // 400: bazel-contrib/rules_oci issue 720; the code is unconfirmed.
  if (wanted.tag && !re2::RE2::FullMatch(*wanted.tag, kTag))
    throw Refusal(400, "TAG_INVALID", "manifest tag did not match URI");
  BatchGetImageRequest request;
  request.repositoryName = repository;
  ImageIdentifier& id = request.imageIds.emplace_back();
  id.imageTag = wanted.tag;
  id.imageDigest = wanted.digest;
  request.acceptedMediaTypes.assign(accepted.begin(), accepted.end());
  const auto answer = Operate<BatchGetImageResponse>(context, "BatchGetImage", std::move(request));
  if (answer.images.empty()) throw Refusal(404, "MANIFEST_UNKNOWN", "Requested image not found");
  const Image& image = answer.images.front();
  return {*image.imageId->imageDigest, *image.imageManifestMediaType, image.imageManifest.value_or("")};
}

bool IsPullNews(Context& context, const std::string& repository, const std::string& digest) {
  const auto image = context.tx.Get<ImageRecord>(context.scope, repository, digest);
  return image && (!image->last_pulled_at || context.now - *image->last_pulled_at >= std::chrono::hours(24));
}

void NotePull(Context& context, const std::string& repository, const std::string& digest) {
  RecordPull(context, {context.scope, repository, digest, "", 0});
}

PushedManifest PutManifest(Context& context, const std::string& repository, const std::string& reference,
                           const std::string& media_type, const std::string& bytes) {
  const Reference name = ParseReference(reference);
  PutImageRequest request;
  request.repositoryName = repository;
  request.imageManifest = bytes;
  if (!media_type.empty()) request.imageManifestMediaType = media_type;
  request.imageTag = name.tag;
  request.imageDigest = name.digest;
  try {
    Operate<PutImageResponse>(context, "PutImage", std::move(request));
  } catch (const ApiError& error) {
    // To push once more what is there is no error of the protocol.
    if (error.code() != "ImageAlreadyExistsException") throw;
  }
  PushedManifest pushed{"sha256:" + Hex(Sha256(bytes)), std::nullopt};
  if (const auto image = context.tx.Get<ImageRecord>(context.scope, repository, pushed.digest))
    pushed.subject = image->subject;
  return pushed;
}

void DeleteManifest(Context& context, const std::string& repository, const std::string& reference) {
  const Reference name = ParseReference(reference);
  BatchDeleteImageRequest request;
  request.repositoryName = repository;
  ImageIdentifier& id = request.imageIds.emplace_back();
  id.imageTag = name.tag;
  id.imageDigest = name.digest;
  const auto answer = Operate<BatchDeleteImageResponse>(context, "BatchDeleteImage", std::move(request));
  if (answer.failures.empty()) return;
  const ImageFailure& failure = answer.failures.front();
  if (failure.failureCode == "ImageNotFound") throw Refusal(404, "MANIFEST_UNKNOWN", *failure.failureReason);
  throw Refusal(400, "UNSUPPORTED", *failure.failureReason);  // unconfirmed
}

std::vector<std::string> ListTags(Context& context, const std::string& repository) {
  std::vector<std::string> tags;
  ListImagesRequest request;
  request.repositoryName = repository;
  request.maxResults = 1000;
  request.filter.emplace().tagStatus = "TAGGED";
  do {
    auto answer = Operate<ListImagesResponse>(context, "ListImages", request);
    for (const ImageIdentifier& id : answer.imageIds) tags.push_back(*id.imageTag);
    request.nextToken = std::move(answer.nextToken);
  } while (request.nextToken);
  std::sort(tags.begin(), tags.end());
  return tags;
}

std::string ListReferrers(Context& context, const std::string& repository, const std::string& digest,
                          const std::string& artifact_type) {
  if (!IsDigest(digest)) throw Refusal(400, "DIGEST_INVALID", "provided digest is not a digest");
  RequirePull(context, repository, digest);
  FindRepository(context, repository);
  rapidjson::Document index(rapidjson::kObjectType);
  auto& allocator = index.GetAllocator();
  const auto text = [&](const std::string& value) { return rapidjson::Value(value, allocator); };
  rapidjson::Value manifests(rapidjson::kArrayType);
  for (const ImageRecord& image : context.tx.List<ImageRecord>(
           context.scope, store::Where(&ImageRecord::repository, repository).And(&ImageRecord::subject, digest))) {
    if (!artifact_type.empty() && image.artifact_media_type != artifact_type) continue;
    const std::string bytes = context.engines.blobs.Read(image.digest).value_or("");
    rapidjson::Value entry(rapidjson::kObjectType);
    entry.AddMember("mediaType", text(image.media_type), allocator);
    entry.AddMember("digest", text(image.digest), allocator);
    entry.AddMember("size", static_cast<std::uint64_t>(bytes.size()), allocator);
    if (!image.artifact_media_type.empty()) entry.AddMember("artifactType", text(image.artifact_media_type), allocator);
    rapidjson::Document manifest(&allocator);
    manifest.Parse<rapidjson::kParseIterativeFlag>(bytes.data(), bytes.size());
    if (!manifest.HasParseError() && manifest.IsObject() && manifest.HasMember("annotations"))
      entry.AddMember("annotations", manifest["annotations"], allocator);
    manifests.PushBack(entry, allocator);
  }
  index.AddMember("schemaVersion", 2, allocator);
  index.AddMember("mediaType", text("application/vnd.oci.image.index.v1+json"), allocator);
  index.AddMember("manifests", manifests, allocator);
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  index.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

store::BlobFile LookUpLayer(Context& context, const std::string& repository, const std::string& digest) {
  BatchCheckLayerAvailabilityRequest request;
  request.repositoryName = repository;
  request.layerDigests.push_back(digest);
  const auto answer =
      Operate<BatchCheckLayerAvailabilityResponse>(context, "BatchCheckLayerAvailability", std::move(request));
  if (answer.layers.empty() || answer.layers.front().layerAvailability != "AVAILABLE") throw BlobUnknown();
  return BytesOf(context, digest);
}

store::BlobFile FetchLayer(Context& context, const std::string& repository, const std::string& digest) {
  if (!IsDigest(digest)) throw BlobUnknown();
  GetDownloadUrlForLayerRequest request;
  request.repositoryName = repository;
  request.layerDigest = digest;
  try {
    Operate<GetDownloadUrlForLayerResponse>(context, "GetDownloadUrlForLayer", std::move(request));
  } catch (const ApiError& error) {
    if (error.code() == "LayersNotFoundException") throw BlobUnknown();
    // A layer without an image: what the registry says of it is unconfirmed; the OCI specification lets it be fetched.
    if (error.code() != "LayerInaccessibleException") throw;
  }
  return BytesOf(context, digest);
}

store::BlobFile RedeemTicket(Context& context, const std::string& ticket, const std::string& repository,
                             const std::string& digest) {
  const auto layer = OpenLayerTicket(context.engines.tokens, ticket, context.now);
  if (!layer || layer->repository != repository || layer->digest != digest)
    throw Refusal(403, "DENIED", "The URL is not valid, or it has expired.");
  if (!context.tx.Get<records::ecr::Layer>(layer->registry, repository, digest)) throw BlobUnknown();
  return BytesOf(context, digest);
}

std::string BeginUpload(Context& context, const std::string& repository) {
  InitiateLayerUploadRequest request;
  request.repositoryName = repository;
  return *Operate<InitiateLayerUploadResponse>(context, "InitiateLayerUpload", std::move(request)).uploadId;
}

std::shared_ptr<store::Upload> FindUpload(Context& context, const std::string& repository, const std::string& id) {
  RequireUpload(context, repository, id);
  FindRepository(context, repository);
  return ecr::FindUpload(context, repository, id).bytes;
}

void CompleteUpload(Context& context, const std::string& repository, const std::string& id,
                    const store::Upload::Result& bytes) {
  CompleteLayerUploadRequest request;
  request.repositoryName = repository;
  request.uploadId = UploadId(id);
  request.layerDigests.push_back(bytes.digest);
  Require<CompleteLayerUploadResponse>(context, context.principal, "CompleteLayerUpload", std::move(request));
  FindRepository(context, repository);
  AddLayer(context, repository, bytes.digest, static_cast<std::int64_t>(bytes.size));
  EraseUpload(context, id);
}

void ReleaseBlob(Context& context, const std::string& digest) {
  context.tx.SetTimer({.kind = kBlobUnused, .scope = {}, .key = digest, .due = context.now});
}

void AbandonUpload(Context& context, const std::string& repository, const std::string& id) {
  RequireUpload(context, repository, id);
  ecr::FindUpload(context, repository, id);
  EraseUpload(context, id);
  context.tx.AfterCommit([&blobs = context.engines.blobs, id] { blobs.AbandonUpload(id); });
}

bool MountLayer(Context& context, const std::string& repository, const std::string& from, const std::string& digest) {
  if (!MountsBlobs(context)) return false;
  RequireInitiate(context, repository);
  const auto target = FindRepository(context, repository);
  try {
    const auto blob = FetchLayer(context, from, digest);
    const auto source = FindRepository(context, from);
    if (source.encryption_type != target.encryption_type || source.kms_key != target.kms_key) return false;
    AddLayer(context, repository, digest, static_cast<std::int64_t>(blob.size));
    return true;
  } catch (const ApiError&) {
    return false;  // no such repository, or not for this caller: the layer is uploaded instead
  } catch (const Refusal&) {
    return false;
  }
}

}  // namespace drydock::ecr::registry
