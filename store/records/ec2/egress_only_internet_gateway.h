#pragma once

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

// Attached to its VPC for life.
struct EgressOnlyInternetGateway {
  std::string egress_only_internet_gateway_id;  // eigw-…
  std::string vpc_id;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_egress_only_internet_gateway"};
  static constexpr auto kId = store::Members(&EgressOnlyInternetGateway::egress_only_internet_gateway_id);
  static constexpr auto kIndexed = store::Members(&EgressOnlyInternetGateway::vpc_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::EgressOnlyInternetGateway, egress_only_internet_gateway_id, vpc_id, tags)
