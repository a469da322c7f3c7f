// What of ECS happens without a request.
#pragma once

#include "handlers/ecs/task_startup.h"
#include "handlers/engines.h"
#include "store/timers.h"

namespace drydock::ecs {

// `tried` is told what starting tasks connect to.
void RegisterTimers(
    store::Timers& timers, Engines& engines, Ids& ids,
    ConnectionTried tried = [](const network::Topology&, const network::Path&) {});

}  // namespace drydock::ecs
