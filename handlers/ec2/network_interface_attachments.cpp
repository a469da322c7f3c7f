// Network interfaces attached to instances and detached from them, while the instance runs or is stopped.
#include <algorithm>

#include "api/ec2/AttachNetworkInterfaceRequest.h"
#include "api/ec2/AttachNetworkInterfaceResult.h"
#include "api/ec2/DetachNetworkInterfaceRequest.h"
#include "api/ec2/DetachNetworkInterfaceResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instance_types.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

AWS_OPERATION(ec2, AttachNetworkInterface)
AWS_ACCESS("instance/{InstanceId}", "network-interface/{NetworkInterfaceId}")
AttachNetworkInterfaceResult AttachNetworkInterface(Context& context, const AttachNetworkInterfaceRequest& in) {
  RefuseParameters(in, {"EnaSrdSpecification", "EnaQueueCount"});
  auto interface = Require<record::NetworkInterface>(context, *in.NetworkInterfaceId);
  const auto instance = RequireInstance(context, *in.InstanceId);
  if (interface.requester_managed) throw errors::ManagedByAService();
  if (interface.attachment) throw errors::NetworkInterfaceInUse(interface.network_interface_id);
  if (instance.state != "running" && instance.state != "stopped")  // text unconfirmed
    throw ApiError("IncorrectState", fmt::format("Instance '{}' is not 'running' or 'stopped'.", instance.instance_id));
  if (interface.availability_zone != instance.availability_zone)
    throw errors::InvalidParameterCombination(
        "You may not attach a network interface to an instance if they are not in the same availability zone");
  // AWS allows it for a secondary interface; the simulated host stands in one VPC only.
  if (interface.vpc_id != instance.vpc_id)
    throw ApiError("UnsupportedOperation", "Drydock attaches network interfaces of the instance's own VPC only.");
  if (in.NetworkCardIndex.value_or(0) != 0)  // text unconfirmed
    throw errors::InvalidValue(std::to_string(*in.NetworkCardIndex), "networkCardIndex",
                               "The instance type has one network card.");
  if (*in.DeviceIndex < 0)
    throw errors::InvalidValue(std::to_string(*in.DeviceIndex), "deviceIndex", "It is negative.");  // text unconfirmed
  const auto others = InterfacesOf(context, instance.instance_id);
  for (const auto& other : others)
    if (other.attachment->device_index == *in.DeviceIndex)
      throw errors::InvalidParameterValue(
          fmt::format("Instance '{}' already has an interface attached at device index '{}'.", instance.instance_id,
                      *in.DeviceIndex));
  const auto* const type = FindInstanceType(instance.instance_type);
  if (type && others.size() >= static_cast<std::size_t>(type->max_interfaces))
    throw errors::AttachmentLimitExceeded(static_cast<int>(others.size()) + 1, instance.instance_type);
  if (type && std::max(interface.private_ip_addresses.size(), interface.ipv6_addresses.size()) >
                  static_cast<std::size_t>(type->addresses_per_interface))
    throw errors::PrivateIpAddressLimitExceeded();
  EndDryRun(in.DryRun);

  Attach(context, interface, instance, *in.DeviceIndex, false);
  AttachNetworkInterfaceResult out;
  out.AttachmentId = interface.attachment->attachment_id;
  out.NetworkCardIndex = 0;
  return out;
}

// `Force` is for an instance that does not let go; here each does.
AWS_OPERATION(ec2, DetachNetworkInterface)
AWS_ACCESS("instance/{AttachmentId}", "network-interface/{AttachmentId}")
DetachNetworkInterfaceResponse DetachNetworkInterface(Context& context, const DetachNetworkInterfaceRequest& in) {
  auto interfaces = context.tx.List<record::NetworkInterface>(context.scope);
  const auto interface = std::find_if(interfaces.begin(), interfaces.end(), [&](const auto& each) {
    return each.attachment && each.attachment->attachment_id == *in.AttachmentId;
  });
  if (interface == interfaces.end()) throw errors::AttachmentNotFound(*in.AttachmentId);
  if (interface->attachment->attachment_id.starts_with("ela-attach-")) throw errors::ManagedByAService();
  if (interface->requester_managed) throw errors::AuthFailure();  // unconfirmed
  if (interface->attachment->device_index == 0)
    throw errors::OperationNotPermitted("The network interface at device index 0 cannot be detached.");
  EndDryRun(in.DryRun);
  Detach(context, *interface);
  return {};
}

}  // namespace drydock::ec2
