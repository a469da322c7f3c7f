// Bodies that come in signed pieces (aws-chunked, STREAMING-AWS4-HMAC-SHA256-PAYLOAD): each chunk carries a signature
// that depends on the one before, the first on the request's.
// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in
// Multiple Chunks".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/auth/signature.h"

namespace drydock::auth {

// Takes the body as it comes and gives back what the chunks hold, each only once its signature is verified.
class ChunkedBody {
 public:
  // `signature` is the request's, already verified with this secret key.
  ChunkedBody(const Signature& signature, const std::string& secret_key);

  // Appends the verified bytes to `payload`. A refusal is final; what was appended before it must not be used.
  std::optional<Refusal> Feed(std::string_view bytes, std::string& payload);

  // The last chunk, an empty one, has come: nothing is missing.
  bool complete() const { return complete_; }

 private:
  std::optional<Refusal> TakeChunk(std::string& payload, bool& more);

  std::string key_, time_, scope_;
  std::string previous_;  // signature
  std::string pending_;   // what has come of a chunk that is not whole yet
  bool complete_ = false;
};

}  // namespace drydock::auth
