#include "emulator/http/registry.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "emulator/core/text.h"
#include "handlers/ecr/authorization.h"
#include "handlers/ecr/registry.h"
#include "handlers/ecr/testing/images.h"
#include "handlers/ecr/timers.h"
#include "handlers/testing/fixture.h"
#include "store/records/ecr/account_setting.h"

using namespace drydock;

namespace {

std::string HeaderOf(const http::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers)
    if (EqualsIgnoringCase(key, name)) return value;
  return "";
}

std::string BodyOf(const http::Response& response) {
  if (!response.file) return response.body;
  std::ifstream file(response.file->path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(response.file->offset));
  std::string bytes(response.file->length, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

struct RegistryFixture : testing::Fixture {
  http::Registry registry{clock, ids, database, engines};
  std::string host = "127.0.0.1:4566";
  std::string password =
      ecr::SealPassword(tokens, {Principal::Root("123456789012"), scope, clock.Now() + std::chrono::hours(12)});

  http::Response Send(const std::string& method, const std::string& target, const std::string& body = "",
                      http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", host);
    if (!password.empty()) request.headers.emplace_back("Authorization", "Basic " + EncodeBase64("AWS:" + password));
    request.read_body = [&](const http::Request::Receiver& receiver) {
      for (std::size_t i = 0; i < body.size(); i += 7)
        if (!receiver(body.data() + i, std::min<std::size_t>(7, body.size() - i))) return false;
      return true;
    };
    return registry.Handle(request);
  }
  // The code of the first error, with the status.
  std::string Refusal(const http::Response& response) {
    const auto begin = response.body.find("\"code\":\"");
    if (begin == std::string::npos) return std::to_string(response.status);
    const auto code = response.body.substr(begin + 8, response.body.find('"', begin + 8) - begin - 8);
    return std::to_string(response.status) + " " + code;
  }
  // A blob by POST, PATCH and PUT, as docker does it.
  void Push(const std::string& repository, const std::string& bytes) {
    auto response = Send("POST", "/v2/" + repository + "/blobs/uploads/");
    REQUIRE(response.status == 202);
    response = Send("PATCH", HeaderOf(response, "Location"), bytes);
    REQUIRE(response.status == 202);
    CHECK(HeaderOf(response, "Range") == fmt::format("0-{}", bytes.size() - 1));
    response = Send("PUT", HeaderOf(response, "Location") + "?digest=" + testing::DigestOf(bytes));
    REQUIRE(response.status == 201);
    CHECK(HeaderOf(response, "Docker-Content-Digest") == testing::DigestOf(bytes));
  }
};

constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";

}  // namespace

TEST_CASE("The registry asks for a login, and knows its own passwords") {  // aws-facts I.2
  RegistryFixture f;
  auto response = f.Send("GET", "/v2/");
  CHECK(response.status == 200);
  CHECK(HeaderOf(response, "Docker-Distribution-Api-Version") == "registry/2.0");

  const std::string good = std::exchange(f.password, "");
  response = f.Send("GET", "/v2/");
  CHECK(response.status == 401);
  CHECK(HeaderOf(response, "Www-Authenticate") ==
        "Basic realm=\"http://127.0.0.1:4566/\",service=\"ecr.amazonaws.com\"");
  CHECK(HeaderOf(response, "Docker-Distribution-Api-Version") == "registry/2.0");

  f.password = "x" + good;
  CHECK(f.Refusal(f.Send("GET", "/v2/")) == "400 DENIED");
  f.password = good;
  f.clock.Advance(std::chrono::hours(12));
  response = f.Send("GET", "/v2/");
  CHECK(f.Refusal(response) == "403 DENIED");
  CHECK(response.body.find("Your authorization token has expired. Reauthenticate and try again.") != std::string::npos);
}

TEST_CASE("A push and a pull") {
  RegistryFixture f;
  testing::CreateRepository(f, "team/auth");
  CHECK(f.Send("HEAD", "/v2/team/auth/blobs/" + testing::DigestOf("a layer")).status == 404);
  f.Push("team/auth", "a layer");
  f.Push("team/auth", "a config");
  CHECK(f.Send("HEAD", "/v2/team/auth/blobs/" + testing::DigestOf("a layer")).content_length == 7);

  const std::string manifest = testing::ManifestOf("a config", {"a layer"});
  const std::string digest = testing::DigestOf(manifest);
  auto response = f.Send("PUT", "/v2/team/auth/manifests/v1", manifest, {{"Content-Type", kManifestType}});
  CHECK(response.status == 201);
  CHECK(HeaderOf(response, "Docker-Content-Digest") == digest);
  CHECK(HeaderOf(response, "Location") == "/v2/team/auth/manifests/" + digest);
  CHECK(f.Send("PUT", "/v2/team/auth/manifests/v1", manifest).status == 201);  // once more is no error

  response = f.Send("HEAD", "/v2/team/auth/manifests/v1");
  CHECK(response.status == 200);
  CHECK(response.content_length == manifest.size());
  CHECK(response.body.empty());
  CHECK(HeaderOf(response, "Docker-Content-Digest") == digest);
  response = f.Send("GET", "/v2/team/auth/manifests/" + digest, "",
                    {{"Accept", "text/plain"}, {"Accept", std::string("application/json, ") + kManifestType}});
  CHECK(response.body == manifest);
  CHECK(HeaderOf(response, "Content-Type") == kManifestType);
  CHECK(BodyOf(f.Send("GET", "/v2/team/auth/blobs/" + testing::DigestOf("a layer"))) == "a layer");
  CHECK(f.Send("GET", "/v2/team/auth/tags/list").body == R"({"name":"team/auth","tags":["v1"]})");
}

TEST_CASE("Manifests that a client does not accept are not found") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  testing::PushImage(f, "auth", "one", "v1");
  const std::string docker = "application/vnd.docker.distribution.manifest.v2+json";
  CHECK(f.Refusal(f.Send("GET", "/v2/auth/manifests/v1", "", {{"Accept", docker}})) == "404 MANIFEST_UNKNOWN");
  CHECK(f.Send("GET", "/v2/auth/manifests/v1", "", {{"Accept", docker}, {"Accept", "*/*;q=0.1"}}).status == 200);
}

TEST_CASE("Errors in ECR's words") {  // aws-facts I.3
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  auto response = f.Send("POST", "/v2/nowhere/blobs/uploads/");
  CHECK(f.Refusal(response) == "404 NAME_UNKNOWN");
  CHECK(
      response.body.find("The repository with name 'nowhere' does not exist in the registry with id '123456789012'") !=
      std::string::npos);
  response = f.Send("GET", "/v2/auth/manifests/v1");
  CHECK(f.Refusal(response) == "404 MANIFEST_UNKNOWN");
  CHECK(response.body.find("Requested image not found") != std::string::npos);
  CHECK(f.Refusal(f.Send("GET", "/v2/auth/blobs/" + testing::DigestOf("x"))) == "404 BLOB_UNKNOWN");
  CHECK(f.Refusal(f.Send("GET", "/v2/auth/blobs/x")) == "404 BLOB_UNKNOWN");
  CHECK(f.Refusal(f.Send("PUT", "/v2/auth/manifests/v1", testing::ManifestOf("c", {}))) == "400 BLOB_UPLOAD_UNKNOWN");
  // 405 and UNSUPPORTED: opcr-io/policy issue 149. Clients look at the code to try another format.
  response = f.Send("PUT", "/v2/auth/manifests/v1", "{");
  CHECK(f.Refusal(response) == "405 UNSUPPORTED");
  const char* syntax = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'";
  CHECK(response.body.find(syntax) != std::string::npos);
  response = f.Send("PUT", "/v2/auth/manifests/v1", R"({"schemaVersion":2,"mediaType":"application/x","layers":[]})");
  CHECK(f.Refusal(response) == "405 UNSUPPORTED");
  CHECK(response.body.find(syntax) != std::string::npos);
  CHECK(f.Refusal(f.Send("PUT", "/v2/auth/manifests/v1", "")) == "400 MANIFEST_INVALID");
  response = f.Send("PUT", "/v2/auth/manifests/a+b", "{}");
  CHECK(f.Refusal(response) == "405 UNSUPPORTED");
  CHECK(response.body.find("Invalid parameter at 'imageTag' failed to satisfy constraint: 'must satisfy regular "
                           "expression '[a-zA-Z0-9-_.]+''") != std::string::npos);
  CHECK(f.Send("HEAD", "/v2/auth/manifests/a+b").status == 400);  // bazel-contrib/rules_oci issue 720
  CHECK(f.Refusal(f.Send("GET", "/v2/auth/manifests/sha256:1")) == "400 DIGEST_INVALID");
  CHECK(f.Refusal(f.Send("DELETE", "/v2/auth/manifests/v1")) == "404 MANIFEST_UNKNOWN");
  CHECK(f.Refusal(f.Send("DELETE", "/v2/auth/blobs/" + testing::DigestOf("x"))) == "405 UNSUPPORTED");
  CHECK(f.Refusal(f.Send("GET", "/v2/_catalog")) == "404 UNSUPPORTED");
  CHECK(f.Refusal(f.Send("GET", "/v2/UPPER/tags/list")) == "400 NAME_INVALID");
  CHECK(f.Refusal(f.Send("PATCH", "/v2/auth/blobs/uploads/nothing", "x")) == "404 BLOB_UPLOAD_UNKNOWN");
  CHECK(f.Refusal(f.Send("POST", "/v2/auth/blobs/uploads/nothing")) == "405 UNSUPPORTED");
  f.password = "";
  CHECK(f.Send("GET", "/v2/auth/blobs/" + testing::DigestOf("x") + "?ticket=x").status == 403);
}

TEST_CASE("Immutable tags stay where they are") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth", "IMMUTABLE");
  testing::PushImage(f, "auth", "one", "v1");
  f.Push("auth", "other");
  const auto response = f.Send("PUT", "/v2/auth/manifests/v1", testing::ManifestOf("other", {}));
  CHECK(f.Refusal(response) == "400 TAG_INVALID");
  CHECK(response.body.find("cannot be overwritten because the tag is immutable.") != std::string::npos);
}

TEST_CASE("Images are deleted") {  // ECR User Guide, "Deleting signatures and other artifacts"; OCI: 202
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  const std::string one = testing::PushImage(f, "auth", "one", "v1");
  const std::string two = testing::PushImage(f, "auth", "two", "v2");
  CHECK(f.Send("DELETE", "/v2/auth/manifests/" + one).status == 202);
  CHECK(f.Send("GET", "/v2/auth/tags/list").body == R"({"name":"auth","tags":["v2"]})");
  CHECK(f.Refusal(f.Send("DELETE", "/v2/auth/manifests/" + one)) == "404 MANIFEST_UNKNOWN");
  CHECK(f.Send("DELETE", "/v2/auth/manifests/v2").status == 202);
  CHECK(f.Send("HEAD", "/v2/auth/manifests/" + two).status == 404);
}

TEST_CASE("The ways to upload a blob") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  const std::string digest = testing::DigestOf("some bytes");
  const auto begin = [&] { return HeaderOf(f.Send("POST", "/v2/auth/blobs/uploads/"), "Location"); };

  SECTION("with the POST") {
    CHECK(f.Send("POST", "/v2/auth/blobs/uploads/?digest=" + digest, "some bytes").status == 201);
  }
  SECTION("with the PUT") {  // containerd
    CHECK(f.Send("PUT", begin() + "?digest=" + digest, "some bytes").status == 201);
  }
  SECTION("in chunks") {
    const std::string location = begin();
    CHECK(f.Send("PATCH", location, "some", {{"Content-Range", "0-3"}}).status == 202);
    auto response = f.Send("PATCH", location, "bytes", {{"Content-Range", "5-9"}});
    CHECK(response.status == 416);
    CHECK(HeaderOf(response, "Range") == "0-3");
    response = f.Send("GET", location);
    CHECK(response.status == 204);
    CHECK(HeaderOf(response, "Range") == "0-3");
    CHECK(f.Send("PUT", location + "?digest=" + digest, " bytes", {{"Content-Range", "4-9"}}).status == 201);
  }
  SECTION("percent-encoded") {
    CHECK(f.Send("PUT", begin() + "?digest=sha256%3A" + digest.substr(7), "some bytes").status == 201);
    CHECK(f.Send("HEAD", "/v2/auth/blobs/sha256%3A" + digest.substr(7)).status == 200);
  }
  CHECK(BodyOf(f.Send("GET", "/v2/auth/blobs/" + digest)) == "some bytes");
}

TEST_CASE("An upload that goes wrong leaves nothing") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  std::string location = HeaderOf(f.Send("POST", "/v2/auth/blobs/uploads/"), "Location");
  CHECK(f.Refusal(f.Send("PUT", location + "?digest=" + testing::DigestOf("y"), "x")) == "400 DIGEST_INVALID");
  CHECK(f.Refusal(f.Send("GET", location)) == "404 BLOB_UPLOAD_UNKNOWN");
  location = HeaderOf(f.Send("POST", "/v2/auth/blobs/uploads/"), "Location");
  CHECK(f.Send("DELETE", location).status == 204);
  CHECK(f.Refusal(f.Send("PATCH", location, "x")) == "404 BLOB_UPLOAD_UNKNOWN");

  testing::CreateRepository(f, "other");
  location = HeaderOf(f.Send("POST", "/v2/auth/blobs/uploads/"), "Location");
  const std::string elsewhere = "/v2/other" + location.substr(location.find("/blobs"));
  CHECK(f.Refusal(f.Send("PATCH", elsewhere, "x")) == "404 BLOB_UPLOAD_UNKNOWN");
}

TEST_CASE("Layers are mounted from other repositories") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  testing::CreateRepository(f, "reminder");
  f.Push("auth", "a layer");
  const std::string digest = testing::DigestOf("a layer");
  const std::string mount = "/v2/reminder/blobs/uploads/?mount=" + digest + "&from=";
  CHECK(f.Send("POST", mount + "auth").status == 202);  // it is off from the beginning
  f.database.Write([&](store::Transaction& tx) {
    tx.Put(f.scope, records::ecr::AccountSetting{"BLOB_MOUNTING", "ENABLED"});
    return 0;
  });
  CHECK(f.Send("POST", mount + "nowhere").status == 202);
  CHECK(f.Send("HEAD", "/v2/reminder/blobs/" + digest).status == 404);
  CHECK(f.Send("POST", mount + "auth").status == 201);
  CHECK(f.Send("HEAD", "/v2/reminder/blobs/" + digest).status == 200);
}

TEST_CASE("Parts of blobs") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  f.Push("auth", "0123456789");
  const auto get = [&](const std::string& range) {
    return f.Send("GET", "/v2/auth/blobs/" + testing::DigestOf("0123456789"), "", {{"Range", range}});
  };
  auto response = get("bytes=2-4");
  CHECK(response.status == 206);
  CHECK(BodyOf(response) == "234");
  CHECK(HeaderOf(response, "Content-Range") == "bytes 2-4/10");
  CHECK(BodyOf(get("bytes=7-")) == "789");
  CHECK(BodyOf(get("bytes=-3")) == "789");
  CHECK(BodyOf(get("bytes=5-100")) == "56789");
  CHECK(get("bytes=10-").status == 416);
  CHECK(get("bytes=4-2").status == 416);
  for (const char* other : {"bytes=", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=1-2,4-5"})
    CHECK(get(other).status == 200);
}

TEST_CASE("Tags in pages") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  for (const char* tag : {"b", "a", "c"}) testing::PushImage(f, "auth", tag, tag);
  auto response = f.Send("GET", "/v2/auth/tags/list?n=2");
  CHECK(response.body == R"({"name":"auth","tags":["a","b"]})");
  CHECK(HeaderOf(response, "Link") == "</v2/auth/tags/list?n=2&last=b>; rel=\"next\"");
  response = f.Send("GET", "/v2/auth/tags/list?n=2&last=b");
  CHECK(response.body == R"({"name":"auth","tags":["c"]})");
  CHECK(HeaderOf(response, "Link").empty());
}

TEST_CASE("Referrers") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  const std::string subject = testing::PushImage(f, "auth", "one", "v1");
  f.Push("auth", "{}");
  const std::string signature = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","artifactType":"application/x.signature","config":{{"mediaType":)"
      R"("application/vnd.oci.empty.v1+json","digest":"{}","size":2}},"layers":[],"subject":{{"mediaType":"{}",)"
      R"("digest":"{}","size":1}},"annotations":{{"a":"b"}}}})",
      kManifestType, testing::DigestOf("{}"), kManifestType, subject);
  auto response = f.Send("PUT", "/v2/auth/manifests/" + testing::DigestOf(signature), signature);
  CHECK(response.status == 201);
  CHECK(HeaderOf(response, "OCI-Subject") == subject);
  response = f.Send("GET", "/v2/auth/referrers/" + subject);
  CHECK(response.body ==
        fmt::format(R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{)"
                    R"("mediaType":"{}","digest":"{}","size":{},"artifactType":"application/x.signature",)"
                    R"("annotations":{{"a":"b"}}}}]}})",
                    kManifestType, testing::DigestOf(signature), signature.size()));
  response = f.Send("GET", "/v2/auth/referrers/" + subject + "?artifactType=other");
  CHECK(response.body.find("\"manifests\":[]") != std::string::npos);
}

TEST_CASE("The host decides the region, and must be the account's own") {
  RegistryFixture f;
  testing::CreateRepository(f, "auth");
  f.host = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
  CHECK(f.Send("GET", "/v2/auth/tags/list").status == 200);
  f.host = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
  CHECK(f.Refusal(f.Send("GET", "/v2/auth/tags/list")) == "404 NAME_UNKNOWN");
  f.host = "210987654321.dkr.ecr.eu-central-1.amazonaws.com";
  CHECK(f.Refusal(f.Send("GET", "/v2/auth/tags/list")) == "404 NAME_UNKNOWN");
}

TEST_CASE("Repositories may be called like parts of the protocol") {
  RegistryFixture f;
  for (const char* name : {"blobs/uploads", "manifests/tags/list", "v2/manifests"}) {
    testing::CreateRepository(f, name);
    f.Push(name, "a layer");
    CHECK(f.Send("GET", fmt::format("/v2/{}/tags/list", name)).status == 200);
  }
}

TEST_CASE("A blob whose repository went while it was coming is not kept") {
  RegistryFixture f;
  store::Timers timers(f.database, f.clock);
  ecr::RegisterTimers(timers, f.engines, f.ids);
  timers.Start();
  testing::CreateRepository(f, "auth");
  const std::string location = HeaderOf(f.Send("POST", "/v2/auth/blobs/uploads/"), "Location");
  const auto upload = f.blobs.FindUpload(location.substr(location.rfind('/') + 1));
  upload->Append("bytes");
  const auto committed = upload->Commit();
  f.Run([&](Context& context) {
    ecr::registry::ReleaseBlob(context, committed.digest);
    return 0;
  });
  f.clock.Settle();
  CHECK(!f.blobs.Exists(committed.digest));
}
