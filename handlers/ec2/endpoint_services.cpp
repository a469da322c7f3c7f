#include "handlers/ec2/endpoint_services.h"

#include <algorithm>

#include "api/ec2/DescribeVpcEndpointServicesRequest.h"
#include "api/ec2/DescribeVpcEndpointServicesResult.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ec2/availability_zones.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

struct ServiceName {
  const char* service;         // com.amazonaws.<region>.<service>
  const char* host = nullptr;  // <host>.<region>.amazonaws.com, where it is not the service's own
  bool with_private_dns = true;
};

// AWS PrivateLink Guide, "AWS services that integrate with AWS PrivateLink": the commonly used ones. Hosts: AWS General
// Reference, "Service endpoints"; ecs-a and ecs-t as the ECS Developer Guide's "Interface VPC endpoints" names them.
constexpr ServiceName kInterfaceServices[] = {
    {"acm"},
    {"application-autoscaling"},
    {"athena"},
    {"autoscaling"},
    {"cloudformation"},
    {"cloudtrail"},
    {"codebuild"},
    {"codedeploy"},
    {"codepipeline"},
    {"dynamodb", nullptr, false},
    {"ec2"},
    {"ec2messages"},
    {"ecr.api", "api.ecr"},
    {"ecr.dkr", "*.dkr.ecr"},
    {"ecs"},
    {"ecs-agent", "ecs-a"},
    {"ecs-telemetry", "ecs-t"},
    {"elasticfilesystem"},
    {"elasticloadbalancing"},
    {"email-smtp"},
    {"events"},
    {"execute-api", "*.execute-api"},
    {"glue"},
    {"guardduty-data"},
    {"kinesis-firehose", "firehose"},
    {"kinesis-streams", "kinesis"},
    {"kms"},
    {"lambda"},
    {"logs"},
    {"monitoring"},
    {"rds"},
    {"rds-data"},
    {"s3", "s3", false},
    {"secretsmanager"},
    {"servicediscovery"},
    {"sns"},
    {"sqs"},
    {"ssm"},
    {"ssmmessages"},
    {"states"},
    {"sts"},
    {"xray"},
};
constexpr ServiceName kGatewayServices[] = {{"dynamodb"}, {"s3"}};

// The member has its struct's name, so no pointer to it can be written.
void ServiceTypesAt(const ServiceDetail& detail, FilterValues& values) {
  for (const auto& type : detail.ServiceType)
    if (type.ServiceType) values.Add(*type.ServiceType);
}
void IpAddressTypesAt(const ServiceDetail& detail, FilterValues& values) {
  for (const auto& type : detail.SupportedIpAddressTypes) values.Add(type);
}

constexpr FilterOf<ServiceDetail> kServiceFilters[] = {
    {"owner", &At<&ServiceDetail::Owner>},
    {"service-name", &At<&ServiceDetail::ServiceName>},
    {"service-region", &At<&ServiceDetail::ServiceRegion>},
    {"service-type", &ServiceTypesAt},
    {"supported-ip-address-types", &IpAddressTypesAt},
};

ServiceDetail ToWire(Context& context, const EndpointService& service) {
  ServiceDetail wire;
  wire.ServiceName = service.name;
  wire.ServiceId = "vpce-svc-0" + Hex(Sha256(service.name + " " + service.type)).substr(0, 16);
  wire.ServiceType.emplace_back().ServiceType = service.type;
  wire.ServiceRegion = context.region();
  for (const Zone& zone : ZonesOf(context.region())) {
    wire.AvailabilityZones.push_back(zone.name);
    wire.AvailabilityZoneIds.push_back(zone.id);
  }
  wire.Owner = "amazon";
  const bool gateway = service.type == "Gateway";
  wire.BaseEndpointDnsNames.push_back(
      fmt::format("{}.{}.{}", service.dns_name, context.region(), gateway ? "amazonaws.com" : "vpce.amazonaws.com"));
  if (!service.private_dns_name.empty()) {
    wire.PrivateDnsName = service.private_dns_name;
    wire.PrivateDnsNames.emplace_back().PrivateDnsName = service.private_dns_name;
    wire.PrivateDnsNameVerificationState = "verified";
  }
  wire.VpcEndpointPolicySupported = true;
  wire.AcceptanceRequired = false;
  wire.ManagesVpcEndpoints = false;
  wire.SupportedIpAddressTypes.push_back("ipv4");
  wire.Tags.present = true;
  return wire;
}

}  // namespace

std::vector<EndpointService> EndpointServicesOf(const std::string& region) {
  std::vector<EndpointService> services;
  const auto add = [&](const ServiceName& facts, const char* type) {
    EndpointService service;
    service.name = fmt::format("com.amazonaws.{}.{}", region, facts.service);
    service.type = type;
    const std::string host = facts.host ? facts.host : facts.service;
    service.dns_name = host.rfind("*.", 0) == 0 ? host.substr(2) : host;
    if (facts.with_private_dns && service.type == "Interface")
      service.private_dns_name = fmt::format("{}.{}.amazonaws.com", host, region);
    services.push_back(std::move(service));
  };
  for (const auto& facts : kGatewayServices) add(facts, "Gateway");
  for (const auto& facts : kInterfaceServices) add(facts, "Interface");
  std::stable_sort(services.begin(), services.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return services;
}

std::optional<EndpointService> FindEndpointService(const std::string& region, const std::string& name,
                                                   const std::string& type) {
  for (auto& service : EndpointServicesOf(region))
    if (service.name == name && service.type == type) return std::move(service);
  return std::nullopt;
}

std::optional<std::string> ServiceCalled(const std::string& text, const std::string& region) {
  constexpr std::string_view kPrefix = "com.amazonaws.", kDomain = ".amazonaws.com";
  std::string in_region = region;
  if (text.rfind(kPrefix, 0) == 0) {
    in_region = text.substr(kPrefix.size(), text.find('.', kPrefix.size()) - kPrefix.size());
  } else if (text.size() > kDomain.size() && text.ends_with(kDomain)) {
    const std::string host = text.substr(0, text.size() - kDomain.size());
    in_region = host.substr(host.rfind('.') + 1);
  }
  for (const auto& service : EndpointServicesOf(in_region)) {
    const std::string host = fmt::format("{}.{}{}", service.dns_name, in_region, kDomain);
    if (text == service.name || service.name == fmt::format("{}{}.{}", kPrefix, in_region, text) || text == host ||
        (text.ends_with("." + host) &&
         (service.dns_name == "dkr.ecr" || service.dns_name == "execute-api" || service.dns_name == "s3")))
      return service.name;
  }
  return std::nullopt;
}

AWS_OPERATION(ec2, DescribeVpcEndpointServices)
DescribeVpcEndpointServicesResult DescribeVpcEndpointServices(Context& context,
                                                              const DescribeVpcEndpointServicesRequest& in) {
  for (const std::string& region : in.ServiceRegions)
    if (region != context.region()) throw errors::UnsupportedParameter("ServiceRegions=" + region);
  const auto services = EndpointServicesOf(context.region());
  for (const std::string& name : in.ServiceNames)
    if (std::none_of(services.begin(), services.end(), [&](const auto& service) { return service.name == name; }))
      throw errors::InvalidServiceName(name);
  std::vector<ServiceDetail> details;
  for (const auto& service : services)
    if (in.ServiceNames.empty() ||
        std::find(in.ServiceNames.begin(), in.ServiceNames.end(), service.name) != in.ServiceNames.end())
      details.push_back(ToWire(context, service));
  KeepMatching(details, in.Filters, kServiceFilters);
  EndDryRun(in.DryRun);

  DescribeVpcEndpointServicesResult out;
  out.ServiceDetails = PageOf(context, "DescribeVpcEndpointServices", in, std::move(details), out.NextToken,
                              [](const ServiceDetail& detail) { return *detail.ServiceId; });
  for (const auto& detail : out.ServiceDetails)
    if (std::find(out.ServiceNames.begin(), out.ServiceNames.end(), *detail.ServiceName) == out.ServiceNames.end())
      out.ServiceNames.push_back(*detail.ServiceName);
  return out;
}

}  // namespace drydock::ec2
