#include "emulator/loadbalancer/transforms.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

namespace {
Transforms::Result Apply(std::optional<Rewrite> host, std::optional<Rewrite> url, const std::string& of_host,
                         const std::string& of_uri) {
  Rule rule;
  rule.host_header_rewrite = std::move(host);
  rule.url_rewrite = std::move(url);
  return Transforms(rule).Apply(of_host, of_uri);
}
}  // namespace

// Application Load Balancer guide, "Transforms for listener rules"; the examples are its own.
TEST_CASE("hosts and URLs are rewritten") {
  const Rewrite host{"^mywebsite-(.+).com$", "internal.dev.$1.myweb.com"};
  CHECK(Apply(host, std::nullopt, "mywebsite-example.com", "/").host == "internal.dev.example.myweb.com");
  const Rewrite url{"^/dp/([A-Za-z0-9]+)/?$", "/product.php?id=$1"};
  const auto rewritten = Apply(host, url, "other.com", "/dp/B09G3HRMW");
  CHECK(rewritten.uri == "/product.php?id=B09G3HRMW");
  CHECK_FALSE(rewritten.host);
  CHECK_FALSE(rewritten.failed);
  CHECK_FALSE(Apply(host, url, "other.com", "/dp/x?y").uri);
  CHECK(Apply(std::nullopt, Rewrite{"a", "\\1$"}, "h", "/a/a").uri == "/\\1$/a");
}

TEST_CASE("a match whose outcome is none fails") {
  CHECK(Apply(std::nullopt, Rewrite{"^/x", ""}, "h", "/x").failed);
  CHECK(Apply(std::nullopt, Rewrite{"x", "a b"}, "h", "/x").failed);
  CHECK(Apply(std::nullopt, Rewrite{"x", "a\r\nb"}, "h", "/x").failed);
  CHECK(Apply(std::nullopt, Rewrite{"x", "$5"}, "h", "/x").failed);
  CHECK(Apply(Rewrite{".*", ""}, std::nullopt, "h", "/x").failed);
  CHECK_FALSE(Apply(std::nullopt, Rewrite{"y", "a b"}, "h", "/x").failed);
}
