#include "store/log_events.h"

#include <catch2/catch.hpp>

#include "store/database.h"

namespace drydock::store {

using Strings = std::vector<std::string>;

namespace {
const Scope kHere{"111111111111", "eu-central-1"};
const Scope kElsewhere{"111111111111", "us-east-1"};

LogEvent Event(std::int64_t timestamp, std::int64_t ingestion, const std::string& message) {
  return {"", "id-" + message, message, {{timestamp}, {ingestion}}};
}
Strings Messages(const std::vector<LogEvent>& events) {
  Strings messages;
  for (const auto& event : events) messages.push_back(event.message);
  return messages;
}
void Fill(Database& db) {
  db.Write([](Transaction& tx) {
    LogEvents events(tx);
    events.Append(kHere, "g", "s1", {Event(10, 100, "a"), Event(20, 100, "c"), Event(20, 100, "d")});
    events.Append(kHere, "g", "s2", {Event(10, 90, "b"), Event(30, 100, "f")});
    events.Append(kHere, "g", "s3", {Event(15, 100, "x")});
    events.Append(kHere, "g", "s1", {Event(20, 110, "e"), Event(40, 110, "g")});
    events.Append(kElsewhere, "g", "s1", {Event(1, 1, "elsewhere")});
    events.Append(kHere, "h", "s1", {Event(1, 1, "other group")});
  });
}
}  // namespace

TEST_CASE("a stream's events come in order of time, from either end, in pages") {
  Database db(kInMemory);
  Fill(db);
  db.Read([](Transaction& tx) {
    LogEvents events(tx);
    const auto of = [&](const LogQuery& query) { return Messages(events.OfStream(kHere, "g", "s1", query)); };
    const auto all = events.OfStream(kHere, "g", "s1");
    CHECK(Messages(all) == Strings{"a", "c", "d", "e", "g"});
    CHECK(all[0].stream == "s1");
    CHECK(all[0].event_id == "id-a");
    CHECK(all[3].position.timestamp == Timestamp{20});
    CHECK(all[3].position.ingestion == Timestamp{110});

    CHECK(of({.limit = 2}) == Strings{"a", "c"});
    CHECK(of({.latest = true, .limit = 2}) == Strings{"e", "g"});
    CHECK(of({.after = all[1].position, .limit = 2}) == Strings{"d", "e"});
    CHECK(of({.before = all[3].position, .latest = true, .limit = 2}) == Strings{"c", "d"});
    CHECK(of({.after = all[4].position}).empty());
    CHECK(of({.start = Timestamp{20}, .end = Timestamp{40}}) == Strings{"c", "d", "e"});
    CHECK(of({.start = Timestamp{20}, .end = Timestamp{40}, .latest = true, .limit = 1}) == Strings{"e"});
    CHECK(of({.start = Timestamp{41}}).empty());
    CHECK(events.OfStream(kHere, "g", "nothing").empty());
    CHECK(events.OfStream(kHere, "nothing", "s1").empty());
    CHECK(Messages(events.OfStream(kElsewhere, "g", "s1")) == Strings{"elsewhere"});
  });
}

TEST_CASE("a group's events are interleaved by timestamp, ingestion and sequence") {
  Database db(kInMemory);
  Fill(db);
  db.Read([](Transaction& tx) {
    LogEvents events(tx);
    CHECK(Messages(events.OfGroup(kHere, "g", {})) == Strings{"b", "a", "x", "c", "d", "e", "f", "g"});
    CHECK(Messages(events.OfGroup(kHere, "g", {"s1", "s2", "nothing"})) == Strings{"b", "a", "c", "d", "e", "f", "g"});
    CHECK(Messages(events.OfGroup(kHere, "g", {"s3"})) == Strings{"x"});
    CHECK(events.OfGroup(kHere, "g", {"nothing"}).empty());

    Strings paged;
    LogQuery query{.start = Timestamp{10}, .end = Timestamp{40}, .limit = 2};
    for (auto page = events.OfGroup(kHere, "g", {"s1", "s2"}, query); !page.empty();
         page = events.OfGroup(kHere, "g", {"s1", "s2"}, query)) {
      for (const auto& event : page) paged.push_back(event.stream + event.message);
      query.after = page.back().position;
    }
    CHECK(paged == Strings{"s2b", "s1a", "s1c", "s1d", "s1e", "s2f"});
  });
}

TEST_CASE("statistics follow what is appended and erased") {
  Database db(kInMemory);
  Fill(db);
  db.Write([](Transaction& tx) {
    LogEvents events(tx);
    auto statistics = events.Statistics(kHere, "g", "s1");
    CHECK(statistics.first_event == Timestamp{10});
    CHECK(statistics.last_event == Timestamp{40});
    CHECK(statistics.last_ingestion == Timestamp{110});
    CHECK(statistics.events == 5);
    CHECK(statistics.message_bytes == 5);

    events.Append(kHere, "g", "s2", {Event(5, 120, "\xc3\xa4")});
    CHECK(events.Statistics(kHere, "g", "s2").message_bytes == 4);
    CHECK(events.Statistics(kHere, "g").events == 9);
    CHECK(events.Statistics(kHere, "g").message_bytes == 10);
    CHECK(events.Statistics(kHere, "nothing").events == 0);

    CHECK(events.EraseOlder(kHere, "g", Timestamp{20}) == 4);
    CHECK(Messages(events.OfGroup(kHere, "g", {})) == Strings{"c", "d", "e", "f", "g"});
    statistics = events.Statistics(kHere, "g", "s2");
    CHECK(statistics.events == 1);
    CHECK(statistics.message_bytes == 1);
    CHECK(statistics.first_event == Timestamp{30});
    CHECK(statistics.last_ingestion == Timestamp{120});
    statistics = events.Statistics(kHere, "g", "s3");
    CHECK(statistics.events == 0);
    CHECK_FALSE(statistics.first_event);
    CHECK(events.EraseOlder(kHere, "nothing", Timestamp{20}) == 0);
    CHECK_FALSE(events.Statistics(kHere, "g", "nothing").last_ingestion);
  });
}

TEST_CASE("a stream's or group's events are erased, and nobody else's") {
  Database db(kInMemory);
  Fill(db);
  db.Write([](Transaction& tx) {
    LogEvents events(tx);
    events.EraseStream(kHere, "g", "s1");
    events.EraseStream(kHere, "g", "nothing");
    CHECK(Messages(events.OfGroup(kHere, "g", {})) == Strings{"b", "x", "f"});
    CHECK(events.Statistics(kHere, "g", "s1").events == 0);
    events.EraseGroup(kHere, "g");
    CHECK(events.OfGroup(kHere, "g", {}).empty());
    CHECK(events.OfStream(kElsewhere, "g", "s1").size() == 1);
    CHECK(events.OfGroup(kHere, "h", {}).size() == 1);
    events.Append(kHere, "g", "s1", {Event(1, 1, "again")});
    CHECK(Messages(events.OfGroup(kHere, "g", {})) == Strings{"again"});
  });
  db.Read([](Transaction& tx) { CHECK_THROWS_AS(LogEvents(tx).Append(kHere, "g", "s", {}), std::logic_error); });
}

TEST_CASE("no question about log events reads a whole table or sorts") {
  Database db(kInMemory);
  Fill(db);
  db.Write([](Transaction& tx) {
    LogEvents events(tx);
    const LogPosition here{{20}, {100}, 3};
    for (const Strings& streams : {Strings{}, Strings{"s1"}, Strings{"s1", "s2"}}) {
      for (const bool latest : {false, true}) {
        events.OfGroup(kHere, "g", streams, {.latest = latest});
        events.OfGroup(kHere, "g", streams, {.start = Timestamp{1}, .end = Timestamp{50}, .latest = latest});
        events.OfGroup(kHere, "g", streams, {.after = here, .latest = latest});
        events.OfGroup(kHere, "g", streams, {.end = Timestamp{50}, .before = here, .latest = latest});
      }
    }
    events.Statistics(kHere, "g", "s1");
    events.Statistics(kHere, "g");
    events.EraseOlder(kHere, "g", Timestamp{1});
    events.EraseStream(kHere, "g", "s1");
    events.EraseGroup(kHere, "g");
  });
  int selects = 0;
  for (const auto& [sql, plan] : db.QueryPlans()) {
    if (sql.find("log_") == std::string::npos) continue;
    INFO(sql << "\n" << plan);
    CHECK(plan.find("SCAN log") == std::string::npos);
    CHECK(plan.find("SCAN e") == std::string::npos);
    CHECK(plan.find("SCAN s") == std::string::npos);
    CHECK(plan.find("TEMP B-TREE FOR ORDER BY") == std::string::npos);
    if (sql.find("CROSS JOIN") != std::string::npos) {
      const bool one_stream = sql.find("WHERE e.stream") != std::string::npos;
      CHECK(plan.find(one_stream ? "log_event_stream (stream=?" : "log_event_group (log_group=?") != std::string::npos);
      ++selects;
    }
  }
  CHECK(selects == 24);
}

}  // namespace drydock::store
