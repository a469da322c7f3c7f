// What happens to a service: its events, and the scheduler's wake-up.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

inline constexpr char kServiceTimer[] = "ecs.service";

// Lets the scheduler look at the service soon (service_reconcile.h).
void WakeService(store::Transaction& tx, const Clock& clock, const Scope& scope, const std::string& service_arn);
void TouchService(Context& context, const std::string& service_arn);

// Says "(service <name>) <text>" in the service's events; of these the newest 100 are kept. The caller stores
// `service`.
void AddEvent(Context& context, records::ecs::Service& service, const std::string& text);

// The same for what AWS says of a part of the service: "(service <name>, taskSet ecs-svc/<deployment>) <text>".
void AddTaskSetEvent(Context& context, records::ecs::Service& service, const std::string& deployment_id,
                     const std::string& text);

// Newest first.
std::vector<records::ecs::ServiceEvent> EventsOf(Context& context, const std::string& service_arn);

// A task of a service begins to stop: says so in the events, counts a failed start for its deployment, and wakes the
// scheduler. The task has its stop code and reason already and still knows its targets.
void ServiceTaskStops(Context& context, const records::ecs::Task& task);

}  // namespace drydock::ecs
