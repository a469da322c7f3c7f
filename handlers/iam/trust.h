// What a role's trust policy says about a caller.
#pragma once

#include <string>

#include "emulator/auth/policy/evaluate.h"
#include "emulator/core/context.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

auth::policy::Verdict EvaluateTrust(const records::iam::Role& role, const auth::policy::Caller& caller,
                                    const auth::policy::Query& query);

// Names a user or role anew in the trust policies of all roles. IAM knows principals by their unique ids: a policy
// shows a renamed user's new ARN, and of who was deleted the id, which no later namesake has. IAM User Guide, "AWS JSON
// policy elements: Principal".
void RenamePrincipal(Context& context, const std::string& arn, const std::string& name);

}  // namespace drydock::iam
