// What CloudTrail calls an operation.
#pragma once

#include "emulator/api/operation.h"

namespace drydock::audit {

// CloudTrail's readOnly. Not quite Operation::read_only, which says whether it keeps anything here.
bool IsReadOnly(const api::Operation& operation);

// Whether it works on data rather than on resources: the event history has no such events.
bool IsDataEvent(const api::Operation& operation);

}  // namespace drydock::audit
