#include "emulator/http/client.h"

#include <catch2/catch.hpp>

#include "emulator/http/server.h"

using namespace drydock;

TEST_CASE("the client sends parameters encoded and hands back the answer, errors too") {
  http::Server server("127.0.0.1", 0, [](const http::Request& request) {
    if (request.method == "POST") return http::Response::Json(409, "{\"message\": \"not now\"}");
    return http::Response::Json(200, request.path + "?" + request.query);
  });
  const http::Client client("http://127.0.0.1:" + std::to_string(server.port()) + "/");
  CHECK(client.Get("/_drydock/health").body == "/_drydock/health?");
  CHECK(client.Get("/x", {{"to", "10.0.0.1:80 & more"}}).body == "/x?to=10.0.0.1%3A80%20%26%20more");
  const http::Answer refused = client.Post("/_drydock/clock", "{}");
  CHECK(refused.status == 409);
  CHECK_FALSE(refused.ok());
  CHECK(http::Client::MessageOf(refused) == "not now");
  CHECK(http::Client::MessageOf({404, "plain text"}) == "plain text");
}

TEST_CASE("endpoints that cannot be asked are told in one line") {
  for (const char* wrong : {"", "127.0.0.1:4566", "https://127.0.0.1:4566", "http://", "http://host/path"})
    CHECK_THROWS_AS(http::Client(wrong), http::CannotAsk);
  int port = 0;
  {
    const http::Server gone("127.0.0.1", 0, [](const http::Request&) { return http::Response(); });
    port = gone.port();
  }
  const http::Client client("http://127.0.0.1:" + std::to_string(port));
  CHECK_THROWS_WITH(client.Get("/"), Catch::Contains("no drydock answers at http://127.0.0.1:"));
}
