#include "handlers/ecs/services.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/ecs/CreateServiceRequest.h"
#include "api/ecs/CreateServiceResponse.h"
#include "api/ecs/DeleteServiceRequest.h"
#include "api/ecs/DeleteServiceResponse.h"
#include "api/ecs/DescribeServicesRequest.h"
#include "api/ecs/DescribeServicesResponse.h"
#include "api/ecs/ListServicesByNamespaceRequest.h"
#include "api/ecs/ListServicesByNamespaceResponse.h"
#include "api/ecs/ListServicesRequest.h"
#include "api/ecs/ListServicesResponse.h"
#include "api/ecs/UpdateServiceRequest.h"
#include "api/ecs/UpdateServiceResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/container_instances.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/service_deployments.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/service_reconcile.h"
#include "handlers/ecs/service_rules.h"
#include "handlers/ecs/service_view.h"
#include "handlers/ecs/staged_deployments.h"
#include "handlers/ecs/tags.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_sets.h"
#include "handlers/iam/roles.h"
#include "store/document.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

using records::ecs::ServiceTargetGroup;
using Revision = records::ecs::ServiceRevision;

constexpr std::size_t kMostServicesDescribed = 10;

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

// CodeDeploy and whoever else controls deployments are asked for these, not ECS.
void CheckController(const records::ecs::Service& service, const UpdateServiceRequest& in) {
  const std::string& controller = service.deployment_controller;
  if (in.deploymentController && in.deploymentController->type != controller)
    throw errors::NotImplemented("A change of the deployment controller");
  if (controller == "ECS") return;
  const auto refuse = [&](const std::string& what) {
    if (controller == "CODE_DEPLOY")
      throw errors::InvalidParameter(what +
                                     " on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy "
                                     "to trigger a new deployment.");
    throw errors::InvalidParameter(what + " on services with a EXTERNAL deployment controller.");  // unconfirmed
  };
  if (in.forceNewDeployment.value_or(false)) refuse("Cannot force a new deployment");
  if (in.taskDefinition) refuse("Unable to update task definition");
  if (in.networkConfiguration) refuse("Unable to update network parameters");
  if (in.platformVersion && !in.platformVersion->empty()) refuse("Unable to update platform version");
  if (in.capacityProviderStrategy.present) refuse("Unable to update capacity provider strategy");
  if (in.loadBalancers.present) refuse("Unable to update load balancers");
  if (in.serviceRegistries.present) refuse("Unable to update service registries");
}

// What must be left to the task sets.
void CheckExternal(const CreateServiceRequest& in) {
  if (in.taskDefinition && in.taskDefinition->empty())
    throw errors::InvalidParameter("Family should not be null or empty.");
  if (in.taskDefinition) throw errors::InvalidParameter("TaskDefinition must be blank.");
  if (in.launchType) throw errors::InvalidParameter("LaunchType must be blank.");  // these are unconfirmed
  if (!in.capacityProviderStrategy.empty()) throw errors::InvalidParameter("CapacityProviderStrategy must be blank.");
  if (in.platformVersion && !in.platformVersion->empty())
    throw errors::InvalidParameter("PlatformVersion must be blank.");
  if (in.networkConfiguration) throw errors::InvalidParameter("NetworkConfiguration must be blank.");
  if (!in.loadBalancers.empty()) throw errors::InvalidParameter("LoadBalancers must be blank.");
  if (!in.serviceRegistries.empty()) throw errors::InvalidParameter("ServiceRegistries must be blank.");
}

Revision RevisionFor(Context& context, const records::ecs::Cluster& cluster, const CreateServiceRequest& in) {
  if (!in.taskDefinition) throw errors::InvalidParameter("TaskDefinition can not be blank.");  // unconfirmed
  const auto definition = FindActiveTaskDefinition(context, *in.taskDefinition);
  const Capacity capacity = ResolveCapacity(cluster, in.launchType, in.capacityProviderStrategy);
  const bool fargate = IsFargate(capacity.launch_type, capacity.strategy);
  const std::string scheduling = in.schedulingStrategy.value_or("REPLICA");
  if (scheduling == "DAEMON" && fargate)  // unconfirmed
    throw errors::InvalidParameter("The DAEMON scheduling strategy is not supported with FARGATE launch type.");
  CheckCapacity(context, definition.definition, capacity, in.platformVersion, in.networkConfiguration);
  CheckPlacement(capacity, scheduling, in.placementConstraints, in.placementStrategy);
  CheckLoadBalancers(context, definition.definition, in.loadBalancers);
  CheckRegistries(in.serviceRegistries);
  CheckVolumes(definition.definition, in.volumeConfigurations);
  if (in.enableExecuteCommand.value_or(false) && TaskRoleOf(context.scope, definition, {}).empty())
    throw errors::ServiceWithoutTaskRole("created");
  if (in.healthCheckGracePeriodSeconds && in.loadBalancers.empty()) throw errors::GracePeriodWithoutLoadBalancer();
  Revision revision;
  revision.task_definition_arn = *definition.definition.taskDefinitionArn;
  revision.launch_type = capacity.launch_type;
  revision.capacity_provider_strategy = capacity.strategy;
  if (fargate)
    revision.platform_version = in.platformVersion && !in.platformVersion->empty() ? *in.platformVersion : "LATEST";
  revision.load_balancers = in.loadBalancers;
  revision.service_registries = in.serviceRegistries;
  revision.network_configuration = in.networkConfiguration;
  revision.service_connect_configuration = in.serviceConnectConfiguration;
  revision.volume_configurations = in.volumeConfigurations;
  revision.vpc_lattice_configurations = in.vpcLatticeConfigurations;
  return revision;
}

// A DAEMON service wants one task on every instance.
std::int32_t CountDaemons(Context& context, const std::string& cluster) {
  return static_cast<std::int32_t>(ActiveContainerInstancesOf(context, cluster).size());
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
      WakeService(tx, engines.clock, scope, use.service_arn);
  });
}

AWS_OPERATION(ecs, CreateService)
AWS_ACCESS(
    CreateServiceAccess,
    "iam:PassRole passed-role/{loadBalancers.advancedConfiguration.roleArn} iam:PassedToService=ecs.amazonaws.com",
    "tags? ecs:TagResource service/{cluster|default}/{serviceName}")
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

  const std::string controller = in.deploymentController ? *in.deploymentController->type : "ECS";
  const std::string scheduling = in.schedulingStrategy.value_or("REPLICA");
  if (scheduling == "DAEMON" && controller != "ECS")  // unconfirmed
    throw errors::InvalidParameter("The " + controller +
                                   " deployment controller does not support the DAEMON scheduling strategy.");
  if (scheduling == "DAEMON" && in.desiredCount.value_or(0) > 0)  // unconfirmed
    throw errors::InvalidParameter("desiredCount cannot be specified with the DAEMON scheduling strategy.");
  if (in.role)
    throw errors::InvalidParameter("You cannot specify an IAM role for services that require a service linked role.");
  auto configuration = DefaultDeploymentConfiguration(scheduling);
  if (in.deploymentConfiguration) ApplyDeploymentConfiguration(configuration, *in.deploymentConfiguration, controller);
  std::optional<Revision> revision;
  if (controller == "EXTERNAL")
    CheckExternal(in);
  else
    revision = RevisionFor(context, cluster, in);
  CheckTrafficShift(context, configuration, in.loadBalancers);

  if (existing) ForgetService(context, *existing);
  iam::EnsureServiceLinkedRole(context, "ecs.amazonaws.com");
  records::ecs::Service service;
  service.cluster = cluster.name;
  service.name = *in.serviceName;
  service.arn = ServiceArn(context.scope, cluster.name, service.name);
  service.status = "ACTIVE";
  service.desired_count = scheduling == "DAEMON" ? CountDaemons(context, cluster.name) : in.desiredCount.value_or(0);
  service.scheduling_strategy = scheduling;
  service.deployment_controller = controller;
  service.deployment_configuration = configuration;
  service.health_check_grace_period_seconds = in.healthCheckGracePeriodSeconds.value_or(0);
  service.availability_zone_rebalancing = in.availabilityZoneRebalancing.value_or("ENABLED");
  service.placement_constraints = in.placementConstraints;
  service.placement_strategy = in.placementStrategy;
  service.enable_ecs_managed_tags = in.enableECSManagedTags.value_or(false);
  service.enable_execute_command = in.enableExecuteCommand.value_or(false);
  service.propagate_tags = in.propagateTags.value_or("NONE");
  service.tags = CheckedTags(in.tags);
  service.created_by = context.principal.arn;
  service.created_at = context.now;
  service.client_token = in.clientToken;

  if (revision && controller == "ECS") {
    NoteTargetGroups(context, *revision, service.arn);
    BeginDeployment(context, service, std::move(*revision));
  } else if (revision) {  // CodeDeploy's first task set is ECS's own work
    auto set = MakeTaskSet(context, service, std::move(*revision));
    set.status = "PRIMARY";
    set.task_set->scale_percent = 100;
    set.task_set->started_by = "CODE_DEPLOY";
    service.revision_id = set.revision_id;
    service.deployments.push_back(std::move(set));
  }
  context.tx.Put(context.scope, service);
  TouchService(context, service.arn);
  out.service = RenderService(context, service, true);
  return out;
}

AWS_OPERATION(ecs, UpdateService)
AWS_ACCESS(
    UpdateServiceAccess,
    "iam:PassRole passed-role/{loadBalancers.advancedConfiguration.roleArn} iam:PassedToService=ecs.amazonaws.com")
UpdateServiceResponse UpdateService(Context& context, const UpdateServiceRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  records::ecs::Service service = FindActive(context, cluster, *in.service);
  CheckDesiredCount(in.desiredCount);
  if (in.desiredCount && service.scheduling_strategy == "DAEMON")  // unconfirmed
    throw errors::InvalidParameter("desiredCount cannot be specified with the DAEMON scheduling strategy.");
  CheckController(service, in);

  const bool own = service.deployment_controller == "ECS";
  const Revision before = service.revision_id.empty() ? Revision() : RevisionOf(context, service.revision_id);
  Revision revision = before;
  if (in.taskDefinition)
    revision.task_definition_arn = *FindActiveTaskDefinition(context, *in.taskDefinition).definition.taskDefinitionArn;
  if (in.capacityProviderStrategy.present) {
    const Capacity capacity = ResolveCapacity(cluster, std::nullopt, in.capacityProviderStrategy);
    revision.launch_type = capacity.launch_type;
    revision.capacity_provider_strategy = capacity.strategy;
    if (!Equivalent(before, revision) && !in.forceNewDeployment.value_or(false))
      throw errors::InvalidParameter(
          "When switching from launch type to capacity provider strategy on an existing service, or making a change to "
          "a capacity provider strategy on a service that is already using one, you must force a new deployment.");
  }
  if (in.platformVersion && !in.platformVersion->empty()) revision.platform_version = *in.platformVersion;
  if (in.networkConfiguration) revision.network_configuration = in.networkConfiguration;
  if (in.loadBalancers.present) revision.load_balancers = in.loadBalancers;
  if (in.serviceRegistries.present) revision.service_registries = in.serviceRegistries;
  if (in.serviceConnectConfiguration) revision.service_connect_configuration = in.serviceConnectConfiguration;
  if (in.volumeConfigurations.present) revision.volume_configurations = in.volumeConfigurations;
  if (in.vpcLatticeConfigurations.present) revision.vpc_lattice_configurations = in.vpcLatticeConfigurations;
  const bool changed = own && !Equivalent(before, revision);
  const Capacity capacity{revision.launch_type, revision.capacity_provider_strategy};
  CheckPlacement(capacity, service.scheduling_strategy, in.placementConstraints, in.placementStrategy);
  if (changed) {
    // A definition that was deregistered since goes on serving the service that has it.
    const auto definition = FindTaskDefinition(context, revision.task_definition_arn);
    if (!definition) throw errors::TaskDefinitionNotFound();
    CheckCapacity(context, definition->definition, capacity, revision.platform_version, revision.network_configuration);
    CheckLoadBalancers(context, definition->definition, revision.load_balancers);
    CheckRegistries(revision.service_registries);
    CheckVolumes(definition->definition, revision.volume_configurations);
  }

  if (in.healthCheckGracePeriodSeconds) {
    if (own && revision.load_balancers.empty()) throw errors::GracePeriodWithoutLoadBalancer();
    service.health_check_grace_period_seconds = *in.healthCheckGracePeriodSeconds;
  }
  if (in.deploymentConfiguration)
    ApplyDeploymentConfiguration(service.deployment_configuration, *in.deploymentConfiguration,
                                 service.deployment_controller);
  if (in.deploymentConfiguration || changed)
    CheckTrafficShift(context, service.deployment_configuration, revision.load_balancers);
  if (in.placementConstraints.present) service.placement_constraints = in.placementConstraints;
  if (in.placementStrategy.present) service.placement_strategy = in.placementStrategy;
  if (in.desiredCount) service.desired_count = *in.desiredCount;
  if (in.availabilityZoneRebalancing) service.availability_zone_rebalancing = *in.availabilityZoneRebalancing;
  if (in.enableECSManagedTags) service.enable_ecs_managed_tags = *in.enableECSManagedTags;
  if (in.enableExecuteCommand) service.enable_execute_command = *in.enableExecuteCommand;
  if (service.enable_execute_command && own && (in.enableExecuteCommand || in.taskDefinition)) {
    const auto definition = FindTaskDefinition(context, revision.task_definition_arn);
    if (definition && TaskRoleOf(context.scope, *definition, {}).empty())
      throw errors::ServiceWithoutTaskRole("updated");
  }
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
AWS_ACCESS("service/{cluster|default}/{services}")
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
AWS_ACCESS(ListServicesAccess)
ListServicesResponse ListServices(Context& context, const ListServicesRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  std::vector<std::string> arns;
  for (const auto& service : context.tx.List<records::ecs::Service>(
           context.scope, store::Where(&records::ecs::Service::cluster, cluster.name))) {
    if (service.status == "INACTIVE") continue;
    if (in.schedulingStrategy && *in.schedulingStrategy != service.scheduling_strategy) continue;
    if (in.resourceManagementType && *in.resourceManagementType != "CUSTOMER") continue;
    if (in.launchType &&
        (service.revision_id.empty() || *in.launchType != RevisionOf(context, service.revision_id).launch_type))
      continue;
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
AWS_ACCESS("service/{cluster|default}/{service}")
DeleteServiceResponse DeleteService(Context& context, const DeleteServiceRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  auto service = Find(context, cluster, *in.service);
  if (!service || service->status == "INACTIVE") throw errors::ServiceNotFound();
  if (service->desired_count > 0 && !in.force.value_or(false)) throw errors::ServiceScaledAboveZero();
  service->status = "DRAINING";
  service->desired_count = 0;
  for (auto& deployment : service->deployments) {
    deployment.desired_count = 0;
    if (!deployment.task_set) continue;
    deployment.status = "DRAINING";
    deployment.task_set->scale_percent = 0;
  }
  context.tx.Put(context.scope, *service);
  TouchService(context, service->arn);
  DeleteServiceResponse out;
  out.service = RenderService(context, *service, true);
  return out;
}

// Namespaces are only names here: there is no Cloud Map, so one that nobody uses is not told from one that is not
// there.
AWS_OPERATION(ecs, ListServicesByNamespace)
AWS_ACCESS("ecs:namespace={namespace}")
ListServicesByNamespaceResponse ListServicesByNamespace(Context& context, const ListServicesByNamespaceRequest& in) {
  std::vector<std::string> arns;
  for (const auto& service : context.tx.List<records::ecs::Service>(context.scope)) {
    if (service.status == "INACTIVE" || service.revision_id.empty()) continue;
    const auto connect = RevisionOf(context, service.revision_id).service_connect_configuration;
    if (!connect || !connect->enabled.value_or(false)) continue;
    auto name = connect->namespace_;
    if (!name) {
      const auto cluster = context.tx.Get<records::ecs::Cluster>(context.scope, service.cluster);
      if (cluster) name = cluster->service_connect_namespace;
    }
    if (name == *in.namespace_) arns.push_back(service.arn);
  }
  ListServicesByNamespaceResponse out;
  auto page =
      PageOf(context, "ListServicesByNamespace " + *in.namespace_, std::move(arns), in.nextToken, in.maxResults, 10);
  out.serviceArns = std::move(page.items);
  out.serviceArns.present = true;
  out.nextToken = page.next_token;
  return out;
}

}  // namespace drydock::ecs
