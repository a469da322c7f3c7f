// VPC Flow Logs, the service that writes what network interfaces have seen to CloudWatch Logs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/network/flow_record.h"
#include "handlers/engines.h"
#include "store/timers.h"

namespace drydock::vpcflowlogs {

// What the network interfaces of a flow log's resource have seen since it was last asked.
using TakeRecords = std::function<std::vector<network::FlowRecord>(const std::string& flow_log_id)>;

// Before Timers::Start(). The references must outlive the timers. At the end of each flow log's window its records are
// written, as the role that the flow log names: a line for each flow in the log stream <interface>-<traffic type>, a
// line with NODATA for an interface without traffic. Where the role may not, the flow log says "Access error".
void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids, TakeRecords take_records);

}  // namespace drydock::vpcflowlogs
