// Task sets: the parts of a service whose deployments CodeDeploy or somebody else controls.
#pragma once

#include <string>
#include <utility>

#include "api/ecs/TaskSet.h"
#include "emulator/core/context.h"
#include "store/records/ecs/service.h"

namespace drydock::ecs {

// The task set's share of the service's desired count, rounded up. API Reference, TaskSet, computedDesiredCount.
int ComputedDesiredCount(const records::ecs::Service& service, const records::ecs::Deployment& set);

// A task set that brings out `revision`, whose id and time are given here; it is neither primary nor scaled yet.
records::ecs::Deployment MakeTaskSet(Context& context, const records::ecs::Service& service,
                                     records::ecs::ServiceRevision revision);

TaskSet RenderTaskSet(Context& context, const records::ecs::Service& service, const records::ecs::Deployment& set,
                      std::pair<int, int> running_and_pending, bool with_tags);

}  // namespace drydock::ecs
