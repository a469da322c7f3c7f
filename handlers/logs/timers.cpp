#include "handlers/logs/timers.h"

#include <chrono>

#include "handlers/logs/log_groups.h"
#include "store/database.h"
#include "store/log_events.h"

namespace drydock::logs {

void RegisterTimers(store::Timers& timers, Engines& engines, Ids&) {
  timers.On(kRetention, [&clock = engines.clock](store::Transaction& tx, const store::Timer& timer) {
    const auto group = tx.Get<records::logs::LogGroup>(timer.scope, timer.key);
    const auto oldest = group ? OldestKept(*group, clock.Now()) : std::nullopt;
    if (!oldest) return;
    store::LogEvents(tx).EraseOlder(timer.scope, group->name, *oldest);
    store::Timer next = timer;
    next.due = clock.Now() + std::chrono::hours(24);
    tx.SetTimer(next);
  });
}

}  // namespace drydock::logs
