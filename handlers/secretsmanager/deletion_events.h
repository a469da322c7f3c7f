// What Secrets Manager records of its own accord.
#pragma once

#include <string>

#include "emulator/core/ids.h"
#include "emulator/core/scope.h"
#include "store/records/secretsmanager/secret.h"
#include "store/table.h"

namespace drydock::secretsmanager {

// One event for each version of a secret whose deletion begins (StartSecretVersionDelete), is called off
// (CancelSecretVersionDelete) or is done (EndSecretVersionDelete). Secrets Manager User Guide, "AWS CloudTrail entries
// for Secrets Manager", Log entries for deletion; that they say which version is unconfirmed.
void RecordVersionEvents(store::Transaction& tx, const Scope& scope, Timestamp now, Ids& ids,
                         const records::secretsmanager::Secret& secret, const std::string& name);

}  // namespace drydock::secretsmanager
