// The security policies of HTTPS and TLS listeners: which protocols and ciphers they allow. Pure.
// Source: Application Load Balancer guide, "Security policies for your Application Load Balancer" (without the FIPS and
// post-quantum ones).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock::loadbalancer {

struct SslPolicy {
  std::string name;
  std::vector<std::string> protocols;  // TLSv1, TLSv1.1, TLSv1.2, TLSv1.3, ascending
  std::vector<std::string> ciphers;    // OpenSSL's names, in the order of preference
};

// In the order in which DescribeSSLPolicies lists them.
const std::vector<SslPolicy>& SslPolicies();

// nullptr when there is none of this name.
const SslPolicy* FindSslPolicy(std::string_view name);

}  // namespace drydock::loadbalancer
