// Network Access Scopes: what is to be looked for.
#include "handlers/ec2/network_access_scopes.h"
#include "api/ec2/AccessScopePathRequest.h"
#include "api/ec2/CreateNetworkInsightsAccessScopeRequest.h"
#include "api/ec2/CreateNetworkInsightsAccessScopeResult.h"
#include "api/ec2/DeleteNetworkInsightsAccessScopeRequest.h"
#include "api/ec2/DeleteNetworkInsightsAccessScopeResult.h"
#include "api/ec2/DescribeNetworkInsightsAccessScopesRequest.h"
#include "api/ec2/DescribeNetworkInsightsAccessScopesResult.h"
#include "api/ec2/GetNetworkInsightsAccessScopeContentRequest.h"
#include "api/ec2/GetNetworkInsightsAccessScopeContentResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/describe.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/network_insights.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxAccessScopes = 1000;  // Network Access Analyzer guide, "Quotas"

// There are none but tags.
constexpr FilterOf<NetworkInsightsAccessScope> kAccessScopeFilters[] = {
    {"network-insights-access-scope-id", &At<&NetworkInsightsAccessScope::NetworkInsightsAccessScopeId>},
};

NetworkInsightsAccessScope ScopeToWire(Context& context, const record::NetworkInsightsAccessScope& scope) {
  NetworkInsightsAccessScope wire;
  wire.NetworkInsightsAccessScopeId = scope.network_insights_access_scope_id;
  wire.NetworkInsightsAccessScopeArn =
      context.Arn("ec2", "network-insights-access-scope/" + scope.network_insights_access_scope_id);
  wire.CreatedDate = scope.created_date;
  wire.UpdatedDate = scope.created_date;
  wire.Tags = TagsToWire(scope.tags, true);
  return wire;
}

NetworkInsightsAccessScopeContent ContentToWire(const record::NetworkInsightsAccessScope& scope) {
  NetworkInsightsAccessScopeContent wire;
  wire.NetworkInsightsAccessScopeId = scope.network_insights_access_scope_id;
  wire.MatchPaths = List<AccessScopePath>(scope.match_paths);
  wire.ExcludePaths = List<AccessScopePath>(scope.exclude_paths);
  return wire;
}

ResourceStatement Taken(const ResourceStatementRequest& in) {
  ResourceStatement out;
  if (!in.Resources.empty() && !in.ResourceTypes.empty())  // text unconfirmed
    throw errors::InvalidParameterCombination("A resource statement has either resources or resource types");
  for (const auto& id : in.Resources) CheckScopeResource(id);
  for (const auto& type : in.ResourceTypes) CheckScopeResourceType(type);
  out.Resources = in.Resources;
  out.ResourceTypes = in.ResourceTypes;
  return out;
}

std::optional<PathStatement> Taken(const std::optional<PathStatementRequest>& in) {
  if (!in) return std::nullopt;
  PathStatement out;
  if (in->ResourceStatement) out.ResourceStatement = Taken(*in->ResourceStatement);
  if (const auto& header = in->PacketHeaderStatement) {
    PacketHeaderStatement taken;
    taken.SourceAddresses = header->SourceAddresses;
    taken.DestinationAddresses = header->DestinationAddresses;
    taken.SourcePorts = header->SourcePorts;
    taken.DestinationPorts = header->DestinationPorts;
    taken.SourcePrefixLists = header->SourcePrefixLists;
    taken.DestinationPrefixLists = header->DestinationPrefixLists;
    taken.Protocols = header->Protocols;
    CheckScopeHeader(taken);
    out.PacketHeaderStatement = std::move(taken);
  }
  return out;
}

std::vector<AccessScopePath> Taken(const List<AccessScopePathRequest>& paths) {
  std::vector<AccessScopePath> out;
  for (const auto& in : paths) {
    AccessScopePath& path = out.emplace_back();
    path.Source = Taken(in.Source);
    path.Destination = Taken(in.Destination);
    for (const auto& through : in.ThroughResources)
      if (through.ResourceStatement)
        path.ThroughResources.emplace_back().ResourceStatement = Taken(*through.ResourceStatement);
  }
  return out;
}

}  // namespace

AWS_OPERATION(ec2, CreateNetworkInsightsAccessScope)
AWS_ACCESS("network-insights-access-scope/*")
CreateNetworkInsightsAccessScopeResult CreateNetworkInsightsAccessScope(
    Context& context, const CreateNetworkInsightsAccessScopeRequest& in) {
  constexpr char kOperation[] = "CreateNetworkInsightsAccessScope";
  const auto answer = [&](const record::NetworkInsightsAccessScope& scope) {
    CreateNetworkInsightsAccessScopeResult out;
    out.NetworkInsightsAccessScope = ScopeToWire(context, scope);
    out.NetworkInsightsAccessScopeContent = ContentToWire(scope);
    return out;
  };
  if (const auto before = CreatedBefore<record::NetworkInsightsAccessScope>(context, kOperation, in))
    return answer(*before);
  if (in.MatchPaths.empty()) throw errors::MissingParameter("matchPath");  // unconfirmed
  record::NetworkInsightsAccessScope scope;
  scope.match_paths = Taken(in.MatchPaths);
  scope.exclude_paths = Taken(in.ExcludePaths);
  scope.tags = TakeTags(in.TagSpecifications, kKind<record::NetworkInsightsAccessScope>);
  if (context.tx.Count<record::NetworkInsightsAccessScope>(context.scope) >= kMaxAccessScopes)
    throw errors::NetworkInsightsLimitExceeded("NetworkInsightsAccessScope", kMaxAccessScopes);
  EndDryRun(in.DryRun);

  scope.network_insights_access_scope_id = context.ids.Ec2("nis");
  scope.created_date = context.now;
  context.tx.Put(context.scope, scope);
  RememberToken(context, kOperation, in, scope.network_insights_access_scope_id);
  return answer(scope);
}

AWS_OPERATION(ec2, DeleteNetworkInsightsAccessScope)
AWS_ACCESS("network-insights-access-scope/{NetworkInsightsAccessScopeId}")
DeleteNetworkInsightsAccessScopeResult DeleteNetworkInsightsAccessScope(
    Context& context, const DeleteNetworkInsightsAccessScopeRequest& in) {
  const auto scope = Require<record::NetworkInsightsAccessScope>(context, *in.NetworkInsightsAccessScopeId);
  if (context.tx.Count<record::NetworkInsightsAccessScopeAnalysis>(
          context.scope, store::Where(&record::NetworkInsightsAccessScopeAnalysis::network_insights_access_scope_id,
                                      scope.network_insights_access_scope_id)) > 0)
    throw errors::AnalysisExistsForNetworkInsightsAccessScope(scope.network_insights_access_scope_id);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::NetworkInsightsAccessScope>(context.scope, scope.network_insights_access_scope_id);
  DeleteNetworkInsightsAccessScopeResult out;
  out.NetworkInsightsAccessScopeId = scope.network_insights_access_scope_id;
  return out;
}

AWS_OPERATION(ec2, DescribeNetworkInsightsAccessScopes)
DescribeNetworkInsightsAccessScopesResult DescribeNetworkInsightsAccessScopes(
    Context& context, const DescribeNetworkInsightsAccessScopesRequest& in) {
  DescribeNetworkInsightsAccessScopesResult out;
  out.NetworkInsightsAccessScopes =
      DescribePage<record::NetworkInsightsAccessScope, &NetworkInsightsAccessScope::NetworkInsightsAccessScopeId>(
          context,
          {"DescribeNetworkInsightsAccessScopes", "networkInsightsAccessScopeIds", in.NetworkInsightsAccessScopeIds},
          in, kAccessScopeFilters, out.NextToken,
          [&](const auto& scope) { return std::optional(ScopeToWire(context, scope)); });
  return out;
}

AWS_OPERATION(ec2, GetNetworkInsightsAccessScopeContent)
AWS_ACCESS("network-insights-access-scope/{NetworkInsightsAccessScopeId}")
GetNetworkInsightsAccessScopeContentResult GetNetworkInsightsAccessScopeContent(
    Context& context, const GetNetworkInsightsAccessScopeContentRequest& in) {
  const auto scope = Require<record::NetworkInsightsAccessScope>(context, *in.NetworkInsightsAccessScopeId);
  EndDryRun(in.DryRun);
  GetNetworkInsightsAccessScopeContentResult out;
  out.NetworkInsightsAccessScopeContent = ContentToWire(scope);
  return out;
}

}  // namespace drydock::ec2
