// The validator: what AWS's model says about members (required, length, range, pattern, enum), checked before a
// handler sees the input, all violations together, in the service's own words.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "emulator/api/operation.h"

namespace re2 {
class RE2;
}

namespace drydock::protocol {

// Keeps the compiled patterns. Thread-safe.
class Validator {
 public:
  Validator();
  ~Validator();

  // Throws ApiError when `input` breaks the model.
  void Check(const api::Service& service, const Schema& schema, const void* input) const;

  // Whether the whole of `text` matches a pattern of the models. Patterns that RE2 cannot express (look-around) match
  // everything; a test names them all.
  bool Matches(const char* pattern, const std::string& text) const;
  bool CanExpress(const char* pattern) const;

 private:
  const re2::RE2* Compiled(const char* pattern) const;

  mutable std::shared_mutex mutex_;
  mutable std::unordered_map<std::string, std::unique_ptr<re2::RE2>> patterns_;  // guarded by mutex_
};

}  // namespace drydock::protocol
