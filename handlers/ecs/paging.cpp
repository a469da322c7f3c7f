#include "handlers/ecs/paging.h"

#include "handlers/ecs/errors.h"
#include "handlers/engines.h"

namespace drydock::ecs {

Page<std::string> PageOf(Context& context, const std::string& question, std::vector<std::string> all,
                         const std::optional<std::string>& token, const std::optional<std::int32_t>& max_results,
                         std::size_t limit) {
  if (max_results && (*max_results < 1 || *max_results > 100))
    throw errors::InvalidParameter("maxResults must be between 1 and 100.");  // unconfirmed
  if (max_results) limit = static_cast<std::size_t>(*max_results);
  const std::string sealed_for = context.account() + "/" + context.region() + "/" + question;
  auto page = TakePage(context.engines.tokens, sealed_for, std::move(all), token, limit,
                       [](const std::string& item) { return item; });
  if (!page) throw errors::InvalidToken();
  return std::move(*page);
}

}  // namespace drydock::ecs
