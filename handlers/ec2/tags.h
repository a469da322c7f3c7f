// Tags of EC2's resources. EC2 User Guide, "Tag your Amazon EC2 resources": restrictions.
#pragma once

#include "api/ec2/Tag.h"
#include "api/ec2/TagSpecification.h"
#include "emulator/core/schema.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// The tags that a request gives to the new resource of this kind. Throws InvalidParameterValue for specifications of
// other kinds and for bad tags, TagLimitExceeded for too many.
record::Tags TakeTags(const List<TagSpecification>& specifications, const ResourceKind& kind);

// As the answer lists them. `always`: also when there are none, as an empty element; AWS does so for some resources
// and not for others (the outputs in the AWS CLI's examples show which).
List<Tag> TagsToWire(const record::Tags& tags, bool always);

}  // namespace drydock::ec2
