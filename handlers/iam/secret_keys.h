// Secret access keys and session tokens: what must not be guessed.
#pragma once

#include <cstddef>
#include <string>

namespace drydock::iam {

// 40 characters of base64, as AWS's are. From the system's own generator, never from Ids: ids may be seeded.
std::string SecretAccessKey();
// A session token made of `bytes` random bytes.
std::string SessionToken(std::size_t bytes = 192);

}  // namespace drydock::iam
