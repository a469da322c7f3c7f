#include "store/blobs.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <new>
#include <system_error>
#include <vector>

#include "emulator/core/text.h"

namespace drydock::store {

namespace {

[[noreturn]] void Fail(const std::string& what, int error) {
  throw Error("cannot " + what + ": " + std::generic_category().message(error));
}

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kAlgorithm = "sha256:";

bool IsHex(std::string_view text) {
  return text.find_first_not_of(kHexDigits) == std::string_view::npos;
}

void SyncFolder(const std::filesystem::path& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) Fail("open " + folder.string(), errno);
  const int result = fsync(file);
  const int reason = errno;
  close(file);
  if (result != 0) Fail("write " + folder.string(), reason);
}

void MakeFolders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) Fail("create the folder " + folder.string(), error.value());
}

std::filesystem::path MakeTemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "drydock-XXXXXX").string();
  if (!mkdtemp(pattern.data())) Fail("create a temporary folder", errno);
  return pattern;
}

}  // namespace

// A running SHA-256.
class Upload::Hash {
 public:
  Hash() : context_(EVP_MD_CTX_new()) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
  }

  void Add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

  // "sha256:<hex>" of the bytes so far.
  std::string Digest() const {
    const Context copy(EVP_MD_CTX_new());
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (!copy || EVP_MD_CTX_copy_ex(copy.get(), context_.get()) != 1 ||
        EVP_DigestFinal_ex(copy.get(), digest, &length) != 1) {
      throw std::bad_alloc();
    }
    return std::string(kAlgorithm) + Hex({reinterpret_cast<const char*>(digest), length});
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  using Context = std::unique_ptr<EVP_MD_CTX, Free>;
  Context context_;
};

Upload::Upload(Blobs& blobs, std::string id, int file) : blobs_(blobs), id_(std::move(id)), file_(file) {}

Upload::~Upload() {
  Close();
}

void Upload::Close() {
  if (file_ >= 0) close(file_);
  file_ = -1;
}

void Upload::RequireOpen() const {
  if (file_ < 0) throw Error("the upload " + id_ + " is over");
}

// Hashes what an earlier process has left in the file.
void Upload::CatchUp() const {
  if (hash_ || file_ < 0) return;
  auto hash = std::make_unique<Hash>();
  std::uint64_t size = 0;
  std::vector<char> buffer(1 << 18);
  while (true) {
    const ssize_t length = pread(file_, buffer.data(), buffer.size(), static_cast<off_t>(size));
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) Fail("read the upload " + id_, errno);
    if (length == 0) break;
    hash->Add({buffer.data(), static_cast<std::size_t>(length)});
    size += static_cast<std::uint64_t>(length);
  }
  hash_ = std::move(hash);
  size_ = size;
}

std::uint64_t Upload::size() const {
  std::lock_guard lock(mutex_);
  CatchUp();
  return size_;
}

std::string Upload::digest() const {
  std::lock_guard lock(mutex_);
  CatchUp();
  return hash_ ? hash_->Digest() : "";
}

std::uint64_t Upload::Append(std::string_view bytes) {
  std::lock_guard lock(mutex_);
  RequireOpen();
  CatchUp();
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t written = write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int reason = errno;
      // Should this fail as well, the file is longer than the hash knows: hash it again.
      if (ftruncate(file_, static_cast<off_t>(size_)) != 0) hash_.reset();
      Fail("write the upload " + id_, reason);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  hash_->Add(bytes);
  size_ += bytes.size();
  return size_;
}

Upload::Result Upload::Commit(const std::optional<std::string>& expected) {
  std::lock_guard lock(mutex_);
  RequireOpen();
  CatchUp();
  const std::string digest = hash_->Digest();
  if (expected && *expected != digest) return {false, digest, size_};
  if (!blobs_.temporary_ && fsync(file_) != 0) Fail("write the upload " + id_, errno);
  blobs_.Publish(id_, digest);
  Close();
  return {true, digest, size_};
}

Blobs::Blobs(const std::filesystem::path& data_folder) : folder_(data_folder), temporary_(false) {
  MakeFolders(folder_ / "blobs" / "sha256");
  MakeFolders(folder_ / "uploads");
}

Blobs::Blobs(InMemory) : folder_(MakeTemporaryFolder()), temporary_(true) {
  MakeFolders(folder_ / "blobs" / "sha256");
  MakeFolders(folder_ / "uploads");
}

Blobs::~Blobs() {
  uploads_.clear();
  std::error_code ignored;  // nobody is left to be told
  if (temporary_) std::filesystem::remove_all(folder_, ignored);
}

std::filesystem::path Blobs::UploadPath(const std::string& id) const {
  return folder_ / "uploads" / id;
}

std::filesystem::path Blobs::PathOf(const std::string& digest) const {
  if (!digest.starts_with(kAlgorithm)) return {};
  const std::string hex = digest.substr(kAlgorithm.size());
  if (hex.size() != 64 || !IsHex(hex)) return {};
  return folder_ / "blobs" / "sha256" / hex.substr(0, 2) / hex;
}

std::shared_ptr<Upload> Blobs::BeginUpload() {
  const std::string id = ids_.Uuid();
  const int file = open(UploadPath(id).c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) Fail("begin an upload in " + folder_.string(), errno);
  const std::shared_ptr<Upload> upload(new Upload(*this, id, file));
  std::lock_guard lock(mutex_);
  uploads_.emplace(id, upload);
  return upload;
}

std::shared_ptr<Upload> Blobs::FindUpload(const std::string& id) {
  std::lock_guard lock(mutex_);
  if (const auto known = uploads_.find(id); known != uploads_.end()) return known->second;
  // Ids come from requests: nothing else than a UUID becomes part of a path.
  if (id.size() != 36 || id.find_first_not_of("0123456789abcdef-") != std::string::npos) return nullptr;
  const int file = open(UploadPath(id).c_str(), O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return nullptr;
  const std::shared_ptr<Upload> upload(new Upload(*this, id, file));
  uploads_.emplace(id, upload);
  return upload;
}

bool Blobs::AbandonUpload(const std::string& id) {
  const auto upload = FindUpload(id);
  if (!upload) return false;
  std::lock_guard upload_lock(upload->mutex_);
  if (upload->file_ < 0) return false;
  std::lock_guard lock(mutex_);
  std::error_code ignored;
  std::filesystem::remove(UploadPath(id), ignored);
  uploads_.erase(id);
  upload->Close();
  return true;
}

void Blobs::Publish(const std::string& upload_id, const std::string& digest) {
  const auto path = PathOf(digest);
  const auto folder = path.parent_path();
  std::error_code error;
  const bool new_folder = std::filesystem::create_directory(folder, error);
  if (error) Fail("create the folder " + folder.string(), error.value());
  {
    // Together, so that FindUpload cannot open the file in between.
    std::lock_guard lock(mutex_);
    std::filesystem::rename(UploadPath(upload_id), path, error);
    if (error) Fail("name the blob " + path.string(), error.value());
    uploads_.erase(upload_id);
  }
  if (temporary_) return;
  SyncFolder(folder);
  if (new_folder) SyncFolder(folder.parent_path());
}

std::string Blobs::Put(std::string_view bytes) {
  const std::string digest = std::string(kAlgorithm) + Hex(Sha256(bytes));
  if (Exists(digest)) return digest;
  const auto upload = BeginUpload();
  upload->Append(bytes);
  return upload->Commit().digest;
}

std::optional<BlobFile> Blobs::Find(const std::string& digest) const {
  const auto path = PathOf(digest);
  if (path.empty()) return std::nullopt;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) return std::nullopt;
  return BlobFile{path, size};
}

std::optional<std::string> Blobs::Read(const std::string& digest) const {
  const auto blob = Find(digest);
  if (!blob) return std::nullopt;
  std::ifstream file(blob->path, std::ios::binary);
  std::string bytes(blob->size, '\0');
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return std::nullopt;
  return bytes;
}

bool Blobs::Erase(const std::string& digest) {
  const auto path = PathOf(digest);
  std::error_code error;
  return !path.empty() && std::filesystem::remove(path, error);
}

}  // namespace drydock::store
