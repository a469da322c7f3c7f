// Why a call's credentials are refused, apart from how a protocol spells it.
#pragma once

#include <string>

namespace drydock::auth {

enum class Fault {
  kMissingToken,         // no signature at all
  kIncompleteSignature,  // a signature that cannot be read
  kInvalidToken,         // the access key or session token is not known
  kBadSignature,         // the signature does not fit the request
  kOutOfDate,            // signed too long ago, or for the future
  kExpiredToken,         // temporary credentials past their time
};

// AWS's sentence with it. Never holds a secret: neither the key's nor the signature that would have been right.
struct Refusal {
  Fault fault;
  std::string message;
};

// How the service's protocol spells a fault. JSON services: IncompleteSignatureException …, query and REST services:
// IncompleteSignature …; EC2 answers AuthFailure to what it cannot verify.
// Sources: the services' "Common Errors" pages; EC2 User Guide, Error codes; aws-facts A.3, H.7.
enum class Dialect { kJson, kQuery, kEc2 };
std::string ErrorCode(Fault fault, Dialect dialect);
// The sentence the dialect sends: EC2 has one for all that it cannot verify.
std::string ErrorMessage(const Refusal& refusal, Dialect dialect);

}  // namespace drydock::auth
