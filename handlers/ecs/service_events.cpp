#include "handlers/ecs/service_events.h"

#include <fmt/format.h>

#include <algorithm>

#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/engines.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

using records::ecs::Service;
using records::ecs::ServiceEvent;

constexpr std::int64_t kEventsKept = 100;

}  // namespace

void TouchService(Context& context, const std::string& service_arn) {
  context.tx.SetTimer({kServiceTimer, context.scope, service_arn, context.now});
}

void AddEvent(Context& context, Service& service, const std::string& text) {
  ServiceEvent event;
  event.service_arn = service.arn;
  event.sequence = ++service.last_event;
  event.id = context.ids.Uuid();
  event.created_at = context.now;
  event.message = fmt::format("(service {}) {}", service.name, text);
  context.tx.Put(context.scope, event);
  if (service.last_event > kEventsKept)
    context.tx.Erase<ServiceEvent>(context.scope, service.arn, service.last_event - kEventsKept);
}

std::vector<ServiceEvent> EventsOf(Context& context, const std::string& service_arn) {
  auto query = store::Where(&ServiceEvent::service_arn, service_arn);
  query.order = store::Order::kId;
  auto events = context.tx.List<ServiceEvent>(context.scope, query);
  std::reverse(events.begin(), events.end());
  return events;
}

void ServiceTaskStops(Context& context, const records::ecs::Task& task) {
  const ServiceKey key = ParseServiceArn(*task.active_service);
  auto service = context.tx.Get<Service>(context.scope, key.cluster, key.name);
  if (!service) return;
  if (task.stop_code == "TaskFailedToStart")
    AddEvent(context, *service, fmt::format("was unable to place a task. Reason: {}.", task.stopped_reason));
  for (const auto& target : task.targets)
    AddEvent(context, *service, fmt::format("deregistered 1 targets in (target-group {})", target.target_group_arn));
  if (!task.targets.empty()) AddEvent(context, *service, "has begun draining connections on 1 tasks.");
  if (task.stop_code != "UserInitiated") CountFailure(context, *service, task);
  service->steady = false;
  context.tx.Put(context.scope, *service);
  TouchService(context, service->arn);
}

}  // namespace drydock::ecs
