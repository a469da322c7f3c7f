#include "emulator/protocol/encode.h"

#include <catch2/catch.hpp>

namespace drydock::protocol {
namespace {

constexpr api::ErrorMember kMembers[] = {{"text", Kind::kString, false},
                                         {"count", Kind::kLong, false},
                                         {"final", Kind::kBoolean, false},
                                         {"names", Kind::kString, true},
                                         {"sizes", Kind::kInteger, true}};
constexpr api::ErrorFacts kErrors[] = {{"Plain", 400}, {"Rich", 409, kMembers}};

api::Service ServiceOf(api::Protocol protocol) {
  api::Service service{};
  service.protocol = protocol;
  service.xml_namespace = "urn:test";
  service.errors = kErrors;
  return service;
}

ApiError Rich(const std::string& code) {
  return ApiError(code, "no")
      .With("text", "17 & \"more\"")
      .With("count", "17")
      .With("final", "true")
      .With("names", "a")
      .With("sizes", "1")
      .With("names", "b");
}

// The AWS JSON 1.1 protocol: an error's members are written as those of any structure.
TEST_CASE("Members of errors in JSON have the types of the model") {
  const auto service = ServiceOf(api::Protocol::kJson);
  CHECK(
      EncodeError(service, Rich("Rich"), 409, "id").text ==
      R"({"__type":"Rich","message":"no","text":"17 & \"more\"","count":17,"final":true,"names":["a","b"],"sizes":[1]})");
}

TEST_CASE("Members of errors that the model does not know are strings") {
  const auto service = ServiceOf(api::Protocol::kJson);
  for (const char* code : {"Plain", "Unknown"})
    CHECK(EncodeError(service, ApiError(code, "no").With("count", "17"), 400, "id").text ==
          std::string(R"({"__type":")") + code + R"(","message":"no","count":"17"})");
}

TEST_CASE("Members of errors in XML are elements, with one for each item of a list") {
  const std::string scalars = "<text>17 &amp; &quot;more&quot;</text><count>17</count><final>true</final>";
  const auto query = EncodeError(ServiceOf(api::Protocol::kQuery), Rich("Rich"), 409, "id").text;
  CHECK(query.find(scalars +
                   "<names><member>a</member><member>b</member></names><sizes><member>1</member></sizes></Error>") !=
        std::string::npos);
  const auto ec2 = EncodeError(ServiceOf(api::Protocol::kEc2), Rich("Rich"), 409, "id").text;
  CHECK(ec2.find(scalars + "<names><item>a</item><item>b</item></names><sizes><item>1</item></sizes></Error>") !=
        std::string::npos);
}

}  // namespace
}  // namespace drydock::protocol
