#pragma once

#include "handlers/engines.h"
#include "store/timers.h"

namespace drydock::ecr {

// Uploads that nobody ended within a day are forgotten; blobs that nobody uses are erased.
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::ecr
