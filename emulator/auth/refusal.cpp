#include "emulator/auth/refusal.h"

namespace drydock::auth {

std::string ErrorCode(Fault fault, Dialect dialect) {
  const bool json = dialect == Dialect::kJson;
  switch (fault) {
    case Fault::kMissingToken:
      return json ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken";
    case Fault::kIncompleteSignature:
      return json ? "IncompleteSignatureException" : "IncompleteSignature";
    case Fault::kInvalidToken:
      if (dialect == Dialect::kEc2) return "AuthFailure";
      return json ? "UnrecognizedClientException" : "InvalidClientTokenId";
    case Fault::kBadSignature:
      if (dialect == Dialect::kEc2) return "AuthFailure";
      return json ? "InvalidSignatureException" : "SignatureDoesNotMatch";
    case Fault::kOutOfDate:
      if (dialect == Dialect::kEc2) return "RequestExpired";
      return json ? "InvalidSignatureException" : "SignatureDoesNotMatch";
    case Fault::kExpiredToken:
      if (dialect == Dialect::kEc2) return "RequestExpired";
      return json ? "ExpiredTokenException" : "ExpiredToken";
  }
  return "";
}

std::string ErrorMessage(const Refusal& refusal, Dialect dialect) {
  if (dialect == Dialect::kEc2) {
    switch (refusal.fault) {
      case Fault::kInvalidToken:
      case Fault::kBadSignature:
        return "AWS was not able to validate the provided access credentials";
      case Fault::kOutOfDate:
      case Fault::kExpiredToken:
        return "Request has expired.";
      default:
        break;
    }
  }
  return refusal.message;
}

}  // namespace drydock::auth
