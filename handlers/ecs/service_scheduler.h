// The service scheduler's decisions: which tasks to start and to stop. Pure: a situation in, a plan out.
// ECS developer guide, "Rolling update deployments" and "Amazon ECS services" (replacement of unhealthy tasks);
// aws-facts D.6.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/clock.h"

namespace drydock::ecs {

enum class Verdict {
  kPending,  // not running yet, or running and not yet judged
  kHealthy,
  kUnhealthy,
};

// A task of the service that is not being stopped.
struct TaskState {
  std::string id;
  bool current = true;  // of the PRIMARY deployment
  bool running = false;
  Verdict verdict = Verdict::kPending;
  std::string availability_zone;
  Timestamp created;
  bool is_protected = false;  // from scaling in and from deployments (task_protection.h); not from its own bad health
};

struct Situation {
  int desired = 0;
  int minimum_healthy_percent = 100;
  int maximum_percent = 200;
  bool may_start = true;  // false while the scheduler backs off and after the deployment has failed
  std::vector<TaskState> tasks;
};

struct Plan {
  int start = 0;
  int replacements = 0;                // how many of these stand in for unhealthy tasks
  std::vector<std::string> surplus;    // to stop: not wanted any more
  std::vector<std::string> unhealthy;  // to stop: unhealthy
  std::string held;                    // a task that stays only because it is protected; empty: none
  bool blocked = false;                // something should happen, and the percentages forbid all of it
};

// Keeps at least ceil(desired * minimum / 100) healthy tasks and at most floor(desired * maximum / 100) tasks.
Plan Decide(const Situation& situation);

// All that was wanted is there: `desired` current tasks, all healthy, and no others.
bool IsSteady(const Situation& situation);

// The failures in a row at which the circuit breaker opens: half the desired count, at least 3, at most 200.
// ECS developer guide, "How the Amazon ECS deployment circuit breaker detects failures".
int CircuitBreakerThreshold(int desired);

// How long to wait after the `failures`th start in a row that failed. Realistic: up to 15 minutes, as the guide's
// "Service throttle logic" has it (the steps below that are unconfirmed); quick: up to 10 seconds.
Duration BackOff(int failures, Pace pace);

}  // namespace drydock::ecs
