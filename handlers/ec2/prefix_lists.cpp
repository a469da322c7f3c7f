// Managed prefix lists. VPC User Guide, "Managed prefix lists".
#include "handlers/ec2/prefix_lists.h"

#include <algorithm>

#include "api/ec2/CreateManagedPrefixListRequest.h"
#include "api/ec2/CreateManagedPrefixListResult.h"
#include "api/ec2/DeleteManagedPrefixListRequest.h"
#include "api/ec2/DeleteManagedPrefixListResult.h"
#include "api/ec2/DescribeManagedPrefixListsRequest.h"
#include "api/ec2/DescribeManagedPrefixListsResult.h"
#include "api/ec2/DescribePrefixListsRequest.h"
#include "api/ec2/DescribePrefixListsResult.h"
#include "api/ec2/GetManagedPrefixListAssociationsRequest.h"
#include "api/ec2/GetManagedPrefixListAssociationsResult.h"
#include "api/ec2/GetManagedPrefixListEntriesRequest.h"
#include "api/ec2/GetManagedPrefixListEntriesResult.h"
#include "api/ec2/ModifyManagedPrefixListRequest.h"
#include "api/ec2/ModifyManagedPrefixListResult.h"
#include "api/ec2/RestoreManagedPrefixListVersionRequest.h"
#include "api/ec2/RestoreManagedPrefixListVersionResult.h"
#include "emulator/api/operation.h"
#include "emulator/network/aws_prefix_lists.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::int32_t kMaxPrefixListEntries = 1000;  // VPC User Guide, "Quotas"
constexpr std::size_t kMaxPrefixLists = 100;          // per region; the same
constexpr std::size_t kMaxEntriesOfRequest = 100;     // CreateManagedPrefixList's manual
constexpr std::size_t kMaxName = 255;
constexpr Duration kPrefixListQuick{50};
constexpr Duration kPrefixListChanging{3'000};  // AWS takes some seconds

constexpr FilterOf<ManagedPrefixList> kManagedPrefixListFilters[] = {
    {"owner-id", &At<&ManagedPrefixList::OwnerId>},
    {"prefix-list-id", &At<&ManagedPrefixList::PrefixListId>},
    {"prefix-list-name", &At<&ManagedPrefixList::PrefixListName>},
};

// The member has its struct's name, so no pointer to it can be written.
void PrefixListIdAt(const PrefixList& list, FilterValues& values) {
  if (list.PrefixListId) values.Add(*list.PrefixListId);
}
constexpr FilterOf<PrefixList> kPrefixListFilters[] = {
    {"prefix-list-id", &PrefixListIdAt},
    {"prefix-list-name", &At<&PrefixList::PrefixListName>},
};

std::optional<network::PrefixList> FindAwsPrefixList(Context& context, const std::string& id) {
  for (auto& list : network::AwsPrefixLists(context.region()))
    if (list.id == id) return std::move(list);
  return std::nullopt;
}

ManagedPrefixList ToWire(Context& context, const record::ManagedPrefixList& list) {
  ManagedPrefixList wire;
  wire.PrefixListId = list.prefix_list_id;
  wire.PrefixListArn = context.Arn("ec2", "prefix-list/" + list.prefix_list_id);
  wire.PrefixListName = list.name;
  wire.AddressFamily = list.address_family;
  wire.MaxEntries = list.max_entries;
  wire.State = list.state;
  wire.StateMessage = list.state_message;
  wire.Version = list.current().version;
  wire.OwnerId = context.account();
  wire.Tags = TagsToWire(list.tags, true);
  return wire;
}

// DescribeManagedPrefixLists's example: AWS's own have no version and no maximum.
ManagedPrefixList ToWire(Context& context, const network::PrefixList& list) {
  ManagedPrefixList wire;
  wire.PrefixListId = list.id;
  wire.PrefixListArn = fmt::format("arn:aws:ec2:{}:aws:prefix-list/{}", context.region(), list.id);
  wire.PrefixListName = list.name;
  wire.AddressFamily = "IPv4";
  wire.State = "create-complete";
  wire.OwnerId = "AWS";
  wire.Tags.present = true;
  return wire;
}

record::ManagedPrefixList RequireOwnPrefixList(Context& context, const std::string& id) {
  if (FindAwsPrefixList(context, id)) throw errors::AwsManagedPrefixList(id);
  return Require<record::ManagedPrefixList>(context, id);
}

void RefuseBusy(const record::ManagedPrefixList& list) {
  if (list.state.ends_with("-in-progress")) throw errors::PrefixListBusy(list.prefix_list_id, list.state);
}

std::string TakePrefixListName(const std::string& name) {
  if (name.empty() || name.size() > kMaxName)
    throw errors::InvalidValue(name, "prefixListName", "Up to 255 characters are allowed.");  // text unconfirmed
  if (name.rfind("com.amazonaws", 0) == 0)  // CreateManagedPrefixList's manual, PrefixListName; text unconfirmed
    throw errors::InvalidValue(name, "prefixListName", "The name cannot start with com.amazonaws.");
  return name;
}

std::int32_t TakeMaxEntries(std::int32_t max_entries) {
  if (max_entries < 1 || max_entries > kMaxPrefixListEntries)  // text unconfirmed
    throw errors::InvalidValue(std::to_string(max_entries), "maxEntries", "Expecting a value between 1 and 1000.");
  return max_entries;
}

std::string TakeEntryCidr(const std::string& text, const std::string& address_family) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || (cidr->family() == network::Family::kIpv6) != (address_family == "IPv6"))
    throw errors::InvalidCidrBlock(text, "cidr");
  return cidr->Canonical().ToString();
}

template <class WireEntry>
std::vector<record::PrefixListEntry> TakeEntries(const List<WireEntry>& entries, const std::string& address_family) {
  if (entries.size() > kMaxEntriesOfRequest)  // text unconfirmed
    throw errors::InvalidParameterValue("A request can have up to 100 prefix list entries");
  std::vector<record::PrefixListEntry> taken;
  for (const auto& entry : entries) {
    record::PrefixListEntry each{TakeEntryCidr(entry.Cidr.value_or(""), address_family), std::nullopt};
    if constexpr (requires { entry.Description; }) {
      each.description = entry.Description;
      if (each.description && each.description->size() > 255)
        throw errors::InvalidValue(*each.description, "description", "The maximum length is 255 characters.");
    }
    for (const auto& other : taken)
      if (other.cidr == each.cidr)
        throw errors::InvalidParameterValue(fmt::format("Duplicate prefix list entry {}", each.cidr));
    taken.push_back(each);
  }
  return taken;
}

auto WithCidr(const std::string& cidr) {
  return [cidr](const record::PrefixListEntry& entry) { return entry.cidr == cidr; };
}

// Removals come first, so that one call can exchange an entry. Adding an entry that is there gives it the new
// description.
std::vector<record::PrefixListEntry> Edited(std::vector<record::PrefixListEntry> entries,
                                            const std::vector<record::PrefixListEntry>& added,
                                            const std::vector<record::PrefixListEntry>& removed) {
  for (const auto& entry : removed)
    if (std::erase_if(entries, WithCidr(entry.cidr)) == 0)
      throw errors::InvalidPrefixListModification(fmt::format("The prefix list has no entry {}.", entry.cidr));
  for (const auto& entry : added) {
    const auto present = std::find_if(entries.begin(), entries.end(), WithCidr(entry.cidr));
    if (present == entries.end())
      entries.push_back(entry);
    else
      *present = entry;
  }
  return entries;
}

void PutChanging(Context& context, record::ManagedPrefixList& list, const char* state) {
  list.state = state;
  list.state_message.reset();
  context.tx.Put(context.scope, list);
  context.tx.SetTimer({.kind = kPrefixListTimer,
                       .scope = context.scope,
                       .key = list.prefix_list_id,
                       .due = context.now + context.engines.clock.Delay(kPrefixListChanging, kPrefixListQuick)});
}

// What refers to a list, each once.
std::vector<std::string> ReferrersOf(Context& context, const std::string& id) {
  std::vector<std::string> referrers;
  const auto add = [&](const std::string& referrer) {
    if (std::find(referrers.begin(), referrers.end(), referrer) == referrers.end()) referrers.push_back(referrer);
  };
  for (const auto& rule : context.tx.List<record::SecurityGroupRule>(
           context.scope, store::Where(&record::SecurityGroupRule::prefix_list_id, id)))
    add(rule.group_id);
  for (const auto& table : context.tx.List<record::RouteTable>(context.scope))
    for (const auto& route : table.routes)
      if (route.destination_prefix_list_id == id) add(table.route_table_id);
  for (const auto& list : network::AwsPrefixLists(context.region())) {
    if (list.id != id) continue;
    for (const auto& endpoint : context.tx.List<record::VpcEndpoint>(context.scope))
      if (endpoint.service_name == list.name)
        for (const auto& table : endpoint.route_table_ids) add(table);
  }
  return referrers;
}

// Those named, each required, or all: AWS's first.
template <class Wire, class FromAws, class FromRecord>
std::vector<Wire> DescribedLists(Context& context, const List<std::string>& ids, FromAws from_aws,
                                 FromRecord from_record) {
  std::vector<Wire> lists;
  if (ids.empty()) {
    for (const auto& list : network::AwsPrefixLists(context.region())) lists.push_back(from_aws(list));
    for (const auto& list : context.tx.List<record::ManagedPrefixList>(context.scope)) from_record(lists, list);
    return lists;
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto here = ids.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(ids.begin(), here, ids[i]) != here) continue;
    if (const auto list = FindAwsPrefixList(context, ids[i]))
      lists.push_back(from_aws(*list));
    else
      from_record(lists, Require<record::ManagedPrefixList>(context, ids[i]));
  }
  return lists;
}

}  // namespace

void RequirePrefixList(Context& context, const std::string& prefix_list_id) {
  if (!FindAwsPrefixList(context, prefix_list_id)) Require<record::ManagedPrefixList>(context, prefix_list_id);
}

std::size_t WeightOfPrefixList(Context& context, const std::string& prefix_list_id) {
  // VPC User Guide, "AWS-managed prefix list weight".
  if (const auto list = FindAwsPrefixList(context, prefix_list_id)) {
    if (list->name.ends_with("cloudfront.origin-facing")) return 55;
    if (list->name.ends_with("route53-healthchecks")) return 25;
    if (list->name.ends_with("vpc-lattice")) return 10;
    return 1;
  }
  const auto list = context.tx.Get<record::ManagedPrefixList>(context.scope, prefix_list_id);
  return list ? static_cast<std::size_t>(list->max_entries) : 1;
}

void PrefixListTimerFired(Context& context, const std::string& prefix_list_id) {
  auto list = context.tx.Get<record::ManagedPrefixList>(context.scope, prefix_list_id);
  if (!list || !list->state.ends_with("-in-progress")) return;
  if (list->state == "delete-in-progress") {
    context.tx.Erase<record::ManagedPrefixList>(context.scope, prefix_list_id);
    return;
  }
  list->state.replace(list->state.rfind("-in-progress"), std::string::npos, "-complete");
  context.tx.Put(context.scope, *list);
}

AWS_OPERATION(ec2, CreateManagedPrefixList)
AWS_ACCESS("prefix-list/*")
CreateManagedPrefixListResult CreateManagedPrefixList(Context& context, const CreateManagedPrefixListRequest& in) {
  CreateManagedPrefixListResult out;
  if (const auto before = CreatedBefore<record::ManagedPrefixList>(context, "CreateManagedPrefixList", in)) {
    out.PrefixList = ToWire(context, *before);
    return out;
  }
  record::ManagedPrefixList list;
  list.name = TakePrefixListName(*in.PrefixListName);
  list.address_family = *in.AddressFamily;
  if (list.address_family != "IPv4" && list.address_family != "IPv6")
    throw errors::InvalidValue(list.address_family, "addressFamily", "Valid values: IPv4, IPv6.");
  list.max_entries = TakeMaxEntries(*in.MaxEntries);
  list.versions = {{1, TakeEntries(in.Entries, list.address_family)}};
  if (list.current().entries.size() > static_cast<std::size_t>(list.max_entries))
    throw errors::PrefixListMaxEntriesExceeded(list.max_entries);
  list.tags = TakeTags(in.TagSpecifications, kKind<record::ManagedPrefixList>);
  if (context.tx.Count<record::ManagedPrefixList>(context.scope) >= kMaxPrefixLists)
    throw ApiError("PrefixListLimitExceeded", "The maximum number of prefix lists has been reached.");  // unconfirmed
  EndDryRun(in.DryRun);

  list.prefix_list_id = context.ids.Ec2("pl");
  PutChanging(context, list, "create-in-progress");
  RememberToken(context, "CreateManagedPrefixList", in, list.prefix_list_id);
  out.PrefixList = ToWire(context, list);
  return out;
}

// Entries make a new version; a name and a size do not.
AWS_OPERATION(ec2, ModifyManagedPrefixList)
AWS_ACCESS("prefix-list/{PrefixListId}")
ModifyManagedPrefixListResult ModifyManagedPrefixList(Context& context, const ModifyManagedPrefixListRequest& in) {
  RefuseParameters(in, {"IpamPrefixListResolverSyncEnabled"});
  auto list = RequireOwnPrefixList(context, *in.PrefixListId);
  RefuseBusy(list);
  const bool edits = !in.AddEntries.empty() || !in.RemoveEntries.empty();
  if (edits && in.MaxEntries)  // ModifyManagedPrefixList's manual, MaxEntries; text unconfirmed
    throw errors::InvalidParameterCombination(
        "You cannot modify the entries of a prefix list and modify the size of a prefix list at the same time.");
  if (edits && !in.CurrentVersion) throw errors::MissingParameter("CurrentVersion");
  if (in.CurrentVersion && *in.CurrentVersion != list.current().version) throw errors::PrefixListVersionMismatch();
  if (in.PrefixListName) list.name = TakePrefixListName(*in.PrefixListName);
  if (in.MaxEntries) {
    list.max_entries = TakeMaxEntries(*in.MaxEntries);
    if (list.current().entries.size() > static_cast<std::size_t>(list.max_entries))
      throw errors::PrefixListMaxEntriesExceeded(list.max_entries);
  }
  if (edits) {
    auto entries = Edited(list.current().entries, TakeEntries(in.AddEntries, list.address_family),
                          TakeEntries(in.RemoveEntries, list.address_family));
    if (entries.size() > static_cast<std::size_t>(list.max_entries))
      throw errors::PrefixListMaxEntriesExceeded(list.max_entries);
    list.versions.push_back({list.current().version + 1, std::move(entries)});
  }
  EndDryRun(in.DryRun);

  PutChanging(context, list, "modify-in-progress");
  ModifyManagedPrefixListResult out;
  out.PrefixList = ToWire(context, list);
  return out;
}

AWS_OPERATION(ec2, RestoreManagedPrefixListVersion)
AWS_ACCESS("prefix-list/{PrefixListId}")
RestoreManagedPrefixListVersionResult RestoreManagedPrefixListVersion(
    Context& context, const RestoreManagedPrefixListVersionRequest& in) {
  auto list = RequireOwnPrefixList(context, *in.PrefixListId);
  RefuseBusy(list);
  if (*in.CurrentVersion != list.current().version) throw errors::PrefixListVersionMismatch();
  const auto previous = std::find_if(list.versions.begin(), list.versions.end(),
                                     [&](const auto& version) { return version.version == *in.PreviousVersion; });
  if (previous == list.versions.end())  // text unconfirmed
    throw errors::InvalidValue(std::to_string(*in.PreviousVersion), "previousVersion", "There is no such version.");
  if (previous->entries.size() > static_cast<std::size_t>(list.max_entries))
    throw errors::PrefixListMaxEntriesExceeded(list.max_entries);
  EndDryRun(in.DryRun);

  auto entries = previous->entries;
  list.versions.push_back({list.current().version + 1, std::move(entries)});
  PutChanging(context, list, "restore-in-progress");
  RestoreManagedPrefixListVersionResult out;
  out.PrefixList = ToWire(context, list);
  return out;
}

AWS_OPERATION(ec2, DeleteManagedPrefixList)
AWS_ACCESS("prefix-list/{PrefixListId}")
DeleteManagedPrefixListResult DeleteManagedPrefixList(Context& context, const DeleteManagedPrefixListRequest& in) {
  auto list = RequireOwnPrefixList(context, *in.PrefixListId);
  // "You must first remove all references to the prefix list in your resources." The error is unconfirmed.
  if (!ReferrersOf(context, list.prefix_list_id).empty())
    throw errors::HasDependencies("prefixList", list.prefix_list_id);
  EndDryRun(in.DryRun);

  PutChanging(context, list, "delete-in-progress");
  DeleteManagedPrefixListResult out;
  out.PrefixList = ToWire(context, list);
  return out;
}

AWS_OPERATION(ec2, DescribeManagedPrefixLists)
DescribeManagedPrefixListsResult DescribeManagedPrefixLists(Context& context,
                                                            const DescribeManagedPrefixListsRequest& in) {
  auto lists = DescribedLists<ManagedPrefixList>(
      context, in.PrefixListIds, [&](const network::PrefixList& list) { return ToWire(context, list); },
      [&](auto& all, const record::ManagedPrefixList& list) { all.push_back(ToWire(context, list)); });
  KeepMatching(lists, in.Filters, kManagedPrefixListFilters);
  EndDryRun(in.DryRun);

  DescribeManagedPrefixListsResult out;
  out.PrefixLists = PageOf(context, "DescribeManagedPrefixLists", in, std::move(lists), out.NextToken,
                           [](const ManagedPrefixList& list) { return *list.PrefixListId; });
  return out;
}

// The older operation: AWS's lists only, with their blocks.
AWS_OPERATION(ec2, DescribePrefixLists)
DescribePrefixListsResult DescribePrefixLists(Context& context, const DescribePrefixListsRequest& in) {
  auto lists = DescribedLists<PrefixList>(
      context, in.PrefixListIds,
      [](const network::PrefixList& list) {
        PrefixList wire;
        wire.PrefixListId = list.id;
        wire.PrefixListName = list.name;
        for (const auto& cidr : list.entries) wire.Cidrs.push_back(cidr.ToString());
        return wire;
      },
      [](auto&, const record::ManagedPrefixList&) {});
  KeepMatching(lists, in.Filters, kPrefixListFilters);
  EndDryRun(in.DryRun);

  DescribePrefixListsResult out;
  out.PrefixLists = PageOf(context, "DescribePrefixLists", in, std::move(lists), out.NextToken,
                           [](const PrefixList& list) { return *list.PrefixListId; });
  return out;
}

AWS_OPERATION(ec2, GetManagedPrefixListEntries)
AWS_ACCESS("prefix-list/{PrefixListId}")
GetManagedPrefixListEntriesResult GetManagedPrefixListEntries(Context& context,
                                                              const GetManagedPrefixListEntriesRequest& in) {
  std::vector<PrefixListEntry> entries;
  if (const auto aws = FindAwsPrefixList(context, *in.PrefixListId)) {
    for (const auto& cidr : aws->entries) entries.push_back({cidr.ToString(), std::nullopt});
  } else {
    const auto list = Require<record::ManagedPrefixList>(context, *in.PrefixListId);
    const auto wanted = in.TargetVersion.value_or(list.current().version);
    const auto version = std::find_if(list.versions.begin(), list.versions.end(),
                                      [&](const auto& each) { return each.version == wanted; });
    if (version == list.versions.end())  // text unconfirmed
      throw errors::InvalidValue(std::to_string(wanted), "targetVersion", "There is no such version.");
    for (const auto& entry : version->entries) entries.push_back({entry.cidr, entry.description});
  }
  EndDryRun(in.DryRun);

  GetManagedPrefixListEntriesResult out;
  out.Entries = PageOf(context, "GetManagedPrefixListEntries", in, std::move(entries), out.NextToken,
                       [](const PrefixListEntry& entry) { return *entry.Cidr; });
  return out;
}

AWS_OPERATION(ec2, GetManagedPrefixListAssociations)
AWS_ACCESS("prefix-list/{PrefixListId}")
GetManagedPrefixListAssociationsResult GetManagedPrefixListAssociations(
    Context& context, const GetManagedPrefixListAssociationsRequest& in) {
  RequirePrefixList(context, *in.PrefixListId);
  EndDryRun(in.DryRun);
  std::vector<PrefixListAssociation> associations;
  for (const auto& referrer : ReferrersOf(context, *in.PrefixListId))
    associations.push_back({referrer, context.account()});

  GetManagedPrefixListAssociationsResult out;
  out.PrefixListAssociations =
      PageOf(context, "GetManagedPrefixListAssociations", in, std::move(associations), out.NextToken,
             [](const PrefixListAssociation& association) { return *association.ResourceId; });
  return out;
}

}  // namespace drydock::ec2
