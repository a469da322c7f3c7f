// Records of entities as answers show them.
#pragma once

#include <string>

#include "api/iam/InstanceProfile.h"
#include "api/iam/Role.h"
#include "emulator/core/context.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

// How much an answer shows; recorded/iam.json.
enum class ShownRole {
  kCreated,  // CreateRole: without MaxSessionDuration and RoleLastUsed
  kListed,   // ListRoles: without tags, boundary and RoleLastUsed
  kFull,     // GetRole
};
Role RenderRole(const std::string& account, const records::iam::Role& role, ShownRole detail);

InstanceProfile RenderInstanceProfile(Context& context, const records::iam::InstanceProfile& record);

}  // namespace drydock::iam
