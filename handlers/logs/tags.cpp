// Tags of log groups, by the present operations and the older ones.
#include "api/logs/ListTagsForResourceRequest.h"
#include "api/logs/ListTagsForResourceResponse.h"
#include "api/logs/ListTagsLogGroupRequest.h"
#include "api/logs/ListTagsLogGroupResponse.h"
#include "api/logs/TagLogGroupRequest.h"
#include "api/logs/TagLogGroupResponse.h"
#include "api/logs/TagResourceRequest.h"
#include "api/logs/TagResourceResponse.h"
#include "api/logs/UntagLogGroupRequest.h"
#include "api/logs/UntagLogGroupResponse.h"
#include "api/logs/UntagResourceRequest.h"
#include "api/logs/UntagResourceResponse.h"
#include "emulator/api/operation.h"
#include "handlers/logs/errors.h"
#include "handlers/logs/log_groups.h"
#include "store/database.h"
#include "store/table.h"

namespace drydock::logs {

using LogGroupRecord = records::logs::LogGroup;

namespace {

LogGroupRecord FindByArn(Context& context, const std::string& arn) {
  if (!arn.starts_with("arn:"))
    throw errors::InvalidParameter("The specified resource ARN is invalid.");  // unconfirmed
  return FindGroup(context, std::nullopt, arn);
}

void Tag(Context& context, LogGroupRecord group, const std::map<std::string, std::string>& tags) {
  for (const auto& [key, value] : tags) group.tags[key] = value;
  CheckTags(group.tags);
  context.tx.Put(context.scope, group);
}

void Untag(Context& context, LogGroupRecord group, const std::vector<std::string>& keys) {
  for (const std::string& key : keys) group.tags.erase(key);
  context.tx.Put(context.scope, group);
}

}  // namespace

AWS_OPERATION(logs, TagResource)
AWS_ACCESS("log-group/{resourceArn}")
TagResourceResponse TagResource(Context& context, const TagResourceRequest& in) {
  Tag(context, FindByArn(context, *in.resourceArn), in.tags);
  return {};
}

AWS_OPERATION(logs, UntagResource)
AWS_ACCESS("log-group/{resourceArn}")
UntagResourceResponse UntagResource(Context& context, const UntagResourceRequest& in) {
  Untag(context, FindByArn(context, *in.resourceArn), in.tagKeys);
  return {};
}

AWS_OPERATION(logs, ListTagsForResource)
AWS_ACCESS("log-group/{resourceArn}")
ListTagsForResourceResponse ListTagsForResource(Context& context, const ListTagsForResourceRequest& in) {
  ListTagsForResourceResponse out;
  out.tags = FindByArn(context, *in.resourceArn).tags;
  return out;
}

AWS_OPERATION(logs, TagLogGroup)
AWS_ACCESS("log-group/{logGroupName}")
TagLogGroupResponse TagLogGroup(Context& context, const TagLogGroupRequest& in) {
  Tag(context, FindGroup(context, *in.logGroupName), in.tags);
  return {};
}

AWS_OPERATION(logs, UntagLogGroup)
AWS_ACCESS("log-group/{logGroupName}")
UntagLogGroupResponse UntagLogGroup(Context& context, const UntagLogGroupRequest& in) {
  Untag(context, FindGroup(context, *in.logGroupName), in.tags);
  return {};
}

AWS_OPERATION(logs, ListTagsLogGroup)
AWS_ACCESS("log-group/{logGroupName}")
ListTagsLogGroupResponse ListTagsLogGroup(Context& context, const ListTagsLogGroupRequest& in) {
  ListTagsLogGroupResponse out;
  out.tags = FindGroup(context, *in.logGroupName).tags;
  return out;
}

}  // namespace drydock::logs
