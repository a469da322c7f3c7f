// A simulated task while it runs.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "emulator/tasks/runtime.h"
#include "emulator/tasks/simulated/behaviour.h"

namespace drydock::tasks::simulated {

// Immutable but for `running`, which goes from true to false once.
struct RunningContainer {
  ContainerSpec spec;
  Behaviour behaviour;
  std::string description;  // DescribeContainer
  std::atomic<bool> running{true};
};

struct RunningTask {
  TaskSpec spec;  // its containers are in `containers`
  std::vector<std::unique_ptr<RunningContainer>> containers;

  // The running container that listens on the port, or nullptr.
  const RunningContainer* Listening(int port) const {
    for (const auto& container : containers) {
      if (!container->running || !container->behaviour.listens) continue;
      for (const int own : container->spec.ports) {
        if (own == port) return container.get();
      }
    }
    return nullptr;
  }
};

}  // namespace drydock::tasks::simulated
