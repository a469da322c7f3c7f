#include "store/audit_events.h"

#include <algorithm>

#include <catch2/catch.hpp>

#include "store/database.h"

namespace drydock::store {

using Names = std::vector<std::string>;

namespace {
const Scope kFrankfurt{"111111111111", "eu-central-1"};
const Scope kVirginia{"111111111111", "us-east-1"};

AuditEvent Made(std::int64_t time, const std::string& name) {
  AuditEvent event;
  event.scope = kFrankfurt;
  event.time = {time};
  event.event_id = "id-" + name;
  event.name = name;
  event.source = "ec2.amazonaws.com";
  event.record = "{\"eventName\":\"" + name + "\"}";
  return event;
}
Names NamesOf(const std::vector<AuditEvent>& events) {
  Names names;
  for (const auto& event : events) names.push_back(event.name);
  return names;
}
}  // namespace

TEST_CASE("audit events are found by each attribute, newest first") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    AuditEvent first = Made(10, "CreateVpc");
    first.user_name = "alice";
    first.access_key = "AKIA1";
    first.resources = {{"AWS::EC2::VPC", "vpc-1"}, {"AWS::EC2::VPC", "vpc-2"}};
    first.checks = {{"ec2:CreateVpc", "*", true}};
    AuditEvent second = Made(30, "DescribeVpcs");
    second.read_only = true;
    second.role = "arn:aws:iam::111111111111:role/r";
    AuditEvent third = Made(20, "DeleteVpc");
    third.resources = {{"AWS::EC2::VPC", "vpc-1"}};
    AuditEvent elsewhere = Made(15, "CreateRole");
    elsewhere.scope = kVirginia;
    elsewhere.role = second.role;
    for (const auto& event : {first, second, third, elsewhere}) events.Append(event);

    CHECK(events.Find(kFrankfurt, {}).empty());  // not indexed yet
    CHECK(events.FindById("111111111111", "id-DeleteVpc"));
    CHECK(events.Index() == 4);
    CHECK(events.Index() == 0);

    const auto by = [&](AuditAttribute attribute, const std::string& value) {
      AuditQuery query;
      query.attribute = {attribute, value};
      return NamesOf(events.Find(kFrankfurt, query));
    };
    CHECK(NamesOf(events.Find(kFrankfurt, {})) == Names{"DescribeVpcs", "DeleteVpc", "CreateVpc"});
    CHECK(NamesOf(events.Find(kVirginia, {})) == Names{"CreateRole"});
    CHECK(by(AuditAttribute::kName, "DeleteVpc") == Names{"DeleteVpc"});
    CHECK(by(AuditAttribute::kReadOnly, "true") == Names{"DescribeVpcs"});
    CHECK(by(AuditAttribute::kReadOnly, "false") == Names{"DeleteVpc", "CreateVpc"});
    CHECK(by(AuditAttribute::kUserName, "alice") == Names{"CreateVpc"});
    CHECK(by(AuditAttribute::kAccessKey, "AKIA1") == Names{"CreateVpc"});
    CHECK(by(AuditAttribute::kSource, "ec2.amazonaws.com") == Names{"DescribeVpcs", "DeleteVpc", "CreateVpc"});
    CHECK(by(AuditAttribute::kResourceType, "AWS::EC2::VPC") == Names{"DeleteVpc", "CreateVpc"});
    CHECK(by(AuditAttribute::kResourceName, "vpc-2") == Names{"CreateVpc"});
    CHECK(by(AuditAttribute::kResourceName, "vpc-3").empty());
    CHECK(by(AuditAttribute::kEventId, "id-CreateVpc") == Names{"CreateVpc"});
    CHECK(by(AuditAttribute::kEventId, "id-CreateRole").empty());
    CHECK(by(AuditAttribute::kRole, second.role) == Names{"DescribeVpcs", "CreateRole"});

    const auto found = *events.FindById("111111111111", "id-CreateVpc");
    CHECK(found.resources == first.resources);
    CHECK(found.checks == first.checks);
    CHECK(found.record == first.record);
    CHECK_FALSE(events.FindById("222222222222", "id-CreateVpc"));
  });
}

TEST_CASE("pages of audit events go by time and sequence, also among events of one millisecond") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    for (const char* name : {"a", "b", "c"}) events.Append(Made(10, name));
    events.Append(Made(5, "d"));
    events.Index();
    Names seen;
    AuditQuery query;
    query.limit = 1;
    while (true) {
      const auto page = events.Find(kFrankfurt, query);
      if (page.empty()) break;
      seen.push_back(page[0].name);
      query.behind = {page[0].time, page[0].sequence};
    }
    CHECK(seen == Names{"c", "b", "a", "d"});
    CHECK(NamesOf(events.Find(kFrankfurt, {.start = Timestamp{6}, .end = Timestamp{10}})) == Names{"c", "b", "a"});
    CHECK(NamesOf(events.Find(kFrankfurt, {.end = Timestamp{9}})) == Names{"d"});
    CHECK(NamesOf(events.After(1, 2)) == Names{"b", "c"});
  });
}

TEST_CASE("retention erases old events, and numbers never come twice") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    events.Append(Made(10'000, "old"));
    events.Append(Made(20'000, "new"));
    CHECK(events.EraseOlder({15'000}) == 1);
    CHECK(NamesOf(events.Find(kFrankfurt, {})) == Names{"new"});
    CHECK_FALSE(events.FindById("111111111111", "id-old"));
    AuditQuery by_name;
    by_name.attribute = {AuditAttribute::kName, "old"};
    CHECK(events.Find(kFrankfurt, by_name).empty());
    CHECK(events.EraseOlder({100'000}) == 0);  // the newest stays for its number
    events.Append(Made(200'000, "newest"));
    CHECK(events.LastSequence() == 3);
    CHECK(events.EraseOlder({100'000}) == 1);
  });
}

TEST_CASE("events that were recorded late or in another batch are found in order of time") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    std::vector<std::pair<std::int64_t, std::int64_t>> expected;
    // Batches that overlap in time, and two hours in one batch: more than a block spans.
    std::int64_t sequence = 0;
    for (const std::int64_t begin : {0, 700, 500, 7'200'000, 7'199'000}) {
      for (int i = 0; i < 600; ++i) {
        const std::int64_t time = begin + (i * 37) % 1000 + (i % 3 == 0 ? 40'000 : 0);
        events.Append(Made(time, std::to_string(++sequence)));
        expected.emplace_back(time, sequence);
      }
      CHECK(events.Index() == 600);
    }
    std::sort(expected.rbegin(), expected.rend());
    const auto all_of = [&](AuditQuery query) {
      std::vector<std::pair<std::int64_t, std::int64_t>> found;
      query.limit = 97;
      while (true) {
        const auto page = events.Find(kFrankfurt, query);
        if (page.empty()) return found;
        for (const auto& event : page) found.emplace_back(event.time.milliseconds, event.sequence);
        query.behind = {page.back().time, page.back().sequence};
      }
    };
    CHECK(all_of({}) == expected);
    for (const auto& [start, end] : {std::pair{600, 40'500}, {1'000, 39'999}, {7'200'100, 7'200'100}}) {
      auto within = expected;
      std::erase_if(within, [&](const auto& each) { return each.first < start || each.first > end; });
      CHECK(all_of({.start = Timestamp{start}, .end = Timestamp{end}}) == within);
    }
  });
}

TEST_CASE("a batch is appended and indexed together with what was appended before it") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    events.Append(Made(10, "a"));
    AuditEvent twice = Made(20, "b");
    twice.resources = {{"AWS::EC2::VPC", "vpc-1"}, {"AWS::EC2::VPC", "vpc-1"}};
    CHECK(events.Index({twice, Made(30, "c")}) == 3);
    CHECK(events.Index() == 0);
    CHECK(NamesOf(events.Find(kFrankfurt, {})) == Names{"c", "b", "a"});
    AuditQuery query;
    query.attribute = {AuditAttribute::kResourceName, "vpc-1"};
    CHECK(NamesOf(events.Find(kFrankfurt, query)) == Names{"b"});
    CHECK(events.FindById("111111111111", "id-c")->sequence == 3);
  });
}

TEST_CASE("a batch behind more events than are indexed at once is indexed after them") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    for (int i = 0; i < 10'001; ++i) events.Append(Made(i, std::to_string(i)));
    CHECK(events.Index({Made(20'000, "last")}) == 10'000);
    CHECK(events.Find(kFrankfurt, {.limit = 1}).front().name == "9999");
    CHECK(events.Index() == 2);
    CHECK(events.Find(kFrankfurt, {.limit = 1}).front().name == "last");
  });
}

TEST_CASE("a look-up of audit events walks the index and sorts nothing") {
  Database db(kInMemory);
  db.Write([](Transaction& tx) {
    AuditEvents events(tx);
    events.Append(Made(10, "a"));
    events.Index();
    AuditQuery query{.start = Timestamp{1}, .end = Timestamp{20}, .behind = {{Timestamp{20}, 5}}};
    query.attribute = {AuditAttribute::kName, "a"};
    CHECK(events.Find(kFrankfurt, query).size() == 1);
  });
  bool seen = false;
  for (const auto& [sql, plan] : db.QueryPlans()) {
    if (sql.find("FROM audit_posting WHERE term = ?") == std::string::npos) continue;
    seen = true;
    INFO(sql << "\n" << plan);
    CHECK(plan.find("SEARCH audit_posting USING PRIMARY KEY (term=") != std::string::npos);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
  }
  CHECK(seen);
}

}  // namespace drydock::store
