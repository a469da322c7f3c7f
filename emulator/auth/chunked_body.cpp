#include "emulator/auth/chunked_body.h"

#include <openssl/crypto.h>

#include <charconv>

#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::auth {

namespace {

constexpr std::size_t kLongestHeader = 256;              // "10000;chunk-signature=<64 digits>"
constexpr std::size_t kLongestChunk = 16 * 1024 * 1024;  // SDKs send 64 KiB to 1 MiB
constexpr std::string_view kMark = ";chunk-signature=";
constexpr std::string_view kEnd = "\r\n";

Refusal Broken() {
  return {Fault::kIncompleteSignature, "The request body is not in the form of signed chunks."};  // unconfirmed
}

}  // namespace

ChunkedBody::ChunkedBody(const Signature& signature, const std::string& secret_key)
    : key_(SigningKey(signature, secret_key)),
      time_(FormatBasicIso8601(signature.time)),
      scope_(CredentialScope(signature)),
      previous_(signature.value) {}

std::optional<Refusal> ChunkedBody::Feed(std::string_view bytes, std::string& payload) {
  pending_ += bytes;
  for (bool more = true; more && !complete_;)
    if (auto refusal = TakeChunk(payload, more)) return refusal;
  return std::nullopt;
}

std::optional<Refusal> ChunkedBody::TakeChunk(std::string& payload, bool& more) {
  more = false;
  const auto end = pending_.find(kEnd);
  if (end == std::string::npos) return pending_.size() > kLongestHeader ? std::optional(Broken()) : std::nullopt;
  const std::string_view header = std::string_view(pending_).substr(0, end);
  const auto mark = header.find(kMark);
  std::size_t size = 0;
  const auto [last, error] = std::from_chars(header.data(), header.data() + std::min(mark, header.size()), size, 16);
  if (mark == std::string_view::npos || error != std::errc() || last != header.data() + mark || size > kLongestChunk)
    return Broken();
  const std::size_t begin = end + kEnd.size();
  if (pending_.size() < begin + size + kEnd.size()) return std::nullopt;
  if (std::string_view(pending_).substr(begin + size, kEnd.size()) != kEnd) return Broken();

  const std::string_view chunk = std::string_view(pending_).substr(begin, size);
  const std::string expected =
      Hex(HmacSha256(key_, "AWS4-HMAC-SHA256-PAYLOAD\n" + time_ + "\n" + scope_ + "\n" + previous_ + "\n" +
                               Hex(Sha256("")) + "\n" + Hex(Sha256(chunk))));
  const std::string_view stated = header.substr(mark + kMark.size());
  if (stated.size() != expected.size() || CRYPTO_memcmp(stated.data(), expected.data(), expected.size()) != 0)
    return SignatureMismatch();
  previous_ = expected;
  payload += chunk;
  complete_ = size == 0;
  pending_.erase(0, begin + size + kEnd.size());
  more = true;
  return std::nullopt;
}

}  // namespace drydock::auth
