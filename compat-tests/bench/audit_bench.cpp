// The audit trail with many events: what a page of a look-up takes, and what recording costs.
//   audit_bench <empty folder> [events, 1000000 unless told]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "emulator/core/ids.h"
#include "store/audit_events.h"
#include "store/database.h"

using namespace drydock;  // NOLINT: a program of one file

namespace {

const Scope kScope{"111111111111", "eu-central-1"};

double Milliseconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count();
}

store::AuditEvent Event(Ids& ids, int i) {
  static const char* kNames[] = {"DescribeVpcs", "CreateSecurityGroup", "RunTask", "GetSecretValue", "ListTasks"};
  store::AuditEvent event;
  event.scope = kScope;
  event.time = {1'764'000'000'000 + i * 7LL};
  event.event_id = ids.TimeOrderedUuid(event.time.milliseconds);
  event.name = kNames[i % 5];
  event.source = i % 5 < 2 ? "ec2.amazonaws.com" : "ecs.amazonaws.com";
  event.read_only = i % 5 != 1;
  event.user_name = "user-" + std::to_string(i % 50);
  event.access_key = "AKIA" + std::to_string(i % 50);
  event.resources = {{"AWS::EC2::VPC", "vpc-" + std::to_string(i % 1000)},
                     {"AWS::EC2::SecurityGroup", "sg-" + std::to_string(i)}};
  event.record = std::string(900, 'x');
  return event;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const int count = argc > 2 ? std::atoi(argv[2]) : 1'000'000;
  Ids ids(1);
  store::Database database{std::filesystem::path(argv[1])};
  auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count;) {
    database.Write([&](store::Transaction& tx) {
      store::AuditEvents events(tx);
      for (int batch = 0; batch < 256 && i < count; ++batch, ++i) events.Append(Event(ids, i));
      events.Index();
    });
  }
  std::printf("recorded and indexed, in batches of 256: %.1f microseconds per event\n",
              Milliseconds(start) * 1000 / count);

  using Attribute = store::AuditAttribute;
  const auto page = [&](const char* what, store::AuditQuery query) {
    query.limit = 51;
    double worst = 0;
    std::size_t found = 0;
    for (int round = 0; round < 20; ++round) {
      start = std::chrono::steady_clock::now();
      found = database.Read([&](store::Transaction& tx) { return store::AuditEvents(tx).Find(kScope, query).size(); });
      worst = std::max(worst, Milliseconds(start));
    }
    std::printf("%-44s %3zu events, at worst %.2f ms\n", what, found, worst);
  };
  const auto by = [](Attribute attribute, const std::string& value) {
    store::AuditQuery query;
    query.attribute = {attribute, value};
    return query;
  };
  page("the newest", {});
  page("one name of five", by(Attribute::kName, "RunTask"));
  page("one of 50 users", by(Attribute::kUserName, "user-7"));
  page("one of a million resources", by(Attribute::kResourceName, "sg-12345"));
  page("all of a type", by(Attribute::kResourceType, "AWS::EC2::VPC"));
  page("none", by(Attribute::kName, "Nothing"));
  store::AuditQuery middle = by(Attribute::kReadOnly, "true");
  middle.start = Timestamp{1'764'000'000'000 + count * 3LL};
  middle.end = Timestamp{1'764'000'000'000 + count * 4LL};
  page("a time in the middle, reads", middle);
  middle.behind = {*middle.end, count / 2};
  page("a page behind another", middle);
}
