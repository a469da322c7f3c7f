// Secret values at rest (store/sealing.h). The seam for keys of KMS.
#pragma once

#include <string>
#include <string_view>

#include "emulator/core/context.h"

namespace drydock::secretsmanager {

// `about` says what the value belongs to (the secret's ARN and the version): a sealed value opens for nothing else.
// The result is base64.
std::string Seal(Context& context, std::string_view about, std::string_view value);
// Throws DecryptionFailure for what was not sealed with this key for this purpose.
std::string Unseal(Context& context, std::string_view about, const std::string& sealed);

}  // namespace drydock::secretsmanager
