// Services as the API shows them.
#pragma once

#include "api/ecs/Service.h"
#include "emulator/core/context.h"
#include "handlers/ecs/placement.h"
#include "store/records/ecs/service.h"

namespace drydock::ecs {

// Counts the tasks as they are now.
Service RenderService(Context& context, const records::ecs::Service& service, bool with_tags);

// Where and on what the tasks of a revision run, in a Deployment or a TaskSet.
template <class Shown>
void ShowWhereItRuns(const records::ecs::ServiceRevision& revision, Shown& out) {
  if (revision.launch_type.empty())
    out.capacityProviderStrategy = revision.capacity_provider_strategy;
  else
    out.launchType = revision.launch_type;
  if (IsFargate(revision.launch_type, revision.capacity_provider_strategy)) {
    out.platformVersion = EffectivePlatformVersion(revision.platform_version);
    out.platformFamily = "Linux";
  }
  out.networkConfiguration = revision.network_configuration;
}

}  // namespace drydock::ecs
