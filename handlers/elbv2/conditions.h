// The conditions and transforms of rules.
#pragma once

#include <vector>

#include "api/elbv2/RuleCondition.h"
#include "api/elbv2/RuleTransform.h"
#include "store/records/elbv2/rule.h"

namespace drydock::elbv2 {

// The conditions of a request, checked. Throws ValidationError.
std::vector<records::elbv2::Condition> CheckConditions(const List<RuleCondition>& conditions);
List<RuleCondition> RenderConditions(const std::vector<records::elbv2::Condition>& conditions);

std::vector<records::elbv2::Transform> CheckTransforms(const List<RuleTransform>& transforms);
List<RuleTransform> RenderTransforms(const std::vector<records::elbv2::Transform>& transforms);

}  // namespace drydock::elbv2
