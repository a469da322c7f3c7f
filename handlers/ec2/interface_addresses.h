// The addresses of network interfaces: which are free, which are taken, and their public counterparts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ec2/PrivateIpAddressSpecification.h"
#include "emulator/core/context.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// Takes the private addresses for a new interface in the subnet, the primary first: those that were asked for, then the
// lowest free ones. `primary` and `specified` are CreateNetworkInterface's PrivateIpAddress and PrivateIpAddresses.
// Throws InvalidParameterValue, InvalidIPAddress.InUse, InsufficientFreeAddressesInSubnet.
std::vector<record::PrivateIpAddress> ChoosePrivateAddresses(Context& context, const record::Subnet& subnet,
                                                             const std::optional<std::string>& primary,
                                                             const List<PrivateIpAddressSpecification>& specified,
                                                             int secondary_count);

// Takes further private addresses in the subnet: those named, and `count` free ones. Throws as above.
std::vector<record::PrivateIpAddress> ChooseSecondaryAddresses(Context& context, const record::Subnet& subnet,
                                                               const std::vector<std::string>& named, int count);

// IPv6 addresses in the subnet's IPv6 block: those named, and `count` free ones. Throws InvalidParameterValue (also for
// a subnet without such a block), InvalidIPAddress.InUse.
std::vector<std::string> ChooseIpv6Addresses(Context& context, const record::Subnet& subnet,
                                             const std::vector<std::string>& named, int count);
// Throws as ChoosePrivateAddresses would for this primary address, and takes nothing.
void CheckPrivateAddress(Context& context, const record::Subnet& subnet, const std::string& address);

// Gives addresses that an interface no longer has back to its subnet.
void ReleasePrivateAddresses(Context& context, const std::string& subnet_id,
                             const std::vector<record::PrivateIpAddress>& addresses);

// Takes the public address from a private one: an Elastic IP is free to be associated again, any other goes back to the
// pool. The caller puts the interface.
void RemoveAssociation(Context& context, record::PrivateIpAddress& address);

// Gives the Elastic IP to a private address of the interface, in the place of the public address it may have, and puts
// both. `managed_by`: the id of the service's resource that will hold it, or empty.
void AssociateElasticAddress(Context& context, record::ElasticAddress& elastic, record::NetworkInterface& interface,
                             record::PrivateIpAddress& address, const std::string& managed_by);

}  // namespace drydock::ec2
