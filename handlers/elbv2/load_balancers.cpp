// Load balancers. API Reference; Application Load Balancer guide, "Create an Application Load Balancer".
#include <algorithm>

#include "api/elbv2/CreateLoadBalancerInput.h"
#include "api/elbv2/CreateLoadBalancerOutput.h"
#include "api/elbv2/DeleteLoadBalancerInput.h"
#include "api/elbv2/DeleteLoadBalancerOutput.h"
#include "api/elbv2/DescribeLoadBalancersInput.h"
#include "api/elbv2/DescribeLoadBalancersOutput.h"
#include "api/elbv2/SetIpAddressTypeInput.h"
#include "api/elbv2/SetIpAddressTypeOutput.h"
#include "api/elbv2/SetSecurityGroupsInput.h"
#include "api/elbv2/SetSecurityGroupsOutput.h"
#include "api/elbv2/SetSubnetsInput.h"
#include "api/elbv2/SetSubnetsOutput.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/elbv2/attributes.h"
#include "handlers/elbv2/lookup.h"
#include "handlers/elbv2/names.h"
#include "handlers/elbv2/placement.h"
#include "handlers/elbv2/tags.h"
#include "handlers/elbv2/timers.h"
#include "store/access_log_lines.h"
#include "store/records/ec2/elastic_address.h"
#include "store/records/elbv2/target.h"
#include "store/timers.h"

namespace drydock::elbv2 {

namespace {

// Quotas, for each type.
std::size_t LoadBalancersPerRegion(const std::string& type) {
  return type == "gateway" ? 100 : 50;
}

// Hosted zones of Application Load Balancers' names. aws-facts E.2; AWS General Reference, "Elastic Load Balancing
// endpoints and quotas". Other regions answer without.
std::optional<std::string> HostedZone(const std::string& region) {
  static const std::map<std::string, std::string> kZones = {
      {"us-east-1", "Z35SXDOTRQ7X7K"},      {"us-east-2", "Z3AADJGX6KTTL2"},      {"us-west-1", "Z368ELLRRE2KJ0"},
      {"us-west-2", "Z1H1FL5HABSF5"},       {"ca-central-1", "ZQSVJUPU6J1EY"},    {"eu-west-1", "Z32O12XQLNTSW2"},
      {"eu-west-2", "ZHURV8PSTC4K8"},       {"eu-west-3", "Z3Q77PNBQS71R4"},      {"eu-central-1", "Z215JYRZR1TBD5"},
      {"eu-north-1", "Z23TAZ6LKFMNIO"},     {"ap-south-1", "ZP97RAFLXTNZK"},      {"ap-southeast-1", "Z1LMS91P8CMLE5"},
      {"ap-southeast-2", "Z1GM3OXH4ZPM65"}, {"ap-northeast-1", "Z14GRHDCWA56QT"}, {"ap-northeast-2", "ZWKZPGTI48KDX"},
      {"ap-northeast-3", "Z5LXEXXYW11ES"},  {"sa-east-1", "Z2P70J7HTTTPLU"}};
  const auto found = kZones.find(region);
  return found == kZones.end() ? std::nullopt : std::optional(found->second);
}

List<AvailabilityZone> Zones(const Context& context, const records::elbv2::LoadBalancer& record) {
  List<AvailabilityZone> zones;
  for (const auto& zone : record.zones) {
    AvailabilityZone& out = zones.emplace_back();
    out.ZoneName = zone.zone_name;
    out.SubnetId = zone.subnet_id;
    out.LoadBalancerAddresses.present = true;  // of addresses that were asked for
    if (zone.allocation_id.empty() && zone.private_address.empty()) continue;
    LoadBalancerAddress& address = out.LoadBalancerAddresses.emplace_back();
    if (!zone.private_address.empty()) address.PrivateIPv4Address = zone.private_address;
    if (zone.allocation_id.empty()) continue;
    address.AllocationId = zone.allocation_id;
    if (const auto elastic = context.tx.Get<records::ec2::ElasticAddress>(context.scope, zone.allocation_id))
      address.IpAddress = elastic->public_ip;
  }
  return zones;
}

LoadBalancer Render(const Context& context, const records::elbv2::LoadBalancer& record) {
  LoadBalancer out;
  out.LoadBalancerArn = record.arn;
  if (record.type != "gateway") {
    out.DNSName = record.dns_name;
    out.CanonicalHostedZoneId = HostedZone(context.region());
    out.Scheme = record.scheme;
  }
  out.CreatedTime = record.created;
  out.LoadBalancerName = record.name;
  out.VpcId = record.vpc_id;
  out.State.emplace().Code = record.state;
  out.Type = record.type;
  out.AvailabilityZones = Zones(context, record);
  if (record.type == "application" || !record.security_groups.empty())
    out.SecurityGroups = List<std::string>(record.security_groups);
  out.IpAddressType = record.ip_address_type;
  return out;
}

void CheckName(const std::string& name) {
  CheckResourceName("The load balancer name", name);
  if (name.starts_with("internal-"))  // unconfirmed wording
    throw errors::Validation(fmt::format("The load balancer name '{}' cannot begin with 'internal-'", name));
}

// No subnet here has an IPv6 block, so AWS would refuse the other types. The wording is unconfirmed.
void CheckIpAddressType(const std::string& type) {
  if (type != "ipv4")
    throw errors::Validation(
        fmt::format("You must specify subnets with an associated IPv6 CIDR block for the IP address type '{}'", type));
}

std::optional<records::elbv2::LoadBalancer> FindLoadBalancerNamed(Context& context, const std::string& name) {
  auto found = context.tx.List<records::elbv2::LoadBalancer>(context.scope,
                                                             store::Where(&records::elbv2::LoadBalancer::name, name));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

bool SamePlaces(const records::elbv2::LoadBalancer& record, const std::vector<Place>& places) {
  return record.zones.size() == places.size() && std::all_of(places.begin(), places.end(), [&](const Place& place) {
           return std::any_of(record.zones.begin(), record.zones.end(), [&](const auto& zone) {
             return zone.subnet_id == place.subnet.subnet_id &&
                    zone.allocation_id == place.allocation_id.value_or("") &&
                    zone.private_address == place.private_address.value_or("");
           });
         });
}

std::vector<std::string> Sorted(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  return values;
}

records::elbv2::LoadBalancer MakeRecord(Context& context, const std::string& name, const std::string& type,
                                        const std::string& scheme) {
  records::elbv2::LoadBalancer record;
  record.name = name;
  record.type = type;
  record.scheme = scheme;
  record.state = "provisioning";
  record.ip_address_type = "ipv4";
  record.created = context.now;
  record.arn = context.Arn("elasticloadbalancing",
                           fmt::format("loadbalancer/{}/{}/{}", ShortType(type), name, context.ids.Hex(16)));
  if (type == "gateway") return record;
  record.dns_name = fmt::format("{}{}-{}{}.{}.elb.localhost", scheme == "internal" ? "internal-" : "", name,
                                context.ids.Random("123456789", 1), context.ids.Digits(9), context.region());
  return record;
}

void RefuseUnsupported(const CreateLoadBalancerInput& in) {
  if (in.CustomerOwnedIpv4Pool) throw errors::NotImplemented("Customer-owned address pools");
  if (in.IpamPools && in.IpamPools->Ipv4IpamPoolId) throw errors::NotImplemented("IPAM pools");
  if (in.EnablePrefixForIpv6SourceNat == "on") throw errors::NotImplemented("IPv6 source NAT prefixes");
}

// API Reference, CreateLoadBalancer; the wording is unconfirmed.
void CheckGateway(const CreateLoadBalancerInput& in) {
  if (in.Scheme) throw errors::Validation("A scheme cannot be specified for load balancers with type 'gateway'");
  if (!in.SecurityGroups.empty())
    throw errors::Validation("Security groups cannot be specified for load balancers with type 'gateway'");
}

// The addresses of a zone that is enabled stay; the wording is unconfirmed.
void CheckAddressesStay(const records::elbv2::LoadBalancer& record, const std::vector<Place>& places) {
  for (const Place& place : places)
    for (const auto& zone : record.zones)
      if (zone.subnet_id == place.subnet.subnet_id &&
          (place.allocation_id.value_or(zone.allocation_id) != zone.allocation_id ||
           place.private_address.value_or(zone.private_address) != zone.private_address))
        throw errors::InvalidConfiguration(
            fmt::format("You can't change the IP addresses of the enabled subnet '{}'", zone.subnet_id));
}

// API Reference, DeleteLoadBalancer: not while it is a target.
bool IsTarget(Context& context, const std::string& load_balancer_arn) {
  const auto targets = context.tx.List<records::elbv2::Target>(context.scope);
  return std::any_of(targets.begin(), targets.end(),
                     [&](const auto& target) { return target.id == load_balancer_arn; });
}

}  // namespace

AWS_OPERATION(elbv2, CreateLoadBalancer)
AWS_ACCESS("loadbalancer/{Type|application}/{Name}",
           "Tags? elasticloadbalancing:AddTags loadbalancer/{Type|application}/{Name}",
           "elasticloadbalancing:Scheme={Scheme|internet-facing}",
           "elasticloadbalancing:SecurityGroup={SecurityGroups}", "elasticloadbalancing:Subnet={Subnets}")
CreateLoadBalancerOutput CreateLoadBalancer(Context& context, const CreateLoadBalancerInput& in) {
  CheckName(*in.Name);
  RefuseUnsupported(in);
  const std::string type = in.Type.value_or("application");
  if (type == "gateway") CheckGateway(in);
  const std::string scheme = type == "gateway" ? "" : in.Scheme.value_or("internet-facing");
  CheckIpAddressType(in.IpAddressType.value_or("ipv4"));
  const auto existing = FindLoadBalancerNamed(context, *in.Name);
  const auto places = ChoosePlaces(context, type, scheme, in.Subnets, in.SubnetMappings,
                                   existing ? existing->zones : std::vector<records::elbv2::LoadBalancerZone>());
  const std::string& vpc_id = places.front().subnet.vpc_id;
  const auto groups = ChooseGroups(context, type, vpc_id, in.SecurityGroups);
  const auto tags = TagsOf(in.Tags);

  CreateLoadBalancerOutput out;
  if (existing) {
    if (existing->type != type || existing->scheme != scheme || !SamePlaces(*existing, places) ||
        Sorted(existing->security_groups) != Sorted(groups))
      throw errors::DuplicateLoadBalancerName(*in.Name);
    out.LoadBalancers.push_back(Render(context, *existing));
    return out;
  }
  std::size_t count = 0;
  for (const records::elbv2::LoadBalancer& other : context.tx.List<records::elbv2::LoadBalancer>(context.scope))
    count += other.type == type;
  if (count >= LoadBalancersPerRegion(type)) throw errors::TooManyLoadBalancers();

  records::elbv2::LoadBalancer record = MakeRecord(context, *in.Name, type, scheme);
  record.vpc_id = vpc_id;
  record.security_groups = groups;
  record.tags = tags;
  Occupy(context, record, places);
  context.tx.Put(context.scope, record);
  SetActivationTimer(context, record.arn);
  out.LoadBalancers.push_back(Render(context, record));
  return out;
}

AWS_OPERATION(elbv2, DescribeLoadBalancers)
DescribeLoadBalancersOutput DescribeLoadBalancers(Context& context, const DescribeLoadBalancersInput& in) {
  if (!in.LoadBalancerArns.empty() && !in.Names.empty())  // unconfirmed wording
    throw errors::Validation("Load balancer names and load balancer ARNs cannot be specified at the same time");
  if (in.LoadBalancerArns.size() > 20 || in.Names.size() > 20)  // unconfirmed wording
    throw errors::Validation("You can specify up to 20 load balancers in a single call");
  std::vector<records::elbv2::LoadBalancer> records;
  std::vector<std::string> missing;
  for (const std::string& name : in.Names) {
    if (auto found = FindLoadBalancerNamed(context, name))
      records.push_back(std::move(*found));
    else
      missing.push_back(name);
  }
  if (!missing.empty()) throw errors::LoadBalancerNamesNotFound(Join(missing, ", "));
  for (const std::string& arn : in.LoadBalancerArns) {
    CheckArn(context, arn, ResourceKind::kLoadBalancer);
    auto found = context.tx.Get<records::elbv2::LoadBalancer>(context.scope, arn);
    if (!found) throw errors::LoadBalancersNotFound();
    records.push_back(std::move(*found));
  }
  if (in.Names.empty() && in.LoadBalancerArns.empty())
    records = context.tx.List<records::elbv2::LoadBalancer>(context.scope);
  const auto page = TakeMarkedPage(context, "DescribeLoadBalancers", std::move(records), in.Marker, in.PageSize,
                                   [](const records::elbv2::LoadBalancer& record) { return record.arn; });
  DescribeLoadBalancersOutput out;
  for (const records::elbv2::LoadBalancer& record : page.items) out.LoadBalancers.push_back(Render(context, record));
  out.NextMarker = page.next_token;
  return out;
}

// Deleting one that does not exist succeeds: API Reference, DeleteLoadBalancer.
AWS_OPERATION(elbv2, DeleteLoadBalancer)
AWS_ACCESS("{LoadBalancerArn}")
DeleteLoadBalancerOutput DeleteLoadBalancer(Context& context, const DeleteLoadBalancerInput& in) {
  CheckArn(context, *in.LoadBalancerArn, ResourceKind::kLoadBalancer);
  const auto record = context.tx.Get<records::elbv2::LoadBalancer>(context.scope, *in.LoadBalancerArn);
  if (!record) return {};
  if (AttributeOf(*record, "deletion_protection.enabled") == "true") throw errors::DeletionProtected(record->arn);
  if (record->type == "application" && IsTarget(context, record->arn)) throw errors::LoadBalancerIsTarget(record->arn);
  using records::elbv2::Listener;
  using records::elbv2::Rule;
  for (const auto& rule : context.tx.List<Rule>(context.scope, store::Where(&Rule::load_balancer_arn, record->arn)))
    context.tx.Erase<Rule>(context.scope, rule.arn);
  for (const auto& listener :
       context.tx.List<Listener>(context.scope, store::Where(&Listener::load_balancer_arn, record->arn)))
    context.tx.Erase<Listener>(context.scope, listener.arn);
  Vacate(context, *record);
  store::AccessLogLines(context.tx).Erase(record->arn);
  CancelActivationTimer(context, record->arn);
  context.tx.Erase<records::elbv2::LoadBalancer>(context.scope, record->arn);
  return {};
}

AWS_OPERATION(elbv2, SetSecurityGroups)
AWS_ACCESS("{LoadBalancerArn}", "elasticloadbalancing:SecurityGroup={SecurityGroups}")
SetSecurityGroupsOutput SetSecurityGroups(Context& context, const SetSecurityGroupsInput& in) {
  records::elbv2::LoadBalancer record = RequireLoadBalancer(context, *in.LoadBalancerArn);
  if (in.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic)
    throw errors::NotImplemented("Endpoint services of load balancers");
  // API Reference, SetSecurityGroups; wording unconfirmed.
  if (record.type == "gateway")
    throw errors::InvalidConfiguration("You can't set security groups on a Gateway Load Balancer");
  if (record.type == "network" && record.security_groups.empty())
    throw errors::InvalidConfiguration(
        "You can't set security groups on a Network Load Balancer that was created without security groups");
  if (in.SecurityGroups.empty()) throw errors::Validation("A security group must be specified");  // unconfirmed
  record.security_groups = ChooseGroups(context, record.type, record.vpc_id, in.SecurityGroups);
  for (const auto& zone : record.zones)
    ec2::SetInterfaceGroups(context, zone.network_interface_id, record.security_groups);
  context.tx.Put(context.scope, record);
  SetSecurityGroupsOutput out;
  out.SecurityGroupIds = List<std::string>(record.security_groups);
  return out;
}

AWS_OPERATION(elbv2, SetSubnets)
AWS_ACCESS("{LoadBalancerArn}", "elasticloadbalancing:Subnet={Subnets}")
SetSubnetsOutput SetSubnets(Context& context, const SetSubnetsInput& in) {
  records::elbv2::LoadBalancer record = RequireLoadBalancer(context, *in.LoadBalancerArn);
  if (in.IpAddressType) CheckIpAddressType(*in.IpAddressType);
  if (in.EnablePrefixForIpv6SourceNat == "on") throw errors::NotImplemented("IPv6 source NAT prefixes");
  const auto places = ChoosePlaces(context, record.type, record.scheme, in.Subnets, in.SubnetMappings, record.zones);
  if (places.front().subnet.vpc_id != record.vpc_id)
    throw errors::SubnetsOfDifferentVpcs("'" + record.vpc_id + "','" + places.front().subnet.vpc_id + "'");
  CheckAddressesStay(record, places);
  Occupy(context, record, places);
  context.tx.Put(context.scope, record);
  SetSubnetsOutput out;
  out.AvailabilityZones = Zones(context, record);
  out.IpAddressType = record.ip_address_type;
  return out;
}

AWS_OPERATION(elbv2, SetIpAddressType)
AWS_ACCESS("{LoadBalancerArn}")
SetIpAddressTypeOutput SetIpAddressType(Context& context, const SetIpAddressTypeInput& in) {
  const records::elbv2::LoadBalancer record = RequireLoadBalancer(context, *in.LoadBalancerArn);
  CheckIpAddressType(*in.IpAddressType);
  SetIpAddressTypeOutput out;
  out.IpAddressType = record.ip_address_type;
  return out;
}

}  // namespace drydock::elbv2
