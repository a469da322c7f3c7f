#include "handlers/iam/passwords.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>

#include "emulator/core/text.h"

namespace drydock::iam {

namespace {

constexpr std::size_t kSaltBytes = 16, kHashBytes = 32;
constexpr int kRounds = 10000;  // a few milliseconds

std::string HashWith(std::string_view password, const std::string& salt) {
  std::string hash(kHashBytes, '\0');
  if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()), kRounds,
                        EVP_sha256(), kHashBytes, reinterpret_cast<unsigned char*>(hash.data())) != 1)
    throw std::runtime_error("OpenSSL refuses PBKDF2");
  return hash;
}

bool IsSymbol(char c) {
  static constexpr std::string_view kSymbols = "!@#$%^&*()_+-=[]{}|'";  // API Reference, RequireSymbols
  return kSymbols.find(c) != std::string_view::npos;
}

}  // namespace

std::string HashPassword(std::string_view password) {
  std::string salt(kSaltBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), kSaltBytes) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return EncodeBase64(salt + HashWith(password, salt));
}

bool PasswordIs(std::string_view password, const std::string& hashed) {
  std::string bytes;
  if (!DecodeBase64(hashed, bytes) || bytes.size() != kSaltBytes + kHashBytes) return false;
  const std::string hash = HashWith(password, bytes.substr(0, kSaltBytes));
  return CRYPTO_memcmp(hash.data(), bytes.data() + kSaltBytes, kHashBytes) == 0;
}

bool Conforms(std::string_view password, const records::iam::PasswordPolicy* policy, std::string_view account) {
  bool upper = false, lower = false, digit = false, symbol = false;
  for (const char c : password) {
    upper |= c >= 'A' && c <= 'Z';
    lower |= c >= 'a' && c <= 'z';
    digit |= c >= '0' && c <= '9';
    symbol |= IsSymbol(c);
  }
  if (!policy) return password.size() >= 8 && upper + lower + digit + symbol >= 3 && password != account;
  return password.size() >= static_cast<std::size_t>(policy->minimum_length) && (upper || !policy->require_uppercase) &&
         (lower || !policy->require_lowercase) && (digit || !policy->require_numbers) &&
         (symbol || !policy->require_symbols);
}

}  // namespace drydock::iam
