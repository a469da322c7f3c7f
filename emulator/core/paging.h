// Pages of a list, and the tokens that lead from one to the next.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/text.h"

namespace drydock {

// Tokens are opaque and sealed: a token that this emulator did not make for this very question is refused.
class PageTokens {
 public:
  // The key is kept with the data, so that a token outlives a restart.
  explicit PageTokens(std::string key) : key_(std::move(key)) {}

  // `question` names the operation and whatever must not change from page to page.
  std::string Seal(std::string_view question, std::string_view position) const {
    const std::string mac = HmacSha256(key_, std::string(question) + '\0' + std::string(position)).substr(0, 16);
    return EncodeBase64Url(mac + std::string(position));
  }
  std::optional<std::string> Open(std::string_view question, std::string_view token) const {
    std::string sealed;
    if (!DecodeBase64Url(token, sealed) || sealed.size() < 16) return std::nullopt;
    const std::string position = sealed.substr(16);
    const std::string mac = HmacSha256(key_, std::string(question) + '\0' + position).substr(0, 16);
    if (mac != sealed.substr(0, 16)) return std::nullopt;
    return position;
  }

 private:
  std::string key_;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next_token;
};

// The page of `all` that follows `token` (absent: the first), with at most `limit` items. `id_of` names an item; the
// position is the last item's id, so items that come or go between two calls disturb nothing but themselves. `all` is
// in the order of the answer. nullopt: the token is not one of ours.
template <class T, class IdOf>
std::optional<Page<T>> TakePage(const PageTokens& tokens, std::string_view question, std::vector<T> all,
                                const std::optional<std::string>& token, std::size_t limit, IdOf id_of) {
  std::size_t begin = 0;
  if (token) {
    // The position is "<index>:<id>": the index serves when the item itself is gone by now.
    const auto position = tokens.Open(question, *token);
    if (!position) return std::nullopt;
    const auto colon = position->find(':');
    begin = std::min<std::size_t>(std::stoul(position->substr(0, colon)), all.size());
    const std::string last = position->substr(colon + 1);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (id_of(all[i]) == last) begin = i + 1;
  }
  Page<T> page;
  const std::size_t end = std::min(all.size(), begin + limit);
  if (end < all.size() && end > begin)
    page.next_token = tokens.Seal(question, std::to_string(end) + ":" + std::string(id_of(all[end - 1])));
  for (std::size_t i = begin; i < end; ++i) page.items.push_back(std::move(all[i]));
  return page;
}

}  // namespace drydock
