#include "handlers/ec2/vpcs.h"

#include "api/ec2/CreateDefaultVpcRequest.h"
#include "api/ec2/CreateDefaultVpcResult.h"
#include "api/ec2/CreateVpcRequest.h"
#include "api/ec2/CreateVpcResult.h"
#include "api/ec2/DeleteVpcRequest.h"
#include "api/ec2/DeleteVpcResponse.h"
#include "api/ec2/DescribeVpcAttributeRequest.h"
#include "api/ec2/DescribeVpcAttributeResult.h"
#include "api/ec2/DescribeVpcsRequest.h"
#include "api/ec2/DescribeVpcsResult.h"
#include "api/ec2/ModifyVpcAttributeRequest.h"
#include "api/ec2/ModifyVpcAttributeResponse.h"
#include "api/ec2/Vpc.h"
#include "emulator/api/operation.h"
#include "emulator/network/address.h"
#include "handlers/ec2/default_vpc.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpc_cidr_blocks.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxVpcs = 5;  // per region; VPC User Guide, "Quotas"

constexpr FilterOf<Vpc> kVpcFilters[] = {
    {"cidr", &At<&Vpc::CidrBlock>},
    {"cidr-block", &At<&Vpc::CidrBlock>},
    {"cidrBlock", &At<&Vpc::CidrBlock>},
    {"cidr-block-association.association-id",
     &At<&Vpc::CidrBlockAssociationSet, &VpcCidrBlockAssociation::AssociationId>},
    {"cidr-block-association.cidr-block", &At<&Vpc::CidrBlockAssociationSet, &VpcCidrBlockAssociation::CidrBlock>},
    {"cidr-block-association.state",
     &At<&Vpc::CidrBlockAssociationSet, &VpcCidrBlockAssociation::CidrBlockState, &VpcCidrBlockState::State>},
    {"dhcp-options-id", &At<&Vpc::DhcpOptionsId>},
    {"ipv6-cidr-block-association.association-id",
     &At<&Vpc::Ipv6CidrBlockAssociationSet, &VpcIpv6CidrBlockAssociation::AssociationId>},
    {"ipv6-cidr-block-association.ipv6-cidr-block",
     &At<&Vpc::Ipv6CidrBlockAssociationSet, &VpcIpv6CidrBlockAssociation::Ipv6CidrBlock>},
    {"ipv6-cidr-block-association.ipv6-pool",
     &At<&Vpc::Ipv6CidrBlockAssociationSet, &VpcIpv6CidrBlockAssociation::Ipv6Pool>},
    {"ipv6-cidr-block-association.state",
     &At<&Vpc::Ipv6CidrBlockAssociationSet, &VpcIpv6CidrBlockAssociation::Ipv6CidrBlockState,
         &VpcCidrBlockState::State>},
    {"is-default", &At<&Vpc::IsDefault>},
    {"isDefault", &At<&Vpc::IsDefault>},
    {"owner-id", &At<&Vpc::OwnerId>},
    {"state", &At<&Vpc::State>},
    {"vpc-id", &At<&Vpc::VpcId>},
};

Vpc ToWire(Context& context, const record::Vpc& vpc, const char* state) {
  Vpc wire;
  wire.VpcId = vpc.vpc_id;
  wire.OwnerId = context.account();
  wire.State = state;
  wire.CidrBlock = vpc.cidr_blocks.front().cidr_block;
  for (const auto& block : vpc.cidr_blocks) wire.CidrBlockAssociationSet.push_back(BlockToWire(block, "associated"));
  for (const auto& block : vpc.ipv6_cidr_blocks)
    wire.Ipv6CidrBlockAssociationSet.push_back(Ipv6BlockToWire(context, block, "associated"));
  wire.DhcpOptionsId = vpc.dhcp_options_id;
  wire.InstanceTenancy = vpc.instance_tenancy;
  wire.IsDefault = vpc.is_default;
  wire.Tags = TagsToWire(vpc.tags, false);
  return wire;
}

}  // namespace

std::string TakeVpcCidr(const std::string& text) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || cidr->family() != network::Family::kIpv4) throw errors::InvalidCidrBlock(text, "cidrBlock");
  if (cidr->prefix_length() < 16 || cidr->prefix_length() > 28) throw errors::InvalidVpcRange(text);
  for (const char* reserved : {"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"})
    if (network::Cidr::Parse(reserved)->Overlaps(*cidr)) throw errors::InvalidVpcRange(text);
  return cidr->Canonical().ToString();
}

namespace {

// What must be gone before a VPC can be; what AWS made with it goes with it. VPC User Guide, "Delete your VPC".
bool HasDependents(Context& context, const record::Vpc& vpc) {
  const auto& id = vpc.vpc_id;
  const auto count = [&]<class Record>(std::string Record::*member) {
    return context.tx.Count<Record>(context.scope, store::Where(member, id));
  };
  if (count(&record::Subnet::vpc_id) || count(&record::NetworkInterface::vpc_id)) return true;
  if (count(&record::SecurityGroup::vpc_id) > 1 || count(&record::RouteTable::vpc_id) > 1) return true;
  if (count(&record::NetworkAcl::vpc_id) > 1) return true;
  if (count(&record::VpcEndpoint::vpc_id) || count(&record::EgressOnlyInternetGateway::vpc_id)) return true;
  for (const auto& connection : PeeringsOfVpc(context, id))
    if (connection.status == "active" || connection.status == "pending-acceptance") return true;
  if (count(&record::SecurityGroupVpcAssociation::vpc_id)) return true;
  return context.tx.Count<record::InternetGateway>(context.scope, store::Where(&record::InternetGateway::vpc_id, id)) >
         0;
}

void EraseVpc(Context& context, const record::Vpc& vpc) {
  for (const auto& group :
       context.tx.List<record::SecurityGroup>(context.scope, store::Where(&record::SecurityGroup::vpc_id, vpc.vpc_id)))
    EraseSecurityGroup(context, group.group_id);
  for (const auto& table :
       context.tx.List<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, vpc.vpc_id)))
    context.tx.Erase<record::RouteTable>(context.scope, table.route_table_id);
  for (const auto& acl :
       context.tx.List<record::NetworkAcl>(context.scope, store::Where(&record::NetworkAcl::vpc_id, vpc.vpc_id)))
    context.tx.Erase<record::NetworkAcl>(context.scope, acl.network_acl_id);
  for (const auto& block : vpc.ipv6_cidr_blocks) GiveBackIpv6Block(context, block);
  context.tx.Erase<record::Vpc>(context.scope, vpc.vpc_id);
}

record::NetworkAcl DefaultNetworkAcl(Context& context, const std::string& vpc_id) {
  record::NetworkAcl acl;
  acl.network_acl_id = context.ids.Ec2("acl");
  acl.vpc_id = vpc_id;
  acl.is_default = true;
  for (const bool egress : {true, false}) {
    record::NetworkAclEntry allow_all;
    allow_all.rule_number = 100;
    allow_all.egress = egress;
    allow_all.protocol = "-1";
    allow_all.rule_action = "allow";
    allow_all.cidr_block = "0.0.0.0/0";
    acl.entries.push_back(allow_all);
  }
  return acl;
}

}  // namespace

std::optional<record::Vpc> FindVpc(Context& context, const std::string& vpc_id) {
  return context.tx.Get<record::Vpc>(context.scope, vpc_id);
}
std::optional<record::Vpc> FindDefaultVpc(Context& context) {
  auto found = context.tx.List<record::Vpc>(context.scope, store::Where(&record::Vpc::is_default, true));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}
record::Vpc RequireVpc(Context& context, const std::string& vpc_id) {
  return Require<record::Vpc>(context, vpc_id);
}

record::Vpc MakeVpc(Context& context, const std::string& cidr_block, const std::string& tenancy, bool is_default,
                    const record::Tags& tags) {
  record::Vpc vpc;
  vpc.vpc_id = context.ids.Ec2("vpc");
  vpc.cidr_blocks = {{context.ids.Ec2("vpc-cidr-assoc"), cidr_block}};
  vpc.is_default = is_default;
  vpc.instance_tenancy = tenancy;
  vpc.dhcp_options_id = DefaultDhcpOptionsId(context);
  vpc.enable_dns_hostnames = is_default;
  vpc.tags = tags;
  context.tx.Put(context.scope, vpc);

  record::RouteTable main;
  main.route_table_id = context.ids.Ec2("rtb");
  main.vpc_id = vpc.vpc_id;
  main.associations = {{context.ids.Ec2("rtbassoc"), std::nullopt, true}};
  context.tx.Put(context.scope, main);
  context.tx.Put(context.scope, DefaultNetworkAcl(context, vpc.vpc_id));
  MakeSecurityGroup(context, vpc.vpc_id, "default", "default VPC security group", {});
  return vpc;
}

AWS_OPERATION(ec2, CreateVpc)
AWS_ACCESS("vpc/*")
CreateVpcResult CreateVpc(Context& context, const CreateVpcRequest& in) {
  RefuseParameters(in, {"Ipv6Pool", "Ipv6CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId",
                        "Ipv6NetmaskLength", "VpcEncryptionControl"});
  if (in.Ipv6CidrBlockNetworkBorderGroup && *in.Ipv6CidrBlockNetworkBorderGroup != context.region())
    throw errors::InvalidValue(*in.Ipv6CidrBlockNetworkBorderGroup, "ipv6CidrBlockNetworkBorderGroup",
                               "The network border group is not valid.");
  if (!in.CidrBlock) throw errors::NoVpcCidr();
  const std::string cidr = TakeVpcCidr(*in.CidrBlock);
  const std::string tenancy = in.InstanceTenancy.value_or("default");
  if (tenancy == "host")  // CreateVpc's manual: "The host value cannot be used with this parameter."
    throw errors::InvalidValue(tenancy, "instanceTenancy", "Use default or dedicated.");
  const auto tags = TakeTags(in.TagSpecifications, kKind<record::Vpc>);
  if (context.tx.Count<record::Vpc>(context.scope) >= kMaxVpcs) throw errors::VpcLimitExceeded();
  EndDryRun(in.DryRun);

  CreateVpcResult out;
  auto vpc = MakeVpc(context, cidr, tenancy, false, tags);
  if (in.AmazonProvidedIpv6CidrBlock.value_or(false)) AddIpv6Block(context, vpc);
  out.Vpc = ToWire(context, vpc, "pending");
  out.Vpc->Ipv6CidrBlockAssociationSet.present = true;
  return out;
}

AWS_OPERATION(ec2, CreateDefaultVpc)
AWS_ACCESS("vpc/*")
CreateDefaultVpcResult CreateDefaultVpc(Context& context, const CreateDefaultVpcRequest& in) {
  if (FindDefaultVpc(context)) throw errors::DefaultVpcAlreadyExists();
  if (context.tx.Count<record::Vpc>(context.scope) >= kMaxVpcs) throw errors::VpcLimitExceeded();
  EndDryRun(in.DryRun);

  CreateDefaultVpcResult out;
  out.Vpc = ToWire(context, MakeDefaultVpc(context), "pending");
  return out;
}

AWS_OPERATION(ec2, DeleteVpc)
AWS_ACCESS("vpc/{VpcId}")
DeleteVpcResponse DeleteVpc(Context& context, const DeleteVpcRequest& in) {
  const auto vpc = Require<record::Vpc>(context, *in.VpcId);
  if (HasDependents(context, vpc)) throw errors::HasDependencies("vpc", vpc.vpc_id);
  EndDryRun(in.DryRun);
  EraseVpc(context, vpc);
  return {};
}

AWS_OPERATION(ec2, DescribeVpcs)
DescribeVpcsResult DescribeVpcs(Context& context, const DescribeVpcsRequest& in) {
  RefuseIdsWithPages("vpcIds", !in.VpcIds.empty(), in.MaxResults);
  std::vector<Vpc> vpcs;
  for (const auto& vpc : Select<record::Vpc>(context, in.VpcIds)) vpcs.push_back(ToWire(context, vpc, "available"));
  KeepMatching(vpcs, in.Filters, kVpcFilters);
  EndDryRun(in.DryRun);

  DescribeVpcsResult out;
  out.Vpcs =
      PageOf(context, "DescribeVpcs", in, std::move(vpcs), out.NextToken, [](const Vpc& vpc) { return *vpc.VpcId; });
  return out;
}

AWS_OPERATION(ec2, ModifyVpcAttribute)
AWS_ACCESS("vpc/{VpcId}")
ModifyVpcAttributeResponse ModifyVpcAttribute(Context& context, const ModifyVpcAttributeRequest& in) {
  auto vpc = Require<record::Vpc>(context, *in.VpcId);
  const auto given = [](const auto& attribute) { return attribute && attribute->Value ? 1 : 0; };
  const int count =
      given(in.EnableDnsSupport) + given(in.EnableDnsHostnames) + given(in.EnableNetworkAddressUsageMetrics);
  if (count == 0) throw errors::MissingParameter("attribute");  // text unconfirmed
  if (count > 1) throw errors::InvalidParameterCombination("Fields for multiple attribute types specified");

  if (given(in.EnableDnsSupport)) vpc.enable_dns_support = *in.EnableDnsSupport->Value;
  if (given(in.EnableDnsHostnames)) vpc.enable_dns_hostnames = *in.EnableDnsHostnames->Value;
  if (given(in.EnableNetworkAddressUsageMetrics))
    vpc.enable_network_address_usage_metrics = *in.EnableNetworkAddressUsageMetrics->Value;
  // ModifyVpcAttribute's manual: hostnames can be enabled only when DNS support is. Text unconfirmed.
  if (given(in.EnableDnsHostnames) && vpc.enable_dns_hostnames && !vpc.enable_dns_support)
    throw errors::InvalidParameterCombination("DNS hostnames need DNS support: enableDnsSupport is false");
  context.tx.Put(context.scope, vpc);
  return {};
}

AWS_OPERATION(ec2, DescribeVpcAttribute)
AWS_ACCESS("vpc/{VpcId}")
DescribeVpcAttributeResult DescribeVpcAttribute(Context& context, const DescribeVpcAttributeRequest& in) {
  const auto vpc = Require<record::Vpc>(context, *in.VpcId);
  EndDryRun(in.DryRun);

  DescribeVpcAttributeResult out;
  out.VpcId = vpc.vpc_id;
  if (in.Attribute == "enableDnsSupport") out.EnableDnsSupport.emplace().Value = vpc.enable_dns_support;
  if (in.Attribute == "enableDnsHostnames") out.EnableDnsHostnames.emplace().Value = vpc.enable_dns_hostnames;
  if (in.Attribute == "enableNetworkAddressUsageMetrics")
    out.EnableNetworkAddressUsageMetrics.emplace().Value = vpc.enable_network_address_usage_metrics;
  return out;
}

}  // namespace drydock::ec2
