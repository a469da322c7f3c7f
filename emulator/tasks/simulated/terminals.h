// Session Manager's side of ECS Exec: WebSocket connections on a loopback port of their own, in which the
// session-manager-plugin of the AWS CLI finds the shell of a simulated container (shell.h).
#pragma once

#include <memory>
#include <string>

#include "emulator/tasks/simulated/running_task.h"

namespace drydock::tasks::simulated {

// Thread-safe.
class Terminals {
 public:
  // The port is opened with the first session. `clock` must outlive it.
  explicit Terminals(Clock& clock);
  ~Terminals();
  Terminals(const Terminals&) = delete;
  Terminals& operator=(const Terminals&) = delete;

  // A session that can be entered once with its token; nullopt when no loopback port can be opened.
  std::optional<ExecSession> Open(std::shared_ptr<const RunningTask> task, const RunningContainer& container,
                                  const std::string& command);

 private:
  class Implementation;
  Clock& clock_;
  std::mutex mutex_;
  std::unique_ptr<Implementation> implementation_;  // guarded by mutex_
};

}  // namespace drydock::tasks::simulated
