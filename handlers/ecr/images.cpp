#include "handlers/ecr/images.h"

#include <chrono>
#include <map>
#include <set>

#include "api/ecr/BatchDeleteImageRequest.h"
#include "api/ecr/BatchDeleteImageResponse.h"
#include "api/ecr/BatchGetImageRequest.h"
#include "api/ecr/BatchGetImageResponse.h"
#include "api/ecr/DescribeImagesRequest.h"
#include "api/ecr/DescribeImagesResponse.h"
#include "api/ecr/ListImagesRequest.h"
#include "api/ecr/ListImagesResponse.h"
#include "api/ecr/PutImageRequest.h"
#include "api/ecr/PutImageResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "handlers/ecr/errors.h"
#include "handlers/ecr/layers.h"
#include "handlers/ecr/manifest.h"
#include "handlers/ecr/repositories.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/ecr/image.h"
#include "store/table.h"

namespace drydock::ecr {

using records::ecr::ImageTag;
using ImageRecord = records::ecr::Image;

namespace {

constexpr std::size_t kDefaultPage = 100;

std::vector<ImageTag> TagsOf(Context& context, const std::string& repository, const std::string& digest) {
  return context.tx.List<ImageTag>(context.scope,
                                   store::Where(&ImageTag::repository, repository).And(&ImageTag::digest, digest));
}

// All tags of a repository, by the digest of their image.
std::map<std::string, std::vector<std::string>> TagsByDigest(Context& context, const std::string& repository) {
  std::map<std::string, std::vector<std::string>> tags;
  for (const ImageTag& tag : context.tx.List<ImageTag>(context.scope, store::Where(&ImageTag::repository, repository)))
    tags[tag.digest].push_back(tag.tag);
  return tags;
}

std::vector<ImageRecord> ImagesOf(Context& context, const std::string& repository) {
  return context.tx.List<ImageRecord>(context.scope, store::Where(&ImageRecord::repository, repository));
}

// Why a batch operation leaves out an image.
struct Failure {
  const char* code;
  std::string reason;
};

struct Found {
  std::optional<ImageRecord> image;
  std::optional<Failure> failure;
};

bool IsTag(const std::string& text) {
  static constexpr std::string_view kMarks = "-_.";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || kMarks.find(static_cast<char>(c)) != std::string_view::npos);
  });
}

// The image that an identifier of a batch means. Reasons: aws-facts I.4; those of tags are unconfirmed.
Found Find(Context& context, const std::string& repository, const ImageIdentifier& id) {
  if (!id.imageDigest && !id.imageTag)
    return {std::nullopt,
            Failure{"MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null"}};
  if (id.imageDigest && !IsDigest(*id.imageDigest))
    return {std::nullopt, Failure{"InvalidImageDigest",
                                  "Invalid request parameters: image digest should satisfy the regex "
                                  "'[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'"}};
  if (id.imageTag && !IsTag(*id.imageTag))
    return {std::nullopt, Failure{"InvalidImageTag",
                                  "Invalid request parameters: image tag should satisfy the regex '[a-zA-Z0-9-_.]+'"}};
  const Failure not_found{"ImageNotFound", "Requested image not found"};
  std::string digest = id.imageDigest.value_or("");
  if (id.imageTag) {
    const auto tag = context.tx.Get<ImageTag>(context.scope, repository, *id.imageTag);
    if (!tag) return {std::nullopt, not_found};
    if (id.imageDigest && tag->digest != digest)
      return {std::nullopt, Failure{"ImageTagDoesNotMatchDigest", "Requested image tag does not match image digest"}};
    digest = tag->digest;
  }
  auto image = context.tx.Get<ImageRecord>(context.scope, repository, digest);
  if (!image) return {std::nullopt, not_found};
  return {std::move(image), std::nullopt};
}

ImageFailure Render(const ImageIdentifier& id, const Failure& failure) {
  ImageFailure out;
  out.imageId = id;
  out.failureCode = failure.code;
  out.failureReason = failure.reason;
  return out;
}

ImageIdentifier Identifier(const std::string& digest, const std::optional<std::string>& tag) {
  ImageIdentifier id;
  id.imageDigest = digest;
  id.imageTag = tag;
  return id;
}

Image Render(Context& context, const ImageRecord& image, const ImageIdentifier& id) {
  Image out;
  out.registryId = context.account();
  out.repositoryName = image.repository;
  out.imageId = Identifier(image.digest, id.imageTag);
  out.imageManifest = context.engines.blobs.Read(image.digest);
  out.imageManifestMediaType = image.media_type;
  return out;
}

ImageDetail RenderDetail(Context& context, const ImageRecord& image, const std::vector<std::string>& tags) {
  ImageDetail out;
  out.registryId = context.account();
  out.repositoryName = image.repository;
  out.imageDigest = image.digest;
  out.imageTags.assign(tags.begin(), tags.end());
  out.imageSizeInBytes = image.size;
  out.imagePushedAt = image.pushed_at;
  out.imageManifestMediaType = image.media_type;
  if (!image.artifact_media_type.empty()) out.artifactMediaType = image.artifact_media_type;
  out.lastRecordedPullTime = image.last_pulled_at;
  out.subjectManifestDigest = image.subject;
  out.imageStatus = "ACTIVE";
  return out;
}

template <class Filter>
bool Wants(const std::optional<Filter>& filter, bool tagged) {
  if (!filter) return true;
  const std::string status = filter->imageStatus.value_or("ACTIVE");  // nothing here is ever archived
  if (status != "ACTIVE" && status != "ANY") return false;
  const std::string tags = filter->tagStatus.value_or("ANY");
  return tags == "ANY" || (tags == "TAGGED") == tagged;
}

ApiError InvalidToken() {  // the wording is unconfirmed
  return errors::InvalidParameter("nextToken", "must be a token of a previous answer");
}

// Checks that the repository has all that a manifest names, and fills in what follows from it.
void Inspect(Context& context, const Manifest& manifest, ImageRecord& image) {
  std::vector<std::string> missing;
  for (const Descriptor& blob : manifest.blobs) {
    image.size += blob.size;
    if (blob.elsewhere) continue;
    image.layers.push_back(blob.digest);
    auto layer = context.tx.Get<records::ecr::Layer>(context.scope, image.repository, blob.digest);
    if (!layer) {
      missing.push_back(blob.digest);
    } else if (layer->media_type.empty()) {
      layer->media_type = blob.media_type;
      context.tx.Put(context.scope, *layer);
    }
  }
  if (!missing.empty()) throw errors::LayersNotFound(missing, image.repository, context.account());
  for (const Descriptor& child : manifest.manifests) {
    image.images.push_back(child.digest);
    const auto found = context.tx.Get<ImageRecord>(context.scope, image.repository, child.digest);
    if (!found) {
      missing.push_back(child.digest);
    } else {
      image.size = std::max(image.size, found->size);  // ECR API Reference, ImageDetail imageSizeInBytes
    }
  }
  if (!missing.empty()) throw errors::ReferencedImagesNotFound(missing, image.repository, context.account());
}

// One BatchDeleteImage under way.
class Deletion {
 public:
  Deletion(Context& context, const std::string& repository) : context_(context), repository_(repository) {
    for (const ImageRecord& image : ImagesOf(context, repository)) {
      for (const std::string& child : image.images) indexes_[child].insert(image.digest);
    }
  }

  // The identifiers that are gone; or why they stay.
  std::optional<Failure> Delete(const ImageIdentifier& id, List<ImageIdentifier>& gone) {
    const Found found = Find(context_, repository_, id);
    if (found.failure) return found.failure;
    const ImageRecord& image = *found.image;
    std::vector<ImageTag> tags = TagsOf(context_, repository_, image.digest);
    const bool last = !id.imageTag || tags.size() == 1;
    if (last) {
      if (const auto indexes = indexes_.find(image.digest); indexes != indexes_.end() && !indexes->second.empty()) {
        return Failure{"ImageReferencedByManifestList",
                       fmt::format("Requested image referenced by manifest list: [{}]",  // unconfirmed
                                   Join({indexes->second.begin(), indexes->second.end()}, ", "))};
      }
    }
    if (id.imageTag) std::erase_if(tags, [&](const ImageTag& tag) { return tag.tag != *id.imageTag; });
    for (const ImageTag& tag : tags) {
      context_.tx.Erase<ImageTag>(context_.scope, repository_, tag.tag);
      gone.push_back(Identifier(image.digest, tag.tag));
    }
    if (tags.empty()) gone.push_back(Identifier(image.digest, std::nullopt));
    if (last) Erase(image);
    return std::nullopt;
  }

  void Finish() { DropUnusedLayers(context_, repository_, layers_); }

 private:
  void Erase(const ImageRecord& image) {
    context_.tx.Erase<ImageRecord>(context_.scope, repository_, image.digest);
    DropBlobUse(context_, image.digest);
    layers_.insert(layers_.end(), image.layers.begin(), image.layers.end());
    for (const std::string& child : image.images) indexes_[child].erase(image.digest);
  }

  Context& context_;
  const std::string& repository_;
  std::map<std::string, std::set<std::string>> indexes_;  // by the digest of an image: the indexes that name it
  std::vector<std::string> layers_;
};

}  // namespace

std::optional<ResolvedImage> ResolveImage(Context& context, std::string_view text) {
  const auto reference = ParseImageReference(text, context.engines.settings.endpoint, context.scope);
  if (!reference || !reference->ecr) return std::nullopt;
  const Scope& registry = *reference->ecr;
  std::string digest = reference->digest;
  if (digest.empty()) {  // beside a digest, docker leaves the tag unread
    const auto tag = context.tx.Get<ImageTag>(registry, reference->repository, reference->tag);
    if (!tag) return std::nullopt;
    digest = tag->digest;
  }
  const auto image = context.tx.Get<ImageRecord>(registry, reference->repository, digest);
  if (!image) return std::nullopt;
  return ResolvedImage{registry, image->repository, image->digest, image->media_type, image->size};
}

void RecordPull(Context& context, const ResolvedImage& resolved) {
  auto image = context.tx.Get<ImageRecord>(resolved.registry, resolved.repository, resolved.digest);
  // ECR API Reference, ImageDetail lastRecordedPullTime: refreshed once every 24 hours.
  if (!image || (image->last_pulled_at && context.now - *image->last_pulled_at < std::chrono::hours(24))) return;
  image->last_pulled_at = context.now;
  context.tx.Put(resolved.registry, *image);
}

AWS_OPERATION(ecr, PutImage)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
PutImageResponse PutImage(Context& context, const PutImageRequest& in) {
  const auto repository = FindRepository(context, "PutImage", in.registryId, *in.repositoryName);
  if (in.imageTag && !IsTag(*in.imageTag)) throw errors::InvalidImageTag();
  const std::string digest = "sha256:" + Hex(Sha256(*in.imageManifest));
  if (in.imageDigest && *in.imageDigest != digest)
    throw errors::ImageDigestDoesNotMatch(*in.imageDigest, repository.name, context.account());
  const Manifest manifest = ParseManifest(*in.imageManifest, in.imageManifestMediaType);

  auto image = context.tx.Get<ImageRecord>(context.scope, repository.name, digest);
  if (in.imageTag) {
    const auto tag = context.tx.Get<ImageTag>(context.scope, repository.name, *in.imageTag);
    // An immutable tag is refused even for the image it has (aws/containers-roadmap issue 2179).
    if (tag && IsImmutable(repository, *in.imageTag))
      throw errors::ImageTagAlreadyExists(*in.imageTag, repository.name);
    if (tag && tag->digest == digest)
      throw errors::ImageAlreadyExists(digest, *in.imageTag, repository.name, context.account());
  } else if (image) {
    throw errors::ImageAlreadyExists(digest, "", repository.name, context.account());
  }

  if (!image) {
    image.emplace();
    image->repository = repository.name;
    image->digest = digest;
    image->media_type = manifest.media_type;
    image->artifact_media_type = manifest.artifact_media_type;
    image->pushed_at = context.now;
    image->subject = manifest.subject;
    Inspect(context, manifest, *image);
    context.engines.blobs.Put(*in.imageManifest);
    AddBlobUse(context, digest);
    context.tx.Put(context.scope, *image);
  }
  if (in.imageTag) context.tx.Put(context.scope, ImageTag{repository.name, *in.imageTag, digest});

  PutImageResponse out;
  out.image = Render(context, *image, Identifier(digest, in.imageTag));
  return out;
}

AWS_OPERATION(ecr, BatchGetImage)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
BatchGetImageResponse BatchGetImage(Context& context, const BatchGetImageRequest& in) {
  const auto repository = FindRepository(context, "BatchGetImage", in.registryId, *in.repositoryName);
  BatchGetImageResponse out;
  out.images.present = true;
  out.failures.present = true;
  const auto& accepted = in.acceptedMediaTypes;
  for (const ImageIdentifier& id : in.imageIds) {
    Found found = Find(context, repository.name, id);
    // What the caller does not accept is not found; manifests are not converted. Unconfirmed.
    if (found.image && !accepted.empty() &&
        std::find(accepted.begin(), accepted.end(), found.image->media_type) == accepted.end()) {
      found.failure = Failure{"ImageNotFound", "Requested image not found"};
    }
    if (found.failure) {
      out.failures.push_back(Render(id, *found.failure));
    } else {
      out.images.push_back(Render(context, *found.image, id));
    }
  }
  return out;
}

AWS_OPERATION(ecr, BatchDeleteImage)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
BatchDeleteImageResponse BatchDeleteImage(Context& context, const BatchDeleteImageRequest& in) {
  const auto repository = FindRepository(context, "BatchDeleteImage", in.registryId, *in.repositoryName);
  BatchDeleteImageResponse out;
  out.imageIds.present = true;
  out.failures.present = true;
  Deletion deletion(context, repository.name);
  for (const ImageIdentifier& id : in.imageIds) {
    if (const auto failure = deletion.Delete(id, out.imageIds)) out.failures.push_back(Render(id, *failure));
  }
  deletion.Finish();
  return out;
}

AWS_OPERATION(ecr, ListImages)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
ListImagesResponse ListImages(Context& context, const ListImagesRequest& in) {
  const auto repository = FindRepository(context, "ListImages", in.registryId, *in.repositoryName);
  const auto tags = TagsByDigest(context, repository.name);
  std::vector<ImageIdentifier> all;
  for (const ImageRecord& image : ImagesOf(context, repository.name)) {
    const auto own = tags.find(image.digest);
    if (!Wants(in.filter, own != tags.end())) continue;
    if (own == tags.end()) {
      all.push_back(Identifier(image.digest, std::nullopt));
    } else {
      for (const std::string& tag : own->second) all.push_back(Identifier(image.digest, tag));
    }
  }
  auto page = TakePage(context.engines.tokens, "ecr.ListImages/" + repository.name, std::move(all), in.nextToken,
                       static_cast<std::size_t>(in.maxResults.value_or(kDefaultPage)),
                       [](const ImageIdentifier& id) { return *id.imageDigest + " " + id.imageTag.value_or(""); });
  if (!page) throw InvalidToken();
  ListImagesResponse out;
  out.imageIds = std::move(page->items);
  out.nextToken = std::move(page->next_token);
  return out;
}

AWS_OPERATION(ecr, DescribeImages)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
DescribeImagesResponse DescribeImages(Context& context, const DescribeImagesRequest& in) {
  const auto repository = FindRepository(context, "DescribeImages", in.registryId, *in.repositoryName);
  const auto tags = TagsByDigest(context, repository.name);
  const auto tags_of = [&](const ImageRecord& image) {
    const auto own = tags.find(image.digest);
    return own == tags.end() ? std::vector<std::string>{} : own->second;
  };
  DescribeImagesResponse out;
  out.imageDetails.present = true;
  if (!in.imageIds.empty()) {
    // ECR API Reference: neither can be used together with imageIds. The wording is unconfirmed.
    if (in.nextToken || in.maxResults)
      throw errors::InvalidRequest("maxResults and nextToken cannot be used together with imageIds");
    std::set<std::string> described;
    for (const ImageIdentifier& id : in.imageIds) {
      const Found found = Find(context, repository.name, id);
      if (id.imageTag && !IsTag(*id.imageTag)) throw errors::InvalidImageTag();
      if (found.failure && std::string_view(found.failure->code) != "ImageNotFound")
        throw errors::InvalidRequest(found.failure->reason);
      if (found.failure)
        throw errors::ImageNotFound(id.imageDigest.value_or(""), id.imageTag.value_or(""), repository.name,
                                    context.account());
      if (described.insert(found.image->digest).second)
        out.imageDetails.push_back(RenderDetail(context, *found.image, tags_of(*found.image)));
    }
    return out;
  }
  std::vector<ImageDetail> all;
  for (const ImageRecord& image : ImagesOf(context, repository.name)) {
    const auto own = tags_of(image);
    if (Wants(in.filter, !own.empty())) all.push_back(RenderDetail(context, image, own));
  }
  auto page = TakePage(context.engines.tokens, "ecr.DescribeImages/" + repository.name, std::move(all), in.nextToken,
                       static_cast<std::size_t>(in.maxResults.value_or(kDefaultPage)),
                       [](const ImageDetail& detail) { return *detail.imageDigest; });
  if (!page) throw InvalidToken();
  out.imageDetails = std::move(page->items);
  out.nextToken = std::move(page->next_token);
  return out;
}

}  // namespace drydock::ecr
