// Network interfaces as the API shows them.
#pragma once

#include "api/ec2/NetworkInterface.h"
#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// `status` in the place of the one that follows from the attachment.
NetworkInterface InterfaceToWire(Context& context, const record::NetworkInterface& interface,
                                 const char* status = nullptr);

// Of an interface that is attached.
NetworkInterfaceAttachment AttachmentToWire(const record::NetworkInterface& interface);

List<GroupIdentifier> GroupsToWire(Context& context, const std::vector<std::string>& group_ids);

}  // namespace drydock::ec2
