// Records of entities as answers show them.
#pragma once

#include <string>

#include "api/iam/Role.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

// How much an answer shows; recorded/iam.json.
enum class RoleDetail {
  kCreated,  // CreateRole: without MaxSessionDuration and RoleLastUsed
  kListed,   // ListRoles: without tags, boundary and RoleLastUsed
  kFull,     // GetRole
};
Role RenderRole(const std::string& account, const records::iam::Role& role, RoleDetail detail);

}  // namespace drydock::iam
