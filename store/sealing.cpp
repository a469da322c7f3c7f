#include "store/sealing.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>
#include <stdexcept>

#include "emulator/core/text.h"
#include "store/database.h"
#include "store/records/sealing_key.h"

namespace drydock::store {

using records::SealingKey;

namespace {

constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}
const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Random(std::size_t size) {
  std::string bytes(size, '\0');
  if (RAND_bytes(Bytes(bytes), static_cast<int>(size)) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return bytes;
}

std::string KeyBytes(const SealingKey& key) {
  std::string bytes;
  if (!DecodeBase64(key.key, bytes) || bytes.size() != kKeyBytes) throw Error("the sealing key is damaged");
  return bytes;
}

void Require(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses AES-256-GCM");
}

}  // namespace

std::string Seal(Transaction& tx, std::string_view about, std::string_view value) {
  auto key = tx.Get<SealingKey>({}, std::string("1"));
  if (!key) {
    key = SealingKey{"1", EncodeBase64(Random(kKeyBytes))};
    tx.Put({}, *key);
  }
  const std::string secret = KeyBytes(*key);
  std::string nonce = Random(kNonceBytes), tag(kTagBytes, '\0'), sealed(value.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  Require(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(secret), Bytes(nonce)) == 1);
  Require(EVP_EncryptUpdate(cipher.get(), nullptr, &length, Bytes(about), static_cast<int>(about.size())) == 1);
  Require(EVP_EncryptUpdate(cipher.get(), Bytes(sealed), &length, Bytes(value), static_cast<int>(value.size())) == 1);
  Require(EVP_EncryptFinal_ex(cipher.get(), nullptr, &length) == 1);
  Require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1);
  return EncodeBase64(nonce + tag + sealed);
}

std::optional<std::string> Unseal(Transaction& tx, std::string_view about, const std::string& sealed) {
  const auto key = tx.Get<SealingKey>({}, std::string("1"));
  std::string bytes;
  if (!key || !DecodeBase64(sealed, bytes) || bytes.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string secret = KeyBytes(*key);
  std::string tag = bytes.substr(kNonceBytes, kTagBytes);
  const std::string_view text = std::string_view(bytes).substr(kNonceBytes + kTagBytes);
  std::string value(text.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int length = 0;
  Require(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(secret), Bytes(std::string_view(bytes))) ==
          1);
  Require(EVP_DecryptUpdate(cipher.get(), nullptr, &length, Bytes(about), static_cast<int>(about.size())) == 1);
  Require(EVP_DecryptUpdate(cipher.get(), Bytes(value), &length, Bytes(text), static_cast<int>(text.size())) == 1);
  Require(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1);
  if (EVP_DecryptFinal_ex(cipher.get(), nullptr, &length) != 1) return std::nullopt;
  return value;
}

}  // namespace drydock::store
