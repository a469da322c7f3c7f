// What RegisterTaskDefinition demands of the less common parts of a container definition, and of volumes. Pure. ECS API
// reference, ContainerDefinition and its members; developer guide, "Task definition parameters for Fargate".
#pragma once

#include "api/ecs/ContainerDefinition.h"
#include "api/ecs/TaskDefinition.h"

namespace drydock::ecs {

// Both throw ClientException. The rules are documented; where AWS's own sentence is not known, the text is ours.
void CheckContainerDetails(const ContainerDefinition& container, const TaskDefinition& task, bool fargate);
void CheckVolumeDefinitions(const TaskDefinition& task, bool fargate);

}  // namespace drydock::ecs
