#include "handlers/ec2/network_interfaces.h"

#include "api/ec2/CreateNetworkInterfaceRequest.h"
#include "api/ec2/CreateNetworkInterfaceResult.h"
#include "api/ec2/DeleteNetworkInterfaceRequest.h"
#include "api/ec2/DeleteNetworkInterfaceResponse.h"
#include "api/ec2/DescribeNetworkInterfaceAttributeRequest.h"
#include "api/ec2/DescribeNetworkInterfaceAttributeResult.h"
#include "api/ec2/DescribeNetworkInterfacesRequest.h"
#include "api/ec2/DescribeNetworkInterfacesResult.h"
#include "api/ec2/ModifyNetworkInterfaceAttributeRequest.h"
#include "api/ec2/ModifyNetworkInterfaceAttributeResponse.h"
#include "api/ec2/NetworkInterface.h"
#include "api/ec2/ResetNetworkInterfaceAttributeRequest.h"
#include "api/ec2/ResetNetworkInterfaceAttributeResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/network_interface_wire.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxInterfaces = 5000;  // per region; VPC User Guide, "Quotas"
constexpr std::size_t kMaxDescription = 255;

constexpr FilterOf<NetworkInterface> kInterfaceFilters[] = {
    {"addresses.association.owner-id",
     &At<&NetworkInterface::PrivateIpAddresses, &NetworkInterfacePrivateIpAddress::Association,
         &NetworkInterfaceAssociation::IpOwnerId>},
    {"addresses.association.public-ip",
     &At<&NetworkInterface::PrivateIpAddresses, &NetworkInterfacePrivateIpAddress::Association,
         &NetworkInterfaceAssociation::PublicIp>},
    {"addresses.primary", &At<&NetworkInterface::PrivateIpAddresses, &NetworkInterfacePrivateIpAddress::Primary>},
    {"addresses.private-ip-address",
     &At<&NetworkInterface::PrivateIpAddresses, &NetworkInterfacePrivateIpAddress::PrivateIpAddress>},
    {"association.allocation-id", &At<&NetworkInterface::Association, &NetworkInterfaceAssociation::AllocationId>},
    {"association.association-id", &At<&NetworkInterface::Association, &NetworkInterfaceAssociation::AssociationId>},
    {"association.ip-owner-id", &At<&NetworkInterface::Association, &NetworkInterfaceAssociation::IpOwnerId>},
    {"association.public-dns-name", &At<&NetworkInterface::Association, &NetworkInterfaceAssociation::PublicDnsName>},
    {"association.public-ip", &At<&NetworkInterface::Association, &NetworkInterfaceAssociation::PublicIp>},
    {"attachment.attach-time", &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::AttachTime>},
    {"attachment.attachment-id", &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::AttachmentId>},
    {"attachment.delete-on-termination",
     &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::DeleteOnTermination>},
    {"attachment.device-index", &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::DeviceIndex>},
    {"attachment.instance-id", &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::InstanceId>},
    {"attachment.instance-owner-id", &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::InstanceOwnerId>},
    {"attachment.status", &At<&NetworkInterface::Attachment, &NetworkInterfaceAttachment::Status>},
    {"availability-zone", &At<&NetworkInterface::AvailabilityZone>},
    {"availability-zone-id", &At<&NetworkInterface::AvailabilityZoneId>},
    {"description", &At<&NetworkInterface::Description>},
    {"group-id", &At<&NetworkInterface::Groups, &GroupIdentifier::GroupId>},
    {"group-name", &At<&NetworkInterface::Groups, &GroupIdentifier::GroupName>},
    {"interface-type", &At<&NetworkInterface::InterfaceType>},
    {"ipv6-addresses.ipv6-address", &At<&NetworkInterface::Ipv6Addresses, &NetworkInterfaceIpv6Address::Ipv6Address>},
    {"mac-address", &At<&NetworkInterface::MacAddress>},
    {"network-interface-id", &At<&NetworkInterface::NetworkInterfaceId>},
    {"operator.managed", &At<&NetworkInterface::Operator, &OperatorResponse::Managed>},
    {"operator.principal", &At<&NetworkInterface::Operator, &OperatorResponse::Principal>},
    {"owner-id", &At<&NetworkInterface::OwnerId>},
    {"private-dns-name", &At<&NetworkInterface::PrivateDnsName>},
    {"private-ip-address", &At<&NetworkInterface::PrivateIpAddress>},
    {"requester-id", &At<&NetworkInterface::RequesterId>},
    {"requester-managed", &At<&NetworkInterface::RequesterManaged>},
    {"source-dest-check", &At<&NetworkInterface::SourceDestCheck>},
    {"status", &At<&NetworkInterface::Status>},
    {"subnet-id", &At<&NetworkInterface::SubnetId>},
    {"vpc-id", &At<&NetworkInterface::VpcId>},
};

// ModifyNetworkInterfaceAttribute's manual: the primary interface of an instance gets or loses an address of Amazon's
// pool, also while the instance runs.
void ChangePublicAddress(Context& context, const record::NetworkInterface& interface, bool wanted) {
  if (!interface.instance_id || interface.attachment->device_index != 0)  // text unconfirmed
    throw errors::InvalidParameterCombination(
        "associatePublicIpAddress is for the primary network interface of an instance only");
  auto instance = RequireInstance(context, *interface.instance_id);
  instance.associate_public_ip_address = wanted;
  context.tx.Put(context.scope, instance);
  if (!wanted) return ReleasePublicAddress(context, instance);
  if (instance.state == "running" || instance.state == "pending") AssignPublicAddress(context, instance);
}

}  // namespace

int Ipv6CountFor(const record::Subnet& subnet, const std::vector<std::string>& named, std::optional<int> asked) {
  return asked ? *asked : named.empty() && subnet.assign_ipv6_address_on_creation ? 1 : 0;
}

record::NetworkInterface NewInterface(Context& context, const record::Subnet& subnet) {
  if (context.tx.Count<record::NetworkInterface>(context.scope) >= kMaxInterfaces)
    throw errors::NetworkInterfaceLimitExceeded();
  record::NetworkInterface interface;
  interface.network_interface_id = context.ids.Ec2("eni");
  interface.subnet_id = subnet.subnet_id;
  interface.vpc_id = subnet.vpc_id;
  interface.availability_zone = subnet.availability_zone;
  interface.availability_zone_id = subnet.availability_zone_id;
  const std::string hex = context.ids.Hex(10);
  interface.mac_address = fmt::format("02:{}:{}:{}:{}:{}", hex.substr(0, 2), hex.substr(2, 2), hex.substr(4, 2),
                                      hex.substr(6, 2), hex.substr(8, 2));
  return interface;
}

std::optional<record::NetworkInterface> FindNetworkInterface(Context& context, const std::string& id) {
  return context.tx.Get<record::NetworkInterface>(context.scope, id);
}

record::NetworkInterface CreateRequesterManagedInterface(Context& context, const InterfaceSpec& spec) {
  const auto subnet = Require<record::Subnet>(context, spec.subnet_id);
  auto interface = NewInterface(context, subnet);
  if (!spec.without_groups) interface.group_ids = GroupsForInterface(context, subnet.vpc_id, spec.group_ids);
  interface.private_ip_addresses = ChoosePrivateAddresses(context, subnet, spec.private_ip_address, {}, 0);
  interface.description = spec.description;
  interface.interface_type = spec.interface_type;
  interface.source_dest_check = spec.source_dest_check;
  interface.requester_managed = true;
  if (!spec.requester_id.empty()) interface.requester_id = spec.requester_id;
  interface.tags = spec.tags;
  auto& attachment = interface.attachment.emplace();
  // What amazon-aws has is attached to no host in particular, and the attachment says less.
  const bool to_host = spec.instance_owner_id != "amazon-aws";
  attachment.attachment_id = context.ids.Ec2(to_host ? "eni-attach" : "ela-attach");
  attachment.instance_owner_id = spec.instance_owner_id;
  if (to_host) attachment.attach_time = context.now;
  if (spec.assign_public_ip) {
    auto& association = interface.private_ip_addresses.front().association.emplace();
    association.public_ip = TakePublicAddress(context, interface.network_interface_id);
    association.ip_owner_id = spec.ip_owner_id;
  }
  context.tx.Put(context.scope, interface);
  return interface;
}

void SetInterfaceGroups(Context& context, const std::string& id, const std::vector<std::string>& group_ids) {
  auto interface = Require<record::NetworkInterface>(context, id);
  interface.group_ids = GroupsForInterface(context, interface.vpc_id, group_ids);
  context.tx.Put(context.scope, interface);
}

void DeleteInterface(Context& context, const std::string& id) {
  auto interface = FindNetworkInterface(context, id);
  if (!interface) return;
  for (auto& address : interface->private_ip_addresses) RemoveAssociation(context, address);
  ReleasePrivateAddresses(context, interface->subnet_id, interface->private_ip_addresses);
  context.tx.Erase<record::NetworkInterface>(context.scope, id);
}

AWS_OPERATION(ec2, CreateNetworkInterface)
AWS_ACCESS("subnet/{SubnetId}", "security-group/{Groups}", "network-interface/*")
CreateNetworkInterfaceResult CreateNetworkInterface(Context& context, const CreateNetworkInterfaceRequest& in) {
  RefuseParameters(in, {"Ipv4Prefixes", "Ipv4PrefixCount", "Ipv6Prefixes", "Ipv6PrefixCount", "InterfaceType",
                        "EnablePrimaryIpv6", "ConnectionTrackingSpecification", "Operator"});
  CreateNetworkInterfaceResult out;
  out.ClientToken = in.ClientToken;
  if (const auto before = CreatedBefore<record::NetworkInterface>(context, "CreateNetworkInterface", in)) {
    out.NetworkInterface = InterfaceToWire(context, *before);
    return out;
  }
  const auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  const std::string description = in.Description.value_or("");
  if (description.size() > kMaxDescription)
    throw errors::InvalidValue(description, "description", "The maximum length is 255 characters.");
  auto interface = NewInterface(context, subnet);
  interface.tags = TakeTags(in.TagSpecifications, kKind<record::NetworkInterface>);
  interface.group_ids = GroupsForInterface(context, subnet.vpc_id, in.Groups);
  interface.private_ip_addresses = ChoosePrivateAddresses(context, subnet, in.PrivateIpAddress, in.PrivateIpAddresses,
                                                          in.SecondaryPrivateIpAddressCount.value_or(0));
  std::vector<std::string> ipv6;
  for (const auto& address : in.Ipv6Addresses) ipv6.push_back(address.Ipv6Address.value_or(""));
  interface.ipv6_addresses =
      ChooseIpv6Addresses(context, subnet, ipv6, Ipv6CountFor(subnet, ipv6, in.Ipv6AddressCount));
  interface.description = description;
  interface.requester_id = context.principal.user_id;
  EndDryRun(in.DryRun);

  context.tx.Put(context.scope, interface);
  RememberToken(context, "CreateNetworkInterface", in, interface.network_interface_id);
  out.NetworkInterface = InterfaceToWire(context, interface, "pending");
  return out;
}

AWS_OPERATION(ec2, DeleteNetworkInterface)
AWS_ACCESS("network-interface/{NetworkInterfaceId}")
DeleteNetworkInterfaceResponse DeleteNetworkInterface(Context& context, const DeleteNetworkInterfaceRequest& in) {
  const auto interface = Require<record::NetworkInterface>(context, *in.NetworkInterfaceId);
  if (interface.attachment)
    throw errors::InvalidParameterValue(
        fmt::format("Network interface '{}' is currently in use.", interface.network_interface_id));
  EndDryRun(in.DryRun);
  DeleteInterface(context, interface.network_interface_id);
  return {};
}

AWS_OPERATION(ec2, DescribeNetworkInterfaces)
DescribeNetworkInterfacesResult DescribeNetworkInterfaces(Context& context,
                                                          const DescribeNetworkInterfacesRequest& in) {
  RefuseIdsWithPages("networkInterfaceIds", !in.NetworkInterfaceIds.empty(), in.MaxResults);
  std::vector<NetworkInterface> interfaces;
  for (const auto& interface : Select<record::NetworkInterface>(context, in.NetworkInterfaceIds))
    interfaces.push_back(InterfaceToWire(context, interface));
  KeepMatching(interfaces, in.Filters, kInterfaceFilters);
  EndDryRun(in.DryRun);

  DescribeNetworkInterfacesResult out;
  out.NetworkInterfaces = PageOf(context, "DescribeNetworkInterfaces", in, std::move(interfaces), out.NextToken,
                                 [](const NetworkInterface& interface) { return *interface.NetworkInterfaceId; });
  return out;
}

// One attribute a call. An interface that a service manages keeps what the service gave it.
AWS_OPERATION(ec2, ModifyNetworkInterfaceAttribute)
AWS_ACCESS("network-interface/{NetworkInterfaceId}", "security-group/{Groups}")
ModifyNetworkInterfaceAttributeResponse ModifyNetworkInterfaceAttribute(
    Context& context, const ModifyNetworkInterfaceAttributeRequest& in) {
  RefuseParameters(
      in, {"EnaSrdSpecification", "EnablePrimaryIpv6", "ConnectionTrackingSpecification", "AssociatedSubnetIds"});
  auto interface = Require<record::NetworkInterface>(context, *in.NetworkInterfaceId);
  const int attributes = (in.Description ? 1 : 0) + (in.SourceDestCheck ? 1 : 0) + (in.Groups.empty() ? 0 : 1) +
                         (in.Attachment ? 1 : 0) + (in.AssociatePublicIpAddress ? 1 : 0);
  if (attributes == 0) throw errors::MissingParameter("attribute");  // text unconfirmed
  if (attributes > 1) throw errors::InvalidParameterCombination("Fields for multiple attribute types specified");
  if (interface.requester_managed) throw errors::AuthFailure();

  if (in.Description) interface.description = in.Description->Value.value_or("");
  if (in.SourceDestCheck) interface.source_dest_check = in.SourceDestCheck->Value.value_or(true);
  if (!in.Groups.empty()) interface.group_ids = GroupsForInterface(context, interface.vpc_id, in.Groups);
  if (in.Attachment) {
    if (!interface.attachment || in.Attachment->AttachmentId != interface.attachment->attachment_id)
      throw errors::AttachmentNotFound(in.Attachment->AttachmentId.value_or(""));
    if (in.Attachment->DefaultEnaQueueCount || in.Attachment->EnaQueueCount)
      throw errors::UnsupportedParameter("Attachment.EnaQueueCount");
    interface.attachment->delete_on_termination = in.Attachment->DeleteOnTermination.value_or(false);
  }
  context.tx.Put(context.scope, interface);
  if (in.AssociatePublicIpAddress) ChangePublicAddress(context, interface, *in.AssociatePublicIpAddress);
  EndDryRun(in.DryRun);
  return {};
}

AWS_OPERATION(ec2, ResetNetworkInterfaceAttribute)
AWS_ACCESS("network-interface/{NetworkInterfaceId}")
ResetNetworkInterfaceAttributeResponse ResetNetworkInterfaceAttribute(Context& context,
                                                                      const ResetNetworkInterfaceAttributeRequest& in) {
  auto interface = Require<record::NetworkInterface>(context, *in.NetworkInterfaceId);
  if (!in.SourceDestCheck) throw errors::MissingParameter("sourceDestCheck");
  if (interface.requester_managed) throw errors::AuthFailure();
  EndDryRun(in.DryRun);
  interface.source_dest_check = true;
  context.tx.Put(context.scope, interface);
  return {};
}

AWS_OPERATION(ec2, DescribeNetworkInterfaceAttribute)
DescribeNetworkInterfaceAttributeResult DescribeNetworkInterfaceAttribute(
    Context& context, const DescribeNetworkInterfaceAttributeRequest& in) {
  if (!in.Attribute) throw errors::MissingParameter("attribute");
  const auto interface = Require<record::NetworkInterface>(context, *in.NetworkInterfaceId);
  EndDryRun(in.DryRun);

  DescribeNetworkInterfaceAttributeResult out;
  out.NetworkInterfaceId = interface.network_interface_id;
  if (in.Attribute == "description") out.Description.emplace().Value = interface.description;
  if (in.Attribute == "sourceDestCheck") out.SourceDestCheck.emplace().Value = interface.source_dest_check;
  if (in.Attribute == "groupSet") out.Groups = GroupsToWire(context, interface.group_ids);
  if (in.Attribute == "attachment" && interface.attachment) out.Attachment = AttachmentToWire(interface);
  if (in.Attribute == "associatePublicIpAddress") out.AssociatePublicIpAddress = interface.association().has_value();
  return out;
}

}  // namespace drydock::ec2
