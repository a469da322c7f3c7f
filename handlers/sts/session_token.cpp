#include <algorithm>

#include "api/sts/GetAccessKeyInfoRequest.h"
#include "api/sts/GetAccessKeyInfoResponse.h"
#include "api/sts/GetSessionTokenRequest.h"
#include "api/sts/GetSessionTokenResponse.h"
#include "emulator/api/operation.h"
#include "handlers/engines.h"
#include "handlers/iam/operation_access.h"
#include "handlers/sts/errors.h"
#include "handlers/sts/sessions.h"
#include "store/database.h"
#include "store/records/iam/entity.h"

namespace drydock::sts {

using records::sts::Session;

// STS API Reference, GetSessionToken: 12 hours unless said otherwise; the root user gets an hour at most.
AWS_OPERATION(sts, GetSessionToken)
AWS_ACCESS()
GetSessionTokenResponse GetSessionToken(Context& context, const GetSessionTokenRequest& in) {
  constexpr std::int32_t kDefault = 43200, kRootMost = 3600;
  const Principal& principal = context.principal;
  if (principal.type == Principal::Type::kAssumedRole || principal.access_key.starts_with("ASIA"))
    throw errors::NotWithSession("GetSessionToken");
  const bool root = principal.type == Principal::Type::kRoot;
  const std::int32_t seconds = in.DurationSeconds.value_or(root ? kRootMost : kDefault);
  Session session;
  session.account = principal.account;
  session.arn = principal.arn;
  session.user_id = principal.user_id;
  session.type = root ? "Root" : "User";
  session.issued_to = principal.arn;
  IssueCredentials(context, session, std::chrono::seconds(root ? std::min(seconds, kRootMost) : seconds));

  GetSessionTokenResponse out;
  out.Credentials = RenderCredentials(session);
  return out;
}

// The account that a key belongs to. A key that Drydock did not give out acts for the default account.
AWS_OPERATION(sts, GetAccessKeyInfo)
GetAccessKeyInfoResponse GetAccessKeyInfo(Context& context, const GetAccessKeyInfoRequest& in) {
  if (iam::IsSessionOfUser(context.principal)) throw errors::NotWithSession("GetAccessKeyInfo");
  GetAccessKeyInfoResponse out;
  if (const auto session = context.tx.Get<Session>({}, *in.AccessKeyId)) {
    out.Account = session->account;
  } else if (const auto key = context.tx.Get<records::iam::AccessKey>({}, *in.AccessKeyId)) {
    out.Account = key->owner;
  } else {
    out.Account = context.engines.settings.default_account;
  }
  return out;
}

}  // namespace drydock::sts
