// Subnet CIDR reservations: parts of a subnet from which AWS gives no address by itself. VPC User Guide, "Subnet CIDR
// reservations".
#include <algorithm>

#include "api/ec2/CreateSubnetCidrReservationRequest.h"
#include "api/ec2/CreateSubnetCidrReservationResult.h"
#include "api/ec2/DeleteSubnetCidrReservationRequest.h"
#include "api/ec2/DeleteSubnetCidrReservationResult.h"
#include "api/ec2/GetSubnetCidrReservationsRequest.h"
#include "api/ec2/GetSubnetCidrReservationsResult.h"
#include "api/ec2/SubnetCidrReservation.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr FilterOf<SubnetCidrReservation> kReservationFilters[] = {
    {"reservationType", &At<&SubnetCidrReservation::ReservationType>},
    {"subnet-id", &At<&SubnetCidrReservation::SubnetId>},
};

SubnetCidrReservation ToWire(Context& context, const record::SubnetCidrReservation& reservation) {
  SubnetCidrReservation wire;
  wire.SubnetCidrReservationId = reservation.reservation_id;
  wire.SubnetId = reservation.subnet_id;
  wire.Cidr = reservation.cidr;
  wire.ReservationType = reservation.reservation_type;
  wire.OwnerId = context.account();
  wire.Description = reservation.description;
  wire.Tags = TagsToWire(reservation.tags, false);
  return wire;
}

std::vector<record::SubnetCidrReservation> ReservationsOf(Context& context, const std::string& subnet_id) {
  return context.tx.List<record::SubnetCidrReservation>(
      context.scope, store::Where(&record::SubnetCidrReservation::subnet_id, subnet_id));
}

// Inside one of the subnet's blocks, overlapping no other reservation. Texts unconfirmed.
std::string TakeReservedCidr(Context& context, const record::Subnet& subnet, const std::string& text) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr) throw errors::InvalidCidrBlock(text, "cidr");
  const auto& own = cidr->family() == network::Family::kIpv4 ? std::optional(subnet.cidr_block)
                    : subnet.ipv6_cidr_block                 ? std::optional(subnet.ipv6_cidr_block->ipv6_cidr_block)
                                                             : std::nullopt;
  if (!own || !network::Cidr::Parse(*own)->Contains(*cidr))
    throw errors::InvalidParameterValue(
        fmt::format("The CIDR {} is not within the CIDR blocks of subnet {}.", text, subnet.subnet_id));
  for (const auto& other : ReservationsOf(context, subnet.subnet_id))
    if (network::Cidr::Parse(other.cidr)->Overlaps(*cidr))
      throw errors::InvalidParameterValue(
          fmt::format("The CIDR {} overlaps reservation {}.", text, other.reservation_id));
  return cidr->Canonical().ToString();
}

}  // namespace

AWS_OPERATION(ec2, CreateSubnetCidrReservation)
AWS_ACCESS("subnet/{SubnetId}")
CreateSubnetCidrReservationResult CreateSubnetCidrReservation(Context& context,
                                                              const CreateSubnetCidrReservationRequest& in) {
  const auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  record::SubnetCidrReservation reservation;
  reservation.cidr = TakeReservedCidr(context, subnet, *in.Cidr);
  reservation.tags = TakeTags(in.TagSpecifications, kKind<record::SubnetCidrReservation>);
  EndDryRun(in.DryRun);
  reservation.reservation_id = context.ids.Ec2("scr");
  reservation.subnet_id = subnet.subnet_id;
  reservation.reservation_type = *in.ReservationType;
  reservation.description = in.Description;
  context.tx.Put(context.scope, reservation);
  CreateSubnetCidrReservationResult out;
  out.SubnetCidrReservation = ToWire(context, reservation);
  return out;
}

AWS_OPERATION(ec2, DeleteSubnetCidrReservation)
DeleteSubnetCidrReservationResult DeleteSubnetCidrReservation(Context& context,
                                                              const DeleteSubnetCidrReservationRequest& in) {
  const auto reservation = Require<record::SubnetCidrReservation>(context, *in.SubnetCidrReservationId);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::SubnetCidrReservation>(context.scope, reservation.reservation_id);
  DeleteSubnetCidrReservationResult out;
  out.DeletedSubnetCidrReservation = ToWire(context, reservation);
  return out;
}

AWS_OPERATION(ec2, GetSubnetCidrReservations)
GetSubnetCidrReservationsResult GetSubnetCidrReservations(Context& context,
                                                          const GetSubnetCidrReservationsRequest& in) {
  const auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  std::vector<SubnetCidrReservation> reservations;
  for (const auto& each : ReservationsOf(context, subnet.subnet_id)) reservations.push_back(ToWire(context, each));
  KeepMatching(reservations, in.Filters, kReservationFilters);
  EndDryRun(in.DryRun);
  GetSubnetCidrReservationsResult out;
  for (auto& each :
       PageOf(context, "GetSubnetCidrReservations", in, std::move(reservations), out.NextToken,
              [](const SubnetCidrReservation& reservation) { return *reservation.SubnetCidrReservationId; })) {
    const bool ipv4 = network::Cidr::Parse(*each.Cidr)->family() == network::Family::kIpv4;
    (ipv4 ? out.SubnetIpv4CidrReservations : out.SubnetIpv6CidrReservations).push_back(std::move(each));
  }
  return out;
}

}  // namespace drydock::ec2
