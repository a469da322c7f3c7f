// What the registry protocol does to repositories, without the protocol (that is emulator/http/registry.h).
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md; ECR's ways: aws-facts I.2, I.3.
//
// As AWS does, the registry stands on the operations of the ECR API: a push is InitiateLayerUpload and PutImage, a pull
// is BatchGetImage and GetDownloadUrlForLayer, made as the one who logged in. Functions run in the context's
// transaction and throw the operations' ApiErrors; RefusalOf says how the protocol words them.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/context.h"
#include "store/blobs.h"

namespace drydock::ecr::registry {

// An answer of the registry that is an error.
struct Refusal : std::exception {
  Refusal(int status_, std::string code_, std::string message_)
      : status(status_), code(std::move(code_)), message(std::move(message_)) {}
  int status;
  std::string code;  // NAME_UNKNOWN …
  std::string message;
  const char* what() const noexcept override { return message.c_str(); }
};
Refusal RefusalOf(const ApiError& error);

// "latest" or "sha256:…". Throws Refusal for what cannot be a digest; whether a tag is one, ECR's operations know.
struct Reference {
  std::optional<std::string> tag, digest;
};
Reference ParseReference(const std::string& text);

// Manifests.
struct StoredManifest {
  std::string digest;
  std::string media_type;
  std::string bytes;
};
// `accepted` are the media types that the client takes; none: any.
StoredManifest GetManifest(Context& context, const std::string& repository, const std::string& reference,
                           const std::vector<std::string>& accepted);
// Whether a pull of the image should be noted: not more than once in 24 hours.
bool IsPullNews(Context& context, const std::string& repository, const std::string& digest);
void NotePull(Context& context, const std::string& repository, const std::string& digest);

struct PushedManifest {
  std::string digest;
  std::optional<std::string> subject;  // the digest of the manifest that the pushed one is about
};
PushedManifest PutManifest(Context& context, const std::string& repository, const std::string& reference,
                           const std::string& media_type, const std::string& bytes);

// By its digest with all its tags; by a tag, only when that is its last one.
void DeleteManifest(Context& context, const std::string& repository, const std::string& reference);

// All tags in alphabetical order.
std::vector<std::string> ListTags(Context& context, const std::string& repository);

// An OCI image index of the manifests whose subject has this digest; of one artifact type, or of all when it is empty.
std::string ListReferrers(Context& context, const std::string& repository, const std::string& digest,
                          const std::string& artifact_type);

// Layers. Both throw Refusal BLOB_UNKNOWN; to fetch needs another permission than to look.
store::BlobFile LookUpLayer(Context& context, const std::string& repository, const std::string& digest);
store::BlobFile FetchLayer(Context& context, const std::string& repository, const std::string& digest);
// The layer that a URL of GetDownloadUrlForLayer leads to; the ticket in the URL stands for the permission.
store::BlobFile RedeemTicket(Context& context, const std::string& ticket, const std::string& repository,
                             const std::string& digest);

// Uploads. The bytes go into the store::Upload outside of any transaction, from any thread.
std::string BeginUpload(Context& context, const std::string& repository);
std::shared_ptr<store::Upload> FindUpload(Context& context, const std::string& repository, const std::string& id);
// The upload has been committed and is the blob that `bytes` tells of.
void CompleteUpload(Context& context, const std::string& repository, const std::string& id,
                    const store::Upload::Result& bytes);
// After CompleteUpload has been refused: nobody may ever use the blob.
void ReleaseBlob(Context& context, const std::string& digest);
void AbandonUpload(Context& context, const std::string& repository, const std::string& id);
// Makes a layer of the repository `from` one of `repository` as well; false: there is no such layer, or it must be
// uploaded. ECR User Guide, "Blob mounting in Amazon ECR": for a registry that has it switched on, a caller who may
// fetch the layer, and repositories with the same encryption.
bool MountLayer(Context& context, const std::string& repository, const std::string& from, const std::string& digest);

}  // namespace drydock::ecr::registry
