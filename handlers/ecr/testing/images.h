// Small images for tests, put in by the layer API as a client would.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "api/ecr/CompleteLayerUploadRequest.h"
#include "api/ecr/CompleteLayerUploadResponse.h"
#include "api/ecr/CreateRepositoryRequest.h"
#include "api/ecr/CreateRepositoryResponse.h"
#include "api/ecr/InitiateLayerUploadRequest.h"
#include "api/ecr/InitiateLayerUploadResponse.h"
#include "api/ecr/PutImageRequest.h"
#include "api/ecr/PutImageResponse.h"
#include "api/ecr/UploadLayerPartRequest.h"
#include "api/ecr/UploadLayerPartResponse.h"
#include "emulator/core/text.h"
#include "handlers/testing/fixture.h"

namespace drydock::ecr {
CreateRepositoryResponse CreateRepository(Context&, const CreateRepositoryRequest&);
InitiateLayerUploadResponse InitiateLayerUpload(Context&, const InitiateLayerUploadRequest&);
UploadLayerPartResponse UploadLayerPart(Context&, const UploadLayerPartRequest&);
CompleteLayerUploadResponse CompleteLayerUpload(Context&, const CompleteLayerUploadRequest&);
PutImageResponse PutImage(Context&, const PutImageRequest&);
}  // namespace drydock::ecr

namespace drydock::testing {

inline std::string DigestOf(const std::string& bytes) {
  return "sha256:" + Hex(Sha256(bytes));
}

inline void CreateRepository(Fixture& f, const std::string& name, const std::string& mutability = "MUTABLE") {
  ecr::CreateRepositoryRequest request;
  request.repositoryName = name;
  request.imageTagMutability = mutability;
  f.Call(ecr::CreateRepository, request);
}

inline std::string BeginUpload(Fixture& f, const std::string& repository) {
  ecr::InitiateLayerUploadRequest request;
  request.repositoryName = repository;
  return *f.Call(ecr::InitiateLayerUpload, request).uploadId;
}

inline ecr::UploadLayerPartRequest Part(const std::string& repository, const std::string& upload, std::int64_t first,
                                        const std::string& bytes) {
  ecr::UploadLayerPartRequest request;
  request.repositoryName = repository;
  request.uploadId = upload;
  request.partFirstByte = first;
  request.partLastByte = first + static_cast<std::int64_t>(bytes.size()) - 1;
  request.layerPartBlob = Blob{bytes};
  return request;
}

inline ecr::CompleteLayerUploadRequest Completion(const std::string& repository, const std::string& upload,
                                                  const std::string& digest) {
  ecr::CompleteLayerUploadRequest request;
  request.repositoryName = repository;
  request.uploadId = upload;
  request.layerDigests.push_back(digest);
  return request;
}

// Returns the layer's digest.
inline std::string PutLayer(Fixture& f, const std::string& repository, const std::string& bytes) {
  const std::string upload = BeginUpload(f, repository);
  f.Call(ecr::UploadLayerPart, Part(repository, upload, 0, bytes));
  f.Call(ecr::CompleteLayerUpload, Completion(repository, upload, DigestOf(bytes)));
  return DigestOf(bytes);
}

inline std::string ManifestOf(const std::string& config, const std::vector<std::string>& layers) {
  std::string text;
  for (const std::string& layer : layers) {
    text += fmt::format(R"({}{{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{}","size":{}}})",
                        text.empty() ? "" : ",", DigestOf(layer), layer.size());
  }
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{{"mediaType":)"
      R"("application/vnd.oci.image.config.v1+json","digest":"{}","size":{}}},"layers":[{}]}})",
      DigestOf(config), config.size(), text);
}

inline ecr::PutImageRequest ImageOf(const std::string& repository, const std::string& manifest,
                                    const std::string& tag) {
  ecr::PutImageRequest request;
  request.repositoryName = repository;
  request.imageManifest = manifest;
  if (!tag.empty()) request.imageTag = tag;
  return request;
}

// An image with one layer; returns its digest. Layers that are there already stay.
inline std::string PushImage(Fixture& f, const std::string& repository, const std::string& content,
                             const std::string& tag) {
  for (const std::string& bytes : {"config of " + content, content}) {
    const std::string upload = BeginUpload(f, repository);
    f.Call(ecr::UploadLayerPart, Part(repository, upload, 0, bytes));
    const auto request = Completion(repository, upload, DigestOf(bytes));
    const std::string code = f.CodeOf(ecr::CompleteLayerUpload, request);
    if (!code.empty() && code != "LayerAlreadyExistsException") FAIL(code);
  }
  const std::string manifest = ManifestOf("config of " + content, {content});
  f.Call(ecr::PutImage, ImageOf(repository, manifest, tag));
  return DigestOf(manifest);
}

}  // namespace drydock::testing
