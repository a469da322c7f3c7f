// The service scheduler at work: looks at a service, decides (service_scheduler.h) and acts. Runs as the timer
// "ecs.service" (key: the service's ARN), which whatever concerns the service sets to now.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/service.h"

namespace drydock::ecs {

void ReconcileService(Context& context, const std::string& service_arn);

// Erases a service that is INACTIVE, with its events, revisions and deployments.
void ForgetService(Context& context, const records::ecs::Service& service);

}  // namespace drydock::ecs
