// One line of a flow log.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/network/flow_record.h"

namespace drydock::vpcflowlogs {

// What a line tells of the interface beside the packets. Empty texts are shown as "-".
struct InterfaceFacts {
  std::string account_id, region, availability_zone_id;
  std::string interface_id, subnet_id, vpc_id, instance_id;
  // "ecs-task-arn" … ; empty for what has no meaning for the interface.
  std::function<std::string(const std::string& field)> ecs;
};

// The line of a record in a format; `fields` and `version` as handlers/ec2/flow_logs.h gives them.
std::string LineOf(const std::vector<std::string>& fields, int version, const InterfaceFacts& facts,
                   const network::FlowRecord& record);
// The line of a window, in seconds since 1970, in which the interface saw no packets.
std::string NoDataLine(const std::vector<std::string>& fields, int version, const InterfaceFacts& facts,
                       std::int64_t start, std::int64_t end);

}  // namespace drydock::vpcflowlogs
