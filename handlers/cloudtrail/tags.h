// Tags of trails.
#pragma once

#include "api/cloudtrail/Tag.h"
#include "store/records/cloudtrail/trail.h"

namespace drydock::cloudtrail {

// Adds tags or gives them new values. Throws InvalidTagParameterException and TagsLimitExceededException.
void AddTagsTo(records::cloudtrail::Trail& trail, const List<Tag>& tags);

}  // namespace drydock::cloudtrail
