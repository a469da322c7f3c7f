// What other services ask about images.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/context.h"
#include "handlers/ecr/image_reference.h"

namespace drydock::ecr {

struct ResolvedImage {
  Scope registry;  // whose registry it is in
  std::string repository;
  std::string digest;  // of the manifest or index; its bytes are the blob of that name
  std::string media_type;
  std::int64_t size = 0;  // bytes, as DescribeImages says it
};

// The image that a reference leads to. nullopt: not an ECR reference, or there is no such repository, tag or digest.
// Asks no permission: call BatchGetImage as the principal that pulls for that.
std::optional<ResolvedImage> ResolveImage(Context& context, std::string_view reference);

// Notes that the image was pulled now (DescribeImages: lastRecordedPullTime).
void RecordPull(Context& context, const ResolvedImage& image);

}  // namespace drydock::ecr
