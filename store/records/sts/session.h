// Temporary credentials that were given out, and whom they stand for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::sts {

// Global: a request names its key before anybody knows the account.
struct Session {
  std::string access_key;  // ASIA…
  std::string secret;      // this and the token are empty in the store, but for folders of earlier versions
  std::string token;
  std::string sealed;  // both: store/credentials.h
  Timestamp expires;
  // The principal
  std::string account;
  std::string arn;                    // arn:aws:sts::A:assumed-role/R/S; of GetSessionToken the caller's own
  std::string user_id;                // AROA…:S
  std::string type;                   // "AssumedRole", "FederatedUser", "User", "Root"
  std::string role;                   // the role's name, path not included
  std::vector<std::string> policies;  // session policies: documents; empty: none were given
  std::map<std::string, std::string> tags;
  std::vector<std::string> transitive_tags;
  std::string source_identity;
  std::string issued_to;             // the ARN of who asked
  std::string role_arn;              // of an assumed role
  std::string federated_provider;    // the ARN of the identity provider that vouched; empty: none did
  std::string network_interface_id;  // whose calls leave by it: a task's; empty: not known
  Timestamp created;

  static constexpr store::TableName kTable{"sts_session", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&Session::access_key);
};

}  // namespace drydock::records::sts

DRYDOCK_SCHEMA(drydock::records::sts::Session, access_key, secret, token, sealed, expires, account, arn, user_id, type,
               role, policies, tags, transitive_tags, source_identity, issued_to, role_arn, federated_provider,
               network_interface_id, created)
