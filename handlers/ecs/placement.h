// Where and on what tasks run: launch types, capacity providers, platform versions, subnets and security groups.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ecs/CapacityProviderStrategyItem.h"
#include "api/ecs/NetworkConfiguration.h"
#include "api/ecs/TaskDefinition.h"
#include "emulator/core/context.h"
#include "store/records/ecs/cluster.h"

namespace drydock::ecs {

// How a request asks for capacity. Exactly one of the two is set.
struct Capacity {
  std::string launch_type;  // FARGATE, EC2, EXTERNAL
  std::vector<CapacityProviderStrategyItem> strategy;
};

// Whether it is Fargate's: the launch type, or the providers of the strategy.
bool IsFargate(const std::string& launch_type, const std::vector<CapacityProviderStrategyItem>& strategy);

// Throws InvalidParameterException for a strategy whose providers are not among `associated`, that mixes Fargate with
// Auto Scaling groups, has more than one base, or weights out of range. API Reference, CapacityProviderStrategyItem.
void CheckStrategy(const std::vector<std::string>& associated,
                   const std::vector<CapacityProviderStrategyItem>& strategy);

// What the request asks for, or the cluster's default, or EC2. Throws InvalidParameterException.
Capacity ResolveCapacity(const records::ecs::Cluster& cluster, const std::optional<std::string>& launch_type,
                         const std::vector<CapacityProviderStrategyItem>& strategy);

// The provider for one more task, when `counts[i]` tasks run on strategy[i] already: first every provider's base, then
// in proportion to the weights. An empty text without a strategy.
std::string ChooseCapacityProvider(const std::vector<CapacityProviderStrategyItem>& strategy,
                                   const std::vector<int>& counts);

// Throws PlatformUnknownException.
void CheckPlatformVersion(const std::optional<std::string>& version);
// LATEST is 1.4.0.
std::string EffectivePlatformVersion(const std::string& version);

// Refuses a configuration that is missing, has no subnets, or names subnets or groups that do not exist or do not
// belong together.
void CheckNetwork(Context& context, const TaskDefinition& definition,
                  const std::optional<NetworkConfiguration>& configuration);

}  // namespace drydock::ecs
