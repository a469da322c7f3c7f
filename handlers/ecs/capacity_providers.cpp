// Capacity providers. API Reference, CreateCapacityProvider and its neighbours; developer guide, "Amazon ECS capacity
// providers for EC2 workloads".
#include "handlers/ecs/capacity_providers.h"

#include <algorithm>

#include "api/ecs/CreateCapacityProviderRequest.h"
#include "api/ecs/CreateCapacityProviderResponse.h"
#include "api/ecs/DeleteCapacityProviderRequest.h"
#include "api/ecs/DeleteCapacityProviderResponse.h"
#include "api/ecs/DescribeCapacityProvidersRequest.h"
#include "api/ecs/DescribeCapacityProvidersResponse.h"
#include "api/ecs/UpdateCapacityProviderRequest.h"
#include "api/ecs/UpdateCapacityProviderResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/tags.h"
#include "store/records/ecs/cluster.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr char kFargate[] = "FARGATE";
constexpr char kFargateSpot[] = "FARGATE_SPOT";

std::string ProviderNameOf(const Context& context, const std::string& reference) {
  if (!Arn::LooksLike(reference)) return reference;
  const auto arn = Arn::Parse(reference);
  if (!arn || arn->region != context.region() || arn->account != context.account()) return "";
  return arn->Named("capacity-provider").value_or("");
}

CapacityProvider RenderFargateProvider(const Context& context, const std::string& name) {
  CapacityProvider out;
  out.capacityProviderArn = context.Arn("ecs", "capacity-provider/" + name);
  out.name = name;
  out.status = "ACTIVE";
  out.type = name;
  out.tags.present = true;
  return out;
}

CapacityProvider RenderProvider(const Context& context, const records::ecs::CapacityProvider& provider,
                                bool with_tags) {
  CapacityProvider out;
  out.capacityProviderArn = context.Arn("ecs", "capacity-provider/" + provider.name);
  out.name = provider.name;
  out.status = provider.status;
  out.type = "EC2_AUTOSCALING";
  out.autoScalingGroupProvider = provider.auto_scaling_group_provider;
  out.updateStatus = provider.update_status;
  out.tags = with_tags ? TagList(provider.tags) : TagList({});
  return out;
}

void CheckProviderName(const std::string& name) {
  const std::string lower = Lowercase(name);
  if (!IsName(name) || lower.starts_with("aws") || lower.starts_with("ecs") || lower.starts_with("fargate"))
    throw errors::Client(
        "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper "
        "and lowercase), numbers, underscores (_), and hyphens (-). The name cannot be prefixed with \"aws\", \"ecs\", "
        "or \"fargate\". Specify a valid name and try again.");
}

// The defaults: API Reference, ManagedScaling and AutoScalingGroupProvider.
void CompleteProvider(AutoScalingGroupProvider& provider) {
  auto& scaling = provider.managedScaling;
  if (!scaling) scaling.emplace();
  if (!scaling->status) scaling->status = "DISABLED";
  if (!scaling->targetCapacity) scaling->targetCapacity = 100;
  if (!scaling->minimumScalingStepSize) scaling->minimumScalingStepSize = 1;
  if (!scaling->maximumScalingStepSize) scaling->maximumScalingStepSize = 10000;
  if (!scaling->instanceWarmupPeriod) scaling->instanceWarmupPeriod = 300;
  if (!provider.managedTerminationProtection) provider.managedTerminationProtection = "DISABLED";
  if (!provider.managedDraining) provider.managedDraining = "ENABLED";
  if (*scaling->minimumScalingStepSize > *scaling->maximumScalingStepSize)  // unconfirmed
    throw errors::Client("The minimum scaling step size must not exceed the maximum scaling step size.");
  if (provider.managedTerminationProtection == "ENABLED" && scaling->status != "ENABLED")  // unconfirmed
    throw errors::Client("To enable managed termination protection, managed scaling must be enabled as well.");
}

// Which ACTIVE cluster has the provider.
std::optional<std::string> ClusterWith(Context& context, const std::string& provider) {
  for (const auto& cluster : context.tx.List<records::ecs::Cluster>(context.scope))
    if (cluster.status == "ACTIVE" && std::find(cluster.capacity_providers.begin(), cluster.capacity_providers.end(),
                                                provider) != cluster.capacity_providers.end())
      return cluster.name;
  return std::nullopt;
}

records::ecs::CapacityProvider RequireProvider(Context& context, const std::string& reference) {
  auto provider = FindCapacityProvider(context, reference);
  if (!provider)
    throw errors::Client("The specified capacity provider was not found. Specify a valid name or ARN and try again.");
  return *provider;
}

// Stores the provider and shows it.
template <class Out>
Out AnswerWithProvider(Context& context, const records::ecs::CapacityProvider& provider) {
  context.tx.Put(context.scope, provider);
  Out out;
  out.capacityProvider = RenderProvider(context, provider, true);
  return out;
}

}  // namespace

bool IsFargateProvider(const std::string& name) {
  return name == kFargate || name == kFargateSpot;
}

std::optional<records::ecs::CapacityProvider> FindCapacityProvider(Context& context, const std::string& reference) {
  auto provider = context.tx.Get<records::ecs::CapacityProvider>(context.scope, ProviderNameOf(context, reference));
  if (provider && provider->status != "ACTIVE") provider.reset();
  return provider;
}

AWS_OPERATION(ecs, CreateCapacityProvider)
AWS_ACCESS("capacity-provider/{name}", "tags? ecs:TagResource capacity-provider/{name}")
CreateCapacityProviderResponse CreateCapacityProvider(Context& context, const CreateCapacityProviderRequest& in) {
  CheckProviderName(*in.name);
  if (in.managedInstancesProvider) throw errors::NotImplemented("A capacity provider of Managed Instances");
  if (in.cluster)  // unconfirmed
    throw errors::Client("A cluster can only be specified with a Managed Instances provider.");
  if (!in.autoScalingGroupProvider)  // unconfirmed
    throw errors::Client("An Auto Scaling group provider must be specified.");
  if (FindCapacityProvider(context, *in.name))
    throw errors::Client(
        "A capacity provider with the specified name already exists. Specify a different name and "
        "try again.");  // unconfirmed
  records::ecs::CapacityProvider provider;
  provider.name = *in.name;
  provider.status = "ACTIVE";
  provider.update_status = "CREATE_COMPLETE";
  provider.auto_scaling_group_provider = *in.autoScalingGroupProvider;
  CompleteProvider(provider.auto_scaling_group_provider);
  provider.tags = CheckedTags(in.tags);
  return AnswerWithProvider<CreateCapacityProviderResponse>(context, provider);
}

AWS_OPERATION(ecs, UpdateCapacityProvider)
AWS_ACCESS("capacity-provider/{name}")
UpdateCapacityProviderResponse UpdateCapacityProvider(Context& context, const UpdateCapacityProviderRequest& in) {
  if (in.managedInstancesProvider) throw errors::NotImplemented("A capacity provider of Managed Instances");
  auto provider = RequireProvider(context, *in.name);
  if (in.autoScalingGroupProvider) {
    auto& known = provider.auto_scaling_group_provider;
    const auto& given = *in.autoScalingGroupProvider;
    if (given.managedScaling) {
      const auto take = [&](auto ManagedScaling::*member) {
        if ((*given.managedScaling).*member) (*known.managedScaling).*member = (*given.managedScaling).*member;
      };
      take(&ManagedScaling::status);
      take(&ManagedScaling::targetCapacity);
      take(&ManagedScaling::minimumScalingStepSize);
      take(&ManagedScaling::maximumScalingStepSize);
      take(&ManagedScaling::instanceWarmupPeriod);
    }
    if (given.managedTerminationProtection) known.managedTerminationProtection = given.managedTerminationProtection;
    if (given.managedDraining) known.managedDraining = given.managedDraining;
    CompleteProvider(known);
  }
  provider.update_status = "UPDATE_COMPLETE";
  return AnswerWithProvider<UpdateCapacityProviderResponse>(context, provider);
}

AWS_OPERATION(ecs, DeleteCapacityProvider)
AWS_ACCESS("capacity-provider/{capacityProvider}")
DeleteCapacityProviderResponse DeleteCapacityProvider(Context& context, const DeleteCapacityProviderRequest& in) {
  if (IsFargateProvider(ProviderNameOf(context, *in.capacityProvider)))  // unconfirmed
    throw errors::Client("The capacity providers FARGATE and FARGATE_SPOT cannot be deleted.");
  auto provider = RequireProvider(context, *in.capacityProvider);
  if (const auto cluster = ClusterWith(context, provider.name))
    throw errors::Client("The capacity provider cannot be deleted because it is associated with cluster: " + *cluster +
                         ". Remove the capacity provider from the cluster and try again.");  // unconfirmed
  provider.status = "INACTIVE";
  provider.update_status = "DELETE_COMPLETE";
  return AnswerWithProvider<DeleteCapacityProviderResponse>(context, provider);
}

AWS_OPERATION(ecs, DescribeCapacityProviders)
AWS_ACCESS("capacity-provider/{capacityProviders|*}")
DescribeCapacityProvidersResponse DescribeCapacityProviders(Context& context,
                                                            const DescribeCapacityProvidersRequest& in) {
  const bool with_tags = IncludesTags(in.include);
  DescribeCapacityProvidersResponse out;
  out.capacityProviders.present = out.failures.present = true;
  const auto describe = [&](const std::string& reference) {
    const std::string name = ProviderNameOf(context, reference);
    if (IsFargateProvider(name)) {
      out.capacityProviders.push_back(RenderFargateProvider(context, name));
      return;
    }
    if (const auto provider = context.tx.Get<records::ecs::CapacityProvider>(context.scope, name)) {
      out.capacityProviders.push_back(RenderProvider(context, *provider, with_tags));
      return;
    }
    auto& failure = out.failures.emplace_back();
    failure.arn = Arn::LooksLike(reference) ? reference : context.Arn("ecs", "capacity-provider/" + reference);
    failure.reason = "MISSING";
  };
  if (in.capacityProviders.size() > 100)  // unconfirmed
    throw errors::InvalidParameter("Capacity providers cannot have more than 100 items.");
  std::vector<std::string> wanted = in.capacityProviders;
  if (wanted.empty()) {
    wanted = {kFargate, kFargateSpot};
    for (const auto& provider : context.tx.List<records::ecs::CapacityProvider>(context.scope))
      if (provider.status == "ACTIVE") wanted.push_back(provider.name);
    auto page = PageOf(context, "DescribeCapacityProviders", std::move(wanted), in.nextToken, in.maxResults, 100);
    wanted = std::move(page.items);
    out.nextToken = page.next_token;
  }
  for (const auto& reference : wanted) describe(reference);
  return out;
}

}  // namespace drydock::ecs
