// Users and what hangs on their names.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

// In the order they were made.
std::vector<records::iam::AccessKey> AccessKeysOf(Context& context, const std::string& user);

// Moves the user's record, keys, memberships and attached policies to a new name; the record is still to be put.
void RenameUser(Context& context, records::iam::User& user, const std::string& new_name);

}  // namespace drydock::iam
