#include "handlers/ec2/subnets.h"

#include "api/ec2/CreateDefaultSubnetRequest.h"
#include "api/ec2/CreateDefaultSubnetResult.h"
#include "api/ec2/CreateSubnetRequest.h"
#include "api/ec2/CreateSubnetResult.h"
#include "api/ec2/DeleteSubnetRequest.h"
#include "api/ec2/DeleteSubnetResponse.h"
#include "api/ec2/DescribeSubnetsRequest.h"
#include "api/ec2/DescribeSubnetsResult.h"
#include "api/ec2/ModifySubnetAttributeRequest.h"
#include "api/ec2/ModifySubnetAttributeResponse.h"
#include "api/ec2/Subnet.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "emulator/network/address.h"
#include "handlers/ec2/availability_zones.h"
#include "handlers/ec2/default_vpc.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpc_cidr_blocks.h"
#include "handlers/ec2/vpcs.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxSubnets = 200;  // per VPC; VPC User Guide, "Quotas"

constexpr FilterOf<Subnet> kSubnetFilters[] = {
    {"availability-zone", &At<&Subnet::AvailabilityZone>},
    {"availabilityZone", &At<&Subnet::AvailabilityZone>},
    {"availability-zone-id", &At<&Subnet::AvailabilityZoneId>},
    {"availabilityZoneId", &At<&Subnet::AvailabilityZoneId>},
    {"available-ip-address-count", &At<&Subnet::AvailableIpAddressCount>},
    {"cidr", &At<&Subnet::CidrBlock>},
    {"cidr-block", &At<&Subnet::CidrBlock>},
    {"cidrBlock", &At<&Subnet::CidrBlock>},
    {"customer-owned-ipv4-pool", &At<&Subnet::CustomerOwnedIpv4Pool>},
    {"default-for-az", &At<&Subnet::DefaultForAz>},
    {"defaultForAz", &At<&Subnet::DefaultForAz>},
    {"enable-dns64", &At<&Subnet::EnableDns64>},
    {"enable-lni-at-device-index", &At<&Subnet::EnableLniAtDeviceIndex>},
    {"ipv6-cidr-block-association.association-id",
     &At<&Subnet::Ipv6CidrBlockAssociationSet, &SubnetIpv6CidrBlockAssociation::AssociationId>},
    {"ipv6-cidr-block-association.ipv6-cidr-block",
     &At<&Subnet::Ipv6CidrBlockAssociationSet, &SubnetIpv6CidrBlockAssociation::Ipv6CidrBlock>},
    {"ipv6-cidr-block-association.state",
     &At<&Subnet::Ipv6CidrBlockAssociationSet, &SubnetIpv6CidrBlockAssociation::Ipv6CidrBlockState,
         &SubnetCidrBlockState::State>},
    {"ipv6-native", &At<&Subnet::Ipv6Native>},
    {"map-customer-owned-ip-on-launch", &At<&Subnet::MapCustomerOwnedIpOnLaunch>},
    {"map-public-ip-on-launch", &At<&Subnet::MapPublicIpOnLaunch>},
    {"outpost-arn", &At<&Subnet::OutpostArn>},
    {"owner-id", &At<&Subnet::OwnerId>},
    {"private-dns-name-options-on-launch.hostname-type",
     &At<&Subnet::PrivateDnsNameOptionsOnLaunch, &PrivateDnsNameOptionsOnLaunch::HostnameType>},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-a-record",
     &At<&Subnet::PrivateDnsNameOptionsOnLaunch, &PrivateDnsNameOptionsOnLaunch::EnableResourceNameDnsARecord>},
    {"private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record",
     &At<&Subnet::PrivateDnsNameOptionsOnLaunch, &PrivateDnsNameOptionsOnLaunch::EnableResourceNameDnsAAAARecord>},
    {"state", &At<&Subnet::State>},
    {"subnet-arn", &At<&Subnet::SubnetArn>},
    {"subnet-id", &At<&Subnet::SubnetId>},
    {"vpc-id", &At<&Subnet::VpcId>},
};

Subnet ToWire(Context& context, const record::Subnet& subnet) {
  Subnet wire;
  wire.SubnetId = subnet.subnet_id;
  wire.SubnetArn = context.Arn("ec2", "subnet/" + subnet.subnet_id);
  wire.VpcId = subnet.vpc_id;
  wire.OwnerId = context.account();
  wire.State = "available";
  wire.CidrBlock = subnet.cidr_block;
  wire.AvailableIpAddressCount = static_cast<std::int32_t>(FreeAddressCount(context, subnet));
  wire.AvailabilityZone = subnet.availability_zone;
  wire.AvailabilityZoneId = subnet.availability_zone_id;
  wire.DefaultForAz = subnet.default_for_az;
  wire.MapPublicIpOnLaunch = subnet.map_public_ip_on_launch;
  wire.MapCustomerOwnedIpOnLaunch = false;
  wire.AssignIpv6AddressOnCreation = subnet.assign_ipv6_address_on_creation;
  wire.Ipv6CidrBlockAssociationSet.present = true;
  if (subnet.ipv6_cidr_block)
    wire.Ipv6CidrBlockAssociationSet.push_back(SubnetBlockToWire(*subnet.ipv6_cidr_block, "associated"));
  wire.EnableDns64 = subnet.enable_dns64;
  wire.Ipv6Native = false;
  auto& dns = wire.PrivateDnsNameOptionsOnLaunch.emplace();
  dns.HostnameType = subnet.private_dns_hostname_type;
  dns.EnableResourceNameDnsARecord = subnet.enable_resource_name_dns_a_record;
  dns.EnableResourceNameDnsAAAARecord = subnet.enable_resource_name_dns_aaaa_record;
  wire.Tags = TagsToWire(subnet.tags, false);
  return wire;
}

std::vector<record::Subnet> SubnetsOf(Context& context, const std::string& vpc_id) {
  return context.tx.List<record::Subnet>(context.scope, store::Where(&record::Subnet::vpc_id, vpc_id));
}

// Between /16 and /28, inside one of the VPC's blocks, overlapping no other subnet; host bits are cleared. VPC User
// Guide, "Subnet CIDR blocks".
std::string TakeSubnetCidr(const record::Vpc& vpc, const std::vector<record::Subnet>& others, const std::string& text) {
  const auto cidr = network::Cidr::Parse(text);
  if (!cidr || cidr->family() != network::Family::kIpv4) throw errors::InvalidCidrBlock(text, "cidrBlock");
  const auto contains = [&](const record::VpcCidrBlock& block) {
    return network::Cidr::Parse(block.cidr_block)->Contains(*cidr);
  };
  if (cidr->prefix_length() < 16 || cidr->prefix_length() > 28 ||
      std::none_of(vpc.cidr_blocks.begin(), vpc.cidr_blocks.end(), contains))
    throw errors::InvalidSubnetRange(text);
  for (const auto& other : others)
    if (network::Cidr::Parse(other.cidr_block)->Overlaps(*cidr)) throw errors::SubnetConflict(text);
  return cidr->Canonical().ToString();
}

template <class In>
Zone TakeZone(Context& context, const In& in) {
  const auto zones = ZonesOf(context.region());
  if (in.AvailabilityZone && in.AvailabilityZoneId)  // text unconfirmed
    throw errors::InvalidParameterCombination("availabilityZone and availabilityZoneId cannot be used together");
  if (!in.AvailabilityZone && !in.AvailabilityZoneId) return zones.front();  // AWS chooses one
  for (const Zone& zone : zones)
    if (zone.name == in.AvailabilityZone || zone.id == in.AvailabilityZoneId) return zone;

  const bool by_name = in.AvailabilityZone.has_value();
  std::vector<std::string> possible;
  for (const Zone& zone : zones) possible.push_back(by_name ? zone.name : zone.id);
  throw errors::InvalidValue(
      by_name ? *in.AvailabilityZone : *in.AvailabilityZoneId, by_name ? "availabilityZone" : "availabilityZoneId",
      "Subnets can currently only be created in the following availability zones: " + Join(possible, ", ") + ".");
}

// ModifySubnetAttribute's manual: "You can only modify one attribute at a time." The text of several as seen in the
// field, their code and the text of none unconfirmed.
void CheckOneAttribute(const std::vector<std::pair<bool, std::string>>& attributes) {
  std::vector<std::string> given;
  for (const auto& [is_given, name] : attributes)
    if (is_given) given.push_back(name);
  if (given.empty()) throw errors::MissingParameter("attribute");
  if (given.size() > 1)
    throw errors::InvalidParameterCombination(fmt::format(
        "Only one subnet attribute can be modified at a time. Provided attributes: [{}]", Join(given, ", ")));
}

}  // namespace

std::optional<record::Subnet> FindSubnet(Context& context, const std::string& subnet_id) {
  return context.tx.Get<record::Subnet>(context.scope, subnet_id);
}
record::Subnet RequireSubnet(Context& context, const std::string& subnet_id) {
  return Require<record::Subnet>(context, subnet_id);
}

record::Subnet MakeSubnet(Context& context, record::Subnet subnet) {
  subnet.subnet_id = context.ids.Ec2("subnet");
  context.tx.Put(context.scope, subnet);
  for (auto& acl :
       context.tx.List<record::NetworkAcl>(context.scope, store::Where(&record::NetworkAcl::vpc_id, subnet.vpc_id))) {
    if (!acl.is_default) continue;
    acl.associations.push_back({context.ids.Ec2("aclassoc"), subnet.subnet_id});
    context.tx.Put(context.scope, acl);
  }
  return subnet;
}

AWS_OPERATION(ec2, CreateSubnet)
AWS_ACCESS("vpc/{VpcId}", "subnet/*")
CreateSubnetResult CreateSubnet(Context& context, const CreateSubnetRequest& in) {
  RefuseParameters(
      in, {"OutpostArn", "Ipv6Native", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength"});
  if (!in.CidrBlock) throw errors::MissingParameter("cidrBlock");
  const auto vpc = Require<record::Vpc>(context, *in.VpcId);
  const auto others = SubnetsOf(context, vpc.vpc_id);
  const Zone zone = TakeZone(context, in);
  record::Subnet subnet;
  subnet.cidr_block = TakeSubnetCidr(vpc, others, *in.CidrBlock);
  if (in.Ipv6CidrBlock) subnet.ipv6_cidr_block = TakeSubnetIpv6Block(context, vpc, "", *in.Ipv6CidrBlock);
  subnet.tags = TakeTags(in.TagSpecifications, kKind<record::Subnet>);
  if (others.size() >= kMaxSubnets) throw errors::SubnetLimitExceeded();
  EndDryRun(in.DryRun);

  subnet.vpc_id = vpc.vpc_id;
  subnet.availability_zone = zone.name;
  subnet.availability_zone_id = zone.id;
  CreateSubnetResult out;
  out.Subnet = ToWire(context, MakeSubnet(context, subnet));
  return out;
}

// VPC User Guide, "Create a default subnet": one for each Availability Zone, like those that came with the default VPC.
AWS_OPERATION(ec2, CreateDefaultSubnet)
CreateDefaultSubnetResult CreateDefaultSubnet(Context& context, const CreateDefaultSubnetRequest& in) {
  RefuseParameters(in, {"Ipv6Native"});
  if (!in.AvailabilityZone && !in.AvailabilityZoneId) throw errors::MissingParameter("availabilityZone");
  const Zone zone = TakeZone(context, in);
  const auto vpc = FindDefaultVpc(context);
  if (!vpc) throw errors::DefaultVpcDoesNotExist();
  const auto others = SubnetsOf(context, vpc->vpc_id);
  for (const auto& other : others)
    if (other.default_for_az && other.availability_zone == zone.name)
      throw errors::DefaultSubnetAlreadyExists(other.subnet_id, zone.name);
  if (others.size() >= kMaxSubnets) throw errors::SubnetLimitExceeded();
  CreateDefaultSubnetResult out;
  out.Subnet = ToWire(context, MakeDefaultSubnet(context, *vpc, others, zone));
  EndDryRun(in.DryRun);
  return out;
}

AWS_OPERATION(ec2, DeleteSubnet)
AWS_ACCESS("subnet/{SubnetId}")
DeleteSubnetResponse DeleteSubnet(Context& context, const DeleteSubnetRequest& in) {
  const auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  if (context.tx.Count<record::NetworkInterface>(
          context.scope, store::Where(&record::NetworkInterface::subnet_id, subnet.subnet_id)) > 0)
    throw errors::HasDependencies("subnet", subnet.subnet_id);
  EndDryRun(in.DryRun);

  const auto of_subnet = [&](const auto& association) { return association.subnet_id == subnet.subnet_id; };
  for (auto& acl :
       context.tx.List<record::NetworkAcl>(context.scope, store::Where(&record::NetworkAcl::vpc_id, subnet.vpc_id)))
    if (std::erase_if(acl.associations, of_subnet)) context.tx.Put(context.scope, acl);
  for (auto& table :
       context.tx.List<record::RouteTable>(context.scope, store::Where(&record::RouteTable::vpc_id, subnet.vpc_id)))
    if (std::erase_if(table.associations, of_subnet)) context.tx.Put(context.scope, table);
  for (const auto& reservation : context.tx.List<record::SubnetCidrReservation>(
           context.scope, store::Where(&record::SubnetCidrReservation::subnet_id, subnet.subnet_id)))
    context.tx.Erase<record::SubnetCidrReservation>(context.scope, reservation.reservation_id);
  context.tx.Erase<record::Subnet>(context.scope, subnet.subnet_id);
  return {};
}

AWS_OPERATION(ec2, DescribeSubnets)
DescribeSubnetsResult DescribeSubnets(Context& context, const DescribeSubnetsRequest& in) {
  RefuseIdsWithPages("subnetIds", !in.SubnetIds.empty(), in.MaxResults);
  std::vector<Subnet> subnets;
  for (const auto& subnet : Select<record::Subnet>(context, in.SubnetIds)) subnets.push_back(ToWire(context, subnet));
  KeepMatching(subnets, in.Filters, kSubnetFilters);
  EndDryRun(in.DryRun);

  DescribeSubnetsResult out;
  out.Subnets = PageOf(context, "DescribeSubnets", in, std::move(subnets), out.NextToken,
                       [](const Subnet& subnet) { return *subnet.SubnetId; });
  return out;
}

AWS_OPERATION(ec2, ModifySubnetAttribute)
AWS_ACCESS("subnet/{SubnetId}")
ModifySubnetAttributeResponse ModifySubnetAttribute(Context& context, const ModifySubnetAttributeRequest& in) {
  RefuseParameters(
      in, {"MapCustomerOwnedIpOnLaunch", "CustomerOwnedIpv4Pool", "EnableLniAtDeviceIndex", "DisableLniAtDeviceIndex"});
  auto subnet = Require<record::Subnet>(context, *in.SubnetId);
  const auto given = [](const auto& attribute) { return attribute && attribute->Value; };
  CheckOneAttribute({{given(in.AssignIpv6AddressOnCreation), "assignIpv6AddressOnCreation"},
                     {given(in.EnableDns64), "enableDns64"},
                     {given(in.EnableResourceNameDnsAAAARecordOnLaunch), "enableResourceNameDnsAAAARecordOnLaunch"},
                     {given(in.EnableResourceNameDnsARecordOnLaunch), "enableResourceNameDnsARecordOnLaunch"},
                     {given(in.MapPublicIpOnLaunch), "mapPublicIpOnLaunch"},
                     {in.PrivateDnsHostnameTypeOnLaunch.has_value(), "privateDnsHostnameTypeOnLaunch"}});
  if (given(in.MapPublicIpOnLaunch)) subnet.map_public_ip_on_launch = *in.MapPublicIpOnLaunch->Value;
  if (given(in.AssignIpv6AddressOnCreation)) {
    if (*in.AssignIpv6AddressOnCreation->Value && !subnet.ipv6_cidr_block) throw errors::NoIpv6Block(subnet.subnet_id);
    subnet.assign_ipv6_address_on_creation = *in.AssignIpv6AddressOnCreation->Value;
  }
  if (given(in.EnableDns64)) {
    if (*in.EnableDns64->Value && !subnet.ipv6_cidr_block) throw errors::NoIpv6Block(subnet.subnet_id);
    subnet.enable_dns64 = *in.EnableDns64->Value;
  }
  if (in.PrivateDnsHostnameTypeOnLaunch) subnet.private_dns_hostname_type = *in.PrivateDnsHostnameTypeOnLaunch;
  if (given(in.EnableResourceNameDnsARecordOnLaunch))
    subnet.enable_resource_name_dns_a_record = *in.EnableResourceNameDnsARecordOnLaunch->Value;
  if (given(in.EnableResourceNameDnsAAAARecordOnLaunch))
    subnet.enable_resource_name_dns_aaaa_record = *in.EnableResourceNameDnsAAAARecordOnLaunch->Value;
  context.tx.Put(context.scope, subnet);
  return {};
}

}  // namespace drydock::ec2
