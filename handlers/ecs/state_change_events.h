// What ECS tells EventBridge: "ECS Task State Change", "ECS Deployment State Change", "ECS Service Action". They are
// sent when the transaction has been committed. ECS developer guide, "Amazon ECS events"; aws-facts D.8.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

// The task as it is now. Its version tells events apart.
void PublishTaskChange(Context& context, const records::ecs::Task& task);

// `type` is INFO, WARN or ERROR; `name` SERVICE_STEADY_STATE, SERVICE_TASK_START_IMPAIRED,
// SERVICE_TASK_PLACEMENT_FAILURE, SERVICE_TASK_CONFIGURATION_FAILURE, SERVICE_DESIRED_COUNT_UPDATED, …; `reason` may be
// empty.
void PublishServiceAction(Context& context, const records::ecs::Service& service, const std::string& type,
                          const std::string& name, const std::string& reason = "");

// `name` is SERVICE_DEPLOYMENT_IN_PROGRESS, SERVICE_DEPLOYMENT_COMPLETED or SERVICE_DEPLOYMENT_FAILED (an ERROR; the
// others are INFO); the reason is the deployment's rolloutStateReason.
void PublishDeploymentChange(Context& context, const records::ecs::Service& service,
                             const records::ecs::Deployment& deployment, const std::string& name);

}  // namespace drydock::ecs
