#include "handlers/ecr/image_reference.h"

#include <catch2/catch.hpp>

using namespace drydock;

namespace {

const Scope kScope{"123456789012", "eu-central-1"};

std::optional<ecr::ImageReference> Parse(std::string_view text) {
  return ecr::ParseImageReference(text, "http://127.0.0.1:4566", kScope);
}

}  // namespace

TEST_CASE("References are read as docker reads them") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  auto reference = Parse("nginx");
  REQUIRE(reference);
  CHECK(reference->registry == "docker.io");
  CHECK(reference->repository == "library/nginx");
  CHECK(reference->tag == "latest");
  CHECK(!reference->ecr);

  reference = Parse("team/app:1.0@" + digest);
  REQUIRE(reference);
  CHECK(reference->registry == "docker.io");
  CHECK(reference->repository == "team/app");
  CHECK(reference->tag == "1.0");
  CHECK(reference->digest == digest);

  reference = Parse("ghcr.io/team/app@" + digest);
  REQUIRE(reference);
  CHECK(reference->registry == "ghcr.io");
  CHECK(reference->tag.empty());

  reference = Parse("registry:5000/app");
  REQUIRE(reference);
  CHECK(reference->registry == "registry:5000");
  CHECK(reference->repository == "app");

  for (const char* text :
       {"", ":v1", "UPPER", "a//b", "app:", "app:ta g", "app@sha256:1", "app@", "/app", "a/", "app:v1:v2"})
    CHECK(!Parse(text));
}

TEST_CASE("Which registries are ECR's") {
  CHECK(Parse("210987654321.dkr.ecr.us-east-1.amazonaws.com/a/b:c")->ecr == Scope{"210987654321", "us-east-1"});
  CHECK(Parse("210987654321.dkr-ecr.us-east-1.on.aws/app")->ecr == Scope{"210987654321", "us-east-1"});
  CHECK(Parse("210987654321.dkr.ecr.us-east-1.localhost:4566/app")->ecr == Scope{"210987654321", "us-east-1"});
  CHECK(Parse("127.0.0.1:4566/app")->ecr == kScope);
  CHECK(Parse("localhost:4566/app")->ecr == kScope);
  CHECK(!Parse("localhost:5000/app")->ecr);
  CHECK(!Parse("1234.dkr.ecr.us-east-1.amazonaws.com/app")->ecr);
  CHECK(!Parse("210987654321.dkr.ecr.us-east-1.amazonaws.com.example/app")->ecr);
  CHECK(!Parse("public.ecr.aws/nginx/nginx")->ecr);
}
