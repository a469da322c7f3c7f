#include "store/timers.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <thread>

#include "emulator/core/log.h"
#include "store/sqlite.h"

namespace drydock::store {

namespace {
constexpr Duration kFirstRetry{1'000};
constexpr Duration kLastRetry{60'000};
// A commit costs as much as what a timer does; but nobody else writes meanwhile.
constexpr int kAtOnce = 8;

Duration RetryDelay(std::int64_t failures) {
  return std::min(kLastRetry, kFirstRetry * (std::int64_t{1} << std::min<std::int64_t>(failures, 10)));
}
}  // namespace

// The table of timers. Positions grow, so timers of the same time keep the order in which they were set.
class TimerTable {
 public:
  struct Row {
    std::int64_t position;
    Timestamp run_at;
    std::int64_t failures;
    Timer timer;
  };

  explicit TimerTable(Transaction& tx) : tx_(tx), connection_(tx.connection_) {}

  void Set(const Timer& timer) {
    tx_.RequireWritable();
    // Replacing moves the row to the end.
    Statement statement = connection_.Prepare(
        "INSERT OR REPLACE INTO timer (position, kind, account, region, key, due, run_at, failures) SELECT "
        "MAX(COALESCE(MAX(position), 0), ?) + 1, ?, ?, ?, ?, ?, ?, 0 FROM timer");
    statement.Bind(tx_.timers_above_).Bind(std::string_view(timer.kind)).Bind(timer.scope);
    statement.Bind(std::string_view(timer.key)).Bind(timer.due).Bind(timer.due).Run();
    tx_.earliest_timer_ = tx_.earliest_timer_ ? std::min(*tx_.earliest_timer_, timer.due) : timer.due;
  }

  bool Cancel(std::string_view kind, const Scope& scope, std::string_view key) {
    tx_.RequireWritable();
    Statement statement =
        connection_.Prepare("DELETE FROM timer WHERE kind = ? AND account = ? AND region = ? AND key = ?");
    statement.Bind(kind).Bind(scope).Bind(key).Run();
    return connection_.Changes() > 0;
  }

  std::optional<Timer> Get(std::string_view kind, const Scope& scope, std::string_view key) {
    Statement statement =
        connection_.Prepare("SELECT due FROM timer WHERE kind = ? AND account = ? AND region = ? AND key = ?");
    statement.Bind(kind).Bind(scope).Bind(key);
    if (!statement.Step()) return std::nullopt;
    return Timer{std::string(kind), scope, std::string(key), {statement.Integer(0)}};
  }

  // The timer to run next, of all whose kind is `known`.
  template <class Known>
  std::optional<Row> First(Known known) {
    Statement statement = connection_.Prepare(
        "SELECT position, run_at, failures, kind, account, region, key, due FROM timer ORDER BY run_at, position");
    while (statement.Step()) {
      if (!known(statement.String(3))) continue;
      return Row{statement.Integer(0),
                 {statement.Integer(1)},
                 statement.Integer(2),
                 {statement.String(3),
                  {statement.String(4), statement.String(5)},
                  statement.String(6),
                  {statement.Integer(7)}}};
    }
    return std::nullopt;
  }

  // Timers that this transaction sets from now on have greater positions than the one returned, even when the last row
  // is removed before.
  std::int64_t LastPosition() {
    Statement statement = connection_.Prepare("SELECT COALESCE(MAX(position), 0) FROM timer");
    statement.Step();
    return tx_.timers_above_ = statement.Integer(0);
  }

  void Remove(const Row& row) { connection_.Prepare("DELETE FROM timer WHERE position = ?").Bind(row.position).Run(); }

  // Unless the timer was set anew meanwhile.
  void Postpone(const Row& row, Timestamp run_at) {
    connection_.Prepare("UPDATE timer SET run_at = ?, failures = failures + 1 WHERE position = ? AND run_at = ?")
        .Bind(run_at)
        .Bind(row.position)
        .Bind(row.run_at)
        .Run();
  }

 private:
  Transaction& tx_;
  Connection& connection_;
};

void Transaction::SetTimer(const Timer& timer) {
  TimerTable(*this).Set(timer);
}

bool Transaction::CancelTimer(std::string_view kind, const Scope& scope, std::string_view key) {
  return TimerTable(*this).Cancel(kind, scope, key);
}

std::optional<Timer> Transaction::GetTimer(std::string_view kind, const Scope& scope, std::string_view key) {
  return TimerTable(*this).Get(kind, scope, key);
}

struct Timers::State : std::enable_shared_from_this<Timers::State> {
  State(Database& its_database, Clock& its_clock)
      : database(its_database), clock(its_clock), at_once(clock.mode() == Clock::Mode::kManual ? 1 : kAtOnce) {}

  // Sees to it that the alarm rings no later than `when`.
  void Arm(Timestamp when) {
    std::lock_guard lock(mutex);
    if (!started || stopped || (armed && *armed <= when)) return;
    if (armed) clock.Cancel(alarm);
    armed = when;
    alarm = clock.At(when, [weak = weak_from_this()] {
      if (const auto state = weak.lock()) state->Ring();
    });
  }

  void Ring() {
    {
      std::lock_guard lock(mutex);
      if (stopped) return;
      armed.reset();
      running_on = std::this_thread::get_id();
    }
    std::optional<Timestamp> next;
    try {
      next = RunDue();
    } catch (const std::exception& error) {
      log::Error("timers wait, for the store failed: {}", error.what());
      next = clock.Now() + kFirstRetry;
    }
    {
      std::lock_guard lock(mutex);
      running_on = {};
    }
    idle.notify_all();
    if (next) Arm(*next);
  }

  // Runs the first timer if it is due, and a few that follow; returns when the next is. Those are of the same kind, and
  // were set before: what a timer has changed is committed, and seen by all the world, before what it set itself runs.
  std::optional<Timestamp> RunDue() {
    return database.Write([&](Transaction& tx) {
      const std::int64_t newest = TimerTable(tx).LastPosition();
      std::string kind;
      for (int i = 0; i < at_once; ++i) {
        const auto first = First(tx);
        if (!first || first->run_at > clock.Now()) return RunAt(first);
        if (i > 0 && (first->timer.kind != kind || first->position > newest)) break;
        kind = first->timer.kind;
        Run(tx, *first);
      }
      return RunAt(First(tx));
    });
  }

  void Run(Transaction& tx, const TimerTable::Row& row) {
    try {
      tx.Attempt([&] {
        TimerTable(tx).Remove(row);
        handlers.at(row.timer.kind)(tx, row.timer);
      });
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      log::Error("timer {} of {} failed and is tried again: {}", row.timer.kind, row.timer.key, error.what());
      TimerTable(tx).Postpone(row, clock.Now() + RetryDelay(row.failures));
    }
  }

  std::optional<TimerTable::Row> First(Transaction& tx) const {
    return TimerTable(tx).First([this](const std::string& kind) { return handlers.contains(kind); });
  }
  static std::optional<Timestamp> RunAt(const std::optional<TimerTable::Row>& row) {
    return row ? std::optional(row->run_at) : std::nullopt;
  }

  Database& database;
  Clock& clock;
  const int at_once;  // a manual clock waits for whatever work a timer has started before the next runs
  std::map<std::string, Handler> handlers;  // not changed after Start()
  Subscription commits;

  std::mutex mutex;
  std::condition_variable idle;
  // guarded by mutex
  bool started = false;
  bool stopped = false;
  std::optional<Timestamp> armed;
  Clock::AlarmId alarm = 0;
  std::thread::id running_on;  // the thread a handler runs on now, if any
};

Timers::Timers(Database& database, Clock& clock) : state_(std::make_shared<State>(database, clock)) {}

Timers::~Timers() {
  Stop();
}

void Timers::On(std::string kind, Handler handler) {
  state_->handlers[std::move(kind)] = std::move(handler);
}

void Timers::Start() {
  {
    std::lock_guard lock(state_->mutex);
    if (state_->started) return;
    state_->started = true;
  }
  state_->commits = state_->database.OnCommit([weak = std::weak_ptr(state_)](const Commit& commit) {
    const auto state = weak.lock();
    if (state && commit.earliest_timer) state->Arm(*commit.earliest_timer);
  });
  state_->Arm(state_->clock.Now());
}

void Timers::Stop() {
  std::unique_lock lock(state_->mutex);
  state_->stopped = true;
  if (state_->armed) state_->clock.Cancel(state_->alarm);
  state_->armed.reset();
  state_->idle.wait(lock, [this] {
    return state_->running_on == std::thread::id() || state_->running_on == std::this_thread::get_id();
  });
}

}  // namespace drydock::store
