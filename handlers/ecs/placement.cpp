#include "handlers/ecs/placement.h"

#include <algorithm>

#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ecs/capacity_providers.h"
#include "handlers/ecs/errors.h"

namespace drydock::ecs {
namespace {

constexpr std::size_t kMostSubnets = 16;
constexpr std::size_t kMostSecurityGroups = 5;

}  // namespace

bool IsFargate(const std::string& launch_type, const std::vector<CapacityProviderStrategyItem>& strategy) {
  if (!launch_type.empty()) return launch_type == "FARGATE";
  return !strategy.empty() && IsFargateProvider(strategy.front().capacityProvider.value_or(""));
}

void CheckStrategy(const std::vector<std::string>& associated,
                   const std::vector<CapacityProviderStrategyItem>& strategy) {
  constexpr std::size_t kMostProviders = 20;
  if (strategy.size() > kMostProviders)
    throw errors::InvalidParameter("A capacity provider strategy can contain a maximum of 20 capacity providers.");
  int fargate = 0, bases = 0, weights = 0;
  for (const auto& item : strategy) {
    const std::string provider = item.capacityProvider.value_or("");
    if (std::find(associated.begin(), associated.end(), provider) == associated.end())
      throw errors::CapacityProviderNotAssociated();
    fargate += IsFargateProvider(provider);
    bases += item.base.value_or(0) > 0;
    weights += item.weight.value_or(0) > 0;
  }
  if (fargate != 0 && fargate != static_cast<int>(strategy.size())) throw errors::MixedCapacityProviders();
  if (bases > 1)  // unconfirmed
    throw errors::InvalidParameter("Only one capacity provider in a capacity provider strategy can have a base.");
  if (strategy.size() > 1 && weights == 0)  // unconfirmed
    throw errors::InvalidParameter("At least one capacity provider must have a weight greater than zero.");
}

Capacity ResolveCapacity(const records::ecs::Cluster& cluster, const std::optional<std::string>& launch_type,
                         const std::vector<CapacityProviderStrategyItem>& strategy) {
  if (launch_type && !strategy.empty()) throw errors::LaunchTypeAndStrategy();
  if (launch_type) {
    if (*launch_type == "MANAGED_INSTANCES") throw errors::NotImplemented("The launch type MANAGED_INSTANCES");
    return {*launch_type, {}};
  }
  CheckStrategy(cluster.capacity_providers, strategy);
  if (!strategy.empty()) return {"", strategy};
  if (!cluster.default_capacity_provider_strategy.empty()) return {"", cluster.default_capacity_provider_strategy};
  return {"EC2", {}};
}

std::string ChooseCapacityProvider(const std::vector<CapacityProviderStrategyItem>& strategy,
                                   const std::vector<int>& counts) {
  for (std::size_t i = 0; i < strategy.size(); ++i)
    if (counts[i] < strategy[i].base.value_or(0)) return strategy[i].capacityProvider.value_or("");
  const CapacityProviderStrategyItem* best = nullptr;
  double least = 0;
  for (std::size_t i = 0; i < strategy.size(); ++i) {
    // An absent weight is 0, and a provider of weight 0 gets nothing beyond its base, unless none has a weight.
    const int weight = strategy[i].weight.value_or(0);
    if (weight == 0) continue;
    const double load = static_cast<double>(counts[i] - strategy[i].base.value_or(0) + 1) / weight;
    if (!best || load < least) {
      best = &strategy[i];
      least = load;
    }
  }
  if (!best && !strategy.empty()) best = &strategy.front();
  return best ? best->capacityProvider.value_or("") : std::string();
}

void CheckPlatformVersion(const std::optional<std::string>& version) {
  if (version && !version->empty() && *version != "LATEST" && *version != "1.4.0" && *version != "1.3.0")
    throw errors::PlatformUnknown();
}

std::string EffectivePlatformVersion(const std::string& version) {
  return version.empty() || version == "LATEST" ? "1.4.0" : version;
}

void CheckNetwork(Context& context, const TaskDefinition& definition,
                  const std::optional<NetworkConfiguration>& configuration) {
  const bool awsvpc = definition.networkMode == "awsvpc";
  const bool given = configuration && configuration->awsvpcConfiguration;
  if (!awsvpc) {
    if (given) throw errors::NetworkConfigurationNotAllowed();
    return;
  }
  if (!given) throw errors::NetworkConfigurationMissing();
  const auto& network = *configuration->awsvpcConfiguration;
  if (network.subnets.empty()) throw errors::SubnetsEmpty();
  if (network.subnets.size() > kMostSubnets)
    throw errors::InvalidParameter("subnets can have at most 16 items.");  // unconfirmed
  if (network.securityGroups.size() > kMostSecurityGroups)
    throw errors::InvalidParameter("securityGroups can have at most 5 items.");  // unconfirmed
  std::string vpc;
  for (const auto& id : network.subnets) {
    const auto subnet = ec2::FindSubnet(context, id);
    if (!subnet) throw errors::SubnetNotFound(id);
    if (!vpc.empty() && subnet->vpc_id != vpc) throw errors::SubnetsOfSeveralVpcs();
    vpc = subnet->vpc_id;
  }
  for (const auto& id : network.securityGroups) {
    const auto group = ec2::FindSecurityGroup(context, id);
    if (!group) throw errors::SecurityGroupNotFound(id);
    if (group->vpc_id != vpc) throw errors::SecurityGroupOfOtherVpc(id);
  }
}

}  // namespace drydock::ecs
