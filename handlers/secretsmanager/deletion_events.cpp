#include "handlers/secretsmanager/deletion_events.h"

#include "emulator/audit/record.h"

namespace drydock::secretsmanager {

void RecordVersionEvents(store::Transaction& tx, const Scope& scope, Timestamp now, Ids& ids,
                         const records::secretsmanager::Secret& secret, const std::string& name) {
  for (const auto& version : secret.versions)
    audit::RecordServiceEvent(tx, scope, now, ids, "secretsmanager.amazonaws.com", name,
                              {{"SecretId", secret.arn}, {"SecretVersionId", version.id}});
}

}  // namespace drydock::secretsmanager
