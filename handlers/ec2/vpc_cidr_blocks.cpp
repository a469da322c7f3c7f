#include "handlers/ec2/vpc_cidr_blocks.h"

#include <algorithm>

#include "api/ec2/AssociateSubnetCidrBlockRequest.h"
#include "api/ec2/AssociateSubnetCidrBlockResult.h"
#include "api/ec2/AssociateVpcCidrBlockRequest.h"
#include "api/ec2/AssociateVpcCidrBlockResult.h"
#include "api/ec2/DisassociateSubnetCidrBlockRequest.h"
#include "api/ec2/DisassociateSubnetCidrBlockResult.h"
#include "api/ec2/DisassociateVpcCidrBlockRequest.h"
#include "api/ec2/DisassociateVpcCidrBlockResult.h"
#include "api/ec2/ModifyVpcTenancyRequest.h"
#include "api/ec2/ModifyVpcTenancyResult.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/route_tables.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxIpv4Blocks = 5;  // per VPC; VPC User Guide, "Quotas"
constexpr std::size_t kMaxIpv6Blocks = 5;

network::Cidr Block(const std::string& canonical) {
  return *network::Cidr::Parse(canonical);
}

bool IsWithin(const network::Cidr& cidr, const char* range) {
  return Block(range).Contains(cidr);
}

// VPC User Guide, "IPv4 CIDR block association restrictions": a private range goes with itself and with ranges that are
// not private; 198.19.0.0/16 with none.
void RefuseRestrictedRange(const record::Vpc& vpc, const network::Cidr& cidr, const std::string& text) {
  static constexpr const char* kPrivate[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"};
  if (Block("198.19.0.0/16").Overlaps(cidr)) throw errors::CidrRestricted(text);
  const auto range_of = [](const network::Cidr& block) -> const char* {
    for (const char* range : kPrivate)
      if (IsWithin(block, range)) return range;
    return nullptr;
  };
  const auto primary = Block(vpc.cidr_blocks.front().cidr_block);
  const char* const own = range_of(cidr);
  if (own && own != range_of(primary)) throw errors::CidrRestricted(text);
  if (own == kPrivate[1] && Block("172.31.0.0/16").Overlaps(cidr)) throw errors::CidrRestricted(text);
  const bool has_low_tens = std::any_of(vpc.cidr_blocks.begin(), vpc.cidr_blocks.end(), [](const auto& block) {
    return IsWithin(Block(block.cidr_block), "10.0.0.0/15");
  });
  if (has_low_tens && IsWithin(cidr, "10.0.0.0/16")) throw errors::CidrRestricted(text);
}

// "VPC CIDR blocks", "Associate": no overlap with the VPC's own blocks or those of a peer, and no block that a route of
// the VPC leads into.
void RefuseConflicts(Context& context, const record::Vpc& vpc, const network::Cidr& cidr, const std::string& text) {
  for (const auto& block : vpc.cidr_blocks)
    if (Block(block.cidr_block).Overlaps(cidr)) throw errors::CidrConflict(text, "another CIDR of " + vpc.vpc_id);
  for (const auto& connection : PeeringsOfVpc(context, vpc.vpc_id)) {
    if (connection.status != "active") continue;
    const PeeringEnd end = PeerOf(connection, vpc.vpc_id);
    const auto peer = context.tx.Get<record::Vpc>(end.scope, end.vpc_id);
    if (!peer) continue;
    for (const auto& block : peer->cidr_blocks)
      if (Block(block.cidr_block).Overlaps(cidr))
        throw errors::CidrConflict(text, "a CIDR of the peer of " + connection.vpc_peering_connection_id);
  }
  for (const auto& table :
       context.tx.List<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, vpc.vpc_id)))
    for (const auto& route : table.routes)
      if (route.destination_cidr_block && cidr.Contains(Block(*route.destination_cidr_block)))
        throw errors::CidrConflict(text, "a route in route table " + table.route_table_id);
}

// Where Drydock's IPv6 blocks come from: RFC 3849 keeps 2001:db8::/32 for documentation, so that no host on the
// internet has one of its addresses.
std::string TakeIpv6Block(Context& context, const std::string& vpc_id) {
  while (true) {
    const std::string hex = context.ids.Hex(6);
    const auto block = Block(fmt::format("2001:db8:{}:{}00::/56", hex.substr(0, 4), hex.substr(4, 2)));
    const std::string text = block.Canonical().ToString();
    if (context.tx.Get<record::PublicAddress>(context.scope, text)) continue;
    context.tx.Put(context.scope, record::PublicAddress{text, vpc_id});
    return text;
  }
}

void OpenDefaultAcl(Context& context, const std::string& vpc_id) {
  for (auto& acl :
       context.tx.List<record::NetworkAcl>(context.scope, store::Where(&record::NetworkAcl::vpc_id, vpc_id))) {
    const bool as_made =
        acl.is_default && acl.entries.size() == 2 &&
        std::all_of(acl.entries.begin(), acl.entries.end(), [](auto& entry) {
          return entry.rule_number == 100 && entry.rule_action == "allow" && entry.cidr_block == "0.0.0.0/0";
        });
    if (!as_made) continue;
    for (const bool egress : {true, false}) {
      record::NetworkAclEntry entry;
      entry.rule_number = 101;
      entry.egress = egress;
      entry.protocol = "-1";
      entry.rule_action = "allow";
      entry.ipv6_cidr_block = "::/0";
      acl.entries.push_back(entry);
    }
    context.tx.Put(context.scope, acl);
  }
}

void OpenDefaultEgress(Context& context, const std::string& vpc_id) {
  for (const auto& group :
       context.tx.List<record::SecurityGroup>(context.scope, store::Where(&record::SecurityGroup::vpc_id, vpc_id))) {
    auto rules = context.tx.List<record::SecurityGroupRule>(
        context.scope, store::Where(&record::SecurityGroupRule::group_id, group.group_id));
    std::erase_if(rules, [](const auto& rule) { return !rule.is_egress; });
    if (rules.size() != 1 || rules.front().ip_protocol != "-1" || rules.front().cidr_ipv4 != "0.0.0.0/0") continue;
    record::SecurityGroupRule rule = rules.front();
    rule.security_group_rule_id = context.ids.Ec2("sgr");
    rule.cidr_ipv4.reset();
    rule.cidr_ipv6 = "::/0";
    rule.tags.clear();
    context.tx.Put(context.scope, rule);
  }
}

std::vector<record::Subnet> SubnetsOfVpc(Context& context, const std::string& vpc_id) {
  return context.tx.List<record::Subnet>(context.scope, store::Where(&record::Subnet::vpc_id, vpc_id));
}

// A block takes its local route with it, also where the route's target was replaced.
void ForgetLocalRoute(Context& context, const std::string& vpc_id, const std::string& block) {
  for (auto& table :
       context.tx.List<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, vpc_id)))
    if (std::erase_if(table.routes, [&](const auto& route) { return DestinationOf(route) == block; }))
      context.tx.Put(context.scope, table);
}

}  // namespace

record::Ipv6CidrBlock AddIpv6Block(Context& context, record::Vpc& vpc) {
  const bool first = vpc.ipv6_cidr_blocks.empty();
  vpc.ipv6_cidr_blocks.push_back({context.ids.Ec2("vpc-cidr-assoc"), TakeIpv6Block(context, vpc.vpc_id)});
  context.tx.Put(context.scope, vpc);
  if (first) {
    OpenDefaultAcl(context, vpc.vpc_id);
    OpenDefaultEgress(context, vpc.vpc_id);
  }
  return vpc.ipv6_cidr_blocks.back();
}

void GiveBackIpv6Block(Context& context, const record::Ipv6CidrBlock& block) {
  context.tx.Erase<record::PublicAddress>(context.scope, block.ipv6_cidr_block);
}

record::Ipv6CidrBlock TakeSubnetIpv6Block(Context& context, const record::Vpc& vpc, const std::string& subnet_id,
                                          const std::string& text) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || cidr->family() != network::Family::kIpv6) throw errors::InvalidCidrBlock(text, "ipv6CidrBlock");
  const bool inside = std::any_of(vpc.ipv6_cidr_blocks.begin(), vpc.ipv6_cidr_blocks.end(),
                                  [&](const auto& block) { return Block(block.ipv6_cidr_block).Contains(*cidr); });
  // VPC User Guide, "Subnet sizing for IPv6": /44 to /64 in steps of four.
  if (!inside || cidr->prefix_length() < 44 || cidr->prefix_length() > 64 || cidr->prefix_length() % 4 != 0)
    throw errors::InvalidSubnetRange(text);
  for (const auto& other : SubnetsOfVpc(context, vpc.vpc_id))
    if (other.subnet_id != subnet_id && other.ipv6_cidr_block &&
        Block(other.ipv6_cidr_block->ipv6_cidr_block).Overlaps(*cidr))
      throw errors::SubnetConflict(text);
  return {context.ids.Ec2("subnet-cidr-assoc"), cidr->Canonical().ToString()};
}

VpcCidrBlockAssociation BlockToWire(const record::VpcCidrBlock& block, const char* state) {
  VpcCidrBlockAssociation wire;
  wire.AssociationId = block.association_id;
  wire.CidrBlock = block.cidr_block;
  wire.CidrBlockState.emplace().State = state;
  return wire;
}

VpcIpv6CidrBlockAssociation Ipv6BlockToWire(Context& context, const record::Ipv6CidrBlock& block, const char* state) {
  VpcIpv6CidrBlockAssociation wire;
  wire.AssociationId = block.association_id;
  wire.Ipv6CidrBlock = block.ipv6_cidr_block;
  wire.Ipv6CidrBlockState.emplace().State = state;
  wire.NetworkBorderGroup = context.region();
  wire.Ipv6Pool = "Amazon";
  wire.Ipv6AddressAttribute = "public";
  wire.IpSource = "amazon";
  return wire;
}

SubnetIpv6CidrBlockAssociation SubnetBlockToWire(const record::Ipv6CidrBlock& block, const char* state) {
  SubnetIpv6CidrBlockAssociation wire;
  wire.AssociationId = block.association_id;
  wire.Ipv6CidrBlock = block.ipv6_cidr_block;
  wire.Ipv6CidrBlockState.emplace().State = state;
  wire.Ipv6AddressAttribute = "public";
  wire.IpSource = "amazon";
  return wire;
}

AWS_OPERATION(ec2, AssociateVpcCidrBlock)
AWS_ACCESS("vpc/{VpcId}")
AssociateVpcCidrBlockResult AssociateVpcCidrBlock(Context& context, const AssociateVpcCidrBlockRequest& in) {
  RefuseParameters(
      in, {"Ipv6Pool", "Ipv6CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength"});
  if (in.Ipv6CidrBlockNetworkBorderGroup && *in.Ipv6CidrBlockNetworkBorderGroup != context.region())
    throw errors::InvalidValue(*in.Ipv6CidrBlockNetworkBorderGroup, "ipv6CidrBlockNetworkBorderGroup",
                               "The network border group is not valid.");
  auto vpc = Require<record::Vpc>(context, *in.VpcId);
  const bool ipv6 = in.AmazonProvidedIpv6CidrBlock.value_or(false);
  if (ipv6 && in.CidrBlock)  // text unconfirmed
    throw errors::InvalidParameterCombination("Only one of cidrBlock and amazonProvidedIpv6CidrBlock can be specified");
  if (!ipv6 && !in.CidrBlock) throw errors::MissingParameter("cidrBlock");
  AssociateVpcCidrBlockResult out;
  out.VpcId = vpc.vpc_id;
  if (ipv6) {
    if (vpc.ipv6_cidr_blocks.size() >= kMaxIpv6Blocks) throw errors::CidrLimitExceeded(vpc.vpc_id, kMaxIpv6Blocks);
    out.Ipv6CidrBlockAssociation = Ipv6BlockToWire(context, AddIpv6Block(context, vpc), "associating");
    return out;
  }
  const std::string text = TakeVpcCidr(*in.CidrBlock);
  const network::Cidr cidr = Block(text);
  RefuseRestrictedRange(vpc, cidr, *in.CidrBlock);
  RefuseConflicts(context, vpc, cidr, *in.CidrBlock);
  if (vpc.cidr_blocks.size() >= kMaxIpv4Blocks) throw errors::CidrLimitExceeded(vpc.vpc_id, kMaxIpv4Blocks);
  vpc.cidr_blocks.push_back({context.ids.Ec2("vpc-cidr-assoc"), text});
  context.tx.Put(context.scope, vpc);
  out.CidrBlockAssociation = BlockToWire(vpc.cidr_blocks.back(), "associating");
  return out;
}

AWS_OPERATION(ec2, DisassociateVpcCidrBlock)
AWS_ACCESS("vpc/{AssociationId}")
DisassociateVpcCidrBlockResult DisassociateVpcCidrBlock(Context& context, const DisassociateVpcCidrBlockRequest& in) {
  const auto named = [&](const auto& block) { return block.association_id == *in.AssociationId; };
  for (auto& vpc : context.tx.List<record::Vpc>(context.scope)) {
    DisassociateVpcCidrBlockResult out;
    out.VpcId = vpc.vpc_id;
    const auto subnets = SubnetsOfVpc(context, vpc.vpc_id);
    const auto block = std::find_if(vpc.cidr_blocks.begin(), vpc.cidr_blocks.end(), named);
    if (block != vpc.cidr_blocks.end()) {
      if (block == vpc.cidr_blocks.begin()) throw errors::PrimaryCidrStays(block->association_id);
      for (const auto& subnet : subnets)
        if (Block(block->cidr_block).Contains(Block(subnet.cidr_block)))
          throw errors::CidrBlockInUse(vpc.vpc_id, block->cidr_block);
      out.CidrBlockAssociation = BlockToWire(*block, "disassociating");
      ForgetLocalRoute(context, vpc.vpc_id, block->cidr_block);
      vpc.cidr_blocks.erase(block);
      context.tx.Put(context.scope, vpc);
      return out;
    }
    const auto ipv6 = std::find_if(vpc.ipv6_cidr_blocks.begin(), vpc.ipv6_cidr_blocks.end(), named);
    if (ipv6 == vpc.ipv6_cidr_blocks.end()) continue;
    for (const auto& subnet : subnets)
      if (subnet.ipv6_cidr_block &&
          Block(ipv6->ipv6_cidr_block).Contains(Block(subnet.ipv6_cidr_block->ipv6_cidr_block)))
        throw errors::CidrBlockInUse(vpc.vpc_id, ipv6->ipv6_cidr_block);
    out.Ipv6CidrBlockAssociation = Ipv6BlockToWire(context, *ipv6, "disassociating");
    ForgetLocalRoute(context, vpc.vpc_id, ipv6->ipv6_cidr_block);
    GiveBackIpv6Block(context, *ipv6);
    vpc.ipv6_cidr_blocks.erase(ipv6);
    context.tx.Put(context.scope, vpc);
    return out;
  }
  throw errors::VpcCidrAssociationNotFound(*in.AssociationId);
}

// AssociateSubnetCidrBlock's manual: a subnet has one IPv6 block only.
AWS_OPERATION(ec2, AssociateSubnetCidrBlock)
AWS_ACCESS("subnet/{SubnetId}")
AssociateSubnetCidrBlockResult AssociateSubnetCidrBlock(Context& context, const AssociateSubnetCidrBlockRequest& in) {
  RefuseParameters(in, {"Ipv6IpamPoolId", "Ipv6NetmaskLength"});
  auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  if (!in.Ipv6CidrBlock) throw errors::MissingParameter("ipv6CidrBlock");
  if (subnet.ipv6_cidr_block)  // text unconfirmed
    throw errors::CidrLimitExceeded(subnet.subnet_id, 1);
  const auto vpc = Require<record::Vpc>(context, subnet.vpc_id);
  subnet.ipv6_cidr_block = TakeSubnetIpv6Block(context, vpc, subnet.subnet_id, *in.Ipv6CidrBlock);
  context.tx.Put(context.scope, subnet);
  AssociateSubnetCidrBlockResult out;
  out.SubnetId = subnet.subnet_id;
  out.Ipv6CidrBlockAssociation = SubnetBlockToWire(*subnet.ipv6_cidr_block, "associating");
  return out;
}

AWS_OPERATION(ec2, DisassociateSubnetCidrBlock)
AWS_ACCESS("subnet/{AssociationId}")
DisassociateSubnetCidrBlockResult DisassociateSubnetCidrBlock(Context& context,
                                                              const DisassociateSubnetCidrBlockRequest& in) {
  for (auto& subnet : context.tx.List<record::Subnet>(context.scope)) {
    if (!subnet.ipv6_cidr_block || subnet.ipv6_cidr_block->association_id != *in.AssociationId) continue;
    for (const auto& interface : context.tx.List<record::NetworkInterface>(
             context.scope, store::Where(&record::NetworkInterface::subnet_id, subnet.subnet_id)))
      if (!interface.ipv6_addresses.empty())  // text unconfirmed
        throw ApiError("InvalidSubnet.InUse",
                       fmt::format("The IPv6 CIDR block of {} has addresses in use.", subnet.subnet_id));
    DisassociateSubnetCidrBlockResult out;
    out.SubnetId = subnet.subnet_id;
    out.Ipv6CidrBlockAssociation = SubnetBlockToWire(*subnet.ipv6_cidr_block, "disassociating");
    subnet.ipv6_cidr_block.reset();
    subnet.assign_ipv6_address_on_creation = false;
    context.tx.Put(context.scope, subnet);
    return out;
  }
  throw errors::SubnetCidrAssociationNotFound(*in.AssociationId);
}

// ModifyVpcTenancy's manual: to default only; from default, the list of EC2's errors says InvalidTenancy.
AWS_OPERATION(ec2, ModifyVpcTenancy)
AWS_ACCESS("vpc/{VpcId}")
ModifyVpcTenancyResult ModifyVpcTenancy(Context& context, const ModifyVpcTenancyRequest& in) {
  auto vpc = Require<record::Vpc>(context, *in.VpcId);
  if (vpc.instance_tenancy == "default") throw errors::InvalidTenancy(vpc.vpc_id);
  EndDryRun(in.DryRun);
  vpc.instance_tenancy = *in.InstanceTenancy;
  context.tx.Put(context.scope, vpc);
  ModifyVpcTenancyResult out;
  out.ReturnValue = true;
  return out;
}

}  // namespace drydock::ec2
