#include <algorithm>
#include <tuple>

#include "api/ec2/CreateNetworkAclEntryRequest.h"
#include "api/ec2/CreateNetworkAclEntryResponse.h"
#include "api/ec2/CreateNetworkAclRequest.h"
#include "api/ec2/CreateNetworkAclResult.h"
#include "api/ec2/DeleteNetworkAclEntryRequest.h"
#include "api/ec2/DeleteNetworkAclEntryResponse.h"
#include "api/ec2/DeleteNetworkAclRequest.h"
#include "api/ec2/DeleteNetworkAclResponse.h"
#include "api/ec2/DescribeNetworkAclsRequest.h"
#include "api/ec2/DescribeNetworkAclsResult.h"
#include "api/ec2/NetworkAcl.h"
#include "api/ec2/ReplaceNetworkAclAssociationRequest.h"
#include "api/ec2/ReplaceNetworkAclAssociationResult.h"
#include "api/ec2/ReplaceNetworkAclEntryRequest.h"
#include "api/ec2/ReplaceNetworkAclEntryResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "emulator/network/address.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxAcls = 200;      // per VPC; VPC User Guide, "Quotas"
constexpr std::size_t kMaxEntries = 20;    // per direction; the same
constexpr std::int32_t kLastRule = 32767;  // the deny that every network ACL ends with

constexpr FilterOf<NetworkAcl> kAclFilters[] = {
    {"association.association-id", &At<&NetworkAcl::Associations, &NetworkAclAssociation::NetworkAclAssociationId>},
    {"association.network-acl-id", &At<&NetworkAcl::Associations, &NetworkAclAssociation::NetworkAclId>},
    {"association.subnet-id", &At<&NetworkAcl::Associations, &NetworkAclAssociation::SubnetId>},
    {"default", &At<&NetworkAcl::IsDefault>},
    {"entry.cidr", &At<&NetworkAcl::Entries, &NetworkAclEntry::CidrBlock>},
    {"entry.egress", &At<&NetworkAcl::Entries, &NetworkAclEntry::Egress>},
    {"entry.icmp.code", &At<&NetworkAcl::Entries, &NetworkAclEntry::IcmpTypeCode, &IcmpTypeCode::Code>},
    {"entry.icmp.type", &At<&NetworkAcl::Entries, &NetworkAclEntry::IcmpTypeCode, &IcmpTypeCode::Type>},
    {"entry.ipv6-cidr", &At<&NetworkAcl::Entries, &NetworkAclEntry::Ipv6CidrBlock>},
    {"entry.port-range.from", &At<&NetworkAcl::Entries, &NetworkAclEntry::PortRange, &PortRange::From>},
    {"entry.port-range.to", &At<&NetworkAcl::Entries, &NetworkAclEntry::PortRange, &PortRange::To>},
    {"entry.protocol",  // by name or by number: DescribeNetworkAcls' manual
     [](const NetworkAcl& acl, FilterValues& values) {
       for (const auto& entry : acl.Entries) {
         values.Add(*entry.Protocol);
         for (const auto& [number, name] : {std::pair{"6", "tcp"}, {"17", "udp"}, {"1", "icmp"}})
           if (entry.Protocol == number) values.Add(std::string(name));
       }
     }},
    {"entry.rule-action", &At<&NetworkAcl::Entries, &NetworkAclEntry::RuleAction>},
    {"entry.rule-number", &At<&NetworkAcl::Entries, &NetworkAclEntry::RuleNumber>},
    {"network-acl-id", &At<&NetworkAcl::NetworkAclId>},
    {"owner-id", &At<&NetworkAcl::OwnerId>},
    {"vpc-id", &At<&NetworkAcl::VpcId>},
};

NetworkAclEntry EntryToWire(const record::NetworkAclEntry& entry) {
  NetworkAclEntry wire;
  wire.RuleNumber = entry.rule_number;
  wire.Egress = entry.egress;
  wire.Protocol = entry.protocol;
  wire.RuleAction = entry.rule_action;
  wire.CidrBlock = entry.cidr_block;
  wire.Ipv6CidrBlock = entry.ipv6_cidr_block;
  if (entry.port_from) wire.PortRange = PortRange{entry.port_from, entry.port_to};
  if (entry.icmp_type) wire.IcmpTypeCode = IcmpTypeCode{entry.icmp_code, entry.icmp_type};
  return wire;
}

NetworkAcl ToWire(Context& context, const record::NetworkAcl& acl) {
  NetworkAcl wire;
  wire.NetworkAclId = acl.network_acl_id;
  wire.VpcId = acl.vpc_id;
  wire.OwnerId = context.account();
  wire.IsDefault = acl.is_default;
  wire.Associations.present = true;
  for (const auto& association : acl.associations)
    wire.Associations.push_back({association.association_id, acl.network_acl_id, association.subnet_id});

  auto entries = acl.entries;
  for (const bool egress : {true, false}) {
    record::NetworkAclEntry last;
    last.rule_number = kLastRule;
    last.egress = egress;
    last.protocol = "-1";
    last.rule_action = "deny";
    last.cidr_block = "0.0.0.0/0";
    entries.push_back(last);
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(!a.egress, a.rule_number) < std::pair(!b.egress, b.rule_number);
  });
  for (const auto& entry : entries) wire.Entries.push_back(EntryToWire(entry));
  wire.Tags = TagsToWire(acl.tags, true);
  return wire;
}

void CheckRuleNumber(std::int32_t number) {  // text unconfirmed
  if (number < 1 || number >= kLastRule)
    throw errors::InvalidParameterValue(
        fmt::format("Value ({}) for parameter ruleNumber is invalid. Must be between 1 and 32766.", number));
}

// The protocol as an IANA number, whatever way it was given. CreateNetworkAclEntry's manual.
std::string TakeProtocol(const std::string& text) {
  const std::string lower = Lowercase(text);
  for (const auto& [name, number] :
       {std::pair{"tcp", "6"}, {"udp", "17"}, {"icmp", "1"}, {"icmpv6", "58"}, {"all", "-1"}})
    if (lower == name) return number;
  const bool is_number = !lower.empty() && lower.size() <= 3 && lower.find_first_not_of("0123456789") == lower.npos;
  if (lower == "-1" || (is_number && std::stoi(lower) <= 255))
    return lower == "-1" ? lower : std::to_string(std::stoi(lower));
  throw errors::InvalidParameterValue(fmt::format("Invalid value '{}' for IP protocol. Unknown protocol.", text));
}

template <class In>
record::NetworkAclEntry TakeEntry(const In& in) {
  record::NetworkAclEntry entry;
  CheckRuleNumber(*in.RuleNumber);
  entry.rule_number = *in.RuleNumber;
  entry.egress = *in.Egress;
  entry.protocol = TakeProtocol(*in.Protocol);
  entry.rule_action = *in.RuleAction;
  if (in.CidrBlock.has_value() == in.Ipv6CidrBlock.has_value()) {
    if (!in.CidrBlock) throw errors::MissingParameter("cidrBlock");
    throw errors::InvalidParameterCombination("The parameters cidrBlock and ipv6CidrBlock cannot be used together");
  }
  const std::string& text = in.CidrBlock ? *in.CidrBlock : *in.Ipv6CidrBlock;
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || (cidr->family() == network::Family::kIpv4) != in.CidrBlock.has_value())
    throw errors::InvalidCidrBlock(text, in.CidrBlock ? "cidrBlock" : "ipv6CidrBlock");
  (in.CidrBlock ? entry.cidr_block : entry.ipv6_cidr_block) = cidr->Canonical().ToString();

  if (entry.protocol == "6" || entry.protocol == "17") {
    if (!in.PortRange || !in.PortRange->From || !in.PortRange->To) throw errors::MissingParameter("portRange");
    if (*in.PortRange->From < 0 || *in.PortRange->To > 65535 || *in.PortRange->From > *in.PortRange->To)
      throw errors::InvalidParameterValue(
          fmt::format("Invalid port range ({}:{})", *in.PortRange->From, *in.PortRange->To));  // text unconfirmed
    entry.port_from = in.PortRange->From;
    entry.port_to = in.PortRange->To;
  }
  if (entry.protocol == "1" || entry.protocol == "58") {
    if (!in.IcmpTypeCode || !in.IcmpTypeCode->Type || !in.IcmpTypeCode->Code)
      throw errors::MissingParameter("icmpTypeCode");
    if (*in.IcmpTypeCode->Type < -1 || *in.IcmpTypeCode->Type > 255 || *in.IcmpTypeCode->Code < -1 ||
        *in.IcmpTypeCode->Code > 255)
      throw errors::InvalidParameterValue(fmt::format("Invalid ICMP type and code ({}:{})", *in.IcmpTypeCode->Type,
                                                      *in.IcmpTypeCode->Code));  // text unconfirmed
    entry.icmp_type = in.IcmpTypeCode->Type;
    entry.icmp_code = in.IcmpTypeCode->Code;
  }
  return entry;
}

auto HasNumber(std::int32_t number, bool egress) {
  return [number, egress](const record::NetworkAclEntry& entry) {
    return entry.rule_number == number && entry.egress == egress;
  };
}

}  // namespace

AWS_OPERATION(ec2, CreateNetworkAcl)
AWS_ACCESS("vpc/{VpcId}", "network-acl/*")
CreateNetworkAclResult CreateNetworkAcl(Context& context, const CreateNetworkAclRequest& in) {
  CreateNetworkAclResult out;
  out.ClientToken = in.ClientToken;
  if (const auto before = CreatedBefore<record::NetworkAcl>(context, "CreateNetworkAcl", in)) {
    out.NetworkAcl = ToWire(context, *before);
    return out;
  }
  record::NetworkAcl acl;
  acl.vpc_id = Require<record::Vpc>(context, *in.VpcId).vpc_id;
  acl.tags = TakeTags(in.TagSpecifications, kKind<record::NetworkAcl>);
  if (context.tx.Count<record::NetworkAcl>(context.scope, store::Where(&record::NetworkAcl::vpc_id, acl.vpc_id)) >=
      kMaxAcls)
    throw errors::NetworkAclLimitExceeded();
  EndDryRun(in.DryRun);

  acl.network_acl_id = context.ids.Ec2("acl");
  context.tx.Put(context.scope, acl);
  RememberToken(context, "CreateNetworkAcl", in, acl.network_acl_id);
  out.NetworkAcl = ToWire(context, acl);
  return out;
}

AWS_OPERATION(ec2, DeleteNetworkAcl)
AWS_ACCESS("network-acl/{NetworkAclId}")
DeleteNetworkAclResponse DeleteNetworkAcl(Context& context, const DeleteNetworkAclRequest& in) {
  const auto acl = Require<record::NetworkAcl>(context, *in.NetworkAclId);
  if (acl.is_default)
    throw errors::InvalidParameterValue(fmt::format("cannot delete default network ACL {}", acl.network_acl_id));
  if (!acl.associations.empty()) throw errors::HasDependencies("networkAcl", acl.network_acl_id);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::NetworkAcl>(context.scope, acl.network_acl_id);
  return {};
}

AWS_OPERATION(ec2, DescribeNetworkAcls)
DescribeNetworkAclsResult DescribeNetworkAcls(Context& context, const DescribeNetworkAclsRequest& in) {
  RefuseIdsWithPages("networkAclIds", !in.NetworkAclIds.empty(), in.MaxResults);
  std::vector<NetworkAcl> acls;
  for (const auto& acl : Select<record::NetworkAcl>(context, in.NetworkAclIds)) acls.push_back(ToWire(context, acl));
  KeepMatching(acls, in.Filters, kAclFilters);
  EndDryRun(in.DryRun);

  DescribeNetworkAclsResult out;
  out.NetworkAcls = PageOf(context, "DescribeNetworkAcls", in, std::move(acls), out.NextToken,
                           [](const NetworkAcl& acl) { return *acl.NetworkAclId; });
  return out;
}

AWS_OPERATION(ec2, CreateNetworkAclEntry)
AWS_ACCESS("network-acl/{NetworkAclId}")
CreateNetworkAclEntryResponse CreateNetworkAclEntry(Context& context, const CreateNetworkAclEntryRequest& in) {
  auto acl = Require<record::NetworkAcl>(context, *in.NetworkAclId);
  const auto entry = TakeEntry(in);
  if (std::any_of(acl.entries.begin(), acl.entries.end(), HasNumber(entry.rule_number, entry.egress)))
    throw errors::NetworkAclEntryExists(entry.rule_number);
  const auto of_direction = std::count_if(acl.entries.begin(), acl.entries.end(),
                                          [&](const auto& other) { return other.egress == entry.egress; });
  if (static_cast<std::size_t>(of_direction) >= kMaxEntries) throw errors::NetworkAclEntryLimitExceeded();
  EndDryRun(in.DryRun);
  acl.entries.push_back(entry);
  context.tx.Put(context.scope, acl);
  return {};
}

AWS_OPERATION(ec2, ReplaceNetworkAclEntry)
AWS_ACCESS("network-acl/{NetworkAclId}")
ReplaceNetworkAclEntryResponse ReplaceNetworkAclEntry(Context& context, const ReplaceNetworkAclEntryRequest& in) {
  auto acl = Require<record::NetworkAcl>(context, *in.NetworkAclId);
  const auto entry = TakeEntry(in);
  const auto existing =
      std::find_if(acl.entries.begin(), acl.entries.end(), HasNumber(entry.rule_number, entry.egress));
  if (existing == acl.entries.end()) throw errors::NetworkAclEntryNotFound(entry.rule_number);
  EndDryRun(in.DryRun);
  *existing = entry;
  context.tx.Put(context.scope, acl);
  return {};
}

AWS_OPERATION(ec2, DeleteNetworkAclEntry)
AWS_ACCESS("network-acl/{NetworkAclId}")
DeleteNetworkAclEntryResponse DeleteNetworkAclEntry(Context& context, const DeleteNetworkAclEntryRequest& in) {
  auto acl = Require<record::NetworkAcl>(context, *in.NetworkAclId);
  CheckRuleNumber(*in.RuleNumber);
  if (std::erase_if(acl.entries, HasNumber(*in.RuleNumber, *in.Egress)) == 0)
    throw errors::NetworkAclEntryNotFound(*in.RuleNumber);
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, acl);
  return {};
}

AWS_OPERATION(ec2, ReplaceNetworkAclAssociation)
AWS_ACCESS("network-acl/{NetworkAclId}", "subnet/{AssociationId}")
ReplaceNetworkAclAssociationResult ReplaceNetworkAclAssociation(Context& context,
                                                                const ReplaceNetworkAclAssociationRequest& in) {
  const auto wanted = Require<record::NetworkAcl>(context, *in.NetworkAclId);
  std::optional<record::NetworkAcl> present;
  std::string subnet_id;
  for (auto& acl : context.tx.List<record::NetworkAcl>(context.scope))
    for (const auto& association : acl.associations)
      if (association.association_id == *in.AssociationId) {
        present = acl;
        subnet_id = association.subnet_id;
      }
  if (!present) throw errors::AssociationNotFound(*in.AssociationId);
  if (present->vpc_id != wanted.vpc_id)
    throw errors::DifferentNetworks("network ACL " + wanted.network_acl_id, "subnet " + subnet_id);
  EndDryRun(in.DryRun);

  std::erase_if(present->associations,
                [&](const auto& association) { return association.association_id == *in.AssociationId; });
  context.tx.Put(context.scope, *present);
  auto acl = Require<record::NetworkAcl>(context, wanted.network_acl_id);
  acl.associations.push_back({context.ids.Ec2("aclassoc"), subnet_id});
  context.tx.Put(context.scope, acl);
  ReplaceNetworkAclAssociationResult out;
  out.NewAssociationId = acl.associations.back().association_id;
  return out;
}

}  // namespace drydock::ec2
