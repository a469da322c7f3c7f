#include "handlers/ec2/security_groups.h"

#include <algorithm>

#include "api/ec2/CreateSecurityGroupRequest.h"
#include "api/ec2/CreateSecurityGroupResult.h"
#include "api/ec2/DeleteSecurityGroupRequest.h"
#include "api/ec2/DeleteSecurityGroupResult.h"
#include "api/ec2/DescribeSecurityGroupsRequest.h"
#include "api/ec2/DescribeSecurityGroupsResult.h"
#include "api/ec2/SecurityGroup.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_group_rules.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpcs.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxGroups = 2500;          // per region; VPC User Guide, "Quotas"
constexpr std::size_t kMaxGroupsOfInterface = 5;  // the same

constexpr auto kIn = &SecurityGroup::IpPermissions;
constexpr auto kOut = &SecurityGroup::IpPermissionsEgress;

// The member has its struct's name, so no pointer to it can be written.
template <auto kPermissions>
void PrefixListsAt(const SecurityGroup& group, FilterValues& values) {
  for (const auto& permission : group.*kPermissions)
    for (const auto& list : permission.PrefixListIds)
      if (list.PrefixListId) values.Add(*list.PrefixListId);
}

constexpr FilterOf<SecurityGroup> kGroupFilters[] = {
    {"description", &At<&SecurityGroup::Description>},
    {"egress.ip-permission.cidr", &At<kOut, &IpPermission::IpRanges, &IpRange::CidrIp>},
    {"egress.ip-permission.from-port", &At<kOut, &IpPermission::FromPort>},
    {"egress.ip-permission.group-id", &At<kOut, &IpPermission::UserIdGroupPairs, &UserIdGroupPair::GroupId>},
    {"egress.ip-permission.group-name", &At<kOut, &IpPermission::UserIdGroupPairs, &UserIdGroupPair::GroupName>},
    {"egress.ip-permission.ipv6-cidr", &At<kOut, &IpPermission::Ipv6Ranges, &Ipv6Range::CidrIpv6>},
    {"egress.ip-permission.prefix-list-id", &PrefixListsAt<kOut>},
    {"egress.ip-permission.protocol", &At<kOut, &IpPermission::IpProtocol>},
    {"egress.ip-permission.to-port", &At<kOut, &IpPermission::ToPort>},
    {"egress.ip-permission.user-id", &At<kOut, &IpPermission::UserIdGroupPairs, &UserIdGroupPair::UserId>},
    {"group-id", &At<&SecurityGroup::GroupId>},
    {"group-name", &At<&SecurityGroup::GroupName>},
    {"ip-permission.cidr", &At<kIn, &IpPermission::IpRanges, &IpRange::CidrIp>},
    {"ip-permission.from-port", &At<kIn, &IpPermission::FromPort>},
    {"ip-permission.group-id", &At<kIn, &IpPermission::UserIdGroupPairs, &UserIdGroupPair::GroupId>},
    {"ip-permission.group-name", &At<kIn, &IpPermission::UserIdGroupPairs, &UserIdGroupPair::GroupName>},
    {"ip-permission.ipv6-cidr", &At<kIn, &IpPermission::Ipv6Ranges, &Ipv6Range::CidrIpv6>},
    {"ip-permission.prefix-list-id", &PrefixListsAt<kIn>},
    {"ip-permission.protocol", &At<kIn, &IpPermission::IpProtocol>},
    {"ip-permission.to-port", &At<kIn, &IpPermission::ToPort>},
    {"ip-permission.user-id", &At<kIn, &IpPermission::UserIdGroupPairs, &UserIdGroupPair::UserId>},
    {"owner-id", &At<&SecurityGroup::OwnerId>},
    {"vpc-id", &At<&SecurityGroup::VpcId>},
};

SecurityGroup ToWire(Context& context, const record::SecurityGroup& group) {
  const auto rules = RulesOfGroup(context, group.group_id);
  SecurityGroup wire;
  wire.GroupId = group.group_id;
  wire.GroupName = group.group_name;
  wire.Description = group.description;
  wire.OwnerId = context.account();
  wire.VpcId = group.vpc_id;
  wire.SecurityGroupArn = context.Arn("ec2", "security-group/" + group.group_id);
  wire.IpPermissions = PermissionsOf(context, rules, false);
  wire.IpPermissionsEgress = PermissionsOf(context, rules, true);
  wire.Tags = TagsToWire(group.tags, false);
  return wire;
}

// The filters by the names of referenced groups need those names; the answer does not have them.
bool AsksForReferencedNames(const List<Filter>& filters) {
  return std::any_of(filters.begin(), filters.end(), [](const Filter& filter) {
    return filter.Name && filter.Name->find("ip-permission.group-name") != std::string::npos;
  });
}
void NameReferencedGroups(Context& context, SecurityGroup& group, bool with_names) {
  for (auto* permissions : {&group.IpPermissions, &group.IpPermissionsEgress})
    for (auto& permission : *permissions)
      for (auto& pair : permission.UserIdGroupPairs) {
        pair.GroupName.reset();
        if (const auto referenced = FindSecurityGroup(context, pair.GroupId.value_or("")); with_names && referenced)
          pair.GroupName = referenced->group_name;
      }
}

// CreateSecurityGroup's manual: names and descriptions are up to 255 characters out of this set.
void CheckText(const std::string& text, const char* parameter) {
  if (text.empty()) throw errors::MissingParameter(parameter);  // as seen
  constexpr char kAllowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*";
  if (text.size() > 255 || text.find_first_not_of(kAllowed) != std::string::npos)
    throw errors::InvalidValue(text, parameter,
                               "Character sets beyond ASCII are not supported, and the maximum length is 255.");
}

void CheckName(const std::string& name) {
  CheckText(name, "GroupName");
  if (name.rfind("sg-", 0) == 0)
    throw errors::InvalidValue(name, "groupName", "Group names may not be in the format sg-*");
  if (name == "default") throw errors::SecurityGroupReserved(name);
}

bool IsUsed(Context& context, const record::SecurityGroup& group) {
  for (const auto& rule : context.tx.List<record::SecurityGroupRule>(
           context.scope, store::Where(&record::SecurityGroupRule::referenced_group_id, group.group_id)))
    // A reference from a peered VPC does not hold a group: it becomes stale.
    if (rule.group_id != group.group_id && !rule.vpc_peering_connection_id) return true;
  if (context.tx.Count<record::SecurityGroupVpcAssociation>(
          context.scope, store::Where(&record::SecurityGroupVpcAssociation::group_id, group.group_id)) > 0)
    return true;
  for (const auto& interface : context.tx.List<record::NetworkInterface>(
           context.scope, store::Where(&record::NetworkInterface::vpc_id, group.vpc_id)))
    if (std::find(interface.group_ids.begin(), interface.group_ids.end(), group.group_id) != interface.group_ids.end())
      return true;
  return false;
}

std::vector<record::SecurityGroup> Described(Context& context, const DescribeSecurityGroupsRequest& in) {
  if (in.GroupNames.empty()) return Select<record::SecurityGroup>(context, in.GroupIds);
  std::vector<record::SecurityGroup> groups;
  if (!in.GroupIds.empty()) groups = Select<record::SecurityGroup>(context, in.GroupIds);
  for (const std::string& name : in.GroupNames) groups.push_back(GroupOfRequest(context, std::nullopt, name));
  return groups;
}

}  // namespace

std::optional<record::SecurityGroup> FindSecurityGroup(Context& context, const std::string& group_id) {
  return context.tx.Get<record::SecurityGroup>(context.scope, group_id);
}
std::optional<record::SecurityGroup> FindSecurityGroupNamed(Context& context, const std::string& vpc_id,
                                                            const std::string& name) {
  auto found = context.tx.List<record::SecurityGroup>(
      context.scope, store::Where(&record::SecurityGroup::name_in_vpc, vpc_id + "/" + name));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}
record::SecurityGroup RequireSecurityGroup(Context& context, const std::string& group_id) {
  return Require<record::SecurityGroup>(context, group_id);
}

record::SecurityGroup GroupOfRequest(Context& context, const std::optional<std::string>& group_id,
                                     const std::optional<std::string>& group_name) {
  if (group_id && !group_id->empty()) return Require<record::SecurityGroup>(context, *group_id);
  if (!group_name || group_name->empty())  // as seen
    throw ApiError("MissingParameter", "The request must contain the parameter groupName or groupId");
  const auto vpc = FindDefaultVpc(context);
  if (!vpc) throw errors::NoDefaultVpc();
  const auto named = FindSecurityGroupNamed(context, vpc->vpc_id, *group_name);
  if (!named) throw errors::SecurityGroupNameNotFound(*group_name, vpc->vpc_id, true);
  return *named;
}

std::vector<std::string> GroupsForInterface(Context& context, const std::string& vpc_id,
                                            const std::vector<std::string>& group_ids) {
  if (group_ids.empty()) {
    const auto default_group = FindSecurityGroupNamed(context, vpc_id, "default");
    return default_group ? std::vector{default_group->group_id} : std::vector<std::string>();
  }
  std::vector<std::string> groups;
  for (const std::string& id : group_ids) {
    const auto group = Require<record::SecurityGroup>(context, id);
    if (group.vpc_id != vpc_id &&
        !context.tx.Get<record::SecurityGroupVpcAssociation>(context.scope, group.group_id, vpc_id))
      throw errors::SecurityGroupInOtherVpc();
    if (std::find(groups.begin(), groups.end(), id) == groups.end()) groups.push_back(id);
  }
  if (groups.size() > kMaxGroupsOfInterface) throw errors::GroupsPerInterfaceLimitExceeded();
  return groups;
}

record::SecurityGroup MakeSecurityGroup(Context& context, const std::string& vpc_id, const std::string& name,
                                        const std::string& description, const record::Tags& tags) {
  record::SecurityGroup group{context.ids.Ec2("sg"), name, description, vpc_id, vpc_id + "/" + name, tags};
  context.tx.Put(context.scope, group);

  record::SecurityGroupRule rule;
  rule.group_id = group.group_id;
  rule.ip_protocol = "-1";
  rule.from_port = rule.to_port = -1;
  if (name == "default") {
    record::SecurityGroupRule from_itself = rule;
    from_itself.security_group_rule_id = context.ids.Ec2("sgr");
    from_itself.referenced_group_id = group.group_id;
    context.tx.Put(context.scope, from_itself);
  }
  rule.security_group_rule_id = context.ids.Ec2("sgr");
  rule.is_egress = true;
  rule.cidr_ipv4 = "0.0.0.0/0";
  context.tx.Put(context.scope, rule);
  // VPC User Guide, "Security group rules": where the VPC has an IPv6 block, to everywhere by IPv6 as well.
  if (const auto vpc = context.tx.Get<record::Vpc>(context.scope, vpc_id); vpc && !vpc->ipv6_cidr_blocks.empty()) {
    rule.security_group_rule_id = context.ids.Ec2("sgr");
    rule.cidr_ipv4.reset();
    rule.cidr_ipv6 = "::/0";
    context.tx.Put(context.scope, rule);
  }
  return group;
}

void EraseSecurityGroup(Context& context, const std::string& group_id) {
  for (const auto& rule : RulesOfGroup(context, group_id))
    context.tx.Erase<record::SecurityGroupRule>(context.scope, rule.security_group_rule_id);
  context.tx.Erase<record::SecurityGroup>(context.scope, group_id);
}

AWS_OPERATION(ec2, CreateSecurityGroup)
AWS_ACCESS("vpc/{VpcId}", "security-group/*")
CreateSecurityGroupResult CreateSecurityGroup(Context& context, const CreateSecurityGroupRequest& in) {
  CheckName(*in.GroupName);
  CheckText(*in.Description, "GroupDescription");
  const auto vpc = in.VpcId ? Require<record::Vpc>(context, *in.VpcId) : FindDefaultVpc(context);
  if (!vpc) throw errors::NoDefaultVpc();
  const auto tags = TakeTags(in.TagSpecifications, kKind<record::SecurityGroup>);
  if (FindSecurityGroupNamed(context, vpc->vpc_id, *in.GroupName))
    throw errors::SecurityGroupDuplicate(*in.GroupName, vpc->vpc_id);
  if (context.tx.Count<record::SecurityGroup>(context.scope) >= kMaxGroups) throw errors::SecurityGroupLimitExceeded();
  EndDryRun(in.DryRun);

  const auto group = MakeSecurityGroup(context, vpc->vpc_id, *in.GroupName, *in.Description, tags);
  CreateSecurityGroupResult out;
  out.GroupId = group.group_id;
  out.SecurityGroupArn = context.Arn("ec2", "security-group/" + group.group_id);
  out.Tags = TagsToWire(group.tags, false);
  return out;
}

AWS_OPERATION(ec2, DeleteSecurityGroup)
AWS_ACCESS("security-group/{GroupId}", "security-group/{GroupName}")
DeleteSecurityGroupResult DeleteSecurityGroup(Context& context, const DeleteSecurityGroupRequest& in) {
  const auto group = GroupOfRequest(context, in.GroupId, in.GroupName);
  if (group.group_name == "default") throw errors::DefaultGroupCannotBeDeleted(group.group_id);
  if (IsUsed(context, group)) throw errors::SecurityGroupInUse(group.group_id);
  EndDryRun(in.DryRun);
  EraseSecurityGroup(context, group.group_id);

  DeleteSecurityGroupResult out;
  out.Return = true;
  out.GroupId = group.group_id;
  return out;
}

AWS_OPERATION(ec2, DescribeSecurityGroups)
DescribeSecurityGroupsResult DescribeSecurityGroups(Context& context, const DescribeSecurityGroupsRequest& in) {
  RefuseIdsWithPages("groupIds", !in.GroupIds.empty(), in.MaxResults);
  std::vector<SecurityGroup> groups;
  for (const auto& group : Described(context, in)) groups.push_back(ToWire(context, group));
  const bool by_names = AsksForReferencedNames(in.Filters);
  if (by_names)
    for (auto& group : groups) NameReferencedGroups(context, group, true);
  KeepMatching(groups, in.Filters, kGroupFilters);
  if (by_names)
    for (auto& group : groups) NameReferencedGroups(context, group, false);
  EndDryRun(in.DryRun);

  DescribeSecurityGroupsResult out;
  out.SecurityGroups = PageOf(context, "DescribeSecurityGroups", in, std::move(groups), out.NextToken,
                              [](const SecurityGroup& group) { return *group.GroupId; });
  return out;
}

}  // namespace drydock::ec2
