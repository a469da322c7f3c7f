// One line of an Application Load Balancer's access log.
// Source: Application Load Balancer guide, "Access logs for your Application Load Balancer", the entry's syntax; the
// last four fields came with connection logs and URL rewriting.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/schema.h"

namespace drydock::loadbalancer {

// The 33 fields in AWS's order. An empty string or nullopt is written "-". Times in microseconds since 1970; durations
// in microseconds, negative when the phase was never reached (written -1).
struct AccessLogRecord {
  std::string type = "http";  // http, https, h2, grpcs, ws, wss
  std::int64_t time = 0;      // when the answer was complete
  std::string load_balancer;  // app/<name>/<id>
  std::string client;         // address:port
  std::string target;         // address:port
  std::int64_t request_processing_time = -1;
  std::int64_t target_processing_time = -1;
  std::int64_t response_processing_time = -1;
  int elb_status_code = 0;
  std::optional<int> target_status_code;
  std::int64_t received_bytes = 0;
  std::int64_t sent_bytes = 0;
  std::string request;  // "GET http://www.example.com:80/ HTTP/1.1"
  std::string user_agent;
  std::string ssl_cipher;
  std::string ssl_protocol;
  std::string target_group_arn;
  std::string trace_id;
  std::string domain_name;
  std::string chosen_cert_arn;
  std::optional<int> matched_rule_priority;  // 0: the default rule; -1: an error before a rule was found
  std::int64_t request_creation_time = 0;
  std::string actions_executed;  // "forward", "redirect", "fixed-response"
  std::string redirect_url;
  std::string error_reason;
  std::vector<std::string> targets;  // address:port, every target that was tried
  std::vector<int> target_status_codes;
  std::string classification;
  std::string classification_reason;
  std::string connection_trace_id;  // TID_<32 hex digits>
  std::string transformed_host;
  std::string transformed_uri;
  std::string request_transform_status;

  // Not fields of the line:
  std::string load_balancer_arn;  // whose log it belongs to
  std::string log_group;          // LoadBalancerAttributes::access_log_group
};

// Called on a data plane thread once per finished request; it must not block. It may give back a record that nobody
// needs any more: its strings' space serves a later one.
using AccessLogSink = std::function<std::unique_ptr<AccessLogRecord>(std::unique_ptr<AccessLogRecord>)>;

// The line without its end. Quotes, backslashes and control characters inside quoted fields are written \xHH, so a
// line stays one line and a field one field.
std::string FormatAccessLog(const AccessLogRecord& record);

}  // namespace drydock::loadbalancer
