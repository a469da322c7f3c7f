#include "emulator/loadbalancer/http_message.h"

#include <limits>
#include <utility>  // Boost 1.74's Asio needs std::exchange and does not include it

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include "emulator/core/text.h"

namespace drydock::loadbalancer {

namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

// Bodies of any length. (No limit at all, boost::none, refuses every Content-Length in Boost 1.74.)
constexpr auto kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::string_view View(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

FieldName Recognize(http::field field, std::string_view name) {
  switch (field) {
    case http::field::connection:
      return FieldName::kConnection;
    case http::field::content_length:
      return FieldName::kContentLength;
    case http::field::cookie:
      return FieldName::kCookie;
    case http::field::date:
      return FieldName::kDate;
    case http::field::expect:
      return FieldName::kExpect;
    case http::field::host:
      return FieldName::kHost;
    case http::field::keep_alive:
      return FieldName::kKeepAlive;
    case http::field::proxy_connection:
      return FieldName::kProxyConnection;
    case http::field::set_cookie:
      return FieldName::kSetCookie;
    case http::field::te:
      return FieldName::kTe;
    case http::field::trailer:
      return FieldName::kTrailer;
    case http::field::transfer_encoding:
      return FieldName::kTransferEncoding;
    case http::field::upgrade:
      return FieldName::kUpgrade;
    case http::field::user_agent:
      return FieldName::kUserAgent;
    default:
      break;
  }
  if (name.size() < 15 || (name[0] | 0x20) != 'x') return FieldName::kOther;
  if (EqualsIgnoringCase(name, "x-forwarded-for")) return FieldName::kXForwardedFor;
  if (EqualsIgnoringCase(name, "x-forwarded-port")) return FieldName::kXForwardedPort;
  if (EqualsIgnoringCase(name, "x-forwarded-proto")) return FieldName::kXForwardedProto;
  if (EqualsIgnoringCase(name, "x-amzn-trace-id")) return FieldName::kXAmznTraceId;
  if (EqualsIgnoringCase(name, "x-drydock-source")) return FieldName::kDrydockSource;
  return FieldName::kOther;
}

// Beast's parser, writing what it finds into a head. Stops behind the head: the body is not its business.
template <bool is_request, class Head>
class HeadParser : public http::basic_parser<is_request> {
 public:
  explicit HeadParser(Head& head) : head_(head) {
    this->header_limit(kHeadLimit + 1);
    this->body_limit(kNoLimit);
  }

  int content_lengths() const { return content_lengths_; }
  int transfer_encodings() const { return transfer_encodings_; }
  int hosts() const { return hosts_; }

 private:
  void on_request_impl(http::verb, boost::beast::string_view method, boost::beast::string_view target, int version,
                       error_code&) override {
    if constexpr (is_request) {
      head_.method = View(method);
      head_.target = View(target);
      head_.version = version;
    }
  }
  void on_response_impl(int status, boost::beast::string_view reason, int version, error_code&) override {
    if constexpr (!is_request) {
      head_.status = status;
      head_.reason = View(reason);
      head_.version = version;
    }
  }
  void on_field_impl(http::field field, boost::beast::string_view name, boost::beast::string_view value,
                     error_code&) override {
    const FieldName known = Recognize(field, View(name));
    head_.fields.push_back({known, View(name), View(value)});
    if (known == FieldName::kContentLength) ++content_lengths_;
    if (known == FieldName::kTransferEncoding) ++transfer_encodings_;
    if (known == FieldName::kHost) ++hosts_;
    if (known == FieldName::kConnection) {
      for (const auto token : http::token_list(value)) {
        const std::string_view option = View(token);
        if (EqualsIgnoringCase(option, "upgrade")) {
          head_.upgrade = true;
        } else if (!EqualsIgnoringCase(option, "close") && !EqualsIgnoringCase(option, "keep-alive")) {
          head_.connection_fields.push_back(option);
        }
      }
    }
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  Head& head_;
  int content_lengths_ = 0;
  int transfer_encodings_ = 0;
  int hosts_ = 0;
};

void Clear(MessageHead& head) {
  head.version = 11;
  head.fields.clear();
  head.body = BodyKind::kNone;
  head.content_length = 0;
  head.keep_alive = false;
  head.upgrade = false;
  head.connection_fields.clear();
}

HeadError ErrorOf(const error_code& error) {
  if (error == http::error::bad_version) return HeadError::kUnsupportedVersion;
  return HeadError::kMalformed;
}

// The parts of what the request line asks for (RFC 9112, 3.2). False for a form that a load balancer does not serve.
bool SplitTarget(RequestHead& head) {
  std::string_view target = head.target;
  head.host = head.Value(FieldName::kHost);
  if (target == "*") return head.method == "OPTIONS";
  if (!target.starts_with('/')) {
    const std::size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return false;
    if (!EqualsIgnoringCase(target.substr(0, scheme), "http") &&
        !EqualsIgnoringCase(target.substr(0, scheme), "https")) {
      return false;
    }
    target.remove_prefix(scheme + 3);
    const std::size_t slash = target.find_first_of("/?");
    head.host = target.substr(0, slash);
    target = slash == std::string_view::npos ? std::string_view() : target.substr(slash);
    if (head.host.empty()) return false;
  }
  const std::size_t fragment = target.find('#');
  if (fragment != std::string_view::npos) return false;
  const std::size_t question = target.find('?');
  head.path = target.substr(0, question);
  if (head.path.empty()) head.path = "/";
  head.has_query = question != std::string_view::npos;
  head.query = head.has_query ? target.substr(question + 1) : "";
  return true;
}

}  // namespace

std::string_view MessageHead::Value(FieldName name) const {
  for (const Field& field : fields) {
    if (field.known == name) return field.value;
  }
  return "";
}

bool MessageHead::IsHopByHop(const Field& field) const {
  switch (field.known) {
    case FieldName::kConnection:
    case FieldName::kKeepAlive:
    case FieldName::kProxyConnection:
    case FieldName::kTe:
    case FieldName::kTransferEncoding:
    case FieldName::kUpgrade:
      return true;
    default:
      break;
  }
  // A Connection field cannot take away what says where the message goes and where it ends.
  if (field.known == FieldName::kHost || field.known == FieldName::kContentLength) return false;
  for (const std::string_view name : connection_fields) {
    if (EqualsIgnoringCase(name, field.name)) return true;
  }
  return false;
}

HeadScan::Outcome HeadScan::Continue(std::string_view bytes) {
  while (searched_ < bytes.size()) {
    const void* found = std::memchr(bytes.data() + searched_, '\n', bytes.size() - searched_);
    if (found == nullptr) {
      searched_ = bytes.size();
      break;
    }
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (at == 0 || bytes[at - 1] != '\r') return Outcome::kMalformed;
    if (at + 1 - line_begin_ > kLineLimit) return line_begin_ == 0 ? Outcome::kTooLongTarget : Outcome::kTooLarge;
    if (at - 1 == line_begin_) {
      end = at + 1;
      return Outcome::kComplete;
    }
    if (bytes[line_begin_] == ' ' || bytes[line_begin_] == '\t') return Outcome::kMalformed;
    searched_ = line_begin_ = at + 1;
  }
  if (bytes.size() - line_begin_ <= kLineLimit) return Outcome::kIncomplete;
  return line_begin_ == 0 ? Outcome::kTooLongTarget : Outcome::kTooLarge;
}

namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the one sensible reading of a head that says its body's end twice: chunked before a length, and a length once.
// False where there is none.
bool Repair(std::string_view bytes, RequestHead& head) {
  std::string repaired;
  std::string_view length, coding;
  std::size_t lengths = 0, codings = 0, insert_at = 0;
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.find("\r\n"), bytes.size() - 2) + 2;
    const std::string_view line = bytes.substr(0, size);
    bytes.remove_prefix(size);
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : Trim(line.substr(colon + 1, line.size() - colon - 3));
    if (EqualsIgnoringCase(name, "Content-Length")) {
      if (lengths++ > 0 && value != length) return false;
      length = value;
      insert_at = repaired.size();
      continue;
    }
    if (EqualsIgnoringCase(name, "Transfer-Encoding")) {
      ++codings;
      coding = value;
    }
    repaired += line;
  }
  const bool numeric = !length.empty() && length.size() < 19 &&
                       std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!numeric) return false;
  if (codings == 0 && lengths > 1) {
    repaired.insert(insert_at, "Content-Length: " + std::string(length) + "\r\n");
    head.framing = RequestHead::Framing::kDuplicateLength;
  } else if (codings == 1 && EqualsIgnoringCase(coding, "chunked")) {
    head.framing = RequestHead::Framing::kBothTeAndCl;
  } else {
    return false;
  }
  head.repaired = std::move(repaired);
  return true;
}

HeadError ParseOnce(std::string_view bytes, RequestHead& head) {
  Clear(head);
  HeadParser<true, RequestHead> parser(head);
  error_code error;
  parser.put({bytes.data(), bytes.size()}, error);
  if (error) return ErrorOf(error);
  if (!parser.is_header_done()) return HeadError::kMalformed;
  head.keep_alive = parser.keep_alive();
  if (parser.content_lengths() > 1 || parser.transfer_encodings() > 1) return HeadError::kMalformed;
  if (parser.hosts() > 1 || (head.version == 11 && parser.hosts() != 1)) return HeadError::kMalformed;
  if (parser.transfer_encodings() == 1) {
    const std::string_view coding = head.Value(FieldName::kTransferEncoding);
    if (head.version == 10) return HeadError::kMalformed;
    if (EqualsIgnoringCase(coding, "chunked")) {
      head.body = BodyKind::kChunked;
    } else if (!EqualsIgnoringCase(coding, "identity")) {
      return HeadError::kUnsupportedEncoding;
    }
  } else if (const auto length = parser.content_length()) {
    head.content_length = *length;
    if (*length > 0) head.body = BodyKind::kLength;
  }
  return SplitTarget(head) ? HeadError::kNone : HeadError::kMalformed;
}

}  // namespace

HeadError ParseRequestHead(std::string_view bytes, RequestHead& head) {
  head.framing = RequestHead::Framing::kPlain;
  HeadError error = ParseOnce(bytes, head);
  if (error == HeadError::kMalformed && Repair(bytes, head)) error = ParseOnce(head.repaired, head);
  // "5, 5", which RFC 9112, 6.3 lets pass.
  if (head.Value(FieldName::kContentLength).find(',') != std::string_view::npos)
    head.framing = RequestHead::Framing::kDuplicateLength;
  return error;
}

HeadError ParseResponseHead(std::string_view bytes, bool to_head_request, ResponseHead& head) {
  Clear(head);
  HeadParser<false, ResponseHead> parser(head);
  error_code error;
  parser.put({bytes.data(), bytes.size()}, error);
  if (error) return ErrorOf(error);
  if (!parser.is_header_done()) return HeadError::kMalformed;
  if (head.status < 100 || head.status > 999) return HeadError::kMalformed;
  if (parser.content_lengths() > 1 || parser.transfer_encodings() > 1) return HeadError::kMalformed;
  head.keep_alive = parser.keep_alive();
  if (const auto length = parser.content_length()) head.content_length = *length;
  if (to_head_request || head.status < 200 || head.status == 204 || head.status == 304) {
    head.body = BodyKind::kNone;
  } else if (parser.transfer_encodings() == 1) {
    const std::string_view coding = head.Value(FieldName::kTransferEncoding);
    if (!EqualsIgnoringCase(coding, "chunked")) return HeadError::kUnsupportedEncoding;
    head.body = BodyKind::kChunked;
  } else if (parser.content_lengths() == 1) {
    head.body = head.content_length > 0 ? BodyKind::kLength : BodyKind::kNone;
  } else {
    head.body = BodyKind::kUntilClose;
    head.keep_alive = false;
  }
  return HeadError::kNone;
}

// A parser that was given a head of our own, so that only the chunked body is left for it.
struct ChunkedDecoder::Parser : http::basic_parser<true> {
  Parser() {
    this->body_limit(kNoLimit);
    this->header_limit(kHeadLimit);
    static constexpr std::string_view kHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    error_code error;
    this->put({kHead.data(), kHead.size()}, error);
    in_body = true;
  }

  void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int, error_code&) override {}
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
  void on_field_impl(http::field field, boost::beast::string_view name, boost::beast::string_view value,
                     error_code&) override {
    if (!in_body) return;
    switch (Recognize(field, View(name))) {
      case FieldName::kOther:
      case FieldName::kDate:
        trailers.append(View(name)).append(": ").append(View(value)).append("\r\n");
        break;
      default:
        break;
    }
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t size, boost::beast::string_view, error_code&) override { data_left = size; }
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, error_code&) override {
    if (!body.empty()) pieces->push_back(View(body));
    data_left -= body.size();
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  bool in_body = false;
  std::uint64_t data_left = 0;  // of the present chunk
  std::vector<std::string_view>* pieces = nullptr;
  std::string trailers;
};

ChunkedDecoder::ChunkedDecoder() : parser_(std::make_unique<Parser>()) {}
ChunkedDecoder::~ChunkedDecoder() = default;
ChunkedDecoder::ChunkedDecoder(ChunkedDecoder&&) noexcept = default;
ChunkedDecoder& ChunkedDecoder::operator=(ChunkedDecoder&&) noexcept = default;

ChunkedDecoder::Outcome ChunkedDecoder::Decode(std::string_view bytes, std::size_t& consumed,
                                               std::vector<std::string_view>& pieces) {
  consumed = 0;
  pieces.clear();
  parser_->pieces = &pieces;
  while (!parser_->is_done()) {
    const std::size_t left = bytes.size() - consumed;
    // Between chunks Beast asserts that at least the five bytes of "0\r\n\r\n" are there.
    if (left == 0 || (parser_->data_left == 0 && left < 5)) return Outcome::kMore;
    error_code error;
    consumed += parser_->put({bytes.data() + consumed, left}, error);
    if (error == http::error::need_more) return Outcome::kMore;
    if (error) return Outcome::kMalformed;
  }
  return Outcome::kDone;
}

const std::string& ChunkedDecoder::trailers() const {
  return parser_->trailers;
}

std::size_t CountListElements(std::string_view value) {
  if (value.empty()) return 0;
  return 1 + static_cast<std::size_t>(std::count(value.begin(), value.end(), ','));
}

}  // namespace drydock::loadbalancer
