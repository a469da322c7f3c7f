// Who called, as CloudTrail's userIdentity says it.
#pragma once

#include <string>

#include "emulator/core/principal.h"
#include "emulator/core/schema.h"
#include "emulator/core/web_identity.h"

namespace drydock::audit {

// What the audit trail tells about temporary credentials beside their principal.
struct SessionFacts {
  std::string role_arn;  // of an assumed role
  Timestamp created;
  std::string issuer_arn, issuer_id;  // of a federated user: the user or root who asked for the session
  std::string federated_provider;     // of an assumed role: the ARN of the provider that vouched; empty: none did
  std::string source_identity;        // empty: none
};

struct Identity {
  std::string json;       // the userIdentity element
  std::string user_name;  // what LookupEvents calls Username: the user, the session, "root"; empty: none
  std::string role;       // the ARN of the role of an assumed-role session; empty: none
};

// `invoked_by` is the service that called on the principal's behalf; empty: none. CloudTrail User Guide, "CloudTrail
// userIdentity element".
Identity IdentityOf(const Principal& principal, const SessionFacts& session, const std::string& invoked_by);

// Somebody whom an identity provider vouches for: WebIdentityUser. IAM User Guide, "Logging IAM and AWS STS API calls
// with AWS CloudTrail", the OIDC example.
Identity IdentityOf(const WebIdentity& caller);

// The principal as the account sees it whose resource another account used: AWSAccount.
Identity IdentityFromElsewhere(const Principal& principal);

}  // namespace drydock::audit
