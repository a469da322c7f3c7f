#include "emulator/loadbalancer/stickiness.h"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::loadbalancer;

namespace {
const Timestamp kNow{1'700'000'000'000};
}

// Application Load Balancer guide, "Sticky sessions for your Application Load Balancer".
TEST_CASE("a cookie binds until its duration is over") {
  const std::string value = Bind("", 1, 42, kNow);
  CHECK(BoundTo(value, 1, kNow, Seconds(60)) == 42);
  CHECK(BoundTo(value, 1, kNow + std::chrono::seconds(60), Seconds(60)) == 42);
  CHECK_FALSE(BoundTo(value, 1, kNow + std::chrono::seconds(61), Seconds(60)));
  CHECK_FALSE(BoundTo(value, 2, kNow, Seconds(60)));
  const std::string both = Bind(value, 2, 43, kNow);
  CHECK(BoundTo(both, 1, kNow, Seconds(60)) == 42);
  CHECK(BoundTo(both, 2, kNow, Seconds(60)) == 43);
  CHECK(BoundTo(Bind(both, 1, 44, kNow), 1, kNow, Seconds(60)) == 44);
}

TEST_CASE("what was not made here binds nothing") {
  std::string value = Bind("", 1, 42, kNow);
  CHECK_FALSE(BoundTo("", 1, kNow, Seconds(60)));
  CHECK_FALSE(BoundTo("garbage", 1, kNow, Seconds(60)));
  CHECK_FALSE(BoundTo("%3D", 1, kNow, Seconds(60)));
  value[14] = value[14] == 'A' ? 'B' : 'A';
  CHECK_FALSE(BoundTo(value, 1, kNow, Seconds(60)));
  CHECK(Bind(value, 2, 43, kNow).size() == Bind("", 2, 43, kNow).size());
  // It does not grow without end.
  std::string many;
  for (std::uint64_t scope = 0; scope < 100; ++scope) many = Bind(many, scope, 1, kNow);
  CHECK(many.size() < 1000);
}

TEST_CASE("cookies in heads") {
  RequestHead request;
  const std::string bytes =
      "GET / HTTP/1.1\r\nHost: a\r\nCookie: AWSALBCORS=x; a=b; AWSALB=first==\r\nCookie: c=d;AWSALB=second\r\n\r\n";
  REQUIRE(ParseRequestHead(bytes, request) == HeadError::kNone);
  CHECK(CookieOf(request, "AWSALB") == "first==");
  CHECK(CookieOf(request, "c") == "d");
  CHECK(CookieOf(request, "AWS").empty());
  ResponseHead response;
  const std::string answer =
      "HTTP/1.1 200 OK\r\nSet-Cookie: session=1; Path=/\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n";
  REQUIRE(ParseResponseHead(answer, false, response) == HeadError::kNone);
  CHECK(SetsCookie(response, "b"));
  CHECK(SetsCookie(response, "session"));
  CHECK_FALSE(SetsCookie(response, "sess"));
  std::string out;
  AppendSetCookie(out, "AWSALBCORS", "v", kNow, true, true);
  CHECK(out == "Set-Cookie: AWSALBCORS=v; Expires=Tue, 21 Nov 2023 22:13:20 GMT; Path=/; SameSite=None; Secure\r\n");
}
