// Image manifests and indexes, as far as a registry reads them.
// OCI Image Specification: manifest, image index; Docker: Image Manifest Version 2, Schema 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::ecr {

struct Descriptor {
  std::string media_type;
  std::string digest;
  std::int64_t size = 0;
  bool elsewhere = false;     // a layer with URLs of its own that registries do not hold
  std::string platform = {};  // "linux/amd64", of an index's manifest; empty: it does not say
};

struct Manifest {
  std::string media_type;
  std::string artifact_media_type;     // artifactType, or the config's media type; empty for an index
  std::vector<Descriptor> blobs;       // config and layers
  std::vector<Descriptor> manifests;   // of an index
  std::optional<std::string> subject;  // a digest
};

inline constexpr std::string_view kManifestMediaTypes[] = {"application/vnd.docker.distribution.manifest.v2+json",
                                                           "application/vnd.oci.image.manifest.v1+json"};
inline constexpr std::string_view kIndexMediaTypes[] = {"application/vnd.docker.distribution.manifest.list.v2+json",
                                                        "application/vnd.oci.image.index.v1+json"};

// `media_type` is what the one who pushes says; the manifest's own mediaType goes before it.
// Throws InvalidParameterException.
Manifest ParseManifest(const std::string& bytes, const std::optional<std::string>& media_type);

}  // namespace drydock::ecr
