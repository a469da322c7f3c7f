#include "handlers/cloudtrail/tags.h"

#include <set>

#include "api/cloudtrail/AddTagsRequest.h"
#include "api/cloudtrail/AddTagsResponse.h"
#include "api/cloudtrail/ListTagsRequest.h"
#include "api/cloudtrail/ListTagsResponse.h"
#include "api/cloudtrail/RemoveTagsRequest.h"
#include "api/cloudtrail/RemoveTagsResponse.h"
#include "api/cloudtrail/ResourceTag.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/cloudtrail/errors.h"
#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::cloudtrail {

using TrailRecord = records::cloudtrail::Trail;

namespace {

constexpr std::size_t kMostTags = 50;  // CloudTrail API Reference, AddTags

TrailRecord FindTagged(Context& context, const std::string& arn) {
  const auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "cloudtrail") throw errors::InvalidTrailArn(arn);
  if (!parsed->Named("trail")) throw errors::ResourceTypeNotSupported();
  auto trail = context.tx.Get<TrailRecord>(context.scope, arn);
  if (!trail) throw errors::ResourceNotFound(arn);
  return *trail;
}

}  // namespace

void AddTagsTo(TrailRecord& trail, const List<Tag>& tags) {
  std::set<std::string> keys;
  for (const Tag& tag : tags) {
    const std::string& key = *tag.Key;
    if (!keys.insert(key).second) throw errors::InvalidTag("Duplicate tag key: " + key);
    if (Lowercase(key).starts_with("aws:")) throw errors::InvalidTag("Tag keys cannot begin with aws:");
    // ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$: of the characters of ASCII, these are none of it.
    for (const std::string* text : {&key, tag.Value ? &*tag.Value : &key})
      if (!IsUtf8(*text) || text->find_first_of("!\"#$%&'()*,;<>?[\\]^`{|}~") != std::string::npos)
        throw errors::InvalidTag("The tag key or value contains characters that are not allowed: " + *text);
    trail.tags[key] = tag.Value.value_or("");
  }
  if (trail.tags.size() > kMostTags) throw errors::TooManyTags(kMostTags);
}

AWS_OPERATION(cloudtrail, AddTags)
AWS_ACCESS("trail/{ResourceId}")
AddTagsResponse AddTags(Context& context, const AddTagsRequest& in) {
  TrailRecord trail = FindTagged(context, *in.ResourceId);
  AddTagsTo(trail, in.TagsList);
  context.tx.Put(context.scope, trail);
  return {};
}

AWS_OPERATION(cloudtrail, RemoveTags)
AWS_ACCESS("trail/{ResourceId}")
RemoveTagsResponse RemoveTags(Context& context, const RemoveTagsRequest& in) {
  TrailRecord trail = FindTagged(context, *in.ResourceId);
  for (const Tag& tag : in.TagsList) {
    const auto found = trail.tags.find(*tag.Key);
    if (found != trail.tags.end() && (!tag.Value || *tag.Value == found->second)) trail.tags.erase(found);
  }
  context.tx.Put(context.scope, trail);
  return {};
}

AWS_OPERATION(cloudtrail, ListTags)
AWS_ACCESS("trail/{ResourceIdList}")
ListTagsResponse ListTags(Context& context, const ListTagsRequest& in) {
  if (in.NextToken) throw errors::InvalidToken();  // all that can be asked for is one page
  ListTagsResponse out;
  out.ResourceTagList.present = true;
  for (const std::string& arn : in.ResourceIdList) {
    const TrailRecord trail = FindTagged(context, arn);
    ResourceTag& resource = out.ResourceTagList.emplace_back();
    resource.ResourceId = arn;
    resource.TagsList.present = true;
    for (const auto& [key, value] : trail.tags) {
      Tag& tag = resource.TagsList.emplace_back();
      tag.Key = key;
      if (!value.empty()) tag.Value = value;
    }
  }
  return out;
}

}  // namespace drydock::cloudtrail
