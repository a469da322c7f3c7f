// Layers of repositories, the uploads that bring them, and the blobs that are their bytes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/paging.h"
#include "store/blobs.h"
#include "store/records/ecr/layer.h"

namespace drydock::ecr {

// Timers (timers.cpp).
inline constexpr char kUploadExpired[] = "ecr.upload-expired";  // key: the upload's id
inline constexpr char kBlobUnused[] = "ecr.blob-unused";        // key: the digest

// "sha256:" and 64 lower case hexadecimal digits.
bool IsDigest(std::string_view text);

// One more layer or image is this blob, or one less. A blob that nobody uses is erased soon after the commit.
void AddBlobUse(Context& context, const std::string& digest);
void DropBlobUse(Context& context, const std::string& digest);

// An upload of this repository. Throws UploadNotFoundException.
struct OpenUpload {
  records::ecr::LayerUpload record;
  std::shared_ptr<store::Upload> bytes;
};
OpenUpload FindUpload(Context& context, const std::string& repository, const std::string& upload_id);

// Ends an upload whose bytes have become the blob `digest` of `size` bytes: the repository has that layer from now on.
// Throws InvalidLayerException when the blob is gone already, because its last other user went in the meantime.
void AddLayer(Context& context, const std::string& repository, const std::string& digest, std::int64_t size);
void EraseUpload(Context& context, const std::string& upload_id);

// Those of the layers that no image of the repository has any more leave it.
void DropUnusedLayers(Context& context, const std::string& repository, const std::vector<std::string>& layers);

// Everything in a repository that is about to go: images, tags, layers, uploads.
void EraseContents(Context& context, const std::string& repository);

// Who may fetch a layer by a URL of GetDownloadUrlForLayer; the URL carries it sealed. It is good for one hour.
struct LayerTicket {
  Scope registry;
  std::string repository;
  std::string digest;
};
std::optional<LayerTicket> OpenLayerTicket(const PageTokens& tokens, std::string_view sealed, Timestamp now);

}  // namespace drydock::ecr
