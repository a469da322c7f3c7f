// A simulated task while it runs.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/tasks/runtime.h"
#include "emulator/tasks/simulated/behaviour.h"

namespace drydock::tasks::simulated {

// Read and changed from several threads.
class RunningContainer {
 public:
  RunningContainer(ContainerSpec container, std::string page)
      : spec(std::move(container)), description(std::move(page)) {}

  const ContainerSpec spec;
  const std::string description;  // DescribeContainer
  std::atomic<bool> running{false};
  // Which start of the container this is; 0: none yet. What was planned for an earlier one does not happen.
  std::atomic<int> run{0};
  std::atomic<std::uint64_t> order{0};  // grows from start to start: the last started is stopped first

  std::shared_ptr<const Behaviour> behaviour() const {
    std::lock_guard lock(mutex_);
    return behaviour_;
  }
  void Behave(Behaviour behaviour) {
    auto next = std::make_shared<const Behaviour>(std::move(behaviour));
    std::lock_guard lock(mutex_);
    behaviour_ = std::move(next);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Behaviour> behaviour_ = std::make_shared<const Behaviour>();  // guarded by mutex_
};

// Also a host, as a task of one container that nobody is told about.
struct RunningTask {
  TaskSpec spec;  // its containers are in `containers`
  bool is_host = false;
  std::vector<std::unique_ptr<RunningContainer>> containers;

  // The running container that listens on the port, or nullptr.
  const RunningContainer* Listening(int port) const {
    for (const auto& container : containers) {
      if (!container->running || !container->behaviour()->listens) continue;
      for (const int own : container->spec.ports) {
        if (own == port) return container.get();
      }
    }
    return nullptr;
  }
};

}  // namespace drydock::tasks::simulated
