#include "emulator/loadbalancer/http_message.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

namespace {
HeadError Parse(const std::string& bytes, RequestHead& head) {
  return ParseRequestHead(bytes, head);
}

HeadError Verdict(const std::string& fields, const std::string& line = "GET / HTTP/1.1") {
  RequestHead head;
  return ParseRequestHead(line + "\r\nHost: a\r\n" + fields + "\r\n", head);
}

// The decoded body, or "malformed", feeding `step` bytes at a time.
std::string Decode(const std::string& bytes, std::size_t step, std::string* trailers = nullptr) {
  ChunkedDecoder decoder;
  std::string held, body;
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    held += bytes.substr(at, step);
    std::size_t consumed = 0;
    const auto outcome = decoder.Decode(held, consumed, pieces);
    for (const auto piece : pieces) body += piece;
    if (outcome == ChunkedDecoder::Outcome::kMalformed) return "malformed";
    held.erase(0, consumed);
    if (outcome == ChunkedDecoder::Outcome::kDone) {
      if (trailers != nullptr) *trailers = decoder.trailers();
      return body + "|" + held + bytes.substr(std::min(bytes.size(), at + step));
    }
  }
  return body + "...";
}
}  // namespace

TEST_CASE("a request's parts") {
  RequestHead head;
  const std::string bytes =
      "POST /a/b?x=1&y HTTP/1.1\r\nHost: Example.com:80\r\nContent-Length: 12\r\nX-Forwarded-For: 1.1.1.1\r\n"
      "x-drydock-source: eni-1\r\nConnection: keep-alive, X-Secret\r\nX-Secret: s\r\n\r\n";
  REQUIRE(Parse(bytes, head) == HeadError::kNone);
  CHECK(head.method == "POST");
  CHECK(head.path == "/a/b");
  CHECK(head.query == "x=1&y");
  CHECK(head.host == "Example.com:80");
  CHECK(head.body == BodyKind::kLength);
  CHECK(head.content_length == 12);
  CHECK(head.keep_alive);
  CHECK(head.Value(FieldName::kXForwardedFor) == "1.1.1.1");
  CHECK(head.Value(FieldName::kDrydockSource) == "eni-1");
  CHECK(head.IsHopByHop({FieldName::kOther, "x-secret", "s"}));
  CHECK_FALSE(head.IsHopByHop({FieldName::kOther, "x-other", "s"}));
}

// RFC 9112, 3.2.
TEST_CASE("forms of the request target") {
  RequestHead head;
  const std::string absolute = "GET http://b.example:8080/p?q HTTP/1.1\r\nHost: a\r\n\r\n";
  REQUIRE(Parse(absolute, head) == HeadError::kNone);
  CHECK(head.host == "b.example:8080");
  CHECK(head.path == "/p");
  CHECK(head.query == "q");
  const std::string no_path = "GET http://b.example HTTP/1.1\r\nHost: a\r\n\r\n";
  REQUIRE(Parse(no_path, head) == HeadError::kNone);
  CHECK(head.path == "/");
  CHECK(Parse("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", head) == HeadError::kNone);
  CHECK(Parse("GET * HTTP/1.1\r\nHost: a\r\n\r\n", head) == HeadError::kMalformed);
  CHECK(Parse("GET path HTTP/1.1\r\nHost: a\r\n\r\n", head) == HeadError::kMalformed);
  CHECK(Parse("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", head) == HeadError::kMalformed);
  CHECK(Parse("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", head) == HeadError::kMalformed);
}

// RFC 9112, 6.3: messages of which two parties could read the end differently.
TEST_CASE("ambiguous framing is refused, or read in the one way that there is") {
  const auto framing = [](const std::string& fields) {
    RequestHead head;
    REQUIRE(ParseRequestHead("POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n", head) == HeadError::kNone);
    return std::tuple(head.framing, head.body, head.content_length);
  };
  using Framing = RequestHead::Framing;
  const std::tuple chunked(Framing::kBothTeAndCl, BodyKind::kChunked, 0u);
  CHECK(framing("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") == chunked);
  CHECK(framing("Transfer-Encoding: chunked\r\nX: y\r\nContent-Length: 5\r\nContent-Length: 5\r\n") == chunked);
  const std::tuple five(Framing::kDuplicateLength, BodyKind::kLength, 5u);
  CHECK(framing("Content-Length: 5\r\nContent-Length: 5\r\n") == five);
  CHECK(framing("Content-Length: 5, 5\r\n") == five);
  CHECK(Verdict("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Content-Length: x\r\nTransfer-Encoding: chunked\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Content-Length: 5\r\nContent-Length: 6\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Content-Length: -1\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Content-Length: +5\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Content-Length: 5, 6\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Content-Length: 99999999999999999999\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Transfer-Encoding: gzip, chunked\r\n") == HeadError::kUnsupportedEncoding);
  CHECK(Verdict("Transfer-Encoding: xchunked\r\n") == HeadError::kUnsupportedEncoding);
  CHECK(Verdict("Transfer-Encoding : chunked\r\n") == HeadError::kMalformed);
  CHECK(Verdict("Transfer-Encoding: chunked\r\n", "GET / HTTP/1.0") == HeadError::kMalformed);
  CHECK(Verdict("Host: b\r\n") == HeadError::kMalformed);
  CHECK(Verdict("", "GET / HTTP/2.0") == HeadError::kUnsupportedVersion);
  CHECK(Verdict("X: a\rb\r\n") == HeadError::kMalformed);
  CHECK(Verdict(std::string("X: a\0b\r\n", 8)) == HeadError::kMalformed);
  CHECK(Verdict("no colon\r\n") == HeadError::kMalformed);
  RequestHead head;
  CHECK(Parse("GET / HTTP/1.1\r\n\r\n", head) == HeadError::kMalformed);
  CHECK(Parse("GET / HTTP/1.0\r\n\r\n", head) == HeadError::kNone);
}

TEST_CASE("the end of a head is found however its bytes come") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  HeadScan scan;
  for (std::size_t n = 1; n < head.size(); ++n) {
    REQUIRE(scan.Continue(std::string_view(head).substr(0, n)) == HeadScan::Outcome::kIncomplete);
  }
  REQUIRE(scan.Continue(head + "rest") == HeadScan::Outcome::kComplete);
  CHECK(scan.end == head.size());
}

TEST_CASE("folded lines, bare line feeds and endless lines") {
  const auto outcome = [](std::string_view bytes) { return HeadScan().Continue(bytes); };
  CHECK(outcome("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n") == HeadScan::Outcome::kMalformed);
  CHECK(outcome("GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n") == HeadScan::Outcome::kMalformed);
  CHECK(outcome("GET / HTTP/1.1\nHost: a\n\n") == HeadScan::Outcome::kMalformed);
  CHECK(outcome("GET / HTTP/1.1\r\nA: b\n\r\n") == HeadScan::Outcome::kMalformed);
  CHECK(outcome("GET /" + std::string(kLineLimit, 'a')) == HeadScan::Outcome::kTooLongTarget);
  CHECK(outcome("GET / HTTP/1.1\r\nA: " + std::string(kLineLimit, 'a')) == HeadScan::Outcome::kTooLarge);
  CHECK(outcome("GET /" + std::string(kLineLimit - 100, 'a')) == HeadScan::Outcome::kIncomplete);
}

TEST_CASE("how a response's body ends") {
  ResponseHead head;
  const auto kind = [&](const std::string& bytes, bool to_head_request = false) {
    REQUIRE(ParseResponseHead(bytes, to_head_request, head) == HeadError::kNone);
    return head.body;
  };
  CHECK(kind("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n") == BodyKind::kLength);
  CHECK(kind("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") == BodyKind::kNone);
  CHECK(head.keep_alive);
  CHECK(kind("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true) == BodyKind::kNone);
  CHECK(kind("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n") == BodyKind::kNone);
  CHECK(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n") == BodyKind::kChunked);
  CHECK(kind("HTTP/1.1 200 OK\r\n\r\n") == BodyKind::kUntilClose);
  CHECK_FALSE(head.keep_alive);
  CHECK(kind("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n") == BodyKind::kNone);
  CHECK(ParseResponseHead("HTTP/1.1 abc\r\n\r\n", false, head) == HeadError::kMalformed);
  CHECK(ParseResponseHead("garbage\r\n\r\n", false, head) != HeadError::kNone);
  CHECK(ParseResponseHead("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", false, head) ==
        HeadError::kMalformed);
}

// RFC 9112, 7.1.
TEST_CASE("chunked bodies, whole and byte by byte") {
  const std::string bytes = "5;ext=1\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n0\r\nX-Sum: 7\r\nTe: x\r\n\r\nNEXT";
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1000}}) {
    std::string trailers;
    CHECK(Decode(bytes, step, &trailers) == "hello, world|NEXT");
    CHECK(trailers == "X-Sum: 7\r\n");
  }
  CHECK(Decode("0\r\n\r\n", 1) == "|");
  CHECK(Decode("0\r\nContent-Length: 9\r\n\r\n", 1) == "malformed");
  CHECK(Decode("zzz\r\n", 100) == "malformed");
  CHECK(Decode("5\r\nhelloXX0\r\n\r\n", 100) == "malformed");
  CHECK(Decode("-5\r\nhello\r\n", 100) == "malformed");
  CHECK(Decode("fffffffffffffffff\r\n", 100) == "malformed");
  CHECK(Decode("5\r\nhel", 100) == "hel...");
}
