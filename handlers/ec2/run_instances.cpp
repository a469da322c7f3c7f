#include "api/ec2/Reservation.h"
#include "api/ec2/RunInstancesRequest.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instance_wire.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/launch.h"
#include "handlers/ec2/network_interface_wire.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

record::NetworkInterface MakeInterface(Context& context, const LaunchPlan& plan, const PlannedInterface& planned) {
  if (planned.existing) return *planned.existing;
  record::NetworkInterface interface = NewInterface(context, planned.subnet);
  interface.private_ip_addresses = ChoosePrivateAddresses(context, planned.subnet, planned.addresses.PrivateIpAddress,
                                                          planned.addresses.PrivateIpAddresses,
                                                          planned.addresses.SecondaryPrivateIpAddressCount.value_or(0));
  std::vector<std::string> ipv6;
  for (const auto& address : planned.addresses.Ipv6Addresses) ipv6.push_back(address.Ipv6Address.value_or(""));
  interface.ipv6_addresses = ChooseIpv6Addresses(
      context, planned.subnet, ipv6, Ipv6CountFor(planned.subnet, ipv6, planned.addresses.Ipv6AddressCount));
  interface.group_ids = planned.group_ids;
  interface.description = planned.description;
  interface.tags = plan.interface_tags;
  return interface;
}

record::Instance LaunchOne(Context& context, const LaunchPlan& plan, const std::string& reservation_id, int index) {
  record::Instance instance = plan.instance;
  instance.instance_id = context.ids.Ec2("i");
  instance.reservation_id = reservation_id;
  instance.launch_index = index;
  for (const auto& planned : plan.interfaces) {
    auto interface = MakeInterface(context, plan, planned);
    Attach(context, interface, instance, planned.device_index, planned.delete_on_termination);
  }
  AssignPublicAddress(context, instance);
  EnterState(context, instance, "pending", "pending", "pending");
  return instance;
}

Reservation Render(Context& context, const std::string& reservation_id) {
  std::vector<Instance> wire;
  for (const auto& instance : context.tx.List<record::Instance>(
           context.scope, store::Where(&record::Instance::reservation_id, reservation_id))) {
    std::vector<NetworkInterface> interfaces;
    for (const auto& interface : InterfacesOf(context, instance.instance_id))
      interfaces.push_back(InterfaceToWire(context, interface));
    wire.push_back(InstanceToWire(context, instance, interfaces));
  }
  return ReservationToWire(context, reservation_id, std::move(wire));
}

}  // namespace

AWS_OPERATION(ec2, RunInstances)
AWS_ACCESS("instance/*", "network-interface/{NetworkInterfaces.NetworkInterfaceId|*}", "volume/*", "image/{ImageId}",
           "subnet/{SubnetId}", "subnet/{NetworkInterfaces.SubnetId}", "security-group/{SecurityGroupIds}",
           "security-group/{SecurityGroups}", "security-group/{NetworkInterfaces.Groups}",
           "ec2:InstanceType={InstanceType|m1.small}")
Reservation RunInstances(Context& context, const RunInstancesRequest& in) {
  if (const auto before = CreatedBefore<record::Instance>(context, "RunInstances", in))
    return Render(context, before->reservation_id);
  const LaunchPlan plan = PlanLaunch(context, in);
  EndDryRun(in.DryRun);

  const std::string reservation_id = context.ids.Ec2("r");
  for (int index = 0; index < plan.count; ++index) {
    const auto instance = LaunchOne(context, plan, reservation_id, index);
    if (index == 0) RememberToken(context, "RunInstances", in, instance.instance_id);
  }
  return Render(context, reservation_id);
}

}  // namespace drydock::ec2
