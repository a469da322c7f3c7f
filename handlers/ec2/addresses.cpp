// Elastic IP addresses.
#include "api/ec2/Address.h"
#include "api/ec2/AddressAttribute.h"
#include "api/ec2/AllocateAddressRequest.h"
#include "api/ec2/AllocateAddressResult.h"
#include "api/ec2/AssociateAddressRequest.h"
#include "api/ec2/AssociateAddressResult.h"
#include "api/ec2/DescribeAddressesAttributeRequest.h"
#include "api/ec2/DescribeAddressesAttributeResult.h"
#include "api/ec2/DescribeAddressesRequest.h"
#include "api/ec2/DescribeAddressesResult.h"
#include "api/ec2/DisassociateAddressRequest.h"
#include "api/ec2/DisassociateAddressResponse.h"
#include "api/ec2/ModifyAddressAttributeRequest.h"
#include "api/ec2/ModifyAddressAttributeResult.h"
#include "api/ec2/ReleaseAddressRequest.h"
#include "api/ec2/ReleaseAddressResponse.h"
#include "api/ec2/ResetAddressAttributeRequest.h"
#include "api/ec2/ResetAddressAttributeResult.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxAddresses = 5;  // per region; VPC User Guide, "Quotas"

constexpr FilterOf<Address> kAddressFilters[] = {
    {"allocation-id", &At<&Address::AllocationId>},
    {"association-id", &At<&Address::AssociationId>},
    {"domain", &At<&Address::Domain>},
    {"instance-id", &At<&Address::InstanceId>},
    {"network-border-group", &At<&Address::NetworkBorderGroup>},
    {"network-interface-id", &At<&Address::NetworkInterfaceId>},
    {"network-interface-owner-id", &At<&Address::NetworkInterfaceOwnerId>},
    {"private-ip-address", &At<&Address::PrivateIpAddress>},
    {"public-ip", &At<&Address::PublicIp>},
};

Address ToWire(Context& context, const record::ElasticAddress& elastic) {
  Address wire;
  wire.AllocationId = elastic.allocation_id;
  wire.PublicIp = elastic.public_ip;
  wire.Domain = "vpc";
  wire.PublicIpv4Pool = "amazon";
  wire.NetworkBorderGroup = context.region();
  wire.AssociationId = elastic.association_id;
  wire.NetworkInterfaceId = elastic.network_interface_id;
  wire.PrivateIpAddress = elastic.private_ip_address;
  if (elastic.association_id) wire.NetworkInterfaceOwnerId = context.account();
  if (elastic.network_interface_id)
    if (const auto interface = FindNetworkInterface(context, *elastic.network_interface_id))
      wire.InstanceId = interface->instance_id;
  wire.Tags = TagsToWire(elastic.tags, false);
  return wire;
}

// By allocation id, or by the address itself.
record::ElasticAddress Named(Context& context, const std::optional<std::string>& allocation_id,
                             const std::optional<std::string>& public_ip) {
  if (allocation_id && public_ip)
    throw errors::InvalidParameterCombination(
        "You may specify public IP or allocation id, but not both in the same call");
  if (allocation_id) return Require<record::ElasticAddress>(context, *allocation_id);
  if (!public_ip) throw errors::MissingParameter("allocationId");
  if (!network::Address::Parse(*public_ip))
    throw ApiError("InvalidAddress.Malformed",
                   fmt::format("Invalid IPv4 address: {}", *public_ip));  // text unconfirmed
  auto found = context.tx.List<record::ElasticAddress>(context.scope,
                                                       store::Where(&record::ElasticAddress::public_ip, *public_ip));
  if (found.empty()) throw errors::AddressNotFound(*public_ip);
  return std::move(found.front());
}

record::PrivateIpAddress& PrivateAddressOf(record::NetworkInterface& interface,
                                           const std::optional<std::string>& private_ip_address) {
  if (!private_ip_address) return interface.private_ip_addresses.front();
  for (auto& address : interface.private_ip_addresses)
    if (address.private_ip_address == *private_ip_address) return address;
  throw errors::InvalidParameterValue(  // text unconfirmed
      fmt::format("The private IP address {} is not assigned to network interface {}", *private_ip_address,
                  interface.network_interface_id));
}

// An interface, or an instance that has one only.
record::NetworkInterface InterfaceToAssociate(Context& context, const AssociateAddressRequest& in) {
  if (!in.NetworkInterfaceId && !in.InstanceId)
    throw ApiError("MissingParameter", "Either instance ID or network interface id must be specified");
  if (in.NetworkInterfaceId && in.InstanceId)  // text unconfirmed
    throw errors::InvalidParameterCombination(
        "You may specify an instance ID or a network interface ID, but not both in the same call");
  if (in.NetworkInterfaceId) return Require<record::NetworkInterface>(context, *in.NetworkInterfaceId);
  const auto instance = RequireInstance(context, *in.InstanceId);
  if (instance.state != "running" && instance.state != "stopped" && instance.state != "stopping")
    throw errors::InstanceStateNotValid(instance.instance_id, instance.state);
  return OnlyInterfaceOf(context, instance);
}

// Takes the Elastic IP off its interface, if it is on one. What a service manages stays as it is.
void Disassociate(Context& context, const record::ElasticAddress& elastic) {
  if (elastic.managed_by) throw errors::AuthFailure();
  if (!elastic.network_interface_id) return;
  auto interface = Require<record::NetworkInterface>(context, *elastic.network_interface_id);
  for (auto& address : interface.private_ip_addresses)
    if (address.association && address.association->allocation_id == elastic.allocation_id)
      RemoveAssociation(context, address);
  context.tx.Put(context.scope, interface);
  // EC2 User Guide, "Elastic IP addresses": an instance that had an address of Amazon's pool gets another one.
  if (!interface.instance_id) return;
  const auto instance = RequireInstance(context, *interface.instance_id);
  if (instance.state == "running") AssignPublicAddress(context, instance);
}

}  // namespace

AWS_OPERATION(ec2, AllocateAddress)
AWS_ACCESS("elastic-ip/*")
AllocateAddressResult AllocateAddress(Context& context, const AllocateAddressRequest& in) {
  RefuseParameters(in, {"Address", "PublicIpv4Pool", "CustomerOwnedIpv4Pool", "IpamPoolId"});
  if (in.Domain == "standard") throw errors::UnsupportedParameter("Domain=standard");
  if (in.NetworkBorderGroup && *in.NetworkBorderGroup != context.region())
    throw errors::InvalidValue(*in.NetworkBorderGroup, "networkBorderGroup", "The network border group is not valid.");
  record::ElasticAddress elastic;
  elastic.tags = TakeTags(in.TagSpecifications, kKind<record::ElasticAddress>);
  if (context.tx.Count<record::ElasticAddress>(context.scope) >= kMaxAddresses) throw errors::AddressLimitExceeded();
  EndDryRun(in.DryRun);

  elastic.allocation_id = context.ids.Ec2("eipalloc");
  elastic.public_ip = TakePublicAddress(context, elastic.allocation_id);
  context.tx.Put(context.scope, elastic);
  AllocateAddressResult out;
  out.AllocationId = elastic.allocation_id;
  out.PublicIp = elastic.public_ip;
  out.PublicIpv4Pool = "amazon";
  out.NetworkBorderGroup = context.region();
  out.Domain = "vpc";
  return out;
}

AWS_OPERATION(ec2, ReleaseAddress)
AWS_ACCESS("elastic-ip/{AllocationId}", "elastic-ip/{PublicIp}")
ReleaseAddressResponse ReleaseAddress(Context& context, const ReleaseAddressRequest& in) {
  const auto elastic = Named(context, in.AllocationId, in.PublicIp);
  if (elastic.managed_by) throw errors::AuthFailure();
  if (elastic.association_id) throw errors::AddressInUse(elastic.public_ip);
  EndDryRun(in.DryRun);
  GiveBackPublicAddress(context, elastic.public_ip);
  context.tx.Erase<record::ElasticAddress>(context.scope, elastic.allocation_id);
  return {};
}

// AllowReassociation is true unless it is said otherwise: AssociateAddress's manual.
AWS_OPERATION(ec2, AssociateAddress)
AWS_ACCESS("elastic-ip/{AllocationId}", "elastic-ip/{PublicIp}", "instance/{InstanceId}",
           "network-interface/{NetworkInterfaceId}")
AssociateAddressResult AssociateAddress(Context& context, const AssociateAddressRequest& in) {
  const auto named = Named(context, in.AllocationId, in.PublicIp);
  const auto target = InterfaceToAssociate(context, in);
  if (target.requester_managed || named.managed_by) throw errors::AuthFailure();
  if (context.tx.Count<record::InternetGateway>(context.scope,
                                                store::Where(&record::InternetGateway::vpc_id, target.vpc_id)) == 0)
    throw errors::GatewayNotAttached(fmt::format("Network {} is not attached to any internet gateway", target.vpc_id));
  if (named.association_id && in.AllowReassociation == false)
    throw errors::AlreadyAssociated(fmt::format("resource {} is already associated with associate-id {}",
                                                named.allocation_id, *named.association_id));
  Disassociate(context, named);

  auto elastic = Require<record::ElasticAddress>(context, named.allocation_id);
  auto interface = Require<record::NetworkInterface>(context, target.network_interface_id);
  auto& address = PrivateAddressOf(interface, in.PrivateIpAddress);
  if (address.association && address.association->allocation_id && in.AllowReassociation == false)
    throw errors::AlreadyAssociated(fmt::format("resource {} is already associated with associate-id {}",
                                                interface.network_interface_id,
                                                address.association->association_id.value_or("")));
  AssociateElasticAddress(context, elastic, interface, address, "");
  EndDryRun(in.DryRun);
  AssociateAddressResult out;
  out.AssociationId = elastic.association_id;
  return out;
}

AWS_OPERATION(ec2, DisassociateAddress)
AWS_ACCESS("elastic-ip/{AssociationId}", "elastic-ip/{PublicIp}")
DisassociateAddressResponse DisassociateAddress(Context& context, const DisassociateAddressRequest& in) {
  if (!in.AssociationId) {
    if (!in.PublicIp) throw errors::MissingParameter("associationId");
    Disassociate(context, Named(context, std::nullopt, in.PublicIp));
  } else {
    const auto found = context.tx.List<record::ElasticAddress>(
        context.scope, store::Where(&record::ElasticAddress::association_id, *in.AssociationId));
    if (found.empty()) throw errors::AssociationNotFound(*in.AssociationId);
    Disassociate(context, found.front());
  }
  EndDryRun(in.DryRun);
  return {};
}

namespace {

AddressAttribute AttributeToWire(const record::ElasticAddress& elastic) {
  AddressAttribute wire;
  wire.AllocationId = elastic.allocation_id;
  wire.PublicIp = elastic.public_ip;
  wire.PtrRecord = elastic.ptr_record;
  return wire;
}

// "www.example.com." with or without its last dot.
std::string TakeDomainName(std::string name) {
  if (!name.empty() && name.back() == '.') name.pop_back();
  bool valid = !name.empty() && name.size() <= 253;
  for (const std::string& label : Split(name, '.'))
    valid =
        valid && !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
        label.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == std::string::npos;
  if (!valid) throw errors::InvalidValue(name, "domainName", "It is not a domain name.");  // text unconfirmed
  return name + ".";
}

}  // namespace

// Stored and shown: there is no DNS outside of VPCs that could look the name up.
AWS_OPERATION(ec2, ModifyAddressAttribute)
AWS_ACCESS("elastic-ip/{AllocationId}")
ModifyAddressAttributeResult ModifyAddressAttribute(Context& context, const ModifyAddressAttributeRequest& in) {
  auto elastic = Require<record::ElasticAddress>(context, *in.AllocationId);
  if (!in.DomainName) throw errors::MissingParameter("domainName");
  elastic.ptr_record = TakeDomainName(*in.DomainName);
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, elastic);
  ModifyAddressAttributeResult out;
  out.Address = AttributeToWire(elastic);
  return out;
}

AWS_OPERATION(ec2, ResetAddressAttribute)
AWS_ACCESS("elastic-ip/{AllocationId}")
ResetAddressAttributeResult ResetAddressAttribute(Context& context, const ResetAddressAttributeRequest& in) {
  auto elastic = Require<record::ElasticAddress>(context, *in.AllocationId);
  EndDryRun(in.DryRun);
  elastic.ptr_record.reset();
  context.tx.Put(context.scope, elastic);
  ResetAddressAttributeResult out;
  out.Address = AttributeToWire(elastic);
  return out;
}

AWS_OPERATION(ec2, DescribeAddressesAttribute)
DescribeAddressesAttributeResult DescribeAddressesAttribute(Context& context,
                                                            const DescribeAddressesAttributeRequest& in) {
  RefuseIdsWithPages("allocationIds", !in.AllocationIds.empty(), in.MaxResults);
  std::vector<AddressAttribute> addresses;
  for (const auto& elastic : Select<record::ElasticAddress>(context, in.AllocationIds))
    addresses.push_back(AttributeToWire(elastic));
  EndDryRun(in.DryRun);
  DescribeAddressesAttributeResult out;
  out.Addresses = PageOf(context, "DescribeAddressesAttribute", in, std::move(addresses), out.NextToken,
                         [](const AddressAttribute& address) { return *address.AllocationId; });
  return out;
}

AWS_OPERATION(ec2, DescribeAddresses)
DescribeAddressesResult DescribeAddresses(Context& context, const DescribeAddressesRequest& in) {
  std::vector<record::ElasticAddress> selected;
  if (in.PublicIps.empty() || !in.AllocationIds.empty())
    selected = Select<record::ElasticAddress>(context, in.AllocationIds);
  for (const std::string& public_ip : in.PublicIps) selected.push_back(Named(context, std::nullopt, public_ip));
  std::vector<Address> addresses;
  for (const auto& elastic : selected) addresses.push_back(ToWire(context, elastic));
  KeepMatching(addresses, in.Filters, kAddressFilters);
  EndDryRun(in.DryRun);

  DescribeAddressesResult out;
  out.Addresses = std::move(addresses);
  return out;
}

}  // namespace drydock::ec2
