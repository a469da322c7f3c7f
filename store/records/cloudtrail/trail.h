// A trail of CloudTrail. The events themselves are in store/audit_events.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/cloudtrail/AdvancedEventSelector.h"
#include "api/cloudtrail/EventSelector.h"
#include "api/cloudtrail/InsightSelector.h"
#include "store/record.h"

namespace drydock::records::cloudtrail {

struct Trail {
  std::string arn;
  std::string name;
  std::string home_region;
  std::string s3_bucket;  // stored and shown: nothing is written there
  std::optional<std::string> s3_prefix;
  std::optional<std::string> sns_topic;   // name or ARN; stored and shown
  std::optional<std::string> kms_key_id;  // stored and shown
  bool global_service_events = true;
  bool multi_region = false;
  bool log_file_validation = false;  // stored and shown
  std::optional<std::string> log_group_arn;
  std::optional<std::string> role_arn;
  std::vector<drydock::cloudtrail::EventSelector> event_selectors;
  std::vector<drydock::cloudtrail::AdvancedEventSelector> advanced_event_selectors;
  std::vector<drydock::cloudtrail::InsightSelector> insight_selectors;  // stored and shown
  std::map<std::string, std::string> tags;
  bool logging = false;
  std::optional<Timestamp> started;
  std::optional<Timestamp> stopped;
  std::int64_t delivered = 0;  // the sequence of the last audit event that has been looked at for delivery
  std::optional<Timestamp> logs_delivery;
  std::optional<std::string> logs_delivery_error;  // of the last attempt, if it failed

  static constexpr store::TableName kTable{"cloudtrail_trail", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&Trail::arn);
};

}  // namespace drydock::records::cloudtrail

DRYDOCK_SCHEMA(drydock::records::cloudtrail::Trail, arn, name, home_region, s3_bucket, s3_prefix, sns_topic, kms_key_id,
               global_service_events, multi_region, log_file_validation, log_group_arn, role_arn, event_selectors,
               advanced_event_selectors, insight_selectors, tags, logging, started, stopped, delivered, logs_delivery,
               logs_delivery_error)
