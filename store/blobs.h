// Large values (image layers, manifests, objects) as files named after their content:
// <data folder>/blobs/sha256/<first 2 hex digits>/<64 hex digits>. Digests are spelled "sha256:<64 hex digits>".
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/ids.h"
#include "store/database.h"

namespace drydock::store {

struct BlobFile {
  std::filesystem::path path;
  std::uint64_t size;
};

// A blob on its way in: <data folder>/uploads/<id>. Thread-safe. Must not outlive its Blobs.
class Upload {
 public:
  ~Upload();
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  const std::string& id() const { return id_; }  // a UUID
  std::uint64_t size() const;
  std::string digest() const;  // of the bytes so far

  // Returns the new size. Throws Error when the disk is full or the upload is over; then nothing was appended.
  std::uint64_t Append(std::string_view bytes);

  struct Result {
    bool matches;  // false: the bytes have another digest than expected; the upload stays as it is
    std::string digest;
    std::uint64_t size;
  };
  // Makes the bytes a blob that survives the machine's crash, and ends the upload. Without `expected`, whatever the
  // digest is. Throws Error when the disk fails or the upload is over.
  Result Commit(const std::optional<std::string>& expected = std::nullopt);

 private:
  friend class Blobs;
  class Hash;
  Upload(class Blobs& blobs, std::string id, int file);
  void CatchUp() const;
  void RequireOpen() const;
  void Close();

  Blobs& blobs_;
  const std::string id_;
  mutable std::mutex mutex_;
  // guarded by mutex_
  int file_;                            // -1: over
  mutable std::uint64_t size_ = 0;      // of what hash_ has seen
  mutable std::unique_ptr<Hash> hash_;  // null until the file's bytes have been hashed
};

// Thread-safe.
class Blobs {
 public:
  explicit Blobs(const std::filesystem::path& data_folder);
  explicit Blobs(InMemory);  // a temporary folder that is removed in the end
  ~Blobs();
  Blobs(const Blobs&) = delete;
  Blobs& operator=(const Blobs&) = delete;

  std::shared_ptr<Upload> BeginUpload();
  // An unfinished upload, also one from before a restart (its bytes are hashed again); nullptr: there is none.
  std::shared_ptr<Upload> FindUpload(const std::string& id);
  // Ends an upload and forgets its bytes; whether there was one.
  bool AbandonUpload(const std::string& id);

  // Stores a small blob in one go; returns its digest.
  std::string Put(std::string_view bytes);

  // Anything that is not a digest finds nothing.
  std::optional<BlobFile> Find(const std::string& digest) const;
  bool Exists(const std::string& digest) const { return Find(digest).has_value(); }
  // The whole content, for small blobs.
  std::optional<std::string> Read(const std::string& digest) const;
  // Whether there was one. Who has the file open reads on undisturbed.
  bool Erase(const std::string& digest);

 private:
  friend class Upload;
  std::filesystem::path PathOf(const std::string& digest) const;  // empty: not a digest
  std::filesystem::path UploadPath(const std::string& id) const;
  void Publish(const std::string& upload_id, const std::string& digest);

  const std::filesystem::path folder_;
  const bool temporary_;
  Ids ids_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Upload>> uploads_;  // guarded by mutex_
};

}  // namespace drydock::store
