// A capacity provider that a user made. FARGATE and FARGATE_SPOT are everywhere and have no record.
#pragma once

#include "api/ecs/AutoScalingGroupProvider.h"
#include "api/ecs/Tag.h"
#include "store/record.h"

namespace drydock::records::ecs {

struct CapacityProvider {
  std::string name;
  std::string status;         // ACTIVE, INACTIVE
  std::string update_status;  // CREATE_COMPLETE, UPDATE_COMPLETE, DELETE_COMPLETE
  ::drydock::ecs::AutoScalingGroupProvider auto_scaling_group_provider;
  std::vector<::drydock::ecs::Tag> tags;

  static constexpr store::TableName kTable{"ecs_capacity_provider"};
  static constexpr auto kId = store::Members(&CapacityProvider::name);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::CapacityProvider, name, status, update_status, auto_scaling_group_provider, tags)
