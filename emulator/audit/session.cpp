#include "emulator/audit/session.h"

#include "emulator/core/text.h"
#include "store/records/iam/entity.h"
#include "store/records/sts/session.h"

namespace drydock::audit {

namespace {

// The user or root who asked for a federated user's session.
std::string IdOfIssuer(store::Transaction& tx, const records::sts::Session& session) {
  if (session.issued_to.ends_with(":root")) return session.account;
  const std::string name = session.issued_to.substr(session.issued_to.rfind('/') + 1);
  const auto user = tx.Get<records::iam::User>({session.account, ""}, name);
  return user ? user->id : "";
}

}  // namespace

SessionFacts SessionOf(store::Transaction& tx, const Principal& principal, Timestamp now) {
  if (principal.access_key.starts_with("ASIA")) {
    const auto session = tx.Get<records::sts::Session>({}, principal.access_key);
    if (!session) return {};
    SessionFacts facts;
    facts.role_arn = session->role_arn;
    facts.created = session->created;
    facts.federated_provider = session->federated_provider;
    facts.source_identity = session->source_identity;
    if (session->type == "FederatedUser") {
      facts.issuer_arn = session->issued_to;
      facts.issuer_id = IdOfIssuer(tx, *session);
    }
    return facts;
  }
  if (principal.type != Principal::Type::kAssumedRole) return {};
  const auto parts = Split(principal.arn, '/');  // arn:aws:sts::A:assumed-role/R/S
  const auto role = parts.size() < 2 ? std::nullopt : tx.Get<records::iam::Role>({principal.account, ""}, parts[1]);
  SessionFacts facts;
  facts.created = now;
  if (role) facts.role_arn = "arn:aws:iam::" + principal.account + ":role" + role->path + role->name;
  return facts;
}

}  // namespace drydock::audit
