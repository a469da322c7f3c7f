// Signature Version 4: reads the signature of a request and checks it. Pure: no clock, no keys, no sockets.
// Source of all rules: AWS IAM User Guide, "AWS Signature Version 4 for API requests" (Create a signed request,
// Elements of a request signature); for presigned URLs and payload markers the Amazon S3 API Reference,
// "Authenticating Requests".
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/auth/refusal.h"
#include "emulator/core/schema.h"

namespace drydock::auth {

// What a signature covers, as it stood on the wire.
struct Request {
  std::string method;  // GET
  std::string path;    // before the '?', still percent-encoded
  std::string query;   // behind the '?', still percent-encoded
  std::vector<std::pair<std::string, std::string>> headers;
  // The body's SHA-256 in lower case hexadecimal; asked for only when the signature depends on it.
  std::function<std::string()> body_sha256;

  // The first header of that name, in any case; nullptr when there is none.
  const std::string* Header(std::string_view name) const;
};

// A signature as the request states it. Nothing of it is verified.
struct Signature {
  enum class Algorithm { kHmacSha256, kEcdsaP256Sha256 };  // SigV4; SigV4A, which is read but cannot be verified
  Algorithm algorithm = Algorithm::kHmacSha256;
  bool presigned = false;  // in the query string rather than in the Authorization header
  std::string access_key;
  std::string date;     // of the credential scope: 20260824
  std::string region;   // empty for SigV4A
  std::string service;  // the signing name: "elasticloadbalancing"
  Timestamp time;       // X-Amz-Date, or Date
  int expires = 0;      // presigned: how many seconds it is good for
  std::vector<std::string> signed_headers;
  std::string value;  // lower case hexadecimal
  std::string session_token;
};

struct Unsigned {};
struct Malformed {
  std::string message;  // IncompleteSignature's
};
using ParsedSignature = std::variant<Unsigned, Malformed, Signature>;

// An Authorization header of another scheme (Basic, Bearer) counts as unsigned: registries and STS have their own.
ParsedSignature ParseSignature(const Request& request);

// nullopt when the secret key makes this very signature for this very request at about this time (15 minutes either
// way; presigned: until it expires). Takes the same time for every wrong signature.
std::optional<Refusal> VerifySignature(const Signature& signature, const Request& request,
                                       const std::string& secret_key, Timestamp now);

// What a signature's key is derived to, and the scope it is good for: 20260824/eu-central-1/ecs/aws4_request.
std::string SigningKey(const Signature& signature, const std::string& secret_key);
std::string CredentialScope(const Signature& signature);

// What is said to every signature that is wrong.
Refusal SignatureMismatch();

// The canonical request that is hashed and signed; for tests and for explaining a mismatch.
std::string CanonicalRequest(const Signature& signature, const Request& request);
// What the signing key signs: algorithm, time, scope and the canonical request's hash.
std::string StringToSign(const Signature& signature, const Request& request);

}  // namespace drydock::auth
