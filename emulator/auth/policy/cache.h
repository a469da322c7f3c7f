// Policy documents that have been read before.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "emulator/auth/policy/document.h"

namespace drydock::auth::policy {

// Reads a text once and keeps what it says, by its content: a new version of a policy is another text. Thread-safe.
class DocumentCache {
 public:
  // A text that is no policy document gives an empty one, which allows nothing.
  std::shared_ptr<const Document> Read(const std::string& text);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Document>> documents_;  // guarded by mutex_
};

}  // namespace drydock::auth::policy
