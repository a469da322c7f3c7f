// The keys that issuers of web identity tokens sign with. AWS fetches them from the issuer; Drydock has no network and
// is given them (POST /_drydock/web-identity-keys). They are the world's, not an account's.
#pragma once

#include <string>

#include "store/record.h"

namespace drydock::records::sts {

struct IssuerKeys {
  std::string issuer;  // without https://
  std::string keys;    // a JSON Web Key Set, RFC 7517

  static constexpr store::TableName kTable{"sts_issuer_keys", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&IssuerKeys::issuer);
};

}  // namespace drydock::records::sts

DRYDOCK_SCHEMA(drydock::records::sts::IssuerKeys, issuer, keys)
