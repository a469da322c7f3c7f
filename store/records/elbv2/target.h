#pragma once

#include <string>

#include "store/record.h"

namespace drydock::records::elbv2 {

// The registration of a target with a target group: one per id and port.
struct Target {
  std::string target_group_arn;
  std::string id;  // an address, an instance id, a load balancer's or a function's ARN, as the target group's type says
  std::int32_t port = 0;  // 0 for a function
  std::string
      availability_zone;  // of the address or instance; "all" for what is outside the VPC; none for a load balancer
  std::string state;      // active | draining
  std::optional<Timestamp> drain_ends;

  static constexpr char kActive[] = "active";
  static constexpr char kDraining[] = "draining";

  static constexpr store::TableName kTable{"elbv2_target"};
  static constexpr auto kId = store::Members(&Target::target_group_arn, &Target::id, &Target::port);
  static constexpr auto kIndexed = store::Members(&Target::target_group_arn);
};

}  // namespace drydock::records::elbv2

DRYDOCK_SCHEMA(drydock::records::elbv2::Target, target_group_arn, id, port, availability_zone, state, drain_ends)
