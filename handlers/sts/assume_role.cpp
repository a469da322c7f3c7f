#include "api/sts/AssumeRoleRequest.h"
#include "api/sts/AssumeRoleResponse.h"
#include "api/sts/AssumedRoleUser.h"
#include "api/sts/Tag.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/trust.h"
#include "handlers/sts/errors.h"
#include "handlers/sts/session_content.h"
#include "handlers/sts/sessions.h"
#include "store/database.h"

namespace drydock::sts {

namespace policy = auth::policy;
using records::sts::Session;

namespace {

constexpr std::int32_t kHour = 3600;

Arn RoleArnOf(const AssumeRoleRequest& in) {
  const auto arn = Arn::Parse(*in.RoleArn);
  if (!arn || arn->service != "iam" || !arn->Named("role")) throw errors::ArnNotValid(*in.RoleArn);
  return *arn;
}

std::optional<Session> CallingSession(Context& context) {
  return context.tx.Get<Session>({}, context.principal.access_key);
}

// It stays what it is from role to role. IAM User Guide, "Monitor and control actions taken with assumed roles".
std::string SourceIdentityOf(const AssumeRoleRequest& in, const std::optional<Session>& calling) {
  return in.SourceIdentity.value_or(calling ? calling->source_identity : "");
}

// What conditions may ask of the request.
policy::Keys KeysOf(const AssumeRoleRequest& in, const std::string& source_identity) {
  policy::Keys keys{{"sts:rolesessionname", {*in.RoleSessionName}}};
  if (in.ExternalId) keys["sts:externalid"] = {*in.ExternalId};
  if (!source_identity.empty()) keys["sts:sourceidentity"] = {source_identity};
  for (const Tag& tag : in.Tags) {
    keys["aws:requesttag/" + Lowercase(*tag.Key)] = {tag.Value.value_or("")};
    keys["aws:tagkeys"].push_back(*tag.Key);
  }
  if (!in.TransitiveTagKeys.empty()) keys["sts:transitivetagkeys"] = in.TransitiveTagKeys;
  return keys;
}

std::vector<std::string> ActionsOf(const AssumeRoleRequest& in, const std::string& source_identity) {
  std::vector<std::string> actions{"sts:AssumeRole"};
  if (!in.Tags.empty()) actions.emplace_back("sts:TagSession");
  if (!source_identity.empty()) actions.emplace_back("sts:SetSourceIdentity");
  return actions;
}

// Whether the trust policy lets the caller in for this action. IAM User Guide, "Policy evaluation logic": of a trust
// policy an implicit deny is final.
bool Trusts(const records::iam::Role& role, const iam::Recognised& caller, const Arn& arn, const AssumeRoleRequest& in,
            const std::string& action, const policy::Keys& keys) {
  policy::Query query{action, *in.RoleArn, arn.account, caller.keys};
  for (const auto& [key, values] : keys) query.keys[key] = values;
  query.keys["aws:resourceaccount"] = {arn.account};
  return iam::EvaluateTrust(role, caller.caller, query).outcome == policy::Outcome::kAllowed;
}

}  // namespace

// The caller's own policies have a say where the trust policy does not name the caller.
api::Questions AssumeRoleAccess(Context& context, const AssumeRoleRequest& in) {
  const Arn arn = RoleArnOf(in);
  const auto role = iam::FindRole(context, *in.RoleArn);
  const std::string source_identity = SourceIdentityOf(in, CallingSession(context));
  api::Questions questions;
  for (const std::string& action : ActionsOf(in, source_identity)) {
    api::Question& question = questions.emplace_back();
    question.action = action;
    question.resource.arn = *in.RoleArn;
    question.resource.owner = {arn.account, context.region()};
    if (role) question.resource.policy = role->trust_policy;
    question.keys = KeysOf(in, source_identity);
  }
  return questions;
}

// AWS lets no root user assume roles. In Drydock root is also who calls with a key that nobody gave out (`test`), so
// root may assume the roles whose trust policies name its account.
AWS_OPERATION(sts, AssumeRole)
AWS_ACCESS(AssumeRoleAccess)
AssumeRoleResponse AssumeRole(Context& context, const AssumeRoleRequest& in) {
  const Arn arn = RoleArnOf(in);
  auto role = iam::FindRole(context, *in.RoleArn);
  const auto denied = [&](const std::string& action) {
    return errors::NotAuthorized(context.principal.arn, action, *in.RoleArn);
  };
  // STS API Reference, GetFederationToken: of STS, federated users may call GetCallerIdentity only.
  const bool federated = context.principal.arn.find(":federated-user/") != std::string::npos;
  if (!role || federated) throw denied("sts:AssumeRole");

  const iam::Recognised caller = iam::Recognise(context, context.principal);
  const auto calling = CallingSession(context);
  const std::string source_identity = SourceIdentityOf(in, calling);
  if (calling && !calling->source_identity.empty() && source_identity != calling->source_identity)
    throw denied("sts:SetSourceIdentity");
  const policy::Keys keys = KeysOf(in, source_identity);
  for (const std::string& action : ActionsOf(in, source_identity))
    if (!Trusts(*role, caller, arn, in, action, keys)) throw denied(action);

  const std::int32_t seconds = in.DurationSeconds.value_or(kHour);
  if (context.principal.type == Principal::Type::kAssumedRole && seconds > kHour)
    throw errors::LongerThanChainingAllows();
  if (seconds > role->max_session_duration) throw errors::LongerThanRoleAllows();

  AssumeRoleResponse out;
  const Principal principal = iam::SessionOf(arn.account, *role, *in.RoleSessionName);
  Session session;
  session.account = principal.account;
  session.arn = principal.arn;
  session.user_id = principal.user_id;
  session.type = "AssumedRole";
  session.role = role->name;
  session.role_arn = *in.RoleArn;
  session.source_identity = source_identity;
  session.issued_to = context.principal.arn;
  AddTags(session, TagsOf(in.Tags), in.TransitiveTagKeys, calling ? &*calling : nullptr);
  out.PackedPolicySize = AddPolicies(context, in.Policy, in.PolicyArns, session);
  IssueCredentials(context, session, std::chrono::seconds(seconds));
  role->last_used = context.now;
  role->last_used_region = context.region();
  context.tx.Put({arn.account, ""}, *role);

  out.Credentials = RenderCredentials(session);
  out.AssumedRoleUser.emplace();
  out.AssumedRoleUser->AssumedRoleId = session.user_id;
  out.AssumedRoleUser->Arn = session.arn;
  if (!source_identity.empty()) out.SourceIdentity = source_identity;
  return out;
}

}  // namespace drydock::sts
