#include "handlers/ecs/task_containers.h"

#include <algorithm>

#include "handlers/ecs/container_order.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_lifecycle.h"
#include "handlers/engines.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

using ContainerRecord = records::ecs::Container;
using TaskRecord = records::ecs::Task;

// What the agent reports of a container that never ran: as if it had been asked to end.
constexpr int kNeverRan = 143;

ContainerRecord* ContainerOf(TaskRecord& task, const std::string& name) {
  const auto found = std::find_if(task.containers.begin(), task.containers.end(),
                                  [&](const auto& container) { return container.name == name; });
  return found == task.containers.end() ? nullptr : &*found;
}

bool IsWaiting(const ContainerRecord& container) {
  return container.last_status == "PENDING" && !container.start_requested;
}

// Marks what can start now, and what never will; true when an essential container never will.
bool Sort(Context& context, TaskRecord& task, const records::ecs::TaskDefinition& definition,
          std::vector<std::string>& ready) {
  bool lost = false;
  std::optional<Timestamp> look_again;
  for (bool changed = true; changed;) {  // one that never starts takes those with it that wait for it
    changed = false;
    look_again.reset();
    for (std::size_t i = 0; i < task.containers.size(); ++i) {
      auto& container = task.containers[i];
      if (!IsWaiting(container)) continue;
      const Readiness found = ReadinessOf(i, definition.definition.containerDefinitions, task.containers, context.now);
      if (found.state == Readiness::State::kReady) {
        container.start_requested = true;
        ready.push_back(container.name);
      } else if (found.state == Readiness::State::kNever) {
        container.last_status = "STOPPED";
        container.exit_code = kNeverRan;
        container.reason = "CannotStartContainerError: " + found.problem;
        lost |= container.essential;
        changed = true;
      } else if (found.look_again && (!look_again || *found.look_again < *look_again)) {
        look_again = found.look_again;
      }
    }
  }
  if (look_again) context.tx.SetTimer({kContainersTimer, context.scope, task.id, *look_again});
  return lost;
}

// Something about the task's containers has changed: starts those whose turn it is, takes the next step, stores.
void GoOn(Context& context, TaskRecord& task) {
  if (task.desired_status == "STOPPED") return SaveTask(context, task);
  if (std::any_of(task.containers.begin(), task.containers.end(), IsWaiting)) {
    const auto definition = FindTaskDefinition(context, task.task_definition_arn);
    std::vector<std::string> ready;
    if (definition && Sort(context, task, *definition, ready))
      return BeginStop(context, task, "TaskFailedToStart", "Task failed to start");  // unconfirmed
    for (const auto& name : ready)
      context.tx.AfterCommit(
          [&runtime = context.engines.runtime, arn = task.arn, name] { runtime.StartContainer(arn, name); });
  }
  const bool all_started = std::none_of(task.containers.begin(), task.containers.end(),
                                        [](const auto& container) { return container.last_status == "PENDING"; });
  if (task.last_status == "PENDING" && all_started) return BeginActivating(context, task);
  SaveTask(context, task);
}

// By its restart policy; false when the container has ended for good.
bool Restart(Context& context, TaskRecord& task, ContainerRecord& container, int exit_code) {
  if (task.desired_status == "STOPPED") return false;
  const auto definition = FindTaskDefinition(context, task.task_definition_arn);
  if (!definition) return false;
  const auto index = static_cast<std::size_t>(&container - task.containers.data());
  if (!StartsAgain(definition->definition.containerDefinitions[index], container, exit_code, context.now)) return false;
  ++container.restarts;
  container.started_at = context.now;
  container.health_status = "UNKNOWN";
  context.tx.AfterCommit([&runtime = context.engines.runtime, arn = task.arn, name = container.name] {
    runtime.StartContainer(arn, name);
  });
  return true;
}

}  // namespace

void RequestFirstStarts(Context& context, TaskRecord& task, const records::ecs::TaskDefinition& definition) {
  std::vector<std::string> ready;
  Sort(context, task, definition, ready);
}

void StartWaitingContainers(Context& context, const std::string& task_id) {
  auto task = context.tx.Get<TaskRecord>(context.scope, task_id);
  if (task && task->handed_to_runtime && task->last_status != "STOPPED") GoOn(context, *task);
}

void ContainerStarted(Context& context, const std::string& task_id, const std::string& name) {
  auto task = context.tx.Get<TaskRecord>(context.scope, task_id);
  if (!task || task->last_status == "DEPROVISIONING" || task->last_status == "STOPPED") return;
  ContainerRecord* const container = ContainerOf(*task, name);
  if (!container || container->last_status != "PENDING") return;  // it goes on after a restart of the emulator
  container->last_status = "RUNNING";
  container->started_at = context.now;
  GoOn(context, *task);
}

void ContainerExited(Context& context, const std::string& task_id, const std::string& name, int exit_code,
                     const std::string& reason) {
  auto task = context.tx.Get<TaskRecord>(context.scope, task_id);
  if (!task || task->last_status == "STOPPED") return;
  ContainerRecord* const container = ContainerOf(*task, name);
  if (!container || container->last_status == "STOPPED") return;
  if (Restart(context, *task, *container, exit_code)) return SaveTask(context, *task);
  container->last_status = "STOPPED";
  container->exit_code = exit_code;
  container->finished_at = context.now;
  if (!reason.empty()) container->reason = reason;
  if (task->last_status == "STOPPING") return EndStopping(context, *task);
  if (container->essential && task->desired_status != "STOPPED") {
    const bool out_of_memory = reason.starts_with("OutOfMemoryError");
    return BeginStop(context, *task, "EssentialContainerExited",
                     out_of_memory ? reason : "Essential container in task exited");
  }
  GoOn(context, *task);
}

void ContainerHealthChanged(Context& context, const std::string& task_id, const std::string& name,
                            tasks::ContainerHealth health) {
  auto task = context.tx.Get<TaskRecord>(context.scope, task_id);
  if (!task) return;
  ContainerRecord* const container = ContainerOf(*task, name);
  if (!container || container->last_status == "STOPPED") return;
  container->health_status = health == tasks::ContainerHealth::kHealthy     ? "HEALTHY"
                             : health == tasks::ContainerHealth::kUnhealthy ? "UNHEALTHY"
                                                                            : "UNKNOWN";
  const auto service = task->active_service;
  GoOn(context, *task);
  if (service) TouchService(context, *service);
}

}  // namespace drydock::ecs
