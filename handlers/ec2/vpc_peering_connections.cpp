// VPC peering. VPC Peering Guide, "VPC peering connection lifecycle" and "limitations".
#include "handlers/ec2/vpc_peering_connections.h"

#include <algorithm>

#include "api/ec2/AcceptVpcPeeringConnectionRequest.h"
#include "api/ec2/AcceptVpcPeeringConnectionResult.h"
#include "api/ec2/CreateVpcPeeringConnectionRequest.h"
#include "api/ec2/CreateVpcPeeringConnectionResult.h"
#include "api/ec2/DeleteVpcPeeringConnectionRequest.h"
#include "api/ec2/DeleteVpcPeeringConnectionResult.h"
#include "api/ec2/DescribeVpcPeeringConnectionsRequest.h"
#include "api/ec2/DescribeVpcPeeringConnectionsResult.h"
#include "api/ec2/ModifyVpcPeeringConnectionOptionsRequest.h"
#include "api/ec2/ModifyVpcPeeringConnectionOptionsResult.h"
#include "api/ec2/RejectVpcPeeringConnectionRequest.h"
#include "api/ec2/RejectVpcPeeringConnectionResult.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxActivePeerings = 50;       // per VPC; VPC User Guide, "Quotas"
constexpr std::size_t kMaxOutstandingPeerings = 25;  // per account; the same
constexpr Duration kPeeringExpiry{7L * 24 * 3'600'000};
// How long an ended one is seen: 2 hours when failed or deleted, 2 days when rejected or expired. AWS shows a deleted
// one for 2 days to the party that did not delete it, and a rejected one for 2 hours to the accepter.
constexpr Duration kTwoHours{2L * 3'600'000};
constexpr Duration kTwoDays{48L * 3'600'000};

constexpr auto kAccepter = &VpcPeeringConnection::AccepterVpcInfo;
constexpr auto kRequester = &VpcPeeringConnection::RequesterVpcInfo;

constexpr FilterOf<VpcPeeringConnection> kPeeringFilters[] = {
    {"accepter-vpc-info.cidr-block", &At<kAccepter, &VpcPeeringConnectionVpcInfo::CidrBlock>},
    {"accepter-vpc-info.owner-id", &At<kAccepter, &VpcPeeringConnectionVpcInfo::OwnerId>},
    {"accepter-vpc-info.vpc-id", &At<kAccepter, &VpcPeeringConnectionVpcInfo::VpcId>},
    {"expiration-time", &At<&VpcPeeringConnection::ExpirationTime>},
    {"requester-vpc-info.cidr-block", &At<kRequester, &VpcPeeringConnectionVpcInfo::CidrBlock>},
    {"requester-vpc-info.owner-id", &At<kRequester, &VpcPeeringConnectionVpcInfo::OwnerId>},
    {"requester-vpc-info.vpc-id", &At<kRequester, &VpcPeeringConnectionVpcInfo::VpcId>},
    {"status-code", &At<&VpcPeeringConnection::Status, &VpcPeeringConnectionStateReason::Code>},
    {"status-message", &At<&VpcPeeringConnection::Status, &VpcPeeringConnectionStateReason::Message>},
    {"vpc-peering-connection-id", &At<&VpcPeeringConnection::VpcPeeringConnectionId>},
};

bool IsHere(Context& context, const PeeringEnd& end) {
  return end.scope == context.scope;
}

bool IsSeen(Context& context, const record::VpcPeeringConnection& connection) {
  return IsHere(context, RequesterOf(connection)) ||
         (connection.status != "failed" && IsHere(context, AccepterOf(connection)));
}

VpcPeeringConnectionOptionsDescription OptionsToWire(const record::VpcPeeringSide& side) {
  VpcPeeringConnectionOptionsDescription wire;
  wire.AllowDnsResolutionFromRemoteVpc = side.allow_dns_resolution_from_remote_vpc;
  wire.AllowEgressFromLocalClassicLinkToRemoteVpc = false;
  wire.AllowEgressFromLocalVpcToRemoteClassicLink = false;
  return wire;
}

// `knows_more`: the reader knows the VPC's blocks and the options of its side.
VpcPeeringConnectionVpcInfo EndToWire(Context& context, const PeeringEnd& end, const record::VpcPeeringSide& side,
                                      bool knows_more) {
  VpcPeeringConnectionVpcInfo wire;
  wire.OwnerId = end.scope.account;
  wire.Region = end.scope.region;
  wire.VpcId = end.vpc_id;
  if (!knows_more) return wire;
  if (const auto vpc = context.tx.Get<record::Vpc>(end.scope, end.vpc_id)) {
    wire.CidrBlock = vpc->cidr_blocks.front().cidr_block;
    for (const auto& block : vpc->cidr_blocks) wire.CidrBlockSet.emplace_back().CidrBlock = block.cidr_block;
    for (const auto& block : vpc->ipv6_cidr_blocks)
      wire.Ipv6CidrBlockSet.emplace_back().Ipv6CidrBlock = block.ipv6_cidr_block;
  }
  wire.PeeringOptions = OptionsToWire(side);
  return wire;
}

VpcPeeringConnection ToWire(Context& context, record::VpcPeeringConnection connection) {
  VpcPeeringConnection wire;
  wire.VpcPeeringConnectionId = connection.vpc_peering_connection_id;
  const PeeringEnd requester = RequesterOf(connection);
  const PeeringEnd accepter = AccepterOf(connection);
  const bool is_active = connection.status == "active";
  wire.RequesterVpcInfo = EndToWire(context, requester, connection.requester, true);
  // The accepter's blocks are not told before it has accepted.
  wire.AccepterVpcInfo =
      EndToWire(context, accepter, connection.accepter, is_active || accepter.scope.account == context.account());
  wire.Status.emplace().Code = connection.status;
  wire.Status->Message = connection.message;
  if (connection.status == "pending-acceptance") wire.ExpirationTime = connection.expiration_time;
  wire.Tags = TagsToWire(TagsOfCaller(context, connection), true);
  return wire;
}

bool Overlaps(const record::Vpc& a, const record::Vpc& b) {
  for (const auto& one : a.cidr_blocks)
    for (const auto& other : b.cidr_blocks)
      if (network::Cidr::Parse(one.cidr_block)->Overlaps(*network::Cidr::Parse(other.cidr_block))) return true;
  return false;
}

// Whether the two VPCs are there and can be joined.
bool CanJoin(Context& context, const record::VpcPeeringConnection& connection) {
  const auto ours = context.tx.Get<record::Vpc>(RequesterOf(connection).scope, connection.requester_vpc_id);
  const auto theirs = context.tx.Get<record::Vpc>(AccepterOf(connection).scope, connection.accepter_vpc_id);
  return ours && theirs && !Overlaps(*ours, *theirs);
}

void SetPeeringTimer(Context& context, const record::VpcPeeringConnection& connection, Duration delay) {
  context.tx.SetTimer({.kind = kVpcPeeringTimer,
                       .scope = RequesterOf(connection).scope,
                       .key = connection.vpc_peering_connection_id,
                       .due = context.now + delay});
}

void CancelPeeringTimer(Context& context, const record::VpcPeeringConnection& connection) {
  context.tx.CancelTimer(kVpcPeeringTimer, RequesterOf(connection).scope, connection.vpc_peering_connection_id);
}

void End(Context& context, record::VpcPeeringConnection& connection, const char* status, const std::string& message,
         Duration seen) {
  connection.status = status;
  connection.message = message;
  context.tx.Put(context.scope, connection);
  SetPeeringTimer(context, connection, seen);
}

bool IsLiving(const record::VpcPeeringConnection& connection) {
  return connection.status == "pending-acceptance" || connection.status == "active";
}

void RequireAccepter(Context& context, const record::VpcPeeringConnection& connection, const char* verb) {
  if (!IsHere(context, AccepterOf(connection)))
    throw errors::OperationNotPermitted(
        fmt::format("User {} cannot {} peering {}", context.account(), verb, connection.vpc_peering_connection_id));
}

void RequireStatus(const record::VpcPeeringConnection& connection, const char* status, const char* next) {
  if (connection.status != status)
    throw errors::InvalidStateTransition(connection.vpc_peering_connection_id, connection.status, next);
}

std::size_t ActivePeeringsOf(Context& context, const std::string& vpc_id) {
  const auto all = PeeringsOfVpc(context, vpc_id);
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const auto& each) { return each.status == "active"; }));
}

void CheckPeeringLimits(Context& context, const record::VpcPeeringConnection& connection) {
  if (ActivePeeringsOf(context, connection.requester_vpc_id) >= kMaxActivePeerings)
    throw errors::VpcPeeringConnectionsPerVpcLimitExceeded();
  const auto seen = PeeringsSeen(context);
  const auto outstanding = std::count_if(seen.begin(), seen.end(), [&](const auto& each) {
    return each.status == "pending-acceptance" && IsHere(context, RequesterOf(each));
  });
  if (static_cast<std::size_t>(outstanding) >= kMaxOutstandingPeerings)
    throw errors::OutstandingVpcPeeringConnectionLimitExceeded();
}

// The options of one side, changed by its owner in its region.
void TakeOptions(Context& context, const record::VpcPeeringConnection& connection, const PeeringEnd& end,
                 const std::optional<PeeringConnectionOptionsRequest>& options, record::VpcPeeringSide& side,
                 std::optional<PeeringConnectionOptions>& answer) {
  if (!options) return;
  RefuseParameters(*options,
                   {"AllowEgressFromLocalClassicLinkToRemoteVpc", "AllowEgressFromLocalVpcToRemoteClassicLink"});
  if (!IsHere(context, end))
    throw errors::OperationNotPermitted(fmt::format("User {} cannot modify the options of VPC {} in peering {}",
                                                    context.account(), end.vpc_id,
                                                    connection.vpc_peering_connection_id));
  if (options->AllowDnsResolutionFromRemoteVpc)
    side.allow_dns_resolution_from_remote_vpc = *options->AllowDnsResolutionFromRemoteVpc;
  auto& wire = answer.emplace();
  wire.AllowDnsResolutionFromRemoteVpc = side.allow_dns_resolution_from_remote_vpc;
  wire.AllowEgressFromLocalClassicLinkToRemoteVpc = false;
  wire.AllowEgressFromLocalVpcToRemoteClassicLink = false;
}

}  // namespace

PeeringEnd RequesterOf(const record::VpcPeeringConnection& connection) {
  return {{connection.requester_account, connection.requester_region}, connection.requester_vpc_id};
}
PeeringEnd AccepterOf(const record::VpcPeeringConnection& connection) {
  return {{connection.accepter_account, connection.accepter_region}, connection.accepter_vpc_id};
}
PeeringEnd PeerOf(const record::VpcPeeringConnection& connection, const std::string& vpc_id) {
  return connection.requester_vpc_id == vpc_id ? AccepterOf(connection) : RequesterOf(connection);
}

std::optional<record::VpcPeeringConnection> FindPeering(Context& context, const std::string& id) {
  auto connection = context.tx.Get<record::VpcPeeringConnection>(context.scope, id);
  if (connection && !IsSeen(context, *connection)) connection.reset();
  return connection;
}

record::VpcPeeringConnection RequirePeering(Context& context, const std::string& id) {
  if (!HasIdSyntax(kKind<record::VpcPeeringConnection>, id)) throw MalformedId(kKind<record::VpcPeeringConnection>, id);
  auto connection = FindPeering(context, id);
  if (!connection) throw NotFound(kKind<record::VpcPeeringConnection>, id);
  return std::move(*connection);
}

std::vector<record::VpcPeeringConnection> PeeringsSeen(Context& context) {
  auto seen = context.tx.List<record::VpcPeeringConnection>(
      context.scope, store::Where(&record::VpcPeeringConnection::requester_account, context.account()));
  for (auto& connection : context.tx.List<record::VpcPeeringConnection>(
           context.scope, store::Where(&record::VpcPeeringConnection::accepter_account, context.account())))
    if (connection.requester_account != connection.accepter_account) seen.push_back(std::move(connection));
  std::erase_if(seen, [&](const auto& connection) { return !IsSeen(context, connection); });
  return seen;
}

std::vector<record::VpcPeeringConnection> PeeringsOfVpc(Context& context, const std::string& vpc_id) {
  auto all = context.tx.List<record::VpcPeeringConnection>(
      context.scope, store::Where(&record::VpcPeeringConnection::requester_vpc_id, vpc_id));
  for (auto& connection : context.tx.List<record::VpcPeeringConnection>(
           context.scope, store::Where(&record::VpcPeeringConnection::accepter_vpc_id, vpc_id)))
    all.push_back(std::move(connection));
  return all;
}

record::Tags& TagsOfCaller(Context& context, record::VpcPeeringConnection& connection) {
  return connection.requester_account == context.account() ? connection.requester.tags : connection.accepter.tags;
}

void VpcPeeringTimerFired(Context& context, const std::string& vpc_peering_connection_id) {
  auto connection = context.tx.Get<record::VpcPeeringConnection>(context.scope, vpc_peering_connection_id);
  if (!connection) return;
  if (connection->status == "pending-acceptance")
    End(context, *connection, "expired", "Expired", kTwoDays);
  else if (!IsLiving(*connection))
    context.tx.Erase<record::VpcPeeringConnection>(context.scope, vpc_peering_connection_id);
}

// A request that cannot come to anything is no error: the connection says so as it fails. A pair that is joined, or
// about to be, keeps its connection.
AWS_OPERATION(ec2, CreateVpcPeeringConnection)
AWS_ACCESS("vpc/{VpcId}", "vpc-peering-connection/*")
CreateVpcPeeringConnectionResult CreateVpcPeeringConnection(Context& context,
                                                            const CreateVpcPeeringConnectionRequest& in) {
  record::VpcPeeringConnection connection;
  connection.requester_account = context.account();
  connection.requester_region = context.region();
  connection.requester_vpc_id = Require<record::Vpc>(context, *in.VpcId).vpc_id;
  if (!in.PeerVpcId) throw errors::MissingParameter("peerVpcId");
  if (!HasIdSyntax(kKind<record::Vpc>, *in.PeerVpcId)) throw MalformedId(kKind<record::Vpc>, *in.PeerVpcId);
  connection.accepter_account = in.PeerOwnerId.value_or(context.account());
  connection.accepter_region = in.PeerRegion.value_or(context.region());
  connection.accepter_vpc_id = *in.PeerVpcId;
  if (connection.accepter_account.size() != 12 ||
      connection.accepter_account.find_first_not_of("0123456789") != std::string::npos)  // text unconfirmed
    throw errors::InvalidValue(connection.accepter_account, "peerOwnerId", "This is not a valid account ID.");
  connection.requester.tags = TakeTags(in.TagSpecifications, kKind<record::VpcPeeringConnection>);
  CreateVpcPeeringConnectionResult out;
  for (const auto& other : PeeringsOfVpc(context, connection.requester_vpc_id)) {
    if (!IsLiving(other) || other.requester_vpc_id != connection.requester_vpc_id ||
        other.accepter_vpc_id != connection.accepter_vpc_id || AccepterOf(other).scope != AccepterOf(connection).scope)
      continue;
    EndDryRun(in.DryRun);
    out.VpcPeeringConnection = ToWire(context, other);
    return out;
  }
  CheckPeeringLimits(context, connection);
  EndDryRun(in.DryRun);

  connection.vpc_peering_connection_id = context.ids.Ec2("pcx");
  connection.expiration_time = context.now + kPeeringExpiry;
  if (CanJoin(context, connection)) {
    connection.status = "pending-acceptance";
    connection.message = "Pending Acceptance by " + connection.accepter_account;
    context.tx.Put(context.scope, connection);
    SetPeeringTimer(context, connection, kPeeringExpiry);
  } else {
    End(context, connection, "failed", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
        kTwoHours);
  }
  out.VpcPeeringConnection = ToWire(context, connection);
  out.VpcPeeringConnection->ExpirationTime = connection.expiration_time;
  out.VpcPeeringConnection->Status->Code = "initiating-request";
  out.VpcPeeringConnection->Status->Message = "Initiating Request to " + connection.accepter_account;
  return out;
}

AWS_OPERATION(ec2, AcceptVpcPeeringConnection)
AWS_ACCESS("accepter-vpc/{VpcPeeringConnectionId}", "vpc-peering-connection/{VpcPeeringConnectionId}")
AcceptVpcPeeringConnectionResult AcceptVpcPeeringConnection(Context& context,
                                                            const AcceptVpcPeeringConnectionRequest& in) {
  if (!in.VpcPeeringConnectionId) throw errors::MissingParameter("vpcPeeringConnectionId");
  auto connection = RequirePeering(context, *in.VpcPeeringConnectionId);
  RequireAccepter(context, connection, "accept");
  RequireStatus(connection, "pending-acceptance", "active");
  for (const auto& other : PeeringsOfVpc(context, connection.accepter_vpc_id))
    if (other.status == "active" && PeerOf(other, connection.accepter_vpc_id).vpc_id == connection.requester_vpc_id)
      throw errors::VpcPeeringConnectionAlreadyExists();
  for (const auto& vpc_id : {connection.accepter_vpc_id, connection.requester_vpc_id})
    if (ActivePeeringsOf(context, vpc_id) >= kMaxActivePeerings)
      throw errors::VpcPeeringConnectionsPerVpcLimitExceeded();
  EndDryRun(in.DryRun);

  CancelPeeringTimer(context, connection);
  AcceptVpcPeeringConnectionResult out;
  // The VPCs may have changed since the request was made.
  if (!CanJoin(context, connection)) {
    End(context, connection, "failed", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
        kTwoHours);
    out.VpcPeeringConnection = ToWire(context, connection);
    return out;
  }
  connection.status = "active";
  connection.message = "Active";
  context.tx.Put(context.scope, connection);
  out.VpcPeeringConnection = ToWire(context, connection);
  out.VpcPeeringConnection->Status->Code = "provisioning";
  out.VpcPeeringConnection->Status->Message = "Provisioning";
  return out;
}

AWS_OPERATION(ec2, RejectVpcPeeringConnection)
AWS_ACCESS("vpc-peering-connection/{VpcPeeringConnectionId}")
RejectVpcPeeringConnectionResult RejectVpcPeeringConnection(Context& context,
                                                            const RejectVpcPeeringConnectionRequest& in) {
  auto connection = RequirePeering(context, *in.VpcPeeringConnectionId);
  RequireAccepter(context, connection, "reject");
  RequireStatus(connection, "pending-acceptance", "rejected");
  EndDryRun(in.DryRun);
  End(context, connection, "rejected", "Rejected by " + context.account(), kTwoDays);
  RejectVpcPeeringConnectionResult out;
  out.Return = true;
  return out;
}

// Either owner deletes an active one, the requester a pending one.
AWS_OPERATION(ec2, DeleteVpcPeeringConnection)
AWS_ACCESS("vpc-peering-connection/{VpcPeeringConnectionId}")
DeleteVpcPeeringConnectionResult DeleteVpcPeeringConnection(Context& context,
                                                            const DeleteVpcPeeringConnectionRequest& in) {
  auto connection = RequirePeering(context, *in.VpcPeeringConnectionId);
  if (!IsLiving(connection))
    throw errors::InvalidStateTransition(connection.vpc_peering_connection_id, connection.status, "deleting");
  if (connection.status == "pending-acceptance" && !IsHere(context, RequesterOf(connection)))
    throw errors::OperationNotPermitted(
        fmt::format("User {} cannot delete peering {}", context.account(), connection.vpc_peering_connection_id));
  EndDryRun(in.DryRun);
  End(context, connection, "deleted", "Deleted by " + context.account(), kTwoHours);
  DeleteVpcPeeringConnectionResult out;
  out.Return = true;
  return out;
}

AWS_OPERATION(ec2, DescribeVpcPeeringConnections)
DescribeVpcPeeringConnectionsResult DescribeVpcPeeringConnections(Context& context,
                                                                  const DescribeVpcPeeringConnectionsRequest& in) {
  RefuseIdsWithPages("vpcPeeringConnectionIds", !in.VpcPeeringConnectionIds.empty(), in.MaxResults);
  std::vector<VpcPeeringConnection> connections;
  if (in.VpcPeeringConnectionIds.empty()) {
    for (const auto& connection : PeeringsSeen(context)) connections.push_back(ToWire(context, connection));
  } else {
    std::vector<std::string> seen;
    for (const auto& id : in.VpcPeeringConnectionIds) {
      if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
      seen.push_back(id);
      connections.push_back(ToWire(context, RequirePeering(context, id)));
    }
  }
  KeepMatching(connections, in.Filters, kPeeringFilters);
  EndDryRun(in.DryRun);

  DescribeVpcPeeringConnectionsResult out;
  out.VpcPeeringConnections =
      PageOf(context, "DescribeVpcPeeringConnections", in, std::move(connections), out.NextToken,
             [](const VpcPeeringConnection& connection) { return *connection.VpcPeeringConnectionId; });
  return out;
}

AWS_OPERATION(ec2, ModifyVpcPeeringConnectionOptions)
AWS_ACCESS("vpc-peering-connection/{VpcPeeringConnectionId}")
ModifyVpcPeeringConnectionOptionsResult ModifyVpcPeeringConnectionOptions(
    Context& context, const ModifyVpcPeeringConnectionOptionsRequest& in) {
  auto connection = RequirePeering(context, *in.VpcPeeringConnectionId);
  if (!in.RequesterPeeringConnectionOptions && !in.AccepterPeeringConnectionOptions)  // text unconfirmed
    throw errors::MissingParameter("AccepterPeeringConnectionOptions or RequesterPeeringConnectionOptions");
  if (connection.status != "active")  // as Terraform's documentation quotes it
    throw errors::OperationNotPermitted(
        fmt::format("Peering {} is not active. Peering options can be added only to active peerings.",
                    connection.vpc_peering_connection_id));
  ModifyVpcPeeringConnectionOptionsResult out;
  TakeOptions(context, connection, RequesterOf(connection), in.RequesterPeeringConnectionOptions, connection.requester,
              out.RequesterPeeringConnectionOptions);
  TakeOptions(context, connection, AccepterOf(connection), in.AccepterPeeringConnectionOptions, connection.accepter,
              out.AccepterPeeringConnectionOptions);
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, connection);
  return out;
}

}  // namespace drydock::ec2
