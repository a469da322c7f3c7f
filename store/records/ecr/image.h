// An image of a repository: a manifest or an index, known by the digest of its bytes, which are the blob of that name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::ecr {

struct Image {
  std::string repository;
  std::string digest;
  std::string media_type;           // of the manifest
  std::string artifact_media_type;  // the manifest's artifactType, or its config's media type; empty for an index
  std::int64_t size = 0;            // bytes: config and layers; of an index: its largest image
  Timestamp pushed_at;
  std::optional<Timestamp> last_pulled_at;  // at most 24 hours behind
  std::vector<std::string> layers;          // digests of config and layers; without those that live elsewhere
  std::vector<std::string> images;          // of an index: the digests of its manifests
  std::optional<std::string> subject;       // the digest of the manifest that this one is about

  static constexpr store::TableName kTable{"ecr_image"};
  static constexpr auto kId = store::Members(&Image::repository, &Image::digest);
  static constexpr auto kIndexed = store::Members(&Image::repository, &Image::subject);
};

// A name that leads to an image.
struct ImageTag {
  std::string repository;
  std::string tag;
  std::string digest;

  static constexpr store::TableName kTable{"ecr_image_tag"};
  static constexpr auto kId = store::Members(&ImageTag::repository, &ImageTag::tag);
  static constexpr auto kIndexed = store::Members(&ImageTag::repository, &ImageTag::digest);
};

}  // namespace drydock::records::ecr

DRYDOCK_SCHEMA(drydock::records::ecr::Image, repository, digest, media_type, artifact_media_type, size, pushed_at,
               last_pulled_at, layers, images, subject)
DRYDOCK_SCHEMA(drydock::records::ecr::ImageTag, repository, tag, digest)
