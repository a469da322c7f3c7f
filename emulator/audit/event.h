// A finished call as an event of the audit trail.
#pragma once

#include <vector>

#include "emulator/api/finished_call.h"
#include "emulator/audit/identity.h"
#include "emulator/core/ids.h"
#include "store/audit_events.h"

namespace drydock::audit {

// The events of a call: none for data events (CloudTrail's event history has none of them); one in the caller's
// account; and a second one in the account of a role that somebody from another account assumed.
// CloudTrail User Guide, "CloudTrail record contents" and "Understanding CloudTrail events".
std::vector<store::AuditEvent> EventsOf(const api::FinishedCall& call, const SessionFacts& session, Ids& ids);

// What a service did by itself, and no call was: an AwsServiceEvent of `service` ("secretsmanager.amazonaws.com").
// `details` are the members of additionalEventData. CloudTrail User Guide, "Non-API events captured by CloudTrail".
store::AuditEvent ServiceEventOf(const Scope& scope, Timestamp time, const std::string& service,
                                 const std::string& name,
                                 const std::vector<std::pair<std::string, std::string>>& details, Ids& ids);

}  // namespace drydock::audit
