// A NAT gateway. It stays for an hour after it was deleted or has failed, as AWS shows it.
#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct NatGatewayAddress {
  std::optional<std::string> allocation_id;  // of a public NAT gateway's Elastic IP
  std::optional<std::string> association_id;
  std::optional<std::string> network_interface_id;  // set once the gateway has one
  std::optional<std::string> private_ip;
  std::optional<std::string> public_ip;
  bool is_primary = true;
  std::string status;  // assigning, associating, succeeded, failed, …
};

struct NatGateway {
  std::string nat_gateway_id;
  std::string vpc_id;
  std::string subnet_id;
  std::string connectivity_type = "public";
  std::string state = "pending";  // pending, failed, available, deleting, deleted
  std::optional<std::string> failure_code;
  std::optional<std::string> failure_message;
  Timestamp create_time;
  std::optional<Timestamp> delete_time;
  std::vector<NatGatewayAddress> addresses;  // the primary one first
  Tags tags;

  static constexpr store::TableName kTable{"ec2_nat_gateway"};
  static constexpr auto kId = store::Members(&NatGateway::nat_gateway_id);
  static constexpr auto kIndexed = store::Members(&NatGateway::vpc_id, &NatGateway::subnet_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::NatGatewayAddress, allocation_id, association_id, network_interface_id,
               private_ip, public_ip, is_primary, status)
DRYDOCK_SCHEMA(drydock::records::ec2::NatGateway, nat_gateway_id, vpc_id, subnet_id, connectivity_type, state,
               failure_code, failure_message, create_time, delete_time, addresses, tags)
