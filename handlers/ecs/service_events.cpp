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

constexpr std::int64_t kEventsKept = 100;
constexpr Duration kGathering = std::chrono::milliseconds(20);

void Say(Context& context, records::ecs::Service& service, std::string message) {
  records::ecs::ServiceEvent event;
  event.service_arn = service.arn;
  event.sequence = ++service.last_event;
  event.id = context.ids.Uuid();
  event.created_at = context.now;
  event.message = std::move(message);
  context.tx.Put(context.scope, event);
  if (service.last_event > kEventsKept)
    context.tx.Erase<records::ecs::ServiceEvent>(context.scope, service.arn, service.last_event - kEventsKept);
}

}  // namespace

void WakeService(store::Transaction& tx, const Clock& clock, const Scope& scope, const std::string& service_arn) {
  // What happens to many tasks at about the same time is looked at once. By hand, time stands still meanwhile.
  const Timestamp due = clock.Now() + (clock.mode() == Clock::Mode::kManual ? Duration(0) : kGathering);
  const auto set = tx.GetTimer(kServiceTimer, scope, service_arn);
  if (!set || set->due > due) tx.SetTimer({kServiceTimer, scope, service_arn, due});
}

void TouchService(Context& context, const std::string& service_arn) {
  WakeService(context.tx, context.engines.clock, context.scope, service_arn);
}

void AddEvent(Context& context, records::ecs::Service& service, const std::string& text) {
  Say(context, service, fmt::format("(service {}) {}", service.name, text));
}

void AddTaskSetEvent(Context& context, records::ecs::Service& service, const std::string& deployment_id,
                     const std::string& text) {
  Say(context, service, fmt::format("(service {}, taskSet ecs-svc/{}) {}", service.name, deployment_id, text));
}

std::vector<records::ecs::ServiceEvent> EventsOf(Context& context, const std::string& service_arn) {
  auto query = store::Where(&records::ecs::ServiceEvent::service_arn, service_arn);
  query.order = store::Order::kId;
  auto events = context.tx.List<records::ecs::ServiceEvent>(context.scope, query);
  std::reverse(events.begin(), events.end());
  return events;
}

void ServiceTaskStops(Context& context, const records::ecs::Task& task) {
  const ServiceKey key = ParseServiceArn(*task.active_service);
  auto service = context.tx.Get<records::ecs::Service>(context.scope, key.cluster, key.name);
  if (!service) return;
  if (task.stop_code == "TaskFailedToStart")
    AddEvent(context, *service, fmt::format("was unable to place a task. Reason: {}.", task.stopped_reason));
  for (const auto& target : task.targets)
    AddEvent(context, *service, fmt::format("deregistered 1 targets in (target-group {})", target.target_group_arn));
  if (!task.targets.empty())
    AddTaskSetEvent(context, *service, task.deployment_id, "has begun draining connections on 1 tasks.");
  if (task.stop_code != "UserInitiated") CountFailure(context, *service, task);
  service->steady = false;
  context.tx.Put(context.scope, *service);
  TouchService(context, service->arn);
}

}  // namespace drydock::ecs
