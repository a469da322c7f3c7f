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

// Whether the trust policy lets the caller in for this action, and the caller's own policies where they have a say.
// IAM User Guide, "Policy evaluation logic": of a trust policy an implicit deny is final.
bool MayAssume(Context& context, const records::iam::Role& role, const iam::Recognised& caller, const std::string& arn,
               const std::string& owner, const std::string& action, const policy::Keys& keys) {
  policy::Query query{action, arn, owner, caller.keys};
  for (const auto& [key, values] : keys) query.keys[key] = values;
  query.keys["aws:resourceaccount"] = {owner};
  if (iam::EvaluateTrust(role, caller.caller, query).outcome != policy::Outcome::kAllowed) return false;
  api::Question question{action, {}, keys};
  question.resource.arn = arn;
  question.resource.owner.account = owner;
  question.resource.policy = role.trust_policy;
  return iam::Authorize(context, context.principal, question).allowed();
}

}  // namespace

// AWS lets no root user assume roles. In Drydock root is also who calls with a key that nobody gave out (`test`), so
// root may assume the roles whose trust policies name its account.
AWS_OPERATION(sts, AssumeRole)
AWS_ACCESS()
AssumeRoleResponse AssumeRole(Context& context, const AssumeRoleRequest& in) {
  const auto arn = Arn::Parse(*in.RoleArn);
  if (!arn || arn->service != "iam" || !arn->Named("role")) throw errors::ArnNotValid(*in.RoleArn);
  auto role = iam::FindRole(context, *in.RoleArn);
  const auto denied = [&](const std::string& action) {
    return errors::NotAuthorized(context.principal.arn, action, *in.RoleArn);
  };
  // STS API Reference, GetFederationToken: of STS, federated users may call GetCallerIdentity only.
  const bool federated = context.principal.arn.find(":federated-user/") != std::string::npos;
  if (!role || federated) throw denied("sts:AssumeRole");

  const iam::Recognised caller = iam::Recognise(context, context.principal);
  policy::Keys keys{{"sts:rolesessionname", {*in.RoleSessionName}}};
  if (in.ExternalId) keys["sts:externalid"] = {*in.ExternalId};
  // A source identity stays what it is from role to role. IAM User Guide, "Monitor and control actions taken with
  // assumed roles".
  const auto calling = context.tx.Get<Session>({}, context.principal.access_key);
  const std::string inherited = calling ? calling->source_identity : "";
  const std::string source_identity = in.SourceIdentity.value_or(inherited);
  if (!inherited.empty() && source_identity != inherited) throw denied("sts:SetSourceIdentity");
  if (!source_identity.empty()) keys["sts:sourceidentity"] = {source_identity};
  for (const Tag& tag : in.Tags) {
    keys["aws:requesttag/" + Lowercase(*tag.Key)] = {tag.Value.value_or("")};
    keys["aws:tagkeys"].push_back(*tag.Key);
  }
  if (!in.TransitiveTagKeys.empty()) keys["sts:transitivetagkeys"] = in.TransitiveTagKeys;
  const auto require = [&](const std::string& action) {
    if (!MayAssume(context, *role, caller, *in.RoleArn, arn->account, action, keys)) throw denied(action);
  };
  require("sts:AssumeRole");
  if (!in.Tags.empty()) require("sts:TagSession");
  if (!source_identity.empty()) require("sts:SetSourceIdentity");

  const std::int32_t seconds = in.DurationSeconds.value_or(kHour);
  if (context.principal.type == Principal::Type::kAssumedRole && seconds > kHour)
    throw errors::LongerThanChainingAllows();
  if (seconds > role->max_session_duration) throw errors::LongerThanRoleAllows();

  AssumeRoleResponse out;
  const Principal principal = iam::SessionOf(arn->account, *role, *in.RoleSessionName);
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
  context.tx.Put({arn->account, ""}, *role);

  out.Credentials = RenderCredentials(session);
  out.AssumedRoleUser.emplace();
  out.AssumedRoleUser->AssumedRoleId = session.user_id;
  out.AssumedRoleUser->Arn = session.arn;
  if (!source_identity.empty()) out.SourceIdentity = source_identity;
  return out;
}

}  // namespace drydock::sts
