#include "handlers/ec2/tags.h"

#include "api/ec2/CreateTagsRequest.h"
#include "api/ec2/CreateTagsResponse.h"
#include "api/ec2/DeleteTagsRequest.h"
#include "api/ec2/DeleteTagsResponse.h"
#include "api/ec2/DescribeTagsRequest.h"
#include "api/ec2/DescribeTagsResult.h"
#include "api/ec2/TagDescription.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ec2/errors.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/flow_logs.h"
#include "handlers/ec2/network_insights.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxKey = 128;
constexpr std::size_t kMaxValue = 256;
constexpr std::size_t kMaxResources = 1000;  // of one CreateTags or DeleteTags

void CheckKey(const std::string& key) {
  if (key.empty()) throw errors::InvalidParameterValue("Tag key cannot be null or empty");  // text unconfirmed
  if (CountCharacters(key) > kMaxKey)
    throw errors::InvalidParameterValue("Tag key exceeds the maximum length of 128 characters");
  if (EqualsIgnoringCase(key.substr(0, 4), "aws:"))
    throw errors::InvalidParameterValue("Tag keys starting with 'aws:' are reserved for internal use");
}

record::Tags Checked(const List<Tag>& tags) {
  record::Tags checked;
  for (const Tag& tag : tags) {
    const std::string key = tag.Key.value_or("");
    const std::string value = tag.Value.value_or("");
    CheckKey(key);
    if (CountCharacters(value) > kMaxValue)
      throw errors::InvalidParameterValue("Tag value exceeds the maximum length of 256 characters");
    if (!checked.emplace(key, value).second)
      throw errors::InvalidParameterValue(fmt::format("Duplicate tag key '{}' specified.", key));
  }
  if (checked.size() > kMaxTags) throw errors::TagLimitExceeded();
  return checked;
}

// Drydock's own: what cannot be used is refused at once rather than found out later.
void CheckListenTag(const record::Tags& tags) {
  const auto tag = tags.find(record::kListenTag);
  if (tag != tags.end() && !record::ParseListenTag(tag->second))
    throw errors::InvalidParameterValue(fmt::format(
        "The tag {} lists TCP ports, such as \"27017,22\"; \"{}\" does not.", record::kListenTag, tag->second));
}

using Edit = std::function<void(record::Tags&)>;
using Visit = std::function<void(const std::string& id, const record::Tags&)>;

// A kind of resource whose tags CreateTags, DeleteTags and DescribeTags reach.
struct Taggable {
  const ResourceKind& kind;
  void (*edit)(Context&, const std::string& id, const Edit&);
  void (*each)(Context&, const Visit&);
};

template <class Record>
constexpr Taggable MakeTaggable() {
  return {kKind<Record>,
          [](Context& context, const std::string& id, const Edit& edit) {
            Record resource = Require<Record>(context, id);
            edit(resource.tags);
            context.tx.Put(context.scope, resource);
          },
          [](Context& context, const Visit& visit) {
            for (const Record& resource : context.tx.List<Record>(context.scope))
              if (!resource.tags.empty()) visit(store::IdOf(resource), resource.tags);
          }};
}

constexpr Taggable kTaggable[] = {
    MakeTaggable<record::Vpc>(),
    MakeTaggable<record::Subnet>(),
    MakeTaggable<record::SecurityGroup>(),
    MakeTaggable<record::SecurityGroupRule>(),
    MakeTaggable<record::RouteTable>(),
    MakeTaggable<record::InternetGateway>(),
    MakeTaggable<record::NatGateway>(),
    MakeTaggable<record::ElasticAddress>(),
    MakeTaggable<record::NetworkAcl>(),
    MakeTaggable<record::NetworkInterface>(),
    MakeTaggable<record::SubnetCidrReservation>(),
    {kKind<record::Instance>,
     [](Context& context, const std::string& id, const Edit& edit) {
       auto instance = Require<record::Instance>(context, id);
       edit(instance.tags);
       CheckListenTag(instance.tags);
       context.tx.Put(context.scope, instance);
     },
     MakeTaggable<record::Instance>().each},
    MakeTaggable<record::DhcpOptions>(),
    MakeTaggable<record::VpcEndpoint>(),
    MakeTaggable<record::ManagedPrefixList>(),
    MakeTaggable<record::EgressOnlyInternetGateway>(),
    MakeTaggable<record::FlowLog>(),
    MakeTaggable<record::NetworkInsightsPath>(),
    MakeTaggable<record::NetworkInsightsAnalysis>(),
    MakeTaggable<record::NetworkInsightsAccessScope>(),
    MakeTaggable<record::NetworkInsightsAccessScopeAnalysis>(),
    {kKind<record::VpcPeeringConnection>,
     [](Context& context, const std::string& id, const Edit& edit) {
       auto connection = RequirePeering(context, id);
       edit(TagsOfCaller(context, connection));
       context.tx.Put(context.scope, connection);
     },
     [](Context& context, const Visit& visit) {
       for (auto& connection : PeeringsSeen(context))
         visit(connection.vpc_peering_connection_id, TagsOfCaller(context, connection));
     }},
};

void EditTags(Context& context, const List<std::string>& resources, const Edit& edit) {
  if (resources.empty()) throw errors::MissingParameter("resourceIdSet");
  if (resources.size() > kMaxResources)  // text unconfirmed
    throw errors::InvalidParameterValue("The maximum number of resources in a request is 1000");
  for (const std::string& id : resources) {
    const auto kind = std::find_if(std::begin(kTaggable), std::end(kTaggable),
                                   [&](const Taggable& taggable) { return HasIdSyntax(taggable.kind, id); });
    if (kind == std::end(kTaggable)) throw errors::InvalidResourceId(id);
    kind->edit(context, id, edit);
  }
}

}  // namespace

record::Tags TakeTags(const List<TagSpecification>& specifications, const ResourceKind& kind) {
  record::Tags tags;
  bool taken = false;
  for (const TagSpecification& specification : specifications) {
    if (!specification.ResourceType)
      throw errors::InvalidParameterValue("Tag specification resource type must have a value");
    if (*specification.ResourceType != kind.type)
      throw errors::InvalidParameterValue(
          fmt::format("'{}' is not a valid taggable resource type for this operation.", *specification.ResourceType));
    if (taken)
      throw errors::InvalidParameterValue(
          "The same resource type may not be specified more than once in tag specifications");
    if (specification.Tags.empty()) throw errors::InvalidParameterValue("Tag specification must have at least one tag");
    tags = Checked(specification.Tags);
    if (kind.type == kKind<record::Instance>.type) CheckListenTag(tags);
    taken = true;
  }
  return tags;
}

List<Tag> TagsToWire(const record::Tags& tags, bool always) {
  List<Tag> wire;
  wire.present = always;
  for (const auto& [key, value] : tags) wire.push_back({key, value});
  return wire;
}

AWS_OPERATION(ec2, CreateTags)
AWS_ACCESS("id/{Resources}")
CreateTagsResponse CreateTags(Context& context, const CreateTagsRequest& in) {
  if (in.Tags.empty()) throw errors::MissingParameter("tagSet");
  const record::Tags added = Checked(in.Tags);
  EditTags(context, in.Resources, [&](record::Tags& tags) {
    for (const auto& [key, value] : added) tags[key] = value;
    if (tags.size() > kMaxTags) throw errors::TagLimitExceeded();
  });
  EndDryRun(in.DryRun);
  return {};
}

// Without tags all go; a tag without a value goes whatever its value, one with a value only if it has that value.
AWS_OPERATION(ec2, DeleteTags)
AWS_ACCESS("id/{Resources}")
DeleteTagsResponse DeleteTags(Context& context, const DeleteTagsRequest& in) {
  for (const Tag& tag : in.Tags) CheckKey(tag.Key.value_or(""));
  EditTags(context, in.Resources, [&](record::Tags& tags) {
    if (in.Tags.empty()) std::erase_if(tags, [](const auto& tag) { return tag.first.rfind("aws:", 0) != 0; });
    for (const Tag& tag : in.Tags) {
      const auto found = tags.find(*tag.Key);
      if (found != tags.end() && (!tag.Value || *tag.Value == found->second)) tags.erase(found);
    }
  });
  EndDryRun(in.DryRun);
  return {};
}

namespace {

// `tag:<key>` is a filter of this operation's own: the key of the tag itself.
bool Passes(const TagDescription& tag, const Filter& filter) {
  constexpr std::string_view kTag = "tag:";
  FilterValues values;
  const std::string& name = *filter.Name;
  if (name == "key")
    values.Add(*tag.Key);
  else if (name == "value")
    values.Add(*tag.Value);
  else if (name == "resource-id")
    values.Add(*tag.ResourceId);
  else if (name == "resource-type")
    values.Add(*tag.ResourceType);
  else if (name.compare(0, kTag.size(), kTag) == 0) {
    if (name.substr(kTag.size()) == *tag.Key) values.Add(*tag.Value);
  } else
    throw errors::InvalidFilter(name);
  return values.MatchesAnyOf(filter.Values);
}

}  // namespace

AWS_OPERATION(ec2, DescribeTags)
DescribeTagsResult DescribeTags(Context& context, const DescribeTagsRequest& in) {
  if (in.MaxResults && (*in.MaxResults < 5 || *in.MaxResults > 1000))
    throw errors::InvalidValue(std::to_string(*in.MaxResults), "maxResults", "Expecting a value between 5 and 1000.");
  filters_internal::Check(in.Filters);
  for (const Filter& filter : in.Filters) Passes({"", "", "", ""}, filter);

  std::vector<TagDescription> tags;
  for (const Taggable& taggable : kTaggable) {
    taggable.each(context, [&](const std::string& id, const record::Tags& of_resource) {
      for (const auto& [key, value] : of_resource) tags.push_back({key, id, taggable.kind.type, value});
    });
  }
  for (const Filter& filter : in.Filters)
    std::erase_if(tags, [&](const TagDescription& tag) { return !Passes(tag, filter); });
  EndDryRun(in.DryRun);

  DescribeTagsResult out;
  out.Tags = PageOf(context, "DescribeTags", in, std::move(tags), out.NextToken,
                    [](const TagDescription& tag) { return *tag.ResourceId + " " + *tag.Key; });
  return out;
}

}  // namespace drydock::ec2
