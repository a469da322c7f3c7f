// Filter patterns that look into the parts of a message: { $.level = "error" } and [ip, user, status = 4*].
// CloudWatch Logs User Guide, "Filter pattern syntax …"; aws-facts G.4.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "handlers/logs/filter_pattern.h"

namespace re2 {
class RE2;
}

namespace drydock::logs {

// The whole of a pattern, from its opening to its closing bracket. Both throw InvalidParameterException.
std::shared_ptr<const FilterPattern::Condition> ParseJsonPattern(std::string_view pattern);
std::shared_ptr<const FilterPattern::Condition> ParseSpaceDelimitedPattern(std::string_view pattern);

// What all patterns have in common: "…" and %…%, taken off the text that begins with them.
std::string TakeQuoted(std::string_view& text);
std::string_view TakeRegex(std::string_view& text);
std::shared_ptr<const re2::RE2> CompileRegex(std::string_view regex);
// A pattern has two regular expressions at most: throws InvalidParameterException.
void CheckRegexCount(std::size_t count);

}  // namespace drydock::logs
