#include "handlers/ec2/instances.h"

#include "api/ec2/DescribeInstanceStatusRequest.h"
#include "api/ec2/DescribeInstanceStatusResult.h"
#include "api/ec2/DescribeInstancesRequest.h"
#include "api/ec2/DescribeInstancesResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instance_wire.h"
#include "handlers/ec2/network_interface_wire.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

// EC2 User Guide, "Status checks": they need a few minutes after a start.
constexpr Duration kInitializing{120'000};

// What DescribeInstances filters: the instance with what its own description leaves out.
struct ShownInstance {
  std::optional<Instance> instance;
  std::optional<std::string> reservation_id;
  std::optional<std::string> owner_id;
  List<NetworkInterface> interfaces;
  List<Tag> Tags;
};

using Eni = NetworkInterface;
using EniAddress = NetworkInterfacePrivateIpAddress;
using EniAssociation = NetworkInterfaceAssociation;
using EniAttachment = NetworkInterfaceAttachment;

template <auto... kPath>
constexpr auto kOfInstance = &At<&ShownInstance::instance, kPath...>;
template <auto... kPath>
constexpr auto kOfInterface = &At<&ShownInstance::interfaces, kPath...>;

// Of what no instance here has, such as volumes or a kernel of its own.
void Never(const ShownInstance&, FilterValues&) {}

constexpr FilterOf<ShownInstance> kInstanceFilters[] = {
    {"affinity", kOfInstance<&Instance::Placement, &Placement::Affinity>},
    {"architecture", kOfInstance<&Instance::Architecture>},
    {"availability-zone", kOfInstance<&Instance::Placement, &Placement::AvailabilityZone>},
    {"availability-zone-id", kOfInstance<&Instance::Placement, &Placement::AvailabilityZoneId>},
    {"block-device-mapping.attach-time", Never},
    {"block-device-mapping.delete-on-termination", Never},
    {"block-device-mapping.device-name", Never},
    {"block-device-mapping.status", Never},
    {"block-device-mapping.volume-id", Never},
    {"boot-mode", kOfInstance<&Instance::BootMode>},
    {"capacity-reservation-id", kOfInstance<&Instance::CapacityReservationId>},
    {"capacity-reservation-specification.capacity-reservation-preference", Never},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id", Never},
    {"capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn", Never},
    {"client-token", kOfInstance<&Instance::ClientToken>},
    {"current-instance-boot-mode", kOfInstance<&Instance::CurrentInstanceBootMode>},
    {"dns-name", kOfInstance<&Instance::PublicDnsName>},
    {"ebs-optimized", kOfInstance<&Instance::EbsOptimized>},
    {"ena-support", kOfInstance<&Instance::EnaSupport>},
    {"enclave-options.enabled", kOfInstance<&Instance::EnclaveOptions, &EnclaveOptions::Enabled>},
    {"group-id", Never},  // these two are EC2-Classic's
    {"group-name", Never},
    {"hibernation-options.configured", kOfInstance<&Instance::HibernationOptions, &HibernationOptions::Configured>},
    {"host-id", kOfInstance<&Instance::Placement, &Placement::HostId>},
    {"hypervisor", kOfInstance<&Instance::Hypervisor>},
    {"iam-instance-profile.arn", Never},
    {"iam-instance-profile.id", Never},
    {"image-id", kOfInstance<&Instance::ImageId>},
    {"instance-id", kOfInstance<&Instance::InstanceId>},
    {"instance-lifecycle", kOfInstance<&Instance::InstanceLifecycle>},
    {"instance-state-code", kOfInstance<&Instance::State, &InstanceState::Code>},
    {"instance-state-name", kOfInstance<&Instance::State, &InstanceState::Name>},
    {"instance-type", kOfInstance<&Instance::InstanceType>},
    {"instance.group-id", kOfInstance<&Instance::SecurityGroups, &GroupIdentifier::GroupId>},
    {"instance.group-name", kOfInstance<&Instance::SecurityGroups, &GroupIdentifier::GroupName>},
    {"ip-address", kOfInstance<&Instance::PublicIpAddress>},
    {"ipv6-address", kOfInstance<&Instance::Ipv6Address>},
    {"kernel-id", kOfInstance<&Instance::KernelId>},
    {"key-name", kOfInstance<&Instance::KeyName>},
    {"launch-index", kOfInstance<&Instance::AmiLaunchIndex>},
    {"launch-time", kOfInstance<&Instance::LaunchTime>},
    {"maintenance-options.auto-recovery", Never},
    {"metadata-options.http-endpoint",
     kOfInstance<&Instance::MetadataOptions, &InstanceMetadataOptionsResponse::HttpEndpoint>},
    {"metadata-options.http-protocol-ipv4", Never},
    {"metadata-options.http-protocol-ipv6",
     kOfInstance<&Instance::MetadataOptions, &InstanceMetadataOptionsResponse::HttpProtocolIpv6>},
    {"metadata-options.http-put-response-hop-limit",
     kOfInstance<&Instance::MetadataOptions, &InstanceMetadataOptionsResponse::HttpPutResponseHopLimit>},
    {"metadata-options.http-tokens",
     kOfInstance<&Instance::MetadataOptions, &InstanceMetadataOptionsResponse::HttpTokens>},
    {"metadata-options.instance-metadata-tags",
     kOfInstance<&Instance::MetadataOptions, &InstanceMetadataOptionsResponse::InstanceMetadataTags>},
    {"metadata-options.state", kOfInstance<&Instance::MetadataOptions, &InstanceMetadataOptionsResponse::State>},
    {"monitoring-state", kOfInstance<&Instance::Monitoring, &Monitoring::State>},
    {"network-interface.addresses.association.allocation-id",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::Association, &EniAssociation::AllocationId>},
    {"network-interface.addresses.association.association-id",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::Association, &EniAssociation::AssociationId>},
    {"network-interface.addresses.association.carrier-ip", Never},
    {"network-interface.addresses.association.customer-owned-ip", Never},
    {"network-interface.addresses.association.ip-owner-id",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::Association, &EniAssociation::IpOwnerId>},
    {"network-interface.addresses.association.public-dns-name",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::Association, &EniAssociation::PublicDnsName>},
    {"network-interface.addresses.association.public-ip",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::Association, &EniAssociation::PublicIp>},
    {"network-interface.addresses.primary", kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::Primary>},
    {"network-interface.addresses.private-dns-name",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::PrivateDnsName>},
    {"network-interface.addresses.private-ip-address",
     kOfInterface<&Eni::PrivateIpAddresses, &EniAddress::PrivateIpAddress>},
    {"network-interface.association.allocation-id", kOfInterface<&Eni::Association, &EniAssociation::AllocationId>},
    {"network-interface.association.association-id", kOfInterface<&Eni::Association, &EniAssociation::AssociationId>},
    {"network-interface.association.carrier-ip", Never},
    {"network-interface.association.customer-owned-ip", Never},
    {"network-interface.association.ip-owner-id", kOfInterface<&Eni::Association, &EniAssociation::IpOwnerId>},
    {"network-interface.association.public-dns-name", kOfInterface<&Eni::Association, &EniAssociation::PublicDnsName>},
    {"network-interface.association.public-ip", kOfInterface<&Eni::Association, &EniAssociation::PublicIp>},
    {"network-interface.attachment.attach-time", kOfInterface<&Eni::Attachment, &EniAttachment::AttachTime>},
    {"network-interface.attachment.attachment-id", kOfInterface<&Eni::Attachment, &EniAttachment::AttachmentId>},
    {"network-interface.attachment.delete-on-termination",
     kOfInterface<&Eni::Attachment, &EniAttachment::DeleteOnTermination>},
    {"network-interface.attachment.device-index", kOfInterface<&Eni::Attachment, &EniAttachment::DeviceIndex>},
    {"network-interface.attachment.instance-id", kOfInterface<&Eni::Attachment, &EniAttachment::InstanceId>},
    {"network-interface.attachment.instance-owner-id", kOfInterface<&Eni::Attachment, &EniAttachment::InstanceOwnerId>},
    {"network-interface.attachment.network-card-index",
     kOfInterface<&Eni::Attachment, &EniAttachment::NetworkCardIndex>},
    {"network-interface.attachment.status", kOfInterface<&Eni::Attachment, &EniAttachment::Status>},
    {"network-interface.availability-zone", kOfInterface<&Eni::AvailabilityZone>},
    {"network-interface.deny-all-igw-traffic", kOfInterface<&Eni::DenyAllIgwTraffic>},
    {"network-interface.description", kOfInterface<&Eni::Description>},
    {"network-interface.group-id", kOfInterface<&Eni::Groups, &GroupIdentifier::GroupId>},
    {"network-interface.group-name", kOfInterface<&Eni::Groups, &GroupIdentifier::GroupName>},
    {"network-interface.ipv4-prefixes.ipv4-prefix", Never},
    {"network-interface.ipv6-address", kOfInterface<&Eni::Ipv6Address>},
    {"network-interface.ipv6-addresses.ipv6-address",
     kOfInterface<&Eni::Ipv6Addresses, &NetworkInterfaceIpv6Address::Ipv6Address>},
    {"network-interface.ipv6-addresses.is-primary-ipv6",
     kOfInterface<&Eni::Ipv6Addresses, &NetworkInterfaceIpv6Address::IsPrimaryIpv6>},
    {"network-interface.ipv6-native", kOfInterface<&Eni::Ipv6Native>},
    {"network-interface.ipv6-prefixes.ipv6-prefix", Never},
    {"network-interface.mac-address", kOfInterface<&Eni::MacAddress>},
    {"network-interface.network-interface-id", kOfInterface<&Eni::NetworkInterfaceId>},
    {"network-interface.operator.managed", kOfInterface<&Eni::Operator, &OperatorResponse::Managed>},
    {"network-interface.operator.principal", kOfInterface<&Eni::Operator, &OperatorResponse::Principal>},
    {"network-interface.outpost-arn", Never},
    {"network-interface.owner-id", kOfInterface<&Eni::OwnerId>},
    {"network-interface.private-dns-name", kOfInterface<&Eni::PrivateDnsName>},
    {"network-interface.private-ip-address", kOfInterface<&Eni::PrivateIpAddress>},
    {"network-interface.public-dns-name", kOfInterface<&Eni::Association, &EniAssociation::PublicDnsName>},
    {"network-interface.requester-id", kOfInterface<&Eni::RequesterId>},
    {"network-interface.requester-managed", kOfInterface<&Eni::RequesterManaged>},
    {"network-interface.source-dest-check", kOfInterface<&Eni::SourceDestCheck>},
    {"network-interface.status", kOfInterface<&Eni::Status>},
    {"network-interface.subnet-id", kOfInterface<&Eni::SubnetId>},
    {"network-interface.tag-key", kOfInterface<&Eni::TagSet, &Tag::Key>},
    {"network-interface.tag-value", kOfInterface<&Eni::TagSet, &Tag::Value>},
    {"network-interface.vpc-id", kOfInterface<&Eni::VpcId>},
    {"network-performance-options.bandwidth-weighting", Never},
    {"operator.managed", kOfInstance<&Instance::Operator, &OperatorResponse::Managed>},
    {"operator.principal", kOfInstance<&Instance::Operator, &OperatorResponse::Principal>},
    {"outpost-arn", kOfInstance<&Instance::OutpostArn>},
    {"owner-id", &At<&ShownInstance::owner_id>},
    {"placement-group-name", kOfInstance<&Instance::Placement, &Placement::GroupName>},
    {"placement-partition-number", kOfInstance<&Instance::Placement, &Placement::PartitionNumber>},
    {"platform", kOfInstance<&Instance::Platform>},
    {"platform-details", kOfInstance<&Instance::PlatformDetails>},
    {"private-dns-name", kOfInstance<&Instance::PrivateDnsName>},
    {"private-dns-name-options.enable-resource-name-dns-a-record",
     kOfInstance<&Instance::PrivateDnsNameOptions, &PrivateDnsNameOptionsResponse::EnableResourceNameDnsARecord>},
    {"private-dns-name-options.enable-resource-name-dns-aaaa-record",
     kOfInstance<&Instance::PrivateDnsNameOptions, &PrivateDnsNameOptionsResponse::EnableResourceNameDnsAAAARecord>},
    {"private-dns-name-options.hostname-type",
     kOfInstance<&Instance::PrivateDnsNameOptions, &PrivateDnsNameOptionsResponse::HostnameType>},
    {"private-ip-address", &At<&ShownInstance::interfaces, &Eni::PrivateIpAddresses, &EniAddress::PrivateIpAddress>},
    {"product-code", Never},
    {"product-code.type", Never},
    {"ramdisk-id", kOfInstance<&Instance::RamdiskId>},
    {"reason", kOfInstance<&Instance::StateTransitionReason>},
    {"requester-id", Never},
    {"reservation-id", &At<&ShownInstance::reservation_id>},
    {"root-device-name", kOfInstance<&Instance::RootDeviceName>},
    {"root-device-type", kOfInstance<&Instance::RootDeviceType>},
    {"source-dest-check", kOfInstance<&Instance::SourceDestCheck>},
    {"spot-instance-request-id", kOfInstance<&Instance::SpotInstanceRequestId>},
    {"state-reason-code", kOfInstance<&Instance::StateReason, &StateReason::Code>},
    {"state-reason-message", kOfInstance<&Instance::StateReason, &StateReason::Message>},
    {"subnet-id", kOfInstance<&Instance::SubnetId>},
    {"tenancy", kOfInstance<&Instance::Placement, &Placement::Tenancy>},
    {"tpm-support", kOfInstance<&Instance::TpmSupport>},
    {"usage-operation", kOfInstance<&Instance::UsageOperation>},
    {"usage-operation-update-time", kOfInstance<&Instance::UsageOperationUpdateTime>},
    {"virtualization-type", kOfInstance<&Instance::VirtualizationType>},
    {"vpc-id", kOfInstance<&Instance::VpcId>},
};

ShownInstance ShownOf(Context& context, const record::Instance& instance) {
  ShownInstance shown;
  for (const auto& interface : InterfacesOf(context, instance.instance_id))
    shown.interfaces.push_back(InterfaceToWire(context, interface));
  shown.instance = InstanceToWire(context, instance, shown.interfaces);
  shown.reservation_id = instance.reservation_id;
  shown.owner_id = context.account();
  shown.Tags = shown.instance->Tags;
  return shown;
}

void CheckPageSize(const std::optional<std::int32_t>& max_results) {
  if (max_results && (*max_results < 5 || *max_results > 1000))
    throw errors::InvalidValue(std::to_string(*max_results), "maxResults", "Expecting a value between 5 and 1000.");
}

std::vector<record::Instance> SelectInstances(Context& context, const List<std::string>& ids) {
  return ids.empty() ? context.tx.List<record::Instance>(context.scope) : RequireInstances(context, ids);
}

constexpr FilterOf<InstanceStatus> kInstanceStatusFilters[] = {
    {"availability-zone", &At<&InstanceStatus::AvailabilityZone>},
    {"availability-zone-id", &At<&InstanceStatus::AvailabilityZoneId>},
    {"event.code", &At<&InstanceStatus::Events, &InstanceStatusEvent::Code>},
    {"event.description", &At<&InstanceStatus::Events, &InstanceStatusEvent::Description>},
    {"event.instance-event-id", &At<&InstanceStatus::Events, &InstanceStatusEvent::InstanceEventId>},
    {"event.not-after", &At<&InstanceStatus::Events, &InstanceStatusEvent::NotAfter>},
    {"event.not-before", &At<&InstanceStatus::Events, &InstanceStatusEvent::NotBefore>},
    {"event.not-before-deadline", &At<&InstanceStatus::Events, &InstanceStatusEvent::NotBeforeDeadline>},
    {"instance-state-code", &At<&InstanceStatus::InstanceState, &InstanceState::Code>},
    {"instance-state-name", &At<&InstanceStatus::InstanceState, &InstanceState::Name>},
    {"attached-ebs-status.status", &At<&InstanceStatus::AttachedEbsStatus, &EbsStatusSummary::Status>},
    // The member is named as its class is, so that no pointer to it can be written.
    {"instance-status.reachability",
     [](const InstanceStatus& status, FilterValues& values) {
       At<&InstanceStatusSummary::Details, &InstanceStatusDetails::Status>(*status.InstanceStatus, values);
     }},
    {"instance-status.status",
     [](const InstanceStatus& status, FilterValues& values) {
       At<&InstanceStatusSummary::Status>(*status.InstanceStatus, values);
     }},
    {"operator.managed", &At<&InstanceStatus::Operator, &OperatorResponse::Managed>},
    {"operator.principal", &At<&InstanceStatus::Operator, &OperatorResponse::Principal>},
    {"system-status.reachability",
     &At<&InstanceStatus::SystemStatus, &InstanceStatusSummary::Details, &InstanceStatusDetails::Status>},
    {"system-status.status", &At<&InstanceStatus::SystemStatus, &InstanceStatusSummary::Status>},
};

InstanceStatusSummary SummaryOf(Context& context, const record::Instance& instance) {
  InstanceStatusSummary summary;
  if (instance.state != "running") {
    summary.Status = "not-applicable";
    return summary;
  }
  const Duration initializing = context.engines.clock.Delay(kInitializing, Duration(0));
  const bool passed = context.now >= instance.launch_time + initializing;
  summary.Status = passed ? "ok" : "initializing";
  auto& reachability = summary.Details.emplace_back();
  reachability.Name = "reachability";
  reachability.Status = passed ? "passed" : "initializing";
  return summary;
}

InstanceStatus StatusToWire(Context& context, const record::Instance& instance) {
  InstanceStatus wire;
  wire.InstanceId = instance.instance_id;
  wire.AvailabilityZone = instance.availability_zone;
  wire.AvailabilityZoneId = instance.availability_zone_id;
  wire.InstanceState = StateToWire(instance.state);
  wire.InstanceStatus = wire.SystemStatus = SummaryOf(context, instance);
  return wire;
}

}  // namespace

std::optional<record::Instance> FindInstance(Context& context, const std::string& instance_id) {
  return context.tx.Get<record::Instance>(context.scope, instance_id);
}
record::Instance RequireInstance(Context& context, const std::string& instance_id) {
  return Require<record::Instance>(context, instance_id);
}

std::vector<record::Instance> RequireInstances(Context& context, const List<std::string>& ids) {
  if (ids.empty()) throw errors::MissingParameter("InstanceId");
  for (const std::string& id : ids)
    if (!HasIdSyntax(kKind<record::Instance>, id)) throw MalformedId(kKind<record::Instance>, id);
  std::vector<record::Instance> instances;
  std::vector<std::string> missing;
  for (auto id = ids.begin(); id != ids.end(); ++id) {
    if (std::find(ids.begin(), id, *id) != id) continue;
    if (auto instance = FindInstance(context, *id))
      instances.push_back(std::move(*instance));
    else
      missing.push_back(*id);
  }
  if (!missing.empty()) throw errors::InstancesNotFound(missing);
  return instances;
}

std::optional<std::string> PrivateAddressOfInstance(Context& context, const std::string& instance_id) {
  const auto interfaces = InterfacesOf(context, instance_id);
  if (interfaces.empty()) return std::nullopt;
  return interfaces.front().private_ip_address();
}

AWS_OPERATION(ec2, DescribeInstances)
DescribeInstancesResult DescribeInstances(Context& context, const DescribeInstancesRequest& in) {
  RefuseIdsWithPages("instancesSet", !in.InstanceIds.empty(), in.MaxResults);
  CheckPageSize(in.MaxResults);
  std::vector<ShownInstance> shown;
  for (const auto& instance : SelectInstances(context, in.InstanceIds)) shown.push_back(ShownOf(context, instance));
  KeepMatching(shown, in.Filters, kInstanceFilters);
  EndDryRun(in.DryRun);

  DescribeInstancesResult out;
  out.Reservations.present = true;
  for (auto& each : PageOf(context, "DescribeInstances", in, std::move(shown), out.NextToken,
                           [](const ShownInstance& item) { return *item.instance->InstanceId; })) {
    const auto reservation =
        std::find_if(out.Reservations.begin(), out.Reservations.end(),
                     [&](const Reservation& other) { return other.ReservationId == each.reservation_id; });
    if (reservation != out.Reservations.end())
      reservation->Instances.push_back(std::move(*each.instance));
    else
      out.Reservations.push_back(
          ReservationToWire(context, *each.reservation_id, std::vector{std::move(*each.instance)}));
  }
  return out;
}

// Only of running instances unless all are asked for.
AWS_OPERATION(ec2, DescribeInstanceStatus)
DescribeInstanceStatusResult DescribeInstanceStatus(Context& context, const DescribeInstanceStatusRequest& in) {
  RefuseIdsWithPages("instancesSet", !in.InstanceIds.empty(), in.MaxResults);
  CheckPageSize(in.MaxResults);
  std::vector<InstanceStatus> statuses;
  for (const auto& instance : SelectInstances(context, in.InstanceIds))
    if (instance.state == "running" || in.IncludeAllInstances.value_or(false))
      statuses.push_back(StatusToWire(context, instance));
  KeepMatching(statuses, in.Filters, kInstanceStatusFilters);
  EndDryRun(in.DryRun);

  DescribeInstanceStatusResult out;
  out.InstanceStatuses = PageOf(context, "DescribeInstanceStatus", in, std::move(statuses), out.NextToken,
                                [](const InstanceStatus& status) { return *status.InstanceId; });
  return out;
}

}  // namespace drydock::ec2
