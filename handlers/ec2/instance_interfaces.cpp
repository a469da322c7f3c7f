#include "handlers/ec2/instance_interfaces.h"

#include <algorithm>

#include "handlers/ec2/errors.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/network_interfaces.h"

namespace drydock::ec2 {

std::vector<record::NetworkInterface> InterfacesOf(Context& context, const std::string& instance_id) {
  auto interfaces = context.tx.List<record::NetworkInterface>(
      context.scope, store::Where(&record::NetworkInterface::instance_id, instance_id));
  std::sort(interfaces.begin(), interfaces.end(),
            [](const auto& a, const auto& b) { return a.attachment->device_index < b.attachment->device_index; });
  return interfaces;
}

record::NetworkInterface OnlyInterfaceOf(Context& context, const record::Instance& instance) {
  auto interfaces = InterfacesOf(context, instance.instance_id);
  if (interfaces.empty()) throw errors::InstanceStateNotValid(instance.instance_id, instance.state);
  if (interfaces.size() > 1) throw errors::MultipleInterfaces(instance.instance_id);
  return std::move(interfaces.front());
}

void Attach(Context& context, record::NetworkInterface& interface, const record::Instance& instance, int device_index,
            bool delete_on_termination) {
  interface.instance_id = instance.instance_id;
  auto& attachment = interface.attachment.emplace();
  attachment.attachment_id = context.ids.Ec2("eni-attach");
  attachment.instance_owner_id = context.account();
  attachment.device_index = device_index;
  attachment.attach_time = context.now;
  attachment.delete_on_termination = delete_on_termination;
  context.tx.Put(context.scope, interface);
}

void Detach(Context& context, record::NetworkInterface& interface) {
  interface.attachment.reset();
  interface.instance_id.reset();
  context.tx.Put(context.scope, interface);
}

void AssignPublicAddress(Context& context, const record::Instance& instance) {
  if (!instance.associate_public_ip_address) return;
  auto interfaces = InterfacesOf(context, instance.instance_id);
  // VPC User Guide, "IP addressing": with a second interface there is no new address at a start.
  if (interfaces.size() != 1 || interfaces.front().association()) return;
  auto& interface = interfaces.front();
  auto& association = interface.private_ip_addresses.front().association.emplace();
  association.public_ip = TakePublicAddress(context, interface.network_interface_id);
  association.ip_owner_id = "amazon";
  context.tx.Put(context.scope, interface);
}

void ReleasePublicAddress(Context& context, const record::Instance& instance) {
  for (auto& interface : InterfacesOf(context, instance.instance_id)) {
    auto& primary = interface.private_ip_addresses.front();
    if (!primary.association || primary.association->allocation_id) continue;
    RemoveAssociation(context, primary);
    context.tx.Put(context.scope, interface);
  }
}

void LetGoOfInterfaces(Context& context, const record::Instance& instance) {
  for (auto& interface : InterfacesOf(context, instance.instance_id)) {
    if (interface.attachment->delete_on_termination)
      DeleteInterface(context, interface.network_interface_id);
    else
      Detach(context, interface);
  }
}

}  // namespace drydock::ec2
