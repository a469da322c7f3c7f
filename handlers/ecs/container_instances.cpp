// Container instances of the EC2 and EXTERNAL launch types. They are registered data: no agent of them ever connects,
// so no task is placed on them. API Reference, RegisterContainerInstance and its neighbours.
#include "handlers/ecs/container_instances.h"

#include <rapidjson/document.h>

#include <algorithm>

#include "api/ecs/DeregisterContainerInstanceRequest.h"
#include "api/ecs/DeregisterContainerInstanceResponse.h"
#include "api/ecs/DescribeContainerInstancesRequest.h"
#include "api/ecs/DescribeContainerInstancesResponse.h"
#include "api/ecs/DiscoverPollEndpointRequest.h"
#include "api/ecs/DiscoverPollEndpointResponse.h"
#include "api/ecs/ListContainerInstancesRequest.h"
#include "api/ecs/ListContainerInstancesResponse.h"
#include "api/ecs/RegisterContainerInstanceRequest.h"
#include "api/ecs/RegisterContainerInstanceResponse.h"
#include "api/ecs/UpdateContainerAgentRequest.h"
#include "api/ecs/UpdateContainerAgentResponse.h"
#include "api/ecs/UpdateContainerInstancesStateRequest.h"
#include "api/ecs/UpdateContainerInstancesStateResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/instance_placement.h"
#include "handlers/ecs/paging.h"
#include "handlers/ecs/tags.h"
#include "handlers/engines.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr std::size_t kMostInstancesDescribed = 100;
constexpr std::size_t kMostInstancesUpdated = 10;

// "i-…" in an instance identity document; of an external instance's there is none.
std::string InstanceIdIn(const std::optional<std::string>& identity_document) {
  if (!identity_document || identity_document->empty()) return "";
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(identity_document->data(), identity_document->size());
  if (document.HasParseError() || !document.IsObject())
    throw errors::Client("The instance identity document is not valid.");  // unconfirmed
  const auto id = document.FindMember("instanceId");
  return id != document.MemberEnd() && id->value.IsString() ? id->value.GetString() : "";
}

std::string InstanceArnOf(const Context& context, const std::string& cluster, const std::string& reference) {
  return Arn::LooksLike(reference) ? reference : context.Arn("ecs", "container-instance/" + cluster + "/" + reference);
}

ContainerInstance RenderInstance(const records::ecs::ContainerInstance& instance, bool with_tags) {
  ContainerInstance out;
  out.containerInstanceArn = instance.arn;
  if (!instance.ec2_instance_id.empty()) out.ec2InstanceId = instance.ec2_instance_id;
  out.version = instance.version;
  out.versionInfo = instance.version_info;
  out.registeredResources = instance.resources;
  out.remainingResources = instance.resources;
  out.status = instance.status;
  out.agentConnected = false;
  out.runningTasksCount = out.pendingTasksCount = 0;
  out.attributes = instance.attributes;
  out.attributes.present = true;
  out.registeredAt = instance.registered_at;
  out.attachments.present = true;
  out.tags = with_tags ? TagList(instance.tags) : TagList({});
  return out;
}

records::ecs::ContainerInstance RequireInstance(Context& context, const std::string& cluster,
                                                const std::string& reference) {
  auto instance = FindContainerInstance(context, cluster, reference);
  if (!instance || instance->status == "INACTIVE")
    throw errors::InvalidParameter("Referenced container instance " + reference + " not found.");
  return *instance;
}

template <class Failures>
void AddMissingInstance(const Context& context, Failures& failures, const std::string& cluster,
                        const std::string& reference) {
  auto& failure = failures.emplace_back();
  failure.arn = InstanceArnOf(context, cluster, reference);
  failure.reason = "MISSING";
}

}  // namespace

std::optional<records::ecs::ContainerInstance> FindContainerInstance(Context& context, const std::string& cluster,
                                                                     const std::string& reference) {
  auto instance =
      context.tx.Get<records::ecs::ContainerInstance>(context.scope, reference.substr(reference.rfind('/') + 1));
  if (instance && (instance->cluster != cluster || (Arn::LooksLike(reference) && instance->arn != reference)))
    instance.reset();
  return instance;
}

std::vector<records::ecs::ContainerInstance> ContainerInstancesOf(Context& context, const std::string& cluster) {
  auto instances = context.tx.List<records::ecs::ContainerInstance>(
      context.scope, store::Where(&records::ecs::ContainerInstance::cluster, cluster));
  std::erase_if(instances, [](const auto& instance) { return instance.status == "INACTIVE"; });
  return instances;
}

std::vector<records::ecs::ContainerInstance> ActiveContainerInstancesOf(Context& context, const std::string& cluster) {
  auto instances = ContainerInstancesOf(context, cluster);
  std::erase_if(instances, [](const auto& instance) { return instance.status != "ACTIVE"; });
  return instances;
}

AWS_OPERATION(ecs, RegisterContainerInstance)
AWS_ACCESS("cluster/{cluster|default}", "tags? ecs:TagResource container-instance/{cluster|default}/*")
RegisterContainerInstanceResponse RegisterContainerInstance(Context& context,
                                                            const RegisterContainerInstanceRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  records::ecs::ContainerInstance instance;
  if (in.containerInstanceArn) {
    instance = RequireInstance(context, cluster.name, *in.containerInstanceArn);
    ++instance.version;
  } else {
    instance.id = context.ids.Hex(32);
    instance.arn = InstanceArnOf(context, cluster.name, instance.id);
    instance.cluster = cluster.name;
    instance.status = "ACTIVE";
    instance.registered_at = context.now;
    instance.tags = CheckedTags(in.tags);
  }
  if (in.instanceIdentityDocument) instance.ec2_instance_id = InstanceIdIn(in.instanceIdentityDocument);
  if (!in.totalResources.empty()) instance.resources = in.totalResources;
  if (in.versionInfo) instance.version_info = in.versionInfo;
  for (auto attribute : in.attributes) {
    attribute.targetId.reset();
    attribute.targetType.reset();
    std::erase_if(instance.attributes, [&](const Attribute& known) { return known.name == attribute.name; });
    instance.attributes.push_back(std::move(attribute));
  }
  context.tx.Put(context.scope, instance);
  RegisterContainerInstanceResponse out;
  out.containerInstance = RenderInstance(instance, true);
  return out;
}

AWS_OPERATION(ecs, DeregisterContainerInstance)
AWS_ACCESS("cluster/{cluster|default}")
DeregisterContainerInstanceResponse DeregisterContainerInstance(Context& context,
                                                                const DeregisterContainerInstanceRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  auto instance = RequireInstance(context, cluster.name, *in.containerInstance);
  // It stays visible to DescribeContainerInstances. API Reference, DeregisterContainerInstance.
  instance.status = "INACTIVE";
  ++instance.version;
  context.tx.Put(context.scope, instance);
  DeregisterContainerInstanceResponse out;
  out.containerInstance = RenderInstance(instance, true);
  return out;
}

AWS_OPERATION(ecs, DescribeContainerInstances)
AWS_ACCESS("container-instance/{cluster|default}/{containerInstances}")
DescribeContainerInstancesResponse DescribeContainerInstances(Context& context,
                                                              const DescribeContainerInstancesRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  if (in.containerInstances.empty()) throw errors::InvalidParameter("Container instances cannot be empty.");
  if (in.containerInstances.size() > kMostInstancesDescribed)
    throw errors::InvalidParameter("Container instances cannot have more than 100 items.");  // unconfirmed
  DescribeContainerInstancesResponse out;
  out.containerInstances.present = out.failures.present = true;
  for (const auto& reference : in.containerInstances) {
    if (const auto instance = FindContainerInstance(context, cluster.name, reference))
      out.containerInstances.push_back(RenderInstance(*instance, IncludesTags(in.include)));
    else
      AddMissingInstance(context, out.failures, cluster.name, reference);
  }
  return out;
}

AWS_OPERATION(ecs, ListContainerInstances)
AWS_ACCESS("cluster/{cluster|default}")
ListContainerInstancesResponse ListContainerInstances(Context& context, const ListContainerInstancesRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  std::optional<ClusterQuery> filter;
  if (in.filter && !in.filter->empty()) filter.emplace(*in.filter);
  std::vector<std::string> arns;
  for (const auto& instance : ContainerInstancesOf(context, cluster.name))
    if ((!in.status || *in.status == instance.status) && (!filter || filter->Selects(SubjectsOf(instance))))
      arns.push_back(instance.arn);
  ListContainerInstancesResponse out;
  auto page = PageOf(
      context, Join({"ListContainerInstances", cluster.name, in.status.value_or(""), in.filter.value_or("")}, " "),
      std::move(arns), in.nextToken, in.maxResults, 100);
  out.containerInstanceArns = std::move(page.items);
  out.containerInstanceArns.present = true;
  out.nextToken = page.next_token;
  return out;
}

AWS_OPERATION(ecs, UpdateContainerInstancesState)
AWS_ACCESS("container-instance/{cluster|default}/{containerInstances}")
UpdateContainerInstancesStateResponse UpdateContainerInstancesState(Context& context,
                                                                    const UpdateContainerInstancesStateRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  if (*in.status != "ACTIVE" && *in.status != "DRAINING")
    throw errors::InvalidParameter("Container instance status should be one of [ACTIVE,DRAINING]");
  if (in.containerInstances.size() > kMostInstancesUpdated)
    throw errors::InvalidParameter("Container instances cannot have more than 10 items.");  // unconfirmed
  UpdateContainerInstancesStateResponse out;
  out.containerInstances.present = out.failures.present = true;
  for (const auto& reference : in.containerInstances) {
    auto instance = FindContainerInstance(context, cluster.name, reference);
    if (!instance || instance->status == "INACTIVE") {
      AddMissingInstance(context, out.failures, cluster.name, reference);
      continue;
    }
    instance->status = *in.status;
    ++instance->version;
    context.tx.Put(context.scope, *instance);
    out.containerInstances.push_back(RenderInstance(*instance, true));
  }
  return out;
}

// There is no agent that could be updated. The sentences are those of the API Reference's list of errors.
AWS_OPERATION(ecs, UpdateContainerAgent)
AWS_ACCESS("container-instance/{cluster|default}/{containerInstance}")
UpdateContainerAgentResponse UpdateContainerAgent(Context& context, const UpdateContainerAgentRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  const auto instance = RequireInstance(context, cluster.name, *in.containerInstance);
  if (!instance.version_info || !instance.version_info->agentVersion)
    throw ApiError("MissingVersionException",
                   "Amazon ECS can't determine the current version of the Amazon ECS container agent on the container "
                   "instance and doesn't have enough information to proceed with an update.");
  throw ApiError("NoUpdateAvailableException", "There's no update available for this Amazon ECS container agent.");
}

// Where an agent would poll; nobody listens there for agents.
AWS_OPERATION(ecs, DiscoverPollEndpoint)
DiscoverPollEndpointResponse DiscoverPollEndpoint(Context& context, const DiscoverPollEndpointRequest& in) {
  if (in.cluster) FindCluster(context, in.cluster);
  DiscoverPollEndpointResponse out;
  out.endpoint = out.telemetryEndpoint = out.serviceConnectEndpoint = context.engines.settings.endpoint + "/";
  return out;
}

}  // namespace drydock::ecs
