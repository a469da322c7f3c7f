#include "handlers/ecs/secret_reference.h"

#include <catch2/catch.hpp>

using namespace drydock::ecs;

namespace {
const std::string kArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf";
}

// ECS developer guide, "Specifying sensitive data using Secrets Manager secrets": the examples there.
TEST_CASE("the forms of valueFrom for Secrets Manager") {
  SecretReference reference = ParseSecretReference(kArn);
  CHECK(reference.secrets_manager);
  CHECK(reference.id == kArn);
  CHECK(reference.region == "eu-central-1");
  CHECK(reference.json_key.empty());

  reference = ParseSecretReference(kArn + ":username1::");
  CHECK(reference.id == kArn);
  CHECK(reference.json_key == "username1");
  CHECK(reference.version_stage.empty());

  reference = ParseSecretReference(kArn + ":username1:AWSPREVIOUS:");
  CHECK(reference.version_stage == "AWSPREVIOUS");
  CHECK(reference.version_id.empty());

  reference = ParseSecretReference(kArn + ":::9d4cb84b-ad69-40c0-a0ab-cead36b967e8");
  CHECK(reference.json_key.empty());
  CHECK(reference.version_id == "9d4cb84b-ad69-40c0-a0ab-cead36b967e8");
}

// ECS developer guide, same page: of the three, unused ones keep their colons. The container agent counts the parts.
TEST_CASE("a secret's key without its colons is no reference") {
  for (const char* more : {":username1", ":username1:", ":username1:AWSPREVIOUS", ":::x:y"})
    CHECK(ParseSecretReference(kArn + more).malformed);
  for (const char* more : {"", ":username1::", ":::"}) CHECK_FALSE(ParseSecretReference(kArn + more).malformed);
}

TEST_CASE("everything else is a parameter of Systems Manager") {
  CHECK_FALSE(ParseSecretReference("/prod/db").secrets_manager);
  CHECK(ParseSecretReference("/prod/db").id == "/prod/db");
  CHECK_FALSE(ParseSecretReference("arn:aws:ssm:eu-west-1:123456789012:parameter/x").secrets_manager);
  CHECK(ParseSecretReference("arn:aws:ssm:eu-west-1:123456789012:parameter/x").region == "eu-west-1");
  CHECK_FALSE(ParseSecretReference("").secrets_manager);
}

TEST_CASE("a key of a JSON secret") {
  CHECK(ValueOfJsonKey(R"({"user": "me", "port": 5432})", "user").value == "me");
  CHECK(ValueOfJsonKey(R"({"user": "me", "port": 5432})", "port").value == "5432");
}

// The texts are the agent's: aws-facts D.4.
TEST_CASE("why a secret has no such key") {
  CHECK(ValueOfJsonKey(R"({"user": "me"})", "MY_KEY").problem ==
        "retrieved secret from Secrets Manager did not contain json key MY_KEY");
  CHECK(ValueOfJsonKey("hello", "x").problem == "invalid character 'h' looking for beginning of value");
  CHECK(ValueOfJsonKey("topsecret", "x").problem == "invalid character 'o' in literal true (expecting 'r')");
  CHECK(ValueOfJsonKey("", "x").problem == "unexpected end of JSON input");
  CHECK(ValueOfJsonKey("[1]", "x").problem.find("cannot unmarshal array") != std::string::npos);
  CHECK_FALSE(ValueOfJsonKey(std::string(100'000, '['), "x").value);
}
