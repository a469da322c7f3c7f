// A virtual private cloud, and the DHCP options it hands out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::ec2 {

using Tags = std::map<std::string, std::string>;

struct VpcCidrBlock {
  std::string association_id;  // vpc-cidr-assoc-…
  std::string cidr_block;
};

struct Ipv6CidrBlock {
  std::string association_id;  // vpc-cidr-assoc-… of a VPC, subnet-cidr-assoc-… of a subnet
  std::string ipv6_cidr_block;
};

struct Vpc {
  std::string vpc_id;
  std::vector<VpcCidrBlock> cidr_blocks;  // the primary one first
  std::vector<Ipv6CidrBlock> ipv6_cidr_blocks;
  bool is_default = false;
  std::string instance_tenancy = "default";
  std::string dhcp_options_id;
  bool enable_dns_support = true;
  bool enable_dns_hostnames = false;
  bool enable_network_address_usage_metrics = false;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_vpc"};
  static constexpr auto kId = store::Members(&Vpc::vpc_id);
  static constexpr auto kIndexed = store::Members(&Vpc::is_default);
};

struct DhcpConfiguration {
  std::string key;
  std::vector<std::string> values;
};

struct DhcpOptions {
  std::string dhcp_options_id;
  std::vector<DhcpConfiguration> configurations;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_dhcp_options"};
  static constexpr auto kId = store::Members(&DhcpOptions::dhcp_options_id);
};

// What an account has in a region from the first moment on.
struct RegionDefaults {
  std::string key = "defaults";
  std::string dhcp_options_id;
  bool default_vpc_made = false;  // stays when that VPC is deleted

  static constexpr store::TableName kTable{"ec2_region_defaults"};
  static constexpr auto kId = store::Members(&RegionDefaults::key);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::VpcCidrBlock, association_id, cidr_block)
DRYDOCK_SCHEMA(drydock::records::ec2::Ipv6CidrBlock, association_id, ipv6_cidr_block)
DRYDOCK_SCHEMA(drydock::records::ec2::Vpc, vpc_id, cidr_blocks, ipv6_cidr_blocks, is_default, instance_tenancy,
               dhcp_options_id, enable_dns_support, enable_dns_hostnames, enable_network_address_usage_metrics, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::DhcpConfiguration, key, values)
DRYDOCK_SCHEMA(drydock::records::ec2::DhcpOptions, dhcp_options_id, configurations, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::RegionDefaults, key, dhcp_options_id, default_vpc_made)
