#include "handlers/ecr/platforms.h"

#include <rapidjson/document.h>

#include <algorithm>

#include "handlers/ecr/manifest.h"
#include "handlers/engines.h"

namespace drydock::ecr {
namespace {

std::string TextOf(const rapidjson::Value& value) {
  return value.IsString() ? std::string(value.GetString(), value.GetStringLength()) : std::string();
}

std::string FirstOf(const rapidjson::Value& object, const char* name) {
  const auto list = object.FindMember(name);
  const bool some = list != object.MemberEnd() && list->value.IsArray() && !list->value.Empty();
  return some ? TextOf(list->value[0]) : "";
}

// OCI Image Specification, "Image Configuration".
void ReadConfiguration(const std::string& bytes, PlatformImage& image) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(bytes.data(), bytes.size());
  if (document.HasParseError() || !document.IsObject()) return;
  if (const auto found = document.FindMember("architecture"); found != document.MemberEnd())
    image.architecture = TextOf(found->value);
  const auto config = document.FindMember("config");
  if (config == document.MemberEnd() || !config->value.IsObject()) return;
  image.entry_point = FirstOf(config->value, "Entrypoint");
  image.command = FirstOf(config->value, "Cmd");
}

}  // namespace

std::optional<PlatformImage> ImageFor(Context& context, const ResolvedImage& resolved, const std::string& platform) {
  const auto read = [&](const std::string& digest, const std::string& media_type) {
    const auto bytes = context.engines.blobs.Read(digest);
    return bytes ? ParseManifest(*bytes, media_type) : Manifest();
  };
  PlatformImage image;
  image.digest = resolved.digest;
  Manifest manifest = read(resolved.digest, resolved.media_type);
  if (!manifest.manifests.empty()) {
    const auto fitting =
        std::find_if(manifest.manifests.begin(), manifest.manifests.end(),
                     [&](const Descriptor& each) { return each.platform.empty() || each.platform == platform; });
    if (fitting == manifest.manifests.end()) return std::nullopt;
    image.digest = fitting->digest;
    manifest = read(image.digest, fitting->media_type);
  }
  image.layer = image.digest;
  if (manifest.blobs.empty()) return image;
  image.layer = manifest.blobs.back().digest;
  if (const auto configuration = context.engines.blobs.Read(manifest.blobs.front().digest))
    ReadConfiguration(*configuration, image);
  return image;
}

}  // namespace drydock::ecr
