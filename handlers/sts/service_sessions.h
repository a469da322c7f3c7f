// Sessions that AWS's own services open, of roles that trust them: the credentials of a task.
#pragma once

#include <optional>
#include <string>

#include "emulator/core/clock.h"
#include "emulator/core/context.h"
#include "store/records/sts/session.h"

namespace drydock::sts {

// New keys for a session of the role, kept and good for `lifetime`; nullopt when there is no such role or its trust
// policy does not let `service` ("ecs-tasks.amazonaws.com") assume it. `source_arn` is what the service acts for.
//   OpenServiceSession(context, task_role, task.id, "ecs-tasks.amazonaws.com", context.Arn("ecs", "*"), hours(6), eni)
// From then on calls signed with the keys are the role's, under its policies, and leave by the network interface, if
// one is named. Needs a transaction that writes.
std::optional<records::sts::Session> OpenServiceSession(Context& context, const std::string& role_arn,
                                                        const std::string& session_name, const std::string& service,
                                                        const std::string& source_arn, Duration lifetime,
                                                        const std::string& network_interface_id = "");

}  // namespace drydock::sts
