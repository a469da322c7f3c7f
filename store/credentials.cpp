#include "store/credentials.h"

#include <algorithm>

#include "store/database.h"
#include "store/sealing.h"

namespace drydock::store {

using records::iam::AccessKey;
using records::sts::Session;

namespace {

std::string SealedAs(const std::string& key) {
  return "access-key " + key;
}

}  // namespace

void PutSealed(Transaction& tx, AccessKey key) {
  key.sealed = Seal(tx, SealedAs(key.id), key.secret);
  key.secret.clear();
  tx.Put({}, key);
}

void PutSealed(Transaction& tx, Session session) {
  session.sealed = Seal(tx, SealedAs(session.access_key), session.secret + " " + session.token);
  session.secret.clear();
  session.token.clear();
  tx.Put({}, session);
}

void Open(Transaction& tx, AccessKey& key) {
  if (!key.sealed.empty()) key.secret = Unseal(tx, SealedAs(key.id), key.sealed).value_or("");
}

void Open(Transaction& tx, Session& session) {
  if (session.sealed.empty()) return;
  const std::string opened = Unseal(tx, SealedAs(session.access_key), session.sealed).value_or("");
  const auto space = std::min(opened.find(' '), opened.size());
  session.secret = opened.substr(0, space);
  session.token = opened.substr(std::min(space + 1, opened.size()));
}

void SealOldCredentials(Transaction& tx) {
  for (const AccessKey& key : tx.List<AccessKey>({}))
    if (!key.secret.empty()) PutSealed(tx, key);
  for (const Session& session : tx.List<Session>({}))
    if (!session.secret.empty()) PutSealed(tx, session);
}

}  // namespace drydock::store
