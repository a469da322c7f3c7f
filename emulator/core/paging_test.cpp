#include "emulator/core/paging.h"

#include <catch2/catch.hpp>

using namespace drydock;

namespace {
std::string Itself(const std::string& item) {
  return item;
}
}  // namespace

TEST_CASE("pages follow one another until none is left") {
  const PageTokens tokens("key");
  const std::vector<std::string> all{"a", "b", "c", "d", "e"};
  const auto first = TakePage(tokens, "List", all, std::nullopt, 2, Itself);
  CHECK(first->items == std::vector<std::string>{"a", "b"});
  const auto second = TakePage(tokens, "List", all, first->next_token, 2, Itself);
  CHECK(second->items == std::vector<std::string>{"c", "d"});
  const auto third = TakePage(tokens, "List", all, second->next_token, 2, Itself);
  CHECK(third->items == std::vector<std::string>{"e"});
  CHECK_FALSE(third->next_token);
}

TEST_CASE("an item that went away between two pages hides no other") {
  const PageTokens tokens("key");
  const auto first = TakePage(tokens, "List", std::vector<std::string>{"a", "b", "c", "d"}, std::nullopt, 2, Itself);
  const auto second = TakePage(tokens, "List", std::vector<std::string>{"b", "c", "d"}, first->next_token, 2, Itself);
  CHECK(second->items == std::vector<std::string>{"c", "d"});
}

TEST_CASE("tokens are refused when forged or made for another question") {
  const PageTokens tokens("key");
  const auto page = TakePage(tokens, "List", std::vector<std::string>{"a", "b"}, std::nullopt, 1, Itself);
  CHECK_FALSE(TakePage(tokens, "Other", std::vector<std::string>{"a"}, page->next_token, 1, Itself));
  CHECK_FALSE(TakePage(PageTokens("other key"), "List", std::vector<std::string>{"a"}, page->next_token, 1, Itself));
  for (const char* forged : {"", "abc", "!!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    CHECK_FALSE(TakePage(tokens, "List", std::vector<std::string>{"a"}, std::optional<std::string>(forged), 1, Itself));
}
