// Target groups. API Reference; Application Load Balancer guide, "Target groups".
#include "handlers/elbv2/target_groups.h"

#include <algorithm>

#include "api/elbv2/CreateTargetGroupInput.h"
#include "api/elbv2/CreateTargetGroupOutput.h"
#include "api/elbv2/DeleteTargetGroupInput.h"
#include "api/elbv2/DeleteTargetGroupOutput.h"
#include "api/elbv2/DescribeTargetGroupsInput.h"
#include "api/elbv2/DescribeTargetGroupsOutput.h"
#include "api/elbv2/ModifyTargetGroupInput.h"
#include "api/elbv2/ModifyTargetGroupOutput.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/vpcs.h"
#include "handlers/elbv2/health_checks.h"
#include "handlers/elbv2/lookup.h"
#include "handlers/elbv2/names.h"
#include "handlers/elbv2/tags.h"
#include "handlers/elbv2/timers.h"
#include "store/records/elbv2/target.h"

namespace drydock::elbv2 {

namespace {

using Use = std::map<std::string, std::set<std::string>>;

constexpr std::size_t kTargetGroupsPerRegion = 3000;  // quota
constexpr std::size_t kGeneveGroupsPerRegion = 100;   // quota

TargetGroup Render(const records::elbv2::TargetGroup& record, const Use& use) {
  TargetGroup out;
  out.TargetGroupArn = record.arn;
  out.TargetGroupName = record.name;
  const auto& check = record.health_check;
  if (record.target_type != "lambda") {
    out.Protocol = record.protocol;
    out.Port = record.port;
    out.VpcId = record.vpc_id;
    out.HealthCheckProtocol = check.protocol;
    out.HealthCheckPort = check.port;
  }
  out.HealthCheckEnabled = check.enabled;
  out.HealthCheckIntervalSeconds = check.interval_seconds;
  out.HealthCheckTimeoutSeconds = check.timeout_seconds;
  out.HealthyThresholdCount = check.healthy_threshold;
  out.UnhealthyThresholdCount = check.unhealthy_threshold;
  if (!check.path.empty()) out.HealthCheckPath = check.path;
  if (!check.http_code.empty()) out.Matcher.emplace().HttpCode = check.http_code;
  out.LoadBalancerArns.present = true;
  if (const auto found = use.find(record.arn); found != use.end())
    out.LoadBalancerArns.assign(found->second.begin(), found->second.end());
  out.TargetType = record.target_type;
  if (!record.protocol_version.empty()) out.ProtocolVersion = record.protocol_version;
  out.IpAddressType = record.ip_address_type;
  return out;
}

void RefuseUnsupported(const CreateTargetGroupInput& in) {
  const std::string protocol = in.Protocol.value_or("");
  if (protocol == "QUIC" || protocol == "TCP_QUIC")
    throw errors::NotImplemented("Target groups with protocol '" + protocol + "'");
  if (in.IpAddressType == "ipv6") throw errors::NotImplemented("Target groups of IP address type 'ipv6'");
  if (in.TargetControlPort) throw errors::NotImplemented("Target control ports");
}

// What a function's group must not name and all others must; what goes with the type and the protocol. API Reference,
// CreateTargetGroup; Network Load Balancers guide, "Application Load Balancers as targets". The wording is unconfirmed
// but for what "must be specified".
void CheckKind(Context& context, const CreateTargetGroupInput& in, const std::string& type) {
  if (type == "lambda") {
    const std::pair<const char*, bool> given[] = {{"Protocol", in.Protocol.has_value()},
                                                  {"Port", in.Port.has_value()},
                                                  {"VPC ID", in.VpcId.has_value()},
                                                  {"Protocol version", in.ProtocolVersion.has_value()},
                                                  {"Health check protocol", in.HealthCheckProtocol.has_value()},
                                                  {"Health check port", in.HealthCheckPort.has_value()}};
    for (const auto& [what, is_given] : given)
      if (is_given)
        throw errors::Validation(
            fmt::format("{} cannot be specified for target groups with target type 'lambda'", what));
    return;
  }
  if (!in.Protocol) throw errors::Validation("A protocol must be specified");
  if (!in.Port) throw errors::Validation("A port must be specified");
  if (!in.VpcId) throw errors::Validation("A VPC ID must be specified");
  if (!ec2::FindVpc(context, *in.VpcId))
    throw errors::Validation(fmt::format("The VPC ID '{}' is not found", *in.VpcId));
  if (type == "alb" && *in.Protocol != "TCP")
    throw errors::Validation("Target groups with target type 'alb' must have the protocol 'TCP'");
  if (*in.Protocol == "GENEVE" && *in.Port != 6081)
    throw errors::Validation("The port must be '6081' for target groups with protocol 'GENEVE'");
}

// HTTP1 for HTTP and HTTPS, empty for the others.
std::string ProtocolVersion(const CreateTargetGroupInput& in) {
  const bool http = in.Protocol == "HTTP" || in.Protocol == "HTTPS";
  if (!in.ProtocolVersion) return http ? "HTTP1" : "";
  const std::string& version = *in.ProtocolVersion;
  if (version != "HTTP1" && version != "HTTP2" && version != "GRPC")  // unconfirmed wording, as the next
    throw errors::Validation(fmt::format("Protocol version '{}' must be one of 'HTTP1, HTTP2, GRPC'", version));
  if (!http)
    throw errors::Validation(
        fmt::format("Protocol version cannot be specified for target groups with protocol '{}'", *in.Protocol));
  if (version != "HTTP1") throw errors::NotImplemented("Target groups with protocol version '" + version + "'");
  return version;
}

std::optional<records::elbv2::TargetGroup> FindTargetGroupNamed(Context& context, const std::string& name) {
  auto found = context.tx.List<records::elbv2::TargetGroup>(context.scope,
                                                            store::Where(&records::elbv2::TargetGroup::name, name));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::size_t CountGeneveGroups(Context& context) {
  const auto all = context.tx.List<records::elbv2::TargetGroup>(context.scope);
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const auto& group) { return group.protocol == "GENEVE"; }));
}

bool SameSettings(const records::elbv2::TargetGroup& a, const records::elbv2::TargetGroup& b) {
  const auto check = [](const records::elbv2::TargetGroup& record) {
    const auto& c = record.health_check;
    return std::tie(c.protocol, c.port, c.path, c.http_code, c.interval_seconds, c.timeout_seconds, c.healthy_threshold,
                    c.unhealthy_threshold);
  };
  return std::tie(a.protocol, a.protocol_version, a.port, a.vpc_id, a.target_type) ==
             std::tie(b.protocol, b.protocol_version, b.port, b.vpc_id, b.target_type) &&
         check(a) == check(b);
}

}  // namespace

std::map<std::string, std::set<std::string>> TargetGroupUse(Context& context) {
  Use use;
  for (const auto& rule : context.tx.List<records::elbv2::Rule>(context.scope))
    for (const auto& action : rule.actions)
      for (const auto& group : action.target_groups) use[group.target_group_arn].insert(rule.load_balancer_arn);
  return use;
}

AWS_OPERATION(elbv2, CreateTargetGroup)
AWS_ACCESS("targetgroup/{Name}", "Tags? elasticloadbalancing:AddTags targetgroup/{Name}")
CreateTargetGroupOutput CreateTargetGroup(Context& context, const CreateTargetGroupInput& in) {
  CheckResourceName("Target group name", *in.Name);
  RefuseUnsupported(in);
  const std::string type = in.TargetType.value_or("instance");
  CheckKind(context, in, type);

  records::elbv2::TargetGroup record;
  record.name = *in.Name;
  record.target_type = type;
  record.protocol = in.Protocol.value_or("");
  record.protocol_version = ProtocolVersion(in);
  record.port = in.Port.value_or(0);
  record.vpc_id = in.VpcId.value_or("");
  record.ip_address_type = "ipv4";
  record.health_check = MakeHealthCheck(record, in);
  record.tags = TagsOf(in.Tags);

  CreateTargetGroupOutput out;
  if (const auto existing = FindTargetGroupNamed(context, record.name)) {
    if (!SameSettings(*existing, record)) throw errors::DuplicateTargetGroupName(record.name);
    out.TargetGroups.push_back(Render(*existing, TargetGroupUse(context)));
    return out;
  }
  if (context.tx.Count<records::elbv2::TargetGroup>(context.scope) >= kTargetGroupsPerRegion ||
      (record.protocol == "GENEVE" && CountGeneveGroups(context) >= kGeneveGroupsPerRegion))
    throw errors::TooManyTargetGroups();
  record.arn = context.Arn("elasticloadbalancing", fmt::format("targetgroup/{}/{}", record.name, context.ids.Hex(16)));
  context.tx.Put(context.scope, record);
  out.TargetGroups.push_back(Render(record, {}));
  return out;
}

AWS_OPERATION(elbv2, ModifyTargetGroup)
AWS_ACCESS("{TargetGroupArn}")
ModifyTargetGroupOutput ModifyTargetGroup(Context& context, const ModifyTargetGroupInput& in) {
  records::elbv2::TargetGroup record = RequireTargetGroup(context, *in.TargetGroupArn);
  record.health_check = ModifyHealthCheck(record, in);
  context.tx.Put(context.scope, record);
  ModifyTargetGroupOutput out;
  out.TargetGroups.push_back(Render(record, TargetGroupUse(context)));
  return out;
}

AWS_OPERATION(elbv2, DescribeTargetGroups)
DescribeTargetGroupsOutput DescribeTargetGroups(Context& context, const DescribeTargetGroupsInput& in) {
  if (!in.TargetGroupArns.empty() && !in.Names.empty())  // unconfirmed wording
    throw errors::Validation("Target group names and target group ARNs cannot be specified at the same time");
  std::vector<records::elbv2::TargetGroup> records;
  for (const std::string& name : in.Names) {
    auto found = FindTargetGroupNamed(context, name);
    if (!found) throw errors::TargetGroupsNotFound();
    records.push_back(std::move(*found));
  }
  for (const std::string& arn : in.TargetGroupArns) {
    CheckArn(context, arn, ResourceKind::kTargetGroup);
    auto found = context.tx.Get<records::elbv2::TargetGroup>(context.scope, arn);
    if (!found) throw errors::TargetGroupsNotFound();
    records.push_back(std::move(*found));
  }
  if (in.Names.empty() && in.TargetGroupArns.empty())
    records = context.tx.List<records::elbv2::TargetGroup>(context.scope);
  const Use use = TargetGroupUse(context);
  if (in.LoadBalancerArn) {
    RequireLoadBalancer(context, *in.LoadBalancerArn);
    std::erase_if(records, [&](const records::elbv2::TargetGroup& record) {
      const auto found = use.find(record.arn);
      return found == use.end() || !found->second.contains(*in.LoadBalancerArn);
    });
  }
  const auto page =
      TakeMarkedPage(context, "DescribeTargetGroups" + in.LoadBalancerArn.value_or(""), std::move(records), in.Marker,
                     in.PageSize, [](const records::elbv2::TargetGroup& record) { return record.arn; });
  DescribeTargetGroupsOutput out;
  for (const records::elbv2::TargetGroup& record : page.items) out.TargetGroups.push_back(Render(record, use));
  out.NextMarker = page.next_token;
  return out;
}

// Deleting one that does not exist succeeds (unconfirmed: the model lists no TargetGroupNotFound).
AWS_OPERATION(elbv2, DeleteTargetGroup)
AWS_ACCESS("{TargetGroupArn}")
DeleteTargetGroupOutput DeleteTargetGroup(Context& context, const DeleteTargetGroupInput& in) {
  CheckArn(context, *in.TargetGroupArn, ResourceKind::kTargetGroup);
  if (TargetGroupUse(context).contains(*in.TargetGroupArn)) throw errors::TargetGroupInUse(*in.TargetGroupArn);
  using records::elbv2::Target;
  for (const Target& target :
       context.tx.List<Target>(context.scope, store::Where(&Target::target_group_arn, *in.TargetGroupArn))) {
    CancelDrainTimer(context, target);
    context.tx.Erase<Target>(context.scope, target.target_group_arn, target.id, target.port);
  }
  context.tx.Erase<records::elbv2::TargetGroup>(context.scope, *in.TargetGroupArn);
  return {};
}

}  // namespace drydock::elbv2
