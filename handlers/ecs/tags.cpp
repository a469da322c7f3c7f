#include "handlers/ecs/tags.h"

#include <algorithm>
#include <set>

#include "api/ecs/ListTagsForResourceRequest.h"
#include "api/ecs/ListTagsForResourceResponse.h"
#include "api/ecs/TagResourceRequest.h"
#include "api/ecs/TagResourceResponse.h"
#include "api/ecs/UntagResourceRequest.h"
#include "api/ecs/UntagResourceResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/context.h"
#include "emulator/core/text.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "store/records/ecs/capacity_provider.h"
#include "store/records/ecs/cluster.h"
#include "store/records/ecs/container_instance.h"
#include "store/records/ecs/service.h"
#include "store/records/ecs/task.h"
#include "store/records/ecs/task_definition.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr std::size_t kMostTags = 50;  // ECS developer guide, "Tagging Amazon ECS resources"

std::string BehindLastSlash(const std::string& text) {
  return text.substr(text.rfind('/') + 1);
}

// Calls fn(tags) on the tags of whatever the ARN names, and keeps what it did to them.
template <class Fn>
void WithTagsOf(Context& context, const std::string& text, bool write, Fn fn) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "ecs") throw errors::InvalidParameter("Invalid ARN: " + text);  // unconfirmed
  const Scope& scope = context.scope;
  const auto use = [&](auto record) {
    if (!record) throw errors::ResourceNotFound();
    fn(record->tags);
    if (write) context.tx.Put(scope, *record);
  };
  if (arn->region != scope.region || arn->account != scope.account) throw errors::ResourceNotFound();
  if (const auto name = arn->Named("cluster")) {
    auto cluster = context.tx.Get<records::ecs::Cluster>(scope, *name);
    if (!cluster || cluster->status != "ACTIVE") throw errors::ClusterNotFound();
    use(std::move(cluster));
  } else if (arn->Named("service")) {
    const ServiceKey key = ParseServiceArn(text);
    auto service = context.tx.Get<records::ecs::Service>(scope, key.cluster, key.name);
    if (service && service->status == "INACTIVE") service.reset();
    use(std::move(service));
  } else if (const auto task = arn->Named("task")) {
    use(context.tx.Get<records::ecs::Task>(scope, BehindLastSlash(*task)));
  } else if (arn->Named("task-definition")) {
    const auto reference = ParseTaskDefinitionReference(scope, text);
    if (!reference || !reference->revision) throw errors::ResourceNotFound();
    use(context.tx.Get<records::ecs::TaskDefinition>(scope, reference->family, *reference->revision));
  } else if (const auto provider = arn->Named("capacity-provider")) {
    use(context.tx.Get<records::ecs::CapacityProvider>(scope, *provider));
  } else if (const auto instance = arn->Named("container-instance")) {
    use(context.tx.Get<records::ecs::ContainerInstance>(scope, BehindLastSlash(*instance)));
  } else if (arn->Named("task-set")) {
    const auto parts = Split(*arn->Named("task-set"), '/');
    auto service = parts.size() == 4 ? context.tx.Get<records::ecs::Service>(scope, parts[0], parts[1]) : std::nullopt;
    if (!service) throw errors::ResourceNotFound();
    for (auto& set : service->deployments) {
      if (!set.task_set || set.id != parts[3]) continue;
      fn(set.task_set->tags);
      if (write) context.tx.Put(scope, *service);
      return;
    }
    throw errors::ResourceNotFound();
  } else {
    throw errors::ResourceNotFound();
  }
}

}  // namespace

std::vector<Tag> CheckedTags(const std::vector<Tag>& tags) {
  if (tags.size() > kMostTags) throw errors::TooManyTags();
  std::set<std::string> keys;
  for (const auto& tag : tags) {
    const std::string key = tag.key.value_or("");
    if (key.empty()) throw errors::InvalidParameter("Tag keys can not be null or empty.");  // unconfirmed
    if (key.size() >= 4 && (key.starts_with("aws:") || key.starts_with("AWS:"))) throw errors::ReservedTag();
    if (!keys.insert(key).second) throw errors::DuplicateTag(key);
  }
  return tags;
}

void SetTag(std::vector<Tag>& tags, const Tag& tag) {
  for (auto& known : tags) {
    if (known.key == tag.key) {
      known.value = tag.value;
      return;
    }
  }
  tags.push_back(tag);
}

List<Tag> TagList(const std::vector<Tag>& tags) {
  return tags;
}

bool IncludesTags(const std::vector<std::string>& include) {
  return std::find(include.begin(), include.end(), "TAGS") != include.end();
}

AWS_OPERATION(ecs, TagResource)
AWS_ACCESS("{resourceArn}")
TagResourceResponse TagResource(Context& context, const TagResourceRequest& in) {
  const auto added = CheckedTags(in.tags);
  WithTagsOf(context, *in.resourceArn, true, [&](std::vector<Tag>& tags) {
    for (const auto& tag : added) SetTag(tags, tag);
    const auto own = std::count_if(tags.begin(), tags.end(), [](const Tag& t) { return !t.key->starts_with("aws:"); });
    if (own > static_cast<std::ptrdiff_t>(kMostTags)) throw errors::TooManyTags();
  });
  return {};
}

AWS_OPERATION(ecs, UntagResource)
AWS_ACCESS("{resourceArn}")
UntagResourceResponse UntagResource(Context& context, const UntagResourceRequest& in) {
  WithTagsOf(context, *in.resourceArn, true, [&](std::vector<Tag>& tags) {
    for (const auto& key : in.tagKeys) {
      if (key.starts_with("aws:")) throw errors::ReservedTag();
      std::erase_if(tags, [&](const Tag& tag) { return tag.key == key; });
    }
  });
  return {};
}

AWS_OPERATION(ecs, ListTagsForResource)
AWS_ACCESS("{resourceArn}")
ListTagsForResourceResponse ListTagsForResource(Context& context, const ListTagsForResourceRequest& in) {
  ListTagsForResourceResponse out;
  WithTagsOf(context, *in.resourceArn, false, [&](const std::vector<Tag>& tags) { out.tags = TagList(tags); });
  return out;
}

}  // namespace drydock::ecs
