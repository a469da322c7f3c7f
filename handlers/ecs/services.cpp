#include "handlers/ecs/services.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ecs/CreateServiceRequest.h"
#include "api/ecs/CreateServiceResponse.h"
#include "api/ecs/DeleteServiceRequest.h"
#include "api/ecs/DeleteServiceResponse.h"
#include "api/ecs/DescribeServicesRequest.h"
#include "api/ecs/DescribeServicesResponse.h"
#include "api/ecs/ListServicesRequest.h"
#include "api/ecs/ListServicesResponse.h"
#include "api/ecs/UpdateServiceRequest.h"
#include "api/ecs/UpdateServiceResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_reconcile.h"
#include "handlers/ecs/service_view.h"
#include "handlers/ecs/tags.h"
#include "handlers/ecs/task_definition_rules.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/elbv2/targets.h"
#include "handlers/iam/roles.h"
#include "store/document.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

using records::ecs::ServiceTargetGroup;
using Revision = records::ecs::ServiceRevision;

constexpr std::size_t kMostServicesDescribed = 10;
constexpr std::size_t kMostTargetGroups = 5;

std::optional<records::ecs::Service> Find(Context& context, const records::ecs::Cluster& cluster,
                                          const std::string& reference) {
  return context.tx.Get<records::ecs::Service>(context.scope, cluster.name,
                                               ServiceNameOf(context.scope, cluster.name, reference));
}

records::ecs::Service FindActive(Context& context, const records::ecs::Cluster& cluster, const std::string& reference) {
  auto service = Find(context, cluster, reference);
  if (!service) throw errors::ServiceNotFound();
  if (service->status != "ACTIVE") throw errors::ServiceNotActive();
  return *service;
}

void CheckLoadBalancers(Context& context, const TaskDefinition& definition,
                        const std::vector<LoadBalancer>& balancers) {
  if (balancers.size() > kMostTargetGroups)
    throw errors::InvalidParameter("load balancers can have at most 5 items.");  // unconfirmed
  for (const auto& balancer : balancers) {
    if (balancer.loadBalancerName) throw errors::NotImplemented("A classic load balancer");
    const std::string group_arn = balancer.targetGroupArn.value_or("");
    const std::string container_name = balancer.containerName.value_or("");
    const int port = balancer.containerPort.value_or(0);
    const auto container = std::find_if(definition.containerDefinitions.begin(), definition.containerDefinitions.end(),
                                        [&](const auto& c) { return c.name == container_name; });
    if (container == definition.containerDefinitions.end()) throw errors::ContainerNotInTaskDefinition(container_name);
    if (std::none_of(container->portMappings.begin(), container->portMappings.end(),
                     [&](const auto& mapping) { return mapping.containerPort == port; }))
      throw errors::ContainerPortNotDefined(container_name, port);
    const auto group = elbv2::FindTargetGroup(context, group_arn);
    if (!group) throw errors::TargetGroupNotFound(group_arn);
    if (group->target_type != "ip") throw errors::TargetGroupType(group_arn, group->target_type);
    if (!elbv2::HasLoadBalancer(context, group_arn)) throw errors::TargetGroupWithoutLoadBalancer(group_arn);
  }
}

// The configuration in force: what is given over what there was, which begins with AWS's defaults.
void ApplyDeploymentConfiguration(DeploymentConfiguration& current, const DeploymentConfiguration& given) {
  if (given.strategy && *given.strategy != "ROLLING")
    throw errors::NotImplemented("The deployment strategy " + *given.strategy);
  if (given.deploymentCircuitBreaker) current.deploymentCircuitBreaker = given.deploymentCircuitBreaker;
  if (given.maximumPercent) current.maximumPercent = given.maximumPercent;
  if (given.minimumHealthyPercent) current.minimumHealthyPercent = given.minimumHealthyPercent;
  if (given.alarms) current.alarms = given.alarms;
  if (given.bakeTimeInMinutes) current.bakeTimeInMinutes = given.bakeTimeInMinutes;
  if (given.lifecycleHooks.present) current.lifecycleHooks = given.lifecycleHooks;
  const int most = *current.maximumPercent, least = *current.minimumHealthyPercent;
  if (most == 100 && least == 100) throw errors::DeploymentsBlocked();
  if (most < 100 || least < 0 || least > most)  // unconfirmed
    throw errors::InvalidParameter("maximumPercent must be at least 100 and minimumHealthyPercent between 0 and it.");
}

DeploymentConfiguration DefaultDeploymentConfiguration() {
  DeploymentConfiguration configuration;
  auto& breaker = configuration.deploymentCircuitBreaker.emplace();
  breaker.enable = breaker.rollback = false;
  configuration.maximumPercent = 200;
  configuration.minimumHealthyPercent = 100;
  configuration.strategy = "ROLLING";
  configuration.bakeTimeInMinutes = 0;
  return configuration;
}

void CheckDesiredCount(const std::optional<std::int32_t>& count) {
  if (count && *count < 0) throw errors::InvalidParameter("desiredCount must not be negative.");  // unconfirmed
}

// Placement belongs to container instances.
void CheckPlacement(const std::vector<PlacementConstraint>& constraints,
                    const std::vector<PlacementStrategy>& strategy) {
  if (!constraints.empty())
    throw errors::InvalidParameter("Placement constraints are not supported with FARGATE launch type.");
  if (!strategy.empty())
    throw errors::InvalidParameter("Placement strategies are not supported with FARGATE launch type.");
}

void CheckController(const std::optional<DeploymentController>& controller) {
  if (controller && controller->type != "ECS")
    throw errors::NotImplemented("The deployment controller " + controller->type.value_or(""));
}

void NoteTargetGroups(Context& context, const Revision& revision, const std::string& service_arn) {
  for (const auto& balancer : revision.load_balancers)
    context.tx.Put(context.scope, ServiceTargetGroup{balancer.targetGroupArn.value_or(""), service_arn});
}

// What two revisions bring out is the same.
bool Equivalent(Revision a, Revision b) {
  const auto text = [](Revision& revision) {
    revision.id.clear();
    revision.created_at = {};
    return store::WriteDocument(SchemaOf<Revision>(), &revision);
  };
  return text(a) == text(b);
}

}  // namespace

void OnTargetHealthChanged(store::Database& database, Engines& engines, const std::string& target_group_arn) {
  const auto arn = Arn::Parse(target_group_arn);
  if (!arn) return;
  const Scope scope{arn->account, arn->region};
  database.Write([&](store::Transaction& tx) {
    for (const auto& use :
         tx.List<ServiceTargetGroup>(scope, store::Where(&ServiceTargetGroup::target_group_arn, target_group_arn)))
      tx.SetTimer({kServiceTimer, scope, use.service_arn, engines.clock.Now()});
  });
}

AWS_OPERATION(ecs, CreateService)
CreateServiceResponse CreateService(Context& context, const CreateServiceRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  if (!IsName(*in.serviceName))
    throw errors::InvalidParameter("Service name contains invalid characters.");  // unconfirmed
  CheckDesiredCount(in.desiredCount);
  CreateServiceResponse out;
  const auto existing = context.tx.Get<records::ecs::Service>(context.scope, cluster.name, *in.serviceName);
  if (existing && existing->status == "DRAINING") throw errors::ServiceDraining();
  if (existing && existing->status == "ACTIVE") {
    if (!in.clientToken || existing->client_token != in.clientToken) throw errors::ServiceNotIdempotent();
    out.service = RenderService(context, *existing, true);
    return out;
  }

  CheckController(in.deploymentController);
  if (in.schedulingStrategy && *in.schedulingStrategy == "DAEMON")  // unconfirmed
    throw errors::InvalidParameter("The DAEMON scheduling strategy is not supported with FARGATE launch type.");
  if (in.role)
    throw errors::InvalidParameter("You cannot specify an IAM role for services that require a service linked role.");
  if (!in.taskDefinition) throw errors::InvalidParameter("TaskDefinition can not be blank.");  // unconfirmed
  const auto definition = FindActiveTaskDefinition(context, *in.taskDefinition);
  const Capacity capacity = ResolveCapacity(cluster, in.launchType, in.capacityProviderStrategy);
  if (!Supports(definition.definition, "FARGATE")) throw errors::LaunchTypeNotSupported("FARGATE");
  CheckPlatformVersion(in.platformVersion);
  CheckPlacement(in.placementConstraints, in.placementStrategy);
  CheckNetwork(context, definition.definition, in.networkConfiguration);
  CheckLoadBalancers(context, definition.definition, in.loadBalancers);
  if (in.healthCheckGracePeriodSeconds && in.loadBalancers.empty()) throw errors::GracePeriodWithoutLoadBalancer();

  if (existing) ForgetService(context, *existing);
  iam::EnsureServiceLinkedRole(context, "ecs.amazonaws.com");
  records::ecs::Service service;
  service.cluster = cluster.name;
  service.name = *in.serviceName;
  service.arn = ServiceArn(context.scope, cluster.name, service.name);
  service.status = "ACTIVE";
  service.desired_count = in.desiredCount.value_or(0);
  service.scheduling_strategy = "REPLICA";
  service.deployment_controller = "ECS";
  service.deployment_configuration = DefaultDeploymentConfiguration();
  if (in.deploymentConfiguration)
    ApplyDeploymentConfiguration(service.deployment_configuration, *in.deploymentConfiguration);
  service.health_check_grace_period_seconds = in.healthCheckGracePeriodSeconds.value_or(0);
  service.availability_zone_rebalancing = in.availabilityZoneRebalancing.value_or("ENABLED");
  service.enable_ecs_managed_tags = in.enableECSManagedTags.value_or(false);
  service.enable_execute_command = in.enableExecuteCommand.value_or(false);
  service.propagate_tags = in.propagateTags.value_or("NONE");
  service.tags = CheckedTags(in.tags);
  service.created_by = context.principal.arn;
  service.created_at = context.now;
  service.client_token = in.clientToken;

  Revision revision;
  revision.task_definition_arn = *definition.definition.taskDefinitionArn;
  revision.launch_type = capacity.launch_type;
  revision.capacity_provider_strategy = capacity.strategy;
  revision.platform_version = in.platformVersion && !in.platformVersion->empty() ? *in.platformVersion : "LATEST";
  revision.load_balancers = in.loadBalancers;
  revision.service_registries = in.serviceRegistries;
  revision.network_configuration = in.networkConfiguration;
  revision.service_connect_configuration = in.serviceConnectConfiguration;
  revision.volume_configurations = in.volumeConfigurations;
  revision.vpc_lattice_configurations = in.vpcLatticeConfigurations;
  NoteTargetGroups(context, revision, service.arn);
  BeginDeployment(context, service, std::move(revision));
  context.tx.Put(context.scope, service);
  TouchService(context, service.arn);
  out.service = RenderService(context, service, true);
  return out;
}

AWS_OPERATION(ecs, UpdateService)
UpdateServiceResponse UpdateService(Context& context, const UpdateServiceRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  records::ecs::Service service = FindActive(context, cluster, *in.service);
  CheckDesiredCount(in.desiredCount);
  CheckController(in.deploymentController);
  CheckPlatformVersion(in.platformVersion);
  CheckPlacement(in.placementConstraints, in.placementStrategy);

  const Revision before = RevisionOf(context, service.revision_id);
  Revision revision = before;
  if (in.taskDefinition)
    revision.task_definition_arn = *FindActiveTaskDefinition(context, *in.taskDefinition).definition.taskDefinitionArn;
  if (in.capacityProviderStrategy.present) {
    const Capacity capacity = ResolveCapacity(cluster, std::nullopt, in.capacityProviderStrategy);
    revision.launch_type = capacity.launch_type;
    revision.capacity_provider_strategy = capacity.strategy;
  }
  if (in.platformVersion && !in.platformVersion->empty()) revision.platform_version = *in.platformVersion;
  if (in.networkConfiguration) revision.network_configuration = in.networkConfiguration;
  if (in.loadBalancers.present) revision.load_balancers = in.loadBalancers;
  if (in.serviceRegistries.present) revision.service_registries = in.serviceRegistries;
  if (in.serviceConnectConfiguration) revision.service_connect_configuration = in.serviceConnectConfiguration;
  if (in.volumeConfigurations.present) revision.volume_configurations = in.volumeConfigurations;
  if (in.vpcLatticeConfigurations.present) revision.vpc_lattice_configurations = in.vpcLatticeConfigurations;
  const bool changed = !Equivalent(before, revision);
  if (changed) {
    // A definition that was deregistered since goes on serving the service that has it.
    const auto definition = FindTaskDefinition(context, revision.task_definition_arn);
    if (!definition) throw errors::TaskDefinitionNotFound();
    if (!Supports(definition->definition, "FARGATE")) throw errors::LaunchTypeNotSupported("FARGATE");
    CheckNetwork(context, definition->definition, revision.network_configuration);
    CheckLoadBalancers(context, definition->definition, revision.load_balancers);
  }

  if (in.healthCheckGracePeriodSeconds) {
    if (revision.load_balancers.empty()) throw errors::GracePeriodWithoutLoadBalancer();
    service.health_check_grace_period_seconds = *in.healthCheckGracePeriodSeconds;
  }
  if (in.deploymentConfiguration)
    ApplyDeploymentConfiguration(service.deployment_configuration, *in.deploymentConfiguration);
  if (in.desiredCount) service.desired_count = *in.desiredCount;
  if (in.availabilityZoneRebalancing) service.availability_zone_rebalancing = *in.availabilityZoneRebalancing;
  if (in.enableECSManagedTags) service.enable_ecs_managed_tags = *in.enableECSManagedTags;
  if (in.enableExecuteCommand) service.enable_execute_command = *in.enableExecuteCommand;
  if (in.propagateTags) service.propagate_tags = *in.propagateTags;
  if (changed || in.forceNewDeployment.value_or(false)) {
    NoteTargetGroups(context, revision, service.arn);
    BeginDeployment(context, service, std::move(revision));
  }
  context.tx.Put(context.scope, service);
  TouchService(context, service.arn);
  UpdateServiceResponse out;
  out.service = RenderService(context, service, true);
  return out;
}

AWS_OPERATION(ecs, DescribeServices)
DescribeServicesResponse DescribeServices(Context& context, const DescribeServicesRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  if (in.services.empty()) throw errors::InvalidParameter("Services cannot be empty.");  // unconfirmed
  if (in.services.size() > kMostServicesDescribed)
    throw errors::InvalidParameter("Services cannot have more than 10 items.");  // unconfirmed
  DescribeServicesResponse out;
  out.services.present = out.failures.present = true;
  for (const auto& reference : in.services) {
    if (const auto service = Find(context, cluster, reference)) {
      out.services.push_back(RenderService(context, *service, IncludesTags(in.include)));
    } else {
      auto& failure = out.failures.emplace_back();
      failure.arn = reference.starts_with("arn:") ? reference : ServiceArn(context.scope, cluster.name, reference);
      failure.reason = "MISSING";
    }
  }
  return out;
}

AWS_OPERATION(ecs, ListServices)
ListServicesResponse ListServices(Context& context, const ListServicesRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  std::vector<std::string> arns;
  for (const auto& service : context.tx.List<records::ecs::Service>(
           context.scope, store::Where(&records::ecs::Service::cluster, cluster.name))) {
    if (service.status == "INACTIVE") continue;
    if (in.schedulingStrategy && *in.schedulingStrategy != service.scheduling_strategy) continue;
    if (in.resourceManagementType && *in.resourceManagementType != "CUSTOMER") continue;
    if (in.launchType && *in.launchType != RevisionOf(context, service.revision_id).launch_type) continue;
    arns.push_back(service.arn);
  }
  ListServicesResponse out;
  auto page = PageOf(context,
                     fmt::format("ListServices {} {} {}", cluster.name, in.launchType.value_or(""),
                                 in.schedulingStrategy.value_or("")),
                     std::move(arns), in.nextToken, in.maxResults, 10);
  out.serviceArns = std::move(page.items);
  out.nextToken = page.next_token;
  return out;
}

AWS_OPERATION(ecs, DeleteService)
DeleteServiceResponse DeleteService(Context& context, const DeleteServiceRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  auto service = Find(context, cluster, *in.service);
  if (!service || service->status == "INACTIVE") throw errors::ServiceNotFound();
  if (service->desired_count > 0 && !in.force.value_or(false)) throw errors::ServiceScaledAboveZero();
  service->status = "DRAINING";
  service->desired_count = 0;
  for (auto& deployment : service->deployments) deployment.desired_count = 0;
  context.tx.Put(context.scope, *service);
  TouchService(context, service->arn);
  DeleteServiceResponse out;
  out.service = RenderService(context, *service, true);
  return out;
}

}  // namespace drydock::ecs
