#include "store/timers.h"

#include <future>
#include <mutex>
#include <set>

#include <catch2/catch.hpp>

#include "store/testing/temporary_folder.h"

namespace drydock::store::timers_test {
struct Fired {
  std::string key;
  static constexpr TableName kTable{"test_fired"};
  static constexpr auto kId = Members(&Fired::key);
};
}  // namespace drydock::store::timers_test
DRYDOCK_SCHEMA(drydock::store::timers_test::Fired, key)

namespace drydock::store {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using timers_test::Fired;
using Strings = std::vector<std::string>;

namespace {
const Scope kHere{"111111111111", "eu-central-1"};
const Timestamp kStart{1'000'000};

struct World {
  Database db{kInMemory};
  Clock clock{Clock::Mode::kManual, Pace::kQuick, kStart};
  Timers timers{db, clock};
  Strings fired;  // "key@milliseconds since the start"

  Timers::Handler Note() {
    return [this](Transaction&, const Timer& timer) { Note(timer.key); };
  }
  void Note(const std::string& what) { fired.push_back(what + "@" + std::to_string((clock.Now() - kStart).count())); }
  void Set(const std::string& key, Duration delay, const std::string& kind = "k") {
    db.Write([&](Transaction& tx) { tx.SetTimer({kind, kHere, key, kStart + delay}); });
  }
};
}  // namespace

TEST_CASE("timers fire once, when they are due, in order of due and then of setting") {
  World world;
  world.timers.On("k", world.Note());
  world.Set("before start", milliseconds(5));
  world.timers.Start();
  world.Set("b", seconds(2));
  world.Set("a", seconds(1));
  world.Set("c", seconds(2));
  world.Set("a2", seconds(1));
  CHECK(world.fired.empty());
  world.clock.Advance(milliseconds(999));
  CHECK(world.fired == Strings{"before start@5"});
  world.clock.Advance(seconds(10));
  CHECK(world.fired == Strings{"before start@5", "a@1000", "a2@1000", "b@2000", "c@2000"});
  world.clock.Advance(hours(24));
  CHECK(world.fired.size() == 5);
}

TEST_CASE("there is one timer for each kind, scope and key: setting moves it, cancelling ends it") {
  World world;
  world.timers.On("k", world.Note());
  world.timers.On("other", world.Note());
  world.timers.Start();
  world.Set("a", seconds(1));
  world.Set("b", seconds(5));
  world.Set("c", seconds(3));
  world.Set("a", seconds(5));  // later, and now set after b
  world.Set("a", seconds(4), "other");
  world.db.Write([](Transaction& tx) {
    REQUIRE(tx.GetTimer("k", kHere, "a"));
    CHECK(tx.GetTimer("k", kHere, "a")->due == kStart + seconds(5));
    CHECK_FALSE(tx.GetTimer("k", {}, "a"));
    CHECK(tx.CancelTimer("k", kHere, "c"));
    CHECK_FALSE(tx.CancelTimer("k", kHere, "c"));
  });
  world.clock.Advance(seconds(10));
  CHECK(world.fired == Strings{"a@4000", "b@5000", "a@5000"});
}

TEST_CASE("a timer set by a handler or an AfterCommit that is due already runs within the same Advance") {
  World world;
  world.timers.On("first", [&](Transaction& tx, const Timer& timer) {
    world.Note("first");
    CHECK_FALSE(tx.GetTimer(timer.kind, timer.scope, timer.key));  // its row is gone already
    tx.SetTimer({"second", kHere, "x", timer.due});
    tx.AfterCommit([&] { world.Set("third", milliseconds(1), "third"); });
  });
  world.timers.On("second", [&](Transaction& tx, const Timer&) {
    world.Note("second");
    tx.SetTimer({"later", kHere, "x", kStart + seconds(3)});
  });
  world.timers.On("third", [&](Transaction&, const Timer&) { world.Note("third"); });
  world.timers.On("later", [&](Transaction&, const Timer&) { world.Note("later"); });
  world.timers.Start();
  world.Set("x", seconds(1), "first");
  world.clock.Advance(seconds(1));
  CHECK(world.fired == Strings{"first@1000", "third@1000", "second@1000"});
  world.clock.Advance(seconds(2));
  CHECK(world.fired.back() == "later@3000");
}

TEST_CASE("timers that are due together share commits, and one that throws undoes only its own work") {
  testing::TemporaryFolder folder;
  Database db(folder.path());
  Clock clock;
  Timers timers(db, clock);
  std::promise<void> all;
  int ran = 0, after = 0, commits = 0;
  timers.On("k", [&](Transaction& tx, const Timer& timer) {
    tx.Put(kHere, Fired{timer.key});
    tx.AfterCommit([&] { ++after; });
    if (timer.key == "5") throw std::runtime_error("not today");
    if (++ran == 40) tx.AfterCommit([&] { all.set_value(); });
  });
  db.Write([&](Transaction& tx) {
    for (int i = 0; i < 41; ++i) tx.SetTimer({"k", kHere, std::to_string(i), kStart});
  });
  const auto counting = db.OnCommit([&](const Commit& commit) { commits += commit.changes.empty() ? 0 : 1; });
  timers.Start();
  REQUIRE(all.get_future().wait_for(seconds(20)) == std::future_status::ready);
  timers.Stop();
  CHECK(commits < 20);
  CHECK(after == 40);
  db.Read([&](Transaction& tx) {
    CHECK(tx.Count<Fired>(kHere) == 40);
    CHECK_FALSE(tx.Get<Fired>(kHere, "5"));
    CHECK(tx.GetTimer("k", kHere, "5"));
    CHECK_FALSE(tx.GetTimer("k", kHere, "6"));
  });
}

TEST_CASE("what a timer has changed is committed before a timer that it set runs") {
  testing::TemporaryFolder folder;
  Database db(folder.path());
  Clock clock;
  Timers timers(db, clock);
  std::mutex mutex;
  std::set<std::string> committed;
  const auto following = db.OnCommit([&](const Commit& commit) {
    std::lock_guard lock(mutex);
    for (const Change& change : commit.changes) committed.insert(change.id);
  });
  std::promise<void> all;
  int ran = 0;
  timers.On("first", [&](Transaction& tx, const Timer& timer) {
    if (timer.key.ends_with('+')) {
      std::lock_guard lock(mutex);
      CHECK(committed.contains(timer.key.substr(0, timer.key.size() - 1)));
    }
    tx.Put(kHere, Fired{timer.key});
    tx.SetTimer({"first", kHere, timer.key + "+", timer.due});
    tx.SetTimer({"second", kHere, timer.key, timer.due});
    if (timer.key.size() > 3) tx.CancelTimer("first", kHere, timer.key + "+");
  });
  timers.On("second", [&](Transaction&, const Timer& timer) {
    std::lock_guard lock(mutex);
    CHECK(committed.contains(timer.key));
    if (++ran == 30) all.set_value();
  });
  db.Write([&](Transaction& tx) {
    for (char key = 'a'; key < 'k'; ++key) tx.SetTimer({"first", kHere, std::string(2, key), kStart});
    // Whoever is last in the table is the first to run, and gives the next its number.
    tx.SetTimer({"first", kHere, "aa", kStart + -seconds(1)});
  });
  timers.Start();
  REQUIRE(all.get_future().wait_for(seconds(20)) == std::future_status::ready);
}

TEST_CASE("a periodic handler sets its own timer again") {
  World world;
  world.timers.On("tick", [&](Transaction& tx, const Timer& timer) {
    world.Note("tick");
    tx.SetTimer({timer.kind, timer.scope, timer.key, timer.due + seconds(1)});
  });
  world.timers.Start();
  world.Set("x", seconds(1), "tick");
  world.clock.Advance(seconds(3));
  CHECK(world.fired == Strings{"tick@1000", "tick@2000", "tick@3000"});
}

TEST_CASE("a handler that throws is rolled back and tried again, ever more slowly, and holds up nobody") {
  World world;
  int left = 8;
  world.timers.On("bad", [&](Transaction& tx, const Timer& timer) {
    CHECK(timer.due == kStart + seconds(1));
    tx.Put(kHere, Fired{timer.key + std::to_string(left)});
    world.Note("bad");
    if (--left > 0) throw std::runtime_error("not yet");
  });
  world.timers.On("k", world.Note());
  world.timers.Start();
  world.Set("x", seconds(1), "bad");
  world.Set("good", seconds(1));
  world.clock.Advance(hours(1));
  CHECK(world.fired == Strings{"bad@1000", "good@1000", "bad@2000", "bad@4000", "bad@8000", "bad@16000", "bad@32000",
                               "bad@64000", "bad@124000"});
  world.db.Read([](Transaction& tx) {
    const auto done = tx.List<Fired>(kHere);
    REQUIRE(done.size() == 1);
    CHECK(done[0].key == "x1");
    CHECK_FALSE(tx.GetTimer("bad", kHere, "x"));
  });
}

TEST_CASE("a timer that failed and is set anew follows its new time") {
  World world;
  world.timers.On("bad", [&](Transaction&, const Timer&) {
    world.Note("bad");
    if (world.fired.size() == 1) throw std::runtime_error("not yet");
  });
  world.timers.Start();
  world.Set("x", seconds(1), "bad");
  world.clock.Advance(milliseconds(1'500));
  world.Set("x", milliseconds(1'600), "bad");
  world.clock.Advance(hours(1));
  CHECK(world.fired == Strings{"bad@1000", "bad@1600"});
}

TEST_CASE("timers fire after a restart, those of unknown kinds stay") {
  testing::TemporaryFolder folder;
  {
    Database db(folder.path());
    Clock clock(Clock::Mode::kManual, Pace::kQuick, kStart);
    Timers timers(db, clock);
    timers.On("k", [](Transaction&, const Timer&) {});
    timers.Start();
    db.Write([](Transaction& tx) {
      tx.SetTimer({"nobody's", kHere, "x", kStart + seconds(1)});
      tx.SetTimer({"k", kHere, "missed", kStart + seconds(2)});
      tx.SetTimer({"k", kHere, "to come", kStart + hours(48)});
    });
  }
  Database db(folder.path());
  Clock clock(Clock::Mode::kManual, Pace::kQuick, kStart + hours(24));
  Timers timers(db, clock);
  Strings fired;
  timers.On("k", [&](Transaction&, const Timer& timer) { fired.push_back(timer.key); });
  timers.Start();
  clock.Settle();
  CHECK(fired == Strings{"missed"});
  clock.Advance(hours(24));
  CHECK(fired == Strings{"missed", "to come"});
  CHECK(db.Read([](Transaction& tx) { return tx.GetTimer("nobody's", kHere, "x").has_value(); }));
}

TEST_CASE("work that a handler started is waited for before the next timer runs") {
  World world;
  std::thread work;
  world.timers.On("slow", [&](Transaction& tx, const Timer&) {
    tx.AfterCommit([&] { work = std::thread([&, hold = world.clock.HoldTime()] { world.Note("work"); }); });
  });
  world.timers.On("k", world.Note());
  world.timers.Start();
  world.Set("x", seconds(1), "slow");
  world.Set("next", seconds(1));
  world.clock.Advance(seconds(1));
  work.join();
  CHECK(world.fired == Strings{"work@1000", "next@1000"});
}

TEST_CASE("no handler runs after Stop, which waits for the one under way") {
  Database db(kInMemory);
  Clock clock;
  Timers timers(db, clock);
  std::promise<void> entered, leave;
  std::atomic<int> finished = 0;
  timers.On("k", [&](Transaction&, const Timer&) {
    entered.set_value();
    leave.get_future().wait();
    ++finished;
  });
  timers.Start();
  db.Write([&](Transaction& tx) {
    tx.SetTimer({"k", kHere, "a", clock.Now()});
    tx.SetTimer({"k", kHere, "b", clock.Now()});
  });
  entered.get_future().wait();
  std::thread stopper([&] {
    timers.Stop();
    CHECK(finished == 1);
  });
  leave.set_value();
  stopper.join();
  CHECK(db.Read([](Transaction& tx) { return tx.GetTimer("k", kHere, "b").has_value(); }));
}

TEST_CASE("Stop may be called by a handler") {
  World world;
  world.timers.On("k", [&](Transaction&, const Timer& timer) {
    world.Note(timer.key);
    world.timers.Stop();
  });
  world.timers.Start();
  world.Set("a", seconds(1));
  world.Set("b", seconds(1));
  world.clock.Advance(seconds(2));
  CHECK(world.fired == Strings{"a@1000"});
}

TEST_CASE("timers cannot be set in a read") {
  World world;
  world.db.Read([](Transaction& tx) {
    CHECK_THROWS_AS(tx.SetTimer({"k", kHere, "a", kStart}), std::logic_error);
    CHECK_THROWS_AS(tx.CancelTimer("k", kHere, "a"), std::logic_error);
  });
}

TEST_CASE("ten thousand timers all fire, each found by an index") {
  World world;
  int count = 0;
  world.timers.On("k", [&](Transaction&, const Timer&) { ++count; });
  world.timers.Start();
  world.db.Write([](Transaction& tx) {
    for (int i = 0; i < 10'000; ++i) {
      tx.SetTimer({"k", kHere, std::to_string(i), kStart + milliseconds(i * 7919 % 10'000)});
    }
  });
  world.clock.Advance(seconds(10));
  CHECK(count == 10'000);
  for (const auto& [sql, plan] : world.db.QueryPlans()) {
    if (sql.find("timer") == std::string::npos) continue;
    INFO(sql << "\n" << plan);
    CHECK(plan.find("TEMP B-TREE") == std::string::npos);
    // In order of the index, and ended at the first row that can run.
    if (plan.find("SCAN") != std::string::npos) CHECK(plan == "SCAN timer USING INDEX timer_run_at\n");
  }
}

}  // namespace drydock::store
