#include "store/database.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "store/testing/temporary_folder.h"

namespace drydock::store::database_test {
struct Counter {
  std::string name;
  std::int64_t value = 0;
  static constexpr TableName kTable{"test_counter"};
  static constexpr auto kId = Members(&Counter::name);
};
struct Other {
  std::string name;
  static constexpr TableName kTable{"test_other", ScopeKind::kAccount};
  static constexpr auto kId = Members(&Other::name);
};
}  // namespace drydock::store::database_test
DRYDOCK_SCHEMA(drydock::store::database_test::Counter, name, value)
DRYDOCK_SCHEMA(drydock::store::database_test::Other, name)

namespace drydock::store {

using namespace database_test;
using Catch::Matchers::Contains;

namespace {
const Scope kHere{"111111111111", "eu-central-1"};

void Put(Database& db, const std::string& name, std::int64_t value) {
  db.Write([&](Transaction& tx) { tx.Put(kHere, Counter{name, value}); });
}
std::optional<std::int64_t> ValueOf(Database& db, const std::string& name) {
  return db.Read([&](Transaction& tx) -> std::optional<std::int64_t> {
    const auto counter = tx.Get<Counter>(kHere, name);
    return counter ? std::optional(counter->value) : std::nullopt;
  });
}
void ExecuteRaw(const std::filesystem::path& file, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}
}  // namespace

TEST_CASE("what was written is there after the database is opened again") {
  testing::TemporaryFolder folder;
  {
    Database db(folder.path() / "deep" / "data");
    Put(db, "a", 1);
    struct stat status {};
    REQUIRE(stat((folder.path() / "deep" / "data").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);  // secrets lie in there
  }
  Database db(folder.path() / "deep" / "data");
  CHECK(ValueOf(db, "a") == 1);
}

TEST_CASE("an acknowledged write survives kill -9") {
  testing::TemporaryFolder folder;
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(pipe_ends[0]);
    try {
      Database db(folder.path());
      for (std::int64_t i = 1;; ++i) {
        Put(db, fmt::format("n{}", i), i);
        if (write(pipe_ends[1], &i, sizeof i) != sizeof i) break;
      }
    } catch (...) {
    }
    _exit(1);
  }
  close(pipe_ends[1]);
  std::int64_t acknowledged = 0;
  const auto read_one = [&] { return read(pipe_ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged; };
  while (acknowledged < 500 && read_one()) {
  }
  REQUIRE(acknowledged == 500);
  REQUIRE(kill(child, SIGKILL) == 0);
  while (read_one()) {  // what it still had acknowledged
  }
  close(pipe_ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));

  Database db(folder.path());
  std::int64_t found = 0;
  for (std::int64_t i = 1; i <= acknowledged; ++i) found += ValueOf(db, fmt::format("n{}", i)) == i;
  CHECK(found == acknowledged);
}

TEST_CASE("a write that throws has not happened") {
  Database db(kInMemory);
  Put(db, "a", 1);
  int announced = 0;
  bool ran = false;
  const auto subscription = db.OnCommit([&](const Commit&) { ++announced; });
  CHECK_THROWS_WITH(db.Write([&](Transaction& tx) {
    tx.Put(kHere, Counter{"a", 2});
    tx.Erase<Counter>(kHere, "a");
    tx.AfterCommit([&] { ran = true; });
    throw std::runtime_error("changed my mind");
  }),
                    "changed my mind");
  CHECK(ValueOf(db, "a") == 1);
  CHECK(announced == 0);
  CHECK_FALSE(ran);
}

TEST_CASE("an attempt that throws undoes its own part of the transaction, tables and announcements among it") {
  Database db(kInMemory);
  std::vector<std::string> announced, after;
  const auto subscription = db.OnCommit([&](const Commit& commit) {
    for (const Change& change : commit.changes) announced.push_back(change.id);
  });
  db.Write([&](Transaction& tx) {
    tx.Put(kHere, Counter{"before", 1});
    CHECK_THROWS_AS(tx.Attempt([&] {
      tx.Put(kHere, Other{"first of its table"});
      tx.Put(kHere, Counter{"before", 2});
      tx.AfterCommit([&] { after.emplace_back("undone"); });
      throw std::runtime_error("no");
    }),
                    std::runtime_error);
    tx.Attempt([&] {
      tx.Put(kHere, Other{"second"});
      tx.AfterCommit([&] { after.emplace_back("done"); });
    });
    tx.Put(kHere, Counter{"behind", 3});
  });
  CHECK(announced == std::vector<std::string>{"before", "second", "behind"});
  CHECK(after == std::vector<std::string>{"done"});
  CHECK(ValueOf(db, "before") == 1);
  CHECK(ValueOf(db, "behind") == 3);
}

TEST_CASE("transactions return what their function returns") {
  Database db(kInMemory);
  CHECK(db.Write([](Transaction&) { return std::make_unique<int>(3); }) != nullptr);
  CHECK(db.Read([](Transaction& tx) { return tx.writable(); }) == false);
}

TEST_CASE("a read does not write, and transactions do not nest") {
  testing::TemporaryFolder folder;
  Database file(folder.path());
  Database memory(kInMemory);
  for (Database* db : {&file, &memory}) {
    db->Read([](Transaction& tx) {
      CHECK_THROWS_AS(tx.Put(kHere, Counter{"a", 1}), std::logic_error);
      CHECK_THROWS_AS(tx.Erase<Counter>(kHere, "a"), std::logic_error);
    });
    db->Write([&](Transaction&) {
      CHECK_THROWS_AS(db->Write([](Transaction&) {}), std::logic_error);
      CHECK_THROWS_AS(db->Read([](Transaction&) {}), std::logic_error);
    });
  }
  memory.Read([&](Transaction&) { CHECK_THROWS_AS(memory.Read([](Transaction&) {}), std::logic_error); });
}

TEST_CASE("commits are announced with their changes, in a sequence, before Write returns") {
  Database db(kInMemory);
  std::vector<Commit> commits;
  auto subscription = db.OnCommit([&](const Commit& commit) {
    commits.push_back(commit);
    // No lock is held: a subscriber may read what was committed.
    CHECK(ValueOf(db, "a") == 1);
  });
  std::vector<std::string> order;
  db.Write([&](Transaction& tx) {
    tx.AfterCommit([&] { order.push_back(fmt::format("after {}", commits.size())); });
    tx.Put(kHere, Counter{"a", 1});
    tx.Put(kHere, Other{"b"});
    tx.Erase<Other>(kHere, "b");
    tx.Erase<Other>(kHere, "never there");
    CHECK(commits.empty());
  });
  REQUIRE(commits.size() == 1);
  CHECK(order == std::vector<std::string>{"after 1"});
  const auto& changes = commits[0].changes;
  REQUIRE(changes.size() == 3);
  CHECK(changes[0].Is<Counter>());
  CHECK_FALSE(changes[0].Is<Other>());
  CHECK(changes[0].scope == kHere);
  CHECK(changes[0].id == "a");
  CHECK_FALSE(changes[0].erased);
  CHECK(changes[2].erased);
  CHECK(changes[2].scope == Scope{"111111111111", ""});

  db.Write([](Transaction&) {});  // nothing changed, nothing said
  CHECK(commits.size() == 1);
  db.Write([](Transaction& tx) { tx.Put(kHere, Other{"c"}); });
  REQUIRE(commits.size() == 2);
  CHECK(commits[1].sequence > commits[0].sequence);

  subscription.reset();
  Put(db, "a", 2);
  CHECK(commits.size() == 2);
}

TEST_CASE("what fails after the commit does not make the write look failed") {
  Database db(kInMemory);
  bool second = false;
  const auto subscription = db.OnCommit([](const Commit&) { throw std::runtime_error("subscriber"); });
  CHECK_NOTHROW(db.Write([&](Transaction& tx) {
    tx.Put(kHere, Counter{"a", 1});
    tx.AfterCommit([] { throw std::runtime_error("action"); });
    tx.AfterCommit([&] { second = true; });
  }));
  CHECK(second);
  CHECK(ValueOf(db, "a") == 1);
}

TEST_CASE("readers run beside a writer, each on one state of the data") {
  testing::TemporaryFolder folder;
  Database file(folder.path());
  Database memory(kInMemory);
  for (Database* db : {&file, &memory}) {
    const auto put_both = [&](std::int64_t value) {
      db->Write([&](Transaction& tx) {
        tx.Put(kHere, Counter{"a", value});
        tx.Put(kHere, Counter{"b", value});
      });
    };
    put_both(0);
    std::atomic<bool> done = false;
    std::atomic<int> torn = 0;
    std::atomic<int> backward = 0;
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
      readers.emplace_back([&] {
        std::int64_t last = 0;
        while (!done) {
          const auto [a, b] = db->Read([](Transaction& tx) {
            return std::pair(tx.Get<Counter>(kHere, "a")->value, tx.Get<Counter>(kHere, "b")->value);
          });
          torn += a != b;
          backward += a < last;
          last = a;
        }
      });
    }
    std::thread other_writer([&] {
      for (int i = 0; i < 200; ++i) Put(*db, "other", i);
    });
    for (int i = 1; i <= 200; ++i) put_both(i);
    other_writer.join();
    done = true;
    for (auto& reader : readers) reader.join();
    CHECK(torn == 0);
    CHECK(backward == 0);
    CHECK(ValueOf(*db, "a") == 200);
  }
}

TEST_CASE("in a folder a read goes on while a write is under way") {
  testing::TemporaryFolder folder;
  Database db(folder.path());
  Put(db, "a", 1);
  db.Write([&](Transaction& tx) {
    tx.Put(kHere, Counter{"a", 2});
    std::optional<std::int64_t> seen;
    std::thread reader([&] { seen = ValueOf(db, "a"); });
    reader.join();
    CHECK(seen == 1);
  });
  CHECK(ValueOf(db, "a") == 2);
}

TEST_CASE("the write-ahead log begins anew beside writes that do not pause") {
  testing::TemporaryFolder folder;
  Database db(folder.path());
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) ValueOf(db, "0");
  });
  // Were it never to begin anew, it would hold all that was ever written.
  std::uintmax_t written = 0;
  const auto log = folder.path() / "drydock.db-wal";
  for (int i = 0; i < 15'000 && written < 2 * std::filesystem::file_size(log) + 1'000'000; ++i)
    db.Write([&](Transaction& tx) {
      const std::string large = std::to_string(i) + std::string(240'000, 'x');
      tx.Put(kHere, Other{large});
      written += large.size();
    });
  done = true;
  reader.join();
  CHECK(written > 2 * std::filesystem::file_size(log));
  CHECK(std::filesystem::file_size(folder.path() / "drydock.db") > 30'000'000);
}

TEST_CASE("a folder is refused in one line that says why") {
  testing::TemporaryFolder folder;
  SECTION("another Drydock uses it") {
    Database db(folder.path());
    CHECK_THROWS_WITH(Database(folder.path()), Contains("another Drydock is using the data folder"));
  }
  SECTION("and can be used once that one has ended") {
    { Database db(folder.path()); }
    CHECK_NOTHROW(Database(folder.path()));
  }
  SECTION("a newer Drydock wrote it") {
    { Database db(folder.path()); }
    ExecuteRaw(folder.path() / "drydock.db", "PRAGMA user_version = 4711");
    CHECK_THROWS_WITH(
        Database(folder.path()),
        Contains("was written by a newer Drydock (version 4711); use a newer binary or another --data-dir"));
  }
  SECTION("it cannot be created") {
    std::ofstream(folder.path() / "file") << "x";
    CHECK_THROWS_WITH(Database(folder.path() / "file" / "data"), Contains("cannot create the data folder"));
    CHECK_THROWS_WITH(Database(folder.path() / "file"), Contains("cannot create the data folder"));
  }
  SECTION("it cannot be written to") {
    // /proc refuses even root.
    CHECK_THROWS_AS(Database("/proc/self"), Error);
  }
  SECTION("the file is no database") {
    std::ofstream(folder.path() / "drydock.db") << std::string(8192, 'x');
    CHECK_THROWS_WITH(Database(folder.path()), Contains("not a database"));
  }
}

// Run by hand: store_test "[.speed]" (release build).
TEST_CASE("speed of small transactions", "[.speed]") {
  testing::TemporaryFolder folder;
  Database db(folder.path());
  const auto per_second = [](int count, auto&& run) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) run(i);
    return count / std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double writes = per_second(50'000, [&](int i) { Put(db, fmt::format("n{}", i), i); });
  const double reads = per_second(200'000, [&](int i) { ValueOf(db, fmt::format("n{}", i % 50'000)); });
  WARN(writes << " writes/s, " << reads << " reads/s");
  CHECK(writes >= 10'000);
  CHECK(reads >= 50'000);
}

}  // namespace drydock::store
