// ECS's lists: pages of ARNs (or names) by nextToken and maxResults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/paging.h"

namespace drydock::ecs {

// The page of `all` that was asked for. `question` names the operation and its filters. `limit` is used when the
// request names none. Throws InvalidParameterException for a token that was not given for this question and for
// maxResults outside 1-100.
Page<std::string> PageOf(Context& context, const std::string& question, std::vector<std::string> all,
                         const std::optional<std::string>& token, const std::optional<std::int32_t>& max_results,
                         std::size_t limit = 100);

}  // namespace drydock::ecs
