#include "handlers/sts/sessions.h"

#include "handlers/iam/secret_keys.h"
#include "store/credentials.h"

namespace drydock::sts {

void IssueCredentials(Context& context, records::sts::Session& session, Duration duration) {
  session.access_key = context.ids.Iam("ASIA", 20);
  session.secret = iam::SecretAccessKey();
  session.token = iam::SessionToken();
  session.created = context.now;
  session.expires = context.now + duration;
  store::PutSealed(context.tx, session);
}

Credentials RenderCredentials(const records::sts::Session& session) {
  Credentials credentials;
  credentials.AccessKeyId = session.access_key;
  credentials.SecretAccessKey = session.secret;
  credentials.SessionToken = session.token;
  credentials.Expiration = session.expires;
  return credentials;
}

}  // namespace drydock::sts
