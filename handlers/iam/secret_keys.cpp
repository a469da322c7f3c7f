#include "handlers/iam/secret_keys.h"

#include <openssl/rand.h>

#include <stdexcept>

#include "emulator/core/text.h"

namespace drydock::iam {

namespace {
std::string RandomBase64(std::size_t bytes) {
  std::string random(bytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), static_cast<int>(bytes)) != 1)
    throw std::runtime_error("the system gives no random bytes");
  return EncodeBase64(random);
}
}  // namespace

std::string SecretAccessKey() {
  return RandomBase64(30);
}
std::string SessionToken(std::size_t bytes) {
  return RandomBase64(bytes);
}

}  // namespace drydock::iam
