#include "handlers/ecr/layers.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>

#include "api/ecr/BatchCheckLayerAvailabilityRequest.h"
#include "api/ecr/BatchCheckLayerAvailabilityResponse.h"
#include "api/ecr/CompleteLayerUploadRequest.h"
#include "api/ecr/CompleteLayerUploadResponse.h"
#include "api/ecr/GetDownloadUrlForLayerRequest.h"
#include "api/ecr/GetDownloadUrlForLayerResponse.h"
#include "api/ecr/InitiateLayerUploadRequest.h"
#include "api/ecr/InitiateLayerUploadResponse.h"
#include "api/ecr/UploadLayerPartRequest.h"
#include "api/ecr/UploadLayerPartResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ecr/errors.h"
#include "handlers/ecr/repositories.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/ecr/image.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecr {

using records::ecr::BlobUse;
using LayerRecord = records::ecr::Layer;
using records::ecr::LayerUpload;

namespace {

// aws-facts I.5: parts before the last one have 5 MiB or more; the size that ECR asks for is from memory there.
constexpr std::int64_t kSmallestPart = 5 * 1024 * 1024;
constexpr std::int64_t kPartSize = 10 * 1024 * 1024;
constexpr Duration kUploadLifetime = std::chrono::hours(24);
constexpr Duration kTicketLifetime = std::chrono::hours(1);
constexpr char kTicket[] = "ecr.GetDownloadUrlForLayer";

LayerRecord FindLayer(Context& context, const std::string& repository, const std::string& digest) {
  auto layer = context.tx.Get<LayerRecord>(context.scope, repository, digest);
  if (!layer) throw errors::LayerNotFound(digest, repository, context.account());
  return *std::move(layer);
}

// Whether an image names the layer. Layers that lose their last image go with it, so that one whose media type an image
// has told still has one.
bool HasImage(Context& context, const LayerRecord& layer) {
  using records::ecr::Image;
  if (!layer.media_type.empty()) return true;
  const auto images = context.tx.List<Image>(context.scope, store::Where(&Image::repository, layer.repository));
  return std::any_of(images.begin(), images.end(), [&](const Image& image) {
    return std::find(image.layers.begin(), image.layers.end(), layer.digest) != image.layers.end();
  });
}

}  // namespace

bool IsDigest(std::string_view text) {
  constexpr std::string_view kAlgorithm = "sha256:";
  return text.size() == kAlgorithm.size() + 64 && text.starts_with(kAlgorithm) &&
         text.substr(kAlgorithm.size()).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void AddBlobUse(Context& context, const std::string& digest) {
  BlobUse use = context.tx.Get<BlobUse>(context.scope, digest).value_or(BlobUse{digest, 0});
  ++use.users;
  context.tx.Put(context.scope, use);
}

void DropBlobUse(Context& context, const std::string& digest) {
  BlobUse use = context.tx.Get<BlobUse>(context.scope, digest).value_or(BlobUse{digest, 1});
  if (--use.users > 0) return context.tx.Put(context.scope, use);
  context.tx.Erase<BlobUse>(context.scope, digest);
  // Not at once: should this transaction roll back, the bytes must still be there.
  context.tx.SetTimer({.kind = kBlobUnused, .scope = {}, .key = digest, .due = context.now});
}

OpenUpload FindUpload(Context& context, const std::string& repository, const std::string& upload_id) {
  auto record = context.tx.Get<LayerUpload>(context.scope, upload_id);
  auto bytes = record && record->repository == repository ? context.engines.blobs.FindUpload(upload_id) : nullptr;
  if (!bytes) throw errors::UploadNotFound(upload_id, repository, context.account());
  return {*std::move(record), std::move(bytes)};
}

void AddLayer(Context& context, const std::string& repository, const std::string& digest, std::int64_t size) {
  if (context.tx.Get<LayerRecord>(context.scope, repository, digest)) return;
  if (!context.engines.blobs.Exists(digest)) throw errors::InvalidLayer(digest);
  context.tx.Put(context.scope, LayerRecord{repository, digest, size, ""});
  AddBlobUse(context, digest);
}

void EraseUpload(Context& context, const std::string& upload_id) {
  context.tx.Erase<LayerUpload>(context.scope, upload_id);
  context.tx.CancelTimer(kUploadExpired, context.scope, upload_id);
}

void DropUnusedLayers(Context& context, const std::string& repository, const std::vector<std::string>& layers) {
  std::set<std::string> unused(layers.begin(), layers.end());
  for (const auto& image : context.tx.List<records::ecr::Image>(
           context.scope, store::Where(&records::ecr::Image::repository, repository))) {
    for (const std::string& digest : image.layers) unused.erase(digest);
  }
  for (const std::string& digest : unused) {
    if (context.tx.Erase<LayerRecord>(context.scope, repository, digest)) DropBlobUse(context, digest);
  }
}

void EraseContents(Context& context, const std::string& repository) {
  using records::ecr::Image;
  using records::ecr::ImageTag;
  auto& tx = context.tx;
  for (const auto& tag : tx.List<ImageTag>(context.scope, store::Where(&ImageTag::repository, repository)))
    tx.Erase<ImageTag>(context.scope, repository, tag.tag);
  for (const auto& image : tx.List<Image>(context.scope, store::Where(&Image::repository, repository))) {
    tx.Erase<Image>(context.scope, repository, image.digest);
    DropBlobUse(context, image.digest);
  }
  for (const auto& layer : tx.List<LayerRecord>(context.scope, store::Where(&LayerRecord::repository, repository))) {
    tx.Erase<LayerRecord>(context.scope, repository, layer.digest);
    DropBlobUse(context, layer.digest);
  }
  for (const auto& upload : tx.List<LayerUpload>(context.scope, store::Where(&LayerUpload::repository, repository))) {
    EraseUpload(context, upload.upload_id);
    tx.AfterCommit([&blobs = context.engines.blobs, id = upload.upload_id] { blobs.AbandonUpload(id); });
  }
}

std::optional<LayerTicket> OpenLayerTicket(const PageTokens& tokens, std::string_view sealed, Timestamp now) {
  const auto text = tokens.Open(kTicket, sealed);
  if (!text) return std::nullopt;
  const auto parts = Split(*text, '\n');
  if (parts.size() != 5) return std::nullopt;
  Timestamp expiry;
  std::from_chars(parts[4].data(), parts[4].data() + parts[4].size(), expiry.milliseconds);
  if (expiry <= now) return std::nullopt;
  return LayerTicket{{parts[0], parts[1]}, parts[2], parts[3]};
}

AWS_OPERATION(ecr, InitiateLayerUpload)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
InitiateLayerUploadResponse InitiateLayerUpload(Context& context, const InitiateLayerUploadRequest& in) {
  FindRepository(context, "InitiateLayerUpload", in.registryId, *in.repositoryName);
  const auto upload = context.engines.blobs.BeginUpload();
  context.tx.Put(context.scope, LayerUpload{upload->id(), *in.repositoryName});
  context.tx.SetTimer(
      {.kind = kUploadExpired, .scope = context.scope, .key = upload->id(), .due = context.now + kUploadLifetime});

  InitiateLayerUploadResponse out;
  out.uploadId = upload->id();
  out.partSize = kPartSize;
  return out;
}

AWS_OPERATION(ecr, UploadLayerPart)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
UploadLayerPartResponse UploadLayerPart(Context& context, const UploadLayerPartRequest& in) {
  FindRepository(context, "UploadLayerPart", in.registryId, *in.repositoryName);
  OpenUpload upload = FindUpload(context, *in.repositoryName, *in.uploadId);
  const auto received = static_cast<std::int64_t>(upload.bytes->size());
  const auto length = static_cast<std::int64_t>(in.layerPartBlob->bytes.size());
  if (*in.partFirstByte != received || *in.partLastByte != received + length - 1)
    throw errors::InvalidLayerPart(*in.uploadId, *in.repositoryName, context.account(), received - 1);
  upload.record.part_too_small |= upload.record.small_part;
  upload.record.small_part = length < kSmallestPart;
  context.tx.Put(context.scope, upload.record);
  upload.bytes->Append(in.layerPartBlob->bytes);

  UploadLayerPartResponse out;
  out.registryId = context.account();
  out.repositoryName = in.repositoryName;
  out.uploadId = in.uploadId;
  out.lastByteReceived = *in.partLastByte;
  return out;
}

AWS_OPERATION(ecr, CompleteLayerUpload)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
CompleteLayerUploadResponse CompleteLayerUpload(Context& context, const CompleteLayerUploadRequest& in) {
  const std::string& repository = *in.repositoryName;
  FindRepository(context, "CompleteLayerUpload", in.registryId, repository);
  const OpenUpload upload = FindUpload(context, repository, *in.uploadId);
  const std::string& digest = in.layerDigests.front();
  if (upload.bytes->size() == 0) throw errors::EmptyUpload(*in.uploadId);
  if (upload.record.part_too_small) throw errors::LayerPartTooSmall();
  if (upload.bytes->digest() != digest) throw errors::InvalidLayer(digest);
  if (context.tx.Get<LayerRecord>(context.scope, repository, digest))
    throw errors::LayerAlreadyExists(digest, repository, context.account());

  const auto blob = upload.bytes->Commit(digest);
  AddLayer(context, repository, blob.digest, static_cast<std::int64_t>(blob.size));
  EraseUpload(context, *in.uploadId);

  CompleteLayerUploadResponse out;
  out.registryId = context.account();
  out.repositoryName = repository;
  out.uploadId = in.uploadId;
  out.layerDigest = digest;
  return out;
}

AWS_OPERATION(ecr, BatchCheckLayerAvailability)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
BatchCheckLayerAvailabilityResponse BatchCheckLayerAvailability(Context& context,
                                                                const BatchCheckLayerAvailabilityRequest& in) {
  const std::string& repository = *in.repositoryName;
  FindRepository(context, "BatchCheckLayerAvailability", in.registryId, repository);
  BatchCheckLayerAvailabilityResponse out;
  out.layers.present = true;
  out.failures.present = true;
  for (const std::string& digest : in.layerDigests) {
    if (!IsDigest(digest)) {
      LayerFailure& failure = out.failures.emplace_back();
      failure.layerDigest = digest;
      failure.failureCode = "InvalidLayerDigest";
      failure.failureReason =
          "Invalid request parameters: layer digest should satisfy the regex "
          "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";  // unconfirmed
      continue;
    }
    Layer& layer = out.layers.emplace_back();
    layer.layerDigest = digest;
    const auto record = context.tx.Get<LayerRecord>(context.scope, repository, digest);
    layer.layerAvailability = record ? "AVAILABLE" : "UNAVAILABLE";
    if (record) layer.layerSize = record->size;
    if (record && !record->media_type.empty()) layer.mediaType = record->media_type;
  }
  return out;
}

AWS_OPERATION(ecr, GetDownloadUrlForLayer)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
GetDownloadUrlForLayerResponse GetDownloadUrlForLayer(Context& context, const GetDownloadUrlForLayerRequest& in) {
  const std::string& repository = *in.repositoryName;
  FindRepository(context, "GetDownloadUrlForLayer", in.registryId, repository);
  const LayerRecord layer = FindLayer(context, repository, *in.layerDigest);
  if (!HasImage(context, layer)) throw errors::LayerInaccessible(layer.digest, repository, context.account());

  const std::vector<std::string> ticket{context.account(), context.region(), repository, layer.digest,
                                        std::to_string((context.now + kTicketLifetime).milliseconds)};
  GetDownloadUrlForLayerResponse out;
  out.downloadUrl = fmt::format("{}/v2/{}/blobs/{}?ticket={}", context.engines.settings.endpoint, repository,
                                layer.digest, context.engines.tokens.Seal(kTicket, Join(ticket, "\n")));
  out.layerDigest = layer.digest;
  return out;
}

}  // namespace drydock::ecr
