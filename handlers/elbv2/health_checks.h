// A target group's health check settings: defaults and rules.
#pragma once

#include <optional>
#include <string>

#include "api/elbv2/CreateTargetGroupInput.h"
#include "api/elbv2/ModifyTargetGroupInput.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::elbv2 {

// The settings of a new target group. Throws ValidationError.
records::elbv2::HealthCheck MakeHealthCheck(const records::elbv2::TargetGroup& target_group,
                                            const CreateTargetGroupInput& in);
// The group's settings with the changes of the request.
records::elbv2::HealthCheck ModifyHealthCheck(const records::elbv2::TargetGroup& target_group,
                                              const ModifyTargetGroupInput& in);

}  // namespace drydock::elbv2
