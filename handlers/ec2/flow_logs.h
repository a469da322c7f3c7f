// VPC flow logs as those who deliver them see them.
#pragma once

#include <string>
#include <vector>

#include "handlers/ec2/errors.h"
#include "handlers/ec2/resources.h"
#include "store/records/ec2/flow_log.h"

namespace drydock::ec2 {

template <>
inline constexpr ResourceKind kKind<record::FlowLog>{"fl", "vpc-flow-log", "InvalidFlowLogId.Malformed",
                                                     "InvalidFlowLogId.NotFound",
                                                     "The flow log ID '{}' does not exist"};

// VPC User Guide, "Flow log records": the default format.
inline constexpr char kDefaultFlowLogFormat[] =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} "
    "${bytes} ${start} ${end} ${action} ${log-status}";

namespace errors {
// As seen in the field; the limit's text is unconfirmed.
inline ApiError FlowLogAlreadyExists() {
  return {"FlowLogAlreadyExists",
          "Error. There is an existing Flow Log with the same configuration and log destination."};
}
inline ApiError FlowLogsLimitExceeded() {
  return {"FlowLogsLimitExceeded", "The maximum number of flow logs for the resource has been reached."};
}
}  // namespace errors

// The names of a format's fields, in order. Throws InvalidParameter for a field that there is not.
std::vector<std::string> FieldsOf(const std::string& format);
// The version that brought the youngest of these fields; "version" shows it.
int VersionOf(const std::vector<std::string>& fields);

// When the window that `now` is in ends: a multiple of the interval since 1970.
Timestamp EndOfWindow(const record::FlowLog& flow_log, Timestamp now);

// A window of a flow log has ended.
inline constexpr char kFlowLogTimer[] = "ec2.flow_log";

}  // namespace drydock::ec2
