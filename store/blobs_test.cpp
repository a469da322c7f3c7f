#include "store/blobs.h"

#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "store/testing/temporary_folder.h"

namespace drydock::store {

namespace {
// FIPS 180-2, appendix B.1: the digest of "abc".
const std::string kAbc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const std::string kEmpty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
}  // namespace

TEST_CASE("an upload becomes a blob named after its content") {
  testing::TemporaryFolder folder;
  Blobs blobs(folder.path());
  const auto upload = blobs.BeginUpload();
  CHECK(upload->size() == 0);
  CHECK(upload->digest() == kEmpty);
  CHECK(upload->Append("a") == 1);
  CHECK(upload->Append("") == 1);
  CHECK(upload->Append("bc") == 3);
  CHECK(upload->digest() == kAbc);
  CHECK_FALSE(blobs.Exists(kAbc));

  const auto result = upload->Commit(kAbc);
  CHECK(result.matches);
  CHECK(result.digest == kAbc);
  CHECK(result.size == 3);
  const auto blob = blobs.Find(kAbc);
  REQUIRE(blob);
  CHECK(blob->size == 3);
  CHECK(blob->path == folder.path() / "blobs/sha256/ba" / kAbc.substr(7));
  CHECK(blobs.Read(kAbc) == "abc");
  CHECK(std::filesystem::is_empty(folder.path() / "uploads"));

  CHECK_FALSE(blobs.FindUpload(upload->id()));
  CHECK_THROWS_AS(upload->Append("x"), Error);
  CHECK_THROWS_AS(upload->Commit(), Error);
  CHECK(blobs.Read(kAbc) == "abc");
}

TEST_CASE("an upload with another digest than expected stays an upload") {
  Blobs blobs(kInMemory);
  const auto upload = blobs.BeginUpload();
  upload->Append("ab");
  const auto result = upload->Commit(kAbc);
  CHECK_FALSE(result.matches);
  CHECK(result.digest != kAbc);
  CHECK_FALSE(blobs.Exists(kAbc));
  CHECK_FALSE(blobs.Exists(result.digest));
  upload->Append("c");
  CHECK(upload->Commit(kAbc).matches);
}

TEST_CASE("an unfinished upload is taken up again after a restart") {
  testing::TemporaryFolder folder;
  std::string id;
  {
    Blobs blobs(folder.path());
    const auto upload = blobs.BeginUpload();
    upload->Append("ab");
    id = upload->id();
    CHECK(blobs.FindUpload(id) == upload);
  }
  Blobs blobs(folder.path());
  const auto upload = blobs.FindUpload(id);
  REQUIRE(upload);
  CHECK(upload->size() == 2);
  CHECK(upload->Append("c") == 3);
  CHECK(upload->Commit().digest == kAbc);
  CHECK(blobs.Read(kAbc) == "abc");
}

TEST_CASE("an upload can be abandoned") {
  testing::TemporaryFolder folder;
  Blobs blobs(folder.path());
  const auto upload = blobs.BeginUpload();
  upload->Append("abc");
  CHECK(blobs.AbandonUpload(upload->id()));
  CHECK_FALSE(blobs.AbandonUpload(upload->id()));
  CHECK_FALSE(blobs.FindUpload(upload->id()));
  CHECK(std::filesystem::is_empty(folder.path() / "uploads"));
  CHECK_THROWS_AS(upload->Append("x"), Error);
}

TEST_CASE("blobs are put, shared and erased") {
  Blobs blobs(kInMemory);
  CHECK(blobs.Put("abc") == kAbc);
  CHECK(blobs.Put("abc") == kAbc);
  const auto again = blobs.BeginUpload();
  again->Append("abc");
  CHECK(again->Commit(kAbc).matches);
  CHECK(blobs.Read(kAbc) == "abc");
  CHECK(blobs.Put("") == kEmpty);
  CHECK(blobs.Read(kEmpty) == "");
  CHECK(blobs.Erase(kAbc));
  CHECK_FALSE(blobs.Erase(kAbc));
  CHECK_FALSE(blobs.Exists(kAbc));
  CHECK_FALSE(blobs.Read(kAbc));
}

TEST_CASE("names from outside never become paths") {
  testing::TemporaryFolder folder;
  std::ofstream(folder.path() / "secret") << "x";
  Blobs blobs(folder.path());
  for (const std::string digest :
       {"", "sha256:", "sha256:../../secret", "ba7816bf", "sha512:ba78", "sha256:/etc/passwd",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"}) {
    INFO(digest);
    CHECK_FALSE(blobs.Find(digest));
    CHECK_FALSE(blobs.Erase(digest));
  }
  for (const std::string id : {"", ".", "..", "../secret", "/etc/passwd", "------------------------------------"}) {
    INFO(id);
    CHECK_FALSE(blobs.FindUpload(id));
    CHECK_FALSE(blobs.AbandonUpload(id));
  }
  CHECK(std::filesystem::exists(folder.path() / "secret"));
}

TEST_CASE("the temporary folder of blobs in memory is gone in the end") {
  std::filesystem::path path;
  {
    Blobs blobs(kInMemory);
    path = blobs.Find(blobs.Put("abc"))->path;
    CHECK(std::filesystem::exists(path));
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(std::filesystem::exists(path.parent_path().parent_path().parent_path().parent_path()));
}

TEST_CASE("several threads upload at once, also the same content") {
  Blobs blobs(kInMemory);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&blobs] {
      for (int round = 0; round < 20; ++round) {
        const auto upload = blobs.BeginUpload();
        const auto same = blobs.FindUpload(upload->id());
        upload->Append("round ");
        same->Append(std::to_string(round));
        upload->Commit();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (int round = 0; round < 20; ++round) {
    const std::string content = fmt::format("round {}", round);
    CHECK(blobs.Read(blobs.Put(content)) == content);
  }
}

}  // namespace drydock::store
