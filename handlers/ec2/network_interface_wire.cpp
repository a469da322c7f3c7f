#include "handlers/ec2/network_interface_wire.h"

#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

NetworkInterfaceAssociation AssociationToWire(Context& context, const record::NetworkInterfaceAssociation& association,
                                              bool dns_hostnames) {
  NetworkInterfaceAssociation wire;
  wire.AllocationId = association.allocation_id;
  wire.AssociationId = association.association_id;
  wire.IpOwnerId = association.ip_owner_id;
  wire.PublicIp = association.public_ip;
  wire.PublicDnsName = dns_hostnames ? PublicDnsName(context.region(), association.public_ip) : "";
  return wire;
}

}  // namespace

NetworkInterfaceAttachment AttachmentToWire(const record::NetworkInterface& interface) {
  const record::NetworkInterfaceAttachment& attachment = *interface.attachment;
  NetworkInterfaceAttachment wire;
  wire.AttachTime = attachment.attach_time;
  wire.AttachmentId = attachment.attachment_id;
  wire.DeleteOnTermination = attachment.delete_on_termination;
  wire.DeviceIndex = attachment.device_index;
  if (attachment.attach_time) wire.NetworkCardIndex = 0;
  wire.InstanceId = interface.instance_id;
  wire.InstanceOwnerId = attachment.instance_owner_id;
  wire.Status = attachment.status;
  return wire;
}

List<GroupIdentifier> GroupsToWire(Context& context, const std::vector<std::string>& group_ids) {
  List<GroupIdentifier> wire;
  wire.present = true;
  for (const std::string& id : group_ids) {
    const auto group = FindSecurityGroup(context, id);
    wire.push_back({id, group ? std::optional(group->group_name) : std::nullopt});
  }
  return wire;
}

NetworkInterface InterfaceToWire(Context& context, const record::NetworkInterface& interface, const char* status) {
  const auto vpc = context.tx.Get<record::Vpc>(context.scope, interface.vpc_id);
  const bool dns_hostnames = vpc && vpc->enable_dns_hostnames;
  NetworkInterface wire;
  wire.NetworkInterfaceId = interface.network_interface_id;
  wire.OwnerId = context.account();
  wire.SubnetId = interface.subnet_id;
  wire.VpcId = interface.vpc_id;
  wire.AvailabilityZone = interface.availability_zone;
  wire.AvailabilityZoneId = interface.availability_zone_id;
  wire.Description = interface.description;
  wire.InterfaceType = interface.interface_type;
  wire.MacAddress = interface.mac_address;
  wire.Status = status ? status : interface.attachment ? "in-use" : "available";
  wire.SourceDestCheck = interface.source_dest_check;
  wire.RequesterManaged = interface.requester_managed;
  wire.RequesterId = interface.requester_id;
  wire.Operator.emplace().Managed = false;
  if (interface.attachment) wire.Attachment = AttachmentToWire(interface);
  wire.Groups = GroupsToWire(context, interface.group_ids);
  wire.Ipv6Addresses.present = true;
  for (const auto& address : interface.ipv6_addresses) wire.Ipv6Addresses.emplace_back().Ipv6Address = address;
  if (!interface.ipv6_addresses.empty()) wire.Ipv6Address = interface.ipv6_addresses.front();
  wire.TagSet = TagsToWire(interface.tags, true);
  for (const auto& address : interface.private_ip_addresses) {
    auto& item = wire.PrivateIpAddresses.emplace_back();
    item.Primary = address.primary;
    item.PrivateIpAddress = address.private_ip_address;
    if (dns_hostnames) item.PrivateDnsName = PrivateDnsName(context.region(), address.private_ip_address);
    if (address.association) item.Association = AssociationToWire(context, *address.association, dns_hostnames);
  }
  const auto& primary = wire.PrivateIpAddresses.front();
  wire.PrivateIpAddress = primary.PrivateIpAddress;
  wire.PrivateDnsName = primary.PrivateDnsName;
  wire.Association = primary.Association;
  return wire;
}

}  // namespace drydock::ec2
