#include "emulator/loadbalancer/forwarding.h"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::loadbalancer;

namespace {
std::string Sent(const std::string& bytes, const LoadBalancerAttributes& attributes = {}, bool websocket = false,
                 std::string_view client = "203.0.113.1") {
  RequestHead head;
  REQUIRE(ParseRequestHead(bytes, head) == HeadError::kNone);
  std::string out;
  AppendRequestHead(out, head, attributes, {client, 4711, "http", 80, "Root=1-2-3", websocket, "", ""});
  return out;
}

// The Host that a target gets.
std::string HostAt(int listener_port, bool preserved, const std::string& host, const std::string& rewritten = "") {
  RequestHead head;
  const std::string bytes = "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  REQUIRE(ParseRequestHead(bytes, head) == HeadError::kNone);
  LoadBalancerAttributes attributes;
  attributes.preserve_host_header = preserved;
  std::string out;
  AppendRequestHead(out, head, attributes, {"1.2.3.4", 1, "http", listener_port, "t", false, rewritten, ""});
  const std::size_t begin = out.find("\r\nHost: ") + 8;
  return out.substr(begin, out.find("\r\n", begin) - begin);
}

std::string Line(const std::string& head, const std::string& name) {
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "none";
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}
}  // namespace

// Application Load Balancer guide, "HTTP headers and Application Load Balancers".
TEST_CASE("a request as the target gets it") {
  CHECK(Sent("GET /a?b HTTP/1.1\r\nHost: app.example.com:8080\r\nUser-Agent: t\r\nConnection: keep-alive, X-Hop\r\n"
             "X-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nX-Drydock-Source: eni-1\r\nX-Forwarded-Proto: https\r\n"
             "X-Forwarded-Port: 1\r\nExpect: 100-continue\r\nUpgrade: h2c\r\nx-under_score: kept\r\n\r\n") ==
        "GET /a?b HTTP/1.1\r\nX-Forwarded-For: 203.0.113.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\n"
        "Host: app.example.com\r\nX-Amzn-Trace-Id: Root=1-2-3\r\nUser-Agent: t\r\nx-under_score: kept\r\n\r\n");
}

TEST_CASE("X-Forwarded-For in its modes") {
  const std::string request =
      "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 2.2.2.2\r\n\r\n";
  LoadBalancerAttributes attributes;
  CHECK(Line(Sent(request, attributes), "X-Forwarded-For") == "1.1.1.1, 2.2.2.2, 203.0.113.1");
  attributes.xff_client_port = true;
  CHECK(Line(Sent(request, attributes), "X-Forwarded-For") == "1.1.1.1, 2.2.2.2, 203.0.113.1:4711");
  CHECK(Line(Sent(request, attributes, false, "2001:db8::1"), "X-Forwarded-For") ==
        "1.1.1.1, 2.2.2.2, [2001:db8::1]:4711");
  attributes.xff_header_processing = ForwardedForMode::kPreserve;
  CHECK(Line(Sent(request, attributes), "X-Forwarded-For") == "1.1.1.1, 2.2.2.2");
  attributes.xff_header_processing = ForwardedForMode::kRemove;
  CHECK(Line(Sent(request, attributes), "X-Forwarded-For") == "none");
}

TEST_CASE("old versions, absolute targets, chunked bodies, invalid field names") {
  CHECK(Sent("GET / HTTP/1.0\r\n\r\n").starts_with("GET / HTTP/1.1\r\n"));
  const std::string absolute = Sent("GET http://b/p?q HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(absolute.starts_with("GET /p?q HTTP/1.1\r\n"));
  CHECK(Line(absolute, "Host") == "b");
  CHECK(Line(Sent("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), "Transfer-Encoding") ==
        "chunked");
  LoadBalancerAttributes attributes;
  attributes.drop_invalid_header_fields = true;
  CHECK(Line(Sent("GET / HTTP/1.1\r\nHost: a\r\nx_y: 1\r\n\r\n", attributes), "x_y") == "none");
}

TEST_CASE("a Connection field cannot take the framing away") {
  CHECK(Line(Sent("POST / HTTP/1.1\r\nHost: a\r\nConnection: Content-Length\r\nContent-Length: 3\r\n\r\n"),
             "Content-Length") == "3");
}

// "Load balancer attributes", "Host header preservation".
TEST_CASE("the Host names the listener's port, unless that is a default one or the Host is preserved") {
  CHECK(HostAt(80, false, "a.test") == "a.test");
  CHECK(HostAt(80, false, "a.test:8080") == "a.test");
  CHECK(HostAt(443, false, "[::1]:443") == "[::1]");
  CHECK(HostAt(8080, false, "a.test") == "a.test:8080");
  CHECK(HostAt(8080, false, "a.test:81") == "a.test:81");
  CHECK(HostAt(8080, true, "a.test") == "a.test");
  CHECK(HostAt(80, true, "a.test:81") == "a.test:81");
  CHECK(HostAt(8080, false, "a.test", "inner.test") == "inner.test:8080");
}

TEST_CASE("the length that a target gets is the one that was read") {
  CHECK(Line(Sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n"), "Content-Length") == "3");
  const std::string both =
      Sent("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(Line(both, "Content-Length") == "none");
  CHECK(Line(both, "Transfer-Encoding") == "chunked");
}

TEST_CASE("WebSocket upgrades") {
  RequestHead head;
  const std::string bytes = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  REQUIRE(ParseRequestHead(bytes, head) == HeadError::kNone);
  CHECK(AsksForWebSocket(head));
  const std::string forwarded = Sent(bytes, {}, true);
  CHECK(Line(forwarded, "Connection") == "upgrade");
  CHECK(Line(forwarded, "Upgrade") == "websocket");
}

TEST_CASE("a response as the client gets it") {
  ResponseHead head;
  const std::string bytes =
      "HTTP/1.1 201 Made\r\nServer: node\r\nContent-Length: 3\r\nConnection: close\r\nX-A: 1\r\n\r\n";
  REQUIRE(ParseResponseHead(bytes, false, head) == HeadError::kNone);
  std::string out;
  AppendResponseHead(out, head, ResponseFraming::kLength, true, false, "now");
  CHECK(out ==
        "HTTP/1.1 201 Made\r\nServer: node\r\nContent-Length: 3\r\nX-A: 1\r\nDate: now\r\nConnection: "
        "keep-alive\r\n\r\n");
  out.clear();
  const std::vector<std::pair<std::string, std::string>> fields = {{"X-a", "2"}};
  AppendResponseHead(out, head, ResponseFraming::kLength, true, false, "now", {&fields, "Set-Cookie: c=d\r\n"});
  CHECK(Line(out, "X-A") == "none");
  CHECK(Line(out, "X-a") == "2");
  CHECK(Line(out, "Set-Cookie") == "c=d");
}

// Application Load Balancer guide, "Request tracing".
TEST_CASE("trace ids") {
  const Timestamp now{0x5759e988LL * 1000};
  const auto trace = [&](std::string_view received) { return TraceId(received, now, 0xbd862e3fe1be46a9, 0x94272793); };
  CHECK(trace("") == "Root=1-5759e988-bd862e3fe1be46a994272793");
  CHECK(trace("Root=1-67891233-abcdef012345678912345678") ==
        "Self=1-5759e988-bd862e3fe1be46a994272793;Root=1-67891233-abcdef012345678912345678");
  CHECK(trace("Self=1-a-b;Root=1-c-d;CalledFrom=app") ==
        "Self=1-5759e988-bd862e3fe1be46a994272793;Root=1-c-d;CalledFrom=app");
  CHECK(trace("CalledFrom=app") == "Root=1-5759e988-bd862e3fe1be46a994272793;CalledFrom=app");
}
