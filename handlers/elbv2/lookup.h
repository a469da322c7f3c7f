// How requests name resources, and pages of lists.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/paging.h"
#include "emulator/core/schema.h"
#include "handlers/elbv2/errors.h"
#include "handlers/engines.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::elbv2 {

// What AWS answers to an ARN depends on its form: one of another region or another kind of resource is no valid ARN
// here, one that could exist and does not is not found. Each throws ValidationError or the resource's …NotFound.
records::elbv2::LoadBalancer RequireLoadBalancer(Context& context, const std::string& arn);
records::elbv2::TargetGroup RequireTargetGroup(Context& context, const std::string& arn);
records::elbv2::Listener RequireListener(Context& context, const std::string& arn);
records::elbv2::Rule RequireRule(Context& context, const std::string& arn);

// How ARNs name the type of a load balancer.
inline std::string ShortType(const std::string& type) {
  if (type == "network") return "net";
  return type == "gateway" ? "gwy" : "app";
}

enum class ResourceKind { kLoadBalancer, kTargetGroup, kListener, kRule };
// By the form of the ARN; nullopt when it is none of Elastic Load Balancing in this region.
std::optional<ResourceKind> KindOf(const Context& context, const std::string& arn);
// Throws ValidationError unless the ARN is one of a `kind`.
void CheckArn(const Context& context, const std::string& arn, ResourceKind kind);

// Whether the request names the list, be it an empty one.
template <class T>
bool IsGiven(const List<T>& list) {
  return list.present || !list.empty();
}

// Pages have up to 400 items, the model's maximum. Throws ValidationError for a forged marker.
template <class T, class IdOf>
Page<T> TakeMarkedPage(Context& context, const std::string& question, std::vector<T> all,
                       const std::optional<std::string>& marker, const std::optional<std::int32_t>& page_size,
                       IdOf id_of) {
  const std::string scoped = context.account() + "/" + context.region() + "/" + question;
  auto page = TakePage(context.engines.tokens, scoped, std::move(all), marker,
                       static_cast<std::size_t>(page_size.value_or(400)), id_of);
  if (!page) throw errors::InvalidMarker(*marker);
  return std::move(*page);
}

}  // namespace drydock::elbv2
