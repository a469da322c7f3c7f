#include "handlers/ecs/timers.h"

#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_principal.h"
#include "handlers/ecs/service_reconcile.h"
#include "handlers/ecs/task_containers.h"
#include "handlers/ecs/task_lifecycle.h"

namespace drydock::ecs {

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids, ConnectionTried tried) {
  timers.On(kTaskTimer, [&, tried = std::move(tried)](store::Transaction& tx, const store::Timer& timer) {
    Context context = SchedulerContext(tx, engines, ids, timer.scope);
    AdvanceTask(context, timer.key, tried);
  });
  timers.On(kContainersTimer, [&](store::Transaction& tx, const store::Timer& timer) {
    Context context = SchedulerContext(tx, engines, ids, timer.scope);
    StartWaitingContainers(context, timer.key);
  });
  timers.On(kServiceTimer, [&](store::Transaction& tx, const store::Timer& timer) {
    Context context = SchedulerContext(tx, engines, ids, timer.scope);
    ReconcileService(context, timer.key);
  });
}

}  // namespace drydock::ecs
