#include "emulator/auth/policy/cache.h"

namespace drydock::auth::policy {

namespace {
constexpr std::size_t kMostDocuments = 4096;  // of at most some kilobytes each
}

std::shared_ptr<const Document> DocumentCache::Read(const std::string& text) {
  {
    std::lock_guard lock(mutex_);
    if (const auto known = documents_.find(text); known != documents_.end()) return known->second;
  }
  auto parsed = Parse(text);
  auto* document = std::get_if<Document>(&parsed);
  auto read = std::make_shared<const Document>(document ? std::move(*document) : Document{});
  std::lock_guard lock(mutex_);
  if (documents_.size() >= kMostDocuments) documents_.clear();
  return documents_.emplace(text, std::move(read)).first->second;
}

}  // namespace drydock::auth::policy
