// Whether a task of the EC2 or EXTERNAL launch type finds room on the registered container instances. ECS developer
// guide, "Amazon ECS API failure reasons" and "Amazon ECS service event messages".
#pragma once

#include <string>
#include <vector>

#include "api/ecs/PlacementConstraint.h"
#include "emulator/core/context.h"
#include "handlers/ecs/cluster_query.h"
#include "store/records/ecs/container_instance.h"
#include "store/records/ecs/task_definition.h"

namespace drydock::ecs {

// What a query may ask about an instance.
ClusterQuery::Subjects SubjectsOf(const records::ecs::ContainerInstance& instance);

// Throws InvalidParameterException for an expression that is none.
void CheckConstraints(const std::vector<PlacementConstraint>& constraints);

// Why the instance does not take a task, as a failure's reason: "RESOURCE:MEMORY". There always is a reason: no agent
// of an instance ever connects to Drydock, so the last one is "AGENT" (the order of the reasons is unconfirmed). An
// instance that was registered without any capability is not asked for capabilities.
std::string ObstacleOn(const records::ecs::ContainerInstance& instance, const records::ecs::TaskDefinition& definition,
                       const std::vector<PlacementConstraint>& constraints);

// The service event, after "(service <name>) ".
std::string UnplaceableText(Context& context, const std::string& cluster,
                            const records::ecs::TaskDefinition& definition,
                            const std::vector<PlacementConstraint>& constraints);

}  // namespace drydock::ecs
