// Public IPv4 addresses: the Elastic IPs of an account, and the register of all public addresses in use.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

// What DescribeAddresses shows. The association's members are set together.
struct ElasticAddress {
  std::string allocation_id;  // eipalloc-…
  std::string public_ip;
  std::optional<std::string> association_id;  // eipassoc-…
  std::optional<std::string> network_interface_id;
  std::optional<std::string> private_ip_address;
  // Set while the address belongs to something the account does not manage itself, such as a NAT gateway: its id.
  std::optional<std::string> managed_by;
  std::optional<std::string> ptr_record;  // the name that its reverse lookup gives; ends with a dot
  Tags tags;

  static constexpr store::TableName kTable{"ec2_elastic_address"};
  static constexpr auto kId = store::Members(&ElasticAddress::allocation_id);
  static constexpr auto kIndexed = store::Members(&ElasticAddress::public_ip, &ElasticAddress::association_id,
                                                  &ElasticAddress::network_interface_id);
};

// A public address that is somebody's, in whatever account and region: no two have the same.
struct PublicAddress {
  std::string public_ip;
  std::string holder;  // the allocation or network interface

  static constexpr store::TableName kTable{"ec2_public_address", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&PublicAddress::public_ip);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::ElasticAddress, allocation_id, public_ip, association_id, network_interface_id,
               private_ip_address, managed_by, ptr_record, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::PublicAddress, public_ip, holder)
