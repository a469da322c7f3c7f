// What nothing in Drydock brings about by itself, for whoever rehearses it: capacity that is taken back, and alarms
// that go off. (What a simulated container does is its behaviour: tasks/simulated/behaviour.h.)
#pragma once

#include <string>
#include <vector>

#include "emulator/core/context.h"

namespace drydock::ecs {

// Takes the capacity of a task on FARGATE_SPOT back: EventBridge is warned, the containers get SIGTERM and at most two
// minutes. False for any other task. ECS developer guide, "Amazon ECS clusters for Fargate" (termination notices).
bool InterruptSpotTask(Context& context, const std::string& task_id);

// A CloudWatch alarm of the account and region goes into ALARM: deployments in progress that watch it fail, and roll
// back where they are configured so. The services' ARNs. ECS developer guide, "How CloudWatch alarms detect Amazon ECS
// deployment failures".
std::vector<std::string> RaiseAlarm(Context& context, const std::string& alarm_name);

}  // namespace drydock::ecs
