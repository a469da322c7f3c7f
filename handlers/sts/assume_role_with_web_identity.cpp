#include <algorithm>

#include "api/sts/AssumeRoleWithWebIdentityRequest.h"
#include "api/sts/AssumeRoleWithWebIdentityResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "emulator/core/web_identity.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/trust.h"
#include "handlers/sts/errors.h"
#include "handlers/sts/session_content.h"
#include "handlers/sts/sessions.h"
#include "handlers/sts/web_identity_token.h"
#include "store/database.h"
#include "store/records/iam/identity_provider.h"
#include "store/records/sts/issuer_keys.h"

namespace drydock::sts {

namespace policy = auth::policy;
using records::iam::OpenIdConnectProvider;

namespace {

constexpr const char* kAction = "sts:AssumeRoleWithWebIdentity";

// The token must come from a provider of the role's account, for one of its clients, be signed by the issuer, and be
// valid now.
OpenIdConnectProvider CheckToken(Context& context, const std::string& account, const WebIdentityToken& token) {
  const auto provider = context.tx.Get<OpenIdConnectProvider>(
      {account, ""}, "arn:aws:iam::" + account + ":oidc-provider/" + token.issuer);
  if (!provider) throw errors::NoProvider("https://" + token.issuer);
  const auto keys = context.tx.Get<records::sts::IssuerKeys>({}, token.issuer);
  if (!keys) throw errors::NoVerificationKey();
  if (!IsSignedBy(token, keys->keys)) throw errors::SignatureInvalid();
  const bool for_client = std::any_of(token.audiences.begin(), token.audiences.end(), [&](const std::string& audience) {
    return std::find(provider->client_ids.begin(), provider->client_ids.end(), audience) != provider->client_ids.end();
  });
  if (!for_client) throw errors::IncorrectAudience();
  if (!token.expires || !token.issued) throw errors::NotAToken();
  if (*token.expires <= context.now) throw errors::WebIdentityExpired(context.now, *token.expires);
  if (token.not_before && context.now < *token.not_before) throw errors::WebIdentityNotYetValid();
  return *provider;
}

policy::Keys KeysOf(Context& context, const WebIdentityToken& token, const std::string& session_name) {
  const std::string prefix = Lowercase(token.issuer) + ":";
  policy::Keys keys{{prefix + "sub", {token.subject}},
                    {prefix + "aud", token.audiences},
                    {"sts:rolesessionname", {session_name}},
                    {"aws:sourceip", {context.source_ip}},
                    {"aws:currenttime", {FormatIso8601(context.now)}},
                    {"aws:epochtime", {std::to_string(context.now.milliseconds / 1000)}},
                    {"aws:securetransport", {"true"}}};
  if (!token.amr.empty()) keys[prefix + "amr"] = token.amr;
  if (!token.source_identity.empty()) keys["sts:sourceidentity"] = {token.source_identity};
  for (const auto& [key, value] : token.tags) {
    keys["aws:requesttag/" + Lowercase(key)] = {value};
    keys["aws:tagkeys"].push_back(key);
  }
  if (!token.transitive_tag_keys.empty()) keys["sts:transitivetagkeys"] = token.transitive_tag_keys;
  return keys;
}

// What whoever has proven to be the token's subject is given.
AssumeRoleWithWebIdentityResponse OpenSession(Context& context, const AssumeRoleWithWebIdentityRequest& in,
                                              const std::string& account, const OpenIdConnectProvider& provider,
                                              const WebIdentityToken& token) {
  constexpr std::int32_t kDefault = 3600;
  auto role = iam::FindRole(context, *in.RoleArn);
  if (!role) throw errors::NotAuthorizedBare(kAction);
  const policy::Keys keys = KeysOf(context, token, *in.RoleSessionName);
  policy::Caller caller;
  caller.federated_provider = provider.arn;
  const auto require = [&](const std::string& action) {
    if (iam::EvaluateTrust(*role, caller, {action, *in.RoleArn, account, keys}).outcome != policy::Outcome::kAllowed)
      throw errors::NotAuthorizedBare(action);
  };
  require(kAction);
  if (!token.tags.empty()) require("sts:TagSession");
  if (!token.source_identity.empty()) require("sts:SetSourceIdentity");
  const std::int32_t seconds = in.DurationSeconds.value_or(kDefault);
  if (seconds > role->max_session_duration) throw errors::LongerThanRoleAllows();

  const Principal principal = iam::SessionOf(account, *role, *in.RoleSessionName);
  records::sts::Session session;
  session.account = principal.account;
  session.arn = principal.arn;
  session.user_id = principal.user_id;
  session.type = "AssumedRole";
  session.role = role->name;
  session.source_identity = token.source_identity;
  session.issued_to = token.issuer + ":" + token.subject;
  session.federated_provider = provider.arn;
  AddTags(session, token.tags, token.transitive_tag_keys, nullptr);
  const auto packed = AddPolicies(context, in.Policy, in.PolicyArns, session);
  IssueCredentials(context, session, std::chrono::seconds(seconds));
  role->last_used = context.now;
  role->last_used_region = context.region();
  context.tx.Put({account, ""}, *role);

  AssumeRoleWithWebIdentityResponse out;
  out.Credentials = RenderCredentials(session);
  out.AssumedRoleUser.emplace();
  out.AssumedRoleUser->AssumedRoleId = session.user_id;
  out.AssumedRoleUser->Arn = session.arn;
  out.SubjectFromWebIdentityToken = token.subject;
  out.Provider = provider.arn;
  out.Audience = token.audiences.front();
  if (!token.source_identity.empty()) out.SourceIdentity = token.source_identity;
  out.PackedPolicySize = packed;
  return out;
}

}  // namespace

// Needs no credentials: the token is the proof. STS API Reference, AssumeRoleWithWebIdentity.
AWS_OPERATION(sts, AssumeRoleWithWebIdentity)
AWS_ACCESS()
AssumeRoleWithWebIdentityResponse AssumeRoleWithWebIdentity(Context& context,
                                                            const AssumeRoleWithWebIdentityRequest& in) {
  const auto arn = Arn::Parse(*in.RoleArn);
  if (!arn || arn->service != "iam" || !arn->Named("role")) throw errors::ArnNotValid(*in.RoleArn);
  if (in.ProviderId) throw errors::OAuthNotImplemented();
  const auto token = ReadToken(*in.WebIdentityToken);
  if (!token) throw errors::NotAToken();
  const OpenIdConnectProvider provider = CheckToken(context, arn->account, *token);
  try {
    return OpenSession(context, in, arn->account, provider, *token);
  } catch (const ApiError& error) {
    throw WebIdentityRefused(error, {arn->account, provider.arn, token->audiences.front(), token->subject});
  }
}

}  // namespace drydock::sts
