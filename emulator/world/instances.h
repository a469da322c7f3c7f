// What the store says of EC2's instances, told to whoever stands hosts.
#pragma once

#include <memory>

#include "emulator/tasks/hosts.h"
#include "store/database.h"

namespace drydock::world {

// A host for every instance that runs, at the private addresses of its network interfaces, answering on the ports of
// its tag drydock:listen: from now on, and after every commit that changed one, before the Write returns. So it is
// after a restart as well.
class InstanceWorld {
 public:
  // Both must outlive this.
  InstanceWorld(store::Database& database, tasks::Hosts& hosts);
  ~InstanceWorld();
  InstanceWorld(const InstanceWorld&) = delete;
  InstanceWorld& operator=(const InstanceWorld&) = delete;

 private:
  class Follower;
  std::shared_ptr<Follower> follower_;  // shared with a commit that is being announced on another thread
  store::Subscription subscription_;
};

}  // namespace drydock::world
