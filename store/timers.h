// Timers are rows: set in a transaction, they fire once, also after a restart.
//
//   tx.SetTimer({.kind = "secretsmanager.delete", .scope = scope, .key = secret_id, .due = clock.Now() + days(7)});
//
//   store::Timers timers(db, clock);
//   timers.On("secretsmanager.delete", [](store::Transaction& tx, const store::Timer& timer) { … });
//   timers.Start();
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/core/clock.h"
#include "emulator/core/scope.h"
#include "store/database.h"

namespace drydock::store {

struct Timer {
  std::string kind;  // "<service>.<what happens>"
  Scope scope;
  std::string key;  // what it is about, usually a resource's id
  Timestamp due;
};

// Runs due timers, one after another on the clock's thread, in order of `due` and then of setting.
//
// The row is removed and the handler run in one Write, with a few others that are due unless the clock is a manual one:
// what the handler does happens exactly once. A handler may set its timer again, and one that is due already runs
// within the same Clock::Advance. If it throws, what it did is rolled back and logged, and it is tried again after 1 s,
// 2 s, … up to 1 min, without holding up other timers. Timers of kinds that have no handler stay.
class Timers {
 public:
  using Handler = std::function<void(Transaction&, const Timer&)>;

  Timers(Database& database, Clock& clock);
  ~Timers();  // as Stop()
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // Before Start().
  void On(std::string kind, Handler handler);

  // From now on timers fire, first of all those that fell due while nothing ran.
  void Start();

  // No handler runs once it has returned (a handler may call it, too). Rows stay for the next start.
  void Stop();

 private:
  struct State;
  const std::shared_ptr<State> state_;  // shared with the clock's alarms
};

}  // namespace drydock::store
