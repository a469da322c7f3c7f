// In which order a task's containers start: dependsOn, startTimeout; and which of them start again: restartPolicy.
// Pure. ECS developer guide, "Task definition parameters" (container dependencies, container timeouts) and "Restart
// individual containers in Amazon ECS tasks with container restart policies".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ecs/ContainerDefinition.h"
#include "emulator/core/clock.h"
#include "store/records/ecs/task.h"

namespace drydock::ecs {

struct Readiness {
  enum class State { kReady, kWaiting, kNever };
  State state = State::kReady;
  std::string problem;                  // kNever: why, in the agent's words (unconfirmed for Fargate)
  std::optional<Timestamp> look_again;  // kWaiting: when a dependency's startTimeout is over
};

// Whether a container that has not started yet may. `definitions` and `containers` are those of the task, in the same
// order.
Readiness ReadinessOf(std::size_t index, const List<ContainerDefinition>& definitions,
                      const std::vector<records::ecs::Container>& containers, Timestamp now);

// Whether the container starts again after this exit: the policy is enabled, the exit code is not ignored, and the
// container ran for the policy's period (300 seconds unless given).
bool StartsAgain(const ContainerDefinition& definition, const records::ecs::Container& container, int exit_code,
                 Timestamp now);

}  // namespace drydock::ecs
