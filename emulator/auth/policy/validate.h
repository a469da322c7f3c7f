// What a kind of policy needs beyond the grammar, in AWS's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/auth/policy/document.h"

namespace drydock::auth::policy {

enum class PolicyKind {
  kManaged,   // CreatePolicy, CreatePolicyVersion
  kInline,    // PutRolePolicy, PutUserPolicy, PutGroupPolicy
  kTrust,     // AssumeRolePolicyDocument
  kResource,  // of a secret, a repository …
};

// The message of MalformedPolicyDocument, or nullopt for a good document, which is then in `document` if asked for.
// Sources: recorded/iam.json ("This policy contains invalid Json"); aws-facts H.8; the rest is unconfirmed.
std::optional<std::string> Problem(std::string_view json, PolicyKind kind, Document* document = nullptr);

}  // namespace drydock::auth::policy
