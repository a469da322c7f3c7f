// The database: one SQLite file in the data folder, or memory.
//
//   store::Database db("/var/lib/drydock");            // or store::Database db(store::kInMemory);
//   db.Write([&](store::Transaction& tx) { tx.Put(scope, subnet); });
//   auto subnets = db.Read([&](store::Transaction& tx) { return tx.List<Subnet>(scope); });
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "store/table.h"

namespace drydock::store {

class Checkpointer;

// The store failed: what() is one line for a human. Opening: the folder cannot be written, another Drydock uses it, or
// a newer Drydock wrote it. Later: the disk is full, the file is damaged.
class Error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct InMemory {};
inline constexpr InMemory kInMemory;

// One successful Write that changed something.
struct Commit {
  std::uint64_t sequence;       // grows with every commit of this process; commits may be announced out of order
  std::vector<Change> changes;  // in the order they were made; a record changed twice is there twice
  std::optional<Timestamp> earliest_timer;  // the earliest timer that the commit set
};

// Ends when the last copy is gone: no further call starts, though one may be under way on another thread.
using Subscription = std::shared_ptr<void>;

// Thread-safe. In a folder, reads run beside each other and beside one write, each on a snapshot of its own; in memory
// all transactions take turns. A transaction must not start another one on the same thread (std::logic_error).
// A write that has returned survives the death of the process.
class Database {
 public:
  // Creates the folder if needed (then only its owner may enter it) and holds `drydock.lock` in it. Throws Error.
  explicit Database(const std::filesystem::path& folder);
  explicit Database(InMemory);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs fn(Transaction&) and returns its result. When fn throws, nothing has happened and the exception goes on.
  template <class Fn>
  auto Read(Fn&& fn) {
    return Returning(std::forward<Fn>(fn), [this](const TransactionFunction& run) { RunRead(run); });
  }
  template <class Fn>
  auto Write(Fn&& fn) {
    return Returning(std::forward<Fn>(fn), [this](const TransactionFunction& run) { RunWrite(run); });
  }

  // Calls `subscriber` after every commit that changed something, on the committing thread, before Write returns and
  // with no lock held: commits of other threads may overtake, see Commit::sequence. What it throws is logged.
  [[nodiscard]] Subscription OnCommit(std::function<void(const Commit&)> subscriber);

  // For tests: each statement run so far on the connection that writes, and how SQLite runs it, a line per step.
  std::vector<std::pair<std::string, std::string>> QueryPlans();

 private:
  using TransactionFunction = std::function<void(Transaction&)>;
  using Subscriber = std::function<void(const Commit&)>;
  class FolderLock;
  class WriterTurn;

  template <class Fn, class Run>
  static auto Returning(Fn&& fn, Run run) {
    using Result = std::decay_t<std::invoke_result_t<Fn&, Transaction&>>;
    if constexpr (std::is_void_v<Result>) {
      run([&fn](Transaction& tx) { fn(tx); });
    } else {
      std::optional<Result> result;
      run([&fn, &result](Transaction& tx) { result.emplace(fn(tx)); });
      return Result(std::move(*result));
    }
  }
  void RefuseNesting() const;
  void RunRead(const TransactionFunction& fn);
  void RunWrite(const TransactionFunction& fn);
  void Announce(const Commit& commit);
  std::unique_ptr<Connection> TakeReader();

  const std::filesystem::path file_;  // empty: in memory
  std::unique_ptr<FolderLock> lock_;

  std::mutex write_mutex_;
  std::atomic<std::thread::id> writing_thread_{};
  // guarded by write_mutex_
  std::unique_ptr<Connection> writer_;
  std::uint64_t sequence_ = 0;

  std::unique_ptr<Checkpointer> checkpointer_;  // in a folder

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<Connection>> idle_readers_;  // guarded by readers_mutex_

  std::mutex subscribers_mutex_;
  std::vector<std::weak_ptr<Subscriber>> subscribers_;  // guarded by subscribers_mutex_
};

}  // namespace drydock::store
