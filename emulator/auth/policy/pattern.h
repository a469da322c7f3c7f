// Patterns of the policy language: wildcards and policy variables.
// Source: IAM User Guide, "IAM policy elements: Variables and tags", "Using wildcards".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/auth/policy/condition.h"

namespace drydock::auth::policy {

// * is any number of characters, ? exactly one; all else, the backslash too, stands for itself. Linear in practice,
// never exponential.
bool Like(std::string_view pattern, std::string_view text);

// Replaces ${aws:username}, ${aws:PrincipalTag/team, 'default'}, ${*}, ${?} and ${$}. What is put in is literal: its
// wildcards match themselves only. The result is meant for Like(). nullopt when a variable has no value or several.
std::optional<std::string> ExpandVariables(std::string_view pattern, const Keys& keys);

// The same for comparisons without wildcards.
std::optional<std::string> ExpandToText(std::string_view text, const Keys& keys);

// The names of the variables in a pattern, as it writes them; ${*}, ${?} and ${$} are none.
std::vector<std::string> VariablesOf(std::string_view pattern);

}  // namespace drydock::auth::policy
