#include "emulator/tasks/proxy_protocol.h"

#include <catch2/catch.hpp>

using namespace drydock::tasks;

// haproxy.org, doc/proxy-protocol.txt, section 2.2.
TEST_CASE("a preface byte by byte") {
  const std::string bytes = EncodePreface({"10.0.0.10", 0x1234, "10.0.10.5", 3000, "vpc-1"});
  const std::string expected(
      "\r\n\r\n\0\r\nQUIT\n"
      "\x21\x11\0\x14"
      "\x0a\0\0\x0a"
      "\x0a\0\x0a\x05"
      "\x12\x34\x0b\xb8"
      "\xe0\0\x05vpc-1",
      16 + 12 + 8);
  CHECK(bytes == expected);
  Preface read;
  std::size_t size = 0;
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    REQUIRE(DecodePreface(std::string_view(bytes).substr(0, n), read, size) == PrefaceOutcome::kIncomplete);
  }
  REQUIRE(DecodePreface(bytes + "GET", read, size) == PrefaceOutcome::kComplete);
  CHECK(size == bytes.size());
  CHECK(read.source_address == "10.0.0.10");
  CHECK(read.source_port == 0x1234);
  CHECK(read.destination_address == "10.0.10.5");
  CHECK(read.destination_port == 3000);
  CHECK(read.vpc_id == "vpc-1");
}

TEST_CASE("anything else is no preface") {
  const auto outcome = [](const std::string& bytes) {
    Preface preface;
    std::size_t size = 0;
    return DecodePreface(bytes, preface, size);
  };
  CHECK(outcome("GET / HTTP/1.1\r\n") == PrefaceOutcome::kInvalid);
  CHECK(outcome("\r\n\r\nGET") == PrefaceOutcome::kInvalid);
  std::string bytes = EncodePreface({"10.0.0.10", 0, "10.0.10.5", 3000, "vpc-1"});
  std::string local = bytes;
  local[12] = 0x20;
  CHECK(outcome(local) == PrefaceOutcome::kInvalid);
  std::string udp = bytes;
  udp[13] = 0x12;
  CHECK(outcome(udp) == PrefaceOutcome::kInvalid);
  std::string long_value = bytes;
  long_value[30] = 0x7f;
  CHECK(outcome(long_value) == PrefaceOutcome::kInvalid);
  std::string endless = bytes;
  endless[14] = 0x7f;
  CHECK(outcome(endless) == PrefaceOutcome::kInvalid);
  CHECK(outcome(EncodePreface({"10.0.0.10", 0, "10.0.10.5", 3000, ""})) == PrefaceOutcome::kInvalid);
  Preface preface;
  std::size_t size = 0;
  REQUIRE(DecodePreface(EncodePreface({"", 0, "10.0.10.5", 3000, "v"}), preface, size) == PrefaceOutcome::kComplete);
  CHECK(preface.source_address == "0.0.0.0");
}
