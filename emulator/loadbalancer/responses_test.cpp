#include "emulator/loadbalancer/responses.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

// Lengths of the pages as seen in answers of real load balancers (502: 122, 503: 162); the others follow the same form
// (their titles are unconfirmed).
TEST_CASE("error pages") {
  CHECK(ErrorPage(503) ==
        "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
        "<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n");
  CHECK(ErrorPage(503).size() == 162);
  CHECK(ErrorPage(502).size() == 122);
  CHECK(ErrorPage(400).size() == 122);
  CHECK(ErrorPage(504).size() == 132);
  CHECK(ErrorPage(301).size() == 134);
  CHECK(ErrorPage(302).size() == 110);
}

TEST_CASE("the load balancer's own answers") {
  std::string out;
  AppendOwnResponse(out, {502, "text/html", "page", ""}, "D", true, false, true);
  CHECK(out ==
        "HTTP/1.1 502 Bad Gateway\r\nServer: awselb/2.0\r\nDate: D\r\nContent-Type: text/html\r\nContent-Length: 4\r\n"
        "Connection: keep-alive\r\n\r\npage");
  out.clear();
  AppendOwnResponse(out, {301, "text/html", "page", "https://a:443/"}, "D", false, true, false);
  CHECK(out ==
        "HTTP/1.1 301 Moved Permanently\r\nDate: D\r\nContent-Type: text/html\r\nContent-Length: 4\r\n"
        "Connection: close\r\nLocation: https://a:443/\r\n\r\n");
}

// Application Load Balancer guide, "Redirect actions".
TEST_CASE("redirects") {
  const RedirectFacts facts = {"http", "example.com", 80, "/a/b", "q=1"};
  CHECK(RedirectLocation({301, "HTTPS", "#{host}", "443", "/#{path}", "#{query}"}, facts) ==
        "https://example.com:443/a/b?q=1");
  CHECK(RedirectLocation({}, facts) == "http://example.com:80/a/b?q=1");
  CHECK(RedirectLocation({302, "#{protocol}", "www.#{host}", "#{port}", "/new/#{path}", ""}, facts) ==
        "http://www.example.com:80/new/a/b");
  CHECK(RedirectLocation({302, "#{protocol}", "#{host}", "8080", "/x", "from=#{path}&#{query}"}, facts) ==
        "http://example.com:8080/x?from=a/b&q=1");
}
