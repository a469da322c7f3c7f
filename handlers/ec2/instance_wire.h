// Instances as the API shows them.
#pragma once

#include "api/ec2/Instance.h"
#include "api/ec2/InstanceState.h"
#include "api/ec2/NetworkInterface.h"
#include "api/ec2/Reservation.h"
#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

InstanceState StateToWire(const std::string& state);

// `interfaces`: its own, the primary one first.
Instance InstanceToWire(Context& context, const record::Instance& instance,
                        const std::vector<NetworkInterface>& interfaces);

// What one RunInstances has launched.
Reservation ReservationToWire(Context& context, const std::string& reservation_id, std::vector<Instance> instances);

}  // namespace drydock::ec2
