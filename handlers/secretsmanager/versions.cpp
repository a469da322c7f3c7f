#include "handlers/secretsmanager/versions.h"

#include <algorithm>

#include "handlers/secretsmanager/errors.h"
#include "handlers/secretsmanager/sealing.h"

namespace drydock::secretsmanager {

namespace {

constexpr std::size_t kMostBytes = 65536;  // AWS General Reference, Secrets Manager quotas; the model counts characters
constexpr std::size_t kMostVersions = 100;
constexpr std::size_t kMostStages = 20;
constexpr Duration kDeprecatedStay = std::chrono::hours(24);

std::string About(const Secret& secret, const SecretVersion& version) {
  return secret.arn + " " + version.id;
}

// Versions without labels go once there are too many and they are a day old.
void CollectDeprecated(Secret& secret, Timestamp now) {
  while (secret.versions.size() >= kMostVersions) {
    const auto oldest = std::find_if(secret.versions.begin(), secret.versions.end(),
                                     [](const SecretVersion& version) { return version.stages.empty(); });
    if (oldest == secret.versions.end() || now - oldest->created < kDeprecatedStay) throw errors::TooManyVersions();
    secret.versions.erase(oldest);
  }
}

}  // namespace

std::optional<Value> ReadValue(const std::optional<std::string>& text, const std::optional<Blob>& binary) {
  if (text && binary) throw errors::BothValues();
  if (text && text->size() > kMostBytes) throw errors::ValueTooLong();
  if (text) return Value{*text, false};
  if (binary) return Value{binary->bytes, true};
  return std::nullopt;
}

SecretVersion* FindVersion(Secret& secret, const std::string& id) {
  for (SecretVersion& version : secret.versions)
    if (version.id == id) return &version;
  return nullptr;
}

SecretVersion* FindStage(Secret& secret, const std::string& stage) {
  for (SecretVersion& version : secret.versions)
    if (HasStage(version, stage)) return &version;
  return nullptr;
}

bool HasStage(const SecretVersion& version, const std::string& stage) {
  return std::find(version.stages.begin(), version.stages.end(), stage) != version.stages.end();
}

void RemoveStage(SecretVersion& version, const std::string& stage) {
  std::erase(version.stages, stage);
}

void MoveStage(Secret& secret, const std::string& stage, SecretVersion& version) {
  SecretVersion* holder = FindStage(secret, stage);
  if (holder == &version) return;
  if (holder) RemoveStage(*holder, stage);
  if (holder && stage == kCurrent) MoveStage(secret, kPrevious, *holder);
  // What becomes current is no longer the previous one.
  if (stage == kCurrent) RemoveStage(version, kPrevious);
  if (version.stages.size() >= kMostStages) throw errors::TooManyStages();
  version.stages.insert(std::upper_bound(version.stages.begin(), version.stages.end(), stage), stage);
}

SecretVersion& AddVersion(Context& context, Secret& secret, const std::optional<std::string>& token, const Value& value,
                          const std::vector<std::string>& stages) {
  if (!token) throw errors::TokenMissing();
  if (SecretVersion* existing = FindVersion(secret, *token)) {
    if (existing->binary != value.binary || ValueOf(context, secret, *existing) != value.bytes)
      throw errors::TokenInUse(*token, secret.arn);
    return *existing;
  }
  CollectDeprecated(secret, context.now);
  SecretVersion version;
  version.id = *token;
  version.binary = value.binary;
  version.kms_key_id = secret.kms_key_id;
  version.created = context.now;
  version.sealed_value = Seal(context, About(secret, version), value.bytes);
  secret.versions.push_back(std::move(version));
  SecretVersion& added = secret.versions.back();
  if (secret.versions.size() == 1) MoveStage(secret, kCurrent, added);
  for (const std::string& stage : stages) MoveStage(secret, stage, added);
  return added;
}

std::string ValueOf(Context& context, const Secret& secret, const SecretVersion& version) {
  return Unseal(context, About(secret, version), version.sealed_value);
}

}  // namespace drydock::secretsmanager
