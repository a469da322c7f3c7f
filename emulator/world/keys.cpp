#include "emulator/world/keys.h"

#include "store/credentials.h"
#include "store/records/iam/entity.h"
#include "store/records/sts/session.h"

namespace drydock::world {

namespace {

Principal::Type TypeOf(const std::string& name) {
  if (name == "AssumedRole") return Principal::Type::kAssumedRole;
  return name == "Root" ? Principal::Type::kRoot : Principal::Type::kUser;
}

auth::KnownKey Known(const records::sts::Session& session) {
  return {session.secret,
          session.token,
          session.expires,
          !session.secret.empty(),  // what cannot be opened any more must not be signed with nothing
          {TypeOf(session.type), session.account, session.arn, session.user_id, session.access_key, ""}};
}

}  // namespace

std::optional<auth::KnownKey> StoredKeys::Find(const std::string& access_key) const {
  // Only what IAM and STS make is looked up: `test` and account numbers cost nothing.
  const bool temporary = access_key.starts_with("ASIA");
  if (!temporary && !access_key.starts_with("AKIA")) return std::nullopt;
  return database_.Read([&](store::Transaction& tx) -> std::optional<auth::KnownKey> {
    if (temporary) {
      auto session = tx.Get<records::sts::Session>({}, access_key);
      if (!session) return std::nullopt;
      store::Open(tx, *session);
      return Known(*session);
    }
    auto key = tx.Get<records::iam::AccessKey>({}, access_key);
    if (!key) return std::nullopt;
    store::Open(tx, *key);
    auth::KnownKey known{key->secret, "", std::nullopt, false, {}};
    // A key whose user is gone stays known, and is refused: unknown keys act as root.
    const auto user = tx.Get<records::iam::User>({key->owner, ""}, key->user);
    if (!user || key->deleted) return known;
    known.active = key->active && !key->secret.empty();
    known.principal = {Principal::Type::kUser,
                       key->owner,
                       "arn:aws:iam::" + key->owner + ":user" + user->path + user->name,
                       user->id,
                       key->id,
                       ""};
    return known;
  });
}

}  // namespace drydock::world
