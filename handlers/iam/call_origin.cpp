#include "handlers/iam/call_origin.h"

#include <algorithm>

#include "emulator/network/evaluate.h"
#include "handlers/engines.h"

namespace drydock::iam {

namespace {

constexpr std::uint16_t kHttps = 443;

// Images are pulled from the registry, which asks for ECR's actions: ECR User Guide, "Amazon ECR interface VPC
// endpoints".
std::string EndpointOf(std::string_view action) {
  const std::string service(action.substr(0, action.find(':')));
  if (service != "ecr") return service;
  return action == "ecr:GetAuthorizationToken" ? "ecr.api" : "ecr.dkr";
}

}  // namespace

auth::policy::Keys OriginKeys(Context& context, const std::string& network_interface_id, std::string_view action) {
  const auto path = network::Evaluate(
      context.engines.topology(),
      network::Flow::Tcp(network::InterfaceEndpoint{network_interface_id},
                         network::ServiceEndpoint{"com.amazonaws." + context.region() + "." + EndpointOf(action)},
                         kHttps));
  if (!path.reachable() || path.forward.empty()) return {};
  const auto hop = std::find_if(path.forward.begin(), path.forward.end(), [](const network::Hop& each) {
    return each.component == network::Component::kVpcEndpoint;
  });
  if (hop == path.forward.end()) return {{"aws:sourceip", {path.seen_source.ToString()}}};
  const network::Hop& start = path.forward.front();
  return {{"aws:sourcevpce", {hop->id}},
          {"aws:sourcevpc", {start.vpc_id}},
          {"aws:vpcsourceip", {start.packet.source.ToString()}}};
}

}  // namespace drydock::iam
