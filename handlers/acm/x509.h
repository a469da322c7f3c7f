// X.509 by OpenSSL: reading what is imported, issuing what is requested. Values in, values out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/clock.h"

namespace drydock::acm {

// What a certificate says of itself.
struct CertificateFacts {
  int version = 0;                 // 3 is X.509 v3
  std::vector<std::string> names;  // the common name, then the alternative DNS names, each once
  std::string subject;             // CN=example.com, as RFC 2253 writes it
  std::string issuer;              // the issuer's organization, or its common name where it names none
  std::string serial;              // ab:cd:…
  Timestamp not_before, not_after;
  std::string key_algorithm;  // as ACM names it; empty: one that ACM does not take
  std::string signature_algorithm;
  std::vector<std::string> key_usages, extended_key_usages;
};

struct IssuedCertificate {
  std::string certificate;  // PEM
  std::string private_key;  // PEM, PKCS #8
};

// How many certificates a PEM text holds; nullopt when it holds anything else, or one that cannot be read.
std::optional<std::size_t> CountCertificates(std::string_view pem);
// Of the first certificate of the text, which CountCertificates has accepted.
CertificateFacts ReadCertificate(std::string_view pem);

// An unencrypted private key as PKCS #8; nullopt when the text is none, or is encrypted.
std::optional<std::string> ReadPrivateKey(std::string_view pem);
bool KeyMatches(std::string_view certificate_pem, std::string_view private_key_pem);

// Each certificate of the chain must have signed the one before it, the first the certificate itself. The index of the
// first that has not; nullopt when all have.
std::optional<std::size_t> FirstThatDoesNotCertify(std::string_view certificate_pem, std::string_view chain_pem);

// A self-signed certificate for an authority.
IssuedCertificate MakeAuthority(const std::string& common_name, Timestamp not_before, Timestamp not_after);
// A server certificate for names.front(), with all of them as alternative names. `key_algorithm`: RSA_2048,
// EC_prime256v1 or EC_secp384r1; std::invalid_argument for others.
IssuedCertificate Issue(const IssuedCertificate& authority, const std::vector<std::string>& names,
                        const std::string& key_algorithm, Timestamp not_before, Timestamp not_after);

}  // namespace drydock::acm
