#include "handlers/iam/usage.h"

#include <chrono>

#include "emulator/core/text.h"
#include "store/records/iam/entity.h"
#include "store/records/iam/service_use.h"

namespace drydock::iam {

namespace {

constexpr auto kAsTrueAs = std::chrono::minutes(1);
constexpr std::size_t kMostNoted = 10000;

void NoteKey(store::Transaction& tx, const Principal& principal, const std::string& service, const std::string& region,
             Timestamp now) {
  auto key = tx.Get<records::iam::AccessKey>({}, principal.access_key);
  if (!key || key->deleted) return;
  key->last_used = now;
  key->last_used_service = service;
  key->last_used_region = region;
  tx.Put({}, *key);
}

// The ARN of the role whose session the caller is; empty when it is gone.
std::string NoteRole(store::Transaction& tx, const Principal& principal, const std::string& region, Timestamp now) {
  const std::vector<std::string> parts = Split(principal.arn, '/');
  if (parts.size() != 3) return "";
  const Scope owner{principal.account, ""};
  auto role = tx.Get<records::iam::Role>(owner, parts[1]);
  if (!role || !principal.user_id.starts_with(role->id + ":")) return "";
  role->last_used = now;
  role->last_used_region = region;
  tx.Put(owner, *role);
  return "arn:aws:iam::" + principal.account + ":role" + role->path + role->name;
}

}  // namespace

void Usage::Note(const Principal& principal, const std::string& service, const std::string& region, Timestamp now,
                 store::Transaction* transaction) {
  if (principal.type != Principal::Type::kUser && principal.type != Principal::Type::kAssumedRole) return;
  if (transaction && !transaction->writable()) return;
  {
    std::lock_guard lock(mutex_);
    if (noted_.size() >= kMostNoted) noted_.clear();
    auto [noted, first] = noted_.try_emplace({principal.access_key + principal.arn, service}, now);
    if (!first && now - noted->second < kAsTrueAs) return;
    noted->second = now;
  }
  const auto write = [&](store::Transaction& tx) {
    std::string entity = principal.arn;
    if (principal.type == Principal::Type::kAssumedRole)
      entity = NoteRole(tx, principal, region, now);
    else
      NoteKey(tx, principal, service, region, now);
    if (!entity.empty()) tx.Put({principal.account, ""}, records::iam::ServiceUse{entity, service, now, region});
  };
  if (transaction)
    write(*transaction);
  else
    database_.Write(write);
}

}  // namespace drydock::iam
