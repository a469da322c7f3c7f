// Adding and removing the rules of security groups, and describing them one by one.
#include <algorithm>

#include "api/ec2/AuthorizeSecurityGroupEgressRequest.h"
#include "api/ec2/AuthorizeSecurityGroupEgressResult.h"
#include "api/ec2/AuthorizeSecurityGroupIngressRequest.h"
#include "api/ec2/AuthorizeSecurityGroupIngressResult.h"
#include "api/ec2/DescribeSecurityGroupRulesRequest.h"
#include "api/ec2/DescribeSecurityGroupRulesResult.h"
#include "api/ec2/ModifySecurityGroupRulesRequest.h"
#include "api/ec2/ModifySecurityGroupRulesResult.h"
#include "api/ec2/RevokeSecurityGroupEgressRequest.h"
#include "api/ec2/RevokeSecurityGroupEgressResult.h"
#include "api/ec2/RevokeSecurityGroupIngressRequest.h"
#include "api/ec2/RevokeSecurityGroupIngressResult.h"
#include "api/ec2/UpdateSecurityGroupRuleDescriptionsEgressRequest.h"
#include "api/ec2/UpdateSecurityGroupRuleDescriptionsEgressResult.h"
#include "api/ec2/UpdateSecurityGroupRuleDescriptionsIngressRequest.h"
#include "api/ec2/UpdateSecurityGroupRuleDescriptionsIngressResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/prefix_lists.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_group_rules.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr FilterOf<SecurityGroupRule> kRuleFilters[] = {
    {"group-id", &At<&SecurityGroupRule::GroupId>},
    {"security-group-rule-id", &At<&SecurityGroupRule::SecurityGroupRuleId>},
};

template <class In>
record::SecurityGroup GroupOf(Context& context, const In& in) {
  if constexpr (requires { in.GroupName; })
    return GroupOfRequest(context, in.GroupId, in.GroupName);
  else
    return GroupOfRequest(context, in.GroupId, std::nullopt);
}

// A request's permissions: the list, or the single one that older parameters describe, which cannot be mixed with it.
template <class In>
List<IpPermission> PermissionsIn(const In& in) {
  const bool single = in.IpProtocol || in.FromPort || in.ToPort || in.CidrIp || in.SourceSecurityGroupName;
  if (single && !in.IpPermissions.empty())
    throw errors::InvalidParameterCombination("The parameter 'ipPermissions' may not be used in combination with " +
                                              std::string(in.IpProtocol ? "'ipProtocol'" : "'cidrIp'"));
  if (!single) return in.IpPermissions;
  IpPermission permission;
  permission.IpProtocol = in.IpProtocol;
  // A group alone stands for all of its traffic. AuthorizeSecurityGroupIngress's manual, SourceSecurityGroupName.
  if (!in.IpProtocol && in.SourceSecurityGroupName) permission.IpProtocol = "-1";
  permission.FromPort = in.FromPort;
  permission.ToPort = in.ToPort;
  if (in.CidrIp) permission.IpRanges.push_back({std::nullopt, in.CidrIp});
  if (in.SourceSecurityGroupName) {
    auto& pair = permission.UserIdGroupPairs.emplace_back();
    pair.GroupName = in.SourceSecurityGroupName;
    pair.UserId = in.SourceSecurityGroupOwnerId;
  }
  return {std::vector{permission}};
}

template <class Out, class In>
Out Authorize(Context& context, const In& in, bool is_egress) {
  const auto group = GroupOf(context, in);
  const auto permissions = PermissionsIn(in);
  if (permissions.empty()) throw errors::MissingParameter("ipPermissions");
  auto rules = RulesOf(context, group, is_egress, permissions);
  const auto tags = TakeTags(in.TagSpecifications, kKind<record::SecurityGroupRule>);
  for (auto& rule : rules) rule.tags = tags;
  AddRules(context, group, rules);
  EndDryRun(in.DryRun);

  Out out;
  out.Return = true;
  for (const auto& rule : rules) out.SecurityGroupRules.push_back(RuleToWire(context, rule, false));
  return out;
}

RevokedSecurityGroupRule RevokedToWire(const record::SecurityGroupRule& rule) {
  RevokedSecurityGroupRule wire;
  wire.SecurityGroupRuleId = rule.security_group_rule_id;
  wire.GroupId = rule.group_id;
  wire.IsEgress = rule.is_egress;
  wire.IpProtocol = rule.ip_protocol;
  wire.FromPort = rule.from_port;
  wire.ToPort = rule.to_port;
  wire.CidrIpv4 = rule.cidr_ipv4;
  wire.CidrIpv6 = rule.cidr_ipv6;
  wire.PrefixListId = rule.prefix_list_id;
  wire.ReferencedGroupId = rule.referenced_group_id;
  wire.Description = rule.description;
  return wire;
}

// The rule of this id in this group and direction.
record::SecurityGroupRule RuleIn(Context& context, const record::SecurityGroup& group, const std::string& id,
                                 std::optional<bool> is_egress) {
  auto rule = Require<record::SecurityGroupRule>(context, id);
  if (rule.group_id != group.group_id || (is_egress && rule.is_egress != *is_egress))
    throw NotFound(kKind<record::SecurityGroupRule>, id);
  return rule;
}

// RevokeSecurityGroupIngress's manual: in the default VPC a rule that is not there comes back as unknown; elsewhere it
// is an error, and nothing is revoked. Descriptions need not match.
template <class Out, class In>
Out Revoke(Context& context, const In& in, bool is_egress) {
  const auto group = GroupOf(context, in);
  const auto permissions = PermissionsIn(in);
  if (permissions.empty() && in.SecurityGroupRuleIds.empty())
    throw ApiError("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
  if (!permissions.empty() && !in.SecurityGroupRuleIds.empty())
    throw errors::InvalidParameterCombination(
        "The parameter 'ipPermissions' may not be used in combination with 'securityGroupRuleIds'");

  std::vector<record::SecurityGroupRule> revoked, unknown;
  for (const std::string& id : in.SecurityGroupRuleIds) revoked.push_back(RuleIn(context, group, id, is_egress));
  const auto existing = RulesOfGroup(context, group.group_id);
  for (const auto& wanted : RulesOf(context, group, is_egress, permissions)) {
    const auto found =
        std::find_if(existing.begin(), existing.end(), [&](const auto& rule) { return SameTraffic(rule, wanted); });
    if (found == existing.end())
      unknown.push_back(wanted);
    else
      revoked.push_back(*found);
  }
  const auto vpc = context.tx.Get<record::Vpc>(context.scope, group.vpc_id);
  if (!unknown.empty() && !(vpc && vpc->is_default)) throw errors::PermissionNotFound();
  EndDryRun(in.DryRun);

  Out out;
  out.Return = true;
  out.UnknownIpPermissions = PermissionsOf(context, unknown, is_egress);
  for (const auto& rule : revoked) {
    context.tx.Erase<record::SecurityGroupRule>(context.scope, rule.security_group_rule_id);
    out.RevokedSecurityGroupRules.push_back(RevokedToWire(rule));
  }
  return out;
}

template <class Out, class In>
Out UpdateDescriptions(Context& context, const In& in, bool is_egress) {
  const auto group = GroupOf(context, in);
  if (in.IpPermissions.empty() == in.SecurityGroupRuleDescriptions.empty())
    throw ApiError("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleDescriptions' should be provided.");
  for (const auto& update : in.SecurityGroupRuleDescriptions) {
    CheckRuleDescription(update.Description);
    auto rule = RuleIn(context, group, update.SecurityGroupRuleId.value_or(""), is_egress);
    rule.description = update.Description;
    context.tx.Put(context.scope, rule);
  }
  const auto existing = RulesOfGroup(context, group.group_id);
  for (const auto& wanted : RulesOf(context, group, is_egress, in.IpPermissions)) {
    const auto found =
        std::find_if(existing.begin(), existing.end(), [&](const auto& rule) { return SameTraffic(rule, wanted); });
    if (found == existing.end()) throw errors::PermissionNotFound();
    auto rule = *found;
    rule.description = wanted.description;
    context.tx.Put(context.scope, rule);
  }
  EndDryRun(in.DryRun);
  Out out;
  out.Return = true;
  return out;
}

// A rule keeps the kind of its peer. As seen: "You may not specify a referenced group id for an existing IPv4 CIDR
// rule."; the other combinations follow it.
void SetPeer(Context& context, record::SecurityGroupRule& rule, const record::SecurityGroup& group,
             const SecurityGroupRuleRequest& request) {
  struct Peer {
    const char* a_new;
    const char* existing;
    const std::optional<std::string>& wanted;
    const std::optional<std::string>& present;
  };
  const Peer peers[] = {
      {"IPv4 CIDR", "IPv4 CIDR", request.CidrIpv4, rule.cidr_ipv4},
      {"IPv6 CIDR", "IPv6 CIDR", request.CidrIpv6, rule.cidr_ipv6},
      {"prefix list id", "prefix list", request.PrefixListId, rule.prefix_list_id},
      {"referenced group id", "referenced group", request.ReferencedGroupId, rule.referenced_group_id}};
  const Peer* wanted = nullptr;
  const Peer* present = nullptr;
  for (const Peer& peer : peers) {
    if (peer.wanted && wanted)
      throw errors::InvalidParameterCombination("Only one peer can be specified for a security group rule");
    if (peer.wanted) wanted = &peer;
    if (peer.present) present = &peer;
  }
  if (!wanted) throw errors::MissingParameter("CidrIpv4");  // which name AWS gives is unconfirmed
  if (present && wanted != present)
    throw errors::InvalidParameterValue(
        fmt::format("You may not specify a {} for an existing {} rule.", wanted->a_new, present->existing));
  if (request.CidrIpv4) rule.cidr_ipv4 = NormalCidr(*request.CidrIpv4, false);
  if (request.CidrIpv6) rule.cidr_ipv6 = NormalCidr(*request.CidrIpv6, true);
  if (request.PrefixListId) {
    RequirePrefixList(context, *request.PrefixListId);
    rule.prefix_list_id = request.PrefixListId;
  }
  if (request.ReferencedGroupId) {
    UserIdGroupPair pair;
    pair.GroupId = request.ReferencedGroupId;
    SetReferencedGroup(context, group, pair, rule);
  }
}

}  // namespace

AWS_OPERATION(ec2, AuthorizeSecurityGroupIngress)
AWS_ACCESS("security-group/{GroupId}", "security-group/{GroupName}")
AuthorizeSecurityGroupIngressResult AuthorizeSecurityGroupIngress(Context& context,
                                                                  const AuthorizeSecurityGroupIngressRequest& in) {
  return Authorize<AuthorizeSecurityGroupIngressResult>(context, in, false);
}

AWS_OPERATION(ec2, AuthorizeSecurityGroupEgress)
AWS_ACCESS("security-group/{GroupId}")
AuthorizeSecurityGroupEgressResult AuthorizeSecurityGroupEgress(Context& context,
                                                                const AuthorizeSecurityGroupEgressRequest& in) {
  return Authorize<AuthorizeSecurityGroupEgressResult>(context, in, true);
}

AWS_OPERATION(ec2, RevokeSecurityGroupIngress)
AWS_ACCESS("security-group/{GroupId}", "security-group/{GroupName}")
RevokeSecurityGroupIngressResult RevokeSecurityGroupIngress(Context& context,
                                                            const RevokeSecurityGroupIngressRequest& in) {
  return Revoke<RevokeSecurityGroupIngressResult>(context, in, false);
}

AWS_OPERATION(ec2, RevokeSecurityGroupEgress)
AWS_ACCESS("security-group/{GroupId}")
RevokeSecurityGroupEgressResult RevokeSecurityGroupEgress(Context& context,
                                                          const RevokeSecurityGroupEgressRequest& in) {
  return Revoke<RevokeSecurityGroupEgressResult>(context, in, true);
}

AWS_OPERATION(ec2, UpdateSecurityGroupRuleDescriptionsIngress)
AWS_ACCESS("security-group/{GroupId}", "security-group/{GroupName}")
UpdateSecurityGroupRuleDescriptionsIngressResult UpdateSecurityGroupRuleDescriptionsIngress(
    Context& context, const UpdateSecurityGroupRuleDescriptionsIngressRequest& in) {
  return UpdateDescriptions<UpdateSecurityGroupRuleDescriptionsIngressResult>(context, in, false);
}

AWS_OPERATION(ec2, UpdateSecurityGroupRuleDescriptionsEgress)
AWS_ACCESS("security-group/{GroupId}", "security-group/{GroupName}")
UpdateSecurityGroupRuleDescriptionsEgressResult UpdateSecurityGroupRuleDescriptionsEgress(
    Context& context, const UpdateSecurityGroupRuleDescriptionsEgressRequest& in) {
  return UpdateDescriptions<UpdateSecurityGroupRuleDescriptionsEgressResult>(context, in, true);
}

AWS_OPERATION(ec2, ModifySecurityGroupRules)
AWS_ACCESS("security-group/{GroupId}", "security-group-rule/{SecurityGroupRules.SecurityGroupRuleId}")
ModifySecurityGroupRulesResult ModifySecurityGroupRules(Context& context, const ModifySecurityGroupRulesRequest& in) {
  const auto group = Require<record::SecurityGroup>(context, *in.GroupId);
  if (in.SecurityGroupRules.empty()) throw errors::MissingParameter("SecurityGroupRule");
  for (const auto& update : in.SecurityGroupRules) {
    if (!update.SecurityGroupRule) throw errors::MissingParameter("SecurityGroupRule");
    const SecurityGroupRuleRequest& request = *update.SecurityGroupRule;
    auto rule = RuleIn(context, group, *update.SecurityGroupRuleId, std::nullopt);
    if (!request.IpProtocol) throw errors::MissingParameter("IpProtocol");
    CheckRuleDescription(request.Description);
    rule.ip_protocol = NormalProtocol(*request.IpProtocol);
    SetPorts(rule, request.FromPort, request.ToPort);
    SetPeer(context, rule, group, request);
    rule.description = request.Description;
    for (const auto& other : RulesOfGroup(context, group.group_id))
      if (other.security_group_rule_id != rule.security_group_rule_id && SameTraffic(other, rule))
        throw errors::PermissionDuplicate(TextOf(rule));
    context.tx.Put(context.scope, rule);
  }
  EndDryRun(in.DryRun);
  ModifySecurityGroupRulesResult out;
  out.Return = true;
  return out;
}

AWS_OPERATION(ec2, DescribeSecurityGroupRules)
DescribeSecurityGroupRulesResult DescribeSecurityGroupRules(Context& context,
                                                            const DescribeSecurityGroupRulesRequest& in) {
  RefuseIdsWithPages("securityGroupRuleIds", !in.SecurityGroupRuleIds.empty(), in.MaxResults);
  std::vector<SecurityGroupRule> rules;
  for (const auto& rule : Select<record::SecurityGroupRule>(context, in.SecurityGroupRuleIds))
    rules.push_back(RuleToWire(context, rule, true));
  KeepMatching(rules, in.Filters, kRuleFilters);
  EndDryRun(in.DryRun);

  DescribeSecurityGroupRulesResult out;
  out.SecurityGroupRules = PageOf(context, "DescribeSecurityGroupRules", in, std::move(rules), out.NextToken,
                                  [](const SecurityGroupRule& rule) { return *rule.SecurityGroupRuleId; });
  return out;
}

}  // namespace drydock::ec2
