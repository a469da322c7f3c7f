#include "handlers/elbv2/health_checks.h"

#include <charconv>
#include <utility>

#include "emulator/core/text.h"
#include "handlers/elbv2/errors.h"
#include "handlers/elbv2/protocols.h"

namespace drydock::elbv2 {

namespace {

using records::elbv2::HealthCheck;
using TargetGroupRecord = records::elbv2::TargetGroup;

std::optional<int> ReadNatural(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return number;
}

// "200", "200,202", "200-299", mixed, within the range.
bool IsMatcher(const std::string& text, std::pair<int, int> range) {
  for (const std::string& part : Split(text, ',')) {
    const auto ends = Split(part, '-');
    if (part.empty() || ends.size() > 2) return false;
    int previous = range.first;
    for (const std::string& end : ends) {
      const auto code = end.empty() ? std::nullopt : ReadNatural(end);
      if (!code || *code < previous || *code > range.second) return false;
      previous = *code;
    }
  }
  return !text.empty();
}

// Defaults: API Reference, CreateTargetGroup; the timeout of HTTP and HTTPS groups by aws-facts E.1.
HealthCheck Defaults(const TargetGroupRecord& group, const std::string& check_protocol) {
  HealthCheck check;
  check.protocol = check_protocol;
  check.port = group.protocol == "GENEVE" ? "80" : "traffic-port";
  check.interval_seconds = group.protocol == "GENEVE" ? 10 : 30;
  check.healthy_threshold = 5;
  check.unhealthy_threshold = 2;
  if (group.target_type == "lambda") {
    check.enabled = false;
    check.protocol.clear();
    check.port.clear();
    check.path = "/";
    check.http_code = "200";
    check.interval_seconds = 35;
    check.timeout_seconds = 30;
    check.unhealthy_threshold = 5;
    return check;
  }
  if (IsHttp(group.protocol) || group.protocol == "GENEVE") {
    check.timeout_seconds = 5;
  } else {
    check.timeout_seconds = check_protocol == "HTTP" ? 6 : 10;
  }
  if (IsHttp(check_protocol)) {
    check.path = "/";
    check.http_code = IsHttp(group.protocol) ? "200" : "200-399";
  }
  return check;
}

// Takes over what the request names. In: CreateTargetGroupInput or ModifyTargetGroupInput, which name it alike.
template <class In>
void Apply(HealthCheck& check, const In& in) {
  if (in.HealthCheckEnabled) check.enabled = *in.HealthCheckEnabled;
  if (in.HealthCheckPort) check.port = *in.HealthCheckPort;
  if (in.HealthCheckPath) check.path = *in.HealthCheckPath;
  if (in.HealthCheckIntervalSeconds) check.interval_seconds = *in.HealthCheckIntervalSeconds;
  if (in.HealthCheckTimeoutSeconds) check.timeout_seconds = *in.HealthCheckTimeoutSeconds;
  if (in.HealthyThresholdCount) check.healthy_threshold = *in.HealthyThresholdCount;
  if (in.UnhealthyThresholdCount) check.unhealthy_threshold = *in.UnhealthyThresholdCount;
  if (in.Matcher && in.Matcher->HttpCode) check.http_code = *in.Matcher->HttpCode;
  // No group here has the protocol version GRPC.
  if (in.Matcher && in.Matcher->GrpcCode)  // unconfirmed wording
    throw errors::Validation("GRPC codes can only be specified for target groups with the protocol version 'GRPC'");
}

// The wording is unconfirmed but for the interval's.
void Check(const TargetGroupRecord& group, const HealthCheck& check) {
  const bool function = group.target_type == "lambda";
  if (!check.enabled && !function)
    throw errors::Validation(
        fmt::format("Health check enabled must be true for target groups with target type '{}'", group.target_type));
  const bool may_be_tcp = !IsHttp(group.protocol) && !function && group.target_type != "alb";
  if (!function && !IsHttp(check.protocol) && !(check.protocol == "TCP" && may_be_tcp))
    throw errors::Validation(fmt::format("Health check protocol '{}' must be one of '{}'", check.protocol,
                                         may_be_tcp ? "HTTP, HTTPS, TCP" : "HTTP, HTTPS"));
  if (!function && check.port != "traffic-port") {
    const auto port = check.port.empty() ? std::nullopt : ReadNatural(check.port);
    if (!port || *port < 1 || *port > 65535)
      throw errors::Validation(
          fmt::format("Health check port '{}' must be 'traffic-port' or between '1-65535' inclusive", check.port));
  }
  if (check.timeout_seconds >= check.interval_seconds) throw errors::IntervalNotAboveTimeout();
  if (!function && !IsHttp(check.protocol)) {
    if (!check.path.empty())
      throw errors::Validation(
          fmt::format("Health check path cannot be specified for health checks with protocol '{}'", check.protocol));
    if (!check.http_code.empty())
      throw errors::Validation(
          fmt::format("Health check matcher cannot be specified for health checks with protocol '{}'", check.protocol));
    return;
  }
  if (!check.path.starts_with('/'))
    throw errors::Validation(fmt::format("Health check path '{}' must begin with a '/' character", check.path));
  const std::pair<int, int> codes{200, group.protocol == "GENEVE"           ? 399
                                       : function || IsHttp(group.protocol) ? 499
                                                                            : 599};
  if (!IsMatcher(check.http_code, codes))
    throw errors::Validation(fmt::format("Health check matcher HTTP code '{}' must be within '{}-{}' inclusive",
                                         check.http_code, codes.first, codes.second));
}

}  // namespace

HealthCheck MakeHealthCheck(const TargetGroupRecord& group, const CreateTargetGroupInput& in) {
  const bool http = IsHttp(group.protocol) || group.target_type == "alb";
  HealthCheck check = Defaults(group, in.HealthCheckProtocol.value_or(http ? "HTTP" : "TCP"));
  Apply(check, in);
  Check(group, check);
  return check;
}

HealthCheck ModifyHealthCheck(const TargetGroupRecord& group, const ModifyTargetGroupInput& in) {
  HealthCheck check = group.health_check;
  if (in.HealthCheckProtocol && *in.HealthCheckProtocol != check.protocol) {
    const HealthCheck other = Defaults(group, *in.HealthCheckProtocol);
    check.protocol = other.protocol;
    if (check.path.empty() || other.path.empty()) {  // between HTTP and TCP the settings mean something else
      check.path = other.path;
      check.http_code = other.http_code;
    }
  }
  Apply(check, in);
  Check(group, check);
  return check;
}

}  // namespace drydock::elbv2
