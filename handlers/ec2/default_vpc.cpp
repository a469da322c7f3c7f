#include "handlers/ec2/default_vpc.h"

#include "emulator/network/address.h"
#include "handlers/ec2/errors.h"
#include "handlers/ec2/resources.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ec2/vpcs.h"

namespace drydock::ec2 {

namespace {

constexpr char kDefaultCidr[] = "172.31.0.0/16";
constexpr int kDefaultSubnetPrefix = 20;

record::DhcpOptions MakeDefaultDhcpOptions(Context& context) {
  record::DhcpOptions options;
  options.dhcp_options_id = context.ids.Ec2("dopt");
  options.configurations = {
      {"domain-name", {context.region() == "us-east-1" ? "ec2.internal" : context.region() + ".compute.internal"}},
      {"domain-name-servers", {"AmazonProvidedDNS"}},
  };
  context.tx.Put(context.scope, options);
  return options;
}

}  // namespace

std::string DefaultDhcpOptionsId(Context& context) {
  auto defaults = context.tx.Get<record::RegionDefaults>(context.scope, std::string("defaults"));
  // The default set can be deleted like any other; the next VPC gets a new one.
  if (defaults && context.tx.Get<record::DhcpOptions>(context.scope, defaults->dhcp_options_id))
    return defaults->dhcp_options_id;
  record::RegionDefaults made = defaults.value_or(record::RegionDefaults());
  made.dhcp_options_id = MakeDefaultDhcpOptions(context).dhcp_options_id;
  context.tx.Put(context.scope, made);
  return made.dhcp_options_id;
}

record::Subnet MakeDefaultSubnet(Context& context, const record::Vpc& vpc, const std::vector<record::Subnet>& others,
                                 const Zone& zone) {
  std::vector<network::Cidr> taken;
  for (const auto& other : others) taken.push_back(*network::Cidr::Parse(other.cidr_block));
  const auto within = *network::Cidr::Parse(vpc.cidr_blocks.front().cidr_block);
  const auto block = network::FirstFreeBlock(within, kDefaultSubnetPrefix, taken);
  if (!block) throw errors::SubnetConflict(within.ToString());
  record::Subnet subnet;
  subnet.vpc_id = vpc.vpc_id;
  subnet.cidr_block = block->ToString();
  subnet.availability_zone = zone.name;
  subnet.availability_zone_id = zone.id;
  subnet.default_for_az = true;
  subnet.map_public_ip_on_launch = true;
  return MakeSubnet(context, subnet);
}

record::Vpc MakeDefaultVpc(Context& context) {
  const record::Vpc vpc = MakeVpc(context, kDefaultCidr, "default", true, {});

  record::InternetGateway gateway;
  gateway.internet_gateway_id = context.ids.Ec2("igw");
  gateway.vpc_id = vpc.vpc_id;
  context.tx.Put(context.scope, gateway);

  auto main =
      context.tx.List<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, vpc.vpc_id)).front();
  record::Route to_internet;
  to_internet.destination_cidr_block = "0.0.0.0/0";
  to_internet.gateway_id = gateway.internet_gateway_id;
  main.routes.push_back(to_internet);
  context.tx.Put(context.scope, main);

  std::vector<record::Subnet> subnets;
  for (const Zone& zone : ZonesOf(context.region())) subnets.push_back(MakeDefaultSubnet(context, vpc, subnets, zone));
  return vpc;
}

bool HasDefaults(Context& context) {
  const auto defaults = context.tx.Get<record::RegionDefaults>(context.scope, std::string("defaults"));
  return defaults && defaults->default_vpc_made;
}

void EnsureDefaultVpc(Context& context) {
  if (HasDefaults(context)) return;
  if (!FindDefaultVpc(context)) MakeDefaultVpc(context);
  record::RegionDefaults defaults;
  defaults.dhcp_options_id = DefaultDhcpOptionsId(context);
  defaults.default_vpc_made = true;
  context.tx.Put(context.scope, defaults);
}

}  // namespace drydock::ec2
