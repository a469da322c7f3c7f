#include "emulator/loadbalancer/access_log.h"

#include <fmt/format.h>

#include "emulator/core/clock.h"

namespace drydock::loadbalancer {

namespace {

// 2018-07-02T22:23:00.186641Z
std::string Time(std::int64_t microseconds) {
  const std::int64_t fraction = (microseconds % 1'000'000 + 1'000'000) % 1'000'000;
  std::string seconds = FormatIso8601({(microseconds - fraction) / 1000});
  seconds.pop_back();
  return fmt::format("{}.{:06}Z", seconds, fraction);
}

// Seconds with three decimals; -1 for a phase that was not reached.
std::string Elapsed(std::int64_t microseconds) {
  return microseconds < 0 ? "-1" : fmt::format("{:.3f}", static_cast<double>(microseconds) / 1e6);
}

std::string Plain(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string Quoted(std::string_view text) {
  if (text.empty()) return "\"-\"";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || c == '"' || c == '\\') {
      quoted += fmt::format("\\x{:02X}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string Number(const std::optional<int>& number) {
  return number ? std::to_string(*number) : "-";
}

}  // namespace

std::string FormatAccessLog(const AccessLogRecord& r) {
  return fmt::format(
      "{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", r.type,
      Time(r.time), Plain(r.load_balancer), Plain(r.client), Plain(r.target), Elapsed(r.request_processing_time),
      Elapsed(r.target_processing_time), Elapsed(r.response_processing_time), r.elb_status_code,
      Number(r.target_status_code), r.received_bytes, r.sent_bytes, Quoted(r.request), Quoted(r.user_agent),
      Plain(r.ssl_cipher), Plain(r.ssl_protocol), Plain(r.target_group_arn), Quoted(r.trace_id), Quoted(r.domain_name),
      Quoted(r.chosen_cert_arn), Number(r.matched_rule_priority), Time(r.request_creation_time),
      Quoted(r.actions_executed), Quoted(r.redirect_url), Quoted(r.error_reason),
      Quoted(fmt::format("{}", fmt::join(r.targets, " "))),
      Quoted(fmt::format("{}", fmt::join(r.target_status_codes, " "))), Quoted(r.classification),
      Quoted(r.classification_reason), Plain(r.connection_trace_id), Quoted(r.transformed_host),
      Quoted(r.transformed_uri), Quoted(r.request_transform_status));
}

}  // namespace drydock::loadbalancer
