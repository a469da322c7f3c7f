#include "handlers/ecs/service_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "handlers/ecs/errors.h"
#include "handlers/ecs/instance_placement.h"
#include "handlers/ecs/staged_deployments.h"
#include "handlers/ecs/task_definition_rules.h"
#include "handlers/elbv2/targets.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr std::size_t kMostTargetGroups = 5;

void CheckTargetGroup(Context& context, const std::string& arn, bool awsvpc) {
  const auto group = elbv2::FindTargetGroup(context, arn);
  if (!group) throw errors::TargetGroupNotFound(arn);
  if (awsvpc && group->target_type != "ip") throw errors::TargetGroupType(arn, group->target_type);
  if (!elbv2::HasLoadBalancer(context, arn)) throw errors::TargetGroupWithoutLoadBalancer(arn);
}

}  // namespace

void CheckLoadBalancers(Context& context, const TaskDefinition& definition,
                        const std::vector<LoadBalancer>& balancers) {
  if (balancers.size() > kMostTargetGroups)
    throw errors::InvalidParameter("load balancers can have at most 5 items.");  // unconfirmed
  for (const auto& balancer : balancers) {
    if (balancer.loadBalancerName) throw errors::NotImplemented("A classic load balancer");
    const std::string name = balancer.containerName.value_or("");
    const int port = balancer.containerPort.value_or(0);
    const auto container = std::find_if(definition.containerDefinitions.begin(), definition.containerDefinitions.end(),
                                        [&](const auto& c) { return c.name == name; });
    if (container == definition.containerDefinitions.end()) throw errors::ContainerNotInTaskDefinition(name);
    if (std::none_of(container->portMappings.begin(), container->portMappings.end(),
                     [&](const auto& mapping) { return mapping.containerPort == port; }))
      throw errors::ContainerPortNotDefined(name, port);
    CheckTargetGroup(context, balancer.targetGroupArn.value_or(""), definition.networkMode == "awsvpc");
  }
}

void CheckCapacity(Context& context, const TaskDefinition& definition, const Capacity& capacity,
                   const std::optional<std::string>& platform_version,
                   const std::optional<NetworkConfiguration>& network) {
  const bool fargate = IsFargate(capacity.launch_type, capacity.strategy);
  const std::string type = fargate ? "FARGATE" : capacity.launch_type.empty() ? "EC2" : capacity.launch_type;
  if (type != "EXTERNAL" && !Supports(definition, type)) throw errors::LaunchTypeNotSupported(type);
  if (fargate)
    CheckPlatformVersion(platform_version);
  else if (platform_version && !platform_version->empty())
    throw errors::InvalidParameter(
        fmt::format("The platform version must be null when specifying an {} launch type.", type));
  CheckNetwork(context, definition, network);
  if (!fargate && network && network->awsvpcConfiguration && network->awsvpcConfiguration->assignPublicIp == "ENABLED")
    throw errors::InvalidParameter("Assign public IP is not supported for this launch type.");
}

void CheckPlacement(const Capacity& capacity, const std::string& scheduling_strategy,
                    const std::vector<PlacementConstraint>& constraints,
                    const std::vector<PlacementStrategy>& strategy) {
  if (IsFargate(capacity.launch_type, capacity.strategy)) {
    if (!constraints.empty())
      throw errors::InvalidParameter("Placement constraints are not supported with FARGATE launch type.");
    if (!strategy.empty())
      throw errors::InvalidParameter("Placement strategies are not supported with FARGATE launch type.");
  }
  if (scheduling_strategy == "DAEMON" && !strategy.empty())  // unconfirmed
    throw errors::InvalidParameter("Placement strategies are not supported with the DAEMON scheduling strategy.");
  CheckConstraints(constraints);
  if (constraints.size() > 10)
    throw errors::InvalidParameter("placement constraints can have at most 10 items.");  // unconfirmed
  if (strategy.size() > 5)
    throw errors::InvalidParameter("placement strategies can have at most 5 items.");  // unconfirmed
}

void CheckRegistries(const std::vector<ServiceRegistry>& registries) {
  if (registries.size() > 1) throw errors::InvalidParameter("serviceRegistries can have at most 1 item.");
}

void CheckVolumes(const TaskDefinition& definition, const std::vector<ServiceVolumeConfiguration>& volumes) {
  for (const auto& volume : volumes) {
    const auto known = std::find_if(definition.volumes.begin(), definition.volumes.end(),
                                    [&](const auto& each) { return each.name == volume.name; });
    if (known == definition.volumes.end() || !known->configuredAtLaunch.value_or(false))  // unconfirmed
      throw errors::InvalidParameter(
          fmt::format("The volume {} is not configured at launch in the task definition.", volume.name.value_or("")));
  }
}

void CheckDesiredCount(const std::optional<std::int32_t>& count) {
  if (count && *count < 0) throw errors::InvalidParameter("desiredCount must not be negative.");  // unconfirmed
}

DeploymentConfiguration DefaultDeploymentConfiguration(const std::string& scheduling_strategy) {
  const bool daemon = scheduling_strategy == "DAEMON";
  DeploymentConfiguration configuration;
  auto& breaker = configuration.deploymentCircuitBreaker.emplace();
  breaker.enable = breaker.rollback = false;
  configuration.maximumPercent = daemon ? 100 : 200;
  configuration.minimumHealthyPercent = daemon ? 0 : 100;
  configuration.strategy = "ROLLING";
  configuration.bakeTimeInMinutes = 0;
  return configuration;
}

void ApplyDeploymentConfiguration(DeploymentConfiguration& current, const DeploymentConfiguration& given,
                                  const std::string& controller) {
  const bool breaker = given.deploymentCircuitBreaker && given.deploymentCircuitBreaker->enable.value_or(false);
  if (controller != "ECS" && (breaker || given.strategy.value_or("ROLLING") != "ROLLING"))  // unconfirmed
    throw errors::InvalidParameter(fmt::format(
        "Deployment circuit breaker and deployment strategies are not supported with the {} deployment controller.",
        controller));
  if (given.deploymentCircuitBreaker) current.deploymentCircuitBreaker = given.deploymentCircuitBreaker;
  if (given.maximumPercent) current.maximumPercent = given.maximumPercent;
  if (given.minimumHealthyPercent) current.minimumHealthyPercent = given.minimumHealthyPercent;
  if (given.alarms) current.alarms = given.alarms;
  if (current.alarms && current.alarms->enable.value_or(false) && current.alarms->alarmNames.empty())  // unconfirmed
    throw errors::InvalidParameter("alarmNames must not be empty when deployment alarms are enabled.");
  if (given.strategy && given.strategy != current.strategy) {
    current.strategy = given.strategy;
    current.linearConfiguration.reset();
    current.canaryConfiguration.reset();
  }
  if (given.bakeTimeInMinutes) current.bakeTimeInMinutes = given.bakeTimeInMinutes;
  if (given.lifecycleHooks.present) current.lifecycleHooks = given.lifecycleHooks;
  if (given.linearConfiguration) current.linearConfiguration = given.linearConfiguration;
  if (given.canaryConfiguration) current.canaryConfiguration = given.canaryConfiguration;
  CompleteStrategy(current);
  const int most = *current.maximumPercent, least = *current.minimumHealthyPercent;
  if (most == 100 && least == 100) throw errors::DeploymentsBlocked();
  if (most < 100 || least < 0 || least > most)  // unconfirmed
    throw errors::InvalidParameter("maximumPercent must be at least 100 and minimumHealthyPercent between 0 and it.");
}

void NoteTargetGroups(Context& context, const records::ecs::ServiceRevision& revision, const std::string& service_arn) {
  using records::ecs::ServiceTargetGroup;
  for (const auto& balancer : revision.load_balancers) {
    context.tx.Put(context.scope, ServiceTargetGroup{balancer.targetGroupArn.value_or(""), service_arn});
    if (balancer.advancedConfiguration && balancer.advancedConfiguration->alternateTargetGroupArn)
      context.tx.Put(context.scope,
                     ServiceTargetGroup{*balancer.advancedConfiguration->alternateTargetGroupArn, service_arn});
  }
}

}  // namespace drydock::ecs
