#include "handlers/secretsmanager/sealing.h"

#include "handlers/secretsmanager/errors.h"
#include "store/sealing.h"

namespace drydock::secretsmanager {

std::string Seal(Context& context, std::string_view about, std::string_view value) {
  return store::Seal(context.tx, about, value);
}

std::string Unseal(Context& context, std::string_view about, const std::string& sealed) {
  const auto value = store::Unseal(context.tx, about, sealed);
  if (!value) throw errors::DecryptionFailure();
  return *value;
}

}  // namespace drydock::secretsmanager
