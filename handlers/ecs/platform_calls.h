// What ECS itself calls other services for, in the audit trail: the scheduler registers targets, the platform makes
// network interfaces and assumes execution roles. aws-facts J.1; the names of the sessions are seen in the field.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "store/records/ec2/network_interface.h"

namespace drydock::ecs {

void RecordTargetRegistered(Context& context, const std::string& target_group_arn, const std::string& address,
                            int port);
void RecordTargetDeregistered(Context& context, const std::string& target_group_arn, const std::string& address,
                              int port);

void RecordInterfaceMade(Context& context, const records::ec2::NetworkInterface& interface);
void RecordInterfaceDeleted(Context& context, const std::string& network_interface_id);

// By ecs-tasks.amazonaws.com, for a task; `session` is what came of it.
void RecordRoleAssumed(Context& context, const Principal& session);

}  // namespace drydock::ecs
