#include "emulator/auth/keys.h"

#include <catch2/catch.hpp>

#include <map>

#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::auth {
namespace {

class Directory : public KeyDirectory {
 public:
  std::optional<KnownKey> Find(const std::string& access_key) const override {
    const auto found = keys.find(access_key);
    return found == keys.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<std::string, KnownKey> keys;
};

const Timestamp kNow = *ParseIso8601("20150830T123600Z");

// The published ListUsers example (signature_test.cpp) under some access key.
Request ListUsers(const std::string& access_key) {
  return {"GET",
          "/",
          "Action=ListUsers&Version=2010-05-08",
          {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
           {"host", "iam.amazonaws.com"},
           {"x-amz-date", "20150830T123600Z"},
           {"authorization", "AWS4-HMAC-SHA256 Credential=" + access_key +
                                 "/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
                                 "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}},
          [] { return Hex(Sha256("")); }};
}

std::variant<Caller, Refusal> Identified(const std::string& access_key, const Directory& directory, bool strict = false,
                                         Timestamp now = kNow) {
  const Request request = ListUsers(access_key);
  return Identify(ParseSignature(request), request, directory, {"000000000000", strict}, now);
}

Directory WithUser() {
  Directory directory;
  directory.keys["AKIDEXAMPLE"] = {
      "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      "",
      std::nullopt,
      true,
      {Principal::Type::kUser, "111122223333", "arn:aws:iam::111122223333:user/ana", "AIDAEXAMPLE", "AKIDEXAMPLE", ""}};
  return directory;
}

TEST_CASE("a known key is its principal, verified") {
  const auto found = Identified("AKIDEXAMPLE", WithUser());
  REQUIRE(std::holds_alternative<Caller>(found));
  CHECK(std::get<Caller>(found).verified);
  CHECK(std::get<Caller>(found).principal.arn == "arn:aws:iam::111122223333:user/ana");
}

TEST_CASE("a known key is refused with a wrong secret, when inactive, with a wrong token, and when it has expired") {
  Directory directory = WithUser();
  KnownKey& key = directory.keys["AKIDEXAMPLE"];
  const auto fault = [&](Timestamp now = kNow) {
    const auto found = Identified("AKIDEXAMPLE", directory, false, now);
    REQUIRE(std::holds_alternative<Refusal>(found));
    return std::get<Refusal>(found).fault;
  };
  key.secret += "x";
  CHECK(fault() == Fault::kBadSignature);
  key = WithUser().keys["AKIDEXAMPLE"];
  key.active = false;
  CHECK(fault() == Fault::kInvalidToken);
  key = WithUser().keys["AKIDEXAMPLE"];
  key.session_token = "needed";
  CHECK(fault() == Fault::kInvalidToken);
  key = WithUser().keys["AKIDEXAMPLE"];
  key.expiration = kNow;
  CHECK(fault() == Fault::kExpiredToken);
  key.expiration = kNow + std::chrono::hours(1);
  CHECK(fault(kNow + std::chrono::hours(2)) == Fault::kOutOfDate);
}

TEST_CASE("unknown keys are root of an account, unless strict") {
  const auto account = [](const std::string& key) {
    const auto found = Identified(key, Directory());
    REQUIRE(std::holds_alternative<Caller>(found));
    CHECK(!std::get<Caller>(found).verified);
    return std::get<Caller>(found).principal.arn;
  };
  CHECK(account("test") == "arn:aws:iam::000000000000:root");
  CHECK(account("123456789012") == "arn:aws:iam::123456789012:root");
  CHECK(account("1234567890123") == "arn:aws:iam::000000000000:root");
  CHECK(std::holds_alternative<Refusal>(Identified("test", Directory(), true)));
}

TEST_CASE("each protocol spells a fault in its own way") {
  const Refusal refusal{Fault::kBadSignature, "The request signature …"};
  CHECK(ErrorCode(refusal.fault, Dialect::kQuery) == "SignatureDoesNotMatch");
  CHECK(ErrorCode(refusal.fault, Dialect::kJson) == "InvalidSignatureException");
  CHECK(ErrorCode(refusal.fault, Dialect::kEc2) == "AuthFailure");
  CHECK(ErrorMessage(refusal, Dialect::kEc2) == "AWS was not able to validate the provided access credentials");
  CHECK(ErrorMessage(refusal, Dialect::kQuery) == refusal.message);
}

}  // namespace
}  // namespace drydock::auth
