#include "emulator/world/access_logs.h"

#include <catch2/catch.hpp>

#include "store/records/elbv2/load_balancer.h"
#include "store/table.h"

namespace drydock::world {

namespace {
const std::string kArn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/";

void MakeLoadBalancers(store::Database& database) {
  database.Write([](store::Transaction& tx) {
    for (const std::string name : {"a", "b"}) {
      records::elbv2::LoadBalancer load_balancer;
      load_balancer.arn = kArn + name;
      load_balancer.name = name;
      tx.Put({"000000000000", "us-east-1"}, load_balancer);
    }
  });
}

std::unique_ptr<loadbalancer::AccessLogRecord> Record(const std::string& name, int status,
                                                      const std::string& log_group = "") {
  auto record = std::make_unique<loadbalancer::AccessLogRecord>();
  record->load_balancer_arn = kArn + name;
  record->elb_status_code = status;
  record->log_group = log_group;
  return record;
}
}  // namespace

TEST_CASE("Access log lines are kept, the latest of each load balancer, and delivered where that is wanted") {
  store::Database database(store::kInMemory);
  MakeLoadBalancers(database);
  std::vector<std::string> delivered;
  AccessLogs logs(
      database, [&](const std::string& arn, const std::string& group, const std::vector<store::AccessLogLine>& lines) {
        delivered.push_back(arn.substr(kArn.size()) + " " + group + " " + std::to_string(lines.size()));
        throw std::runtime_error("the group is gone");
      });
  for (int i = 0; i < 1500; ++i) logs.Add(Record("a", 200 + i));
  logs.Add(Record("b", 404, "/group"));
  logs.Flush();
  database.Read([&](store::Transaction& tx) {
    const auto lines = store::AccessLogLines(tx).Latest(kArn + "a", 10'000);
    REQUIRE(lines.size() == AccessLogs::kKept);
    CHECK(lines.back().text.find(" 1699 ") != std::string::npos);
    CHECK(store::AccessLogLines(tx).Latest(kArn + "b", 10).size() == 1);
  });
  // A delivery that fails stops nothing.
  logs.Add(Record("b", 405, "/group"));
  logs.Flush();
  logs.Add(Record("b", 406));
  logs.Flush();
  CHECK(delivered == std::vector<std::string>{"b /group 1", "b /group 1"});
}

TEST_CASE("An access log line goes to the group that was named when its request was served") {
  store::Database database(store::kInMemory);
  MakeLoadBalancers(database);
  std::map<std::string, std::size_t> delivered;
  AccessLogs logs(database, [&](const std::string&, const std::string& group,
                                const std::vector<store::AccessLogLine>& lines) { delivered[group] += lines.size(); });
  logs.Add(Record("a", 200));
  logs.Add(Record("a", 201, "/first"));
  logs.Add(Record("a", 202, "/second"));
  for (int i = 0; i < 1500; ++i) logs.Add(Record("a", 204));
  logs.Flush();
  CHECK(delivered == std::map<std::string, std::size_t>{{"/first", 1}, {"/second", 1}});
}

TEST_CASE("Of a load balancer that was deleted no access log line is kept") {
  store::Database database(store::kInMemory);
  MakeLoadBalancers(database);
  AccessLogs logs(database, [](const std::string&, const std::string&, const std::vector<store::AccessLogLine>&) {});
  logs.Add(Record("a", 200));
  logs.Add(Record("nobody", 200));
  logs.Flush();
  database.Read([&](store::Transaction& tx) {
    CHECK(store::AccessLogLines(tx).Latest(kArn + "a", 10).size() == 1);
    CHECK(store::AccessLogLines(tx).Latest(kArn + "nobody", 10).empty());
  });
}

}  // namespace drydock::world
