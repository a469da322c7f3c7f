// The health of a target as DescribeTargetHealth tells it, and the pure rules by which probes change it.
// States, reasons and descriptions: Application Load Balancer guide, "Health checks for your target groups"; API
// reference, TargetHealth.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::loadbalancer {

struct HealthCheckSettings;  // configuration.h

enum class TargetStatus { kInitial, kHealthy, kUnhealthy, kUnused, kDraining, kUnavailable };

// "initial", "healthy", …
std::string_view Name(TargetStatus status);

struct TargetHealth {
  TargetStatus status = TargetStatus::kInitial;
  std::string reason;       // "Target.Timeout"; empty when healthy
  std::string description;  // "Request timed out"; empty when healthy
  auto operator<=>(const TargetHealth&) const = default;
};

// The healths that need no probe.
TargetHealth RegistrationInProgress();
TargetHealth InitialHealthChecking();
TargetHealth NotRegistered();
TargetHealth NotInUse();
TargetHealth ZoneNotEnabled();
TargetHealth DeregistrationInProgress();
TargetHealth HealthCheckDisabled();
TargetHealth InvalidState(std::string description);
TargetHealth IpUnusable();
TargetHealth InternalError();

// What came of one probe.
struct ProbeResult {
  enum class Outcome { kAnswered, kConnected, kTimeout, kFailed };
  Outcome outcome = Outcome::kFailed;  // kConnected: a TCP check that succeeded; kFailed: refused, reset or no HTTP
  int status_code = 0;                 // of kAnswered
};

// The success codes of a target group: "200", "200,202" or "200-299", mixed freely. What cannot be read matches
// nothing.
class Matcher {
 public:
  explicit Matcher(std::string_view text);
  bool Matches(int status_code) const;

 private:
  std::vector<std::pair<int, int>> ranges_;
};

// One target's progress through the states. A new target needs one success to become healthy whatever the threshold,
// later changes need the threshold's number of consecutive results.
class HealthMachine {
 public:
  const TargetHealth& health() const { return health_; }
  // Begins anew, as after a registration.
  void Restart(TargetHealth health);
  // Takes a probe's result in; the health may change.
  void Observe(const ProbeResult& result, const HealthCheckSettings& settings);

 private:
  TargetHealth health_ = RegistrationInProgress();
  int successes_ = 0;
  int failures_ = 0;
};

}  // namespace drydock::loadbalancer
