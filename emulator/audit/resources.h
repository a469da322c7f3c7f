// What a call was about: which members of inputs and outputs name resources, and of which type.
#pragma once

#include <vector>

#include "emulator/api/finished_call.h"
#include "store/audit_events.h"

namespace drydock::audit {

// The resources that the call names or made, each once, at most 20.
std::vector<store::AuditResource> ResourcesOf(const api::FinishedCall& call);

}  // namespace drydock::audit
