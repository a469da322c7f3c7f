// The security policies of HTTPS and TLS listeners.
#include "emulator/loadbalancer/ssl_policies.h"

#include <algorithm>
#include <vector>

#include "api/elbv2/DescribeSSLPoliciesInput.h"
#include "api/elbv2/DescribeSSLPoliciesOutput.h"
#include "emulator/api/operation.h"
#include "handlers/elbv2/lookup.h"

namespace drydock::elbv2 {

namespace {

using loadbalancer::SslPolicies;

SslPolicy Render(const loadbalancer::SslPolicy& policy) {
  SslPolicy out;
  out.Name = policy.name;
  out.SslProtocols = List<std::string>(policy.protocols);
  std::int32_t priority = 0;
  for (const std::string& name : policy.ciphers) {
    Cipher& cipher = out.Ciphers.emplace_back();
    cipher.Name = name;
    cipher.Priority = ++priority;
  }
  out.SupportedLoadBalancerTypes = List<std::string>({"application", "network"});
  return out;
}

}  // namespace

AWS_OPERATION(elbv2, DescribeSSLPolicies)
DescribeSSLPoliciesOutput DescribeSSLPolicies(Context& context, const DescribeSSLPoliciesInput& in) {
  std::vector<loadbalancer::SslPolicy> policies = SslPolicies();
  for (const std::string& name : in.Names)
    if (!loadbalancer::FindSslPolicy(name)) throw errors::SslPolicyNotFound(name);
  if (!in.Names.empty())
    std::erase_if(policies, [&](const loadbalancer::SslPolicy& policy) {
      return std::find(in.Names.begin(), in.Names.end(), policy.name) == in.Names.end();
    });
  if (in.LoadBalancerType == "gateway") policies.clear();
  const auto page = TakeMarkedPage(context, "DescribeSSLPolicies", std::move(policies), in.Marker, in.PageSize,
                                   [](const loadbalancer::SslPolicy& policy) { return policy.name; });
  DescribeSSLPoliciesOutput out;
  for (const loadbalancer::SslPolicy& policy : page.items) out.SslPolicies.push_back(Render(policy));
  out.NextMarker = page.next_token;
  return out;
}

}  // namespace drydock::elbv2
