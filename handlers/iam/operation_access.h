// The permission an operation needs before it runs.
#pragma once

#include <vector>

#include "emulator/api/finished_call.h"
#include "emulator/api/operation.h"
#include "emulator/core/context.h"

namespace drydock::iam {

// Whether somebody calls with temporary credentials of GetSessionToken or GetFederationToken.
bool IsSessionOfUser(const Principal& caller);

// Asks what the operation's AWS_ACCESS declares of the policies of the context's principal, and throws the service's
// AccessDenied for the first question that they do not allow. An operation on another account's resource, which that
// resource's policy and the caller's allow, runs in that account: the context's scope is changed to it.
// Sessions of users
// are not let into IAM at all. `checks` gets what was asked and the answers, the refusal too; of root, nothing is asked
// about its own resources.
void RequireAccess(Context& context, const api::Operation& operation, const api::AnyStruct& input,
                   std::vector<api::PolicyCheck>* checks = nullptr);

}  // namespace drydock::iam
