// Tags of load balancers, target groups, listeners and rules. API Reference, AddTags, RemoveTags, DescribeTags.
#include "handlers/elbv2/tags.h"

#include "api/elbv2/AddTagsInput.h"
#include "api/elbv2/AddTagsOutput.h"
#include "api/elbv2/DescribeTagsInput.h"
#include "api/elbv2/DescribeTagsOutput.h"
#include "api/elbv2/RemoveTagsInput.h"
#include "api/elbv2/RemoveTagsOutput.h"
#include "emulator/api/operation.h"
#include "handlers/elbv2/lookup.h"
#include "store/table.h"

namespace drydock::elbv2 {

namespace {

using Tags = std::map<std::string, std::string>;

constexpr std::size_t kTagsPerResource = 50;

// Calls change(tags) for the resource's tags and keeps what comes of it.
template <class Change>
void ChangeTags(Context& context, const std::string& arn, Change change) {
  const auto keep = [&](auto record) {
    change(record.tags);
    if (record.tags.size() > kTagsPerResource) throw errors::TooManyTags();
    context.tx.Put(context.scope, record);
  };
  const auto kind = KindOf(context, arn);
  if (!kind) throw errors::NotAnArn(arn, "resource");
  switch (*kind) {
    case ResourceKind::kLoadBalancer:
      return keep(RequireLoadBalancer(context, arn));
    case ResourceKind::kTargetGroup:
      return keep(RequireTargetGroup(context, arn));
    case ResourceKind::kListener:
      return keep(RequireListener(context, arn));
    case ResourceKind::kRule:
      return keep(RequireRule(context, arn));
  }
}

Tags ReadTags(Context& context, const std::string& arn) {
  const auto kind = KindOf(context, arn);
  if (!kind) throw errors::NotAnArn(arn, "resource");
  switch (*kind) {
    case ResourceKind::kLoadBalancer:
      return RequireLoadBalancer(context, arn).tags;
    case ResourceKind::kTargetGroup:
      return RequireTargetGroup(context, arn).tags;
    case ResourceKind::kListener:
      return RequireListener(context, arn).tags;
    case ResourceKind::kRule:
      return RequireRule(context, arn).tags;
  }
  return {};
}

}  // namespace

std::map<std::string, std::string> TagsOf(const List<Tag>& tags) {
  Tags result;
  for (const Tag& tag : tags) {
    if (tag.Key->starts_with("aws:")) throw errors::Validation("Tag keys cannot start with 'aws:'");  // unconfirmed
    if (!result.emplace(*tag.Key, tag.Value.value_or("")).second) throw errors::DuplicateTagKeys(*tag.Key);
  }
  if (result.size() > kTagsPerResource) throw errors::TooManyTags();
  return result;
}

AWS_OPERATION(elbv2, AddTags)
AWS_ACCESS("{ResourceArns}")
AddTagsOutput AddTags(Context& context, const AddTagsInput& in) {
  const Tags added = TagsOf(in.Tags);
  for (const std::string& arn : in.ResourceArns)
    ChangeTags(context, arn, [&](Tags& tags) {
      for (const auto& [key, value] : added) tags[key] = value;
    });
  return {};
}

AWS_OPERATION(elbv2, RemoveTags)
AWS_ACCESS("{ResourceArns}")
RemoveTagsOutput RemoveTags(Context& context, const RemoveTagsInput& in) {
  for (const std::string& arn : in.ResourceArns)
    ChangeTags(context, arn, [&](Tags& tags) {
      for (const std::string& key : in.TagKeys) tags.erase(key);
    });
  return {};
}

AWS_OPERATION(elbv2, DescribeTags)
DescribeTagsOutput DescribeTags(Context& context, const DescribeTagsInput& in) {
  if (in.ResourceArns.size() > 20)  // API Reference; wording unconfirmed
    throw errors::Validation("You can specify up to 20 resources in a single call");
  DescribeTagsOutput out;
  for (const std::string& arn : in.ResourceArns) {
    TagDescription& description = out.TagDescriptions.emplace_back();
    description.ResourceArn = arn;
    description.Tags.present = true;
    for (const auto& [key, value] : ReadTags(context, arn)) {
      Tag& tag = description.Tags.emplace_back();
      tag.Key = key;
      tag.Value = value;
    }
  }
  return out;
}

}  // namespace drydock::elbv2
