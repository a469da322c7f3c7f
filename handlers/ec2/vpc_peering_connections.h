// VPC peering connections as the rest of EC2 needs them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/scope.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// One end of a connection.
struct PeeringEnd {
  Scope scope;
  std::string vpc_id;
};
PeeringEnd RequesterOf(const record::VpcPeeringConnection& connection);
PeeringEnd AccepterOf(const record::VpcPeeringConnection& connection);
// The other end, seen from this VPC.
PeeringEnd PeerOf(const record::VpcPeeringConnection& connection, const std::string& vpc_id);

// The connection if one of its ends is the caller's, in the call's region; a failed one is the requester's only.
std::optional<record::VpcPeeringConnection> FindPeering(Context& context, const std::string& id);
// Throws InvalidVpcPeeringConnectionID.NotFound (InvalidVpcPeeringConnectionId.Malformed for what cannot be an id).
record::VpcPeeringConnection RequirePeering(Context& context, const std::string& id);

// All connections that the caller can see.
std::vector<record::VpcPeeringConnection> PeeringsSeen(Context& context);
// Those of a VPC, whatever their state.
std::vector<record::VpcPeeringConnection> PeeringsOfVpc(Context& context, const std::string& vpc_id);

// The caller's tags of the connection: each account has its own.
record::Tags& TagsOfCaller(Context& context, record::VpcPeeringConnection& connection);

}  // namespace drydock::ec2
