// For which machines an image is.
#pragma once

#include <optional>
#include <string>

#include "handlers/ecr/images.h"

namespace drydock::ecr {

struct PlatformImage {
  std::string digest;        // of the manifest; its bytes are the blob of that name
  std::string layer;         // the digest of its last layer; the manifest's where that is not known
  std::string architecture;  // as the image's configuration says it: "amd64"; empty: not known
  std::string entry_point;   // the first word of its ENTRYPOINT and of its CMD; empty: it has none
  std::string command;
};

// What a machine of the platform ("linux/arm64") takes of an image: of an index its first manifest for that platform,
// else the image itself, whatever it is for. nullopt: an index without such a manifest. So does containerd, on which
// Fargate runs.
std::optional<PlatformImage> ImageFor(Context& context, const ResolvedImage& image, const std::string& platform);

}  // namespace drydock::ecr
