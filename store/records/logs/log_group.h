// A log group of CloudWatch Logs, and its streams. The events are in store/log_events.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "store/record.h"

namespace drydock::records::logs {

struct LogGroup {
  std::string name;
  Timestamp created_at;
  std::optional<std::int32_t> retention_in_days;  // absent: events are kept for ever
  std::optional<std::string> kms_key_id;          // stored and shown
  std::string log_group_class = "STANDARD";       // STANDARD, INFREQUENT_ACCESS, DELIVERY; stored and shown
  bool deletion_protection = false;
  std::map<std::string, std::string> tags;

  static constexpr store::TableName kTable{"logs_log_group"};
  static constexpr auto kId = store::Members(&LogGroup::name);
};

struct LogStream {
  std::string log_group;
  std::string name;
  Timestamp created_at;

  static constexpr store::TableName kTable{"logs_log_stream"};
  static constexpr auto kId = store::Members(&LogStream::log_group, &LogStream::name);
  static constexpr auto kIndexed = store::Members(&LogStream::log_group);
};

}  // namespace drydock::records::logs

DRYDOCK_SCHEMA(drydock::records::logs::LogGroup, name, created_at, retention_in_days, kms_key_id, log_group_class,
               deletion_protection, tags)
DRYDOCK_SCHEMA(drydock::records::logs::LogStream, log_group, name, created_at)
