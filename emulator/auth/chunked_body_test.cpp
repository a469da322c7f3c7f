#include "emulator/auth/chunked_body.h"

#include <catch2/catch.hpp>

#include "emulator/core/clock.h"

namespace drydock::auth {
namespace {

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

// The published example: 66,560 times 'a' in chunks of 64 KiB. S3 API Reference, "Example Calculations".
Signature Seed() {
  Signature signature;
  signature.access_key = "AKIAIOSFODNN7EXAMPLE";
  signature.date = "20130524";
  signature.region = "us-east-1";
  signature.service = "s3";
  signature.time = *ParseIso8601("20130524T000000Z");
  signature.value = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  return signature;
}
std::string Chunk(const std::string& size, const std::string& signature, const std::string& data) {
  return size + ";chunk-signature=" + signature + "\r\n" + data + "\r\n";
}
std::string Body() {
  return Chunk("10000", "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", std::string(65536, 'a')) +
         Chunk("400", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", std::string(1024, 'a')) +
         Chunk("0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", "");
}

TEST_CASE("the published example of a chunked body verifies, in whatever pieces it comes") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}, std::size_t{100000}}) {
    ChunkedBody chunks(Seed(), kSecret);
    const std::string body = Body();
    std::string payload;
    for (std::size_t at = 0; at < body.size(); at += piece) {
      REQUIRE(!chunks.complete());
      REQUIRE(!chunks.Feed(std::string_view(body).substr(at, piece), payload));
    }
    CHECK(chunks.complete());
    CHECK(payload == std::string(66560, 'a'));
  }
}

TEST_CASE("a changed, exchanged or missing chunk is seen") {
  const auto refused = [](const std::string& body) {
    ChunkedBody chunks(Seed(), kSecret);
    std::string payload;
    return chunks.Feed(body, payload).has_value();
  };
  std::string changed = Body();
  changed[66000] = 'b';
  CHECK(refused(changed));
  CHECK(refused(Body().substr(Body().find("400;"))));  // the first is left out
  CHECK(refused("zz;chunk-signature=00\r\n\r\n"));
  CHECK(refused("5\r\nhello\r\n"));
  CHECK(refused("ffffffffffffffff;chunk-signature=00\r\n"));
  CHECK(refused(std::string(300, '0')));
  CHECK(refused("0;chunk-signature=" + std::string(64, '0') + "\r\nx\r\n"));
  ChunkedBody unfinished(Seed(), kSecret);
  std::string payload;
  CHECK(!unfinished.Feed(Body().substr(0, 66000), payload));
  CHECK(!unfinished.complete());
}

}  // namespace
}  // namespace drydock::auth
