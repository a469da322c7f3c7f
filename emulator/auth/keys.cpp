#include "emulator/auth/keys.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace drydock::auth {

namespace {

bool IsAccountId(const std::string& text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool SameSecret(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::variant<Caller, Refusal> Identify(const ParsedSignature& parsed, const Request& request, const KeyDirectory& keys,
                                       const IdentifyRules& rules, Timestamp now) {
  const Refusal invalid{Fault::kInvalidToken, "The security token included in the request is invalid."};
  if (std::holds_alternative<Unsigned>(parsed)) return Refusal{Fault::kMissingToken, "Missing Authentication Token"};
  if (const auto* malformed = std::get_if<Malformed>(&parsed))
    return Refusal{Fault::kIncompleteSignature, malformed->message};

  const Signature& signature = std::get<Signature>(parsed);
  const std::optional<KnownKey> key = keys.Find(signature.access_key);
  if (!key) {
    if (rules.strict) return invalid;
    Caller caller{Principal::Root(IsAccountId(signature.access_key) ? signature.access_key : rules.default_account)};
    caller.principal.access_key = signature.access_key;
    return caller;
  }
  if (!key->active || !SameSecret(key->session_token, signature.session_token)) return invalid;
  if (auto refusal = VerifySignature(signature, request, key->secret, now)) return *refusal;
  if (key->expiration && *key->expiration <= now)
    return Refusal{Fault::kExpiredToken, "The security token included in the request is expired"};
  return Caller{key->principal, true};
}

}  // namespace drydock::auth
