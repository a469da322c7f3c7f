// Passwords: what is kept of them, and what an account's policy asks.
#pragma once

#include <string>
#include <string_view>

#include "store/records/iam/login.h"

namespace drydock::iam {

// Salted PBKDF2-HMAC-SHA-256, base64.
std::string HashPassword(std::string_view password);
bool PasswordIs(std::string_view password, const std::string& hashed);

// IAM User Guide, "Setting an account password policy": without a policy of its own an account asks for eight
// characters of three kinds, and for another text than the account's number.
bool Conforms(std::string_view password, const records::iam::PasswordPolicy* policy, std::string_view account);

}  // namespace drydock::iam
