#include "handlers/ecr/manifest.h"

#include <rapidjson/document.h>

#include <algorithm>

#include "handlers/ecr/errors.h"
#include "handlers/ecr/layers.h"

namespace drydock::ecr {

namespace {

// The wordings are unconfirmed but for the one below.
ApiError Invalid(std::string_view why) {
  return errors::InvalidParameter("ImageManifest", why);
}

// Also what ECR says of media types that it does not take, or that neither the manifest nor the caller tells:
// aws/aws-sdk issue 193, opcr-io/policy issue 149.
ApiError InvalidSyntax() {
  return Invalid("Invalid JSON syntax");
}

std::string StringAt(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsString()) return "";
  return {found->value.GetString(), found->value.GetStringLength()};
}

Descriptor ReadDescriptor(const rapidjson::Value& value) {
  if (!value.IsObject()) throw Invalid("Invalid descriptor");
  Descriptor descriptor{StringAt(value, "mediaType"), StringAt(value, "digest")};
  if (!IsDigest(descriptor.digest)) throw Invalid("Invalid digest in descriptor");
  const auto size = value.FindMember("size");
  if (size == value.MemberEnd() || !size->value.IsInt64() || size->value.GetInt64() < 0)
    throw Invalid("Invalid size in descriptor");
  descriptor.size = size->value.GetInt64();
  const auto urls = value.FindMember("urls");
  descriptor.elsewhere = urls != value.MemberEnd() && urls->value.IsArray() && !urls->value.Empty() &&
                         (descriptor.media_type.find("foreign") != std::string::npos ||
                          descriptor.media_type.find("nondistributable") != std::string::npos);
  if (const auto platform = value.FindMember("platform"); platform != value.MemberEnd() && platform->value.IsObject())
    descriptor.platform = StringAt(platform->value, "os") + "/" + StringAt(platform->value, "architecture");
  return descriptor;
}

std::vector<Descriptor> ReadDescriptors(const rapidjson::Value& object, const char* name) {
  const auto found = object.FindMember(name);
  if (found == object.MemberEnd() || !found->value.IsArray()) throw Invalid(fmt::format("Missing '{}'", name));
  std::vector<Descriptor> descriptors;
  for (const auto& value : found->value.GetArray()) descriptors.push_back(ReadDescriptor(value));
  return descriptors;
}

bool IsOneOf(const std::string& media_type, const auto& media_types) {
  return std::find(std::begin(media_types), std::end(media_types), media_type) != std::end(media_types);
}

}  // namespace

Manifest ParseManifest(const std::string& bytes, const std::optional<std::string>& media_type) {
  rapidjson::Document document;
  // Iterative: no nesting is too deep for the stack.
  document.Parse<rapidjson::kParseIterativeFlag>(bytes.data(), bytes.size());
  if (document.HasParseError() || !document.IsObject()) throw InvalidSyntax();

  Manifest manifest;
  manifest.media_type = StringAt(document, "mediaType");
  if (manifest.media_type.empty()) manifest.media_type = media_type.value_or("");
  if (manifest.media_type.empty()) throw InvalidSyntax();

  if (IsOneOf(manifest.media_type, kManifestMediaTypes)) {
    manifest.blobs = ReadDescriptors(document, "layers");
    const auto config = document.FindMember("config");
    if (config == document.MemberEnd()) throw Invalid("Missing 'config'");
    manifest.blobs.insert(manifest.blobs.begin(), ReadDescriptor(config->value));
    manifest.artifact_media_type = StringAt(document, "artifactType");
    if (manifest.artifact_media_type.empty()) manifest.artifact_media_type = manifest.blobs.front().media_type;
  } else if (IsOneOf(manifest.media_type, kIndexMediaTypes)) {
    manifest.manifests = ReadDescriptors(document, "manifests");
    manifest.artifact_media_type = StringAt(document, "artifactType");
  } else {
    throw InvalidSyntax();
  }
  const auto subject = document.FindMember("subject");
  if (subject != document.MemberEnd()) manifest.subject = ReadDescriptor(subject->value).digest;
  return manifest;
}

}  // namespace drydock::ecr
