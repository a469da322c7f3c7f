#include "store/access_log_lines.h"

#include <catch2/catch.hpp>

#include "store/database.h"

namespace drydock::store {

namespace {
std::vector<std::string> Kept(Database& database, const std::string& load_balancer, std::size_t limit = 100) {
  return database.Read([&](Transaction& tx) {
    std::vector<std::string> texts;
    for (const AccessLogLine& line : AccessLogLines(tx).Latest(load_balancer, limit)) texts.push_back(line.text);
    return texts;
  });
}
}  // namespace

TEST_CASE("a load balancer keeps its latest access log lines") {
  Database database(kInMemory);
  database.Write([](Transaction& tx) {
    AccessLogLines lines(tx);
    lines.Append("a", {{{1}, "1"}, {{2}, "2"}, {{3}, "3"}}, 3);
    lines.Append("b", {{{1}, "other"}}, 3);
    lines.Append("a", {{{4}, "4"}, {{5}, "5"}}, 3);
  });
  using Texts = std::vector<std::string>;
  CHECK(Kept(database, "a") == Texts{"3", "4", "5"});
  CHECK(Kept(database, "a", 2) == Texts{"4", "5"});
  CHECK(Kept(database, "b") == Texts{"other"});
  CHECK(Kept(database, "c").empty());
  database.Write([](Transaction& tx) { AccessLogLines(tx).Erase("a"); });
  CHECK(Kept(database, "a").empty());
  CHECK(Kept(database, "b").size() == 1);
}

}  // namespace drydock::store
