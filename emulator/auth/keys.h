// Whose access key a request was signed with, and who the caller is therefore.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "emulator/auth/signature.h"
#include "emulator/core/principal.h"

namespace drydock::auth {

// An access key that Drydock has given out: of an IAM user (AKIA…) or of temporary credentials (ASIA…).
struct KnownKey {
  std::string secret;
  std::string session_token;            // empty for keys of users
  std::optional<Timestamp> expiration;  // of temporary credentials
  bool active = true;                   // users' keys may be made inactive
  Principal principal;
};

// Finds known keys. Thread-safe.
class KeyDirectory {
 public:
  virtual ~KeyDirectory() = default;
  virtual std::optional<KnownKey> Find(const std::string& access_key) const = 0;
};

struct IdentifyRules {
  std::string default_account;
  bool strict = false;  // --strict-auth: keys that are not known are refused
};

struct Caller {
  Principal principal;
  bool verified = false;  // the signature was checked, so the principal's policies are enforced
};

// The rule of design.md: a known key must have signed the request, and the caller is its principal. Unless strict, a
// key of 12 digits is root of that account and any other unknown key is root of the default account, both unverified.
// An unsigned request is refused: operations that need no signature must be let through before.
std::variant<Caller, Refusal> Identify(const ParsedSignature& parsed, const Request& request, const KeyDirectory& keys,
                                       const IdentifyRules& rules, Timestamp now);

}  // namespace drydock::auth
