// The access keys that IAM and STS have given out.
#pragma once

#include "emulator/auth/keys.h"
#include "store/database.h"

namespace drydock::world {

// Thread-safe; each look-up reads the store.
class StoredKeys : public auth::KeyDirectory {
 public:
  explicit StoredKeys(store::Database& database) : database_(database) {}
  std::optional<auth::KnownKey> Find(const std::string& access_key) const override;

 private:
  store::Database& database_;
};

}  // namespace drydock::world
