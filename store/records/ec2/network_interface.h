// An elastic network interface: of a task, a load balancer's node, a NAT gateway, an endpoint, or the account's own.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

// The public address of a private one.
struct NetworkInterfaceAssociation {
  std::string public_ip;
  std::optional<std::string> allocation_id;  // an Elastic IP; absent: assigned for the life of the interface
  std::optional<std::string> association_id;
  std::string ip_owner_id;  // the account of an Elastic IP, or "amazon"
};

struct PrivateIpAddress {
  std::string private_ip_address;
  bool primary = true;
  std::optional<NetworkInterfaceAssociation> association;
};

struct NetworkInterfaceAttachment {
  std::string attachment_id;      // eni-attach-…, or ela-attach-… to what is no instance
  std::string instance_owner_id;  // an account, or the service: amazon-elb, amazon-aws
  std::int32_t device_index = 1;
  std::string status = "attached";
  std::optional<Timestamp> attach_time;
  bool delete_on_termination = false;
};

struct NetworkInterface {
  std::string network_interface_id;
  std::string subnet_id;
  std::string vpc_id;
  std::string availability_zone;
  std::string availability_zone_id;
  std::string description;
  std::string interface_type = "interface";  // nat_gateway, vpc_endpoint, …
  std::string mac_address;
  std::vector<PrivateIpAddress> private_ip_addresses;  // the primary one first; there is always one
  std::vector<std::string> ipv6_addresses;
  std::vector<std::string> group_ids;
  bool source_dest_check = true;
  bool requester_managed = false;
  std::optional<std::string> requester_id;
  std::optional<NetworkInterfaceAttachment> attachment;  // absent: status available; else in-use
  std::optional<std::string> instance_id;                // to which it is attached
  Tags tags;

  const std::string& private_ip_address() const { return private_ip_addresses.front().private_ip_address; }
  // The public address of the primary private one.
  const std::optional<NetworkInterfaceAssociation>& association() const {
    return private_ip_addresses.front().association;
  }

  static constexpr store::TableName kTable{"ec2_network_interface"};
  static constexpr auto kId = store::Members(&NetworkInterface::network_interface_id);
  static constexpr auto kIndexed =
      store::Members(&NetworkInterface::subnet_id, &NetworkInterface::vpc_id, &NetworkInterface::instance_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInterfaceAssociation, public_ip, allocation_id, association_id,
               ip_owner_id)
DRYDOCK_SCHEMA(drydock::records::ec2::PrivateIpAddress, private_ip_address, primary, association)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInterfaceAttachment, attachment_id, instance_owner_id, device_index,
               status, attach_time, delete_on_termination)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInterface, network_interface_id, subnet_id, vpc_id, availability_zone,
               availability_zone_id, description, interface_type, mac_address, private_ip_addresses, ipv6_addresses,
               group_ids, source_dest_check, requester_managed, requester_id, attachment, instance_id, tags)
