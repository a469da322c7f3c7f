// The vectors that AWS publishes for Signature Version 4: "Signature Version 4 test suite" of the AWS General Reference
// (aws-sig-v4-test-suite), and the newer suite of the same names with presigned requests (aws-signing-test-suite/v4,
// in awslabs/aws-c-auth). Credentials, region, service and time are the suites'.
#include <catch2/catch.hpp>

#include "emulator/auth/signature.h"
#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::auth {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kSuiteSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr const char* kSuiteTime = "20150830T123600Z";
constexpr const char* kSuiteScope = "20150830/us-east-1/service/aws4_request";

struct Vector {
  const char* name;
  // <name>.req: the request, beside Host and X-Amz-Date. Lines that continue a header, which HTTP no longer knows, are
  // repeated headers here (get-header-value-multiline).
  const char* method;
  const char* path;
  const char* query;
  Headers headers;
  const char* body;
  // <name>.creq, less what follows from the request; the digest in <name>.sts; the signature in <name>.authz
  const char* canonical_path;
  const char* canonical_query;
  const char* canonical_headers;
  const char* canonical_digest;  // empty where the suite's file is not to be had: the signature holds it too
  const char* signature;
};

const Vector kVectors[] = {
    {"get-header-key-duplicate",
     "GET",
     "/",
     "",
     {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nmy-header1:value2,value2,value1\nx-amz-date:20150830T123600Z\n",
     "dc7f04a3abfde8d472b0ab1a418b741b7c67174dad1551b4117b15527fbe966c",
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-multiline",
     "GET",
     "/",
     "",
     {{"My-Header1", "value1"}, {"My-Header1", "value2"}, {"My-Header1", "value3"}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nmy-header1:value1,value2,value3\nx-amz-date:20150830T123600Z\n",
     "b7b6cbfd8a0430b78891e986784da2630c8a135a8595cec25b26ea94f926ee55",
     "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790"},
    {"get-header-value-order",
     "GET",
     "/",
     "",
     {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"}, {"My-Header1", "value2"}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nmy-header1:value4,value1,value3,value2\nx-amz-date:20150830T123600Z\n",
     "31ce73cd3f3d9f66977ad3dd957dc47af14df92fcd8509f59b349e9137c58b86",
     "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"get-header-value-trim",
     "GET",
     "/",
     "",
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nmy-header1:value1\nmy-header2:\"a b c\"\nx-amz-date:20150830T123600Z\n",
     "a726db9b0df21c14f559d0a978e563112acb1b9e05476f0a6a1c7d68f28605c7",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"get-unreserved",
     "GET",
     "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     "",
     {},
     "",
     "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "6a968768eefaa713e2a6b16b589a8ea192661f098f37349f4e2c0082757446f9",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-utf8",
     "GET",
     "/\xe1\x88\xb4",
     "",
     {},
     "",
     "/%E1%88%B4",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "2a0a97d02205e45ce2e994789806b19270cfbbb0921b278ccf58f5249ac42102",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-vanilla",
     "GET",
     "/",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-empty-query-key",
     "GET",
     "/",
     "Param1=value1",
     {},
     "",
     "/",
     "Param1=value1",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "1e24db194ed7d0eec2de28d7369675a243488e08526e8c1c73571282f7c517ab",
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {"get-vanilla-query",
     "GET",
     "/",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-encoded",
     "GET",
     "/",
     "Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
     {},
     "",
     "/",
     "%E1%88%B4=Value1&Param=Value2&Param-3=Value3",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "",
     "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"},
    {"get-vanilla-query-order-key",
     "GET",
     "/",
     "Param1=value2&Param1=Value1",
     {},
     "",
     "/",
     "Param1=Value1&Param1=value2",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "704b4cef673542d84cdff252633f065e8daeba5f168b77116f8b1bcaf3d38f89",
     "eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1"},
    {"get-vanilla-query-order-key-case",
     "GET",
     "/",
     "Param2=value2&Param1=value1",
     {},
     "",
     "/",
     "Param1=value1&Param2=value2",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "816cd5b414d056048ba4f7c5386d6e0533120fb1fcfa93762cf0fc39e2cf19e0",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-query-order-value",
     "GET",
     "/",
     "Param1=value2&Param1=value1",
     {},
     "",
     "/",
     "Param1=value1&Param1=value2",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "c968629d70850097a2d8781c9bf7edcb988b04cac14cca9be4acc3595f884606",
     "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"},
    {"get-vanilla-query-unreserved",
     "GET",
     "/",
     "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~"
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     {},
     "",
     "/",
     "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~"
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "c30d4703d9f799439be92736156d47ccfb2d879ddf56f5befa6d1d6aab979177",
     "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"get-vanilla-utf8-query",
     "GET",
     "/",
     "\xe1\x88\xb4="
     "bar",
     {},
     "",
     "/",
     "%E1%88%B4=bar",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "eb30c5bed55734080471a834cc727ae56beb50e5f39d1bff6d0d38cb192a7073",
     "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
    {"normalize-path/get-relative",
     "GET",
     "/example/..",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"normalize-path/get-relative-relative",
     "GET",
     "/example1/example2/../..",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"normalize-path/get-slash",
     "GET",
     "//",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"normalize-path/get-slash-dot-slash",
     "GET",
     "/./",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"normalize-path/get-slash-pointless-dot",
     "GET",
     "/./example",
     "",
     {},
     "",
     "/example",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "214d50c111a8edc4819da6a636336472c916b5240f51e9a51b5c3305180cf702",
     "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
    {"normalize-path/get-slashes",
     "GET",
     "//example//",
     "",
     {},
     "",
     "/example/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "cb96b4ac96d501f7c5c15bc6d67b3035061cfced4af6585ad927f7e6c985c015",
     "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"normalize-path/get-space",
     "GET",
     "/example space/",
     "",
     {},
     "",
     "/example%20space/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "63ee75631ed7234ae61b5f736dfc7754cdccfedbff4b5128a915706ee9390d86",
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {"post-header-key-case",
     "POST",
     "/",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-header-key-sort",
     "POST",
     "/",
     "",
     {{"My-Header1", "value1"}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nmy-header1:value1\nx-amz-date:20150830T123600Z\n",
     "9368318c2967cf6de74404b30c65a91e8f6253e0a8659d6d5319f1a812f87d65",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-header-value-case",
     "POST",
     "/",
     "",
     {{"My-Header1", "VALUE1"}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nmy-header1:VALUE1\nx-amz-date:20150830T123600Z\n",
     "d51ced243e649e3de6ef63afbbdcbca03131a21a7103a1583706a64618606a93",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"post-sts-token/post-sts-header-after",
     "POST",
     "/",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-sts-token/post-sts-header-before",
     "POST",
     "/",
     "",
     {{"X-Amz-Security-Token",
       "AQoDYXdzEPT//////////"
       "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
       "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+"
       "xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="}},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\nx-amz-security-token:AQoDYXdzEPT//////////"
     "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/"
     "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+"
     "xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==\n",
     "c237e1b440d4c63c32ca95b5b99481081cb7b13c7e40434868e71567c1a882f6",
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
    {"post-vanilla",
     "POST",
     "/",
     "",
     {},
     "",
     "/",
     "",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "553f88c9e4d10fc9e109e2aeb65f030801b70c2f6468faca261d401ae622fc87",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-vanilla-empty-query-value",
     "POST",
     "/",
     "Param1=value1",
     {},
     "",
     "/",
     "Param1=value1",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "9d659678c1756bb3113e2ce898845a0a79dbbc57b740555917687f1b3340fbbd",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"post-vanilla-query",
     "POST",
     "/",
     "Param1=value1",
     {},
     "",
     "/",
     "Param1=value1",
     "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "9d659678c1756bb3113e2ce898845a0a79dbbc57b740555917687f1b3340fbbd",
     "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
    {"post-x-www-form-urlencoded",
     "POST",
     "/",
     "",
     {{"Content-Type", "application/x-www-form-urlencoded"}},
     "Param1=value1",
     "/",
     "",
     "content-type:application/x-www-form-urlencoded\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "42a5e5bb34198acb3e84da4f085bb7927f2bc277ca766e6d19c73c2154021281",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"post-x-www-form-urlencoded-parameters",
     "POST",
     "/",
     "",
     {{"Content-Type", "application/x-www-form-urlencoded; charset=utf8"}},
     "Param1=value1",
     "/",
     "",
     "content-type:application/x-www-form-urlencoded; "
     "charset=utf8\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n",
     "2e1cf7ed91881a30569e46552437e4156c823447bf1781b921b5d486c568dd1c",
     "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
};

// "content-type:…\nhost:…\n" to "content-type;host"
std::string NamesOf(const std::string& canonical_headers) {
  std::vector<std::string> names;
  for (const std::string& line : Split(canonical_headers, '\n'))
    if (!line.empty()) names.push_back(line.substr(0, line.find(':')));
  return Join(names, ";");
}

Signature Read(const Request& request) {
  const ParsedSignature parsed = ParseSignature(request);
  REQUIRE(std::holds_alternative<Signature>(parsed));
  return std::get<Signature>(parsed);
}

TEST_CASE("AWS's signature test suite: canonical request, string to sign, signature") {
  for (const Vector& vector : kVectors) {
    INFO(vector.name);
    const std::string signed_headers = NamesOf(vector.canonical_headers);
    Request request{vector.method, vector.path, vector.query, vector.headers, [&] { return Hex(Sha256(vector.body)); }};
    request.headers.emplace_back("Host", "example.amazonaws.com");
    request.headers.emplace_back("X-Amz-Date", kSuiteTime);
    request.headers.emplace_back("Authorization", std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") +
                                                      kSuiteScope + ", SignedHeaders=" + signed_headers +
                                                      ", Signature=" + vector.signature);
    const Signature signature = Read(request);
    CHECK(CanonicalRequest(signature, request) == std::string(vector.method) + "\n" + vector.canonical_path + "\n" +
                                                      vector.canonical_query + "\n" + vector.canonical_headers + "\n" +
                                                      signed_headers + "\n" + Hex(Sha256(vector.body)));
    if (*vector.canonical_digest) {
      CHECK(StringToSign(signature, request) ==
            std::string("AWS4-HMAC-SHA256\n") + kSuiteTime + "\n" + kSuiteScope + "\n" + vector.canonical_digest);
    }
    CHECK(!VerifySignature(signature, request, kSuiteSecret, *ParseIso8601(kSuiteTime)));
    CHECK(VerifySignature(signature, request, "another secret", *ParseIso8601(kSuiteTime)));
  }
}

struct PresignedVector {
  const char* name;
  const char* path;
  const char* query;  // before the parameters of the signature
  const char* signed_headers;
  Headers headers;
  const char* signature;
};

const PresignedVector kPresigned[] = {
    {"get-header-value-trim",
     "/",
     "",
     "host%3Bmy-header1%3Bmy-header2",
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
     "e7bb0fd515e125e1aec2ecc4c0c17484fb06f6846b927c35e46005dd3df3acd4"},
    {"get-unreserved",
     "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     "",
     "host",
     {},
     "95968482db1b9e0fadef6efc1bd24689f77c77d9ef56919c96a28cc92e0d6005"},
    {"get-utf8", "/\xe1\x88\xb4", "", "host", {}, "10eae3f14a260bd3911cc6d008d3c576d143b05b62f09782a7a4b37f52178e44"},
    {"get-vanilla-query", "/", "", "host", {}, "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {"get-vanilla-query-order-encoded",
     "/",
     "Param-3=Value3&Param=Value2&%E1%88%B4=Value1&",
     "host",
     {},
     "c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787"},
    {"get-vanilla-query-order-key-case",
     "/",
     "Param2=value2&Param1=value1&",
     "host",
     {},
     "86012e2c9ad4d77369f5d81c11f75158aae4f895a085212cc6d3f923d300bed5"},
    {"get-vanilla-query-unreserved",
     "/",
     "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~"
     "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz&",
     "host",
     {},
     "8e76a88a7433637b12778d5592799b29ad21ecd6cf6325051c21d86f0acda2bf"},
    {"get-vanilla-utf8-query",
     "/",
     "\xe1\x88\xb4="
     "bar&",
     "host",
     {},
     "0bdd809b1519ac4f0c1dc3540e2cc46bd0c7f778eda408b2ebf3b913d21ff600"},
    {"get-relative-relative-normalized",
     "/example1/example2/../..",
     "",
     "host",
     {},
     "e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"},
    {"get-slashes-normalized",
     "//example//",
     "",
     "host",
     {},
     "c1834e8fb0307243711f0f907f6ab7311ed300d87f13792d7ee4da89ab93e082"},
    {"get-space-normalized",
     "/example space/",
     "",
     "host",
     {},
     "7a1f416954786484c9824d93c1f26ef64acb9b1b6c9154d08c9f07d0e394abf6"},
};

// query-signed-request.txt. The suite's files still show the unsigned request's X-Amz-Date header, which a presigned
// request does not have.
TEST_CASE("AWS's signature test suite: presigned requests") {
  for (const PresignedVector& vector : kPresigned) {
    INFO(vector.name);
    Request request{"GET", vector.path,
                    std::string(vector.query) +
                        "X-Amz-Algorithm=AWS4-HMAC-SHA256"
                        "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
                        "&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=" +
                        vector.signed_headers + "&X-Amz-Expires=3600&X-Amz-Signature=" + vector.signature,
                    vector.headers, [] { return Hex(Sha256("")); }};
    request.headers.emplace_back("Host", "example.amazonaws.com");
    const Signature signature = Read(request);
    CHECK(!VerifySignature(signature, request, kSuiteSecret, *ParseIso8601("20150830T133600Z")));
    CHECK(VerifySignature(signature, request, kSuiteSecret, *ParseIso8601("20150830T133601Z")));
    CHECK(VerifySignature(signature, request, "another secret", *ParseIso8601(kSuiteTime)));
  }
}

}  // namespace
}  // namespace drydock::auth
