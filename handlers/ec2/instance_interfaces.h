// The network interfaces of an instance: what attaches and detaches them, and their addresses with its starts and
// stops.
#pragma once

#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// In the order of their device indexes.
std::vector<record::NetworkInterface> InterfacesOf(Context& context, const std::string& instance_id);

// The one interface that an operation means when it names an instance. Throws InvalidInstanceID when there are several,
// or when the instance has none any more.
record::NetworkInterface OnlyInterfaceOf(Context& context, const record::Instance& instance);

// Attaches the interface and puts it; what may not be has been refused before.
void Attach(Context& context, record::NetworkInterface& interface, const record::Instance& instance, int device_index,
            bool delete_on_termination);
// Takes the interface off whatever it is attached to, and puts it.
void Detach(Context& context, record::NetworkInterface& interface);

// Gives the primary interface an address of Amazon's pool where the instance was launched with one, if it has no public
// address.
void AssignPublicAddress(Context& context, const record::Instance& instance);
// Takes away what AssignPublicAddress gave; an Elastic IP stays.
void ReleasePublicAddress(Context& context, const record::Instance& instance);

// The instance is gone: its interfaces are deleted or detached, as each was told.
void LetGoOfInterfaces(Context& context, const record::Instance& instance);

}  // namespace drydock::ec2
