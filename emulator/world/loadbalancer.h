// What the store says of load balancers, told to the data plane.
#pragma once

#include <functional>
#include <memory>

#include "emulator/loadbalancer/configuration.h"
#include "store/database.h"

namespace drydock::world {

// The load balancers of all accounts and regions that are active, with their listeners and the target groups they use;
// what serves nothing yet is not in it. In the order of their ARNs.
loadbalancer::Configuration ReadLoadBalancers(store::Transaction& tx);

// Publishes the configuration when it is made and after every commit that changed it, before the Write returns. One
// publication at a time, never an older state after a newer one. What a commit does not reach is shared by the
// configurations before and after it.
//
// Writes of Elastic Load Balancing's records must therefore not come from DataPlane's own events: those hand over to
// another thread first.
class LoadBalancerWorld {
 public:
  // `publish` is DataPlane::Publish. Database and data plane must outlive this.
  LoadBalancerWorld(store::Database& database, std::function<void(loadbalancer::ConfigurationPointer)> publish);
  LoadBalancerWorld(const LoadBalancerWorld&) = delete;
  LoadBalancerWorld& operator=(const LoadBalancerWorld&) = delete;
  // No publication is under way or begins once it has returned.
  ~LoadBalancerWorld();

 private:
  class Publisher;
  std::shared_ptr<Publisher> publisher_;  // shared with a commit that is being announced on another thread
  store::Subscription subscription_;
};

}  // namespace drydock::world
