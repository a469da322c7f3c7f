// VPC endpoints. AWS PrivateLink Guide; EC2 API Reference; texts: aws-facts B.1, B.7.
#include "handlers/ec2/vpc_endpoints.h"

#include <algorithm>

#include "api/ec2/CreateVpcEndpointRequest.h"
#include "api/ec2/CreateVpcEndpointResult.h"
#include "api/ec2/DeleteVpcEndpointsRequest.h"
#include "api/ec2/DeleteVpcEndpointsResult.h"
#include "api/ec2/DescribeVpcEndpointsRequest.h"
#include "api/ec2/DescribeVpcEndpointsResult.h"
#include "api/ec2/ModifyVpcEndpointRequest.h"
#include "api/ec2/ModifyVpcEndpointResult.h"
#include "emulator/api/operation.h"
#include "emulator/auth/policy/validate.h"
#include "emulator/core/text.h"
#include "emulator/network/aws_prefix_lists.h"
#include "handlers/ec2/endpoint_services.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/interface_addresses.h"
#include "handlers/ec2/network_interfaces.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/security_groups.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxGatewayEndpoints = 20;    // per region; AWS PrivateLink Guide, "Quotas"
constexpr std::size_t kMaxInterfaceEndpoints = 50;  // per VPC; the same
constexpr std::size_t kMaxEndpointPolicy = 20'480;  // characters; the same
constexpr Duration kEndpointQuick{100};
constexpr Duration kEndpointProvisioning{90'000};  // AWS takes one to three minutes
constexpr Duration kEndpointDeleting{60'000};

// What an endpoint without a policy of its own shows. AWS PrivateLink Guide, "Default endpoint policy".
constexpr char kGatewayPolicy[] =
    R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";
constexpr char kInterfacePolicy[] = R"({"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]})";

constexpr FilterOf<VpcEndpoint> kEndpointFilters[] = {
    {"ip-address-type", &At<&VpcEndpoint::IpAddressType>},
    {"service-name", &At<&VpcEndpoint::ServiceName>},
    {"service-region", &At<&VpcEndpoint::ServiceRegion>},
    {"vpc-endpoint-id", &At<&VpcEndpoint::VpcEndpointId>},
    {"vpc-endpoint-state", &At<&VpcEndpoint::State>},
    {"vpc-endpoint-type", &At<&VpcEndpoint::VpcEndpointType>},
    {"vpc-id", &At<&VpcEndpoint::VpcId>},
};

bool IsLeaving(const record::VpcEndpoint& endpoint) {
  return endpoint.state == "deleting";
}

bool HasPart(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The regional name, one for each zone it is in, and the name that private DNS overrides. The ids of the hosted zones
// are Drydock's own.
void AddDnsEntries(Context& context, const record::VpcEndpoint& endpoint, VpcEndpoint& wire) {
  const auto service = FindEndpointService(context.region(), endpoint.service_name, endpoint.type);
  if (!service) return;
  const std::string start = endpoint.vpc_endpoint_id + "-" + endpoint.dns_suffix;
  const std::string end = fmt::format(".{}.{}.vpce.amazonaws.com", service->dns_name, context.region());
  const auto add = [&](const std::string& name, const std::string& zone_id) {
    auto& entry = wire.DnsEntries.emplace_back();
    entry.DnsName = name;
    entry.HostedZoneId = zone_id;
  };
  add(start + end, "ZDRYDOCKVPCE");
  for (const auto& each : endpoint.subnets)
    if (const auto subnet = context.tx.Get<record::Subnet>(context.scope, each.subnet_id))
      add(start + "-" + subnet->availability_zone + end, "ZDRYDOCKVPCE");
  if (endpoint.private_dns_enabled)
    add(service->private_dns_name.empty() ? fmt::format("*.{}.{}.amazonaws.com", service->dns_name, context.region())
                                          : service->private_dns_name,
        "ZDRYDOCKPRIVATE");
}

VpcEndpoint ToWire(Context& context, const record::VpcEndpoint& endpoint) {
  VpcEndpoint wire;
  wire.VpcEndpointId = endpoint.vpc_endpoint_id;
  wire.VpcEndpointType = endpoint.type;
  wire.VpcId = endpoint.vpc_id;
  wire.ServiceName = endpoint.service_name;
  wire.ServiceRegion = context.region();
  wire.State = endpoint.state;
  wire.PolicyDocument = !endpoint.policy_document.empty() ? endpoint.policy_document
                        : endpoint.is_gateway()           ? kGatewayPolicy
                                                          : kInterfacePolicy;
  wire.RouteTableIds.present = wire.SubnetIds.present = wire.Groups.present = true;
  wire.NetworkInterfaceIds.present = wire.DnsEntries.present = true;
  for (const auto& id : endpoint.route_table_ids) wire.RouteTableIds.push_back(id);
  for (const auto& subnet : endpoint.subnets) {
    wire.SubnetIds.push_back(subnet.subnet_id);
    if (subnet.network_interface_id) wire.NetworkInterfaceIds.push_back(*subnet.network_interface_id);
  }
  for (const auto& id : endpoint.group_ids) {
    const auto group = FindSecurityGroup(context, id);
    auto& item = wire.Groups.emplace_back();
    item.GroupId = id;
    if (group) item.GroupName = group->group_name;
  }
  wire.PrivateDnsEnabled = endpoint.private_dns_enabled;
  wire.RequesterManaged = false;
  if (!endpoint.is_gateway()) {
    wire.IpAddressType = endpoint.ip_address_type;
    auto& dns = wire.DnsOptions.emplace();
    dns.DnsRecordIpType = endpoint.dns_record_ip_type;
    if (endpoint.private_dns_only_for_inbound_resolver_endpoint) dns.PrivateDnsOnlyForInboundResolverEndpoint = true;
    AddDnsEntries(context, endpoint, wire);
  }
  wire.CreationTimestamp = endpoint.creation_time;
  wire.OwnerId = context.account();
  if (endpoint.failure_message) {
    auto& error = wire.LastError.emplace();
    error.Code = endpoint.failure_code;
    error.Message = endpoint.failure_message;
  }
  wire.Tags = TagsToWire(endpoint.tags, true);
  return wire;
}

void SetEndpointTimer(Context& context, const std::string& id, Duration realistic) {
  context.tx.SetTimer({.kind = kVpcEndpointTimer,
                       .scope = context.scope,
                       .key = id,
                       .due = context.now + context.engines.clock.Delay(realistic, kEndpointQuick)});
}

std::vector<record::VpcEndpoint> EndpointsOfVpc(Context& context, const std::string& vpc_id) {
  return context.tx.List<record::VpcEndpoint>(context.scope, store::Where(&record::VpcEndpoint::vpc_id, vpc_id));
}

std::string TakeEndpointPolicy(const std::string& text) {
  if (CountCharacters(text) > kMaxEndpointPolicy) throw errors::InvalidPolicyDocument("it is too long.");
  if (const auto problem = auth::policy::Problem(text, auth::policy::PolicyKind::kResource))
    throw errors::InvalidPolicyDocument(*problem);
  return text;
}

// The parameters that only the other type of endpoint has. Texts unconfirmed.
void RefuseForType(const std::string& type, std::initializer_list<std::pair<const char*, bool>> given) {
  for (const auto& [parameter, present] : given)
    if (present)
      throw errors::InvalidParameter(
          fmt::format("{} cannot be specified for an endpoint of type {}.", parameter, type));
}

// Gateway endpoints: a further table. It has one route to the service at most.
void AddRouteTable(Context& context, record::VpcEndpoint& endpoint, const std::string& id) {
  const auto table = Require<record::RouteTable>(context, id);
  if (table.vpc_id != endpoint.vpc_id)
    throw errors::InvalidParameter(
        fmt::format("route table {} and network {} belong to different networks", id, endpoint.vpc_id));
  if (HasPart(endpoint.route_table_ids, id)) return;
  const std::string list = PrefixListOf(context, endpoint);
  for (const auto& other : GatewayEndpointsOf(context, table))
    if (other.vpc_endpoint_id != endpoint.vpc_endpoint_id && other.service_name == endpoint.service_name)
      throw errors::PrefixListRouteExists(id, list);
  for (const auto& route : table.routes)
    if (route.destination_prefix_list_id == list) throw errors::PrefixListRouteExists(id, list);
  endpoint.route_table_ids.push_back(id);
}

// Interface endpoints: a further subnet, without its interface yet. One subnet in each zone.
void AddSubnet(Context& context, record::VpcEndpoint& endpoint, const std::string& id,
               const std::optional<std::string>& address) {
  const auto subnet = Require<record::Subnet>(context, id);
  if (subnet.vpc_id != endpoint.vpc_id)  // text unconfirmed
    throw errors::InvalidParameter(fmt::format("Subnet {} does not belong to VPC {}", id, endpoint.vpc_id));
  for (const auto& other : endpoint.subnets) {
    if (other.subnet_id == id) return;
    const auto taken = context.tx.Get<record::Subnet>(context.scope, other.subnet_id);
    if (taken && taken->availability_zone == subnet.availability_zone)
      throw errors::DuplicateSubnetsInSameZone(other.subnet_id);
  }
  endpoint.subnets.push_back({id, std::nullopt, address});
}

// Addresses for subnets that the request names as well.
template <class In>
std::optional<std::string> AddressAskedFor(const In& in, const std::string& subnet_id) {
  for (const auto& configuration : in.SubnetConfigurations)
    if (configuration.SubnetId == subnet_id) return configuration.Ipv4;
  return std::nullopt;
}
template <class In>
void CheckSubnetConfigurations(const In& in, const List<std::string>& subnet_ids) {
  for (const auto& configuration : in.SubnetConfigurations) {
    if (configuration.Ipv6) throw errors::UnsupportedParameter("SubnetConfigurations.Ipv6");
    if (!configuration.SubnetId) throw errors::MissingParameter("SubnetId");
    if (!HasPart(subnet_ids, *configuration.SubnetId))  // text unconfirmed
      throw errors::InvalidParameter(
          fmt::format("Subnet {} of the subnet configurations is none of the subnets.", *configuration.SubnetId));
  }
}

void MakeInterfaces(Context& context, record::VpcEndpoint& endpoint) {
  for (auto& subnet : endpoint.subnets) {
    if (subnet.network_interface_id) continue;
    InterfaceSpec spec;
    spec.subnet_id = subnet.subnet_id;
    spec.group_ids = endpoint.group_ids;
    spec.description = "VPC Endpoint Interface " + endpoint.vpc_endpoint_id;
    spec.interface_type = "vpc_endpoint";
    spec.requester_id = "727180483921";  // Amazon's: EC2 User Guide, "Requester-managed network interfaces"
    spec.instance_owner_id = "amazon-aws";
    spec.private_ip_address = subnet.private_ip_address;
    subnet.network_interface_id = CreateRequesterManagedInterface(context, spec).network_interface_id;
  }
}

void TakeDnsOptions(record::VpcEndpoint& endpoint, const std::optional<std::string>& ip_address_type,
                    const std::optional<DnsOptionsSpecification>& options) {
  if (ip_address_type && *ip_address_type != "ipv4")
    throw errors::UnsupportedParameter("IpAddressType=" + *ip_address_type);
  if (!options) return;
  RefuseParameters(*options, {"PrivateDnsPreference", "PrivateDnsSpecifiedDomains"});
  if (options->DnsRecordIpType) {
    if (*options->DnsRecordIpType != "ipv4" && *options->DnsRecordIpType != "service-defined")
      throw errors::InvalidParameter(  // text unconfirmed
          fmt::format("DnsRecordIpType {} does not go with the IP address type {}.", *options->DnsRecordIpType,
                      endpoint.ip_address_type));
    endpoint.dns_record_ip_type = *options->DnsRecordIpType;
  }
  if (options->PrivateDnsOnlyForInboundResolverEndpoint) {
    if (*options->PrivateDnsOnlyForInboundResolverEndpoint && !endpoint.service_name.ends_with(".s3"))
      throw errors::InvalidParameter(  // text unconfirmed
          fmt::format("PrivateDnsOnlyForInboundResolverEndpoint is not supported for the service {}.",
                      endpoint.service_name));
    endpoint.private_dns_only_for_inbound_resolver_endpoint = *options->PrivateDnsOnlyForInboundResolverEndpoint;
  }
}

// Whether the VPC can have it: both DNS attributes, and no other endpoint that gives the same names.
void CheckPrivateDns(Context& context, const record::VpcEndpoint& endpoint, const EndpointService& service) {
  if (!endpoint.private_dns_enabled) return;
  const auto vpc = Require<record::Vpc>(context, endpoint.vpc_id);
  if (!vpc.enable_dns_support || !vpc.enable_dns_hostnames) throw errors::PrivateDnsNeedsAttributes(vpc.vpc_id);
  for (const auto& other : EndpointsOfVpc(context, endpoint.vpc_id))
    if (other.vpc_endpoint_id != endpoint.vpc_endpoint_id && other.service_name == endpoint.service_name &&
        other.private_dns_enabled && !IsLeaving(other))
      throw errors::PrivateDnsConflict(service.private_dns_name.empty()
                                           ? fmt::format("{}.{}.amazonaws.com", service.dns_name, context.region())
                                           : service.private_dns_name,
                                       vpc.vpc_id);
}

EndpointService TakeService(Context& context, const CreateVpcEndpointRequest& in, const std::string& type) {
  if (!in.ServiceName) throw errors::MissingParameter("ServiceName");
  std::string available;
  for (const auto& service : EndpointServicesOf(context.region())) {
    if (service.name != *in.ServiceName) continue;
    if (service.type == type) return service;
    available += (available.empty() ? "" : ", ") + service.type;
  }
  if (available.empty()) throw errors::InvalidServiceName(*in.ServiceName);
  throw errors::EndpointTypeMismatch(type, available);
}

void CheckEndpointLimit(Context& context, const record::VpcEndpoint& endpoint) {
  std::size_t count = 0;
  if (endpoint.is_gateway()) {
    for (const auto& other : context.tx.List<record::VpcEndpoint>(context.scope)) count += other.is_gateway() ? 1 : 0;
    if (count >= kMaxGatewayEndpoints) throw errors::VpcEndpointLimitExceeded();
    return;
  }
  for (const auto& other : EndpointsOfVpc(context, endpoint.vpc_id)) count += other.is_gateway() ? 0 : 1;
  if (count >= kMaxInterfaceEndpoints) throw errors::VpcEndpointLimitExceeded();
}

void RequireChangeable(const record::VpcEndpoint& endpoint) {
  if (IsLeaving(endpoint))  // text unconfirmed
    throw ApiError("IncorrectState",
                   fmt::format("The endpoint {} is in the state {}.", endpoint.vpc_endpoint_id, endpoint.state));
}

void ModifyGateway(Context& context, record::VpcEndpoint& endpoint, const ModifyVpcEndpointRequest& in) {
  RefuseForType(endpoint.type, {{"AddSubnetIds", !in.AddSubnetIds.empty()},
                                {"RemoveSubnetIds", !in.RemoveSubnetIds.empty()},
                                {"AddSecurityGroupIds", !in.AddSecurityGroupIds.empty()},
                                {"RemoveSecurityGroupIds", !in.RemoveSecurityGroupIds.empty()},
                                {"SubnetConfigurations", !in.SubnetConfigurations.empty()},
                                {"PrivateDnsEnabled", in.PrivateDnsEnabled.value_or(false)},
                                {"IpAddressType", in.IpAddressType && in.IpAddressType != "ipv4"},
                                {"DnsOptions", in.DnsOptions.has_value()}});
  for (const auto& id : in.RemoveRouteTableIds) {
    Require<record::RouteTable>(context, id);
    std::erase(endpoint.route_table_ids, id);
  }
  for (const auto& id : in.AddRouteTableIds) AddRouteTable(context, endpoint, id);
}

// Subnets go before others come: one may take the place of another in its zone.
void ModifyInterface(Context& context, record::VpcEndpoint& endpoint, const ModifyVpcEndpointRequest& in) {
  RefuseForType(endpoint.type, {{"AddRouteTableIds", !in.AddRouteTableIds.empty()},
                                {"RemoveRouteTableIds", !in.RemoveRouteTableIds.empty()}});
  TakeDnsOptions(endpoint, in.IpAddressType, in.DnsOptions);
  CheckSubnetConfigurations(in, in.AddSubnetIds);
  for (const auto& id : in.RemoveSubnetIds) {
    Require<record::Subnet>(context, id);
    for (const auto& subnet : endpoint.subnets)
      if (subnet.subnet_id == id && subnet.network_interface_id) DeleteInterface(context, *subnet.network_interface_id);
    std::erase_if(endpoint.subnets, [&](const auto& subnet) { return subnet.subnet_id == id; });
  }
  for (const auto& id : in.AddSubnetIds) AddSubnet(context, endpoint, id, AddressAskedFor(in, id));
  for (const auto& id : in.RemoveSecurityGroupIds) {
    RequireSecurityGroup(context, id);
    std::erase(endpoint.group_ids, id);
  }
  for (const auto& id : in.AddSecurityGroupIds) endpoint.group_ids.push_back(id);
  if (endpoint.group_ids.empty())  // text unconfirmed
    throw errors::InvalidParameter("An interface endpoint must have at least one security group.");
  endpoint.group_ids = GroupsForInterface(context, endpoint.vpc_id, endpoint.group_ids);
  for (const auto& subnet : endpoint.subnets)
    if (subnet.network_interface_id) SetInterfaceGroups(context, *subnet.network_interface_id, endpoint.group_ids);
  MakeInterfaces(context, endpoint);
  if (in.PrivateDnsEnabled) endpoint.private_dns_enabled = *in.PrivateDnsEnabled;
  if (const auto service = FindEndpointService(context.region(), endpoint.service_name, endpoint.type))
    CheckPrivateDns(context, endpoint, *service);
}

}  // namespace

std::string PrefixListOf(Context& context, const record::VpcEndpoint& endpoint) {
  for (const auto& list : network::AwsPrefixLists(context.region()))
    if (list.name == endpoint.service_name) return list.id;
  return "";
}

std::vector<record::VpcEndpoint> GatewayEndpointsOf(Context& context, const record::RouteTable& table) {
  auto endpoints = EndpointsOfVpc(context, table.vpc_id);
  std::erase_if(endpoints, [&](const auto& endpoint) {
    return !endpoint.is_gateway() || !HasPart(endpoint.route_table_ids, table.route_table_id);
  });
  return endpoints;
}

void LeaveRouteTable(Context& context, const record::RouteTable& table) {
  for (auto& endpoint : GatewayEndpointsOf(context, table)) {
    std::erase(endpoint.route_table_ids, table.route_table_id);
    context.tx.Put(context.scope, endpoint);
  }
}

void VpcEndpointTimerFired(Context& context, const std::string& vpc_endpoint_id) {
  auto endpoint = context.tx.Get<record::VpcEndpoint>(context.scope, vpc_endpoint_id);
  if (!endpoint) return;
  if (endpoint->state == "pending") {
    endpoint->state = "available";
    context.tx.Put(context.scope, *endpoint);
    return;
  }
  if (!IsLeaving(*endpoint)) return;
  for (const auto& subnet : endpoint->subnets)
    if (subnet.network_interface_id) DeleteInterface(context, *subnet.network_interface_id);
  context.tx.Erase<record::VpcEndpoint>(context.scope, vpc_endpoint_id);
}

AWS_OPERATION(ec2, CreateVpcEndpoint)
AWS_ACCESS("vpc/{VpcId}", "subnet/{SubnetIds}", "route-table/{RouteTableIds}", "security-group/{SecurityGroupIds}",
           "vpc-endpoint/*", "ec2:VpceServiceName={ServiceName}")
CreateVpcEndpointResult CreateVpcEndpoint(Context& context, const CreateVpcEndpointRequest& in) {
  RefuseParameters(in, {"ServiceNetworkArn", "ResourceConfigurationArn"});
  if (in.ServiceRegion && *in.ServiceRegion != context.region())
    throw errors::UnsupportedParameter("ServiceRegion=" + *in.ServiceRegion);
  CreateVpcEndpointResult out;
  out.ClientToken = in.ClientToken;
  if (const auto before = CreatedBefore<record::VpcEndpoint>(context, "CreateVpcEndpoint", in)) {
    out.VpcEndpoint = ToWire(context, *before);
    return out;
  }
  record::VpcEndpoint endpoint;
  endpoint.type = in.VpcEndpointType.value_or("Gateway");
  if (endpoint.type != "Gateway" && endpoint.type != "Interface")
    throw errors::UnsupportedParameter("VpcEndpointType=" + endpoint.type);
  endpoint.vpc_id = Require<record::Vpc>(context, *in.VpcId).vpc_id;
  const auto service = TakeService(context, in, endpoint.type);
  endpoint.service_name = service.name;
  if (in.PolicyDocument) endpoint.policy_document = TakeEndpointPolicy(*in.PolicyDocument);
  endpoint.tags = TakeTags(in.TagSpecifications, kKind<record::VpcEndpoint>);
  if (endpoint.is_gateway()) {
    RefuseForType(endpoint.type, {{"SubnetIds", !in.SubnetIds.empty()},
                                  {"SecurityGroupIds", !in.SecurityGroupIds.empty()},
                                  {"SubnetConfigurations", !in.SubnetConfigurations.empty()},
                                  {"PrivateDnsEnabled", in.PrivateDnsEnabled.value_or(false)},
                                  {"IpAddressType", in.IpAddressType && in.IpAddressType != "ipv4"},
                                  {"DnsOptions", in.DnsOptions.has_value()}});
    for (const auto& id : in.RouteTableIds) AddRouteTable(context, endpoint, id);
    endpoint.state = "available";
  } else {
    RefuseForType(endpoint.type, {{"RouteTableIds", !in.RouteTableIds.empty()}});
    TakeDnsOptions(endpoint, in.IpAddressType, in.DnsOptions);
    CheckSubnetConfigurations(in, in.SubnetIds);
    for (const auto& id : in.SubnetIds) AddSubnet(context, endpoint, id, AddressAskedFor(in, id));
    endpoint.group_ids = GroupsForInterface(context, endpoint.vpc_id, in.SecurityGroupIds);
    // CreateVpcEndpoint's manual of 2023: "Default: true"; services without such names have none to override.
    endpoint.private_dns_enabled = in.PrivateDnsEnabled.value_or(!service.private_dns_name.empty());
    CheckPrivateDns(context, endpoint, service);
  }
  CheckEndpointLimit(context, endpoint);
  EndDryRun(in.DryRun);

  endpoint.vpc_endpoint_id = context.ids.Ec2("vpce");
  endpoint.dns_suffix = context.ids.Random("0123456789abcdefghijklmnopqrstuvwxyz", 8);
  endpoint.creation_time = context.now;
  MakeInterfaces(context, endpoint);
  context.tx.Put(context.scope, endpoint);
  if (!endpoint.is_gateway()) SetEndpointTimer(context, endpoint.vpc_endpoint_id, kEndpointProvisioning);
  RememberToken(context, "CreateVpcEndpoint", in, endpoint.vpc_endpoint_id);
  out.VpcEndpoint = ToWire(context, endpoint);
  return out;
}

AWS_OPERATION(ec2, ModifyVpcEndpoint)
AWS_ACCESS("vpc-endpoint/{VpcEndpointId}", "subnet/{AddSubnetIds}", "route-table/{AddRouteTableIds}",
           "security-group/{AddSecurityGroupIds}")
ModifyVpcEndpointResult ModifyVpcEndpoint(Context& context, const ModifyVpcEndpointRequest& in) {
  auto endpoint = Require<record::VpcEndpoint>(context, *in.VpcEndpointId);
  RequireChangeable(endpoint);
  const bool reset = in.ResetPolicy.value_or(false);
  if (reset && in.PolicyDocument)  // text unconfirmed
    throw errors::InvalidParameterCombination("ResetPolicy and PolicyDocument cannot be specified together");
  if (reset) endpoint.policy_document.clear();
  if (in.PolicyDocument) endpoint.policy_document = TakeEndpointPolicy(*in.PolicyDocument);
  if (endpoint.is_gateway())
    ModifyGateway(context, endpoint, in);
  else
    ModifyInterface(context, endpoint, in);
  EndDryRun(in.DryRun);
  context.tx.Put(context.scope, endpoint);
  ModifyVpcEndpointResult out;
  out.Return = true;
  return out;
}

// An endpoint that cannot be deleted does not keep the others.
AWS_OPERATION(ec2, DeleteVpcEndpoints)
AWS_ACCESS("vpc-endpoint/{VpcEndpointIds}")
DeleteVpcEndpointsResult DeleteVpcEndpoints(Context& context, const DeleteVpcEndpointsRequest& in) {
  if (in.VpcEndpointIds.empty()) throw errors::MissingParameter("VpcEndpointId");
  for (const auto& id : in.VpcEndpointIds)
    if (!HasIdSyntax(kKind<record::VpcEndpoint>, id)) throw MalformedId(kKind<record::VpcEndpoint>, id);
  EndDryRun(in.DryRun);
  DeleteVpcEndpointsResult out;
  out.Unsuccessful.present = true;
  for (const auto& id : in.VpcEndpointIds) {
    auto endpoint = context.tx.Get<record::VpcEndpoint>(context.scope, id);
    if (!endpoint) {
      auto& item = out.Unsuccessful.emplace_back();
      item.ResourceId = id;
      auto& error = item.Error.emplace();
      error.Code = "InvalidVpcEndpoint.NotFound";
      error.Message = fmt::format("The Vpc Endpoint Id '{}' does not exist", id);
    } else if (endpoint->is_gateway()) {
      context.tx.Erase<record::VpcEndpoint>(context.scope, id);
    } else if (!IsLeaving(*endpoint)) {
      endpoint->state = "deleting";
      context.tx.Put(context.scope, *endpoint);
      SetEndpointTimer(context, id, kEndpointDeleting);
    }
  }
  return out;
}

AWS_OPERATION(ec2, DescribeVpcEndpoints)
DescribeVpcEndpointsResult DescribeVpcEndpoints(Context& context, const DescribeVpcEndpointsRequest& in) {
  std::vector<VpcEndpoint> endpoints;
  for (const auto& endpoint : Select<record::VpcEndpoint>(context, in.VpcEndpointIds))
    endpoints.push_back(ToWire(context, endpoint));
  KeepMatching(endpoints, in.Filters, kEndpointFilters);
  EndDryRun(in.DryRun);

  DescribeVpcEndpointsResult out;
  out.VpcEndpoints = PageOf(context, "DescribeVpcEndpoints", in, std::move(endpoints), out.NextToken,
                            [](const VpcEndpoint& endpoint) { return *endpoint.VpcEndpointId; });
  return out;
}

}  // namespace drydock::ec2
