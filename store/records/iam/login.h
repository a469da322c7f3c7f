// Passwords of users, and what an account asks of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::iam {

struct LoginProfile {
  std::string user;
  std::string password;                  // salted and hashed (handlers/iam/passwords.h)
  std::vector<std::string> used_before;  // hashed; newest last
  bool reset_required = false;
  Timestamp created;
  Timestamp changed;

  static constexpr store::TableName kTable{"iam_login_profile", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&LoginProfile::user);
};

struct PasswordPolicy {
  std::string id = "policy";
  std::int32_t minimum_length = 6;
  bool require_symbols = false;
  bool require_numbers = false;
  bool require_uppercase = false;
  bool require_lowercase = false;
  bool users_may_change = false;
  std::optional<std::int32_t> most_days;
  std::optional<std::int32_t> remembered;  // passwords that may not come again
  std::optional<bool> hard_expiry;

  static constexpr store::TableName kTable{"iam_password_policy", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&PasswordPolicy::id);
};

struct CredentialReport {
  std::string id = "report";
  std::string content;  // CSV
  Timestamp generated;

  static constexpr store::TableName kTable{"iam_credential_report", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&CredentialReport::id);
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::LoginProfile, user, password, used_before, reset_required, created, changed)
DRYDOCK_SCHEMA(drydock::records::iam::PasswordPolicy, id, minimum_length, require_symbols, require_numbers,
               require_uppercase, require_lowercase, users_may_change, most_days, remembered, hard_expiry)
DRYDOCK_SCHEMA(drydock::records::iam::CredentialReport, id, content, generated)
