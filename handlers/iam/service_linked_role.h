// The names of the roles that services make for themselves.
#pragma once

#include <string>

namespace drydock::iam {

// "ecs.amazonaws.com": AWSServiceRoleForECS; empty for services without such a role.
std::string ServiceLinkedRoleName(const std::string& service);

}  // namespace drydock::iam
