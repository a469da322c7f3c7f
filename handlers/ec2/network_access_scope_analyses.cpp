// Analyses of Network Access Scopes: which network paths there are that a scope speaks of.
#include <algorithm>
#include <charconv>
#include <set>

#include "api/ec2/DeleteNetworkInsightsAccessScopeAnalysisRequest.h"
#include "api/ec2/DeleteNetworkInsightsAccessScopeAnalysisResult.h"
#include "api/ec2/DescribeNetworkInsightsAccessScopeAnalysesRequest.h"
#include "api/ec2/DescribeNetworkInsightsAccessScopeAnalysesResult.h"
#include "api/ec2/GetNetworkInsightsAccessScopeAnalysisFindingsRequest.h"
#include "api/ec2/GetNetworkInsightsAccessScopeAnalysisFindingsResult.h"
#include "api/ec2/StartNetworkInsightsAccessScopeAnalysisRequest.h"
#include "api/ec2/StartNetworkInsightsAccessScopeAnalysisResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/describe.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/network_access_scopes.h"
#include "handlers/ec2/network_insights.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxScopeAnalyses = 10000;  // Network Access Analyzer guide, "Quotas"
constexpr std::size_t kMaxFindings = 10000;       // what an analysis keeps; unconfirmed
constexpr std::size_t kMaxFlows = 200000;         // Drydock's own: about a second
constexpr Duration kScopeAnalysing{60'000};
constexpr Duration kScopeAnalysingQuick{50};
constexpr Duration kScopeKept{120LL * 24 * 3600 * 1000};

// There are none but tags.
constexpr FilterOf<NetworkInsightsAccessScopeAnalysis> kScopeAnalysisFilters[] = {
    {"network-insights-access-scope-analysis-id",
     &At<&NetworkInsightsAccessScopeAnalysis::NetworkInsightsAccessScopeAnalysisId>},
};

NetworkInsightsAccessScopeAnalysis ToWire(Context& context,
                                          const record::NetworkInsightsAccessScopeAnalysis& analysis) {
  NetworkInsightsAccessScopeAnalysis wire;
  wire.NetworkInsightsAccessScopeAnalysisId = analysis.network_insights_access_scope_analysis_id;
  wire.NetworkInsightsAccessScopeAnalysisArn = context.Arn(
      "ec2", "network-insights-access-scope-analysis/" + analysis.network_insights_access_scope_analysis_id);
  wire.NetworkInsightsAccessScopeId = analysis.network_insights_access_scope_id;
  wire.Status = analysis.status;
  wire.StatusMessage = analysis.status_message;
  wire.StartDate = analysis.start_date;
  wire.EndDate = analysis.end_date;
  const bool done = analysis.status == "succeeded";
  wire.FindingsFound = !done ? "unknown" : analysis.findings.empty() ? "false" : "true";
  if (done) wire.AnalyzedEniCount = analysis.analyzed_eni_count;
  wire.Tags = TagsToWire(analysis.tags, true);
  return wire;
}

std::string IdIn(const std::string& id_or_arn) {
  return id_or_arn.substr(id_or_arn.rfind('/') + 1);
}

// "443" or "1024-65535".
std::optional<network::PortRange> ParsePorts(const std::string& text) {
  const auto dash = text.find('-');
  const auto number = [](const std::string& part) -> std::optional<std::uint16_t> {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.empty() || error != std::errc() || end != part.data() + part.size() || value > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(value);
  };
  const auto from = number(text.substr(0, dash));
  const auto to = dash == std::string::npos ? from : number(text.substr(dash + 1));
  if (!from || !to || *from > *to) return std::nullopt;
  return network::PortRange{*from, *to};
}

std::optional<network::Cidr> ParseBlock(const std::string& text) {
  if (const auto address = network::Address::Parse(text)) return network::Cidr(*address);
  return network::Cidr::Parse(text);
}

struct TypeOfResource {
  const char* type;
  const char* prefix;
};
// Those that Drydock has, of the guide's "Network Access Scopes": resource types.
constexpr TypeOfResource kScopeTypes[] = {
    {"AWS::EC2::InternetGateway", "igw"},
    {"AWS::EC2::Instance", "i"},
    {"AWS::EC2::NetworkInterface", "eni"},
    {"AWS::EC2::VPC", "vpc"},
    {"AWS::EC2::Subnet", "subnet"},
    {"AWS::EC2::SecurityGroup", "sg"},
    {"AWS::EC2::NatGateway", "nat"},
    {"AWS::EC2::VPCEndpoint", "vpce"},
    {"AWS::EC2::VPCPeeringConnection", "pcx"},
};

std::string PrefixOf(const std::string& id) {
  return id.substr(0, id.find('-'));
}

// Whether an end or a hop is meant by a statement. The end of an interface is also its instance's, its subnet's, its
// VPC's and its groups'.
class Matcher {
 public:
  Matcher(Context& context, const network::Topology& topology) : context_(context), topology_(topology) {}

  bool Covers(const std::optional<ResourceStatement>& statement, const std::string& id) const {
    if (!statement || (statement->Resources.empty() && statement->ResourceTypes.empty())) return true;
    const std::vector<std::string> names = NamesOf(id);
    for (const auto& named : statement->Resources)
      if (std::find(names.begin(), names.end(), IdIn(named)) != names.end()) return true;
    for (const auto& type : statement->ResourceTypes) {
      const auto known = std::find_if(std::begin(kScopeTypes), std::end(kScopeTypes),
                                      [&](const TypeOfResource& each) { return type == each.type; });
      if (known == std::end(kScopeTypes)) continue;
      for (const auto& name : names)
        if (PrefixOf(name) == known->prefix) return true;
    }
    return false;
  }

  bool Covers(const std::optional<PacketHeaderStatement>& statement, const network::Packet& packet) const {
    if (!statement) return true;
    const auto& protocols = statement->Protocols;
    if (!protocols.empty() &&
        std::find(protocols.begin(), protocols.end(), network::NameOf(packet.protocol)) == protocols.end())
      return false;
    return InAny(statement->SourceAddresses, statement->SourcePrefixLists, packet.source) &&
           InAny(statement->DestinationAddresses, statement->DestinationPrefixLists, packet.destination) &&
           MeetsAny(statement->SourcePorts, packet.source_ports) &&
           MeetsAny(statement->DestinationPorts, packet.destination_ports);
  }

 private:
  std::vector<std::string> NamesOf(const std::string& id) const {
    std::vector<std::string> names{id};
    const auto* interface = topology_.Find<network::NetworkInterface>(id);
    if (!interface) return names;
    names.push_back(interface->subnet_id);
    names.push_back(interface->vpc_id);
    names.insert(names.end(), interface->group_ids.begin(), interface->group_ids.end());
    if (const auto instance = InstanceOf(context_, id); !instance.empty()) names.push_back(instance);
    return names;
  }

  bool InAny(const List<std::string>& blocks, const List<std::string>& lists, const network::Address& address) const {
    if (blocks.empty() && lists.empty()) return true;
    for (const auto& text : blocks)
      if (const auto block = ParseBlock(text); block && block->Contains(address)) return true;
    for (const auto& id : lists)
      if (const auto* list = topology_.Find<network::PrefixList>(IdIn(id)))
        for (const auto& entry : list->entries)
          if (entry.Contains(address)) return true;
    return false;
  }

  static bool MeetsAny(const List<std::string>& texts, const std::vector<network::PortRange>& ports) {
    if (texts.empty()) return true;
    for (const auto& text : texts)
      if (const auto wanted = ParsePorts(text))
        for (const auto& range : ports)
          if (std::max(range.from, wanted->from) <= std::min(range.to, wanted->to)) return true;
    return false;
  }

  Context& context_;
  const network::Topology& topology_;
};

// A statement of one end, of a path's two ends' packets.
template <class Statement>
const std::optional<ResourceStatement>& ResourcesOf(const std::optional<Statement>& statement) {
  static const std::optional<ResourceStatement> none;
  return statement ? statement->ResourceStatement : none;
}
template <class Statement>
const std::optional<PacketHeaderStatement>& HeaderOf(const std::optional<Statement>& statement) {
  static const std::optional<PacketHeaderStatement> none;
  return statement ? statement->PacketHeaderStatement : none;
}

class ScopeSearch {
 public:
  ScopeSearch(Context& context, const network::Topology& topology, const record::NetworkInsightsAccessScope& scope)
      : context_(context), topology_(topology), scope_(scope), matcher_(context, topology) {
    for (const auto& each : context.tx.List<record::NetworkInterface>(context.scope)) {
      ends_.push_back(each.network_interface_id);
      ++interfaces_;
    }
    for (const auto& each : context.tx.List<record::InternetGateway>(context.scope))
      if (topology.Find<network::InternetGateway>(each.internet_gateway_id)) ends_.push_back(each.internet_gateway_id);
  }

  std::int32_t interfaces() const { return interfaces_; }

  // False when there is more to look through than Drydock does.
  bool Run(std::vector<AccessScopeAnalysisFinding>& findings) {
    for (const auto& wanted : scope_.match_paths)
      for (const auto& from : ends_) {
        if (!matcher_.Covers(ResourcesOf(wanted.Source), from)) continue;
        for (const auto& to : ends_) {
          if (from == to || !matcher_.Covers(ResourcesOf(wanted.Destination), to)) continue;
          if (!Look(wanted, from, to, findings)) return false;
        }
      }
    return true;
  }

 private:
  bool Look(const AccessScopePath& wanted, const std::string& from, const std::string& to,
            std::vector<AccessScopeAnalysisFinding>& findings) {
    if (PrefixOf(from) == "igw" && PrefixOf(to) == "igw") return true;
    for (const auto protocol : {network::Protocol::kTcp, network::Protocol::kUdp}) {
      for (const auto& ports : PortsToTry(wanted)) {
        if (++flows_ > kMaxFlows || findings.size() >= kMaxFindings) return false;
        network::Flow flow{EndAt(from), EndAt(to), protocol, ports, {0, 65535}, std::nullopt};
        const network::Path path = EvaluateForAnyone(topology_, flow);
        if (!path.reachable() || !Matches(wanted, from, to, path)) continue;
        if (std::any_of(scope_.exclude_paths.begin(), scope_.exclude_paths.end(), [&](const AccessScopePath& excluded) {
              return matcher_.Covers(ResourcesOf(excluded.Source), from) &&
                     matcher_.Covers(ResourcesOf(excluded.Destination), to) && Matches(excluded, from, to, path);
            }))
          continue;
        AddFinding(from, to, path, findings);
        return true;  // one finding for each pair of ends
      }
    }
    return true;
  }

  // The ports that the destination's statement names; all without one.
  static std::vector<network::PortRange> PortsToTry(const AccessScopePath& wanted) {
    std::vector<network::PortRange> ranges;
    for (const auto* statement : {&HeaderOf(wanted.Source), &HeaderOf(wanted.Destination)})
      if (*statement)
        for (const auto& text : (*statement)->DestinationPorts)
          if (const auto range = ParsePorts(text)) ranges.push_back(*range);
    if (ranges.empty()) ranges.push_back({0, 65535});
    return ranges;
  }

  static network::Endpoint EndAt(const std::string& id) {
    if (PrefixOf(id) == "igw") return network::InternetEndpoint{};
    return network::InterfaceEndpoint{id};
  }

  bool Matches(const AccessScopePath& wanted, const std::string& from, const std::string& to,
               const network::Path& path) const {
    for (const auto& end : {from, to})
      if (PrefixOf(end) == "igw" && !LeadsThrough(path.forward, end)) return false;
    if (path.forward.empty()) return false;
    if (!matcher_.Covers(HeaderOf(wanted.Source), path.forward.front().packet)) return false;
    if (!matcher_.Covers(HeaderOf(wanted.Destination), path.forward.back().packet)) return false;
    return std::all_of(wanted.ThroughResources.begin(), wanted.ThroughResources.end(), [&](const auto& through) {
      return std::any_of(path.forward.begin(), path.forward.end(), [&](const network::Hop& hop) {
        return hop.id != from && hop.id != to && matcher_.Covers(through.ResourceStatement, hop.id);
      });
    });
  }

  void AddFinding(const std::string& from, const std::string& to, const network::Path& path,
                  std::vector<AccessScopeAnalysisFinding>& findings) {
    AccessScopeAnalysisFinding& finding = findings.emplace_back();
    finding.NetworkInsightsAccessScopeId = scope_.network_insights_access_scope_id;
    finding.FindingId = fmt::format("AnalysisFinding-{}", findings.size());  // the form is unconfirmed
    const auto instance = [&](const std::string& id) {
      return PrefixOf(id) == "eni" ? InstanceOf(context_, id) : std::string();
    };
    finding.FindingComponents =
        List<PathComponent>(PathComponentsOf(context_, path.forward, instance(from), instance(to)));
  }

  Context& context_;
  const network::Topology& topology_;
  const record::NetworkInsightsAccessScope& scope_;
  const Matcher matcher_;
  std::vector<std::string> ends_;
  std::int32_t interfaces_ = 0;
  std::size_t flows_ = 0;
};

}  // namespace

void CheckScopeResource(const std::string& id_or_arn) {
  const std::string prefix = PrefixOf(IdIn(id_or_arn));
  if (std::none_of(std::begin(kScopeTypes), std::end(kScopeTypes),
                   [&](const TypeOfResource& each) { return prefix == each.prefix; }))
    throw errors::InvalidValue(id_or_arn, "resource", "A scope cannot name this resource.");  // text unconfirmed
}

void CheckScopeResourceType(const std::string& type) {
  if (std::any_of(std::begin(kScopeTypes), std::end(kScopeTypes),
                  [&](const TypeOfResource& each) { return type == each.type; }))
    return;
  // Types of things that Drydock does not have, so that no finding could name them.
  if (type.rfind("AWS::", 0) == 0) throw errors::UnsupportedParameter("ResourceTypes=" + type);
  throw errors::InvalidValue(type, "resourceType", "This is not a type of resources.");  // text unconfirmed
}

void CheckScopeHeader(const PacketHeaderStatement& header) {
  for (const auto* blocks : {&header.SourceAddresses, &header.DestinationAddresses})
    for (const auto& text : *blocks)
      if (!ParseBlock(text)) throw errors::InvalidCidrBlock(text, "address");
  for (const auto* ports : {&header.SourcePorts, &header.DestinationPorts})
    for (const auto& text : *ports)
      if (!ParsePorts(text)) throw errors::InvalidValue(text, "port", "This is not a port or a range of ports.");
  for (const auto* lists : {&header.SourcePrefixLists, &header.DestinationPrefixLists})
    for (const auto& text : *lists)
      if (!HasIdSyntax(kKind<record::ManagedPrefixList>, IdIn(text)))
        throw MalformedId(kKind<record::ManagedPrefixList>, IdIn(text));
}

void AccessScopeTimerFired(Context& context, const std::string& analysis_id) {
  auto analysis = context.tx.Get<record::NetworkInsightsAccessScopeAnalysis>(context.scope, analysis_id);
  if (!analysis) return;
  if (analysis->status != "running") {
    context.tx.Erase<record::NetworkInsightsAccessScopeAnalysis>(context.scope, analysis_id);
    return;
  }
  const auto scope =
      context.tx.Get<record::NetworkInsightsAccessScope>(context.scope, analysis->network_insights_access_scope_id);
  const auto topology = context.engines.topology();
  analysis->end_date = context.now;
  analysis->status = "failed";
  analysis->status_message = "The scope is gone.";
  if (scope) {
    ScopeSearch search(context, topology, *scope);
    std::vector<AccessScopeAnalysisFinding> findings;
    if (search.Run(findings)) {
      for (auto& finding : findings) finding.NetworkInsightsAccessScopeAnalysisId = analysis_id;
      analysis->status = "succeeded";
      analysis->status_message.reset();
      analysis->analyzed_eni_count = search.interfaces();
      analysis->findings = std::move(findings);
    } else {
      analysis->status_message = "There are more paths than Drydock looks through: name the sources and destinations.";
    }
  }
  context.tx.Put(context.scope, *analysis);
  context.tx.SetTimer({.kind = kAccessScopeTimer,
                       .scope = context.scope,
                       .key = analysis_id,
                       .due = analysis->start_date + kScopeKept});
}

AWS_OPERATION(ec2, StartNetworkInsightsAccessScopeAnalysis)
AWS_ACCESS("network-insights-access-scope/{NetworkInsightsAccessScopeId}", "network-insights-access-scope-analysis/*")
StartNetworkInsightsAccessScopeAnalysisResult StartNetworkInsightsAccessScopeAnalysis(
    Context& context, const StartNetworkInsightsAccessScopeAnalysisRequest& in) {
  StartNetworkInsightsAccessScopeAnalysisResult out;
  constexpr char kOperation[] = "StartNetworkInsightsAccessScopeAnalysis";
  if (const auto before = CreatedBefore<record::NetworkInsightsAccessScopeAnalysis>(context, kOperation, in)) {
    out.NetworkInsightsAccessScopeAnalysis = ToWire(context, *before);
    return out;
  }
  record::NetworkInsightsAccessScopeAnalysis analysis;
  analysis.network_insights_access_scope_id =
      Require<record::NetworkInsightsAccessScope>(context, *in.NetworkInsightsAccessScopeId)
          .network_insights_access_scope_id;
  analysis.tags = TakeTags(in.TagSpecifications, kKind<record::NetworkInsightsAccessScopeAnalysis>);
  if (context.tx.Count<record::NetworkInsightsAccessScopeAnalysis>(context.scope) >= kMaxScopeAnalyses)
    throw errors::NetworkInsightsLimitExceeded("NetworkInsightsAccessScopeAnalysis", kMaxScopeAnalyses);
  EndDryRun(in.DryRun);

  analysis.network_insights_access_scope_analysis_id = context.ids.Ec2("nisa");
  analysis.start_date = context.now;
  context.tx.Put(context.scope, analysis);
  context.tx.SetTimer({.kind = kAccessScopeTimer,
                       .scope = context.scope,
                       .key = analysis.network_insights_access_scope_analysis_id,
                       .due = context.now + context.engines.clock.Delay(kScopeAnalysing, kScopeAnalysingQuick)});
  RememberToken(context, kOperation, in, analysis.network_insights_access_scope_analysis_id);
  out.NetworkInsightsAccessScopeAnalysis = ToWire(context, analysis);
  return out;
}

AWS_OPERATION(ec2, DeleteNetworkInsightsAccessScopeAnalysis)
AWS_ACCESS("network-insights-access-scope-analysis/{NetworkInsightsAccessScopeAnalysisId}")
DeleteNetworkInsightsAccessScopeAnalysisResult DeleteNetworkInsightsAccessScopeAnalysis(
    Context& context, const DeleteNetworkInsightsAccessScopeAnalysisRequest& in) {
  const auto analysis =
      Require<record::NetworkInsightsAccessScopeAnalysis>(context, *in.NetworkInsightsAccessScopeAnalysisId);
  EndDryRun(in.DryRun);
  const std::string& id = analysis.network_insights_access_scope_analysis_id;
  context.tx.CancelTimer(kAccessScopeTimer, context.scope, id);
  context.tx.Erase<record::NetworkInsightsAccessScopeAnalysis>(context.scope, id);
  DeleteNetworkInsightsAccessScopeAnalysisResult out;
  out.NetworkInsightsAccessScopeAnalysisId = id;
  return out;
}

AWS_OPERATION(ec2, DescribeNetworkInsightsAccessScopeAnalyses)
DescribeNetworkInsightsAccessScopeAnalysesResult DescribeNetworkInsightsAccessScopeAnalyses(
    Context& context, const DescribeNetworkInsightsAccessScopeAnalysesRequest& in) {
  using Record = record::NetworkInsightsAccessScopeAnalysis;
  if (in.NetworkInsightsAccessScopeId)
    Require<record::NetworkInsightsAccessScope>(context, *in.NetworkInsightsAccessScopeId);
  const auto show = [&](const Record& analysis) -> std::optional<NetworkInsightsAccessScopeAnalysis> {
    if (in.NetworkInsightsAccessScopeId &&
        analysis.network_insights_access_scope_id != *in.NetworkInsightsAccessScopeId)
      return {};
    if (in.AnalysisStartTimeBegin && analysis.start_date < *in.AnalysisStartTimeBegin) return {};
    if (in.AnalysisStartTimeEnd && analysis.start_date > *in.AnalysisStartTimeEnd) return {};
    return ToWire(context, analysis);
  };
  DescribeNetworkInsightsAccessScopeAnalysesResult out;
  out.NetworkInsightsAccessScopeAnalyses =
      DescribePage<Record, &NetworkInsightsAccessScopeAnalysis::NetworkInsightsAccessScopeAnalysisId>(
          context,
          {"DescribeNetworkInsightsAccessScopeAnalyses", "networkInsightsAccessScopeAnalysisIds",
           in.NetworkInsightsAccessScopeAnalysisIds},
          in, kScopeAnalysisFilters, out.NextToken, show);
  return out;
}

AWS_OPERATION(ec2, GetNetworkInsightsAccessScopeAnalysisFindings)
AWS_ACCESS("network-insights-access-scope-analysis/{NetworkInsightsAccessScopeAnalysisId}")
GetNetworkInsightsAccessScopeAnalysisFindingsResult GetNetworkInsightsAccessScopeAnalysisFindings(
    Context& context, const GetNetworkInsightsAccessScopeAnalysisFindingsRequest& in) {
  const auto analysis =
      Require<record::NetworkInsightsAccessScopeAnalysis>(context, *in.NetworkInsightsAccessScopeAnalysisId);
  EndDryRun(in.DryRun);
  GetNetworkInsightsAccessScopeAnalysisFindingsResult out;
  out.NetworkInsightsAccessScopeAnalysisId = analysis.network_insights_access_scope_analysis_id;
  out.AnalysisStatus = analysis.status;
  out.AnalysisFindings =
      PageOf(context, "GetNetworkInsightsAccessScopeAnalysisFindings", in, analysis.findings, out.NextToken,
             [](const AccessScopeAnalysisFinding& finding) { return *finding.FindingId; });
  out.AnalysisFindings.present = true;
  return out;
}

}  // namespace drydock::ec2
