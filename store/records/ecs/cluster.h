// An ECS cluster.
#pragma once

#include "api/ecs/CapacityProviderStrategyItem.h"
#include "api/ecs/ClusterConfiguration.h"
#include "api/ecs/ClusterSetting.h"
#include "api/ecs/Tag.h"
#include "store/record.h"

namespace drydock::records::ecs {

struct Cluster {
  std::string name;
  std::string arn;
  std::string status;  // ACTIVE, INACTIVE
  std::vector<::drydock::ecs::ClusterSetting> settings;
  std::optional<::drydock::ecs::ClusterConfiguration> configuration;
  std::vector<std::string> capacity_providers;
  std::vector<::drydock::ecs::CapacityProviderStrategyItem> default_capacity_provider_strategy;
  std::optional<std::string> service_connect_namespace;
  std::vector<::drydock::ecs::Tag> tags;

  static constexpr store::TableName kTable{"ecs_cluster"};
  static constexpr auto kId = store::Members(&Cluster::name);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::Cluster, name, arn, status, settings, configuration, capacity_providers,
               default_capacity_provider_strategy, service_connect_namespace, tags)
