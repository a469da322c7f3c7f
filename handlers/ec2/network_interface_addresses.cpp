// The secondary private and the IPv6 addresses of network interfaces.
#include <algorithm>

#include "api/ec2/AssignIpv6AddressesRequest.h"
#include "api/ec2/AssignIpv6AddressesResult.h"
#include "api/ec2/AssignPrivateIpAddressesRequest.h"
#include "api/ec2/AssignPrivateIpAddressesResult.h"
#include "api/ec2/UnassignIpv6AddressesRequest.h"
#include "api/ec2/UnassignIpv6AddressesResult.h"
#include "api/ec2/UnassignPrivateIpAddressesRequest.h"
#include "api/ec2/UnassignPrivateIpAddressesResponse.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/instance_types.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

// An interface that a service manages keeps what the service gave it.
record::NetworkInterface InterfaceToChange(Context& context, const std::string& id) {
  auto interface = Require<record::NetworkInterface>(context, id);
  if (interface.requester_managed) throw errors::AuthFailure();
  return interface;
}

// An instance's type says how many addresses of a family each of its interfaces may have.
void CheckAddressLimit(Context& context, const record::NetworkInterface& interface, std::size_t count) {
  if (!interface.instance_id) return;
  const auto* const type = FindInstanceType(RequireInstance(context, *interface.instance_id).instance_type);
  if (type && count > static_cast<std::size_t>(type->addresses_per_interface))
    throw errors::PrivateIpAddressLimitExceeded();
}

// AssignPrivateIpAddresses's manual, AllowReassignment: a secondary address of another interface in the subnet moves.
void TakeFromOthers(Context& context, const record::NetworkInterface& interface, const List<std::string>& addresses,
                    bool allowed) {
  std::vector<std::string> assigned;
  for (auto& other : context.tx.List<record::NetworkInterface>(
           context.scope, store::Where(&record::NetworkInterface::subnet_id, interface.subnet_id))) {
    bool changed = false;
    for (auto& address : other.private_ip_addresses) {
      if (std::find(addresses.begin(), addresses.end(), address.private_ip_address) == addresses.end()) continue;
      if (!allowed || address.primary || other.network_interface_id == interface.network_interface_id ||
          other.requester_managed) {
        assigned.push_back(address.private_ip_address);
        continue;
      }
      RemoveAssociation(context, address);
      ReleasePrivateAddresses(context, other.subnet_id, {address});
      address.private_ip_address.clear();
      changed = true;
    }
    if (!changed) continue;
    std::erase_if(other.private_ip_addresses, [](const auto& address) { return address.private_ip_address.empty(); });
    context.tx.Put(context.scope, other);
  }
  if (!assigned.empty())
    throw errors::InvalidParameterValue(
        fmt::format("[{}] are assigned, but move is not allowed.", Join(assigned, ", ")));
}

// Text unconfirmed.
ApiError NotAssigned(const std::string& address, const std::string& interface_id) {
  return errors::InvalidParameterValue(
      fmt::format("Some of the specified addresses are not assigned to interface {}: [{}]", interface_id, address));
}

}  // namespace

AWS_OPERATION(ec2, AssignPrivateIpAddresses)
AWS_ACCESS("network-interface/{NetworkInterfaceId}")
AssignPrivateIpAddressesResult AssignPrivateIpAddresses(Context& context, const AssignPrivateIpAddressesRequest& in) {
  RefuseParameters(in, {"Ipv4Prefixes", "Ipv4PrefixCount"});
  auto interface = InterfaceToChange(context, *in.NetworkInterfaceId);
  const auto subnet = Require<record::Subnet>(context, interface.subnet_id);
  const int count = in.SecondaryPrivateIpAddressCount.value_or(0);
  if (in.PrivateIpAddresses.empty() && !in.SecondaryPrivateIpAddressCount)
    throw errors::MissingParameter("secondaryPrivateIpAddressCount");
  if (!in.PrivateIpAddresses.empty() && in.SecondaryPrivateIpAddressCount)
    throw errors::InvalidParameterCombination(
        "secondaryPrivateIpAddressCount cannot be used together with secondary privateIpAddresses");
  if (in.PrivateIpAddresses.empty() && count < 1)
    throw errors::InvalidValue(std::to_string(count), "secondaryPrivateIpAddressCount", "Must be at least 1.");
  CheckAddressLimit(
      context, interface,
      interface.private_ip_addresses.size() + in.PrivateIpAddresses.size() + static_cast<std::size_t>(count));
  TakeFromOthers(context, interface, in.PrivateIpAddresses, in.AllowReassignment.value_or(false));

  AssignPrivateIpAddressesResult out;
  out.NetworkInterfaceId = interface.network_interface_id;
  for (auto& address : ChooseSecondaryAddresses(context, subnet, in.PrivateIpAddresses, count)) {
    out.AssignedPrivateIpAddresses.emplace_back().PrivateIpAddress = address.private_ip_address;
    interface.private_ip_addresses.push_back(std::move(address));
  }
  context.tx.Put(context.scope, interface);
  return out;
}

// An Elastic IP of a private address that goes is disassociated: UnassignPrivateIpAddresses's manual.
AWS_OPERATION(ec2, UnassignPrivateIpAddresses)
AWS_ACCESS("network-interface/{NetworkInterfaceId}")
UnassignPrivateIpAddressesResponse UnassignPrivateIpAddresses(Context& context,
                                                              const UnassignPrivateIpAddressesRequest& in) {
  RefuseParameters(in, {"Ipv4Prefixes"});
  auto interface = InterfaceToChange(context, *in.NetworkInterfaceId);
  if (in.PrivateIpAddresses.empty()) throw errors::MissingParameter("privateIpAddress");
  auto& held = interface.private_ip_addresses;
  for (const std::string& text : in.PrivateIpAddresses) {
    const auto address =
        std::find_if(held.begin(), held.end(), [&](const auto& each) { return each.private_ip_address == text; });
    if (address == held.end()) throw NotAssigned(text, interface.network_interface_id);
    if (address->primary)  // text unconfirmed
      throw errors::InvalidParameterValue(fmt::format("The primary private IP address {} cannot be unassigned", text));
    RemoveAssociation(context, *address);
    ReleasePrivateAddresses(context, interface.subnet_id, {*address});
    held.erase(address);
  }
  context.tx.Put(context.scope, interface);
  return {};
}

AWS_OPERATION(ec2, AssignIpv6Addresses)
AWS_ACCESS("network-interface/{NetworkInterfaceId}")
AssignIpv6AddressesResult AssignIpv6Addresses(Context& context, const AssignIpv6AddressesRequest& in) {
  RefuseParameters(in, {"Ipv6PrefixCount", "Ipv6Prefixes"});
  auto interface = InterfaceToChange(context, *in.NetworkInterfaceId);
  if (in.Ipv6Addresses.empty() && in.Ipv6AddressCount.value_or(0) == 0)
    throw errors::MissingParameter("ipv6AddressCount");
  const auto subnet = Require<record::Subnet>(context, interface.subnet_id);
  CheckAddressLimit(context, interface,
                    interface.ipv6_addresses.size() + in.Ipv6Addresses.size() +
                        static_cast<std::size_t>(std::max(0, in.Ipv6AddressCount.value_or(0))));
  AssignIpv6AddressesResult out;
  out.NetworkInterfaceId = interface.network_interface_id;
  out.AssignedIpv6Addresses = ChooseIpv6Addresses(context, subnet, in.Ipv6Addresses, in.Ipv6AddressCount.value_or(0));
  interface.ipv6_addresses.insert(interface.ipv6_addresses.end(), out.AssignedIpv6Addresses.begin(),
                                  out.AssignedIpv6Addresses.end());
  context.tx.Put(context.scope, interface);
  return out;
}

AWS_OPERATION(ec2, UnassignIpv6Addresses)
AWS_ACCESS("network-interface/{NetworkInterfaceId}")
UnassignIpv6AddressesResult UnassignIpv6Addresses(Context& context, const UnassignIpv6AddressesRequest& in) {
  RefuseParameters(in, {"Ipv6Prefixes"});
  auto interface = InterfaceToChange(context, *in.NetworkInterfaceId);
  if (in.Ipv6Addresses.empty()) throw errors::MissingParameter("ipv6Addresses");
  UnassignIpv6AddressesResult out;
  out.NetworkInterfaceId = interface.network_interface_id;
  for (const std::string& text : in.Ipv6Addresses) {
    const auto address = network::Address::Parse(text);
    const auto held = std::find(interface.ipv6_addresses.begin(), interface.ipv6_addresses.end(),
                                address ? address->ToString() : text);
    if (held == interface.ipv6_addresses.end()) throw NotAssigned(text, interface.network_interface_id);
    out.UnassignedIpv6Addresses.push_back(*held);
    interface.ipv6_addresses.erase(held);
  }
  context.tx.Put(context.scope, interface);
  return out;
}

}  // namespace drydock::ec2
