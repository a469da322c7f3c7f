#include "emulator/core/ids.h"

#include <fmt/compile.h>

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
  std::uint64_t high, low;
  {
    std::lock_guard lock(mutex_);
    high = engine_();
    low = engine_();
  }
  high = (high & ~0xF000ull) | 0x4000ull;  // the version
  low = (low >> 2) | (1ull << 63);         // the variant
  return fmt::format(FMT_COMPILE("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}"), high >> 32, high >> 16 & 0xFFFF, high & 0xFFFF,
                     low >> 48, low & 0xFFFF'FFFF'FFFF);
}

std::string Ids::TimeOrderedUuid(std::int64_t milliseconds) {
  std::string uuid = Uuid();
  const std::string time = fmt::format(FMT_COMPILE("{:012x}"), milliseconds & 0xFFFF'FFFF'FFFF);
  uuid.replace(0, 8, time, 0, 8).replace(9, 4, time, 8, 4);
  uuid[14] = '7';
  return uuid;
}

}  // namespace drydock
