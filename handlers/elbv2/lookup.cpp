#include "handlers/elbv2/lookup.h"

#include "emulator/core/arn.h"
#include "store/table.h"

namespace drydock::elbv2 {

namespace {

const char* NameOf(ResourceKind kind) {
  switch (kind) {
    case ResourceKind::kLoadBalancer:
      return "load balancer";
    case ResourceKind::kTargetGroup:
      return "target group";
    case ResourceKind::kListener:
      return "listener";
    case ResourceKind::kRule:
      return "listener rule";
  }
  return "";
}

}  // namespace

std::optional<ResourceKind> KindOf(const Context& context, const std::string& arn) {
  const auto parsed = Arn::Parse(arn);
  if (!parsed || parsed->service != "elasticloadbalancing" || parsed->region != context.region()) return std::nullopt;
  if (parsed->Named("loadbalancer")) return ResourceKind::kLoadBalancer;
  if (parsed->Named("targetgroup")) return ResourceKind::kTargetGroup;
  if (parsed->Named("listener")) return ResourceKind::kListener;
  if (parsed->Named("listener-rule")) return ResourceKind::kRule;
  return std::nullopt;
}

void CheckArn(const Context& context, const std::string& arn, ResourceKind kind) {
  if (KindOf(context, arn) != kind) throw errors::NotAnArn(arn, NameOf(kind));
}

records::elbv2::LoadBalancer RequireLoadBalancer(Context& context, const std::string& arn) {
  CheckArn(context, arn, ResourceKind::kLoadBalancer);
  auto found = context.tx.Get<records::elbv2::LoadBalancer>(context.scope, arn);
  if (!found) throw errors::LoadBalancerNotFound(arn);
  return std::move(*found);
}

records::elbv2::TargetGroup RequireTargetGroup(Context& context, const std::string& arn) {
  CheckArn(context, arn, ResourceKind::kTargetGroup);
  auto found = context.tx.Get<records::elbv2::TargetGroup>(context.scope, arn);
  if (!found) throw errors::TargetGroupNotFound(arn);
  return std::move(*found);
}

records::elbv2::Listener RequireListener(Context& context, const std::string& arn) {
  CheckArn(context, arn, ResourceKind::kListener);
  auto found = context.tx.Get<records::elbv2::Listener>(context.scope, arn);
  if (!found) throw errors::ListenerNotFound();
  return std::move(*found);
}

records::elbv2::Rule RequireRule(Context& context, const std::string& arn) {
  CheckArn(context, arn, ResourceKind::kRule);
  auto found = context.tx.Get<records::elbv2::Rule>(context.scope, arn);
  if (!found) throw errors::RuleNotFound();
  return std::move(*found);
}

}  // namespace drydock::elbv2
