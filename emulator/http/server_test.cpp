#include "emulator/http/server.h"

#include <httplib.h>

#include <future>
#include <thread>

#include <catch2/catch.hpp>

#include "emulator/core/text.h"

using namespace drydock;
using http::Request;
using http::Response;

namespace {

Response Echo(const Request& request) {
  const auto body = request.ReadBody(1 << 20);
  if (!body) return Response::Json(413, "too large");
  return Response::Json(200,
                        request.method + " " + request.path + "?" + request.query + " " + std::to_string(body->size()));
}

// A client that sends what it is told, byte by byte as given.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void Send(const std::string& bytes) {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  // What comes next, up to the first `end`, or until the server closes.
  std::string ReceiveUntil(const std::string& end) {
    std::string received;
    ssize_t count = 1;
    while ((end.empty() || !received.ends_with(end)) && count > 0) {
      char byte;
      count = ::recv(fd_, &byte, 1, 0);
      if (count > 0) received += byte;
    }
    return count < 0 ? "no end: " + received : received;
  }

 private:
  const int fd_;
};

// Sends raw bytes and returns all that comes back until the server closes.
std::string Raw(int port, const std::string& bytes) {
  RawClient client(port);
  client.Send(bytes);
  return client.ReceiveUntil("");
}

}  // namespace

TEST_CASE("requests arrive as they were sent") {
  http::Server server("127.0.0.1", 0, Echo);
  httplib::Client client("127.0.0.1", server.port());
  CHECK(client.Get("/a%20b/c?x=1&y=%2F")->body == "GET /a%20b/c?x=1&y=%2F 0");
  CHECK(client.Delete("/x")->body == "DELETE /x? 0");
}

// platform-facts: form bodies over 8,192 bytes are refused by the library unless a content reader is used.
TEST_CASE("large form bodies pass, larger ones than the handler takes do not, and the connection lives on") {
  http::Server server("127.0.0.1", 0, Echo);
  httplib::Client client("127.0.0.1", server.port());
  client.set_keep_alive(true);
  CHECK(client.Post("/", std::string(200'000, 'x'), "application/x-www-form-urlencoded")->body == "POST /? 200000");
  CHECK(client.Post("/", std::string(2'000'000, 'x'), "application/x-www-form-urlencoded")->status == 413);
  CHECK(client.Post("/", "abc", "application/x-www-form-urlencoded")->body == "POST /? 3");
}

// RFC 9112, 6.3: curl -X POST and -X PUT announce no body and wait for the answer.
TEST_CASE("a request that announces no body is answered at once") {
  http::Server server("127.0.0.1", 0, Echo);
  RawClient client(server.port());
  for (const std::string method : {"POST", "PUT", "PATCH"}) {
    client.Send(method + " /x HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.ReceiveUntil(method + " /x? 0").starts_with("HTTP/1.1 200 OK\r\n"));
  }
}

TEST_CASE("a body arrives as it was sent, whatever it says it is") {
  http::Server server("127.0.0.1", 0, Echo);
  httplib::Client client("127.0.0.1", server.port());
  client.set_keep_alive(true);
  CHECK(client.Post("/", "abc", "multipart/form-data; boundary=x")->body == "POST /? 3");
  for (const char* coding : {"gzip", "deflate", "br"})
    CHECK(client.Post("/", {{"Content-Encoding", coding}}, "not packed", "text/plain")->body == "POST /? 10");
}

// RFC 9112, 6.1.
TEST_CASE("a transfer coding other than chunked is refused at once") {
  http::Server server("127.0.0.1", 0, Echo);
  CHECK(Raw(server.port(), "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")
            .starts_with("HTTP/1.1 501 Not Implemented\r\n"));
}

// What stands behind it is not taken for a request.
TEST_CASE("a body that cannot be read is refused, and the connection ends") {
  http::Server server("127.0.0.1", 0, Echo);
  for (const std::string bad : {"zz\r\nabc\r\n", "ffffffffffffffff\r\nabc\r\n"}) {
    const std::string answer = Raw(server.port(), "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                                      bad + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(answer.find("Connection: close") != std::string::npos);
    CHECK(answer.find("HTTP/1.1", 1) == std::string::npos);
  }
}

// RFC 9110, 10.1.1: a client may wait for this before it sends the body.
TEST_CASE("who expects 100 Continue gets it before the body has come") {
  http::Server server("127.0.0.1", 0, Echo);
  RawClient client(server.port());
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.ReceiveUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  CHECK(client.ReceiveUntil("POST /? 3").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("requests that are sent together are answered one after the other") {
  http::Server server("127.0.0.1", 0, Echo);
  const std::string answers = Raw(server.port(),
                                  "GET /first HTTP/1.1\r\nHost: x\r\n\r\n"
                                  "GET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(answers.find("GET /first? 0") < answers.find("GET /second? 0"));
  CHECK(answers.ends_with("GET /second? 0"));
}

TEST_CASE("idle kept-alive connections starve nobody") {
  http::Server server("127.0.0.1", 0, Echo);
  std::vector<std::unique_ptr<httplib::Client>> idle;
  for (int i = 0; i < 64; ++i) {
    idle.push_back(std::make_unique<httplib::Client>("127.0.0.1", server.port()));
    idle.back()->set_keep_alive(true);
    REQUIRE(idle.back()->Get("/")->status == 200);
  }
  httplib::Client client("127.0.0.1", server.port());
  CHECK(client.Get("/")->status == 200);
}

TEST_CASE("a TLS handshake on the plain port is closed at once") {
  http::Server server("127.0.0.1", 0, Echo);
  CHECK(Raw(server.port(), std::string("\x16\x03\x01\x00\xa5\x01", 6)).empty());
}

TEST_CASE("a taken port is one clear line") {
  http::Server first("127.0.0.1", 0, Echo);
  CHECK_THROWS_WITH(http::Server("127.0.0.1", first.port(), Echo), Catch::Contains("choose another with --port"));
}

TEST_CASE("stopping does not wait for idle clients") {
  auto server = std::make_unique<http::Server>("127.0.0.1", 0, Echo);
  httplib::Client client("127.0.0.1", server->port());
  client.set_keep_alive(true);
  REQUIRE(client.Get("/")->status == 200);
  auto stopped = std::async(std::launch::async, [&] { server->Stop(); });
  CHECK(stopped.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
}

TEST_CASE("a file's range is the body, and HEAD tells a length without one") {
  const auto path = std::filesystem::temp_directory_path() / ("drydock-server-test-" + std::to_string(::getpid()));
  std::ofstream(path) << "0123456789";
  http::Server server("127.0.0.1", 0, [&](const Request& request) {
    Response response;
    if (request.method == "HEAD") {
      response.content_length = 10;
    } else {
      response.status = 206;
      response.file = http::FileRange{path, 2, 5};
    }
    return response;
  });
  httplib::Client client("127.0.0.1", server.port());
  CHECK(client.Get("/", {{"Range", "bytes=2-6"}})->body == "23456");
  CHECK(client.Head("/")->get_header_value("Content-Length") == "10");
  std::filesystem::remove(path);
}
