// Tags of ECS resources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ecs/Tag.h"

namespace drydock::ecs {

// Throws for more than 50 tags, keys twice, and keys that are AWS's own.
std::vector<Tag> CheckedTags(const std::vector<Tag>& tags);

// Sets `tag`, in the place of one with the same key or at the end.
void SetTag(std::vector<Tag>& tags, const Tag& tag);

// The tags for the API's answer, present also when there are none.
List<Tag> TagList(const std::vector<Tag>& tags);

// Whether an `include` list asks for tags.
bool IncludesTags(const std::vector<std::string>& include);

}  // namespace drydock::ecs
