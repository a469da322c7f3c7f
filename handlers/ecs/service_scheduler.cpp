#include "handlers/ecs/service_scheduler.h"

#include <algorithm>
#include <map>

namespace drydock::ecs {
namespace {

using Tasks = std::vector<const TaskState*>;

int Size(const Tasks& tasks) {
  return static_cast<int>(tasks.size());
}

int CountOf(const Tasks& tasks, Verdict verdict) {
  return static_cast<int>(
      std::count_if(tasks.begin(), tasks.end(), [&](const auto* t) { return t->verdict == verdict; }));
}

// The `count` tasks whose end hurts least: those that do not run yet, then always one of the fullest Availability Zone,
// the newest first (aws: "the most recent", unconfirmed).
Tasks LeastMissed(Tasks tasks, int count) {
  std::map<std::string, int> in_zone;
  for (const auto* task : tasks) ++in_zone[task->availability_zone];
  Tasks chosen;
  while (count-- > 0 && !tasks.empty()) {
    const auto next = std::max_element(tasks.begin(), tasks.end(), [&](const TaskState* a, const TaskState* b) {
      if (a->running != b->running) return a->running;
      const int zone_a = in_zone[a->availability_zone], zone_b = in_zone[b->availability_zone];
      if (zone_a != zone_b) return zone_a < zone_b;
      if (a->created != b->created) return a->created < b->created;
      return a->id < b->id;
    });
    --in_zone[(*next)->availability_zone];
    chosen.push_back(*next);
    tasks.erase(next);
  }
  return chosen;
}

Tasks Oldest(Tasks tasks, int count) {
  std::sort(tasks.begin(), tasks.end(), [](const TaskState* a, const TaskState* b) {
    return a->created != b->created ? a->created < b->created : a->id < b->id;
  });
  tasks.resize(static_cast<std::size_t>(std::clamp(count, 0, Size(tasks))));
  return tasks;
}

Tasks Only(const Tasks& tasks, auto condition) {
  Tasks kept;
  std::copy_if(tasks.begin(), tasks.end(), std::back_inserter(kept), condition);
  return kept;
}

}  // namespace

Plan Decide(const Situation& situation) {
  Plan plan;
  const int desired = situation.desired;
  const int lower = (desired * situation.minimum_healthy_percent + 99) / 100;
  const int upper = desired * situation.maximum_percent / 100;
  Tasks current, old;
  for (const auto& task : situation.tasks) (task.current ? current : old).push_back(&task);
  const auto is_healthy = [](const TaskState* task) { return task->verdict == Verdict::kHealthy; };
  const auto is_unhealthy = [](const TaskState* task) { return task->verdict == Verdict::kUnhealthy; };
  const auto remove = [](Tasks& from, const Tasks& gone, std::vector<std::string>& into) {
    for (const auto* task : gone) {
      into.push_back(task->id);
      std::erase(from, task);
    }
  };
  const auto hold = [&](const Tasks& tasks) {
    for (const auto* task : tasks)
      if (task->is_protected) plan.held = task->id;
  };

  // More than desired: whatever is beyond it, except that an unhealthy task whose replacement has started stays until
  // the replacement is judged.
  const int unhealthy = CountOf(current, Verdict::kUnhealthy);
  const int judged = unhealthy + CountOf(current, Verdict::kHealthy);
  const int excess = Size(current) - desired;
  if (excess > unhealthy)
    remove(current,
           LeastMissed(Only(current, [&](const TaskState* t) { return !is_unhealthy(t) && !t->is_protected; }),
                       excess - unhealthy),
           plan.surplus);
  if (Size(current) - unhealthy > desired) hold(current);
  if (const int replaced = std::min({excess, unhealthy, judged - desired}); replaced > 0)
    remove(current, Oldest(Only(current, is_unhealthy), replaced), plan.unhealthy);

  // Old tasks that serve nobody go at once.
  if (situation.may_start && !old.empty())
    remove(
        old,
        Only(old,
             [](const TaskState* t) { return !t->is_protected && (!t->running || t->verdict == Verdict::kUnhealthy); }),
        plan.surplus);

  // Fewer good ones than desired: start as many as the upper limit permits.
  const int missing = desired - (Size(current) - CountOf(current, Verdict::kUnhealthy));
  const int room = std::max(0, upper - Size(current) - Size(old));
  if (missing > 0 && situation.may_start) {
    plan.start = std::min(missing, room);
    plan.replacements = std::max(0, plan.start - std::max(0, desired - Size(current)));
  }

  // Old tasks go as far as new healthy ones have taken their places and the lower limit permits.
  int healthy = CountOf(current, Verdict::kHealthy) + CountOf(old, Verdict::kHealthy);
  const auto release = [&](int wanted) {
    const Tasks going = Oldest(Only(old, [](const TaskState* t) { return !t->is_protected; }), wanted);
    for (const auto* task : going) {
      if (is_healthy(task) && healthy <= lower) break;
      if (is_healthy(task)) --healthy;
      remove(old, {task}, plan.surplus);
    }
  };
  const int staying = std::max(0, desired - CountOf(current, Verdict::kHealthy));
  release(Size(old) - staying);
  if (Size(old) > staying && healthy > lower) hold(old);

  // No room to start anything: make some, first of unhealthy tasks, one at a time, then of old ones.
  const int unmet = missing - plan.start;
  if (unmet > 0 && situation.may_start && plan.start == 0 && plan.surplus.empty() && plan.unhealthy.empty()) {
    if (const Tasks bad = Only(current, is_unhealthy); !bad.empty())
      remove(current, Oldest(bad, 1), plan.unhealthy);
    else
      release(unmet);
    plan.blocked = plan.surplus.empty() && plan.unhealthy.empty() && CountOf(current, Verdict::kPending) == 0 &&
                   CountOf(old, Verdict::kPending) == 0;
  }
  return plan;
}

bool IsSteady(const Situation& situation) {
  return static_cast<int>(situation.tasks.size()) == situation.desired &&
         std::all_of(situation.tasks.begin(), situation.tasks.end(),
                     [](const TaskState& task) { return task.current && task.verdict == Verdict::kHealthy; });
}

int CircuitBreakerThreshold(int desired) {
  return std::clamp((desired + 1) / 2, 3, 200);
}

Duration BackOff(int failures, Pace pace) {
  if (failures <= 0) return Duration(0);
  const Duration first = pace == Pace::kRealistic ? std::chrono::seconds(10) : std::chrono::milliseconds(100);
  const Duration longest =
      pace == Pace::kRealistic ? Duration(std::chrono::minutes(15)) : Duration(std::chrono::seconds(10));
  return std::min(longest, first * (1 << std::min(failures - 1, 20)));
}

}  // namespace drydock::ecs
