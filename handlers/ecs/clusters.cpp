#include "handlers/ecs/clusters.h"

#include <algorithm>

#include "api/ecs/CreateClusterRequest.h"
#include "api/ecs/CreateClusterResponse.h"
#include "api/ecs/DeleteClusterRequest.h"
#include "api/ecs/DeleteClusterResponse.h"
#include "api/ecs/DescribeClustersRequest.h"
#include "api/ecs/DescribeClustersResponse.h"
#include "api/ecs/ListClustersRequest.h"
#include "api/ecs/ListClustersResponse.h"
#include "api/ecs/PutClusterCapacityProvidersRequest.h"
#include "api/ecs/PutClusterCapacityProvidersResponse.h"
#include "api/ecs/UpdateClusterRequest.h"
#include "api/ecs/UpdateClusterResponse.h"
#include "api/ecs/UpdateClusterSettingsRequest.h"
#include "api/ecs/UpdateClusterSettingsResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ecs/account_settings.h"
#include "handlers/ecs/capacity_providers.h"
#include "handlers/ecs/container_instances.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/placement.h"
#include "handlers/ecs/tags.h"
#include "handlers/engines.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

struct Inclusion {
  bool settings = true;
  bool configurations = true;
  bool statistics = false;
  bool tags = true;

  static Inclusion Of(const std::vector<std::string>& include) {
    const auto asked = [&](const char* what) {
      return std::find(include.begin(), include.end(), what) != include.end();
    };
    return {asked("SETTINGS"), asked("CONFIGURATIONS"), asked("STATISTICS"), asked("TAGS")};
  }
};

std::int32_t CountTasks(Context& context, const std::string& cluster, std::initializer_list<const char*> statuses) {
  std::size_t count = 0;
  for (const char* status : statuses)
    count += context.tx.Count<records::ecs::Task>(
        context.scope,
        store::Where(&records::ecs::Task::last_status, std::string(status)).And(&records::ecs::Task::cluster, cluster));
  return static_cast<std::int32_t>(count);
}

std::int32_t CountActiveServices(Context& context, const std::string& cluster) {
  std::size_t count = 0;
  for (const char* status : {"ACTIVE", "DRAINING"})
    count += context.tx.Count<records::ecs::Service>(context.scope,
                                                     store::Where(&records::ecs::Service::cluster, cluster)
                                                         .And(&records::ecs::Service::status, std::string(status)));
  return static_cast<std::int32_t>(count);
}

std::int32_t CountInstances(Context& context, const std::string& cluster) {
  return static_cast<std::int32_t>(ContainerInstancesOf(context, cluster).size());
}

Cluster Render(Context& context, const records::ecs::Cluster& cluster, const Inclusion& include) {
  Cluster out;
  out.clusterArn = cluster.arn;
  out.clusterName = cluster.name;
  out.status = cluster.status;
  out.registeredContainerInstancesCount = CountInstances(context, cluster.name);
  out.runningTasksCount = CountTasks(context, cluster.name, {"RUNNING", "DEACTIVATING", "STOPPING"});
  out.pendingTasksCount = CountTasks(context, cluster.name, {"PROVISIONING", "PENDING", "ACTIVATING"});
  out.activeServicesCount = CountActiveServices(context, cluster.name);
  out.statistics.present = true;
  if (include.statistics) {
    const auto put = [&](const char* name, std::int32_t value) {
      auto& pair = out.statistics.emplace_back();
      pair.name = name;
      pair.value = std::to_string(value);
    };
    // Drydock runs no EC2 tasks, so every task is Fargate's.
    put("runningEC2TasksCount", 0);
    put("runningFargateTasksCount", *out.runningTasksCount);
    put("pendingEC2TasksCount", 0);
    put("pendingFargateTasksCount", *out.pendingTasksCount);
    put("activeEC2ServiceCount", 0);
    put("activeFargateServiceCount", *out.activeServicesCount);
    put("drainingEC2ServiceCount", 0);
    put("drainingFargateServiceCount", 0);
  }
  out.tags = include.tags ? TagList(cluster.tags) : TagList({});
  out.settings.present = true;
  if (include.settings) out.settings = cluster.settings;
  if (include.configurations) out.configuration = cluster.configuration;
  out.capacityProviders = cluster.capacity_providers;
  out.defaultCapacityProviderStrategy = cluster.default_capacity_provider_strategy;
  if (cluster.service_connect_namespace)
    out.serviceConnectDefaults.emplace().namespace_ = cluster.service_connect_namespace;
  return out;
}

// The providers by their names; throws for one that does not exist. Developer guide, "Amazon ECS capacity providers".
std::vector<std::string> CheckedProviders(Context& context, const std::vector<std::string>& references) {
  constexpr std::size_t kMostProviders = 20;
  if (references.size() > kMostProviders)
    throw errors::InvalidParameter("A cluster can have at most 20 capacity providers.");  // unconfirmed
  std::vector<std::string> names;
  for (const auto& reference : references) {
    if (IsFargateProvider(reference)) {
      names.push_back(reference);
      continue;
    }
    const auto provider = FindCapacityProvider(context, reference);
    if (!provider) throw errors::CapacityProviderNotFound();
    names.push_back(provider->name);
  }
  return names;
}

void CheckConfiguration(const std::optional<ClusterConfiguration>& configuration) {
  if (!configuration || !configuration->executeCommandConfiguration) return;
  const auto& execute = *configuration->executeCommandConfiguration;
  const bool elsewhere = execute.logging == "OVERRIDE";
  if (elsewhere != execute.logConfiguration.has_value())  // unconfirmed
    throw errors::InvalidParameter("A logConfiguration must be specified when, and only when, logging is OVERRIDE.");
}

// A provider that an active service uses stays with the cluster. API Reference, PutClusterCapacityProviders.
void CheckProvidersInUse(Context& context, const records::ecs::Cluster& cluster, const std::vector<std::string>& kept) {
  std::vector<std::string> leaving;
  for (const auto& name : cluster.capacity_providers)
    if (std::find(kept.begin(), kept.end(), name) == kept.end()) leaving.push_back(name);
  if (leaving.empty()) return;
  for (const auto& service : context.tx.List<records::ecs::Service>(
           context.scope, store::Where(&records::ecs::Service::cluster, cluster.name))) {
    if (service.status == "INACTIVE") continue;
    const auto revision = context.tx.Get<records::ecs::ServiceRevision>(context.scope, service.revision_id);
    if (!revision) continue;
    for (const auto& item : revision->capacity_provider_strategy)
      if (std::find(leaving.begin(), leaving.end(), item.capacityProvider.value_or("")) != leaving.end())
        throw ApiError("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.");
  }
}

void ApplySettings(records::ecs::Cluster& cluster, const std::vector<ClusterSetting>& settings) {
  for (const auto& setting : settings) {
    const std::string value = setting.value.value_or("");
    if (value != "enabled" && value != "disabled" && value != "enhanced")
      throw errors::InvalidParameter("Invalid cluster setting value \"" + value + "\"");  // unconfirmed
    for (auto& known : cluster.settings)
      if (known.name == setting.name) known.value = value;
  }
}

}  // namespace

records::ecs::Cluster FindCluster(Context& context, const std::optional<std::string>& reference) {
  auto cluster = context.tx.Get<records::ecs::Cluster>(context.scope, ClusterNameOf(context.scope, reference));
  if (!cluster) throw errors::ClusterNotFound();
  return *cluster;
}

records::ecs::Cluster FindActiveCluster(Context& context, const std::optional<std::string>& reference) {
  records::ecs::Cluster cluster = FindCluster(context, reference);
  if (cluster.status != "ACTIVE") throw errors::ClusterInactive();
  return cluster;
}

AWS_OPERATION(ecs, CreateCluster)
AWS_ACCESS(
    "cluster/{clusterName|default}", "tags? ecs:TagResource cluster/{clusterName|default}",
    "ecs:capacity-provider={capacityProviders}",
    "ecs:fargate-ephemeral-storage-kms-key={configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId}")
CreateClusterResponse CreateCluster(Context& context, const CreateClusterRequest& in) {
  const std::string name = in.clusterName.value_or("default");
  if (!IsName(name)) throw errors::InvalidParameter("Cluster name contains invalid characters.");  // unconfirmed
  CreateClusterResponse out;
  auto cluster = context.tx.Get<records::ecs::Cluster>(context.scope, name);
  if (!cluster || cluster->status != "ACTIVE") {
    const auto providers = CheckedProviders(context, in.capacityProviders);
    CheckStrategy(providers, in.defaultCapacityProviderStrategy);
    CheckConfiguration(in.configuration);
    cluster.emplace();
    cluster->name = name;
    cluster->arn = ClusterArn(context.scope, name);
    cluster->status = "ACTIVE";
    cluster->tags = CheckedTags(in.tags);
    auto& insights = cluster->settings.emplace_back();
    insights.name = "containerInsights";
    insights.value = EffectiveSetting(context, "containerInsights");
    ApplySettings(*cluster, in.settings);
    cluster->configuration = in.configuration;
    cluster->capacity_providers = providers;
    cluster->default_capacity_provider_strategy = in.defaultCapacityProviderStrategy;
    if (in.serviceConnectDefaults) cluster->service_connect_namespace = in.serviceConnectDefaults->namespace_;
    context.tx.Put(context.scope, *cluster);
  }
  out.cluster = Render(context, *cluster, {});
  return out;
}

AWS_OPERATION(ecs, DescribeClusters)
AWS_ACCESS("cluster/{clusters|default}")
DescribeClustersResponse DescribeClusters(Context& context, const DescribeClustersRequest& in) {
  DescribeClustersResponse out;
  out.clusters.present = out.failures.present = true;
  if (in.clusters.size() > 100) throw errors::InvalidParameter("Clusters cannot have more than 100 items.");
  std::vector<std::string> references = in.clusters;
  if (references.empty()) references.push_back("default");
  for (const auto& reference : references) {
    const auto cluster = context.tx.Get<records::ecs::Cluster>(context.scope, ClusterNameOf(context.scope, reference));
    if (cluster) {
      out.clusters.push_back(Render(context, *cluster, Inclusion::Of(in.include)));
    } else {
      auto& failure = out.failures.emplace_back();
      failure.arn = reference.starts_with("arn:") ? reference : ClusterArn(context.scope, reference);
      failure.reason = "MISSING";
    }
  }
  return out;
}

AWS_OPERATION(ecs, ListClusters)
ListClustersResponse ListClusters(Context& context, const ListClustersRequest& in) {
  std::vector<std::string> arns;
  for (const auto& cluster : context.tx.List<records::ecs::Cluster>(context.scope))
    if (cluster.status == "ACTIVE") arns.push_back(cluster.arn);
  ListClustersResponse out;
  auto page = PageOf(context, "ListClusters", std::move(arns), in.nextToken, in.maxResults, 100);
  out.clusterArns = std::move(page.items);
  out.nextToken = page.next_token;
  return out;
}

AWS_OPERATION(ecs, DeleteCluster)
AWS_ACCESS("cluster/{cluster}")
DeleteClusterResponse DeleteCluster(Context& context, const DeleteClusterRequest& in) {
  records::ecs::Cluster cluster = FindCluster(context, in.cluster);
  if (CountActiveServices(context, cluster.name) > 0) throw errors::ClusterContainsServices();
  if (CountTasks(context, cluster.name,
                 {"PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"}) >
      0)
    throw errors::ClusterContainsTasks();
  if (CountInstances(context, cluster.name) > 0) throw errors::ClusterContainsContainerInstances();
  cluster.status = "INACTIVE";
  context.tx.Put(context.scope, cluster);
  DeleteClusterResponse out;
  out.cluster = Render(context, cluster, {});
  return out;
}

AWS_OPERATION(ecs, UpdateCluster)
AWS_ACCESS(
    "cluster/{cluster}",
    "ecs:fargate-ephemeral-storage-kms-key={configuration.managedStorageConfiguration.fargateEphemeralStorageKmsKeyId}")
UpdateClusterResponse UpdateCluster(Context& context, const UpdateClusterRequest& in) {
  records::ecs::Cluster cluster = FindActiveCluster(context, in.cluster);
  ApplySettings(cluster, in.settings);
  CheckConfiguration(in.configuration);
  if (in.configuration) cluster.configuration = in.configuration;
  if (in.serviceConnectDefaults) {
    cluster.service_connect_namespace = in.serviceConnectDefaults->namespace_;
    if (cluster.service_connect_namespace == "") cluster.service_connect_namespace.reset();
  }
  context.tx.Put(context.scope, cluster);
  UpdateClusterResponse out;
  out.cluster = Render(context, cluster, {});
  return out;
}

AWS_OPERATION(ecs, UpdateClusterSettings)
AWS_ACCESS("cluster/{cluster}")
UpdateClusterSettingsResponse UpdateClusterSettings(Context& context, const UpdateClusterSettingsRequest& in) {
  records::ecs::Cluster cluster = FindActiveCluster(context, in.cluster);
  ApplySettings(cluster, in.settings);
  context.tx.Put(context.scope, cluster);
  UpdateClusterSettingsResponse out;
  out.cluster = Render(context, cluster, {});
  return out;
}

AWS_OPERATION(ecs, PutClusterCapacityProviders)
AWS_ACCESS("cluster/{cluster}", "ecs:capacity-provider={capacityProviders}")
PutClusterCapacityProvidersResponse PutClusterCapacityProviders(Context& context,
                                                                const PutClusterCapacityProvidersRequest& in) {
  records::ecs::Cluster cluster = FindActiveCluster(context, in.cluster);
  const auto providers = CheckedProviders(context, in.capacityProviders);
  CheckStrategy(providers, in.defaultCapacityProviderStrategy);
  CheckProvidersInUse(context, cluster, providers);
  cluster.capacity_providers = providers;
  cluster.default_capacity_provider_strategy = in.defaultCapacityProviderStrategy;
  context.tx.Put(context.scope, cluster);
  PutClusterCapacityProvidersResponse out;
  out.cluster = Render(context, cluster, {});
  return out;
}

}  // namespace drydock::ecs
