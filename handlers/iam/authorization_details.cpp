// GetAccountAuthorizationDetails: all users, groups, roles and policies of an account, with everything that says what
// they may do.
#include <algorithm>

#include "api/iam/GetAccountAuthorizationDetailsRequest.h"
#include "api/iam/GetAccountAuthorizationDetailsResponse.h"
#include "api/iam/GroupDetail.h"
#include "api/iam/ManagedPolicyDetail.h"
#include "api/iam/PolicyDetail.h"
#include "api/iam/RoleDetail.h"
#include "api/iam/UserDetail.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/iam/render.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

namespace {

using records::iam::Attachment;
using records::iam::ManagedPolicy;
using records::iam::Membership;

List<PolicyDetail> RenderInline(const Documents& policies) {
  List<PolicyDetail> out;
  out.present = true;
  for (const auto& [name, document] : policies) {
    PolicyDetail& policy = out.emplace_back();
    policy.PolicyName = name;
    policy.PolicyDocument = PercentEncode(document);
  }
  return out;
}

List<AttachedPolicy> AttachedTo(Context& context, const EntityKind& kind, const std::string& name) {
  return RenderAttached(AttachedPolicies(context, kind, name), "/");
}

UserDetail DetailOf(Context& context, const records::iam::User& user) {
  UserDetail out;
  out.Path = user.path;
  out.UserName = user.name;
  out.UserId = user.id;
  out.Arn = EntityArn(context.account(), "user", user.path, user.name);
  out.CreateDate = user.created;
  if (!user.inline_policies.empty()) out.UserPolicyList = RenderInline(user.inline_policies);
  out.GroupList.present = true;
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::user, user.name)))
    out.GroupList.push_back(membership.group);
  out.AttachedManagedPolicies = AttachedTo(context, kUser, user.name);
  out.PermissionsBoundary = RenderBoundary(user.boundary);
  out.Tags = RenderTags(user.tags);
  return out;
}

GroupDetail DetailOf(Context& context, const records::iam::Group& group) {
  GroupDetail out;
  out.Path = group.path;
  out.GroupName = group.name;
  out.GroupId = group.id;
  out.Arn = EntityArn(context.account(), "group", group.path, group.name);
  out.CreateDate = group.created;
  out.GroupPolicyList = RenderInline(group.inline_policies);
  out.AttachedManagedPolicies = AttachedTo(context, kGroup, group.name);
  return out;
}

RoleDetail DetailOf(Context& context, const records::iam::Role& role) {
  const Role shown = RenderRole(context.account(), role, ShownRole::kFull);
  RoleDetail out;
  out.Path = shown.Path;
  out.RoleName = shown.RoleName;
  out.RoleId = shown.RoleId;
  out.Arn = shown.Arn;
  out.CreateDate = shown.CreateDate;
  out.AssumeRolePolicyDocument = shown.AssumeRolePolicyDocument;
  out.PermissionsBoundary = shown.PermissionsBoundary;
  out.Tags = shown.Tags;
  out.Tags.present = true;
  out.RoleLastUsed = shown.RoleLastUsed;
  out.RolePolicyList = RenderInline(role.inline_policies);
  out.AttachedManagedPolicies = AttachedTo(context, kRole, role.name);
  out.InstanceProfileList.present = true;
  using Profile = records::iam::InstanceProfile;
  for (const Profile& profile : context.tx.List<Profile>(context.scope, store::Where(&Profile::role, role.name)))
    out.InstanceProfileList.push_back(RenderInstanceProfile(context, profile));
  return out;
}

ManagedPolicyDetail DetailOf(Context& context, const ManagedPolicy& policy) {
  using records::iam::Role;
  using records::iam::User;
  ManagedPolicyDetail out;
  out.PolicyName = policy.name;
  out.PolicyId = policy.id;
  out.Arn = policy.arn;
  out.Path = policy.path;
  out.DefaultVersionId = policy.default_version;
  out.AttachmentCount = static_cast<std::int32_t>(
      context.tx.Count<Attachment>(context.scope, store::Where(&Attachment::policy_arn, policy.arn)));
  out.PermissionsBoundaryUsageCount =
      static_cast<std::int32_t>(context.tx.Count<Role>(context.scope, store::Where(&Role::boundary, policy.arn)) +
                                context.tx.Count<User>(context.scope, store::Where(&User::boundary, policy.arn)));
  out.IsAttachable = true;
  if (!policy.description.empty()) out.Description = policy.description;
  out.CreateDate = policy.created;
  out.UpdateDate = policy.updated;
  for (auto version = policy.versions.rbegin(); version != policy.versions.rend(); ++version) {
    PolicyVersion& shown = out.PolicyVersionList.emplace_back();
    shown.VersionId = version->id;
    shown.IsDefaultVersion = version->id == policy.default_version;
    shown.Document = PercentEncode(version->document);
    shown.CreateDate = version->created;
  }
  return out;
}

// Of AWS's own policies those that are attached to something.
std::vector<std::string> AwsPoliciesInUse(Context& context) {
  std::vector<std::string> arns;
  for (const Attachment& attachment : context.tx.List<Attachment>(context.scope))
    if (FindAwsPolicy(attachment.policy_arn) &&
        std::find(arns.begin(), arns.end(), attachment.policy_arn) == arns.end())
      arns.push_back(attachment.policy_arn);
  return arns;
}

}  // namespace

AWS_OPERATION(iam, GetAccountAuthorizationDetails)
GetAccountAuthorizationDetailsResponse GetAccountAuthorizationDetails(Context& context,
                                                                      const GetAccountAuthorizationDetailsRequest& in) {
  const auto wanted = [&](const char* kind) {
    return in.Filter.empty() || std::find(in.Filter.begin(), in.Filter.end(), kind) != in.Filter.end();
  };
  std::vector<std::string> all;  // "user <name>"; names have no spaces
  const auto add = [&](const char* kind, const std::string& name) { all.push_back(std::string(kind) + " " + name); };
  if (wanted("User"))
    for (const auto& user : context.tx.List<records::iam::User>(context.scope)) add("user", user.name);
  if (wanted("Group"))
    for (const auto& group : context.tx.List<records::iam::Group>(context.scope)) add("group", group.name);
  if (wanted("Role"))
    for (const auto& role : context.tx.List<records::iam::Role>(context.scope)) add("role", role.name);
  if (wanted("LocalManagedPolicy"))
    for (const auto& policy : context.tx.List<ManagedPolicy>(context.scope)) add("policy", policy.arn);
  if (wanted("AWSManagedPolicy"))
    for (const std::string& arn : AwsPoliciesInUse(context)) add("policy", arn);

  std::string question = "GetAccountAuthorizationDetails:";
  for (const std::string& filter : in.Filter) question += filter + ",";
  GetAccountAuthorizationDetailsResponse out;
  out.UserDetailList.present = out.GroupDetailList.present = out.RoleDetailList.present = out.Policies.present = true;
  for (const std::string& entry : TakeIamPage(context, question, std::move(all), in, out)) {
    const auto space = entry.find(' ');
    const std::string kind = entry.substr(0, space), name = entry.substr(space + 1);
    if (kind == "user") out.UserDetailList.push_back(DetailOf(context, RequireUser(context, name)));
    if (kind == "group") out.GroupDetailList.push_back(DetailOf(context, RequireGroup(context, name)));
    if (kind == "role") out.RoleDetailList.push_back(DetailOf(context, RequireRole(context, name)));
    if (kind == "policy") out.Policies.push_back(DetailOf(context, *FindPolicy(context, name)));
  }
  return out;
}

}  // namespace drydock::iam
