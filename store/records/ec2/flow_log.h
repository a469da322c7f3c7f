// A VPC flow log: whose traffic is recorded, and where the records go.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct FlowLog {
  std::string flow_log_id;
  std::string resource_id;   // a VPC, a subnet or a network interface
  std::string traffic_type;  // ACCEPT | REJECT | ALL
  std::string log_group_name;
  std::string deliver_logs_permission_arn;
  std::string log_format;
  std::int32_t max_aggregation_interval = 600;  // seconds
  std::string deliver_logs_status = "SUCCESS";  // SUCCESS | FAILED
  std::optional<std::string> deliver_logs_error_message;
  Timestamp creation_time;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_flow_log"};
  static constexpr auto kId = store::Members(&FlowLog::flow_log_id);
  static constexpr auto kIndexed = store::Members(&FlowLog::resource_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::FlowLog, flow_log_id, resource_id, traffic_type, log_group_name,
               deliver_logs_permission_arn, log_format, max_aggregation_interval, deliver_logs_status,
               deliver_logs_error_message, creation_time, tags)
