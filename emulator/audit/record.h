// How services record what they do themselves.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "emulator/api/operation.h"

namespace drydock::audit {

// Records a call that a service made as `principal` and that took no way through the API, in the context's transaction.
// `service` is what it came from: "ecs.amazonaws.com".
void Record(Context& context, const Principal& principal, const std::string& service, const api::Operation& operation,
            const api::AnyStruct& input, const api::AnyStruct& output);

// Records what a service did by itself (ServiceEventOf), in the transaction.
void RecordServiceEvent(store::Transaction& tx, const Scope& scope, Timestamp time, Ids& ids,
                        const std::string& service, const std::string& name,
                        const std::vector<std::pair<std::string, std::string>>& details);

}  // namespace drydock::audit
