#include <algorithm>

#include "api/sts/GetFederationTokenRequest.h"
#include "api/sts/GetFederationTokenResponse.h"
#include "emulator/api/operation.h"
#include "handlers/sts/errors.h"
#include "handlers/sts/session_content.h"
#include "handlers/sts/sessions.h"
#include "store/database.h"

namespace drydock::sts {

// STS API Reference, GetFederationToken: what the session may do is what the caller may and the session policies allow;
// without session policies that is nothing. 12 hours unless said otherwise; the root user gives an hour at most.
AWS_OPERATION(sts, GetFederationToken)
AWS_ACCESS("federated-user/{Name}", "Tags? sts:TagSession federated-user/{Name}")
GetFederationTokenResponse GetFederationToken(Context& context, const GetFederationTokenRequest& in) {
  constexpr std::int32_t kDefault = 43200, kRootMost = 3600;
  const Principal& principal = context.principal;
  if (principal.type == Principal::Type::kAssumedRole || principal.access_key.starts_with("ASIA"))
    throw errors::NotWithSession("GetFederationToken");
  const bool root = principal.type == Principal::Type::kRoot;
  const std::int32_t seconds = in.DurationSeconds.value_or(root ? kRootMost : kDefault);
  records::sts::Session session;
  session.account = principal.account;
  session.arn = "arn:aws:sts::" + principal.account + ":federated-user/" + *in.Name;
  session.user_id = principal.account + ":" + *in.Name;
  session.type = "FederatedUser";
  session.issued_to = principal.arn;
  AddTags(session, TagsOf(in.Tags), {}, nullptr);
  const auto packed = AddPolicies(context, in.Policy, in.PolicyArns, session);
  IssueCredentials(context, session, std::chrono::seconds(root ? std::min(seconds, kRootMost) : seconds));

  GetFederationTokenResponse out;
  out.Credentials = RenderCredentials(session);
  out.FederatedUser.emplace();
  out.FederatedUser->FederatedUserId = session.user_id;
  out.FederatedUser->Arn = session.arn;
  out.PackedPolicySize = packed;
  return out;
}

}  // namespace drydock::sts
