#include "emulator/world/access_logs.h"

#include <catch2/catch.hpp>

namespace drydock::world {

namespace {
std::unique_ptr<loadbalancer::AccessLogRecord> Record(const std::string& arn, int status,
                                                      const std::string& log_group = "") {
  auto record = std::make_unique<loadbalancer::AccessLogRecord>();
  record->load_balancer_arn = arn;
  record->elb_status_code = status;
  record->log_group = log_group;
  return record;
}
}  // namespace

TEST_CASE("Access log lines are kept, the latest of each load balancer, and delivered where that is wanted") {
  store::Database database(store::kInMemory);
  std::vector<std::string> delivered;
  AccessLogs logs(
      database, [&](const std::string& arn, const std::string& group, const std::vector<store::AccessLogLine>& lines) {
        delivered.push_back(arn + " " + group + " " + std::to_string(lines.size()));
        throw std::runtime_error("the group is gone");
      });
  for (int i = 0; i < 1500; ++i) logs.Add(Record("a", 200 + i));
  logs.Add(Record("b", 404, "/group"));
  logs.Flush();
  database.Read([&](store::Transaction& tx) {
    const auto lines = store::AccessLogLines(tx).Latest("a", 10'000);
    REQUIRE(lines.size() == AccessLogs::kKept);
    CHECK(lines.back().text.find(" 1699 ") != std::string::npos);
    CHECK(store::AccessLogLines(tx).Latest("b", 10).size() == 1);
  });
  // A delivery that fails stops nothing.
  logs.Add(Record("b", 405, "/group"));
  logs.Flush();
  logs.Add(Record("b", 406));
  logs.Flush();
  CHECK(delivered == std::vector<std::string>{"b /group 1", "b /group 1"});
}

}  // namespace drydock::world
