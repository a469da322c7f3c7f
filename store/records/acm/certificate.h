// Certificates of ACM, and the local authority that issues those that were requested.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::acm {

struct Certificate {
  std::string arn;
  std::string type;    // IMPORTED | AMAZON_ISSUED
  std::string status;  // PENDING_VALIDATION | ISSUED; EXPIRED is told by not_after
  std::string domain_name;
  std::vector<std::string> names;  // the domain name and the subject alternative names; what SNI chooses by
  Timestamp created;
  std::optional<Timestamp> imported;
  std::optional<Timestamp> issued;

  // Once it is issued or imported:
  std::string certificate;         // PEM
  std::string chain;               // PEM, the issuer first; may be empty
  std::string sealed_private_key;  // PEM (PKCS #8), sealed (store/sealing.h) about the ARN
  std::string subject;             // CN=…
  std::string issuer;
  std::string serial;  // ab:cd:…
  std::optional<Timestamp> not_before;
  std::optional<Timestamp> not_after;
  std::string key_algorithm;        // RSA_2048, EC_prime256v1 …
  std::string signature_algorithm;  // SHA256WITHRSA …
  std::vector<std::string> key_usages;
  std::vector<std::string> extended_key_usages;

  // Of requested ones:
  std::string validation_method;                          // DNS | EMAIL
  std::map<std::string, std::string> validation_domains;  // by domain name, where another was asked for
  std::map<std::string, std::string> validation_names;    // DNS: the record's name by domain name
  std::map<std::string, std::string> validation_values;
  std::string idempotency_token;
  std::string transparency_logging = "ENABLED";

  std::map<std::string, std::string> tags;

  static constexpr store::TableName kTable{"acm_certificate"};
  static constexpr auto kId = store::Members(&Certificate::arn);
};

// One for the whole emulator: clients need to trust one certificate only.
struct CertificateAuthority {
  std::string id;                  // "1"
  std::string certificate;         // PEM
  std::string sealed_private_key;  // about "acm/authority"

  static constexpr store::TableName kTable{"acm_certificate_authority", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&CertificateAuthority::id);
};

}  // namespace drydock::records::acm

DRYDOCK_SCHEMA(drydock::records::acm::CertificateAuthority, id, certificate, sealed_private_key)
DRYDOCK_SCHEMA(drydock::records::acm::Certificate, arn, type, status, domain_name, names, created, imported, issued,
               certificate, chain, sealed_private_key, subject, issuer, serial, not_before, not_after, key_algorithm,
               signature_algorithm, key_usages, extended_key_usages, validation_method, validation_domains,
               validation_names, validation_values, idempotency_token, transparency_logging, tags)
