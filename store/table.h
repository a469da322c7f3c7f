// Records in tables: what a handler does with the store.
//
//   tx.Put(scope, subnet);
//   std::optional<Subnet> subnet = tx.Get<Subnet>(scope, "subnet-1");
//   for (const Subnet& s : tx.List<Subnet>(scope, store::Where(&Subnet::vpc_id, "vpc-1"))) …
//
// A Transaction comes from Database::Read or Database::Write and is used by that one thread while the function runs.
// Every scope may be given in full: a record that has no region (or no account) ignores that part.
// Functions throw store::Error when the disk or SQLite fails, and std::logic_error for writes in a Read.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/core/scope.h"
#include "store/record.h"

namespace drydock::store {

class Connection;
struct Timer;  // store/timers.h

// The value of an indexed member; monostate is an absent optional.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

// "This indexed member has this value."
struct Condition {
  std::string member;
  Value value;
};

enum class Order { kInsertion, kId };

// Which records, in which order. Query{} is all of the scope in the order they were first put.
struct Query {
  std::vector<Condition> where = {};  // all of them hold
  Order order = Order::kInsertion;
  std::string after = {};  // Page::next of the page before, else std::invalid_argument; in order of id: any id
  std::size_t limit = 0;   // 0: no limit

  // One more condition, by pointer to member or by the member's name. Other members than those in kIndexed are a
  // std::logic_error.
  template <class T, class M, class V>
  Query& And(M T::*member, const V& value);
  Query& And(std::string member, Value value);
};
// A query with one condition: Where(&Subnet::vpc_id, "vpc-1"). std::nullopt finds records where the member is absent.
template <class T, class M, class V>
Query Where(M T::*member, const V& value);
Query Where(std::string member, Value value);

// A part of a longer list.
template <class T>
struct Page {
  std::vector<T> records;
  std::string next;  // for Query::after; empty: nothing follows. Stays good when records are put or erased meanwhile.
};

struct RecordType;  // store/table_internal.h

// What a commit did to one record.
struct Change {
  const char* table;  // T::kTable.name
  Scope scope;
  std::string id;  // as IdOf() writes it
  bool erased = false;

  template <class T>
  bool Is() const {
    return std::string_view(table) == T::kTable.name;
  }
};

class Transaction {
 public:
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // The record with this id: one argument for each member in T::kId, Get<LogStream>(scope, group, name).
  template <class T, class... Id>
  std::optional<T> Get(const Scope& scope, const Id&... id);
  // The record that was changed, as it is now.
  template <class T>
  std::optional<T> Get(const Change& change);

  // Inserts the record, or replaces the one of the same id, which keeps its place in the order of insertion.
  template <class T>
  void Put(const Scope& scope, const T& record);

  // Whether there was such a record.
  template <class T, class... Id>
  bool Erase(const Scope& scope, const Id&... id);

  template <class T>
  std::vector<T> List(const Scope& scope, const Query& query = {});
  template <class T>
  Page<T> ListPage(const Scope& scope, const Query& query);
  template <class T>
  std::size_t Count(const Scope& scope, const Query& query = {});  // `after` and `limit` do not matter

  // The records of all scopes in the order of insertion; reads the whole table.
  template <class T>
  std::vector<std::pair<Scope, T>> ListAll();

  // Timers (store/timers.h): one for each (kind, scope, key). Setting it again moves it.
  void SetTimer(const Timer& timer);
  bool CancelTimer(std::string_view kind, const Scope& scope, std::string_view key);  // whether there was one
  std::optional<Timer> GetTimer(std::string_view kind, const Scope& scope, std::string_view key);

  // Runs `action` on this thread once the commit has succeeded and subscribers have seen it; never after a rollback.
  // It may start transactions of its own; what it throws is logged. In a Read it runs when the read is over.
  void AfterCommit(std::function<void()> action);

  // Runs fn(). When it throws, all that it did is undone, of this transaction nothing else, and the exception goes on:
  // who catches it may go on, too, unless it is an Error of the store.
  void Attempt(const std::function<void()>& fn);

  bool writable() const { return writable_; }

 private:
  friend class Database;
  friend class TimerTable;
  friend class LogEvents;
  friend class AccessLogLines;
  Transaction(Connection& connection, bool writable) : connection_(connection), writable_(writable) {}
  void RequireWritable() const;

  bool GetRecord(const RecordType& type, const Scope& scope, const std::string& id, void* record);
  void PutRecord(const RecordType& type, const Scope& scope, const void* record);
  bool EraseRecord(const RecordType& type, const Scope& scope, const std::string& id);
  std::size_t CountRecords(const RecordType& type, const Scope& scope, const Query& query);
  // `append` returns a new record to fill. `scope` is nullptr for all scopes. Returns Page::next.
  std::string ListRecords(const RecordType& type, const Scope* scope, const Query& query,
                          const std::function<void*(Scope)>& append);

  Connection& connection_;
  const bool writable_;
  std::vector<Change> changes_;
  std::vector<std::function<void()>> after_commit_;
  std::optional<Timestamp> earliest_timer_;
  std::int64_t timers_above_ = 0;  // the positions of timers that are set
};

// The id of a record as changes and Page::next spell it: the members of T::kId, joined.
template <class T>
std::string IdOf(const T& record);

}  // namespace drydock::store

#include "store/table_internal.h"  // IWYU pragma: export
