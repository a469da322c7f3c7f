#include "emulator/audit/session.h"

#include "emulator/core/text.h"
#include "store/records/iam/entity.h"
#include "store/records/sts/session.h"

namespace drydock::audit {

SessionFacts SessionOf(store::Transaction& tx, const Principal& principal, Timestamp now) {
  if (principal.access_key.starts_with("ASIA")) {
    const auto session = tx.Get<records::sts::Session>({}, principal.access_key);
    return session ? SessionFacts{session->role_arn, session->created} : SessionFacts{};
  }
  if (principal.type != Principal::Type::kAssumedRole) return {};
  const auto parts = Split(principal.arn, '/');  // arn:aws:sts::A:assumed-role/R/S
  const auto role = parts.size() < 2 ? std::nullopt : tx.Get<records::iam::Role>({principal.account, ""}, parts[1]);
  if (!role) return {"", now};
  return {"arn:aws:iam::" + principal.account + ":role" + role->path + role->name, now};
}

}  // namespace drydock::audit
