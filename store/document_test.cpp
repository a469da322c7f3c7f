#include "store/document.h"

#include <limits>

#include <catch2/catch.hpp>

#include "store/database.h"

namespace {
struct Part {
  std::string name;
  std::optional<std::int32_t> port;
};
struct Everything {
  std::string text;
  bool flag = false;
  std::int32_t small = 0;
  std::int64_t large = 0;
  double fraction = 0;
  drydock::Timestamp time;
  drydock::Blob bytes;
  std::optional<std::string> absent;
  std::optional<std::string> present;
  std::optional<drydock::Timestamp> when;
  Part part;
  std::optional<Part> maybe;
  std::vector<Part> parts;
  drydock::List<std::string> labels;
  drydock::Map<std::string> tags;
  std::map<std::string, Part> by_name;
  drydock::Box<Everything> inner;
};
// What an earlier version of Everything looked like.
struct Less {
  std::string text;
  std::string dropped;
};
}  // namespace
DRYDOCK_SCHEMA(Part, name, port)
DRYDOCK_SCHEMA(Everything, text, flag, small, large, fraction, time, bytes, absent, present, when, part, maybe, parts,
               labels, tags, by_name, inner)
DRYDOCK_SCHEMA(Less, text, dropped)

namespace drydock::store {

namespace {
template <class T>
std::string Write(const T& record) {
  return WriteDocument(SchemaOf<T>(), &record);
}
template <class T>
T Read(std::string_view document) {
  T record;
  ReadDocument(SchemaOf<T>(), document, &record);
  return record;
}
}  // namespace

TEST_CASE("a document holds every kind of member and gives it back") {
  Everything all;
  all.text = std::string("quote \" newline \n nul \0 umlaut \xc3\xa4", 34);
  all.flag = true;
  all.small = std::numeric_limits<std::int32_t>::min();
  all.large = std::numeric_limits<std::int64_t>::max();
  all.fraction = 0.1 + 0.2;
  all.time = {1'795'488'439'123};
  all.bytes.bytes = std::string("\0\xff\x10", 3);
  all.present = "";
  all.when = Timestamp{-1};
  all.part = {"a", 80};
  all.maybe = Part{"b", std::nullopt};
  all.parts = {{"c", 1}, {"d", std::nullopt}};
  all.labels = std::vector<std::string>{"x", "y"};
  all.tags["Name"] = "web";
  all.by_name["e"] = {"e", 2};
  all.inner.emplace().text = "inner";

  const auto copy = Read<Everything>(Write(all));
  CHECK(copy.text == all.text);
  CHECK(copy.flag);
  CHECK(copy.small == all.small);
  CHECK(copy.large == all.large);
  CHECK(copy.fraction == all.fraction);
  CHECK(copy.time == all.time);
  CHECK(copy.bytes == all.bytes);
  CHECK_FALSE(copy.absent);
  CHECK(copy.present == "");
  CHECK(copy.when == all.when);
  CHECK(copy.part.port == 80);
  REQUIRE(copy.maybe);
  CHECK(copy.maybe->name == "b");
  CHECK_FALSE(copy.maybe->port);
  REQUIRE(copy.parts.size() == 2);
  CHECK(copy.parts[0].port == 1);
  CHECK(copy.labels == all.labels);
  CHECK(copy.tags == all.tags);
  CHECK(copy.by_name.at("e").port == 2);
  REQUIRE(copy.inner);
  CHECK(copy.inner->text == "inner");
  CHECK(Write(copy) == Write(all));
}

TEST_CASE("a document spells times, bytes and absence as the header says") {
  CHECK(Write(Part{"a", std::nullopt}) == R"({"name":"a"})");
  CHECK(Write(Part{"a", 80}) == R"({"name":"a","port":80})");
  Everything all;
  all.time = {5};
  all.bytes.bytes = "ab";
  const auto document = Write(all);
  CHECK(document.find(R"("time":5,"bytes":"YWI=")") != std::string::npos);
  CHECK(document.find("labels") == std::string::npos);
  CHECK(document.find("tags") == std::string::npos);
  CHECK(document.find("absent") == std::string::npos);

  CHECK_FALSE(Read<Everything>(document).labels.present);
  all.labels.present = true;
  CHECK(Read<Everything>(Write(all)).labels.present);
}

TEST_CASE("documents of other versions are read: new members have defaults, old ones are passed over") {
  const auto all = Read<Everything>(Write(Less{"kept", "gone"}));
  CHECK(all.text == "kept");
  CHECK(all.small == 0);
  CHECK(Read<Less>(R"({"later":{"a":[1]},"dropped":"2","text":"1"})").dropped == "2");
  CHECK(Read<Less>(R"({"text":null})").text.empty());
}

TEST_CASE("what is no such document is an error, never a crash") {
  for (const char* text :
       {"", "{", "[]", "1", "{\"text\":1}", "{\"flag\":\"x\"}", "{\"small\":3000000000}", "{\"time\":\"now\"}",
        "{\"bytes\":\"?\"}", "{\"parts\":{}}", "{\"tags\":[]}", "{\"part\":1}"}) {
    INFO(text);
    CHECK_THROWS_AS(Read<Everything>(text), Error);
  }
  CHECK_THROWS_AS(Read<Everything>(std::string(1'000'000, '[')), Error);
  Everything all;
  all.fraction = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(Write(all), std::logic_error);
}

}  // namespace drydock::store
