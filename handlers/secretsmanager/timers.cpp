#include "handlers/secretsmanager/timers.h"

#include "handlers/engines.h"
#include "handlers/secretsmanager/deletion_events.h"
#include "store/records/secretsmanager/secret.h"

namespace drydock::secretsmanager {

void RegisterTimers(store::Timers& timers, Engines&, Ids& ids) {
  timers.On(kDeleteTimer, [&ids](store::Transaction& tx, const store::Timer& timer) {
    using records::secretsmanager::Secret;
    // A secret that was restored, or made anew under the same name, stays.
    const auto secret = tx.Get<Secret>(timer.scope, timer.key);
    if (!secret || !secret->deletion_due || *secret->deletion_due > timer.due) return;
    tx.Erase<Secret>(timer.scope, timer.key);
    RecordVersionEvents(tx, timer.scope, timer.due, ids, *secret, "EndSecretVersionDelete");
  });
}

}  // namespace drydock::secretsmanager
