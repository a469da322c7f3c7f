// `drydock policy`: which statement decides, and which policy would be enough.
#pragma once

#include <map>
#include <string>

#include "emulator/core/context.h"

namespace drydock::iam {

using QuestionParameters = std::map<std::string, std::string>;

// {"principal": <ARN>, "action":, "resource":} or {"event": <id of a recorded call>} to the JSON of the decisions by
// today's policies: allowed, decisions, and a text for humans. Throws std::runtime_error for what cannot be asked.
std::string ExplainDecisions(Context& context, const QuestionParameters& parameters);

// {"role": <name or ARN>, "refused": "true"} to the JSON of the policy that the role's recorded calls needed.
std::string SuggestRolePolicy(Context& context, const QuestionParameters& parameters);

}  // namespace drydock::iam
