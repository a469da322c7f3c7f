#pragma once

#include <optional>

#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct InternetGateway {
  std::string internet_gateway_id;
  std::optional<std::string> vpc_id;  // absent while detached
  Tags tags;

  static constexpr store::TableName kTable{"ec2_internet_gateway"};
  static constexpr auto kId = store::Members(&InternetGateway::internet_gateway_id);
  static constexpr auto kIndexed = store::Members(&InternetGateway::vpc_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::InternetGateway, internet_gateway_id, vpc_id, tags)
