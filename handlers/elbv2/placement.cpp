#include "handlers/elbv2/placement.h"

#include <algorithm>
#include <set>

#include "emulator/core/text.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/subnets.h"
#include "handlers/elbv2/errors.h"
#include "store/records/ec2/elastic_address.h"
#include "store/records/ec2/internet_gateway.h"
#include "store/table.h"

namespace drydock::elbv2 {

namespace {

using LoadBalancerRecord = records::elbv2::LoadBalancer;
using records::elbv2::LoadBalancerZone;

// "ELB needs at least eight free addresses to scale": Application Load Balancer guide, "Subnets for your load
// balancer".
constexpr std::size_t kFreeAddressesNeeded = 8;

// Elastic IPs are for internet-facing load balancers, private addresses for internal ones: API Reference,
// SubnetMapping. The wording is unconfirmed.
std::vector<SubnetMapping> MappingsOf(const std::string& type, const std::string& scheme,
                                      const List<std::string>& subnets, const List<SubnetMapping>& mappings) {
  if (!subnets.empty() && !mappings.empty())  // unconfirmed wording
    throw errors::Validation("You must specify either subnets or subnet mappings, but not both");
  std::vector<SubnetMapping> all(mappings.begin(), mappings.end());
  for (const std::string& id : subnets) all.emplace_back().SubnetId = id;
  for (const SubnetMapping& mapping : all) {
    if (!mapping.SubnetId) throw errors::Validation("A subnet ID must be specified");  // unconfirmed
    if (mapping.AllocationId && type != "network")
      throw errors::Validation("You can't specify Elastic IP addresses for a load balancer with type '" + type + "'");
    if (mapping.AllocationId && scheme != "internet-facing")
      throw errors::Validation("You can't specify Elastic IP addresses for an internal load balancer");
    if (mapping.PrivateIPv4Address && type != "network")
      throw errors::Validation("You can't specify private IP addresses for a load balancer with type '" + type + "'");
    if (mapping.PrivateIPv4Address && scheme != "internal")
      throw errors::Validation("You can't specify private IP addresses for an internet-facing load balancer");
    if (mapping.IPv6Address || mapping.SourceNatIpv6Prefix) throw errors::NotImplemented("IPv6 addresses");
  }
  return all;
}

bool HasInternetGateway(Context& context, const std::string& vpc_id) {
  return context.tx.Count<records::ec2::InternetGateway>(
             context.scope, store::Where(&records::ec2::InternetGateway::vpc_id, vpc_id)) > 0;
}

records::ec2::ElasticAddress RequireFreeElasticAddress(Context& context, const std::string& allocation_id) {
  auto elastic = context.tx.Get<records::ec2::ElasticAddress>(context.scope, allocation_id);
  if (!elastic) throw errors::AllocationIdNotFound(allocation_id);
  if (elastic->association_id) throw errors::AllocationIdsInUse();
  return std::move(*elastic);
}

bool IsPresent(const std::vector<LoadBalancerZone>& zones, const std::string& subnet_id) {
  return std::any_of(zones.begin(), zones.end(), [&](const auto& zone) { return zone.subnet_id == subnet_id; });
}

}  // namespace

std::vector<Place> ChoosePlaces(Context& context, const std::string& type, const std::string& scheme,
                                const List<std::string>& subnets, const List<SubnetMapping>& mappings,
                                const std::vector<LoadBalancerZone>& present) {
  std::vector<Place> places;
  std::set<std::string> zones;
  std::vector<std::string> vpcs;
  for (const SubnetMapping& mapping : MappingsOf(type, scheme, subnets, mappings)) {
    const auto subnet = ec2::FindSubnet(context, *mapping.SubnetId);
    if (!subnet) throw errors::SubnetNotFound(*mapping.SubnetId);
    places.push_back({*subnet, mapping.PrivateIPv4Address, mapping.AllocationId});
    zones.insert(subnet->availability_zone);
    const std::string vpc = "'" + subnet->vpc_id + "'";
    if (std::find(vpcs.begin(), vpcs.end(), vpc) == vpcs.end()) vpcs.push_back(vpc);
  }
  if (places.size() < (type == "application" ? 2 : 1)) {
    if (type == "application") throw errors::TwoZonesNeeded();
    throw errors::Validation("At least one subnet must be specified");  // unconfirmed
  }
  if (vpcs.size() > 1) throw errors::SubnetsOfDifferentVpcs(Join(vpcs, ","));
  if (zones.size() < places.size()) throw errors::SubnetsInSameZone();
  const std::string& vpc_id = places.front().subnet.vpc_id;
  if (scheme == "internet-facing" && !HasInternetGateway(context, vpc_id)) throw errors::NoInternetGateway(vpc_id);
  std::set<std::string> elastic;
  for (const Place& place : places) {
    if (IsPresent(present, place.subnet.subnet_id)) continue;
    if (ec2::FreeAddressCount(context, place.subnet) < kFreeAddressesNeeded)
      throw errors::NotEnoughAddresses(place.subnet.subnet_id);
    if (!place.allocation_id) continue;
    RequireFreeElasticAddress(context, *place.allocation_id);
    if (!elastic.insert(*place.allocation_id).second) throw errors::AllocationIdsInUse();
  }
  return places;
}

std::vector<std::string> ChooseGroups(Context& context, const std::string& type, const std::string& vpc_id,
                                      const List<std::string>& groups) {
  std::vector<std::string> chosen;
  for (const std::string& id : groups) {
    if (!id.starts_with("sg-")) throw errors::SecurityGroupNotValid(id);
    const auto group = ec2::FindSecurityGroup(context, id);
    if (!group) throw errors::SecurityGroupNotFound(id);
    if (group->vpc_id != vpc_id) throw errors::SecurityGroupsInvalid();
    if (std::find(chosen.begin(), chosen.end(), id) == chosen.end()) chosen.push_back(id);
  }
  if (chosen.empty() && type == "application") return ec2::GroupsForInterface(context, vpc_id, {});
  // Five security groups per network interface: VPC quotas; the wording is unconfirmed.
  if (chosen.size() > 5)
    throw errors::InvalidConfiguration("The maximum number of security groups per load balancer has been reached");
  return chosen;
}

void Occupy(Context& context, LoadBalancerRecord& load_balancer, const std::vector<Place>& places) {
  std::vector<LoadBalancerZone> zones;
  for (const Place& place : places) {
    LoadBalancerZone zone{place.subnet.availability_zone, place.subnet.subnet_id, "", place.allocation_id.value_or(""),
                          place.private_address.value_or("")};
    for (const LoadBalancerZone& before : load_balancer.zones)
      if (before.subnet_id == zone.subnet_id) zone = before;
    zones.push_back(std::move(zone));
  }
  for (const LoadBalancerZone& before : load_balancer.zones)
    if (!IsPresent(zones, before.subnet_id)) ec2::DeleteInterface(context, before.network_interface_id);
  for (std::size_t i = 0; i < zones.size(); ++i) {
    if (!zones[i].network_interface_id.empty()) continue;
    ec2::InterfaceSpec spec;
    spec.subnet_id = zones[i].subnet_id;
    spec.group_ids = load_balancer.security_groups;
    spec.without_groups = load_balancer.security_groups.empty();
    spec.description = "ELB " + load_balancer.Path();
    spec.requester_id = "amazon-elb";
    if (load_balancer.type == "application") {
      spec.instance_owner_id = spec.ip_owner_id = "amazon-elb";
    } else {
      spec.interface_type = load_balancer.type + "_load_balancer";
      spec.instance_owner_id = "amazon-aws";
      spec.source_dest_check = load_balancer.type != "network";
    }
    spec.assign_public_ip = load_balancer.scheme == "internet-facing" && !places[i].allocation_id;
    spec.private_ip_address = places[i].private_address;
    auto interface = ec2::CreateRequesterManagedInterface(context, spec);
    zones[i].network_interface_id = interface.network_interface_id;
    if (!places[i].allocation_id) continue;
    auto elastic = RequireFreeElasticAddress(context, *places[i].allocation_id);
    ec2::AssociateElasticAddress(context, elastic, interface, interface.private_ip_addresses.front(),
                                 load_balancer.arn);
  }
  load_balancer.zones = std::move(zones);
}

void Vacate(Context& context, const LoadBalancerRecord& load_balancer) {
  for (const LoadBalancerZone& zone : load_balancer.zones) ec2::DeleteInterface(context, zone.network_interface_id);
}

}  // namespace drydock::elbv2
