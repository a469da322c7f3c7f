#include "api/ec2/DeleteNetworkInsightsAnalysisRequest.h"
#include "api/ec2/DeleteNetworkInsightsAnalysisResult.h"
#include "api/ec2/DescribeNetworkInsightsAnalysesRequest.h"
#include "api/ec2/DescribeNetworkInsightsAnalysesResult.h"
#include "api/ec2/NetworkInsightsAnalysis.h"
#include "api/ec2/StartNetworkInsightsAnalysisRequest.h"
#include "api/ec2/StartNetworkInsightsAnalysisResult.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/ec2/describe.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/network_insights.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxAnalyses = 10000;  // Reachability Analyzer guide, "Quotas"
constexpr Duration kAnalysing{30'000};
constexpr Duration kAnalysingQuick{50};
constexpr Duration kKept{120LL * 24 * 3600 * 1000};  // guide, "Getting started": deleted 120 days after

constexpr FilterOf<NetworkInsightsAnalysis> kAnalysisFilters[] = {
    {"path-found", &At<&NetworkInsightsAnalysis::NetworkPathFound>},
    {"status", &At<&NetworkInsightsAnalysis::Status>},
};

template <class Record>
List<Record> ToList(const std::vector<Record>& values) {
  return List<Record>(values);
}

NetworkInsightsAnalysis ToWire(Context& context, const record::NetworkInsightsAnalysis& analysis) {
  NetworkInsightsAnalysis wire;
  wire.NetworkInsightsAnalysisId = analysis.network_insights_analysis_id;
  wire.NetworkInsightsAnalysisArn =
      context.Arn("ec2", "network-insights-analysis/" + analysis.network_insights_analysis_id);
  wire.NetworkInsightsPathId = analysis.network_insights_path_id;
  wire.StartDate = analysis.start_date;
  wire.Status = analysis.status;
  wire.StatusMessage = analysis.status_message;
  if (!analysis.filter_in_arns.empty()) wire.FilterInArns = ToList(analysis.filter_in_arns);
  if (!analysis.filter_out_arns.empty()) wire.FilterOutArns = ToList(analysis.filter_out_arns);
  wire.NetworkPathFound = analysis.network_path_found;
  if (!analysis.forward.empty()) wire.ForwardPathComponents = ToList(analysis.forward);
  if (!analysis.back.empty()) wire.ReturnPathComponents = ToList(analysis.back);
  if (!analysis.explanations.empty()) wire.Explanations = ToList(analysis.explanations);
  wire.Tags = TagsToWire(analysis.tags, true);
  return wire;
}

// What a path asks of the engine, and where the answer must lead through.
struct Asked {
  network::Flow flow;
  std::string first, last;             // instances at the ends
  std::vector<std::string> must_pass;  // gateways that are an end themselves
  std::string silent_endpoint;         // a VPC endpoint as the source: it opens no connections
};

std::optional<network::Address> AddressOf(const std::optional<std::string>& given,
                                          const std::optional<PathFilter>& filter,
                                          std::optional<std::string> PathFilter::*member) {
  if (given) return network::Address::Parse(*given);
  if (filter && (*filter).*member) return network::Address::Parse(*((*filter).*member));
  return std::nullopt;
}

network::PortRange PortsOf(const FilterPortRange& range) {
  return {static_cast<std::uint16_t>(range.FromPort.value_or(0)),
          static_cast<std::uint16_t>(range.ToPort.value_or(65535))};
}

// The end of this id. Sets `refused` to a status message when Drydock cannot analyse from or to it.
network::Endpoint EndpointAt(Context& context, const network::Topology& topology, const std::string& id,
                             const std::optional<network::Address>& address, bool is_source, Asked& asked,
                             std::string& refused) {
  const std::string prefix = id.substr(0, id.find('-'));
  if (prefix == "igw") {
    asked.must_pass.push_back(id);
    return network::InternetEndpoint{address};
  }
  if (prefix == "pcx") {
    asked.must_pass.push_back(id);
    if (!address) refused = "Drydock analyses paths through " + id + " only to or from an address that is named.";
    return network::AddressEndpoint{address.value_or(network::Address())};
  }
  if (prefix == "vpce") {
    const auto* endpoint = topology.Find<network::VpcEndpoint>(id);
    asked.must_pass.push_back(id);
    if (is_source) asked.silent_endpoint = id;
    if (endpoint && !endpoint->network_interface_ids.empty())
      return network::InterfaceEndpoint{endpoint->network_interface_ids.front(), address};
    return network::ServiceEndpoint{endpoint ? endpoint->service_name : id};
  }
  if (prefix == "i") {
    (is_source ? asked.first : asked.last) = id;
    return network::InterfaceEndpoint{InterfaceOfInstance(context, id).value_or(id), address};
  }
  return network::InterfaceEndpoint{id, address};
}

// nullopt when the analysis has failed; its status message says why.
std::optional<Asked> AskedBy(Context& context, const network::Topology& topology,
                             const record::NetworkInsightsPath& path, std::string& refused) {
  Asked asked;
  const auto& source = path.filter_at_source;
  const auto& destination = path.filter_at_destination;
  asked.flow.protocol = path.protocol == "udp" ? network::Protocol::kUdp : network::Protocol::kTcp;
  asked.flow.source_ports = {0, 65535};
  asked.flow.destination_ports = {0, 65535};
  if (path.destination_port)
    asked.flow.destination_ports = network::PortRange::One(static_cast<std::uint16_t>(*path.destination_port));
  if (source && source->SourcePortRange) asked.flow.source_ports = PortsOf(*source->SourcePortRange);
  if (source && source->DestinationPortRange) asked.flow.destination_ports = PortsOf(*source->DestinationPortRange);
  // Nothing on Drydock's paths gives packets another destination port.
  if (destination && destination->DestinationPortRange && !path.destination_port)
    asked.flow.destination_ports = PortsOf(*destination->DestinationPortRange);
  asked.flow.source = EndpointAt(context, topology, path.source,
                                 AddressOf(path.source_ip, source, &PathFilter::SourceAddress), true, asked, refused);
  const auto to = AddressOf(path.destination_ip, source, &PathFilter::DestinationAddress);
  if (path.destination) {
    // A public address is asked for as it stands: it says through which gateway the packets go.
    const auto* holder = to ? topology.InterfaceAtPublic(*to) : nullptr;
    if (holder && holder->id == *path.destination)
      asked.flow.destination = network::AddressEndpoint{*to};
    else
      asked.flow.destination = EndpointAt(context, topology, *path.destination, to, false, asked, refused);
  } else {
    asked.flow.destination = network::AddressEndpoint{*to};
  }
  if (!refused.empty()) return std::nullopt;
  return asked;
}

Explanation Coded(const char* code) {
  Explanation explanation;
  explanation.ExplanationCode = code;
  return explanation;
}

bool Overlap(const std::vector<network::PortRange>& ports, const network::PortRange& with) {
  return std::any_of(ports.begin(), ports.end(), [&](const network::PortRange& range) {
    return std::max(range.from, with.from) <= std::min(range.to, with.to);
  });
}

// What of the filter at the destination the packets that arrive do not fulfil.
void CheckFilterAtDestination(const record::NetworkInsightsPath& path, const network::Packet& arrived,
                              std::vector<Explanation>& explanations) {
  const auto& filter = path.filter_at_destination;
  if (!filter) return;
  if (filter->SourceAddress && filter->SourceAddress != arrived.source.ToString())
    explanations.push_back(Coded("FILTER_AT_DESTINATION_SOURCE_ADDRESS"));
  if (filter->DestinationAddress && filter->DestinationAddress != arrived.destination.ToString())
    explanations.push_back(Coded("FILTER_AT_DESTINATION_DESTINATION_ADDRESS"));
  if (filter->SourcePortRange && !Overlap(arrived.source_ports, PortsOf(*filter->SourcePortRange)))
    explanations.push_back(Coded("FILTER_AT_DESTINATION_SOURCE_PORT_RANGE"));
  if (filter->DestinationPortRange && !Overlap(arrived.destination_ports, PortsOf(*filter->DestinationPortRange)))
    explanations.push_back(Coded("FILTER_AT_DESTINATION_DESTINATION_PORT_RANGE"));
}

std::string ResourceIn(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

// The path without load balancers.
void ConcludeDirectly(Context& context, const Asked& asked, const record::NetworkInsightsPath& path,
                      const network::Path& found, record::NetworkInsightsAnalysis& analysis) {
  for (const auto& each : found.explanations) analysis.explanations.push_back(ExplanationOf(context, each));
  if (found.reachable()) {
    for (const auto& id : asked.must_pass)
      if (!LeadsThrough(found.forward, id)) {
        analysis.explanations.push_back(Coded("NO_PATH"));
        analysis.explanations.back().Component = ComponentOf(context, id);
      }
    for (const auto& arn : analysis.filter_in_arns)
      if (!LeadsThrough(found.forward, ResourceIn(arn)))
        analysis.explanations.push_back(Coded("COMPONENT_FILTER_RESTRICTION"));
    for (const auto& arn : analysis.filter_out_arns)
      if (LeadsThrough(found.forward, ResourceIn(arn))) {
        analysis.explanations.push_back(Coded("COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"));
        analysis.explanations.back().Component = ComponentOf(context, ResourceIn(arn));
      }
    if (!found.forward.empty()) CheckFilterAtDestination(path, found.forward.back().packet, analysis.explanations);
  }
  analysis.network_path_found = found.reachable() && analysis.explanations.empty();
  if (!*analysis.network_path_found) return;
  analysis.forward = PathComponentsOf(context, found.forward, asked.first, asked.last);
  analysis.back = PathComponentsOf(context, found.back, asked.last, asked.first);
}

// The path through a load balancer; what stops it joins the explanations.
void ConcludeBalanced(Context& context, const network::Topology& topology, const Asked& asked,
                      const record::NetworkInsightsPath& path, const std::string& target, const std::string& only,
                      record::NetworkInsightsAnalysis& analysis) {
  std::vector<Explanation> explanations;
  const auto found =
      FindBalancedPath(context, topology, asked.flow, target, only, analysis.filter_out_arns, explanations);
  const auto passes = [&](const std::string& id) {
    return LeadsThrough(found->to_node.forward, id) || LeadsThrough(found->to_target.forward, id);
  };
  if (found) {
    for (const auto& id : asked.must_pass)
      if (!passes(id)) explanations.push_back(Coded("NO_PATH"));
    for (const auto& arn : analysis.filter_in_arns)
      if (arn != only && !passes(ResourceIn(arn))) explanations.push_back(Coded("COMPONENT_FILTER_RESTRICTION"));
    for (const auto& arn : analysis.filter_out_arns)
      if (passes(ResourceIn(arn))) explanations.push_back(Coded("COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"));
    CheckFilterAtDestination(path, found->to_target.forward.back().packet, explanations);
  }
  if (!found || !explanations.empty()) {
    analysis.explanations.insert(analysis.explanations.end(), explanations.begin(), explanations.end());
    return;
  }
  analysis.explanations.clear();
  analysis.network_path_found = true;
  analysis.forward = ForwardComponentsOf(context, *found, asked.first, asked.last);
  analysis.back = ReturnComponentsOf(context, *found, asked.last, asked.first);
}

void Conclude(Context& context, const network::Topology& topology, const Asked& asked,
              const record::NetworkInsightsPath& path, record::NetworkInsightsAnalysis& analysis) {
  if (!asked.silent_endpoint.empty()) {
    analysis.status = "succeeded";
    analysis.network_path_found = false;
    analysis.explanations.push_back(Coded("VPCE_INTRA_VPC_TRAFFIC"));
    analysis.explanations.back().VpcEndpoint = ComponentOf(context, asked.silent_endpoint);
    return;
  }
  const network::Path direct = EvaluateForAnyone(topology, asked.flow);
  std::string only;
  for (const auto& arn : analysis.filter_in_arns)
    if (arn.find(":loadbalancer/") != std::string::npos) only = arn;
  analysis.status = "succeeded";
  analysis.network_path_found = false;
  if (only.empty()) ConcludeDirectly(context, asked, path, direct, analysis);
  if (*analysis.network_path_found) return;
  const auto* interface = std::get_if<network::InterfaceEndpoint>(&asked.flow.destination);
  const std::string target = interface ? interface->id : direct.destination_interface_id;
  if (!target.empty()) ConcludeBalanced(context, topology, asked, path, target, only, analysis);
  if (!*analysis.network_path_found && analysis.explanations.empty())
    analysis.explanations.push_back(Coded("COMPONENT_FILTER_RESTRICTION"));
}

// Intermediate components by ARN; the guide, "Intermediate components".
void CheckComponents(const List<std::string>& arns, const char* parameter) {
  if (arns.size() > 1)  // text unconfirmed
    throw errors::InvalidParameterValue(fmt::format("At most one {} can be specified", parameter));
  for (const auto& text : arns) {
    const auto arn = Arn::Parse(text);
    if (!arn || arn->resource.find('/') == std::string::npos)
      throw errors::InvalidValue(text, parameter, "This is not a valid ARN.");
  }
}

}  // namespace

// Once the call has been answered: what the engine says now, or that the analysis has grown old.
void NetworkInsightsTimerFired(Context& context, const std::string& analysis_id) {
  auto analysis = context.tx.Get<record::NetworkInsightsAnalysis>(context.scope, analysis_id);
  if (!analysis) return;
  if (analysis->status != "running") {
    context.tx.Erase<record::NetworkInsightsAnalysis>(context.scope, analysis_id);
    return;
  }
  const auto path = context.tx.Get<record::NetworkInsightsPath>(context.scope, analysis->network_insights_path_id);
  const auto topology = context.engines.topology();
  std::string refused = "The path is gone.";
  std::optional<Asked> asked;
  if (path) {
    refused.clear();
    asked = AskedBy(context, topology, *path, refused);
  }
  if (asked) {
    Conclude(context, topology, *asked, *path, *analysis);
  } else {
    analysis->status = "failed";
    analysis->status_message = refused;
  }
  context.tx.Put(context.scope, *analysis);
  context.tx.SetTimer(
      {.kind = kNetworkInsightsTimer, .scope = context.scope, .key = analysis_id, .due = analysis->start_date + kKept});
}

AWS_OPERATION(ec2, StartNetworkInsightsAnalysis)
AWS_ACCESS("network-insights-path/{NetworkInsightsPathId}", "network-insights-analysis/*")
StartNetworkInsightsAnalysisResult StartNetworkInsightsAnalysis(Context& context,
                                                                const StartNetworkInsightsAnalysisRequest& in) {
  StartNetworkInsightsAnalysisResult out;
  constexpr char kOperation[] = "StartNetworkInsightsAnalysis";
  if (const auto before = CreatedBefore<record::NetworkInsightsAnalysis>(context, kOperation, in)) {
    out.NetworkInsightsAnalysis = ToWire(context, *before);
    return out;
  }
  RefuseParameters(in, {"AdditionalAccounts"});
  record::NetworkInsightsAnalysis analysis;
  analysis.network_insights_path_id =
      Require<record::NetworkInsightsPath>(context, *in.NetworkInsightsPathId).network_insights_path_id;
  CheckComponents(in.FilterInArns, "filterInArn");
  CheckComponents(in.FilterOutArns, "filterOutArn");
  analysis.filter_in_arns = in.FilterInArns;
  analysis.filter_out_arns = in.FilterOutArns;
  analysis.tags = TakeTags(in.TagSpecifications, kKind<record::NetworkInsightsAnalysis>);
  if (context.tx.Count<record::NetworkInsightsAnalysis>(context.scope) >= kMaxAnalyses)
    throw errors::NetworkInsightsLimitExceeded("NetworkInsightsAnalysis", kMaxAnalyses);
  EndDryRun(in.DryRun);

  analysis.network_insights_analysis_id = context.ids.Ec2("nia");
  analysis.start_date = context.now;
  context.tx.Put(context.scope, analysis);
  context.tx.SetTimer({.kind = kNetworkInsightsTimer,
                       .scope = context.scope,
                       .key = analysis.network_insights_analysis_id,
                       .due = context.now + context.engines.clock.Delay(kAnalysing, kAnalysingQuick)});
  RememberToken(context, kOperation, in, analysis.network_insights_analysis_id);
  out.NetworkInsightsAnalysis = ToWire(context, analysis);
  return out;
}

AWS_OPERATION(ec2, DeleteNetworkInsightsAnalysis)
AWS_ACCESS("network-insights-analysis/{NetworkInsightsAnalysisId}")
DeleteNetworkInsightsAnalysisResult DeleteNetworkInsightsAnalysis(Context& context,
                                                                  const DeleteNetworkInsightsAnalysisRequest& in) {
  const auto analysis = Require<record::NetworkInsightsAnalysis>(context, *in.NetworkInsightsAnalysisId);
  EndDryRun(in.DryRun);
  context.tx.CancelTimer(kNetworkInsightsTimer, context.scope, analysis.network_insights_analysis_id);
  context.tx.Erase<record::NetworkInsightsAnalysis>(context.scope, analysis.network_insights_analysis_id);
  DeleteNetworkInsightsAnalysisResult out;
  out.NetworkInsightsAnalysisId = analysis.network_insights_analysis_id;
  return out;
}

AWS_OPERATION(ec2, DescribeNetworkInsightsAnalyses)
DescribeNetworkInsightsAnalysesResult DescribeNetworkInsightsAnalyses(
    Context& context, const DescribeNetworkInsightsAnalysesRequest& in) {
  if (in.NetworkInsightsPathId) Require<record::NetworkInsightsPath>(context, *in.NetworkInsightsPathId);
  const auto show = [&](const record::NetworkInsightsAnalysis& analysis) -> std::optional<NetworkInsightsAnalysis> {
    if (in.NetworkInsightsPathId && analysis.network_insights_path_id != *in.NetworkInsightsPathId) return {};
    if (in.AnalysisStartTime && analysis.start_date < *in.AnalysisStartTime) return {};
    if (in.AnalysisEndTime && analysis.start_date > *in.AnalysisEndTime) return {};
    return ToWire(context, analysis);
  };
  DescribeNetworkInsightsAnalysesResult out;
  out.NetworkInsightsAnalyses =
      DescribePage<record::NetworkInsightsAnalysis, &NetworkInsightsAnalysis::NetworkInsightsAnalysisId>(
          context, {"DescribeNetworkInsightsAnalyses", "networkInsightsAnalysisIds", in.NetworkInsightsAnalysisIds}, in,
          kAnalysisFilters, out.NextToken, show);
  return out;
}

}  // namespace drydock::ec2
