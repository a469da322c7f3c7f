// Layers and what is on its way to become one. The bytes are blobs (store/blobs.h), shared by all who have the same.
#pragma once

#include <cstdint>
#include <string>

#include "store/record.h"

namespace drydock::records::ecr {

// A layer or config that a repository has.
struct Layer {
  std::string repository;
  std::string digest;
  std::int64_t size = 0;   // bytes
  std::string media_type;  // as the first image that uses it says; empty before that

  static constexpr store::TableName kTable{"ecr_layer"};
  static constexpr auto kId = store::Members(&Layer::repository, &Layer::digest);
  static constexpr auto kIndexed = store::Members(&Layer::repository);
};

// An upload that has begun; its bytes so far are the store's Upload of the same id.
struct LayerUpload {
  std::string upload_id;
  std::string repository;
  bool small_part = false;      // the latest part was smaller than parts before the last may be
  bool part_too_small = false;  // … and another part came behind it

  static constexpr store::TableName kTable{"ecr_layer_upload"};
  static constexpr auto kId = store::Members(&LayerUpload::upload_id);
  static constexpr auto kIndexed = store::Members(&LayerUpload::repository);
};

// How many layers and images, of all accounts and regions, are this blob. Without a record the blob may go.
struct BlobUse {
  std::string digest;
  std::int64_t users = 0;

  static constexpr store::TableName kTable{"ecr_blob_use", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&BlobUse::digest);
};

}  // namespace drydock::records::ecr

DRYDOCK_SCHEMA(drydock::records::ecr::Layer, repository, digest, size, media_type)
DRYDOCK_SCHEMA(drydock::records::ecr::LayerUpload, upload_id, repository, small_part, part_too_small)
DRYDOCK_SCHEMA(drydock::records::ecr::BlobUse, digest, users)
