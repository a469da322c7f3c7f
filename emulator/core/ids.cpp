#include "emulator/core/ids.h"

#include <fmt/format.h>

namespace drydock {

namespace {
std::mt19937_64 FromEntropy() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
  return std::mt19937_64(seed);
}
}  // namespace

Ids::Ids() : engine_(FromEntropy()) {}
Ids::Ids(std::uint64_t seed) : engine_(seed) {}

std::string Ids::Random(std::string_view alphabet, std::size_t length) {
  std::lock_guard lock(mutex_);
  std::uniform_int_distribution<std::size_t> pick(0, alphabet.size() - 1);
  std::string id(length, '0');
  for (char& c : id) c = alphabet[pick(engine_)];
  return id;
}

std::string Ids::Uuid() {
  std::string uuid = Hex(36);
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) uuid[dash] = '-';
  uuid[14] = '4';
  uuid[19] = Random("89ab", 1)[0];
  return uuid;
}

std::string Ids::TimeOrderedUuid(std::int64_t milliseconds) {
  std::string uuid = Uuid();
  const std::string time = fmt::format("{:012x}", milliseconds & 0xFFFF'FFFF'FFFF);
  uuid.replace(0, 8, time, 0, 8).replace(9, 4, time, 8, 4);
  uuid[14] = '7';
  return uuid;
}

}  // namespace drydock
