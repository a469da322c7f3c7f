#include "handlers/sts/sessions.h"

#include <chrono>

#include "handlers/iam/secret_keys.h"
#include "store/credentials.h"
#include "store/database.h"

namespace drydock::sts {

using records::sts::Session;

namespace {

constexpr char kRetention[] = "sts.retention";
constexpr Duration kDay = std::chrono::hours(24), kMemory = 90 * kDay;

// A key that was erased would be one that nobody gave out, and those act as root: the key itself stays known. Whether
// there are sessions to forget later.
bool ForgetSessions(store::Transaction& tx, Timestamp now) {
  bool more = false;
  for (const Session& session : tx.List<Session>({})) {
    if (session.sealed.empty()) continue;
    if (now < session.expires + kMemory) {
      more = true;
      continue;
    }
    Session key;
    key.access_key = session.access_key;
    key.account = session.account;
    key.expires = session.expires;
    tx.Put({}, key);
  }
  return more;
}

}  // namespace

void IssueCredentials(Context& context, Session& session, Duration duration) {
  session.access_key = context.ids.Iam("ASIA", 20);
  session.secret = iam::SecretAccessKey();
  session.token = iam::SessionToken();
  session.created = context.now;
  session.expires = context.now + duration;
  store::PutSealed(context.tx, session);
  if (!context.tx.GetTimer(kRetention, {}, ""))
    context.tx.SetTimer({.kind = kRetention, .scope = {}, .key = "", .due = context.now + kDay});
}

Credentials RenderCredentials(const Session& session) {
  Credentials credentials;
  credentials.AccessKeyId = session.access_key;
  credentials.SecretAccessKey = session.secret;
  credentials.SessionToken = session.token;
  credentials.Expiration = session.expires;
  return credentials;
}

void RegisterTimers(store::Timers& timers, Engines& engines, Ids&) {
  timers.On(kRetention, [&clock = engines.clock](store::Transaction& tx, const store::Timer& timer) {
    if (!ForgetSessions(tx, clock.Now())) return;
    store::Timer next = timer;
    next.due = clock.Now() + kDay;
    tx.SetTimer(next);
  });
}

}  // namespace drydock::sts
