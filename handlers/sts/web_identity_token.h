// JSON Web Tokens of OpenID Connect providers: RFC 7515 (signatures), 7517 and 7518 (keys), 7519 (claims).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/core/clock.h"
#include "store/table.h"

namespace drydock::sts {

// What a token claims. Nothing of it is proven before IsSignedBy().
struct WebIdentityToken {
  std::string signed_part;  // header and claims as they were signed
  std::string signature;
  std::string algorithm;  // RS256, ES256 …
  std::string key_id;     // empty: none

  std::string issuer;  // without https://
  std::string subject;
  std::vector<std::string> audiences;  // azp alone where there is one: STS API Reference, "azp"
  std::vector<std::string> amr;
  std::optional<Timestamp> issued, expires, not_before;
  std::string source_identity;
  std::map<std::string, std::string> tags;
  std::vector<std::string> transitive_tag_keys;
};

// nullopt for what is no JSON Web Token with an issuer, a subject and an audience.
std::optional<WebIdentityToken> ReadToken(std::string_view text);

// Whether a key of the set has signed the token, by RSA or ECDSA with SHA-256, 384 or 512. A token that names a key is
// signed by that key only.
bool IsSignedBy(const WebIdentityToken& token, const std::string& key_set);

// Keeps an issuer's keys: {"issuer": "https://…", "keys": […]}. What is wrong with the text, if anything.
std::optional<std::string> PutIssuerKeys(store::Transaction& tx, const std::string& json);

}  // namespace drydock::sts
