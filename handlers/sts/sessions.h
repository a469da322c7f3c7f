// Temporary credentials.
#pragma once

#include <string>

#include "api/sts/Credentials.h"
#include "emulator/core/context.h"
#include "handlers/engines.h"
#include "store/records/sts/session.h"
#include "store/timers.h"

namespace drydock::sts {

// Fills key, secret, token and end of a session whose principal is set, and keeps it: from now on calls signed with the
// key are that principal's. Sessions are kept after their end, so that an expired key is known as such and its recorded
// calls can be explained; when those are forgotten, after 90 days, all but the key is (sts.retention).
void IssueCredentials(Context& context, records::sts::Session& session, Duration duration);

Credentials RenderCredentials(const records::sts::Session& session);

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::sts
