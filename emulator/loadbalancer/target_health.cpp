#include "emulator/loadbalancer/target_health.h"

#include <charconv>

#include <fmt/format.h>

#include "emulator/core/text.h"
#include "emulator/loadbalancer/configuration.h"

namespace drydock::loadbalancer {

std::string_view Name(TargetStatus status) {
  switch (status) {
    case TargetStatus::kInitial:
      return "initial";
    case TargetStatus::kHealthy:
      return "healthy";
    case TargetStatus::kUnhealthy:
      return "unhealthy";
    case TargetStatus::kUnused:
      return "unused";
    case TargetStatus::kDraining:
      return "draining";
    case TargetStatus::kUnavailable:
      return "unavailable";
  }
  return "";
}

TargetHealth RegistrationInProgress() {
  return {TargetStatus::kInitial, "Elb.RegistrationInProgress", "Target registration is in progress"};
}
TargetHealth InitialHealthChecking() {
  return {TargetStatus::kInitial, "Elb.InitialHealthChecking", "Initial health checks in progress"};
}
TargetHealth NotRegistered() {
  return {TargetStatus::kUnused, "Target.NotRegistered", "Target is not registered to the target group"};
}
TargetHealth NotInUse() {
  return {TargetStatus::kUnused, "Target.NotInUse",
          "Target group is not configured to receive traffic from the load balancer"};
}
TargetHealth ZoneNotEnabled() {
  return {TargetStatus::kUnused, "Target.NotInUse",
          "Target is in an Availability Zone that is not enabled for the load balancer"};
}
TargetHealth DeregistrationInProgress() {
  return {TargetStatus::kDraining, "Target.DeregistrationInProgress", "Target deregistration is in progress"};
}
TargetHealth HealthCheckDisabled() {
  return {TargetStatus::kUnavailable, "Target.HealthCheckDisabled", "Health checks are disabled"};
}
TargetHealth InvalidState(std::string description) {
  return {TargetStatus::kUnused, "Target.InvalidState", std::move(description)};
}
TargetHealth IpUnusable() {
  return {TargetStatus::kUnused, "Target.IpUnusable",
          "The IP address cannot be used as a target, as it is in use by a load balancer"};
}
TargetHealth InternalError() {
  return {TargetStatus::kUnhealthy, "Elb.InternalError", "Health checks failed due to an internal error"};
}

namespace {

std::optional<int> ReadCode(std::string_view text) {
  int code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return code;
}

TargetHealth Unhealthy(const ProbeResult& result) {
  switch (result.outcome) {
    case ProbeResult::Outcome::kTimeout:
      return {TargetStatus::kUnhealthy, "Target.Timeout", "Request timed out"};
    case ProbeResult::Outcome::kAnswered:
      return {TargetStatus::kUnhealthy, "Target.ResponseCodeMismatch",
              fmt::format("Health checks failed with these codes: [{}]", result.status_code)};
    default:
      return {TargetStatus::kUnhealthy, "Target.FailedHealthChecks", "Health checks failed"};
  }
}

}  // namespace

Matcher::Matcher(std::string_view text) {
  for (const std::string& part : Split(text, ',')) {
    const std::size_t dash = part.find('-');
    const auto first = ReadCode(std::string_view(part).substr(0, dash));
    const auto last = dash == std::string::npos ? first : ReadCode(std::string_view(part).substr(dash + 1));
    if (first && last) ranges_.emplace_back(*first, *last);
  }
}

bool Matcher::Matches(int status_code) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [status_code](const auto& range) {
    return range.first <= status_code && status_code <= range.second;
  });
}

void HealthMachine::Restart(TargetHealth health) {
  health_ = std::move(health);
  successes_ = failures_ = 0;
}

void HealthMachine::Observe(const ProbeResult& result, const HealthCheckSettings& settings) {
  const bool success =
      result.outcome == ProbeResult::Outcome::kConnected ||
      (result.outcome == ProbeResult::Outcome::kAnswered && Matcher(settings.matcher).Matches(result.status_code));
  if (success) {
    failures_ = 0;
    ++successes_;
    const int needed = health_.status == TargetStatus::kInitial ? 1 : settings.healthy_threshold;
    if (successes_ >= needed) health_ = {TargetStatus::kHealthy, "", ""};
    return;
  }
  successes_ = 0;
  ++failures_;
  // An unhealthy target's reason follows the latest failure.
  if (failures_ >= settings.unhealthy_threshold || health_.status == TargetStatus::kUnhealthy) {
    health_ = Unhealthy(result);
  }
}

}  // namespace drydock::loadbalancer
