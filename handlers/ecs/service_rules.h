// What CreateService, UpdateService and CreateTaskSet demand. ECS API reference; texts: aws-facts D.5.
#pragma once

#include <vector>

#include "api/ecs/DeploymentConfiguration.h"
#include "api/ecs/LoadBalancer.h"
#include "api/ecs/PlacementConstraint.h"
#include "api/ecs/PlacementStrategy.h"
#include "api/ecs/ServiceRegistry.h"
#include "api/ecs/ServiceVolumeConfiguration.h"
#include "api/ecs/TaskDefinition.h"
#include "emulator/core/context.h"
#include "handlers/ecs/placement.h"
#include "store/records/ecs/service.h"

namespace drydock::ecs {

// All functions throw InvalidParameterException for what AWS refuses.

void CheckLoadBalancers(Context& context, const TaskDefinition& definition, const std::vector<LoadBalancer>& balancers);

// Where tasks of this definition may run: launch type, platform version, network.
void CheckCapacity(Context& context, const TaskDefinition& definition, const Capacity& capacity,
                   const std::optional<std::string>& platform_version,
                   const std::optional<NetworkConfiguration>& network);

// Placement belongs to container instances.
void CheckPlacement(const Capacity& capacity, const std::string& scheduling_strategy,
                    const std::vector<PlacementConstraint>& constraints,
                    const std::vector<PlacementStrategy>& strategy);

void CheckRegistries(const std::vector<ServiceRegistry>& registries);
void CheckVolumes(const TaskDefinition& definition, const std::vector<ServiceVolumeConfiguration>& volumes);
void CheckDesiredCount(const std::optional<std::int32_t>& count);

// What AWS shows when nothing was said, by scheduling strategy.
DeploymentConfiguration DefaultDeploymentConfiguration(const std::string& scheduling_strategy);

// Puts what is given over what there was.
void ApplyDeploymentConfiguration(DeploymentConfiguration& current, const DeploymentConfiguration& given,
                                  const std::string& controller);

// Remembers that the service's tasks may come into the load balancers' target groups.
void NoteTargetGroups(Context& context, const records::ecs::ServiceRevision& revision, const std::string& service_arn);

}  // namespace drydock::ecs
