#include "handlers/ec2/security_group_rules.h"

#include <algorithm>
#include <tuple>

#include "emulator/core/text.h"
#include "emulator/network/address.h"
#include "handlers/ec2/errors.h"
#include "handlers/ec2/prefix_lists.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxRules = 60;  // per direction and address family; VPC User Guide, "Quotas"

bool HasPorts(const std::string& protocol) {
  return protocol == "tcp" || protocol == "udp";
}
bool IsIcmp(const std::string& protocol) {
  return protocol == "icmp" || protocol == "icmpv6";
}

std::string Uppercase(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

auto TrafficOf(const record::SecurityGroupRule& rule) {
  return std::tie(rule.is_egress, rule.ip_protocol, rule.from_port, rule.to_port, rule.cidr_ipv4, rule.cidr_ipv6,
                  rule.prefix_list_id, rule.referenced_group_id);
}

// The group that a permission names by its name: one of the same VPC.
std::string GroupNamed(Context& context, const record::SecurityGroup& group, const UserIdGroupPair& pair) {
  if (!pair.GroupName || pair.GroupName->empty()) throw errors::MissingParameter("groupId");
  const auto named = FindSecurityGroupNamed(context, group.vpc_id, *pair.GroupName);
  if (!named) throw errors::SecurityGroupNameNotFound(*pair.GroupName, group.vpc_id, false);
  return named->group_id;
}

// Whether a group may be used in the VPC beside its own. EC2 User Guide, "Associate security groups with multiple
// VPCs".
bool IsShared(Context& context, const record::SecurityGroup& group, const std::string& vpc_id) {
  return context.tx.Get<record::SecurityGroupVpcAssociation>(context.scope, group.group_id, vpc_id).has_value();
}

// A group of a VPC that is actively peered with the rule's, in the same region, of whatever account. VPC Peering Guide,
// "Update your security groups to reference peer security groups". False when there is none.
bool TakePeerGroup(Context& context, const record::SecurityGroup& group, const UserIdGroupPair& pair,
                   record::SecurityGroupRule& rule) {
  for (const auto& connection : PeeringsOfVpc(context, group.vpc_id)) {
    const PeeringEnd peer = PeerOf(connection, group.vpc_id);
    if (connection.status != "active" || peer.scope.region != context.region()) continue;
    if (pair.UserId && !pair.UserId->empty() && *pair.UserId != peer.scope.account) continue;
    if (pair.VpcPeeringConnectionId && *pair.VpcPeeringConnectionId != connection.vpc_peering_connection_id) continue;
    const auto found = context.tx.Get<record::SecurityGroup>(peer.scope, *pair.GroupId);
    if (!found || found->vpc_id != peer.vpc_id) continue;
    rule.referenced_group_id = found->group_id;
    rule.referenced_user_id = peer.scope.account;
    rule.referenced_vpc_id = peer.vpc_id;
    rule.vpc_peering_connection_id = connection.vpc_peering_connection_id;
    return true;
  }
  return false;
}

// As how many rules it counts.
std::size_t WeightOfRule(Context& context, const record::SecurityGroupRule& rule) {
  return rule.prefix_list_id ? WeightOfPrefixList(context, *rule.prefix_list_id) : 1;
}

void CheckLimit(Context& context, const std::vector<record::SecurityGroupRule>& rules) {
  for (const bool egress : {false, true}) {
    std::size_t ipv4 = 0, ipv6 = 0;
    for (const auto& rule : rules) {
      if (rule.is_egress != egress) continue;
      // A reference or a prefix list counts for both families.
      const std::size_t weight = WeightOfRule(context, rule);
      ipv4 += rule.cidr_ipv6 ? 0 : weight;
      ipv6 += rule.cidr_ipv4 ? 0 : weight;
    }
    if (ipv4 > kMaxRules || ipv6 > kMaxRules) throw errors::RulesPerGroupLimitExceeded();
  }
}

}  // namespace

void SetReferencedGroup(Context& context, const record::SecurityGroup& group, const UserIdGroupPair& pair,
                        record::SecurityGroupRule& rule) {
  rule.referenced_user_id.reset();
  rule.referenced_vpc_id.reset();
  rule.vpc_peering_connection_id.reset();
  if (!pair.GroupId || pair.GroupId->empty()) {
    rule.referenced_group_id = GroupNamed(context, group, pair);
    return;
  }
  const bool own_account = !pair.UserId || pair.UserId->empty() || *pair.UserId == context.account();
  const auto own = own_account ? FindSecurityGroup(context, *pair.GroupId) : std::nullopt;
  if (own &&
      (own->vpc_id == group.vpc_id || IsShared(context, *own, group.vpc_id) || IsShared(context, group, own->vpc_id))) {
    rule.referenced_group_id = own->group_id;
    return;
  }
  if (TakePeerGroup(context, group, pair, rule)) return;
  if (own) throw errors::SecurityGroupInOtherVpc();
  if (own_account) RequireSecurityGroup(context, *pair.GroupId);
  throw NotFound(kKind<record::SecurityGroup>, *pair.GroupId);
}

std::string NormalProtocol(const std::string& text) {
  const std::string lower = Lowercase(text);
  for (const auto& [number, name] : {std::pair{"6", "tcp"}, {"17", "udp"}, {"1", "icmp"}, {"58", "icmpv6"}})
    if (lower == name || lower == number) return name;
  if (lower == "-1" || lower == "all") return "-1";
  const bool is_number = !lower.empty() && lower.size() <= 3 && lower.find_first_not_of("0123456789") == lower.npos;
  if (is_number && std::stoi(lower) <= 255) return std::to_string(std::stoi(lower));
  throw errors::InvalidParameterValue(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", text));
}

void SetPorts(record::SecurityGroupRule& rule, std::optional<std::int32_t> from, std::optional<std::int32_t> to) {
  if (HasPorts(rule.ip_protocol)) {
    if (!from || !to)
      throw errors::InvalidParameterValue(
          "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    if (*from < 0 || *to > 65535 || *from > *to)
      throw errors::InvalidParameterValue(
          fmt::format("Invalid {} port range ({}:{})", Uppercase(rule.ip_protocol), *from, *to));
  } else if (IsIcmp(rule.ip_protocol)) {
    from = from.value_or(-1);
    to = to.value_or(-1);
    if (*from < -1 || *from > 255)  // texts for ICMP unconfirmed
      throw errors::InvalidParameterValue(fmt::format("ICMP type ({}) out of range", *from));
    if (*to < -1 || *to > 255) throw errors::InvalidParameterValue(fmt::format("ICMP code ({}) out of range", *to));
    if (*from == -1 && *to != -1)
      throw errors::InvalidParameterValue(fmt::format("ICMP code ({}) must be -1 when the type is -1", *to));
  } else {
    from = to = -1;  // IpPermission's manual: other protocols admit traffic on all ports whatever is given
  }
  rule.from_port = from;
  rule.to_port = to;
}

// That host bits are cleared rather than refused is unconfirmed.
std::string NormalCidr(const std::string& text, bool ipv6) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || (cidr->family() == network::Family::kIpv6) != ipv6)
    throw errors::InvalidParameterValue(fmt::format("CIDR block {} is malformed", text));
  return cidr->Canonical().ToString();
}

void CheckRuleDescription(const std::optional<std::string>& description) {
  constexpr char kAllowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*";
  if (description && (description->size() > 255 || description->find_first_not_of(kAllowed) != std::string::npos))
    throw errors::InvalidParameterValue(
        "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  "
        "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*");
}

std::string TextOf(const record::SecurityGroupRule& rule) {
  const std::string peer = rule.cidr_ipv4             ? *rule.cidr_ipv4
                           : rule.cidr_ipv6           ? *rule.cidr_ipv6
                           : rule.referenced_group_id ? *rule.referenced_group_id
                                                      : rule.prefix_list_id.value_or("");
  std::string text = "peer: " + peer + ", " + (rule.ip_protocol == "-1" ? "ALL" : Uppercase(rule.ip_protocol));
  if (HasPorts(rule.ip_protocol)) text += fmt::format(", from port: {}, to port: {}", *rule.from_port, *rule.to_port);
  if (IsIcmp(rule.ip_protocol)) text += fmt::format(", type: {}, code: {}", *rule.from_port, *rule.to_port);
  return text + ", ALLOW";
}

std::vector<record::SecurityGroupRule> RulesOf(Context& context, const record::SecurityGroup& group, bool is_egress,
                                               const List<IpPermission>& permissions) {
  std::vector<record::SecurityGroupRule> rules;
  for (const IpPermission& permission : permissions) {
    if (!permission.IpProtocol) throw errors::MissingParameter("ipProtocol");
    record::SecurityGroupRule common;
    common.group_id = group.group_id;
    common.is_egress = is_egress;
    common.ip_protocol = NormalProtocol(*permission.IpProtocol);
    SetPorts(common, permission.FromPort, permission.ToPort);
    const std::size_t before = rules.size();
    const auto add = [&](const std::optional<std::string>& description) -> record::SecurityGroupRule& {
      CheckRuleDescription(description);
      rules.push_back(common);
      if (description && !description->empty()) rules.back().description = description;
      return rules.back();
    };
    for (const auto& range : permission.IpRanges)
      add(range.Description).cidr_ipv4 = NormalCidr(range.CidrIp.value_or(""), false);
    for (const auto& range : permission.Ipv6Ranges)
      add(range.Description).cidr_ipv6 = NormalCidr(range.CidrIpv6.value_or(""), true);
    for (const auto& list : permission.PrefixListIds) {
      RequirePrefixList(context, list.PrefixListId.value_or(""));
      add(list.Description).prefix_list_id = list.PrefixListId;
    }
    for (const auto& pair : permission.UserIdGroupPairs)
      SetReferencedGroup(context, group, pair, add(pair.Description));
    if (rules.size() == before) throw errors::MissingParameter("cidrIp");  // which name AWS gives is unconfirmed
  }
  return rules;
}

std::optional<std::string> PeeringStatusOf(Context& context, const record::SecurityGroupRule& rule) {
  if (!rule.vpc_peering_connection_id) return std::nullopt;
  const auto connection = FindPeering(context, *rule.vpc_peering_connection_id);
  return connection ? connection->status : "deleted";
}

bool SameTraffic(const record::SecurityGroupRule& a, const record::SecurityGroupRule& b) {
  return TrafficOf(a) == TrafficOf(b);
}

std::vector<record::SecurityGroupRule> RulesOfGroup(Context& context, const std::string& group_id) {
  return context.tx.List<record::SecurityGroupRule>(context.scope,
                                                    store::Where(&record::SecurityGroupRule::group_id, group_id));
}

void AddRules(Context& context, const record::SecurityGroup& group, std::vector<record::SecurityGroupRule>& rules) {
  auto all = RulesOfGroup(context, group.group_id);
  const std::size_t existing = all.size();
  for (auto& rule : rules) {
    const auto same = std::find_if(all.begin(), all.end(), [&](const auto& other) { return SameTraffic(other, rule); });
    if (same - all.begin() < static_cast<std::ptrdiff_t>(existing)) throw errors::PermissionDuplicate(TextOf(rule));
    if (same != all.end()) throw errors::InvalidParameterValue("The same permission must not appear multiple times");
    rule.security_group_rule_id = context.ids.Ec2("sgr");
    all.push_back(rule);
  }
  CheckLimit(context, all);
  for (const auto& rule : rules) context.tx.Put(context.scope, rule);
}

List<IpPermission> PermissionsOf(Context& context, const std::vector<record::SecurityGroupRule>& rules,
                                 bool is_egress) {
  List<IpPermission> permissions;
  permissions.present = true;
  std::vector<const record::SecurityGroupRule*> heads;
  for (const auto& rule : rules) {
    if (rule.is_egress != is_egress) continue;
    const auto head = std::find_if(heads.begin(), heads.end(), [&](const auto* other) {
      return other->ip_protocol == rule.ip_protocol && other->from_port == rule.from_port &&
             other->to_port == rule.to_port;
    });
    const auto index = static_cast<std::size_t>(head - heads.begin());
    if (head == heads.end()) {
      heads.push_back(&rule);
      IpPermission& permission = permissions.emplace_back();
      permission.IpProtocol = rule.ip_protocol;
      if (HasPorts(rule.ip_protocol) || IsIcmp(rule.ip_protocol)) {
        permission.FromPort = rule.from_port;
        permission.ToPort = rule.to_port;
      }
      permission.IpRanges.present = permission.Ipv6Ranges.present = true;
      permission.PrefixListIds.present = permission.UserIdGroupPairs.present = true;
    }
    IpPermission& permission = permissions[index];
    if (rule.cidr_ipv4) permission.IpRanges.push_back({rule.description, rule.cidr_ipv4});
    if (rule.cidr_ipv6) permission.Ipv6Ranges.push_back({rule.description, rule.cidr_ipv6});
    if (rule.prefix_list_id) permission.PrefixListIds.push_back({rule.description, rule.prefix_list_id});
    if (rule.referenced_group_id) {
      UserIdGroupPair& pair = permission.UserIdGroupPairs.emplace_back();
      pair.Description = rule.description;
      pair.UserId = rule.referenced_user_id.value_or(context.account());
      pair.GroupId = rule.referenced_group_id;
      pair.VpcId = rule.referenced_vpc_id;
      pair.VpcPeeringConnectionId = rule.vpc_peering_connection_id;
      pair.PeeringStatus = PeeringStatusOf(context, rule);
    }
  }
  return permissions;
}

SecurityGroupRule RuleToWire(Context& context, const record::SecurityGroupRule& rule, bool show_empty_tags) {
  SecurityGroupRule wire;
  wire.SecurityGroupRuleId = rule.security_group_rule_id;
  wire.SecurityGroupRuleArn = context.Arn("ec2", "security-group-rule/" + rule.security_group_rule_id);
  wire.GroupId = rule.group_id;
  wire.GroupOwnerId = context.account();
  wire.IsEgress = rule.is_egress;
  wire.IpProtocol = rule.ip_protocol;
  wire.FromPort = rule.from_port;
  wire.ToPort = rule.to_port;
  wire.CidrIpv4 = rule.cidr_ipv4;
  wire.CidrIpv6 = rule.cidr_ipv6;
  wire.PrefixListId = rule.prefix_list_id;
  if (rule.referenced_group_id) {
    auto& referenced = wire.ReferencedGroupInfo.emplace();
    referenced.GroupId = rule.referenced_group_id;
    referenced.UserId = rule.referenced_user_id.value_or(context.account());
    referenced.VpcId = rule.referenced_vpc_id;
    referenced.VpcPeeringConnectionId = rule.vpc_peering_connection_id;
    referenced.PeeringStatus = PeeringStatusOf(context, rule);
  }
  wire.Description = rule.description;
  wire.Tags = TagsToWire(rule.tags, show_empty_tags);
  return wire;
}

}  // namespace drydock::ec2
