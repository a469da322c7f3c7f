// Heads and bodies of HTTP/1.1 messages, as a proxy needs them: parsed without copying, and strictly, because what two
// parties read differently is how requests are smuggled. Pure; the parsing itself is Boost.Beast's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::loadbalancer {

// The header fields that a load balancer treats by itself.
enum class FieldName : std::uint8_t {
  kOther,
  kConnection,
  kContentLength,
  kCookie,
  kDate,
  kDrydockSource,
  kExpect,
  kHost,
  kKeepAlive,
  kProxyConnection,
  kSetCookie,
  kTe,
  kTrailer,
  kTransferEncoding,
  kUpgrade,
  kUserAgent,
  kXAmznTraceId,
  kXForwardedFor,
  kXForwardedPort,
  kXForwardedProto,
};

struct Field {
  FieldName known = FieldName::kOther;
  std::string_view name;
  std::string_view value;
};

enum class BodyKind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

// What both kinds of head have in common. The views point into the bytes that were parsed.
struct MessageHead {
  int version = 11;  // 10 or 11
  std::vector<Field> fields;
  BodyKind body = BodyKind::kNone;
  std::uint64_t content_length = 0;  // of kLength, and of a message that only could have a body (HEAD, 304)
  bool keep_alive = false;
  bool upgrade = false;                             // Connection: upgrade
  std::vector<std::string_view> connection_fields;  // further fields that Connection names as hop-by-hop

  // The first value, or an empty view.
  std::string_view Value(FieldName name) const;
  // True for a field that belongs to one connection only and is not passed on.
  bool IsHopByHop(const Field& field) const;
};

// What is absent is an empty text, never a null pointer: some libraries copy from where it points.
struct RequestHead : MessageHead {
  std::string_view method;
  std::string_view target;  // as sent
  std::string_view path;    // without query; of an absolute-form target its path
  std::string_view query;   // without '?'
  bool has_query = false;
  std::string_view host;  // Host, or the authority of an absolute-form target; with its port

  // How the end of the body was said, where one reading of several had to be taken (desync.h).
  enum class Framing : std::uint8_t {
    kPlain,
    kBothTeAndCl,      // Transfer-Encoding: chunked counts (RFC 9112, 6.3); Content-Length is dropped
    kDuplicateLength,  // the same length more than once
  };
  Framing framing = Framing::kPlain;
  std::string repaired;  // what the views point into unless framing is kPlain
};

struct ResponseHead : MessageHead {
  int status = 0;
  std::string_view reason;
};

// AWS's limits on a request's head (Application Load Balancer guide, "HTTP 400: Bad request").
inline constexpr std::size_t kLineLimit = 16 * 1024;
inline constexpr std::size_t kHeadLimit = 64 * 1024;
// On a response's head (same guide, "HTTP 502: Bad gateway").
inline constexpr std::size_t kResponseHeadLimit = 32 * 1024;

// Looks for the end of a head while its bytes come in.
struct HeadScan {
  enum class Outcome {
    kIncomplete,
    kComplete,
    kMalformed,      // a bare line feed, or a folded line (RFC 9112, 5.2: a proxy rejects or unfolds; this one rejects)
    kTooLarge,       // a line over kLineLimit
    kTooLongTarget,  // the first line over kLineLimit
  };
  Outcome Continue(std::string_view bytes);

  std::size_t end = 0;  // kComplete: the head's size, its empty line included

 private:
  std::size_t line_begin_ = 0;
  std::size_t searched_ = 0;
};

enum class HeadError {
  kNone,
  kMalformed,            // 400
  kUnsupportedVersion,   // 505
  kUnsupportedEncoding,  // 501: a Transfer-Encoding other than chunked
};

// `bytes` is exactly one head. The result's views are valid as long as those bytes and the head itself are.
HeadError ParseRequestHead(std::string_view bytes, RequestHead& head);
// `to_head_request`: the answer to HEAD never has a body.
HeadError ParseResponseHead(std::string_view bytes, bool to_head_request, ResponseHead& head);

// Takes the chunked coding off a body.
class ChunkedDecoder {
 public:
  ChunkedDecoder();
  ~ChunkedDecoder();
  ChunkedDecoder(ChunkedDecoder&&) noexcept;
  ChunkedDecoder& operator=(ChunkedDecoder&&) noexcept;

  enum class Outcome { kMore, kDone, kMalformed };
  // Decodes what `bytes` hold; `consumed` says how many of them are done with, `pieces` (replaced) the body's bytes
  // among them. Give the rest again, with more behind it.
  Outcome Decode(std::string_view bytes, std::size_t& consumed, std::vector<std::string_view>& pieces);
  // kDone: the fields after the last chunk, formatted as header lines; those that would change the framing are dropped.
  const std::string& trailers() const;

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

// The number of elements of a comma-separated list.
std::size_t CountListElements(std::string_view value);

}  // namespace drydock::loadbalancer
