// Where the load balancers find their targets: the tasks that the runtime runs.
#pragma once

#include "emulator/loadbalancer/data_plane.h"
#include "emulator/tasks/runtime.h"
#include "store/database.h"

namespace drydock::world {

// The network interface of a task; nullopt when there is no such task or it has none (any more).
std::optional<std::string> FindInterfaceOfTask(store::Database& database, const std::string& task_arn);

// Thread-safe; the runtime must outlive it.
class TaskHosts : public loadbalancer::Hosts {
 public:
  explicit TaskHosts(const tasks::Runtime& runtime) : runtime_(runtime) {}

  loadbalancer::Dial Locate(const std::string& vpc_id, const std::string& address, int port,
                            const std::string& source_address) const override;

 private:
  const tasks::Runtime& runtime_;
};

}  // namespace drydock::world
