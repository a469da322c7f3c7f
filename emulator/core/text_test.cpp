#include "emulator/core/text.h"

#include <catch2/catch.hpp>

#include "emulator/core/arn.h"
#include "emulator/core/ids.h"

using namespace drydock;

// EC2 API Reference, "Filtering": * and ? are wildcards, a backslash escapes.
TEST_CASE("wildcards match as in EC2's filters") {
  CHECK(MatchesWildcard("*", ""));
  CHECK(MatchesWildcard("a*c", "abbc"));
  CHECK(MatchesWildcard("*auth*", "/test/auth/x"));
  CHECK(MatchesWildcard("db?", "db1"));
  CHECK_FALSE(MatchesWildcard("db?", "db"));
  CHECK_FALSE(MatchesWildcard("db?", "db12"));
  CHECK(MatchesWildcard("\\*amazon\\?\\\\", "*amazon?\\"));
  CHECK_FALSE(MatchesWildcard("\\*", "x"));
  CHECK_FALSE(MatchesWildcard("", "x"));
  CHECK_FALSE(MatchesWildcard(std::string(30, '*') + "b", std::string(20000, 'a')));  // returns at once
}

TEST_CASE("characters are code points") {
  CHECK(CountCharacters("abc") == 3);
  CHECK(CountCharacters("\u00e4\u20ac\U0001F600") == 3);
  CHECK(IsUtf8("\u00e4\u20ac\U0001F600"));
  CHECK_FALSE(IsUtf8("\xff"));
  CHECK_FALSE(IsUtf8("\xc0\x80"));
  CHECK_FALSE(IsUtf8("\xed\xa0\x80"));
  CHECK_FALSE(IsUtf8("\xe2\x82"));
}

TEST_CASE("base64, forms and digests") {
  for (const std::string bytes : {"", "a", "ab", "abc", "\xff\xfe"}) {
    std::string back;
    REQUIRE(DecodeBase64(EncodeBase64(bytes), back));
    CHECK(back == bytes);
    REQUIRE(DecodeBase64Url(EncodeBase64Url(bytes), back));
    CHECK(back == bytes);
  }
  std::string out;
  CHECK_FALSE(DecodeBase64("abc", out));
  CHECK_FALSE(DecodeBase64("ab c", out));
  CHECK(DecodeForm("a+b%2Fc", out));
  CHECK(out == "a b/c");
  CHECK_FALSE(DecodeForm("%4", out));
  CHECK_FALSE(DecodeForm("%zz", out));
  CHECK(PercentEncode("a b/\u00e4~") == "a%20b%2F%C3%A4~");
  CHECK(Hex(Sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("ARNs are taken apart and put together") {
  const auto arn = Arn::Parse("arn:aws:ecs:eu-west-1:123456789012:task/main/abc");
  REQUIRE(arn);
  CHECK(arn->Named("task") == "main/abc");
  CHECK_FALSE(arn->Named("tas"));
  CHECK(arn->ToString() == "arn:aws:ecs:eu-west-1:123456789012:task/main/abc");
  CHECK(Arn::Parse("arn:aws:iam::123456789012:role/x"));
  for (const char* bad : {"", "arn:", "arn:aws:ecs", "arn:aws:ecs:r:a:", "urn:a:b:c:d:e"}) CHECK_FALSE(Arn::Parse(bad));
}

TEST_CASE("ids have the services' forms and can be made repeatable") {
  Ids a(7), b(7);
  CHECK(a.Ec2("vpc") == b.Ec2("vpc"));
  CHECK(a.Ec2("vpc").size() == 21);
  CHECK(a.Iam("AKIA", 20).size() == 20);
  const std::string uuid = a.Uuid();
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  const std::string earlier = a.TimeOrderedUuid(1'764'000'000'000), later = a.TimeOrderedUuid(1'764'000'000'001);
  CHECK(earlier.substr(0, 15) == "019ab697-e800-7");
  CHECK(earlier < later);
  CHECK(later.size() == 36);
}
