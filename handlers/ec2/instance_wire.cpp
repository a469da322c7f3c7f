#include "handlers/ec2/instance_wire.h"

#include "handlers/ec2/images.h"
#include "handlers/ec2/instance_types.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

std::optional<InstanceNetworkInterfaceAssociation> OfInstance(
    const std::optional<NetworkInterfaceAssociation>& association) {
  if (!association) return std::nullopt;
  InstanceNetworkInterfaceAssociation wire;
  wire.IpOwnerId = association->IpOwnerId;
  wire.PublicDnsName = association->PublicDnsName.value_or("");
  wire.PublicIp = association->PublicIp;
  return wire;
}

// An interface's own description, as an instance's description repeats it.
InstanceNetworkInterface OfInstance(const NetworkInterface& interface) {
  InstanceNetworkInterface wire;
  wire.Association = OfInstance(interface.Association);
  auto& attachment = wire.Attachment.emplace();
  attachment.AttachTime = interface.Attachment->AttachTime;
  attachment.AttachmentId = interface.Attachment->AttachmentId;
  attachment.DeleteOnTermination = interface.Attachment->DeleteOnTermination;
  attachment.DeviceIndex = interface.Attachment->DeviceIndex;
  attachment.NetworkCardIndex = interface.Attachment->NetworkCardIndex;
  attachment.Status = interface.Attachment->Status;
  wire.Description = interface.Description;
  wire.Groups = interface.Groups;
  wire.InterfaceType = interface.InterfaceType;
  wire.Ipv6Addresses.present = true;
  for (const auto& address : interface.Ipv6Addresses) {
    auto& item = wire.Ipv6Addresses.emplace_back();
    item.Ipv6Address = address.Ipv6Address;
    item.IsPrimaryIpv6 = address.IsPrimaryIpv6;
  }
  wire.MacAddress = interface.MacAddress;
  wire.NetworkInterfaceId = interface.NetworkInterfaceId;
  wire.OwnerId = interface.OwnerId;
  wire.PrivateDnsName = interface.PrivateDnsName;
  wire.PrivateIpAddress = interface.PrivateIpAddress;
  for (const auto& address : interface.PrivateIpAddresses) {
    auto& item = wire.PrivateIpAddresses.emplace_back();
    item.Association = OfInstance(address.Association);
    item.Primary = address.Primary;
    item.PrivateDnsName = address.PrivateDnsName;
    item.PrivateIpAddress = address.PrivateIpAddress;
  }
  wire.SourceDestCheck = interface.SourceDestCheck;
  wire.Status = interface.Status;
  wire.SubnetId = interface.SubnetId;
  wire.VpcId = interface.VpcId;
  return wire;
}

InstanceMetadataOptionsResponse MetadataOptionsToWire(const record::InstanceMetadataOptions& options) {
  InstanceMetadataOptionsResponse wire;
  wire.State = "applied";
  wire.HttpTokens = options.http_tokens;
  wire.HttpEndpoint = options.http_endpoint;
  wire.HttpProtocolIpv6 = options.http_protocol_ipv6;
  wire.InstanceMetadataTags = options.instance_metadata_tags;
  wire.HttpPutResponseHopLimit = options.http_put_response_hop_limit;
  return wire;
}

}  // namespace

Instance InstanceToWire(Context& context, const record::Instance& instance,
                        const std::vector<NetworkInterface>& interfaces) {
  const ImageFacts& image = RequireImage(instance.image_id);
  Instance wire;
  wire.InstanceId = instance.instance_id;
  wire.ImageId = instance.image_id;
  wire.InstanceType = instance.instance_type;
  wire.State = StateToWire(instance.state);
  wire.StateTransitionReason = instance.state_transition_reason;
  if (instance.state_reason_code) {
    auto& reason = wire.StateReason.emplace();
    reason.Code = instance.state_reason_code;
    reason.Message = instance.state_reason_message;
  }
  wire.AmiLaunchIndex = instance.launch_index;
  wire.LaunchTime = instance.launch_time;
  auto& placement = wire.Placement.emplace();
  placement.AvailabilityZone = instance.availability_zone;
  placement.AvailabilityZoneId = instance.availability_zone_id;
  placement.GroupName = "";
  placement.Tenancy = instance.tenancy;
  wire.Monitoring.emplace().State = "disabled";
  wire.Architecture = image.architecture;
  wire.RootDeviceName = image.root_device_name;
  wire.RootDeviceType = "ebs";
  wire.BlockDeviceMappings.present = true;  // Drydock has no volumes
  wire.ProductCodes.present = true;
  wire.VirtualizationType = "hvm";
  wire.Hypervisor = "xen";
  wire.EnaSupport = true;
  wire.EbsOptimized = instance.ebs_optimized;
  wire.ClientToken = instance.client_token.value_or("");
  wire.MetadataOptions = MetadataOptionsToWire(instance.metadata_options);
  wire.HibernationOptions.emplace().Configured = false;
  wire.EnclaveOptions.emplace().Enabled = false;
  wire.PlatformDetails = "Linux/UNIX";
  wire.UsageOperation = "RunInstances";
  wire.Tags = TagsToWire(instance.tags, false);
  wire.NetworkInterfaces.present = true;
  wire.SecurityGroups.present = true;
  wire.PrivateDnsName = "";
  wire.PublicDnsName = "";
  if (interfaces.empty()) return wire;  // terminated

  const NetworkInterface& primary = interfaces.front();
  wire.VpcId = instance.vpc_id;
  wire.SubnetId = instance.subnet_id;
  wire.PrivateIpAddress = primary.PrivateIpAddress;
  wire.PrivateDnsName = PrivateDnsName(context.region(), *primary.PrivateIpAddress);
  if (primary.Association) {
    wire.PublicIpAddress = primary.Association->PublicIp;
    wire.PublicDnsName = primary.Association->PublicDnsName.value_or("");
  }
  if (!primary.Ipv6Addresses.empty()) wire.Ipv6Address = primary.Ipv6Addresses.front().Ipv6Address;
  wire.SourceDestCheck = primary.SourceDestCheck;
  wire.SecurityGroups = primary.Groups;
  for (const auto& interface : interfaces) wire.NetworkInterfaces.push_back(OfInstance(interface));
  return wire;
}

Reservation ReservationToWire(Context& context, const std::string& reservation_id, std::vector<Instance> instances) {
  Reservation wire;
  wire.ReservationId = reservation_id;
  wire.OwnerId = context.account();
  wire.Groups.present = true;
  wire.Instances = std::move(instances);
  return wire;
}

}  // namespace drydock::ec2
