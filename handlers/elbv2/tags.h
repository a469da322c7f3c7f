#pragma once

#include <map>
#include <string>

#include "api/elbv2/Tag.h"
#include "emulator/core/schema.h"

namespace drydock::elbv2 {

// The tags of a request. Throws DuplicateTagKeys, TooManyTags (more than 50), ValidationError for keys that begin with
// aws:.
std::map<std::string, std::string> TagsOf(const List<Tag>& tags);

}  // namespace drydock::elbv2
