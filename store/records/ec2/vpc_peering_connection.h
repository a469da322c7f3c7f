// A VPC peering connection. Both sides see the same one, whatever their account and region, so it belongs to neither:
// who may see it follows from its two sides.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct VpcPeeringSide {
  bool allow_dns_resolution_from_remote_vpc = false;
  Tags tags;  // each account's own
};

struct VpcPeeringConnection {
  std::string vpc_peering_connection_id;  // pcx-…
  std::string requester_account;
  std::string requester_region;
  std::string requester_vpc_id;
  std::string accepter_account;
  std::string accepter_region;
  std::string accepter_vpc_id;
  VpcPeeringSide requester;
  VpcPeeringSide accepter;
  std::string status;  // pending-acceptance, active, rejected, failed, expired, deleted
  std::string message;
  Timestamp expiration_time;

  static constexpr store::TableName kTable{"ec2_vpc_peering_connection", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&VpcPeeringConnection::vpc_peering_connection_id);
  static constexpr auto kIndexed =
      store::Members(&VpcPeeringConnection::requester_vpc_id, &VpcPeeringConnection::accepter_vpc_id,
                     &VpcPeeringConnection::requester_account, &VpcPeeringConnection::accepter_account);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::VpcPeeringSide, allow_dns_resolution_from_remote_vpc, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::VpcPeeringConnection, vpc_peering_connection_id, requester_account,
               requester_region, requester_vpc_id, accepter_account, accepter_region, accepter_vpc_id, requester,
               accepter, status, message, expiration_time)
