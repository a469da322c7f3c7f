#include "handlers/ecs/rehearsals.h"

#include <algorithm>

#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/task_lifecycle.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

bool Watches(const records::ecs::Service& service, const std::string& alarm_name) {
  const auto& alarms = service.deployment_configuration.alarms;
  return alarms && alarms->enable.value_or(false) &&
         std::find(alarms->alarmNames.begin(), alarms->alarmNames.end(), alarm_name) != alarms->alarmNames.end();
}

}  // namespace

bool InterruptSpotTask(Context& context, const std::string& task_id) {
  auto task = context.tx.Get<records::ecs::Task>(context.scope, task_id);
  if (!task || task->capacity_provider != "FARGATE_SPOT" || task->desired_status == "STOPPED") return false;
  BeginStop(context, *task, kSpotInterruption, "Your Spot Task was interrupted.");
  return true;
}

std::vector<std::string> RaiseAlarm(Context& context, const std::string& alarm_name) {
  std::vector<std::string> failed;
  for (auto& service : context.tx.List<records::ecs::Service>(
           context.scope, store::Where(&records::ecs::Service::status, std::string("ACTIVE")))) {
    if (!Watches(service, alarm_name) || service.deployments.empty()) continue;
    const auto& primary = service.deployments.front();
    if (primary.rollout_state != "IN_PROGRESS" || primary.rollback) continue;
    FailByAlarm(context, service, alarm_name);
    context.tx.Put(context.scope, service);
    TouchService(context, service.arn);
    failed.push_back(service.arn);
  }
  return failed;
}

}  // namespace drydock::ecs
