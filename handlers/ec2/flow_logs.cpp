#include "handlers/ec2/flow_logs.h"

#include <algorithm>

#include "api/ec2/CreateFlowLogsRequest.h"
#include "api/ec2/CreateFlowLogsResult.h"
#include "api/ec2/DeleteFlowLogsRequest.h"
#include "api/ec2/DeleteFlowLogsResult.h"
#include "api/ec2/DescribeFlowLogsRequest.h"
#include "api/ec2/DescribeFlowLogsResult.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxPerResource = 2;  // VPC User Guide, "Quotas": flow logs per interface, subnet or VPC

struct FlowLogField {
  const char* name;
  int version;
};
// VPC User Guide, "Flow log records": available fields.
constexpr FlowLogField kFlowLogFields[] = {
    {"version", 2},
    {"account-id", 2},
    {"interface-id", 2},
    {"srcaddr", 2},
    {"dstaddr", 2},
    {"srcport", 2},
    {"dstport", 2},
    {"protocol", 2},
    {"packets", 2},
    {"bytes", 2},
    {"start", 2},
    {"end", 2},
    {"action", 2},
    {"log-status", 2},
    {"vpc-id", 3},
    {"subnet-id", 3},
    {"instance-id", 3},
    {"tcp-flags", 3},
    {"type", 3},
    {"pkt-srcaddr", 3},
    {"pkt-dstaddr", 3},
    {"region", 4},
    {"az-id", 4},
    {"sublocation-type", 4},
    {"sublocation-id", 4},
    {"pkt-src-aws-service", 5},
    {"pkt-dst-aws-service", 5},
    {"flow-direction", 5},
    {"traffic-path", 5},
    {"ecs-cluster-arn", 7},
    {"ecs-cluster-name", 7},
    {"ecs-container-instance-arn", 7},
    {"ecs-container-instance-id", 7},
    {"ecs-container-id", 7},
    {"ecs-second-container-id", 7},
    {"ecs-service-name", 7},
    {"ecs-task-definition-arn", 7},
    {"ecs-task-arn", 7},
    {"ecs-task-id", 7},
    {"reject-reason", 8},
};

constexpr FilterOf<FlowLog> kFlowLogFilters[] = {
    {"deliver-log-status", &At<&FlowLog::DeliverLogsStatus>},
    {"flow-log-id", &At<&FlowLog::FlowLogId>},
    {"log-destination-type", &At<&FlowLog::LogDestinationType>},
    {"log-group-name", &At<&FlowLog::LogGroupName>},
    {"resource-id", &At<&FlowLog::ResourceId>},
    {"traffic-type", &At<&FlowLog::TrafficType>},
};

FlowLog FlowLogToWire(Context& context, const record::FlowLog& flow_log) {
  FlowLog wire;
  wire.FlowLogId = flow_log.flow_log_id;
  wire.CreationTime = flow_log.creation_time;
  wire.FlowLogStatus = "ACTIVE";
  wire.ResourceId = flow_log.resource_id;
  wire.TrafficType = flow_log.traffic_type;
  wire.LogDestinationType = "cloud-watch-logs";
  wire.LogDestination = context.Arn("logs", "log-group:" + flow_log.log_group_name);
  wire.LogGroupName = flow_log.log_group_name;
  wire.DeliverLogsPermissionArn = flow_log.deliver_logs_permission_arn;
  wire.DeliverLogsStatus = flow_log.deliver_logs_status;
  wire.DeliverLogsErrorMessage = flow_log.deliver_logs_error_message;
  wire.LogFormat = flow_log.log_format;
  wire.MaxAggregationInterval = flow_log.max_aggregation_interval;
  wire.Tags = TagsToWire(flow_log.tags, true);
  return wire;
}

void CheckFlowLogResource(Context& context, const std::string& type, const std::string& id) {
  if (type == "VPC")
    Require<record::Vpc>(context, id);
  else if (type == "Subnet")
    Require<record::Subnet>(context, id);
  else
    Require<record::NetworkInterface>(context, id);
}

// The group that is named, or named by its ARN.
std::string LogGroupOf(Context& context, const CreateFlowLogsRequest& in) {
  if (in.LogGroupName && in.LogDestination)  // texts unconfirmed
    throw errors::InvalidParameter("Please only provide LogGroupName or only provide LogDestination.");
  if (in.LogGroupName) return *in.LogGroupName;
  if (!in.LogDestination) throw errors::InvalidParameter("LogDestination or LogGroupName must be provided.");
  constexpr std::string_view kGroup = "log-group:";
  const auto arn = Arn::Parse(*in.LogDestination);
  if (!arn || arn->service != "logs" || arn->resource.rfind(kGroup, 0) != 0)
    throw errors::InvalidParameter("LogDestination: " + *in.LogDestination + " is not the ARN of a log group.");
  if (arn->region != context.region() || arn->account != context.account())
    throw errors::UnsupportedParameter("LogDestination in another account or Region");
  const std::string name = arn->resource.substr(kGroup.size());
  return name.substr(0, name.find(':'));
}

record::FlowLog Requested(Context& context, const CreateFlowLogsRequest& in) {
  const auto type = *in.ResourceType;
  if (type != "VPC" && type != "Subnet" && type != "NetworkInterface")
    throw errors::UnsupportedParameter("ResourceType=" + type);
  if (in.LogDestinationType && *in.LogDestinationType != "cloud-watch-logs")
    throw errors::UnsupportedParameter("LogDestinationType=" + *in.LogDestinationType);
  RefuseParameters(in, {"DestinationOptions", "DeliverCrossAccountRole"});
  if (in.ResourceIds.empty()) throw errors::MissingParameter("ResourceId");
  if (!in.TrafficType) throw errors::MissingParameter("TrafficType");
  record::FlowLog flow_log;
  flow_log.log_group_name = LogGroupOf(context, in);
  if (!in.DeliverLogsPermissionArn || in.DeliverLogsPermissionArn->empty())
    throw errors::InvalidParameter(
        "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.");
  const auto role = Arn::Parse(*in.DeliverLogsPermissionArn);
  if (!role || role->service != "iam" || role->resource.rfind("role/", 0) != 0)
    throw errors::InvalidParameter("DeliverLogsPermissionArn is not the ARN of an IAM role.");
  flow_log.deliver_logs_permission_arn = *in.DeliverLogsPermissionArn;
  flow_log.traffic_type = *in.TrafficType;
  flow_log.max_aggregation_interval = in.MaxAggregationInterval.value_or(600);
  if (flow_log.max_aggregation_interval != 60 && flow_log.max_aggregation_interval != 600)
    throw errors::InvalidParameter("MaxAggregationInterval: only 60 and 600 seconds are possible.");
  flow_log.log_format = in.LogFormat.value_or(kDefaultFlowLogFormat);
  FieldsOf(flow_log.log_format);
  flow_log.tags = TakeTags(in.TagSpecifications, kKind<record::FlowLog>);
  return flow_log;
}

// Why no flow log can be made for this resource: CreateFlowLogs tells it beside what it made.
void CheckNew(Context& context, const std::string& type, const record::FlowLog& wanted) {
  CheckFlowLogResource(context, type, wanted.resource_id);
  const auto present =
      context.tx.List<record::FlowLog>(context.scope, store::Where(&record::FlowLog::resource_id, wanted.resource_id));
  for (const auto& other : present)
    if (other.log_group_name == wanted.log_group_name && other.traffic_type == wanted.traffic_type)
      throw errors::FlowLogAlreadyExists();
  if (present.size() >= kMaxPerResource) throw errors::FlowLogsLimitExceeded();
}

UnsuccessfulItem Unsuccessful(const std::string& id, const ApiError& error) {
  UnsuccessfulItem item;
  item.ResourceId = id;
  item.Error.emplace();
  item.Error->Code = error.code();
  item.Error->Message = error.message();
  return item;
}

}  // namespace

std::vector<std::string> FieldsOf(const std::string& format) {
  std::vector<std::string> fields;
  for (const std::string& part : Split(format, ' ')) {
    if (part.empty()) continue;
    const bool bracketed = part.size() > 3 && part.starts_with("${") && part.back() == '}';
    const std::string name = bracketed ? part.substr(2, part.size() - 3) : "";
    if (std::none_of(std::begin(kFlowLogFields), std::end(kFlowLogFields),
                     [&](const FlowLogField& field) { return name == field.name; }))
      throw errors::InvalidParameter("Unknown fields provided: " + part);  // text unconfirmed
    fields.push_back(name);
  }
  if (fields.empty()) throw errors::InvalidParameter("LogFormat names no fields.");
  return fields;
}

int VersionOf(const std::vector<std::string>& fields) {
  int version = 2;
  for (const auto& known : kFlowLogFields)
    if (std::find(fields.begin(), fields.end(), known.name) != fields.end()) version = std::max(version, known.version);
  return version;
}

Timestamp EndOfWindow(const record::FlowLog& flow_log, Timestamp now) {
  const std::int64_t length = flow_log.max_aggregation_interval * 1000LL;
  return {(now.milliseconds / length + 1) * length};
}

AWS_OPERATION(ec2, CreateFlowLogs)
AWS_ACCESS("id/{ResourceIds}", "vpc-flow-log/*",
           "iam:PassRole passed-role/{DeliverLogsPermissionArn} iam:PassedToService=vpc-flow-logs.amazonaws.com")
CreateFlowLogsResult CreateFlowLogs(Context& context, const CreateFlowLogsRequest& in) {
  constexpr char kOperation[] = "CreateFlowLogs";
  CreateFlowLogsResult out;
  out.ClientToken = in.ClientToken;
  out.Unsuccessful.present = true;
  if (CreatedBefore<record::FlowLog>(context, kOperation, in)) {
    // The token stands for the first flow log; the call's other ones were made at the same time.
    const auto first = *CreatedBefore<record::FlowLog>(context, kOperation, in);
    for (const auto& each : context.tx.List<record::FlowLog>(context.scope))
      if (each.creation_time == first.creation_time && each.log_group_name == first.log_group_name &&
          std::find(in.ResourceIds.begin(), in.ResourceIds.end(), each.resource_id) != in.ResourceIds.end())
        out.FlowLogIds.push_back(each.flow_log_id);
    return out;
  }
  record::FlowLog flow_log = Requested(context, in);
  EndDryRun(in.DryRun);

  for (const std::string& id : in.ResourceIds) {
    flow_log.resource_id = id;
    try {
      CheckNew(context, *in.ResourceType, flow_log);
    } catch (const ApiError& error) {
      out.Unsuccessful.push_back(Unsuccessful(id, error));
      continue;
    }
    flow_log.flow_log_id = context.ids.Ec2("fl");
    flow_log.creation_time = context.now;
    context.tx.Put(context.scope, flow_log);
    context.tx.SetTimer({.kind = kFlowLogTimer,
                         .scope = context.scope,
                         .key = flow_log.flow_log_id,
                         .due = EndOfWindow(flow_log, context.now)});
    out.FlowLogIds.push_back(flow_log.flow_log_id);
  }
  if (!out.FlowLogIds.empty()) RememberToken(context, kOperation, in, out.FlowLogIds.front());
  return out;
}

AWS_OPERATION(ec2, DeleteFlowLogs)
AWS_ACCESS("id/{FlowLogIds}")
DeleteFlowLogsResult DeleteFlowLogs(Context& context, const DeleteFlowLogsRequest& in) {
  if (in.FlowLogIds.empty()) throw errors::MissingParameter("FlowLogId");
  EndDryRun(in.DryRun);
  DeleteFlowLogsResult out;
  out.Unsuccessful.present = true;
  for (const std::string& id : in.FlowLogIds) {
    try {
      Require<record::FlowLog>(context, id);
      context.tx.CancelTimer(kFlowLogTimer, context.scope, id);
      context.tx.Erase<record::FlowLog>(context.scope, id);
    } catch (const ApiError& error) {
      out.Unsuccessful.push_back(Unsuccessful(id, error));
    }
  }
  return out;
}

AWS_OPERATION(ec2, DescribeFlowLogs)
DescribeFlowLogsResult DescribeFlowLogs(Context& context, const DescribeFlowLogsRequest& in) {
  RefuseIdsWithPages("flowLogIds", !in.FlowLogIds.empty(), in.MaxResults);
  std::vector<FlowLog> flow_logs;
  for (const auto& flow_log : Select<record::FlowLog>(context, in.FlowLogIds))
    flow_logs.push_back(FlowLogToWire(context, flow_log));
  KeepMatching(flow_logs, in.Filter, kFlowLogFilters);
  EndDryRun(in.DryRun);

  DescribeFlowLogsResult out;
  out.FlowLogs = PageOf(context, "DescribeFlowLogs", in, std::move(flow_logs), out.NextToken,
                        [](const FlowLog& flow_log) { return *flow_log.FlowLogId; });
  out.FlowLogs.present = true;
  return out;
}

}  // namespace drydock::ec2
