// Custom attributes of container instances. API Reference, PutAttributes and its neighbours.
#include <algorithm>

#include "api/ecs/DeleteAttributesRequest.h"
#include "api/ecs/DeleteAttributesResponse.h"
#include "api/ecs/ListAttributesRequest.h"
#include "api/ecs/ListAttributesResponse.h"
#include "api/ecs/PutAttributesRequest.h"
#include "api/ecs/PutAttributesResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/container_instances.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/paging.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr std::size_t kMostAttributes = 10;  // in one call, and of one's own for each resource

// What AWS itself gives an instance.
bool IsOwnAttribute(const Attribute& attribute) {
  return !attribute.name->starts_with("ecs.") && !attribute.name->starts_with("com.amazonaws.");
}

records::ecs::ContainerInstance TargetOf(Context& context, const std::string& cluster, const Attribute& attribute) {
  if (!attribute.targetId || attribute.targetId->empty())
    throw errors::InvalidParameter("Attributes must have a target id.");  // unconfirmed
  auto instance = FindContainerInstance(context, cluster, *attribute.targetId);
  if (!instance || instance->status == "INACTIVE")
    throw ApiError("TargetNotFoundException", "Unable to find target with id " + *attribute.targetId);  // unconfirmed
  return *instance;
}

void CheckAttribute(const Attribute& attribute) {
  const auto fits = [](const std::string& text, const std::string& signs) {
    return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
      return std::isalnum(c) != 0 || signs.find(static_cast<char>(c)) != std::string::npos;
    });
  };
  if (!fits(*attribute.name, "-_./\\"))
    throw errors::InvalidParameter("Invalid attribute name: " + *attribute.name);  // unconfirmed
  if (attribute.value && !fits(*attribute.value, "-_.@:/\\ "))
    throw errors::InvalidParameter("Invalid attribute value: " + *attribute.value);  // unconfirmed
}

}  // namespace

AWS_OPERATION(ecs, PutAttributes)
AWS_ACCESS("container-instance/{cluster|default}/{attributes.targetId}")
PutAttributesResponse PutAttributes(Context& context, const PutAttributesRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  if (in.attributes.size() > kMostAttributes)
    throw errors::InvalidParameter("Attributes cannot have more than 10 items.");  // unconfirmed
  PutAttributesResponse out;
  out.attributes.present = true;
  for (const auto& attribute : in.attributes) {
    CheckAttribute(attribute);
    auto instance = TargetOf(context, cluster.name, attribute);
    std::erase_if(instance.attributes, [&](const Attribute& known) { return known.name == attribute.name; });
    if (static_cast<std::size_t>(
            std::count_if(instance.attributes.begin(), instance.attributes.end(), IsOwnAttribute)) >= kMostAttributes)
      throw ApiError("AttributeLimitExceededException",  // unconfirmed
                     "You can apply up to 10 custom attributes for each resource.");
    auto& kept = instance.attributes.emplace_back();
    kept.name = attribute.name;
    kept.value = attribute.value;
    ++instance.version;
    context.tx.Put(context.scope, instance);
    auto& shown = out.attributes.emplace_back(kept);
    shown.targetId = instance.arn;
  }
  return out;
}

AWS_OPERATION(ecs, DeleteAttributes)
AWS_ACCESS("container-instance/{cluster|default}/{attributes.targetId}")
DeleteAttributesResponse DeleteAttributes(Context& context, const DeleteAttributesRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  if (in.attributes.size() > kMostAttributes)
    throw errors::InvalidParameter("Attributes cannot have more than 10 items.");  // unconfirmed
  DeleteAttributesResponse out;
  out.attributes.present = true;
  for (const auto& attribute : in.attributes) {
    auto instance = TargetOf(context, cluster.name, attribute);
    std::erase_if(instance.attributes, [&](const Attribute& known) {
      if (known.name != attribute.name || (attribute.value && known.value != attribute.value)) return false;
      auto& shown = out.attributes.emplace_back(known);
      shown.targetId = instance.arn;
      return true;
    });
    ++instance.version;
    context.tx.Put(context.scope, instance);
  }
  return out;
}

AWS_OPERATION(ecs, ListAttributes)
AWS_ACCESS("cluster/{cluster|default}")
ListAttributesResponse ListAttributes(Context& context, const ListAttributesRequest& in) {
  const auto cluster = FindCluster(context, in.cluster);
  std::vector<std::string> keys;  // instance and name
  std::vector<Attribute> found;
  for (const auto& instance : ContainerInstancesOf(context, cluster.name)) {
    for (const auto& attribute : instance.attributes) {
      if (in.attributeName && attribute.name != in.attributeName) continue;
      if (in.attributeValue && attribute.value != in.attributeValue) continue;
      keys.push_back(instance.arn + " " + *attribute.name);
      found.push_back(attribute);
      found.back().targetId = instance.arn;
    }
  }
  const std::string question =
      Join({"ListAttributes", cluster.name, in.attributeName.value_or(""), in.attributeValue.value_or("")}, " ");
  const auto page = PageOf(context, question, keys, in.nextToken, in.maxResults, 100);
  ListAttributesResponse out;
  out.attributes.present = true;
  out.nextToken = page.next_token;
  for (const auto& key : page.items) {
    const auto at = std::find(keys.begin(), keys.end(), key);
    out.attributes.push_back(found[static_cast<std::size_t>(at - keys.begin())]);
  }
  return out;
}

}  // namespace drydock::ecs
