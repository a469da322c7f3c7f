// The way by which a call reached AWS, as conditions may ask for it.
#pragma once

#include <string>
#include <string_view>

#include "emulator/auth/policy/condition.h"
#include "emulator/core/context.h"

namespace drydock::iam {

// Of a call of an action ("secretsmanager:GetSecretValue") that leaves by a network interface of a VPC to the service
// in the context's region: through a VPC endpoint, aws:SourceVpce, aws:SourceVpc and aws:VpcSourceIp; else
// aws:SourceIp, the address that the service sees (of a NAT gateway, for example). Nothing when the network lets
// nothing through. IAM User Guide, "AWS global condition context keys", Properties of the network.
auth::policy::Keys OriginKeys(Context& context, const std::string& network_interface_id, std::string_view action);

}  // namespace drydock::iam
