// Identifiers, as each service spells them. Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <string_view>

namespace drydock {

class Ids {
 public:
  // Seeded from the system's entropy, or with a fixed seed so that a test sees the same ids every time.
  Ids();
  explicit Ids(std::uint64_t seed);

  // `length` characters out of `alphabet`.
  std::string Random(std::string_view alphabet, std::size_t length);
  std::string Hex(std::size_t length) { return Random("0123456789abcdef", length); }
  std::string Digits(std::size_t length) { return Random("0123456789", length); }
  std::string Alphanumeric(std::size_t length) {
    return Random("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", length);
  }
  // IAM's unique ids and access keys: AROA… and 17 more (keys: AKIA… and 16 more).
  std::string Iam(std::string_view prefix, std::size_t total) {
    return std::string(prefix) + Random("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", total - prefix.size());
  }
  // EC2's form: "vpc" gives vpc-0123456789abcdef0.
  std::string Ec2(std::string_view prefix) { return std::string(prefix) + "-0" + Hex(16); }
  // RFC 9562, version 4.
  std::string Uuid();
  // RFC 9562, version 7: those of later milliseconds are greater.
  std::string TimeOrderedUuid(std::int64_t milliseconds);

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

}  // namespace drydock
