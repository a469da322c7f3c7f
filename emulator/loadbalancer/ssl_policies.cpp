#include "emulator/loadbalancer/ssl_policies.h"

namespace drydock::loadbalancer {

namespace {

using Names = std::vector<std::string>;

Names operator+(Names a, const Names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<SslPolicy> Make() {
  const Names tls13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"};
  const Names ecdhe_gcm = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
                           "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384"};
  const Names ecdhe_sha2 = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
                            "ECDHE-ECDSA-AES128-SHA256",     "ECDHE-RSA-AES128-SHA256",
                            "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
                            "ECDHE-ECDSA-AES256-SHA384",     "ECDHE-RSA-AES256-SHA384"};
  const Names ecdhe = {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256",
                       "ECDHE-RSA-AES128-SHA256",       "ECDHE-ECDSA-AES128-SHA",      "ECDHE-RSA-AES128-SHA",
                       "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-SHA384",
                       "ECDHE-RSA-AES256-SHA384",       "ECDHE-ECDSA-AES256-SHA",      "ECDHE-RSA-AES256-SHA"};
  const Names rsa_sha2 = {"AES128-GCM-SHA256", "AES128-SHA256", "AES256-GCM-SHA384", "AES256-SHA256"};
  const Names rsa = {"AES128-GCM-SHA256", "AES128-SHA256", "AES128-SHA",
                     "AES256-GCM-SHA384", "AES256-SHA256", "AES256-SHA"};
  const Names from_1_0 = {"TLSv1", "TLSv1.1", "TLSv1.2"};
  const Names from_1_1 = {"TLSv1.1", "TLSv1.2"};
  const Names only_1_2 = {"TLSv1.2"};
  const Names and_1_3 = {"TLSv1.3"};
  return {{"ELBSecurityPolicy-2016-08", from_1_0, ecdhe + rsa},
          {"ELBSecurityPolicy-TLS13-1-3-2021-06", and_1_3, tls13},
          {"ELBSecurityPolicy-TLS13-1-2-2021-06", only_1_2 + and_1_3, tls13 + ecdhe_sha2},
          {"ELBSecurityPolicy-TLS13-1-2-Res-2021-06", only_1_2 + and_1_3, tls13 + ecdhe_gcm},
          {"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", only_1_2 + and_1_3, tls13 + ecdhe_sha2 + rsa_sha2},
          {"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", only_1_2 + and_1_3, tls13 + ecdhe + rsa},
          {"ELBSecurityPolicy-TLS13-1-1-2021-06", from_1_1 + and_1_3, tls13 + ecdhe + rsa},
          {"ELBSecurityPolicy-TLS13-1-0-2021-06", from_1_0 + and_1_3, tls13 + ecdhe + rsa},
          {"ELBSecurityPolicy-TLS-1-2-2017-01", only_1_2, ecdhe_sha2 + rsa_sha2},
          {"ELBSecurityPolicy-TLS-1-2-Ext-2018-06", only_1_2, ecdhe + rsa},
          {"ELBSecurityPolicy-TLS-1-1-2017-01", from_1_1, ecdhe + rsa},
          {"ELBSecurityPolicy-FS-2018-06", from_1_0, ecdhe},
          {"ELBSecurityPolicy-FS-1-1-2019-08", from_1_1, ecdhe},
          {"ELBSecurityPolicy-FS-1-2-2019-08", only_1_2, ecdhe},
          {"ELBSecurityPolicy-FS-1-2-Res-2019-08", only_1_2, ecdhe_sha2},
          {"ELBSecurityPolicy-FS-1-2-Res-2020-10", only_1_2, ecdhe_gcm}};
}

}  // namespace

const std::vector<SslPolicy>& SslPolicies() {
  static const std::vector<SslPolicy> kPolicies = Make();
  return kPolicies;
}

const SslPolicy* FindSslPolicy(std::string_view name) {
  for (const SslPolicy& policy : SslPolicies()) {
    if (policy.name == name) return &policy;
  }
  return nullptr;
}

}  // namespace drydock::loadbalancer
