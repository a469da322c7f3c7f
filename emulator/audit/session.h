// What the store knows of a caller's session.
#pragma once

#include "emulator/audit/identity.h"
#include "store/database.h"

namespace drydock::audit {

// All empty for callers without a session. A service's own session, which nobody was given credentials for, began now.
SessionFacts SessionOf(store::Transaction& tx, const Principal& principal, Timestamp now);

}  // namespace drydock::audit
