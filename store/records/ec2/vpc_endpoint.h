// A VPC endpoint: a gateway endpoint is routes to a service, an interface endpoint is interfaces that stand for it.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

// Where an interface endpoint is.
struct VpcEndpointSubnet {
  std::string subnet_id;
  std::optional<std::string> network_interface_id;  // absent until the endpoint is provisioned there
  std::optional<std::string> private_ip_address;    // asked for; absent: the first free one
};

struct VpcEndpoint {
  std::string vpc_endpoint_id;  // vpce-…
  std::string vpc_id;
  std::string service_name;          // com.amazonaws.<region>.<service>
  std::string type;                  // Gateway, Interface
  std::string state = "pending";     // pending, available, deleting, deleted, failed
  std::string policy_document;       // empty: full access
  bool private_dns_enabled = false;  // interface endpoints
  std::string ip_address_type = "ipv4";
  std::string dns_record_ip_type = "ipv4";
  bool private_dns_only_for_inbound_resolver_endpoint = false;
  std::string dns_suffix;                    // the random part of its own names
  std::vector<std::string> route_table_ids;  // gateway endpoints
  std::vector<VpcEndpointSubnet> subnets;    // interface endpoints
  std::vector<std::string> group_ids;        // interface endpoints
  std::optional<std::string> failure_code;
  std::optional<std::string> failure_message;
  Timestamp creation_time;
  Tags tags;

  bool is_gateway() const { return type == "Gateway"; }

  static constexpr store::TableName kTable{"ec2_vpc_endpoint"};
  static constexpr auto kId = store::Members(&VpcEndpoint::vpc_endpoint_id);
  static constexpr auto kIndexed = store::Members(&VpcEndpoint::vpc_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::VpcEndpointSubnet, subnet_id, network_interface_id, private_ip_address)
DRYDOCK_SCHEMA(drydock::records::ec2::VpcEndpoint, vpc_endpoint_id, vpc_id, service_name, type, state, policy_document,
               private_dns_enabled, ip_address_type, dns_record_ip_type, private_dns_only_for_inbound_resolver_endpoint,
               dns_suffix, route_table_ids, subnets, group_ids, failure_code, failure_message, creation_time, tags)
