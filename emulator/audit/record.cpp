#include "emulator/audit/record.h"

#include "emulator/audit/event.h"
#include "emulator/audit/session.h"
#include "store/audit_events.h"

namespace drydock::audit {

void Record(Context& context, const Principal& principal, const std::string& service, const api::Operation& operation,
            const api::AnyStruct& input, const api::AnyStruct& output) {
  const std::string request_id = context.ids.Uuid();
  const std::vector<api::PolicyCheck> checks;
  api::FinishedCall call{operation, context.now, context.scope, principal, request_id, service, service, checks};
  call.input = &input;
  call.output = &output;
  const SessionFacts session = SessionOf(context.tx, principal, context.now);
  for (const store::AuditEvent& event : EventsOf(call, session, context.ids))
    store::AuditEvents(context.tx).Append(event);
}

void RecordServiceEvent(store::Transaction& tx, const Scope& scope, Timestamp time, Ids& ids,
                        const std::string& service, const std::string& name,
                        const std::vector<std::pair<std::string, std::string>>& details) {
  store::AuditEvents(tx).Append(ServiceEventOf(scope, time, service, name, details, ids));
}

}  // namespace drydock::audit
