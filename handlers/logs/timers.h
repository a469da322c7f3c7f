#pragma once

#include "handlers/engines.h"
#include "store/timers.h"

namespace drydock::logs {

// Events that are older than their group's retention are erased, once a day. (Readers never see them, see OldestKept.)
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::logs
