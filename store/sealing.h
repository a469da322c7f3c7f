// Values at rest: AES-256-GCM. The key is made on first use and kept with the data, so this protects a copy of a table
// or a log, not a data folder that is read as a whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/table.h"

namespace drydock::store {

// `about` says what the value belongs to (an ARN, a version): a sealed value opens for nothing else. The result is
// base64.
std::string Seal(Transaction& tx, std::string_view about, std::string_view value);
// nullopt for what was not sealed with this key for this purpose.
std::optional<std::string> Unseal(Transaction& tx, std::string_view about, const std::string& sealed);

}  // namespace drydock::store
