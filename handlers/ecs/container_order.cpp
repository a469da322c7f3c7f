#include "handlers/ecs/container_order.h"

#include <fmt/format.h>

#include <algorithm>

namespace drydock::ecs {
namespace {

// As the agent writes containers in its errors.
std::string Written(const records::ecs::Container& container) {
  const bool stopped = container.last_status == "STOPPED";
  std::string text = fmt::format("{}({}) ({}->{})", container.name, container.image,
                                 container.last_status == "PENDING" ? "PULLED" : container.last_status,
                                 stopped ? "STOPPED" : "RUNNING");
  if (container.exit_code) text += fmt::format(" - Exit: {}", *container.exit_code);
  return text;
}

}  // namespace

Readiness ReadinessOf(std::size_t index, const List<ContainerDefinition>& definitions,
                      const std::vector<records::ecs::Container>& containers, Timestamp now) {
  const auto& target = containers[index];
  Readiness result;
  for (const auto& dependency : definitions[index].dependsOn) {
    const std::string condition = dependency.condition.value_or("");
    const auto found = std::find_if(containers.begin(), containers.end(),
                                    [&](const auto& each) { return each.name == dependency.containerName; });
    if (found == containers.end()) continue;  // registration refuses it
    const auto& on = *found;
    const bool started = on.started_at.has_value(), stopped = on.last_status == "STOPPED";
    const auto never = [&](const char* form) {
      return Readiness{Readiness::State::kNever,
                       "dependency graph: " + fmt::format(fmt::runtime(form), Written(on), Written(target)),
                       std::nullopt};
    };
    if (stopped && !started)
      return never(
          "failed to resolve container ordering dependency [{}] for target [{}] because dependency will never start");
    if (condition == "START" && started) continue;
    if (condition == "COMPLETE" && stopped) continue;
    if (condition == "SUCCESS" && stopped) {
      if (on.exit_code == 0) continue;
      return never(
          "failed to resolve container ordering dependency [{}] for target [{}] as dependency did not exit "
          "successfully.");
    }
    if (condition == "HEALTHY" && on.health_status == "HEALTHY") continue;
    if (condition == "HEALTHY" && stopped)
      return never(
          "failed to resolve container ordering dependency [{}] for target [{}] because dependency will never start");
    const auto timeout = definitions[static_cast<std::size_t>(found - containers.begin())].startTimeout;
    if (timeout && *timeout > 0 && started && condition != "START") {
      const Timestamp until = *on.started_at + std::chrono::seconds(*timeout);
      if (until <= now) return never("container ordering dependency [{}] for target [{}] has timed out.");
      if (!result.look_again || until < *result.look_again) result.look_again = until;
    }
    result.state = Readiness::State::kWaiting;
  }
  return result;
}

bool StartsAgain(const ContainerDefinition& definition, const records::ecs::Container& container, int exit_code,
                 Timestamp now) {
  const auto& policy = definition.restartPolicy;
  if (!policy || !policy->enabled.value_or(false) || !container.started_at) return false;
  const auto& ignored = policy->ignoredExitCodes;
  if (std::find(ignored.begin(), ignored.end(), exit_code) != ignored.end()) return false;
  return *container.started_at + std::chrono::seconds(policy->restartAttemptPeriod.value_or(300)) <= now;
}

}  // namespace drydock::ecs
