// What Network Access Scopes may say.
#pragma once

#include <string>

#include "api/ec2/PacketHeaderStatement.h"

namespace drydock::ec2 {

// Throws InvalidParameterValue for a resource or a type of resources that a statement cannot name, UnsupportedOperation
// for the types that Drydock does not have.
void CheckScopeResource(const std::string& id_or_arn);
void CheckScopeResourceType(const std::string& type);
// Throws InvalidParameterValue for addresses, ports and prefix lists that are none.
void CheckScopeHeader(const PacketHeaderStatement& header);

}  // namespace drydock::ec2
