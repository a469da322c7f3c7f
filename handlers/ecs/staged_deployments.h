// Deployments in which both revisions run side by side and traffic moves from the old one to the new one: the
// strategies BLUE_GREEN, LINEAR and CANARY. ECS developer guide, "Amazon ECS blue/green service deployments workflow".
#pragma once

#include <optional>

#include "api/ecs/DeploymentConfiguration.h"
#include "emulator/core/context.h"
#include "store/records/ecs/service.h"

namespace drydock::ecs {

inline constexpr char kReconcileService[] = "RECONCILE_SERVICE";
inline constexpr char kPreScaleUp[] = "PRE_SCALE_UP";

// Fills in AWS's defaults for the strategy and refuses what is out of range (InvalidParameterException).
void CompleteStrategy(DeploymentConfiguration& configuration);

// Refuses load balancers without what the strategy needs: alternate target group, listener rule, role.
void CheckTrafficShift(Context& context, const DeploymentConfiguration& configuration,
                       const std::vector<LoadBalancer>& balancers);

// Whether the PRIMARY deployment is on its way through the stages. In the last one, CLEAN_UP, it is not: what is left
// to do then is what a rolling deployment does in the end.
bool IsInStages(const records::ecs::Service& service);

// The deployment whose revision serves until the new one does: the last that was completed, if it is still there.
std::optional<records::ecs::Deployment> SourceOf(const records::ecs::Service& service);
// Makes it PRIMARY again; false when it is not there.
bool PutSourceInFront(records::ecs::Service& service);

// Takes the PRIMARY deployment as far through its stages as it goes now, which may be back to the old revision.
// `scaled_up`: the new revision has all its tasks, and they are healthy. Returns when to look again.
std::optional<Timestamp> AdvanceStages(Context& context, records::ecs::Service& service, bool scaled_up);

// Sets how many tasks each deployment wants in the present stage.
void WantInStages(Context& context, records::ecs::Service& service);

// All traffic goes to the old revision. Failures are only told in the service's events.
void ReturnTraffic(Context& context, records::ecs::Service& service);

}  // namespace drydock::ecs
