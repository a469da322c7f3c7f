// Versions of a secret's value and their staging labels.
// Source: Secrets Manager User Guide, "What's in a secret" (Secret versions); PutSecretValue and
// UpdateSecretVersionStage in the API Reference; recorded/secretsmanager.json; aws-facts F.3.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/schema.h"
#include "store/records/secretsmanager/secret.h"

namespace drydock::secretsmanager {

using records::secretsmanager::Secret;
using records::secretsmanager::SecretVersion;

inline constexpr const char* kCurrent = "AWSCURRENT";
inline constexpr const char* kPrevious = "AWSPREVIOUS";

// The value of a request: SecretString or SecretBinary.
struct Value {
  std::string bytes;
  bool binary = false;
};
// nullopt when the request has neither; throws when it has both.
std::optional<Value> ReadValue(const std::optional<std::string>& text, const std::optional<Blob>& binary);

// nullptr when there is none.
SecretVersion* FindVersion(Secret& secret, const std::string& id);
SecretVersion* FindStage(Secret& secret, const std::string& stage);
bool HasStage(const SecretVersion& version, const std::string& stage);

// Puts a label on a version and takes it from the one that had it. When AWSCURRENT moves, AWSPREVIOUS goes to where it
// was.
void MoveStage(Secret& secret, const std::string& stage, SecretVersion& version);
void RemoveStage(SecretVersion& version, const std::string& stage);

// Adds a version under the id `token` with these labels; the very first version is AWSCURRENT whatever they are.
// The same token with the same value changes nothing. Returns the version.
SecretVersion& AddVersion(Context& context, Secret& secret, const std::optional<std::string>& token, const Value& value,
                          const std::vector<std::string>& stages);

std::string ValueOf(Context& context, const Secret& secret, const SecretVersion& version);

}  // namespace drydock::secretsmanager
