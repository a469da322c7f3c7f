#include "api/ecr/ListTagsForResourceRequest.h"
#include "api/ecr/ListTagsForResourceResponse.h"
#include "api/ecr/TagResourceRequest.h"
#include "api/ecr/TagResourceResponse.h"
#include "api/ecr/UntagResourceRequest.h"
#include "api/ecr/UntagResourceResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/ecr/errors.h"
#include "handlers/ecr/repositories.h"
#include "store/database.h"
#include "store/table.h"

namespace drydock::ecr {

using RepositoryRecord = records::ecr::Repository;

namespace {

RepositoryRecord FindByArn(Context& context, std::string_view operation, const std::string& text) {
  const auto arn = Arn::Parse(text);
  const auto name = arn && arn->service == "ecr" ? arn->Named("repository") : std::nullopt;
  if (!name || arn->region != context.region()) {  // the wording is unconfirmed
    throw errors::InvalidParameter("resourceArn", "Invalid ARN");
  }
  RequireOwnRegistry(context, operation, arn->account, *name);
  return FindRepository(context, *name);
}

}  // namespace

AWS_OPERATION(ecr, TagResource)
AWS_ACCESS("{resourceArn}")
TagResourceResponse TagResource(Context& context, const TagResourceRequest& in) {
  RepositoryRecord repository = FindByArn(context, "TagResource", *in.resourceArn);
  for (const auto& tag : in.tags) repository.tags[*tag.Key] = *tag.Value;
  CheckTags(repository.tags);
  context.tx.Put(context.scope, repository);
  return {};
}

AWS_OPERATION(ecr, UntagResource)
AWS_ACCESS("{resourceArn}")
UntagResourceResponse UntagResource(Context& context, const UntagResourceRequest& in) {
  RepositoryRecord repository = FindByArn(context, "UntagResource", *in.resourceArn);
  for (const std::string& key : in.tagKeys) repository.tags.erase(key);
  context.tx.Put(context.scope, repository);
  return {};
}

AWS_OPERATION(ecr, ListTagsForResource)
AWS_ACCESS("{resourceArn}")
ListTagsForResourceResponse ListTagsForResource(Context& context, const ListTagsForResourceRequest& in) {
  const RepositoryRecord repository = FindByArn(context, "ListTagsForResource", *in.resourceArn);
  ListTagsForResourceResponse out;
  out.tags.present = true;
  for (const auto& [key, value] : repository.tags) {
    Tag& tag = out.tags.emplace_back();
    tag.Key = key;
    tag.Value = value;
  }
  return out;
}

}  // namespace drydock::ecr
