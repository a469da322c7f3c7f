// ACM's errors by name. "seen": wording found verbatim in public reports of real calls; codes are those of the API's
// model; other wording is unconfirmed.
#pragma once

#include <string>

#include <fmt/format.h>

#include "emulator/core/errors.h"

namespace drydock::acm::errors {

inline ApiError Validation(std::string message) {
  return {"ValidationException", std::move(message)};
}

inline ApiError CertificateNotFound(const std::string& arn, const std::string& account) {  // seen
  return {"ResourceNotFoundException", fmt::format("Could not find certificate {} in account {}.", arn, account)};
}
inline ApiError InUse(const std::string& arn, const std::string& account) {  // seen
  return {"ResourceInUseException", fmt::format("Certificate {} in account {} is in use.", arn, account)};
}
inline ApiError InProgress(const std::string& arn) {
  return {"RequestInProgressException",
          fmt::format("Certificate {} isn't issued yet. Wait until it is issued before you retrieve it.", arn)};
}

// Importing. https://repost.aws/knowledge-center/acm-import-troubleshooting names the first two and the chain's.
inline ApiError MoreThanOneCertificate() {
  return Validation(
      "The certificate field contains more than one certificate. You can specify only one certificate in this field.");
}
inline ApiError CertificateNotPem() {  // seen
  return Validation("The certificate body/chain provided is not in a valid PEM format");
}
inline ApiError ChainNotPem() {
  return CertificateNotPem();
}
inline ApiError ChainInvalid(std::size_t index) {  // seen
  return Validation(
      fmt::format("Unable to validate certificate chain. The certificate chain must start with the immediate signing "
                  "certificate, followed by any intermediaries in order. The index within the chain of the invalid "
                  "certificate is: {}",
                  index));
}
inline ApiError KeyNotSupported() {
  return Validation("The private key is not supported.");
}
inline ApiError KeyDoesNotMatch() {
  return Validation("The private key does not match the public key of the certificate.");
}
inline ApiError KeyAlgorithmNotSupported() {
  return Validation("The algorithm or the size of the certificate's key is not supported.");
}
inline ApiError NotVersion3() {
  return Validation("The certificate must be an X.509 version 3 certificate.");
}
inline ApiError NoDomainName() {
  return Validation("The certificate names no domain: it must contain a fully qualified domain name.");
}
inline ApiError NotYetValid() {
  return Validation("The certificate's validity has not begun yet.");
}
inline ApiError NoLongerValid() {
  return Validation("The certificate is expired.");
}
inline ApiError OnlyImportedAgain() {
  return Validation("Only imported certificates can be imported again.");
}
inline ApiError TagsOnImportAgain() {
  return Validation("Tagging is not permitted on re-import.");
}

inline ApiError InvalidDomain(const std::string& name) {
  return Validation(fmt::format("The domain name '{}' is not valid.", name));
}
inline ApiError InvalidValidationDomain(const std::string& name) {
  return {"InvalidDomainValidationOptionsException",
          fmt::format("The validation domain for '{}' must be the domain itself or one above it.", name)};
}
inline ApiError FirstDomainTooLong() {  // seen: convox/rack issue 2818
  return {"InvalidDomainValidationOptionsException", "The first domain name can be no longer than 64 characters."};
}
inline ApiError TooManyNames() {
  return {"LimitExceededException", "The certificate names more than 10 domains."};
}
inline ApiError TooManyTags() {
  return {"TooManyTagsException", "The certificate has more than 50 tags."};
}
inline ApiError ReservedTagKey() {
  return {"InvalidTagException", "Tag keys that begin with aws: are reserved for system use."};
}
inline ApiError InvalidNextToken() {
  return {"InvalidArgsException", "The NextToken is not valid."};
}
// What AWS has and Drydock has not.
inline ApiError NotImplemented(const std::string& what) {
  return {"NotImplemented", what + " is not implemented by Drydock."};
}

}  // namespace drydock::acm::errors
