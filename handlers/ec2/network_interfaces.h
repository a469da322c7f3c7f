// Network interfaces, as other services and EC2's own resources use them: in-process and in the caller's transaction.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/network/address.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ec2/subnet.h"

namespace drydock::ec2 {

// An interface that a service makes in a customer's subnet and manages itself.
struct InterfaceSpec {
  std::string subnet_id;
  std::vector<std::string> group_ids = {};  // empty: the VPC's default group
  std::string description = {};
  std::string interface_type = "interface";
  std::string requester_id = {};       // amazon-elb, or an account
  std::string instance_owner_id = {};  // of the attachment: amazon-elb, amazon-aws, an account
  bool assign_public_ip = false;       // an address of Amazon's pool, for the life of the interface
  std::string ip_owner_id = "amazon";  // of that address
  bool source_dest_check = true;
  bool without_groups = false;                                   // has no security groups at all, as a NAT gateway's
  std::optional<std::string> private_ip_address = std::nullopt;  // absent: the first free one of the subnet
  records::ec2::Tags tags = {};
};

// Creates the interface, attached. Throws EC2's errors: InvalidSubnetID.NotFound, InvalidGroup.NotFound (also for
// groups of another VPC), InsufficientFreeAddressesInSubnet, InvalidIPAddress.InUse,
// SecurityGroupsPerInterfaceLimitExceeded.
records::ec2::NetworkInterface CreateRequesterManagedInterface(Context& context, const InterfaceSpec& spec);

// Removes the interface, whoever manages it; its public address is free again, an Elastic IP is only disassociated.
// An interface that is not there is no error.
void DeleteInterface(Context& context, const std::string& network_interface_id);

// Puts other security groups on the interface. Throws as creation does.
void SetInterfaceGroups(Context& context, const std::string& network_interface_id,
                        const std::vector<std::string>& group_ids);

std::optional<records::ec2::NetworkInterface> FindNetworkInterface(Context& context,
                                                                   const std::string& network_interface_id);

// An interface in the subnet that is nobody's yet: with an id, without addresses and groups, not put. Throws
// NetworkInterfaceLimitExceeded.
records::ec2::NetworkInterface NewInterface(Context& context, const records::ec2::Subnet& subnet);

// How many IPv6 addresses a new interface gets beside those named: as asked, else one where the subnet says so.
int Ipv6CountFor(const records::ec2::Subnet& subnet, const std::vector<std::string>& named, std::optional<int> asked);

// How many addresses of the subnet can still be given away.
std::size_t FreeAddressCount(Context& context, const records::ec2::Subnet& subnet);

// ip-10-0-1-23.eu-central-1.compute.internal; in us-east-1 ip-10-0-1-23.ec2.internal.
std::string PrivateDnsName(const std::string& region, const std::string& address);
// ec2-203-0-113-9.eu-central-1.compute.amazonaws.com; in us-east-1 ….compute-1.amazonaws.com.
std::string PublicDnsName(const std::string& region, const std::string& address);

// Takes a free address out of the pool for `holder`, or gives it back.
std::string TakePublicAddress(Context& context, const std::string& holder);
void GiveBackPublicAddress(Context& context, const std::string& public_ip);

}  // namespace drydock::ec2
