#include "api/ec2/CreateNatGatewayRequest.h"
#include "api/ec2/CreateNatGatewayResult.h"
#include "api/ec2/DeleteNatGatewayRequest.h"
#include "api/ec2/DeleteNatGatewayResult.h"
#include "api/ec2/DescribeNatGatewaysRequest.h"
#include "api/ec2/DescribeNatGatewaysResult.h"
#include "api/ec2/NatGateway.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/nat_gateway_addresses.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxPerZone = 5;  // pending, active and deleting ones; VPC User Guide, "Quotas"
constexpr Duration kQuick{200};
constexpr Duration kProvisioning{90'000};  // AWS takes one to three minutes
constexpr Duration kDeleting{60'000};
constexpr Duration kRemembered{3'600'000};  // deleted and failed ones stay to be seen for about an hour

constexpr FilterOf<NatGateway> kNatGatewayFilters[] = {
    {"nat-gateway-id", &At<&NatGateway::NatGatewayId>},
    {"state", &At<&NatGateway::State>},
    {"subnet-id", &At<&NatGateway::SubnetId>},
    {"vpc-id", &At<&NatGateway::VpcId>},
};

NatGateway ToWire(const record::NatGateway& gateway) {
  NatGateway wire;
  wire.NatGatewayId = gateway.nat_gateway_id;
  wire.VpcId = gateway.vpc_id;
  wire.SubnetId = gateway.subnet_id;
  wire.State = gateway.state;
  wire.ConnectivityType = gateway.connectivity_type;
  wire.AvailabilityMode = "zonal";
  wire.CreateTime = gateway.create_time;
  wire.DeleteTime = gateway.delete_time;
  wire.FailureCode = gateway.failure_code;
  wire.FailureMessage = gateway.failure_message;
  for (const auto& address : gateway.addresses) wire.NatGatewayAddresses.push_back(GatewayAddressToWire(address));
  wire.Tags = TagsToWire(gateway.tags, false);
  return wire;
}

void SetTimer(Context& context, const std::string& id, Duration realistic, Duration quick) {
  context.tx.SetTimer({.kind = kNatGatewayTimer,
                       .scope = context.scope,
                       .key = id,
                       .due = context.now + context.engines.clock.Delay(realistic, quick)});
}

std::size_t LivingInZone(Context& context, const std::string& zone) {
  std::size_t count = 0;
  for (const auto& gateway : context.tx.List<record::NatGateway>(context.scope)) {
    if (gateway.state == "deleted" || gateway.state == "failed") continue;
    const auto subnet = context.tx.Get<record::Subnet>(context.scope, gateway.subnet_id);
    if (subnet && subnet->availability_zone == zone) ++count;
  }
  return count;
}

void Fail(Context& context, record::NatGateway& gateway, const std::string& code, const std::string& message) {
  gateway.state = "failed";
  gateway.failure_code = code;
  gateway.failure_message = message;
  gateway.delete_time = context.now;
  for (auto& address : gateway.addresses) address.status = "failed";
  context.tx.Put(context.scope, gateway);
  SetTimer(context, gateway.nat_gateway_id, kRemembered, kRemembered);
}

// What can still go wrong once CreateNatGateway has answered. NatGateway's manual, FailureMessage.
void Provision(Context& context, record::NatGateway& gateway) {
  const auto subnet = context.tx.Get<record::Subnet>(context.scope, gateway.subnet_id);
  if (!subnet)
    return Fail(context, gateway, "InvalidSubnetID.NotFound",
                fmt::format("The specified subnet {} does not exist or could not be found.", gateway.subnet_id));
  auto& address = gateway.addresses.front();
  std::optional<record::ElasticAddress> elastic;
  if (address.allocation_id) {
    if (context.tx.Count<record::InternetGateway>(context.scope,
                                                  store::Where(&record::InternetGateway::vpc_id, gateway.vpc_id)) == 0)
      return Fail(context, gateway, "Gateway.NotAttached",
                  fmt::format("Network {} has no Internet gateway attached", gateway.vpc_id));
    elastic = context.tx.Get<record::ElasticAddress>(context.scope, *address.allocation_id);
    if (!elastic)
      return Fail(
          context, gateway, "InvalidAllocationID.NotFound",
          fmt::format("Elastic IP address {} could not be associated with this NAT gateway", *address.allocation_id));
    if (elastic->association_id)
      return Fail(context, gateway, "Resource.AlreadyAssociated",
                  fmt::format("Elastic IP address {} is already associated", *address.allocation_id));
  }
  record::NetworkInterface interface;
  try {
    InterfaceSpec spec;
    spec.subnet_id = gateway.subnet_id;
    spec.description = "Interface for NAT Gateway " + gateway.nat_gateway_id;
    spec.interface_type = "nat_gateway";
    spec.requester_id = "128792236543";  // Amazon's in eu-central-1; other regions have others
    spec.instance_owner_id = "amazon-aws";
    spec.source_dest_check = false;
    spec.without_groups = true;
    spec.private_ip_address = address.private_ip;
    interface = CreateRequesterManagedInterface(context, spec);
  } catch (const ApiError&) {
    return Fail(context, gateway, "InsufficientFreeAddressesInSubnet",
                "Subnet has insufficient free addresses to create this NAT gateway");
  }
  address.network_interface_id = interface.network_interface_id;
  address.private_ip = interface.private_ip_address();
  if (elastic) {
    AssociateElasticAddress(context, *elastic, interface, interface.private_ip_addresses.front(),
                            gateway.nat_gateway_id);
    address.public_ip = elastic->public_ip;
    address.association_id = elastic->association_id;
  }
  address.status = "succeeded";
  try {
    AddSecondaryAddresses(context, gateway, interface.network_interface_id);
  } catch (const ApiError&) {
    DeleteInterface(context, interface.network_interface_id);
    return Fail(context, gateway, "InsufficientFreeAddressesInSubnet",
                "Subnet has insufficient free addresses to create this NAT gateway");
  }
  gateway.state = "available";
  context.tx.Put(context.scope, gateway);
}

// The Elastic IP is free again, not released. VPC User Guide, "Delete a NAT gateway".
void Dismantle(Context& context, record::NatGateway& gateway) {
  for (auto& address : gateway.addresses)
    if (address.network_interface_id) DeleteInterface(context, *address.network_interface_id);
  gateway.state = "deleted";
  context.tx.Put(context.scope, gateway);
  SetTimer(context, gateway.nat_gateway_id, kRemembered, kRemembered);
}

}  // namespace

void NatGatewayTimerFired(Context& context, const std::string& nat_gateway_id) {
  auto gateway = context.tx.Get<record::NatGateway>(context.scope, nat_gateway_id);
  if (!gateway) return;
  if (gateway->state == "pending")
    Provision(context, *gateway);
  else if (gateway->state == "deleting")
    Dismantle(context, *gateway);
  else
    context.tx.Erase<record::NatGateway>(context.scope, nat_gateway_id);
}

AWS_OPERATION(ec2, CreateNatGateway)
AWS_ACCESS("subnet/{SubnetId}", "elastic-ip/{AllocationId}", "elastic-ip/{SecondaryAllocationIds}", "natgateway/*")
CreateNatGatewayResult CreateNatGateway(Context& context, const CreateNatGatewayRequest& in) {
  RefuseParameters(in, {"VpcId", "AvailabilityZoneAddresses"});
  if (in.AvailabilityMode == "regional") throw errors::UnsupportedParameter("AvailabilityMode=regional");
  CreateNatGatewayResult out;
  out.ClientToken = in.ClientToken;
  if (const auto before = CreatedBefore<record::NatGateway>(context, "CreateNatGateway", in)) {
    out.NatGateway = ToWire(*before);
    return out;
  }
  if (!in.SubnetId) throw errors::MissingParameter("SubnetId");
  const auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  record::NatGateway gateway;
  gateway.connectivity_type = in.ConnectivityType.value_or("public");
  const bool is_public = gateway.connectivity_type == "public";
  if (is_public && !in.AllocationId) throw errors::MissingParameter("AllocationId");
  if (!is_public && in.AllocationId)  // text unconfirmed
    throw errors::InvalidParameterCombination("AllocationId cannot be specified for a private NAT gateway");
  record::NatGatewayAddress address;
  if (is_public) address.allocation_id = Require<record::ElasticAddress>(context, *in.AllocationId).allocation_id;
  address.private_ip = in.PrivateIpAddress;
  if (in.PrivateIpAddress) CheckPrivateAddress(context, subnet, *in.PrivateIpAddress);
  auto secondary = PlanSecondaryAddresses(context, in, subnet);
  gateway.tags = TakeTags(in.TagSpecifications, kKind<record::NatGateway>);
  if (LivingInZone(context, subnet.availability_zone) >= kMaxPerZone) throw errors::NatGatewayLimitExceeded();
  EndDryRun(in.DryRun);

  gateway.nat_gateway_id = context.ids.Ec2("nat");
  gateway.vpc_id = subnet.vpc_id;
  gateway.subnet_id = subnet.subnet_id;
  gateway.create_time = context.now;
  address.status = is_public ? "associating" : "assigning";
  gateway.addresses = {address};
  std::move(secondary.begin(), secondary.end(), std::back_inserter(gateway.addresses));
  context.tx.Put(context.scope, gateway);
  SetTimer(context, gateway.nat_gateway_id, kProvisioning, kQuick);
  RememberToken(context, "CreateNatGateway", in, gateway.nat_gateway_id);
  out.NatGateway = ToWire(gateway);
  return out;
}

AWS_OPERATION(ec2, DeleteNatGateway)
AWS_ACCESS("natgateway/{NatGatewayId}")
DeleteNatGatewayResult DeleteNatGateway(Context& context, const DeleteNatGatewayRequest& in) {
  auto gateway = Require<record::NatGateway>(context, *in.NatGatewayId);
  EndDryRun(in.DryRun);
  if (gateway.state == "pending" || gateway.state == "available") {
    gateway.state = "deleting";
    gateway.delete_time = context.now;
    context.tx.Put(context.scope, gateway);
    SetTimer(context, gateway.nat_gateway_id, kDeleting, kQuick);
  }
  DeleteNatGatewayResult out;
  out.NatGatewayId = gateway.nat_gateway_id;
  return out;
}

AWS_OPERATION(ec2, DescribeNatGateways)
DescribeNatGatewaysResult DescribeNatGateways(Context& context, const DescribeNatGatewaysRequest& in) {
  RefuseIdsWithPages("natGatewayIds", !in.NatGatewayIds.empty(), in.MaxResults);
  std::vector<NatGateway> gateways;
  for (const auto& gateway : Select<record::NatGateway>(context, in.NatGatewayIds)) gateways.push_back(ToWire(gateway));
  KeepMatching(gateways, in.Filter, kNatGatewayFilters);
  EndDryRun(in.DryRun);

  DescribeNatGatewaysResult out;
  out.NatGateways = PageOf(context, "DescribeNatGateways", in, std::move(gateways), out.NextToken,
                           [](const NatGateway& gateway) { return *gateway.NatGatewayId; });
  return out;
}

}  // namespace drydock::ec2
