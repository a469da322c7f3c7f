#include "handlers/ec2/launch.h"

#include <algorithm>
#include <set>

#include "handlers/ec2/availability_zones.h"
#include "handlers/ec2/errors.h"
#include "handlers/ec2/images.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpcs.h"

namespace drydock::ec2 {

namespace {

// Of all running On-Demand Standard instances together. AWS raises it with an account's use; this is what accounts in
// use most often report.
constexpr int kMaxVcpus = 32;
constexpr std::size_t kMaxUserData = 16 * 1024;

using Specification = InstanceNetworkInterfaceSpecification;

void RefuseWhatIsNotThere(const RunInstancesRequest& in) {
  RefuseParameters(
      in, {"BlockDeviceMappings", "KernelId", "RamdiskId", "ElasticGpuSpecification", "ElasticInferenceAccelerators",
           "LaunchTemplate", "InstanceMarketOptions", "CreditSpecification", "CpuOptions",
           "CapacityReservationSpecification", "LicenseSpecifications", "PrivateDnsNameOptions", "MaintenanceOptions",
           "EnablePrimaryIpv6", "NetworkPerformanceOptions", "Operator", "SecondaryInterfaces", "AdditionalInfo",
           "IamInstanceProfile"});
  if (in.Monitoring && in.Monitoring->Enabled.value_or(false)) throw errors::UnsupportedParameter("Monitoring.Enabled");
  if (in.HibernationOptions && in.HibernationOptions->Configured.value_or(false))
    throw errors::UnsupportedParameter("HibernationOptions.Configured");
  if (in.EnclaveOptions && in.EnclaveOptions->Enabled.value_or(false))
    throw errors::UnsupportedParameter("EnclaveOptions.Enabled");
  if (in.Placement)
    RefuseParameters(*in.Placement, {"Affinity", "GroupName", "PartitionNumber", "HostId", "SpreadDomain",
                                     "HostResourceGroupArn", "GroupId"});
  if (in.Placement && in.Placement->Tenancy == "host") throw errors::UnsupportedParameter("Placement.Tenancy=host");
  for (const auto& each : in.NetworkInterfaces)
    RefuseParameters(each,
                     {"AssociateCarrierIpAddress", "Ipv4Prefixes", "Ipv4PrefixCount", "Ipv6Prefixes", "Ipv6PrefixCount",
                      "PrimaryIpv6", "EnaSrdSpecification", "ConnectionTrackingSpecification", "EnaQueueCount"});
  // There is no way to make a key pair here either.
  if (in.KeyName)
    throw ApiError("InvalidKeyPair.NotFound", fmt::format("The key pair '{}' does not exist", *in.KeyName));
}

void CheckCounts(const RunInstancesRequest& in) {
  for (const auto& [name, count] : {std::pair{"minCount", *in.MinCount}, std::pair{"maxCount", *in.MaxCount}})
    if (count < 1)  // text unconfirmed
      throw errors::InvalidValue(std::to_string(count), name, "Must be at least 1.");
  if (*in.MinCount > *in.MaxCount)  // text unconfirmed
    throw errors::InvalidParameterCombination("minCount must not be greater than maxCount");
}

const InstanceTypeFacts& TakeInstanceType(const std::string& name, const ImageFacts& image) {
  const InstanceTypeFacts* const type = FindInstanceType(name);
  if (!type) throw errors::UnsupportedParameter("InstanceType=" + name);
  if (std::string(type->architecture) != image.architecture)
    throw errors::InvalidParameterValue(fmt::format(
        "The architecture '{}' of the specified instance type does not match the architecture '{}' of the specified "
        "AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use "
        "'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI.",
        type->architecture, image.architecture));
  return *type;
}

// The subnet that the request names, or a default one in the Availability Zone that it names.
record::Subnet TakeSubnet(Context& context, const std::optional<std::string>& subnet_id,
                          const RunInstancesRequest& in) {
  const auto zone = in.Placement ? in.Placement->AvailabilityZone : std::nullopt;
  const auto zone_id = in.Placement ? in.Placement->AvailabilityZoneId : std::nullopt;
  const auto in_zone = [&](const record::Subnet& subnet) {
    return (!zone || *zone == subnet.availability_zone) && (!zone_id || *zone_id == subnet.availability_zone_id);
  };
  if (subnet_id) {
    auto subnet = Require<record::Subnet>(context, *subnet_id);
    if (!in_zone(subnet))  // text unconfirmed
      throw errors::InvalidParameterValue(
          fmt::format("The subnet '{}' is not in the availability zone '{}'.", *subnet_id, zone ? *zone : *zone_id));
    return subnet;
  }
  if (zone || zone_id) {
    const auto zones = ZonesOf(context.region());
    if (std::none_of(zones.begin(), zones.end(),
                     [&](const Zone& each) { return zone ? each.name == *zone : each.id == *zone_id; }))
      throw errors::InvalidParameterValue(
          fmt::format("Invalid availability zone: [{}]", zone ? *zone : *zone_id));  // text unconfirmed
  }
  const auto vpc = FindDefaultVpc(context);
  if (!vpc)
    throw ApiError("VPCIdNotSpecified",
                   "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.");
  for (auto& subnet :
       context.tx.List<record::Subnet>(context.scope, store::Where(&record::Subnet::vpc_id, vpc->vpc_id)))
    if (subnet.default_for_az && in_zone(subnet)) return subnet;
  throw ApiError("MissingInput",
                 fmt::format("No subnets found for the default VPC '{}'. Please specify a subnet.", vpc->vpc_id));
}

// By id, and in the default VPC by name.
std::vector<std::string> TakeGroups(Context& context, const RunInstancesRequest& in, const record::Subnet& subnet) {
  std::vector<std::string> ids = in.SecurityGroupIds;
  if (!in.SecurityGroups.empty() && in.SubnetId)
    throw errors::InvalidParameterCombination("The parameter groupName cannot be used with the parameter subnet");
  for (const std::string& name : in.SecurityGroups) {
    const auto group = FindSecurityGroupNamed(context, subnet.vpc_id, name);
    if (!group) throw errors::SecurityGroupNameNotFound(name, subnet.vpc_id, true);
    ids.push_back(group->group_id);
  }
  return GroupsForInterface(context, subnet.vpc_id, ids);
}

// The request without NetworkInterfaces: one interface, made of the instance's own parameters.
PlannedInterface PlanPrimary(Context& context, const RunInstancesRequest& in) {
  PlannedInterface planned;
  planned.subnet = TakeSubnet(context, in.SubnetId, in);
  planned.group_ids = TakeGroups(context, in, planned.subnet);
  planned.addresses.PrivateIpAddress = in.PrivateIpAddress;
  planned.addresses.Ipv6Addresses = in.Ipv6Addresses;
  planned.addresses.Ipv6AddressCount = in.Ipv6AddressCount;
  return planned;
}

PlannedInterface PlanExisting(Context& context, const Specification& specification, const RunInstancesRequest& in) {
  // Texts: the last one seen in the field, the others like it.
  const auto refuse_with = [&](bool given, const char* what) {
    if (given)
      throw errors::InvalidParameterCombination(
          fmt::format("A network interface may not specify both a network interface ID and {}", what));
  };
  refuse_with(specification.SubnetId.has_value(), "a subnet");
  refuse_with(!specification.Groups.empty(), "security groups");
  refuse_with(specification.PrivateIpAddress || !specification.PrivateIpAddresses.empty() ||
                  specification.SecondaryPrivateIpAddressCount,
              "private addresses");
  refuse_with(specification.Description.has_value(), "a description");
  if (specification.DeleteOnTermination.value_or(false))
    throw errors::InvalidParameterCombination(
        "A network interface may not specify a network interface ID and delete on termination as true");
  if (*in.MaxCount > 1)
    throw errors::InvalidParameterCombination(  // text unconfirmed
        "A network interface ID may not be specified when launching more than one instance");
  PlannedInterface planned;
  planned.existing = Require<record::NetworkInterface>(context, *specification.NetworkInterfaceId);
  if (planned.existing->attachment) throw errors::NetworkInterfaceInUse(planned.existing->network_interface_id);
  planned.subnet = Require<record::Subnet>(context, planned.existing->subnet_id);
  planned.delete_on_termination = false;
  return planned;
}

PlannedInterface Plan(Context& context, const Specification& specification, const RunInstancesRequest& in) {
  if (specification.InterfaceType && *specification.InterfaceType != "interface")
    throw errors::UnsupportedParameter("InterfaceType=" + *specification.InterfaceType);
  if (specification.NetworkCardIndex.value_or(0) != 0)
    throw errors::InvalidValue(std::to_string(*specification.NetworkCardIndex), "networkCardIndex",
                               "The instance type has one network card.");  // text unconfirmed
  PlannedInterface planned;
  if (specification.NetworkInterfaceId) {
    planned = PlanExisting(context, specification, in);
  } else {
    planned.subnet = TakeSubnet(context, specification.SubnetId, in);
    planned.group_ids = GroupsForInterface(context, planned.subnet.vpc_id, specification.Groups);
    planned.description = specification.Description.value_or("");
    planned.addresses = specification;
    planned.delete_on_termination = specification.DeleteOnTermination.value_or(true);
  }
  if (!specification.DeviceIndex) throw errors::MissingParameter("deviceIndex");
  planned.device_index = *specification.DeviceIndex;
  return planned;
}

std::vector<PlannedInterface> PlanInterfaces(Context& context, const RunInstancesRequest& in) {
  if (in.NetworkInterfaces.empty()) return {PlanPrimary(context, in)};
  const auto refuse = [](bool given, const char* what) {
    if (given)
      throw errors::InvalidParameterCombination(
          fmt::format("Network interfaces and an instance-level {} may not be specified on the same request", what));
  };
  refuse(in.SubnetId.has_value(), "subnet ID");
  refuse(!in.SecurityGroupIds.empty() || !in.SecurityGroups.empty(), "security groups");
  refuse(in.PrivateIpAddress.has_value(), "private address");
  refuse(in.Ipv6AddressCount || !in.Ipv6Addresses.empty(), "IPv6 address");

  std::vector<PlannedInterface> planned;
  for (const auto& specification : in.NetworkInterfaces) planned.push_back(Plan(context, specification, in));
  std::sort(planned.begin(), planned.end(),
            [](const auto& a, const auto& b) { return a.device_index < b.device_index; });
  for (std::size_t i = 1; i < planned.size(); ++i) {
    if (planned[i].device_index == planned[i - 1].device_index)
      throw errors::InvalidParameterValue("Each network interface requires a unique device index.");
    if (planned[i].subnet.vpc_id != planned[0].subnet.vpc_id ||
        planned[i].subnet.availability_zone != planned[0].subnet.availability_zone)
      throw errors::InvalidParameterCombination(  // text unconfirmed
          "All network interfaces of an instance must be in the same VPC and availability zone");
  }
  if (planned.front().device_index != 0)
    throw ApiError("MissingParameter", "When specifying network interfaces, you must include a device at index 0.");
  return planned;
}

bool TakePublicAddressWish(const RunInstancesRequest& in, const std::vector<PlannedInterface>& interfaces) {
  const auto asks = std::any_of(in.NetworkInterfaces.begin(), in.NetworkInterfaces.end(),
                                [](const auto& each) { return each.AssociatePublicIpAddress.has_value(); });
  if (asks && interfaces.size() > 1)
    throw errors::InvalidParameterCombination(
        "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.");
  if (asks && interfaces.front().existing)
    throw errors::InvalidParameterCombination(  // text unconfirmed
        "The associatePublicIPAddress parameter cannot be specified for an existing network interface.");
  if (asks) return *in.NetworkInterfaces.front().AssociatePublicIpAddress;
  // VPC User Guide, "IP addressing": the subnet's attribute is for one new interface.
  return interfaces.size() == 1 && !interfaces.front().existing && interfaces.front().subnet.map_public_ip_on_launch;
}

void CheckLimitsOfType(const InstanceTypeFacts& type, const std::vector<PlannedInterface>& interfaces) {
  if (interfaces.size() > static_cast<std::size_t>(type.max_interfaces))
    throw errors::AttachmentLimitExceeded(static_cast<int>(interfaces.size()), type.name);
  for (const auto& planned : interfaces) {
    const auto& wanted = planned.addresses;
    const std::size_t count =
        planned.existing ? planned.existing->private_ip_addresses.size()
                         : std::max<std::size_t>(1, wanted.PrivateIpAddresses.size()) +
                               static_cast<std::size_t>(std::max(0, wanted.SecondaryPrivateIpAddressCount.value_or(0)));
    if (count > static_cast<std::size_t>(type.addresses_per_interface)) throw errors::PrivateIpAddressLimitExceeded();
  }
}

// As many as fit: into the quota of vCPUs, and into the subnets.
int TakeCount(Context& context, const RunInstancesRequest& in, const InstanceTypeFacts& type,
              const std::vector<PlannedInterface>& interfaces) {
  int vcpus = 0;
  for (const auto& instance : context.tx.List<record::Instance>(context.scope))
    if (instance.state == "pending" || instance.state == "running")
      if (const auto* const facts = FindInstanceType(instance.instance_type)) vcpus += facts->vcpus;
  int count = std::min(*in.MaxCount, std::max(0, kMaxVcpus - vcpus) / type.vcpus);
  if (count < *in.MinCount) throw errors::VcpuLimitExceeded(kMaxVcpus);

  bool specified = false;
  std::map<std::string, std::pair<record::Subnet, int>> needed;  // by subnet: addresses for each instance
  for (const auto& planned : interfaces) {
    if (planned.existing) continue;
    specified = specified || planned.addresses.PrivateIpAddress || !planned.addresses.PrivateIpAddresses.empty() ||
                !planned.addresses.Ipv6Addresses.empty();
    auto& [subnet, addresses] = needed[planned.subnet.subnet_id];
    subnet = planned.subnet;
    addresses += 1 + std::max(0, planned.addresses.SecondaryPrivateIpAddressCount.value_or(0));
  }
  if (specified && *in.MaxCount > 1)
    throw errors::InvalidParameterCombination(  // text unconfirmed
        "A private IP address may not be specified when launching more than one instance");
  for (const auto& [id, need] : needed)
    count = std::min(count, static_cast<int>(FreeAddressCount(context, need.first)) / need.second);
  if (count < *in.MinCount) throw errors::NoFreeAddress();
  return count;
}

void TakeTagSpecifications(const RunInstancesRequest& in, LaunchPlan& plan) {
  List<TagSpecification> of_instances, of_interfaces;
  for (const auto& specification : in.TagSpecifications) {
    if (specification.ResourceType == "volume") throw errors::UnsupportedParameter("TagSpecification of volumes");
    (specification.ResourceType == kKind<record::NetworkInterface>.type ? of_interfaces : of_instances)
        .push_back(specification);
  }
  plan.instance.tags = TakeTags(of_instances, kKind<record::Instance>);
  plan.interface_tags = TakeTags(of_interfaces, kKind<record::NetworkInterface>);
}

void TakeMetadataOptions(const RunInstancesRequest& in, record::InstanceMetadataOptions& options) {
  if (!in.MetadataOptions) return;
  const auto& wanted = *in.MetadataOptions;
  const int hops = wanted.HttpPutResponseHopLimit.value_or(options.http_put_response_hop_limit);
  if (hops < 1 || hops > 64)
    throw errors::InvalidValue(std::to_string(hops), "httpPutResponseHopLimit",
                               "Expecting a value between 1 and 64.");  // text unconfirmed
  options.http_tokens = wanted.HttpTokens.value_or(options.http_tokens);
  options.http_endpoint = wanted.HttpEndpoint.value_or(options.http_endpoint);
  options.http_protocol_ipv6 = wanted.HttpProtocolIpv6.value_or(options.http_protocol_ipv6);
  options.instance_metadata_tags = wanted.InstanceMetadataTags.value_or(options.instance_metadata_tags);
  options.http_put_response_hop_limit = hops;
}

}  // namespace

std::string DecodeUserData(const std::string& text) {
  std::string bytes;
  if (!DecodeBase64(text, bytes)) throw errors::InvalidParameterValue("Invalid BASE64 encoding of user data.");
  if (bytes.size() > kMaxUserData) throw errors::InvalidParameterValue("User data is limited to 16384 bytes");
  return bytes;
}

LaunchPlan PlanLaunch(Context& context, const RunInstancesRequest& in) {
  RefuseWhatIsNotThere(in);
  CheckCounts(in);
  if (!in.ImageId) throw errors::MissingParameter("ImageId");
  const ImageFacts& image = RequireImage(*in.ImageId);
  LaunchPlan plan;
  plan.type = &TakeInstanceType(in.InstanceType.value_or("m1.small"), image);
  plan.interfaces = PlanInterfaces(context, in);
  plan.associate_public_ip_address = TakePublicAddressWish(in, plan.interfaces);
  CheckLimitsOfType(*plan.type, plan.interfaces);
  if (in.UserData) DecodeUserData(*in.UserData);
  TakeTagSpecifications(in, plan);
  plan.count = TakeCount(context, in, *plan.type, plan.interfaces);

  record::Instance& instance = plan.instance;
  const record::Subnet& subnet = plan.interfaces.front().subnet;
  instance.image_id = image.image_id;
  instance.instance_type = plan.type->name;
  instance.launch_time = context.now;
  instance.vpc_id = subnet.vpc_id;
  instance.subnet_id = subnet.subnet_id;
  instance.availability_zone = subnet.availability_zone;
  instance.availability_zone_id = subnet.availability_zone_id;
  const auto vpc = Require<record::Vpc>(context, subnet.vpc_id);
  instance.tenancy = in.Placement && in.Placement->Tenancy ? *in.Placement->Tenancy : "default";
  if (vpc.instance_tenancy == "dedicated") instance.tenancy = "dedicated";
  instance.associate_public_ip_address = plan.associate_public_ip_address;
  instance.disable_api_termination = in.DisableApiTermination.value_or(false);
  instance.disable_api_stop = in.DisableApiStop.value_or(false);
  instance.ebs_optimized = in.EbsOptimized.value_or(false);
  instance.shutdown_behavior = in.InstanceInitiatedShutdownBehavior.value_or("stop");
  instance.user_data = in.UserData;
  instance.client_token = in.ClientToken;
  TakeMetadataOptions(in, instance.metadata_options);
  return plan;
}

}  // namespace drydock::ec2
