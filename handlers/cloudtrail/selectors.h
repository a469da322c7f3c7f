// Which events a trail records.
#pragma once

#include "store/audit_events.h"
#include "store/records/cloudtrail/trail.h"

namespace drydock::cloudtrail {

// Whether the trail's event selectors choose a management event. A trail without selectors takes all of them.
bool IsSelected(const records::cloudtrail::Trail& trail, const store::AuditEvent& event);

}  // namespace drydock::cloudtrail
