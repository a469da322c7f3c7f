#include "api/ec2/CreateNetworkInsightsPathRequest.h"
#include "api/ec2/CreateNetworkInsightsPathResult.h"
#include "api/ec2/DeleteNetworkInsightsPathRequest.h"
#include "api/ec2/DeleteNetworkInsightsPathResult.h"
#include "api/ec2/DescribeNetworkInsightsPathsRequest.h"
#include "api/ec2/DescribeNetworkInsightsPathsResult.h"
#include "api/ec2/NetworkInsightsPath.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ec2/describe.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/network_insights.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/vpc_peering_connections.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxPaths = 1000;  // Reachability Analyzer guide, "Quotas"

void Range(const std::optional<FilterPortRange>& range, FilterValues& values) {
  if (range) values.Add(fmt::format("{}-{}", range->FromPort.value_or(0), range->ToPort.value_or(65535)));
}
// The form of the port ranges' values is unconfirmed.
template <auto kFilter, auto kMember>
void RangeAt(const NetworkInsightsPath& path, FilterValues& values) {
  if (path.*kFilter) Range((*(path.*kFilter)).*kMember, values);
}

constexpr FilterOf<NetworkInsightsPath> kPathFilters[] = {
    {"destination", &At<&NetworkInsightsPath::Destination>},
    {"destination-port", &At<&NetworkInsightsPath::DestinationPort>},
    {"filter-at-destination.destination-address",
     &At<&NetworkInsightsPath::FilterAtDestination, &PathFilter::DestinationAddress>},
    {"filter-at-destination.destination-port-range",
     &RangeAt<&NetworkInsightsPath::FilterAtDestination, &PathFilter::DestinationPortRange>},
    {"filter-at-destination.source-address",
     &At<&NetworkInsightsPath::FilterAtDestination, &PathFilter::SourceAddress>},
    {"filter-at-destination.source-port-range",
     &RangeAt<&NetworkInsightsPath::FilterAtDestination, &PathFilter::SourcePortRange>},
    {"filter-at-source.destination-address",
     &At<&NetworkInsightsPath::FilterAtSource, &PathFilter::DestinationAddress>},
    {"filter-at-source.destination-port-range",
     &RangeAt<&NetworkInsightsPath::FilterAtSource, &PathFilter::DestinationPortRange>},
    {"filter-at-source.source-address", &At<&NetworkInsightsPath::FilterAtSource, &PathFilter::SourceAddress>},
    {"filter-at-source.source-port-range",
     &RangeAt<&NetworkInsightsPath::FilterAtSource, &PathFilter::SourcePortRange>},
    {"protocol", &At<&NetworkInsightsPath::Protocol>},
    {"source", &At<&NetworkInsightsPath::Source>},
};

NetworkInsightsPath ToWire(Context& context, const record::NetworkInsightsPath& path) {
  NetworkInsightsPath wire;
  wire.NetworkInsightsPathId = path.network_insights_path_id;
  wire.NetworkInsightsPathArn = context.Arn("ec2", "network-insights-path/" + path.network_insights_path_id);
  wire.CreatedDate = path.created_date;
  wire.Source = path.source;
  wire.SourceArn = ComponentOf(context, path.source).Arn;
  wire.SourceIp = path.source_ip;
  wire.Destination = path.destination;
  if (path.destination) wire.DestinationArn = ComponentOf(context, *path.destination).Arn;
  wire.DestinationIp = path.destination_ip;
  wire.Protocol = path.protocol;
  wire.DestinationPort = path.destination_port;
  wire.FilterAtSource = path.filter_at_source;
  wire.FilterAtDestination = path.filter_at_destination;
  wire.Tags = TagsToWire(path.tags, true);
  return wire;
}

// An end's id, of one given by id or ARN. Throws the kind's NotFound or Malformed; the check at this point, and its
// texts, are unconfirmed.
std::string EndOf(Context& context, const std::string& given, const char* parameter) {
  std::string id = given;
  if (const auto arn = Arn::Parse(given)) {
    const auto slash = arn->resource.find('/');
    if (arn->service != "ec2" || slash == std::string::npos)
      throw errors::InvalidValue(given, parameter, "This is not the ARN of a source or destination.");
    if (arn->account != context.account() || arn->region != context.region())
      throw errors::UnsupportedParameter(fmt::format("{} in another account or Region", parameter));
    id = arn->resource.substr(slash + 1);
  }
  const std::string prefix = id.substr(0, id.find('-'));
  if (prefix == "eni") return Require<record::NetworkInterface>(context, id).network_interface_id;
  if (prefix == "igw") return Require<record::InternetGateway>(context, id).internet_gateway_id;
  if (prefix == "pcx") return RequirePeering(context, id).vpc_peering_connection_id;
  if (prefix == "vpce" && id.rfind("vpce-svc-", 0) != 0)
    return Require<record::VpcEndpoint>(context, id).vpc_endpoint_id;
  if (prefix == "i") {
    if (!InterfaceOfInstance(context, id)) throw errors::TargetNotFound("InvalidInstanceID.NotFound", "instance", id);
    return id;
  }
  // Drydock has none of these, so no id is one's.
  if (id.rfind("tgw-attach-", 0) == 0)
    throw errors::TargetNotFound("InvalidTransitGatewayAttachmentID.NotFound", "transitGatewayAttachment", id);
  if (prefix == "tgw") throw errors::TargetNotFound("InvalidTransitGatewayID.NotFound", "transitGateway", id);
  if (prefix == "vgw") throw errors::TargetNotFound("InvalidVpnGatewayID.NotFound", "vpnGateway", id);
  if (prefix == "vpce") throw errors::TargetNotFound("InvalidVpcEndpointServiceId.NotFound", "vpcEndpointService", id);
  throw errors::InvalidValue(given, parameter,
                             "A path begins and ends at an instance, a network interface, an internet gateway, a VPC "
                             "endpoint or a VPC peering connection.");
}

void CheckAddress(const std::optional<std::string>& address, const char* parameter) {
  if (address && !network::Address::Parse(*address))
    throw errors::InvalidValue(*address, parameter, "This is not a valid IPv4 address.");
}

std::optional<PathFilter> FilterOfRequest(const std::optional<PathRequestFilter>& in, const char* parameter) {
  if (!in) return std::nullopt;
  PathFilter filter;
  filter.SourceAddress = in->SourceAddress;
  filter.DestinationAddress = in->DestinationAddress;
  CheckAddress(in->SourceAddress, "sourceAddress");
  CheckAddress(in->DestinationAddress, "destinationAddress");
  const auto ports = [&](const std::optional<RequestFilterPortRange>& range) -> std::optional<FilterPortRange> {
    if (!range) return std::nullopt;
    FilterPortRange out;
    out.FromPort = range->FromPort.value_or(0);
    out.ToPort = range->ToPort.value_or(range->FromPort ? *range->FromPort : 65535);
    if (*out.FromPort > *out.ToPort)  // text unconfirmed
      throw errors::InvalidValue(fmt::format("{}-{}", *out.FromPort, *out.ToPort), parameter,
                                 "The range ends before it begins.");
    return out;
  };
  filter.SourcePortRange = ports(in->SourcePortRange);
  filter.DestinationPortRange = ports(in->DestinationPortRange);
  return filter;
}

// CreateNetworkInsightsPath's manual: what the filters exclude.
void CheckCombination(const CreateNetworkInsightsPathRequest& in) {
  if (in.FilterAtSource && (in.SourceIp || in.DestinationPort))
    throw errors::InvalidParameterCombination(
        "FilterAtSource cannot be specified together with SourceIp or DestinationPort");
  if (in.FilterAtDestination && in.DestinationIp)
    throw errors::InvalidParameterCombination("FilterAtDestination cannot be specified together with DestinationIp");
  const bool goal = in.Destination || in.DestinationIp || (in.FilterAtSource && in.FilterAtSource->DestinationAddress);
  if (!goal) throw errors::MissingParameter("destination");
}

}  // namespace

AWS_OPERATION(ec2, CreateNetworkInsightsPath)
AWS_ACCESS("network-insights-path/*")
CreateNetworkInsightsPathResult CreateNetworkInsightsPath(Context& context,
                                                          const CreateNetworkInsightsPathRequest& in) {
  CreateNetworkInsightsPathResult out;
  if (const auto before = CreatedBefore<record::NetworkInsightsPath>(context, "CreateNetworkInsightsPath", in)) {
    out.NetworkInsightsPath = ToWire(context, *before);
    return out;
  }
  CheckCombination(in);
  CheckAddress(in.SourceIp, "sourceIp");
  CheckAddress(in.DestinationIp, "destinationIp");
  record::NetworkInsightsPath path;
  path.source = EndOf(context, *in.Source, "source");
  if (in.Destination) path.destination = EndOf(context, *in.Destination, "destination");
  if (path.destination == path.source)  // text unconfirmed
    throw errors::InvalidParameterValue("The source and the destination of a path must differ");
  path.source_ip = in.SourceIp;
  path.destination_ip = in.DestinationIp;
  path.protocol = Lowercase(*in.Protocol);
  path.destination_port = in.DestinationPort;
  path.filter_at_source = FilterOfRequest(in.FilterAtSource, "filterAtSource");
  path.filter_at_destination = FilterOfRequest(in.FilterAtDestination, "filterAtDestination");
  path.tags = TakeTags(in.TagSpecifications, kKind<record::NetworkInsightsPath>);
  if (context.tx.Count<record::NetworkInsightsPath>(context.scope) >= kMaxPaths)
    throw errors::NetworkInsightsLimitExceeded("NetworkInsightsPath", kMaxPaths);
  EndDryRun(in.DryRun);

  path.network_insights_path_id = context.ids.Ec2("nip");
  path.created_date = context.now;
  context.tx.Put(context.scope, path);
  RememberToken(context, "CreateNetworkInsightsPath", in, path.network_insights_path_id);
  out.NetworkInsightsPath = ToWire(context, path);
  return out;
}

AWS_OPERATION(ec2, DeleteNetworkInsightsPath)
AWS_ACCESS("network-insights-path/{NetworkInsightsPathId}")
DeleteNetworkInsightsPathResult DeleteNetworkInsightsPath(Context& context,
                                                          const DeleteNetworkInsightsPathRequest& in) {
  const auto path = Require<record::NetworkInsightsPath>(context, *in.NetworkInsightsPathId);
  if (context.tx.Count<record::NetworkInsightsAnalysis>(
          context.scope,
          store::Where(&record::NetworkInsightsAnalysis::network_insights_path_id, path.network_insights_path_id)) > 0)
    throw errors::AnalysisExistsForNetworkInsightsPath(path.network_insights_path_id);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::NetworkInsightsPath>(context.scope, path.network_insights_path_id);
  DeleteNetworkInsightsPathResult out;
  out.NetworkInsightsPathId = path.network_insights_path_id;
  return out;
}

AWS_OPERATION(ec2, DescribeNetworkInsightsPaths)
DescribeNetworkInsightsPathsResult DescribeNetworkInsightsPaths(Context& context,
                                                                const DescribeNetworkInsightsPathsRequest& in) {
  DescribeNetworkInsightsPathsResult out;
  out.NetworkInsightsPaths = DescribePage<record::NetworkInsightsPath, &NetworkInsightsPath::NetworkInsightsPathId>(
      context, {"DescribeNetworkInsightsPaths", "networkInsightsPathIds", in.NetworkInsightsPathIds}, in, kPathFilters,
      out.NextToken, [&](const auto& path) { return std::optional(ToWire(context, path)); });
  return out;
}

}  // namespace drydock::ec2
