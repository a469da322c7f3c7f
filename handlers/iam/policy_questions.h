// `drydock policy`: which statement decides, and which policy would be enough.
#pragma once

#include <map>
#include <span>
#include <string>

#include "emulator/api/operation.h"
#include "emulator/core/context.h"

namespace drydock::iam {

using QuestionParameters = std::map<std::string, std::string>;

// {"principal": <ARN>, "action":, "resource":} or {"event": <id of a recorded call>} to the JSON of the decisions by
// today's policies: allowed, decisions, and a text for humans. {"context.<key>": <value>} is known of the request. What
// is known of the resource (its tags, its policy) the service of its ARN tells, if it is one of `services`.
// Throws std::runtime_error for what cannot be asked.
std::string ExplainDecisions(Context& context, std::span<const api::Service* const> services,
                             const QuestionParameters& parameters);

// {"role": <name or ARN>, "refused": "true"} to the JSON of the policy that the role's recorded calls needed.
std::string SuggestRolePolicy(Context& context, const QuestionParameters& parameters);

}  // namespace drydock::iam
