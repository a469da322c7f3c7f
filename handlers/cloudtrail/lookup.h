// Trails by name and by ARN.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/cloudtrail/trail.h"

namespace drydock::cloudtrail {

// CloudTrail User Guide, "Naming requirements". Throws InvalidTrailNameException.
void CheckTrailName(const std::string& name);

std::string TrailArn(const Context& context, const std::string& name);

// The ARN that a name means in this region, or the ARN itself. Throws what AWS says of names and ARNs that are none.
std::string ArnOfTrail(const Context& context, const std::string& name_or_arn);

// By name, a trail whose home is this region; by ARN, a trail of any region. Throws what ArnOfTrail throws, and
// TrailNotFoundException.
records::cloudtrail::Trail FindTrail(Context& context, const std::string& name_or_arn);

// The same for operations that change it: those are for its home region.
records::cloudtrail::Trail FindTrailAtHome(Context& context, const std::string& name_or_arn);

}  // namespace drydock::cloudtrail
