// Probes the targets of target groups in use and keeps their health. All members may be called from any thread.
//
// Times go by drydock::Clock's alarms: so a manual clock drives the checks, and a probe under way holds its time still.
// In quick pace intervals are a twentieth of what is configured, and so is the time that a check takes which nothing
// answers; a target that is really asked has the whole timeout.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/loadbalancer/data_plane.h"
#include "emulator/loadbalancer/routing.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

class HealthChecker {
 public:
  HealthChecker(Clock& clock, const Network& network, const Hosts& hosts, DataPlaneEvents events, Join join);
  ~HealthChecker();
  HealthChecker(const HealthChecker&) = delete;
  HealthChecker& operator=(const HealthChecker&) = delete;

  // Begins with new targets, forgets those that are gone, leaves the others alone.
  void Update(std::shared_ptr<const Routing> routing);
  TargetHealth HealthOf(const std::string& target_group_arn, const std::string& target_id, int port) const;
  void Stop();

 private:
  class Core;  // outlives this for as long as an alarm may still call
  std::shared_ptr<Core> core_;
};

}  // namespace drydock::loadbalancer
