// What policies need to know about load balancers and what belongs to them.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Elastic Load Balancing V2".
#include "emulator/api/access.h"
#include "emulator/core/arn.h"
#include "handlers/elbv2/lookup.h"
#include "store/database.h"
#include "store/table.h"

namespace drydock::elbv2 {

namespace {

// "…:loadbalancer/app/web/50dc6c49" as "…:listener/app/web/50dc6c49/*": what will be made below it.
std::string Below(std::string arn, std::string_view parent, std::string_view child) {
  if (const auto at = arn.find(parent); at != std::string::npos) arn.replace(at, parent.size(), child);
  return arn + "/*";
}

std::map<std::string, std::string> TagsOfArn(Context& context, const std::string& arn) {
  const auto tags = [&](const auto& record) { return record ? record->tags : std::map<std::string, std::string>(); };
  const auto kind = KindOf(context, arn);
  if (!kind) return {};
  switch (*kind) {
    case ResourceKind::kLoadBalancer:
      return tags(context.tx.Get<records::elbv2::LoadBalancer>(context.scope, arn));
    case ResourceKind::kTargetGroup:
      return tags(context.tx.Get<records::elbv2::TargetGroup>(context.scope, arn));
    case ResourceKind::kListener:
      return tags(context.tx.Get<records::elbv2::Listener>(context.scope, arn));
    case ResourceKind::kRule:
      return tags(context.tx.Get<records::elbv2::Rule>(context.scope, arn));
  }
  return {};
}

}  // namespace

// What is made has an ARN that ends with "/*": its id is not known yet.
AWS_RESOURCES(elbv2)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  const std::string& name = parts.back();
  api::Resource resource;
  if (type == "loadbalancer") {
    resource.arn = context.Arn("elasticloadbalancing", "loadbalancer/" + ShortType(parts.front()) + "/" + name + "/*");
  } else if (type == "targetgroup") {
    resource.arn = context.Arn("elasticloadbalancing", "targetgroup/" + name + "/*");
  } else if (type == "listener") {
    resource.arn = Below(name, ":loadbalancer/", ":listener/");
  } else if (type == "listener-rule") {
    resource.arn = Below(name, ":listener/", ":listener-rule/");
  } else {
    resource.arn = name;
    if (const auto arn = Arn::Parse(name)) resource.owner = {arn->account, arn->region};
    resource.tags = TagsOfArn(context, name);
  }
  return resource;
}

}  // namespace drydock::elbv2
