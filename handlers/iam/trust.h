// What a role's trust policy says about a caller.
#pragma once

#include <string>

#include "emulator/auth/policy/evaluate.h"
#include "emulator/core/context.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

auth::policy::Verdict EvaluateTrust(const records::iam::Role& role, const auth::policy::Caller& caller,
                                    const auth::policy::Query& query);

}  // namespace drydock::iam
