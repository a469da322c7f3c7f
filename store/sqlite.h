// SQLite's connections and statements as values. Private to store/; nothing else includes sqlite3.h.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/database.h"

namespace drydock::store {

// A prepared statement in use: bind the parameters in order, then step. Given back to its connection's cache at the end
// of its life. Throws Error when SQLite fails.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& Bind(std::int64_t value);
  Statement& Bind(std::string_view value);
  Statement& Bind(const Value& value);
  Statement& Bind(Timestamp value) { return Bind(value.milliseconds); }
  Statement& Bind(const Scope& scope) {
    return Bind(std::string_view(scope.account)).Bind(std::string_view(scope.region));
  }

  bool Step();  // true: there is a row, and the functions below read it
  void Run();   // steps to the end
  std::int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view Text(int column) const;  // valid until the next step
  std::string String(int column) const { return std::string(Text(column)); }
  bool IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

 private:
  Statement& Checked(int result);

  sqlite3_stmt* const statement_;
  int bound_ = 0;
};

// Used by one thread at a time.
class Connection {
 public:
  // Opens or creates the file; ":memory:" for a database of its own. Throws Error.
  explicit Connection(const std::filesystem::path& file);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The statement for this text, prepared at its first use. It must not be in use already.
  Statement Prepare(std::string_view sql);
  // Runs one or more statements without parameters.
  void Execute(const std::string& sql);
  // Rows that the last INSERT, UPDATE or DELETE touched.
  std::int64_t Changes() const { return sqlite3_changes64(handle_.get()); }
  // The row of the last INSERT since it was forgotten; 0: there was none, or it updated the row that was there.
  std::int64_t LastRowId() const { return sqlite3_last_insert_rowid(handle_.get()); }
  void ForgetLastRowId() { sqlite3_set_last_insert_rowid(handle_.get(), 0); }

  // Waits so long for others' locks, rather than for seconds.
  void SetBusyTimeout(int milliseconds) { sqlite3_busy_timeout(handle_.get(), milliseconds); }
  // Moves the write-ahead log into the file (SQLITE_CHECKPOINT_*), as far as readers and writers let it.
  void Checkpoint(int mode);
  // Calls `logged` after each commit of this connection with the number of pages in the write-ahead log.
  void OnLogged(std::function<void(int pages)> logged);

  // Begins a transaction: now and as the one that writes, or with the first statement and, if it stays without one, not
  // at all. (SQLite's own BEGIN takes no snapshot before the first statement either.)
  void Begin(bool immediate);
  void Commit();
  void Rollback() noexcept;

  // A part of a transaction that can be undone alone.
  using Tables = std::unordered_set<const void*>;
  Tables BeginAttempt();  // what was ready before
  void EndAttempt();
  void UndoAttempt(const Tables& ready);

  // What this connection has seen to be in order in the file: tables, by a key of the caller's. Forgotten again if the
  // transaction that marked them is rolled back.
  bool IsReady(const void* table) const { return ready_.contains(table) || newly_ready_.contains(table); }
  void MarkReady(const void* table) { newly_ready_.insert(table); }

  // How many rows scopes have in tables, by the caller's key, as far as somebody has counted them: whoever inserts or
  // erases rows corrects them. All are forgotten when something is undone. Only of the connection that writes.
  using Counts = std::map<std::pair<const void*, Scope>, std::int64_t>;
  Counts& counts() { return counts_; }

  // Every statement prepared so far and SQLite's plan for it, a line per step.
  std::vector<std::pair<std::string, std::string>> QueryPlans();

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

  void BeginIfDue();

  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> statements_;
  bool to_begin_ = false;  // with the next statement
  Tables ready_;
  Tables newly_ready_;
  Counts counts_;
  std::function<void(int pages)> logged_;
};

}  // namespace drydock::store
