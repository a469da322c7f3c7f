// Instances, as the rest of EC2 and other services need them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/schema.h"
#include "store/records/ec2/instance.h"

namespace drydock::ec2 {

std::optional<records::ec2::Instance> FindInstance(Context& context, const std::string& instance_id);
// Throws InvalidInstanceID.Malformed, InvalidInstanceID.NotFound.
records::ec2::Instance RequireInstance(Context& context, const std::string& instance_id);
// The instances of these ids, each once. One bad id is an error of the whole request.
std::vector<records::ec2::Instance> RequireInstances(Context& context, const List<std::string>& ids);

// Where a load balancer reaches the instance: the primary private address of its primary interface. nullopt when there
// is no such instance or it has no interface any more.
std::optional<std::string> PrivateAddressOfInstance(Context& context, const std::string& instance_id);

// Sets the state, and the timer that brings the next one; puts the instance. `code` and `message` are its StateReason.
void EnterState(Context& context, records::ec2::Instance& instance, const std::string& state,
                std::optional<std::string> code = std::nullopt, std::optional<std::string> message = std::nullopt);

}  // namespace drydock::ec2
