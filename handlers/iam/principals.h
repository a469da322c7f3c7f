// Users and roles as policies of resources name them: trust policies, policies of secrets and of repositories.
//
// IAM knows them by their unique ids: such a policy can only name a user or role that exists, shows a renamed user's
// new ARN, and of who was deleted the id, which no later namesake has.
// IAM User Guide, "AWS JSON policy elements: Principal".
#pragma once

#include <optional>
#include <string>

#include "emulator/auth/policy/document.h"
#include "emulator/core/context.h"

namespace drydock::iam {

// The first user or role of the caller's account, or unique id, that a statement names and that does not exist. Other
// accounts' are taken as they are: Drydock need not know those accounts.
std::optional<std::string> FindMissingPrincipal(Context& context, const auth::policy::Document& policy);

// Names a user or role anew in all policies of all accounts.
void RenamePrincipal(Context& context, const std::string& arn, const std::string& name);

}  // namespace drydock::iam
