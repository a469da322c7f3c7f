// Reachability Analyzer and Network Access Analyzer: what is to be analysed, and what was found.
#pragma once

#include <optional>

#include "api/ec2/AccessScopeAnalysisFinding.h"
#include "api/ec2/AccessScopePath.h"
#include "api/ec2/Explanation.h"
#include "api/ec2/PathComponent.h"
#include "api/ec2/PathFilter.h"
#include "store/records/ec2/vpc.h"

namespace drydock::records::ec2 {

struct NetworkInsightsPath {
  std::string network_insights_path_id;
  Timestamp created_date;
  std::string source;  // a resource's id
  std::optional<std::string> destination;
  std::optional<std::string> source_ip;
  std::optional<std::string> destination_ip;
  std::string protocol;  // tcp | udp
  std::optional<std::int32_t> destination_port;
  std::optional<::drydock::ec2::PathFilter> filter_at_source;
  std::optional<::drydock::ec2::PathFilter> filter_at_destination;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_network_insights_path"};
  static constexpr auto kId = store::Members(&NetworkInsightsPath::network_insights_path_id);
};

struct NetworkInsightsAnalysis {
  std::string network_insights_analysis_id;
  std::string network_insights_path_id;
  Timestamp start_date;
  std::string status = "running";  // running | succeeded | failed
  std::optional<std::string> status_message;
  std::vector<std::string> filter_in_arns;
  std::vector<std::string> filter_out_arns;
  std::optional<bool> network_path_found;
  std::vector<::drydock::ec2::PathComponent> forward;
  std::vector<::drydock::ec2::PathComponent> back;
  std::vector<::drydock::ec2::Explanation> explanations;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_network_insights_analysis"};
  static constexpr auto kId = store::Members(&NetworkInsightsAnalysis::network_insights_analysis_id);
  static constexpr auto kIndexed = store::Members(&NetworkInsightsAnalysis::network_insights_path_id);
};

struct NetworkInsightsAccessScope {
  std::string network_insights_access_scope_id;
  Timestamp created_date;
  std::vector<::drydock::ec2::AccessScopePath> match_paths;
  std::vector<::drydock::ec2::AccessScopePath> exclude_paths;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_network_insights_access_scope"};
  static constexpr auto kId = store::Members(&NetworkInsightsAccessScope::network_insights_access_scope_id);
};

struct NetworkInsightsAccessScopeAnalysis {
  std::string network_insights_access_scope_analysis_id;
  std::string network_insights_access_scope_id;
  Timestamp start_date;
  std::optional<Timestamp> end_date;
  std::string status = "running";  // running | succeeded | failed
  std::optional<std::string> status_message;
  std::int32_t analyzed_eni_count = 0;
  std::vector<::drydock::ec2::AccessScopeAnalysisFinding> findings;
  Tags tags;

  static constexpr store::TableName kTable{"ec2_network_insights_access_scope_analysis"};
  static constexpr auto kId =
      store::Members(&NetworkInsightsAccessScopeAnalysis::network_insights_access_scope_analysis_id);
  static constexpr auto kIndexed =
      store::Members(&NetworkInsightsAccessScopeAnalysis::network_insights_access_scope_id);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInsightsPath, network_insights_path_id, created_date, source, destination,
               source_ip, destination_ip, protocol, destination_port, filter_at_source, filter_at_destination, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInsightsAnalysis, network_insights_analysis_id, network_insights_path_id,
               start_date, status, status_message, filter_in_arns, filter_out_arns, network_path_found, forward, back,
               explanations, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInsightsAccessScope, network_insights_access_scope_id, created_date,
               match_paths, exclude_paths, tags)
DRYDOCK_SCHEMA(drydock::records::ec2::NetworkInsightsAccessScopeAnalysis, network_insights_access_scope_analysis_id,
               network_insights_access_scope_id, start_date, end_date, status, status_message, analyzed_eni_count,
               findings, tags)
