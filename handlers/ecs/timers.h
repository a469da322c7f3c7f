// What of ECS happens without a request.
#pragma once

#include "handlers/engines.h"
#include "store/timers.h"

namespace drydock::ecs {

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::ecs
