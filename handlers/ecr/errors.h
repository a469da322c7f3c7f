// ECR's errors by name. Texts: aws-facts I.2-I.7, or as the comment says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "emulator/core/errors.h"
#include "emulator/core/text.h"

namespace drydock::ecr::errors {

inline ApiError InvalidParameter(std::string_view parameter, std::string_view constraint) {
  return ApiError("InvalidParameterException",
                  fmt::format("Invalid parameter at '{}' failed to satisfy constraint: '{}'", parameter, constraint));
}

// Seen: alexjurkiewicz/ecr-scan-image issue 40.
inline ApiError InvalidImageTag() {
  return InvalidParameter("imageTag", "must satisfy regular expression '[a-zA-Z0-9-_.]+'");
}

// A sentence that does not name one parameter.
inline ApiError InvalidRequest(std::string message) {
  return ApiError("InvalidParameterException", std::move(message));
}

inline ApiError RepositoryNotFound(const std::string& repository, const std::string& registry) {
  return ApiError(
      "RepositoryNotFoundException",
      fmt::format("The repository with name '{}' does not exist in the registry with id '{}'", repository, registry));
}

inline ApiError RepositoryAlreadyExists(const std::string& repository, const std::string& registry) {
  return ApiError(
      "RepositoryAlreadyExistsException",
      fmt::format("The repository with name '{}' already exists in the registry with id '{}'", repository, registry));
}

inline ApiError RepositoryNotEmpty(const std::string& repository, const std::string& registry) {
  return ApiError("RepositoryNotEmptyException",
                  fmt::format("The repository with name '{}' in registry with id '{}' cannot be deleted because it "
                              "still contains images",
                              repository, registry));
}

// aws-facts H.3; what AWS says as long as the other registry's owner has given no permission.
inline ApiError NotAuthorized(const std::string& principal, std::string_view operation, const std::string& resource) {
  return ApiError("AccessDeniedException",
                  fmt::format("User: {} is not authorized to perform: ecr:{} on resource: {} because no resource-based "
                              "policy allows the ecr:{} action",
                              principal, operation, resource, operation));
}

inline ApiError ImageNotFound(const std::string& digest, const std::string& tag, const std::string& repository,
                              const std::string& registry) {
  const auto quoted = [](const std::string& text) { return text.empty() ? "null" : text; };
  return ApiError("ImageNotFoundException",
                  fmt::format("The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within the "
                              "repository with name '{}' in the registry with id '{}'",
                              quoted(digest), quoted(tag), repository, registry));
}

inline ApiError ImageAlreadyExists(const std::string& digest, const std::string& tag, const std::string& repository,
                                   const std::string& registry) {
  return ApiError("ImageAlreadyExistsException",
                  fmt::format("Image with digest '{}' and tag '{}' already exists in the repository with name '{}' in "
                              "registry with id '{}'",
                              digest, tag.empty() ? "null" : tag, repository, registry));
}

inline ApiError ImageTagAlreadyExists(const std::string& tag, const std::string& repository) {
  return ApiError("ImageTagAlreadyExistsException",
                  fmt::format("The image tag '{}' already exists in the '{}' repository and cannot be overwritten "
                              "because the tag is immutable.",
                              tag, repository));
}

// Seen by users of crane (google/go-containerregistry issue 1568).
inline ApiError ImageDigestDoesNotMatch(const std::string& digest, const std::string& repository,
                                        const std::string& registry) {
  return ApiError("ImageDigestDoesNotMatchException",
                  fmt::format("The image with digest '{}' in repository '{}' and registry ID '{}' does not match the "
                              "image digest that Amazon ECR has calculated.",
                              digest, repository, registry));
}

// Seen: mapbox/ecs-conex pull request 50. That of images is made like it, unconfirmed.
inline ApiError LayersNotFound(const std::vector<std::string>& digests, const std::string& repository,
                               const std::string& registry) {
  return ApiError("LayersNotFoundException",
                  fmt::format("Layers with digests '[{}]' required for pushing image into repository with name '{}' in "
                              "the registry with id '{}' do not exist",
                              Join(digests, ", "), repository, registry));
}
inline ApiError ReferencedImagesNotFound(const std::vector<std::string>& digests, const std::string& repository,
                                         const std::string& registry) {
  return ApiError("ReferencedImagesNotFoundException",
                  fmt::format("Images with digests '[{}]' required for pushing image into repository with name '{}' in "
                              "the registry with id '{}' do not exist",
                              Join(digests, ", "), repository, registry));
}

inline ApiError RepositoryPolicyNotFound(const std::string& repository, const std::string& registry) {
  return ApiError("RepositoryPolicyNotFoundException",
                  fmt::format("Repository policy does not exist for the repository with name '{}' in the registry with "
                              "id '{}'",
                              repository, registry));
}

inline ApiError LifecyclePolicyNotFound(const std::string& repository, const std::string& registry) {
  return ApiError("LifecyclePolicyNotFoundException",
                  fmt::format("Lifecycle policy does not exist for the repository with name '{}' in the registry with "
                              "id '{}'",
                              repository, registry));
}

// The layer API: codes and members as in the model; the wordings are unconfirmed.
inline ApiError UploadNotFound(const std::string& upload, const std::string& repository, const std::string& registry) {
  return ApiError("UploadNotFoundException",
                  fmt::format("The upload with id '{}' does not exist in the repository with name '{}' in the registry "
                              "with id '{}'",
                              upload, repository, registry));
}
inline ApiError InvalidLayerPart(const std::string& upload, const std::string& repository, const std::string& registry,
                                 std::int64_t last_valid_byte) {
  return ApiError("InvalidLayerPartException",
                  fmt::format("The layer part is not valid: the last valid byte received is {}", last_valid_byte))
      .With("registryId", registry)
      .With("repositoryName", repository)
      .With("uploadId", upload)
      .With("lastValidByteReceived", std::to_string(last_valid_byte));
}
inline ApiError LayerPartTooSmall() {
  return ApiError("LayerPartTooSmallException", "Layer parts must be at least 5 MiB in size");
}
inline ApiError EmptyUpload(const std::string& upload) {
  return ApiError("EmptyUploadException",
                  fmt::format("The upload with id '{}' does not contain any layer parts", upload));
}
inline ApiError InvalidLayer(const std::string& digest) {
  return ApiError("InvalidLayerException",
                  fmt::format("The layer digest '{}' does not match the digest of the uploaded bytes", digest));
}
inline ApiError LayerAlreadyExists(const std::string& digest, const std::string& repository,
                                   const std::string& registry) {
  return ApiError("LayerAlreadyExistsException",
                  fmt::format("The layer with digest '{}' already exists in the repository with name '{}' in registry "
                              "with id '{}'",
                              digest, repository, registry));
}
// Seen: monken/aws-ecr-public issue 11.
inline ApiError LayerNotFound(const std::string& digest, const std::string& repository, const std::string& registry) {
  return ApiError("LayersNotFoundException",
                  fmt::format("The layer with digest '{}' does not exist within the repository with name '{}' in the "
                              "registry with id '{}'",
                              digest, repository, registry));
}

inline ApiError LayerInaccessible(const std::string& digest, const std::string& repository,
                                  const std::string& registry) {
  return ApiError("LayerInaccessibleException",
                  fmt::format("The layer with digest '{}' in the repository with name '{}' in the registry with id "
                              "'{}' is not available because it is not associated with an image",
                              digest, repository, registry));
}

// Limits: ECR API Reference, Tag; the wordings are unconfirmed.
inline ApiError TooManyTags() {
  return ApiError("TooManyTagsException",
                  "The list of tags on the repository is over the limit. The maximum number of "
                  "tags that can be applied to a repository is 50.");
}
inline ApiError InvalidTag(std::string message) {
  return ApiError("InvalidTagParameterException", std::move(message));
}

}  // namespace drydock::ecr::errors
