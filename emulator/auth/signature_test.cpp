#include "emulator/auth/signature.h"

#include <catch2/catch.hpp>

#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::auth {
namespace {

Request MakeRequest(std::string method, std::string path, std::string query,
                    std::vector<std::pair<std::string, std::string>> headers, std::string body = "") {
  return {std::move(method), std::move(path), std::move(query), std::move(headers),
          [hash = Hex(Sha256(body))] { return hash; }};
}

Signature Parsed(const Request& request) {
  const ParsedSignature parsed = ParseSignature(request);
  if (const auto* malformed = std::get_if<Malformed>(&parsed)) FAIL(malformed->message);
  REQUIRE(std::holds_alternative<Signature>(parsed));
  return std::get<Signature>(parsed);
}

std::string MessageOf(const Request& request) {
  const ParsedSignature parsed = ParseSignature(request);
  REQUIRE(std::holds_alternative<Malformed>(parsed));
  return std::get<Malformed>(parsed).message;
}

// Empty when the signature is good.
std::string Verified(const Request& request, const std::string& secret, const char* now) {
  const auto refusal = VerifySignature(Parsed(request), request, secret, *ParseIso8601(now));
  return refusal ? refusal->message : "";
}

// Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single
// Chunk" and "Authenticating Requests: Using Query Parameters".
constexpr const char* kS3Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr const char* kS3Now = "20130524T000000Z";

std::pair<std::string, std::string> S3Authorization(const std::string& headers, const std::string& signature) {
  return {"Authorization",
          "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=" +
              headers + ",Signature=" + signature};
}

TEST_CASE("the published examples of S3's Authorization header verify") {
  const std::string empty = Hex(Sha256(""));
  CHECK(Verified(MakeRequest("GET", "/test.txt", "",
                             {S3Authorization("host;range;x-amz-content-sha256;x-amz-date",
                                              "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
                              {"Host", "examplebucket.s3.amazonaws.com"},
                              {"Range", "bytes=0-9"},
                              {"x-amz-content-sha256", empty},
                              {"x-amz-date", kS3Now}}),
                 kS3Secret, kS3Now) == "");
  CHECK(Verified(MakeRequest("PUT", "/test$file.text", "",
                             {S3Authorization("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                                              "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
                              {"Host", "examplebucket.s3.amazonaws.com"},
                              {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                              {"x-amz-date", kS3Now},
                              {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                              {"x-amz-content-sha256", Hex(Sha256("Welcome to Amazon S3."))}},
                             "Welcome to Amazon S3."),
                 kS3Secret, kS3Now) == "");
  CHECK(Verified(MakeRequest("GET", "/", "lifecycle",
                             {S3Authorization("host;x-amz-content-sha256;x-amz-date",
                                              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
                              {"Host", "examplebucket.s3.amazonaws.com"},
                              {"x-amz-content-sha256", empty},
                              {"x-amz-date", kS3Now}}),
                 kS3Secret, kS3Now) == "");
  CHECK(Verified(MakeRequest("GET", "/", "max-keys=2&prefix=J",
                             {S3Authorization("host;x-amz-content-sha256;x-amz-date",
                                              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
                              {"Host", "examplebucket.s3.amazonaws.com"},
                              {"x-amz-content-sha256", empty},
                              {"x-amz-date", kS3Now}}),
                 kS3Secret, kS3Now) == "");
}

TEST_CASE("the published example of an S3 presigned URL verifies until it expires") {
  const Request request =
      MakeRequest("GET", "/test.txt",
                  "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%"
                  "2Faws4_request"
                  "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                  "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
                  {{"Host", "examplebucket.s3.amazonaws.com"}});
  CHECK(Parsed(request).presigned);
  CHECK(Verified(request, kS3Secret, "20130524T235959Z") == "");
  CHECK(Verified(request, kS3Secret, "20130525T000001Z") ==
        "Signature expired: 20130525T000000Z is now earlier than 20130525T000001Z");
}

TEST_CASE("the published example of an IAM ListUsers request verifies") {
  // AWS General Reference, "Signature Version 4 signing process" (task 1 to 4).
  CHECK(Verified(MakeRequest("GET", "/", "Action=ListUsers&Version=2010-05-08",
                             {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                              {"host", "iam.amazonaws.com"},
                              {"x-amz-date", "20150830T123600Z"},
                              {"authorization",
                               "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
                               "SignedHeaders=content-type;host;x-amz-date, "
                               "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}}),
                 "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830T123600Z") == "");
}

// Made with botocore 1.43.11, its clock held at 2026-08-24T02:47:19Z: botocore.auth.SigV4Auth(credentials, service,
// region).add_auth(AWSRequest(...)), S3SigV4Auth, SigV4QueryAuth(expires=900), S3SigV4QueryAuth(expires=60); the
// headers and URLs below are what the request then had.
constexpr const char* kSecret = "q8Zr+example/secret/key/of/forty/chars+xx";
constexpr const char* kNow = "2026-08-24T02:47:19Z";

std::pair<std::string, std::string> Authorization(const std::string& key, const std::string& scope,
                                                  const std::string& headers, const std::string& signature) {
  return {"Authorization", "AWS4-HMAC-SHA256 Credential=" + key + "/20260824/" + scope +
                               "/aws4_request, SignedHeaders=" + headers + ", Signature=" + signature};
}

Request JsonRequest() {
  return MakeRequest("POST", "/", "",
                     {{"Host", "127.0.0.1:4566"},
                      {"Content-Type", "application/x-amz-json-1.1"},
                      {"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.DescribeServices"},
                      {"X-Amz-Date", "20260824T024719Z"},
                      {"X-Amz-Security-Token", "token+/=with_specials=="},
                      Authorization("ASIADRYDOCKEXAMPLE1", "eu-central-1/ecs",
                                    "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
                                    "e8532ee5fb57187baad391087dbaad9c8d99b679400fb020e4c8560399e724d3")},
                     R"({"cluster": "main"})");
}

TEST_CASE("what botocore signs verifies") {
  CHECK(Verified(JsonRequest(), kSecret, kNow) == "");
  CHECK(Verified(MakeRequest("POST", "/", "",
                             {{"Host", "127.0.0.1:4566"},
                              {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                              {"X-Amz-Date", "20260824T024719Z"},
                              Authorization("AKIDDRYDOCKEXAMPLE1", "us-east-1/iam", "content-type;host;x-amz-date",
                                            "38093380e7927406b7c2a17e54e740333e4a9acff73f95f43db72a08347f3bd5")},
                             "Action=ListRoles&Version=2010-05-08"),
                 kSecret, kNow) == "");
  CHECK(Verified(
            MakeRequest("PUT", "/bucket/a%20b//c/../%C3%A9", "",
                        {{"Host", "127.0.0.1:4566"},
                         {"X-Amz-Date", "20260824T024719Z"},
                         {"X-Amz-Content-SHA256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
                         Authorization("AKIDDRYDOCKEXAMPLE1", "eu-central-1/s3", "host;x-amz-content-sha256;x-amz-date",
                                       "653e90c4ad0e619fcd9f41801d37c55b6c4aacca6c87b89e3cb46a13c404a674")},
                        "hello"),
            kSecret, kNow) == "");
  CHECK(Verified(MakeRequest("GET", "/",
                             "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                             "&X-Amz-Credential=ASIADRYDOCKEXAMPLE1%2F20260824%2Fus-east-1%2Fsts%2Faws4_request"
                             "&X-Amz-Date=20260824T024719Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host"
                             "&X-Amz-Security-Token=token%2B%2F%3Dwith_specials%3D%3D"
                             "&X-Amz-Signature=56a724bd44242763dc7bd4197136b3e61bc0110a2d22abeadf25c4993d287d08",
                             {{"Host", "127.0.0.1:4566"}}),
                 kSecret, kNow) == "");
  CHECK(Verified(MakeRequest("GET", "/bucket/key",
                             "versionId=x%2Fy&X-Amz-Algorithm=AWS4-HMAC-SHA256"
                             "&X-Amz-Credential=AKIDDRYDOCKEXAMPLE1%2F20260824%2Feu-central-1%2Fs3%2Faws4_request"
                             "&X-Amz-Date=20260824T024719Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
                             "&X-Amz-Signature=dc753715df4b18af056a4eaa8f4b7a052f2eada50985cf37f5e2068863ff04b4",
                             {{"Host", "127.0.0.1:4566"}}),
                 kSecret, kNow) == "");
}

TEST_CASE("paths are normalised and encoded twice, parameters sorted by name and value") {
  CHECK(Verified(MakeRequest("GET", "/a%20b//c/../d%C3%A9/", "b=2&a=1&a=%2F~&empty=",
                             {{"Host", "127.0.0.1:4566"},
                              {"X-Amz-Date", "20260824T024719Z"},
                              Authorization("AKIDDRYDOCKEXAMPLE1", "eu-central-1/execute-api", "host;x-amz-date",
                                            "52bf3742d1880cefbbbd850701773eeda7b9e5230918bb8912fb7795f15801b1")}),
                 kSecret, kNow) == "");
}

TEST_CASE("what is read from a signature") {
  const Signature signature = Parsed(JsonRequest());
  CHECK(signature.access_key == "ASIADRYDOCKEXAMPLE1");
  CHECK(signature.date == "20260824");
  CHECK(signature.region == "eu-central-1");
  CHECK(signature.service == "ecs");
  CHECK(signature.session_token == "token+/=with_specials==");
  CHECK(signature.signed_headers.size() == 5);
  CHECK(!signature.presigned);
}

TEST_CASE("anything that was signed and changed since spoils the signature") {
  const std::string mismatch =
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
      "and "
      "signing method. Consult the service documentation for details.";
  CHECK(Verified(JsonRequest(), "another secret", kNow) == mismatch);

  Request request = JsonRequest();
  request.body_sha256 = [] { return Hex(Sha256(R"({"cluster": "prod"})")); };
  CHECK(Verified(request, kSecret, kNow) == mismatch);

  request = JsonRequest();
  request.headers[2].second = "AmazonEC2ContainerServiceV20141113.DeleteService";
  CHECK(Verified(request, kSecret, kNow) == mismatch);

  request = JsonRequest();
  request.query = "x=1";
  CHECK(Verified(request, kSecret, kNow) == mismatch);

  // The same header a second time, hoping that another one of the two is read.
  request = JsonRequest();
  request.headers.emplace_back("x-amz-target", "AmazonEC2ContainerServiceV20141113.DeleteService");
  CHECK(Verified(request, kSecret, kNow) == mismatch);

  // A header that decides something, smuggled in unsigned.
  request = JsonRequest();
  request.headers.emplace_back("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  CHECK(Verified(request, kSecret, kNow) == mismatch);
}

TEST_CASE("a stated payload hash is compared with the body") {
  Request request =
      MakeRequest("PUT", "/bucket/a%20b//c/../%C3%A9", "",
                  {{"Host", "127.0.0.1:4566"},
                   {"X-Amz-Date", "20260824T024719Z"},
                   {"X-Amz-Content-SHA256", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
                   Authorization("AKIDDRYDOCKEXAMPLE1", "eu-central-1/s3", "host;x-amz-content-sha256;x-amz-date",
                                 "653e90c4ad0e619fcd9f41801d37c55b6c4aacca6c87b89e3cb46a13c404a674")},
                  "other bytes");
  CHECK(Verified(request, kSecret, kNow) != "");
}

TEST_CASE("a signature is good for 15 minutes before and after its time") {
  CHECK(Verified(JsonRequest(), kSecret, "2026-08-24T03:02:19Z") == "");
  CHECK(Verified(JsonRequest(), kSecret, "2026-08-24T03:02:20Z") ==
        "Signature expired: 20260824T024719Z is now earlier than 20260824T024720Z (20260824T030220Z - 15 min.)");
  CHECK(Verified(JsonRequest(), kSecret, "2026-08-24T02:32:19Z") == "");
  CHECK(
      Verified(JsonRequest(), kSecret, "2026-08-24T02:32:18Z") ==
      "Signature not yet current: 20260824T024719Z is still later than 20260824T024718Z (20260824T023218Z + 15 min.)");
}

TEST_CASE("requests without a signature, or of another scheme") {
  CHECK(std::holds_alternative<Unsigned>(ParseSignature(MakeRequest("GET", "/", "", {{"Host", "x"}}))));
  CHECK(std::holds_alternative<Unsigned>(
      ParseSignature(MakeRequest("GET", "/", "", {{"Authorization", "Basic QVdTOng="}}))));
  CHECK(std::holds_alternative<Unsigned>(ParseSignature(MakeRequest("GET", "/", "", {{"Authorization", ""}}))));
}

TEST_CASE("signatures that cannot be read") {
  const auto header = [](const std::string& text, bool dated = true) {
    Request request = MakeRequest("GET", "/", "", {{"Authorization", text}});
    if (dated) request.headers.emplace_back("X-Amz-Date", "20260824T024719Z");
    return request;
  };
  // Sentences as AWS's endpoints send them (seen in AWS re:Post and SDK issue threads; unconfirmed in a document).
  CHECK(MessageOf(header("AWS4-HMAC-SHA256 ", false)) ==
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a "
        "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256");
  CHECK(MessageOf(header("AWS4-HMAC-SHA256 Credential")) ==
        "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 "
        "Credential'.");
  CHECK(MessageOf(header("AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=0")) ==
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c'");
  CHECK(MessageOf(header("AWS4-HMAC-MD5 Credential=a")) == "Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5'.");
  CHECK(MessageOf(MakeRequest("GET", "/", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0", {})) ==
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include "
        "'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string "
        "parameters.");
  for (const char* expires : {"-1", "604801", "99999999999999999999", "soon"}) {
    CHECK(std::holds_alternative<Malformed>(ParseSignature(MakeRequest(
        "GET", "/",
        std::string("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/20260824/r/s/aws4_request"
                    "&X-Amz-Date=20260824T024719Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Expires=") +
            expires,
        {}))));
  }
}

TEST_CASE("SigV4A is read, so that its request finds its service, and never verifies") {
  const Request request = MakeRequest("GET", "/", "",
                                      {{"Host", "x"},
                                       {"X-Amz-Date", "20260824T024719Z"},
                                       {"Authorization",
                                        "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260824/sts/aws4_request, "
                                        "SignedHeaders=host;x-amz-date, Signature=3045"}});
  CHECK(Parsed(request).service == "sts");
  CHECK(Parsed(request).access_key == "AKIDEXAMPLE");
  CHECK(Verified(request, kSecret, kNow) != "");
}

}  // namespace
}  // namespace drydock::auth
