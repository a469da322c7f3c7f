// What values at rest are sealed with (store/sealing.h).
#pragma once

#include <string>

#include "store/record.h"

namespace drydock::records {

struct SealingKey {
  std::string id;   // "1"
  std::string key;  // base64 of 32 bytes

  // Named when only Secrets Manager sealed; data folders hold it so.
  static constexpr store::TableName kTable{"secretsmanager_sealing_key", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&SealingKey::id);
};

}  // namespace drydock::records

DRYDOCK_SCHEMA(drydock::records::SealingKey, id, key)
