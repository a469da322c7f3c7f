#include <algorithm>
#include <set>

#include "api/sts/AssumeRoleRequest.h"
#include "api/sts/AssumeRoleResponse.h"
#include "api/sts/AssumedRoleUser.h"
#include "api/sts/PolicyDescriptorType.h"
#include "api/sts/Tag.h"
#include "emulator/api/operation.h"
#include "emulator/auth/policy/validate.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/trust.h"
#include "handlers/sts/errors.h"
#include "handlers/sts/sessions.h"
#include "store/database.h"

namespace drydock::sts {

namespace policy = auth::policy;
using records::sts::Session;

namespace {

constexpr std::int32_t kHour = 3600;
constexpr std::size_t kLongestSessionPolicy = 2048;

// Session tags: their own, and those that the calling session hands on.
void AddTags(Context& context, const AssumeRoleRequest& in, Session& session) {
  std::set<std::string> keys;
  for (const Tag& tag : in.Tags) {
    if (!keys.insert(Lowercase(*tag.Key)).second) throw errors::DuplicateTagKeys();
    session.tags[*tag.Key] = tag.Value.value_or("");
  }
  for (const std::string& key : in.TransitiveTagKeys) {
    if (!keys.count(Lowercase(key))) throw errors::TransitiveKeyNotTagged();
    session.transitive_tags.push_back(key);
  }
  const auto caller = context.tx.Get<Session>({}, context.principal.access_key);
  if (!caller) return;
  for (const std::string& inherited : caller->transitive_tags) {
    if (keys.count(Lowercase(inherited))) throw errors::TransitiveKeyInherited();
    const auto value = caller->tags.find(inherited);
    if (value == caller->tags.end()) continue;
    session.tags[inherited] = value->second;
    session.transitive_tags.push_back(inherited);
  }
}

// Session policies; returns how many characters they have.
std::size_t AddPolicies(Context& context, const AssumeRoleRequest& in, Session& session) {
  std::size_t size = 0;
  if (in.Policy) {
    if (const auto problem = policy::Problem(*in.Policy, policy::PolicyKind::kInline))
      throw errors::MalformedPolicyDocument(*problem);
    size += in.Policy->size();
    session.policies.push_back(*in.Policy);
  }
  for (const PolicyDescriptorType& descriptor : in.PolicyArns) {
    const std::string arn = descriptor.arn.value_or("");
    const auto document = iam::FindPolicyDocument(context, arn);
    if (!document) throw errors::PolicyArnNotFound(arn);
    session.policies.push_back(*document);
  }
  if (size > kLongestSessionPolicy) throw errors::PackedPolicyTooLarge();
  return size;
}

// Whether the trust policy lets the caller in for this action, and the caller's own policies where they have a say.
// IAM User Guide, "Policy evaluation logic": of a trust policy an implicit deny is final.
bool MayAssume(Context& context, const records::iam::Role& role, const iam::Recognised& caller, const std::string& arn,
               const std::string& owner, const std::string& action, const policy::Keys& keys) {
  policy::Query query{action, arn, owner, caller.keys};
  for (const auto& [key, values] : keys) query.keys[key] = values;
  query.keys["aws:resourceaccount"] = {owner};
  if (iam::EvaluateTrust(role, caller.caller, query).outcome != policy::Outcome::kAllowed) return false;
  iam::Access access{action, arn, owner, role.trust_policy, query.keys};
  return iam::Authorize(context, context.principal, access).allowed();
}

}  // namespace

// AWS lets no root user assume roles. In Drydock root is also who calls with a key that nobody gave out (`test`), so
// root may assume the roles whose trust policies name its account.
AWS_OPERATION(sts, AssumeRole)
AssumeRoleResponse AssumeRole(Context& context, const AssumeRoleRequest& in) {
  const auto arn = Arn::Parse(*in.RoleArn);
  if (!arn || arn->service != "iam" || !arn->Named("role")) throw errors::ArnNotValid(*in.RoleArn);
  auto role = iam::FindRole(context, *in.RoleArn);
  const auto denied = [&](const std::string& action) {
    return errors::NotAuthorized(context.principal.arn, action, *in.RoleArn);
  };
  if (!role) throw denied("sts:AssumeRole");

  const iam::Recognised caller = iam::Recognise(context, context.principal);
  policy::Keys keys{{"sts:rolesessionname", {*in.RoleSessionName}}};
  if (in.ExternalId) keys["sts:externalid"] = {*in.ExternalId};
  if (in.SourceIdentity) keys["sts:sourceidentity"] = {*in.SourceIdentity};
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
  if (in.SourceIdentity) require("sts:SetSourceIdentity");

  const std::int32_t seconds = in.DurationSeconds.value_or(kHour);
  if (context.principal.type == Principal::Type::kAssumedRole && seconds > kHour)
    throw errors::LongerThanChainingAllows();
  if (seconds > role->max_session_duration) throw errors::LongerThanRoleAllows();

  const Principal principal = iam::SessionOf(arn->account, *role, *in.RoleSessionName);
  Session session;
  session.account = principal.account;
  session.arn = principal.arn;
  session.user_id = principal.user_id;
  session.type = "AssumedRole";
  session.role = role->name;
  session.source_identity = in.SourceIdentity.value_or("");
  session.issued_to = context.principal.arn;
  AddTags(context, in, session);
  const std::size_t packed = AddPolicies(context, in, session);
  IssueCredentials(context, session, std::chrono::seconds(seconds));
  role->last_used = context.now;
  role->last_used_region = context.region();
  context.tx.Put({arn->account, ""}, *role);

  AssumeRoleResponse out;
  out.Credentials = RenderCredentials(session);
  out.AssumedRoleUser.emplace();
  out.AssumedRoleUser->AssumedRoleId = session.user_id;
  out.AssumedRoleUser->Arn = session.arn;
  out.SourceIdentity = in.SourceIdentity;
  if (packed > 0)
    out.PackedPolicySize = static_cast<std::int32_t>(std::max<std::size_t>(1, packed * 100 / kLongestSessionPolicy));
  return out;
}

}  // namespace drydock::sts
