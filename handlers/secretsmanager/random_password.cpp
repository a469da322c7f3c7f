#include <openssl/rand.h>
#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "api/secretsmanager/GetRandomPasswordRequest.h"
#include "api/secretsmanager/GetRandomPasswordResponse.h"
#include "emulator/api/operation.h"
#include "handlers/secretsmanager/errors.h"

namespace drydock::secretsmanager {

namespace {

// Evenly distributed, from the system's generator.
std::size_t RandomBelow(std::size_t bound) {
  const std::uint32_t limit = UINT32_MAX - UINT32_MAX % static_cast<std::uint32_t>(bound);
  std::uint32_t number = 0;
  do {
    if (RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) != 1)
      throw std::runtime_error("the system gives no random bytes");
  } while (number >= limit);
  return number % bound;
}

char RandomOf(const std::string& alphabet) {
  return alphabet[RandomBelow(alphabet.size())];
}

}  // namespace

AWS_OPERATION(secretsmanager, GetRandomPassword)
GetRandomPasswordResponse GetRandomPassword(Context&, const GetRandomPasswordRequest& in) {
  const std::string excluded = in.ExcludeCharacters.value_or("");
  std::vector<std::string> types;
  const auto include = [&](bool wanted, std::string characters) {
    if (!wanted) return;
    std::erase_if(characters, [&](char c) { return excluded.find(c) != std::string::npos; });
    if (!characters.empty()) types.push_back(std::move(characters));
  };
  include(!in.ExcludeLowercase.value_or(false), "abcdefghijklmnopqrstuvwxyz");
  include(!in.ExcludeUppercase.value_or(false), "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  include(!in.ExcludeNumbers.value_or(false), "0123456789");
  include(!in.ExcludePunctuation.value_or(false), "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
  include(in.IncludeSpace.value_or(false), " ");
  if (types.empty()) throw errors::NothingToChooseFrom();

  const std::size_t length = static_cast<std::size_t>(in.PasswordLength.value_or(32));
  std::string password;
  if (in.RequireEachIncludedType.value_or(true)) {
    if (length < types.size()) throw errors::PasswordTooShort();
    for (const std::string& type : types) password += RandomOf(type);
  }
  std::string all;
  for (const std::string& type : types) all += type;
  while (password.size() < length) password += RandomOf(all);
  for (std::size_t i = password.size(); i > 1; --i) std::swap(password[i - 1], password[RandomBelow(i)]);

  GetRandomPasswordResponse out;
  out.RandomPassword = password;
  return out;
}

}  // namespace drydock::secretsmanager
