#include "handlers/ec2/nat_gateway_addresses.h"

#include <algorithm>

#include "api/ec2/AssignPrivateNatGatewayAddressRequest.h"
#include "api/ec2/AssignPrivateNatGatewayAddressResult.h"
#include "api/ec2/AssociateNatGatewayAddressRequest.h"
#include "api/ec2/AssociateNatGatewayAddressResult.h"
#include "api/ec2/DisassociateNatGatewayAddressRequest.h"
#include "api/ec2/DisassociateNatGatewayAddressResult.h"
#include "api/ec2/UnassignPrivateNatGatewayAddressRequest.h"
#include "api/ec2/UnassignPrivateNatGatewayAddressResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

using GatewayAddress = record::NatGatewayAddress;

// VPC User Guide, "Quotas": Elastic IPs of a public one; private addresses of a private one, the primary among them.
constexpr std::size_t kMaxElasticAddresses = 2;
constexpr std::size_t kMaxPrivateAddresses = 8;

void CheckCount(std::size_t count, bool is_public) {
  const std::size_t limit = is_public ? kMaxElasticAddresses : kMaxPrivateAddresses;
  if (count > limit)  // code and text unconfirmed
    throw ApiError("NatGatewayLimitExceeded",
                   fmt::format("Performing this operation would exceed the limit of {} {} addresses of a NAT gateway",
                               limit, is_public ? "Elastic IP" : "private IP"));
}

record::ElasticAddress FreeElasticAddress(Context& context, const std::string& allocation_id) {
  auto elastic = Require<record::ElasticAddress>(context, allocation_id);
  if (elastic.association_id)
    throw errors::AlreadyAssociated(
        fmt::format("resource {} is already associated with associate-id {}", allocation_id, *elastic.association_id));
  return elastic;
}

// The gateway, of this connectivity type and available.
record::NatGateway GatewayToChange(Context& context, const std::string& id, const char* connectivity_type) {
  auto gateway = Require<record::NatGateway>(context, id);
  if (gateway.connectivity_type != connectivity_type)  // text unconfirmed
    throw errors::InvalidParameterCombination(fmt::format("The operation is for {} NAT gateways; {} is {}.",
                                                          connectivity_type, id, gateway.connectivity_type));
  if (gateway.state != "available")  // text unconfirmed
    throw ApiError("IncorrectState", fmt::format("The NAT gateway {} is {}.", id, gateway.state));
  return gateway;
}

const std::string& InterfaceOf(const record::NatGateway& gateway) {
  return *gateway.addresses.front().network_interface_id;
}

// Those that came last, as they are just now.
List<NatGatewayAddress> LastToWire(const record::NatGateway& gateway, std::size_t from, const char* status) {
  List<NatGatewayAddress> wire;
  for (std::size_t i = from; i < gateway.addresses.size(); ++i) {
    wire.push_back(GatewayAddressToWire(gateway.addresses[i]));
    wire.back().Status = status;
  }
  return wire;
}

// Takes the secondary addresses that `matches` off the gateway and its interface; what was taken, as the answer shows
// it.
template <class Matches>
List<NatGatewayAddress> TakeOff(Context& context, record::NatGateway& gateway, const char* status, Matches matches) {
  auto interface = Require<record::NetworkInterface>(context, InterfaceOf(gateway));
  List<NatGatewayAddress> taken;
  for (const auto& address : gateway.addresses) {
    if (!matches(address)) continue;
    auto& held = interface.private_ip_addresses;
    const auto found = std::find_if(held.begin(), held.end(),
                                    [&](const auto& each) { return each.private_ip_address == address.private_ip; });
    if (found != held.end()) {
      RemoveAssociation(context, *found);
      ReleasePrivateAddresses(context, interface.subnet_id, {*found});
      held.erase(found);
    }
    taken.push_back(GatewayAddressToWire(address));
    taken.back().Status = status;
  }
  std::erase_if(gateway.addresses, matches);
  context.tx.Put(context.scope, interface);
  context.tx.Put(context.scope, gateway);
  return taken;
}

}  // namespace

NatGatewayAddress GatewayAddressToWire(const record::NatGatewayAddress& address) {
  NatGatewayAddress wire;
  wire.AllocationId = address.allocation_id;
  wire.AssociationId = address.association_id;
  wire.NetworkInterfaceId = address.network_interface_id;
  wire.PrivateIp = address.private_ip;
  wire.PublicIp = address.public_ip;
  wire.IsPrimary = address.is_primary;
  wire.Status = address.status;
  return wire;
}

std::vector<record::NatGatewayAddress> PlanSecondaryAddresses(Context& context, const CreateNatGatewayRequest& in,
                                                              const record::Subnet& subnet) {
  const bool is_public = in.ConnectivityType.value_or("public") == "public";
  if (is_public && in.SecondaryPrivateIpAddressCount)  // CreateNatGateway's manual: for private ones
    throw errors::InvalidParameterCombination(
        "SecondaryPrivateIpAddressCount cannot be specified for a public NAT gateway");
  if (!is_public && !in.SecondaryAllocationIds.empty())
    throw errors::InvalidParameterCombination("SecondaryAllocationIds cannot be specified for a private NAT gateway");
  if (in.SecondaryPrivateIpAddressCount && !in.SecondaryPrivateIpAddresses.empty())
    throw errors::InvalidParameterCombination(
        "SecondaryPrivateIpAddressCount and SecondaryPrivateIpAddresses cannot be specified together");
  if (is_public && in.SecondaryPrivateIpAddresses.size() > in.SecondaryAllocationIds.size())
    throw errors::InvalidParameterCombination("Each secondary private IP address needs a secondary allocation ID");
  const std::size_t count = is_public ? in.SecondaryAllocationIds.size()
                            : in.SecondaryPrivateIpAddressCount
                                ? static_cast<std::size_t>(*in.SecondaryPrivateIpAddressCount)
                                : in.SecondaryPrivateIpAddresses.size();
  CheckCount(count + 1, is_public);
  for (const std::string& address : in.SecondaryPrivateIpAddresses) CheckPrivateAddress(context, subnet, address);
  std::vector<GatewayAddress> planned(count);
  for (std::size_t i = 0; i < count; ++i) {
    planned[i].is_primary = false;
    planned[i].status = is_public ? "associating" : "assigning";
    if (i < in.SecondaryPrivateIpAddresses.size()) planned[i].private_ip = in.SecondaryPrivateIpAddresses[i];
    if (is_public) planned[i].allocation_id = FreeElasticAddress(context, in.SecondaryAllocationIds[i]).allocation_id;
  }
  return planned;
}

void AddSecondaryAddresses(Context& context, record::NatGateway& gateway, const std::string& network_interface_id) {
  const auto subnet = Require<record::Subnet>(context, gateway.subnet_id);
  for (auto& address : gateway.addresses) {
    if (address.network_interface_id) continue;
    auto interface = Require<record::NetworkInterface>(context, network_interface_id);
    std::vector<std::string> named;
    if (address.private_ip) named.push_back(*address.private_ip);
    auto chosen = ChooseSecondaryAddresses(context, subnet, named, named.empty() ? 1 : 0);
    interface.private_ip_addresses.push_back(chosen.front());
    address.network_interface_id = network_interface_id;
    address.private_ip = chosen.front().private_ip_address;
    context.tx.Put(context.scope, interface);
    if (address.allocation_id) {
      auto elastic = FreeElasticAddress(context, *address.allocation_id);
      AssociateElasticAddress(context, elastic, interface, interface.private_ip_addresses.back(),
                              gateway.nat_gateway_id);
      address.public_ip = elastic.public_ip;
      address.association_id = elastic.association_id;
    }
    address.status = "succeeded";
  }
}

AWS_OPERATION(ec2, AssignPrivateNatGatewayAddress)
AWS_ACCESS("natgateway/{NatGatewayId}")
AssignPrivateNatGatewayAddressResult AssignPrivateNatGatewayAddress(Context& context,
                                                                    const AssignPrivateNatGatewayAddressRequest& in) {
  auto gateway = GatewayToChange(context, *in.NatGatewayId, "private");
  if (in.PrivateIpAddresses.empty() && !in.PrivateIpAddressCount)
    throw errors::MissingParameter("privateIpAddressCount");
  if (!in.PrivateIpAddresses.empty() && in.PrivateIpAddressCount)
    throw errors::InvalidParameterCombination(
        "PrivateIpAddresses and PrivateIpAddressCount cannot be specified together");
  const std::size_t before = gateway.addresses.size();
  const std::size_t count =
      in.PrivateIpAddressCount ? static_cast<std::size_t>(*in.PrivateIpAddressCount) : in.PrivateIpAddresses.size();
  CheckCount(before + count, false);
  for (std::size_t i = 0; i < count; ++i) {
    auto& address = gateway.addresses.emplace_back();
    address.is_primary = false;
    if (i < in.PrivateIpAddresses.size()) address.private_ip = in.PrivateIpAddresses[i];
  }
  AddSecondaryAddresses(context, gateway, InterfaceOf(gateway));
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, gateway);
  AssignPrivateNatGatewayAddressResult out;
  out.NatGatewayId = gateway.nat_gateway_id;
  out.NatGatewayAddresses = LastToWire(gateway, before, "assigning");
  return out;
}

// The addresses go at once: there are no connections that could drain.
AWS_OPERATION(ec2, UnassignPrivateNatGatewayAddress)
AWS_ACCESS("natgateway/{NatGatewayId}")
UnassignPrivateNatGatewayAddressResult UnassignPrivateNatGatewayAddress(
    Context& context, const UnassignPrivateNatGatewayAddressRequest& in) {
  auto gateway = GatewayToChange(context, *in.NatGatewayId, "private");
  const auto named = [&](const GatewayAddress& address) {
    return std::find(in.PrivateIpAddresses.begin(), in.PrivateIpAddresses.end(), *address.private_ip) !=
           in.PrivateIpAddresses.end();
  };
  for (const std::string& text : in.PrivateIpAddresses) {
    const auto found = std::find_if(gateway.addresses.begin(), gateway.addresses.end(),
                                    [&](const auto& address) { return address.private_ip == text; });
    if (found == gateway.addresses.end() || found->is_primary)  // text unconfirmed
      throw errors::InvalidParameterValue(
          fmt::format("{} is no secondary address of NAT gateway {}", text, gateway.nat_gateway_id));
  }
  EndDryRun(in.DryRun);
  UnassignPrivateNatGatewayAddressResult out;
  out.NatGatewayId = gateway.nat_gateway_id;
  out.NatGatewayAddresses = TakeOff(context, gateway, "unassigning", named);
  return out;
}

AWS_OPERATION(ec2, AssociateNatGatewayAddress)
AWS_ACCESS("natgateway/{NatGatewayId}", "elastic-ip/{AllocationIds}")
AssociateNatGatewayAddressResult AssociateNatGatewayAddress(Context& context,
                                                            const AssociateNatGatewayAddressRequest& in) {
  RefuseParameters(in, {"AvailabilityZone", "AvailabilityZoneId"});  // of regional NAT gateways
  auto gateway = GatewayToChange(context, *in.NatGatewayId, "public");
  if (in.PrivateIpAddresses.size() > in.AllocationIds.size())  // text unconfirmed
    throw errors::InvalidParameterCombination("Each private IP address needs an allocation ID");
  const std::size_t before = gateway.addresses.size();
  for (std::size_t i = 0; i < in.AllocationIds.size(); ++i) {
    auto& address = gateway.addresses.emplace_back();
    address.is_primary = false;
    address.allocation_id = FreeElasticAddress(context, in.AllocationIds[i]).allocation_id;
    if (i < in.PrivateIpAddresses.size()) address.private_ip = in.PrivateIpAddresses[i];
  }
  CheckCount(gateway.addresses.size(), true);
  AddSecondaryAddresses(context, gateway, InterfaceOf(gateway));
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, gateway);
  AssociateNatGatewayAddressResult out;
  out.NatGatewayId = gateway.nat_gateway_id;
  out.NatGatewayAddresses = LastToWire(gateway, before, "associating");
  return out;
}

AWS_OPERATION(ec2, DisassociateNatGatewayAddress)
AWS_ACCESS("natgateway/{NatGatewayId}", "elastic-ip/{AssociationIds}")
DisassociateNatGatewayAddressResult DisassociateNatGatewayAddress(Context& context,
                                                                  const DisassociateNatGatewayAddressRequest& in) {
  auto gateway = GatewayToChange(context, *in.NatGatewayId, "public");
  for (const std::string& id : in.AssociationIds) {
    const auto found = std::find_if(gateway.addresses.begin(), gateway.addresses.end(),
                                    [&](const auto& address) { return address.association_id == id; });
    if (found == gateway.addresses.end()) throw errors::AssociationNotFound(id);
    if (found->is_primary)  // text unconfirmed
      throw errors::InvalidParameterValue(
          fmt::format("The primary address of NAT gateway {} cannot be disassociated", gateway.nat_gateway_id));
  }
  EndDryRun(in.DryRun);
  DisassociateNatGatewayAddressResult out;
  out.NatGatewayId = gateway.nat_gateway_id;
  out.NatGatewayAddresses = TakeOff(context, gateway, "disassociating", [&](const GatewayAddress& address) {
    return address.association_id && std::find(in.AssociationIds.begin(), in.AssociationIds.end(),
                                               *address.association_id) != in.AssociationIds.end();
  });
  return out;
}

}  // namespace drydock::ec2
