#include "handlers/ecs/service_scheduler.h"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::ecs;

namespace {

constexpr bool kOld = false, kCurrent = true;

// "healthy, unhealthy, starting, unjudged" tasks, in the order of their creation.
TaskState Make(std::vector<TaskState>& tasks, bool current, bool running, Verdict verdict) {
  TaskState task;
  task.id = std::string(1, static_cast<char>('a' + tasks.size()));
  task.current = current;
  task.running = running;
  task.verdict = verdict;
  task.availability_zone = tasks.size() % 2 ? "b" : "a";
  task.created = {static_cast<std::int64_t>(tasks.size())};
  return task;
}

class ServiceState {
 public:
  explicit ServiceState(int desired, int minimum = 100, int maximum = 200) {
    situation.desired = desired;
    situation.minimum_healthy_percent = minimum;
    situation.maximum_percent = maximum;
  }
  ServiceState& Healthy(bool current, int count = 1) { return Add(current, true, Verdict::kHealthy, count); }
  ServiceState& Unhealthy(bool current, int count = 1) { return Add(current, true, Verdict::kUnhealthy, count); }
  ServiceState& Starting(bool current, int count = 1) { return Add(current, false, Verdict::kPending, count); }
  ServiceState& Unjudged(bool current, int count = 1) { return Add(current, true, Verdict::kPending, count); }
  Situation situation;

 private:
  ServiceState& Add(bool current, bool running, Verdict verdict, int count) {
    for (int i = 0; i < count; ++i) situation.tasks.push_back(Make(situation.tasks, current, running, verdict));
    return *this;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a new service starts all its tasks, and nothing more") {
  CHECK(Decide(ServiceState(2).situation).start == 2);
  const Plan begun = Decide(ServiceState(2).Starting(kCurrent, 2).situation);
  CHECK(begun.start == 0);
  CHECK(begun.surplus.empty());
  CHECK(Decide(ServiceState(0).situation).start == 0);
}

// aws-facts D.6: with 100/200 and desired 2: start 2 new, wait until healthy, stop 2 old.
TEST_CASE("a rolling update starts the new tasks first and stops old ones as the new become healthy") {
  Plan plan = Decide(ServiceState(2).Healthy(kOld, 2).situation);
  CHECK(plan.start == 2);
  CHECK(plan.surplus.empty());

  plan = Decide(ServiceState(2).Healthy(kOld, 2).Unjudged(kCurrent, 2).situation);
  CHECK(plan.start == 0);
  CHECK(plan.surplus.empty());

  plan = Decide(ServiceState(2).Healthy(kOld, 2).Healthy(kCurrent).Unjudged(kCurrent).situation);
  CHECK(plan.surplus == Names{"a"});

  plan = Decide(ServiceState(2).Healthy(kOld, 2).Healthy(kCurrent, 2).situation);
  CHECK(plan.surplus == Names{"a", "b"});
}

// ECS developer guide, "Rolling update deployments": with 50/100 old tasks are stopped first.
TEST_CASE("where the maximum leaves no room, old tasks make it, down to the minimum") {
  Plan plan = Decide(ServiceState(4, 50, 100).Healthy(kOld, 4).situation);
  CHECK(plan.start == 0);
  CHECK(plan.surplus.size() == 2);
  CHECK_FALSE(plan.blocked);
  plan = Decide(ServiceState(4, 50, 100).Healthy(kOld, 2).situation);
  CHECK(plan.start == 2);
  plan = Decide(ServiceState(4, 50, 100).Healthy(kOld, 2).Starting(kCurrent, 2).situation);
  CHECK(plan.start == 0);
  CHECK(plan.surplus.empty());
  CHECK_FALSE(plan.blocked);
}

TEST_CASE("percentages that allow neither starting nor stopping block the deployment") {
  const Plan plan = Decide(ServiceState(1, 100, 150).Healthy(kOld).situation);
  CHECK(plan.start == 0);
  CHECK(plan.surplus.empty());
  CHECK(plan.blocked);
}

TEST_CASE("the limits are rounded as AWS rounds them: the minimum up, the maximum down") {
  // 3 tasks, 50%: 2 stay healthy; 150%: 4 at most.
  Plan plan = Decide(ServiceState(3, 50, 150).Healthy(kOld, 3).situation);
  CHECK(plan.start == 1);
  plan = Decide(ServiceState(3, 50, 100).Healthy(kOld, 3).situation);
  CHECK(plan.surplus.size() == 1);
}

TEST_CASE("old tasks that do not serve go at once") {
  const Plan plan = Decide(ServiceState(2).Starting(kOld).Unhealthy(kOld).situation);
  CHECK(plan.surplus == Names{"a", "b"});
  CHECK(plan.start == 2);
}

// ECS developer guide, "Amazon ECS services": a replacement is started first, and judged, before the unhealthy task is
// stopped; if the replacement is unhealthy too, one of the unhealthy ones is stopped.
TEST_CASE("an unhealthy task is replaced before it is stopped") {
  Plan plan = Decide(ServiceState(2).Healthy(kCurrent).Unhealthy(kCurrent).situation);
  CHECK(plan.start == 1);
  CHECK(plan.replacements == 1);
  CHECK(plan.unhealthy.empty());

  plan = Decide(ServiceState(2).Healthy(kCurrent).Unhealthy(kCurrent).Unjudged(kCurrent).situation);
  CHECK(plan.start == 0);
  CHECK(plan.unhealthy.empty());
  CHECK(plan.surplus.empty());

  plan = Decide(ServiceState(2).Healthy(kCurrent).Unhealthy(kCurrent).Healthy(kCurrent).situation);
  CHECK(plan.unhealthy == Names{"b"});
  CHECK(plan.surplus.empty());

  plan = Decide(ServiceState(2).Healthy(kCurrent).Unhealthy(kCurrent).Unhealthy(kCurrent).situation);
  CHECK(plan.unhealthy == Names{"b"});
}

TEST_CASE("where the maximum forbids a replacement, unhealthy tasks are stopped first, one at a time") {
  Plan plan = Decide(ServiceState(2, 50, 100).Unhealthy(kCurrent, 2).situation);
  CHECK(plan.start == 0);
  CHECK(plan.unhealthy == Names{"a"});
  // A bad release: the old tasks stay, as the minimum demands.
  plan = Decide(ServiceState(2).Healthy(kOld, 2).Unhealthy(kCurrent, 2).situation);
  CHECK(plan.unhealthy == Names{"c"});
  CHECK(plan.surplus.empty());
}

TEST_CASE("protected tasks are neither scaled in nor replaced by a deployment, but by their own bad health") {
  auto scaled = ServiceState(1).Healthy(kCurrent, 3).situation;
  scaled.tasks[2].is_protected = true;
  CHECK(Decide(scaled).surplus == Names{"b", "a"});
  scaled.desired = 0;
  CHECK(Decide(scaled).surplus.size() == 2);
  auto deployed = ServiceState(1).Healthy(kOld).Healthy(kCurrent).situation;
  CHECK(Decide(deployed).surplus == Names{"a"});
  deployed.tasks[0].is_protected = true;
  CHECK(Decide(deployed).surplus.empty());
  auto sick = ServiceState(1).Unhealthy(kCurrent).Healthy(kCurrent).situation;
  sick.tasks[0].is_protected = true;
  CHECK(Decide(sick).unhealthy == Names{"a"});

  // Developer guide, "Amazon ECS service event messages": more protected tasks than are wanted.
  CHECK(Decide(ServiceState(2).Healthy(kCurrent, 3).situation).held.empty());
  ServiceState held(1);
  held.Healthy(kCurrent, 3);
  for (auto& task : held.situation.tasks) task.is_protected = true;
  CHECK_FALSE(Decide(held.situation).held.empty());
  held.situation.desired = 3;
  CHECK(Decide(held.situation).held.empty());
  ServiceState replaced(1);
  replaced.Healthy(kOld).Healthy(kCurrent);
  replaced.situation.tasks[0].is_protected = true;
  CHECK(Decide(replaced.situation).held == "a");
}

TEST_CASE("scaling in stops what does not run yet, then empties the fullest Availability Zone") {
  CHECK(Decide(ServiceState(2).Healthy(kCurrent, 2).Starting(kCurrent).situation).surplus == Names{"c"});
  CHECK(Decide(ServiceState(2).Healthy(kCurrent, 3).situation).surplus == Names{"c"});  // zones a b a
  CHECK(Decide(ServiceState(1).Healthy(kCurrent, 3).situation).surplus == Names{"c", "b"});
  CHECK(Decide(ServiceState(0).Healthy(kCurrent).Unhealthy(kCurrent).Starting(kCurrent).situation).surplus.size() == 2);
  CHECK(Decide(ServiceState(0).Healthy(kCurrent).Unhealthy(kCurrent).situation).unhealthy.size() == 1);
}

TEST_CASE("scaling out starts what is missing") {
  CHECK(Decide(ServiceState(5).Healthy(kCurrent, 2).situation).start == 3);
}

TEST_CASE("a scheduler that waits or has given up starts nothing, and keeps the old tasks") {
  ServiceState service(2);
  service.Healthy(kOld, 2).Starting(kCurrent);
  service.situation.may_start = false;
  const Plan plan = Decide(service.situation);
  CHECK(plan.start == 0);
  CHECK(plan.surplus.empty());
  CHECK_FALSE(plan.blocked);
}

TEST_CASE("steady is: the desired number of current tasks, all healthy, nothing else") {
  CHECK(IsSteady(ServiceState(2).Healthy(kCurrent, 2).situation));
  CHECK(IsSteady(ServiceState(0).situation));
  CHECK_FALSE(IsSteady(ServiceState(2).Healthy(kCurrent).situation));
  CHECK_FALSE(IsSteady(ServiceState(2).Healthy(kCurrent).Unjudged(kCurrent).situation));
  CHECK_FALSE(IsSteady(ServiceState(2).Healthy(kCurrent).Healthy(kOld).situation));
}

// ECS developer guide, circuit breaker: 0.5 times the desired count, at least 3, at most 200.
TEST_CASE("the circuit breaker's threshold") {
  CHECK(CircuitBreakerThreshold(1) == 3);
  CHECK(CircuitBreakerThreshold(7) == 4);
  CHECK(CircuitBreakerThreshold(25) == 13);
  CHECK(CircuitBreakerThreshold(400) == 200);
  CHECK(CircuitBreakerThreshold(800) == 200);
}

TEST_CASE("starts that fail make the scheduler wait ever longer, up to a limit") {
  CHECK(BackOff(0, Pace::kQuick) == Duration(0));
  CHECK(BackOff(1, Pace::kQuick) < BackOff(2, Pace::kQuick));
  CHECK(BackOff(1000, Pace::kQuick) == Duration(10'000));
  CHECK(BackOff(1000, Pace::kRealistic) == Duration(900'000));
}

// Every situation leads somewhere: simulated to the end, a rollout completes for all limits that allow it.
TEST_CASE("a rollout completes under all limits that do not block it, and never leaves them") {
  for (const int desired : {1, 2, 3, 5, 10}) {
    for (const int minimum : {0, 50, 100}) {
      for (const int maximum : {100, 110, 150, 200}) {
        const int lower = (desired * minimum + 99) / 100, upper = desired * maximum / 100;
        if (lower >= upper && lower == desired) continue;
        CAPTURE(desired, minimum, maximum);
        ServiceState service(desired, minimum, maximum);
        service.Healthy(kOld, desired);
        auto& tasks = service.situation.tasks;
        int rounds = 0;
        while (!IsSteady(service.situation)) {
          REQUIRE(++rounds < 100);
          const Plan plan = Decide(service.situation);
          REQUIRE_FALSE(plan.blocked);
          std::erase_if(tasks, [&](const TaskState& task) {
            return std::find(plan.surplus.begin(), plan.surplus.end(), task.id) != plan.surplus.end();
          });
          const auto healthy = std::count_if(tasks.begin(), tasks.end(),
                                             [](const auto& task) { return task.verdict == Verdict::kHealthy; });
          REQUIRE(healthy >= lower);
          for (auto& task : tasks) {  // what was started before has become healthy by now
            task.running = true;
            task.verdict = Verdict::kHealthy;
          }
          for (int i = 0; i < plan.start; ++i) {
            TaskState task;
            task.id = std::to_string(rounds) + "-" + std::to_string(i);
            task.created = {1000 + rounds};
            tasks.push_back(task);
          }
          REQUIRE(static_cast<int>(tasks.size()) <= std::max(upper, desired));
        }
      }
    }
  }
}
