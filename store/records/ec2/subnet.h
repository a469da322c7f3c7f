// A subnet: a range of a VPC's addresses in one Availability Zone. Its network ACL and its route table know it, not it
// them (store/records/ec2/network_acl.h, route_table.h).
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct Subnet {
  std::string subnet_id;
  std::string vpc_id;
  std::string cidr_block;
  std::optional<Ipv6CidrBlock> ipv6_cidr_block;
  std::string availability_zone;     // eu-central-1a
  std::string availability_zone_id;  // euc1-az2
  bool default_for_az = false;
  bool map_public_ip_on_launch = false;
  bool assign_ipv6_address_on_creation = false;
  bool enable_dns64 = false;
  std::string private_dns_hostname_type = "ip-name";
  bool enable_resource_name_dns_a_record = false;
  bool enable_resource_name_dns_aaaa_record = false;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_subnet"};
  static constexpr auto kId = store::Members(&Subnet::subnet_id);
  static constexpr auto kIndexed = store::Members(&Subnet::vpc_id);
};

// A part of the subnet's addresses that AWS does not choose from by itself.
struct SubnetCidrReservation {
  std::string reservation_id;  // scr-…
  std::string subnet_id;
  std::string cidr;
  std::string reservation_type;  // prefix, explicit
  std::optional<std::string> description;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_subnet_cidr_reservation"};
  static constexpr auto kId = store::Members(&SubnetCidrReservation::reservation_id);
  static constexpr auto kIndexed = store::Members(&SubnetCidrReservation::subnet_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::SubnetCidrReservation, reservation_id, subnet_id, cidr, reservation_type,
               description, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::Subnet, subnet_id, vpc_id, cidr_block, ipv6_cidr_block, availability_zone,
               availability_zone_id, default_for_az, map_public_ip_on_launch, assign_ipv6_address_on_creation,
               enable_dns64, private_dns_hostname_type, enable_resource_name_dns_a_record,
               enable_resource_name_dns_aaaa_record, tags)
