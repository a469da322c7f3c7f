#include <algorithm>

#include "api/iam/CreatePolicyRequest.h"
#include "api/iam/CreatePolicyResponse.h"
#include "api/iam/CreatePolicyVersionRequest.h"
#include "api/iam/CreatePolicyVersionResponse.h"
#include "api/iam/DeletePolicyRequest.h"
#include "api/iam/DeletePolicyResponse.h"
#include "api/iam/DeletePolicyVersionRequest.h"
#include "api/iam/DeletePolicyVersionResponse.h"
#include "api/iam/GetPolicyRequest.h"
#include "api/iam/GetPolicyResponse.h"
#include "api/iam/GetPolicyVersionRequest.h"
#include "api/iam/GetPolicyVersionResponse.h"
#include "api/iam/ListEntitiesForPolicyRequest.h"
#include "api/iam/ListEntitiesForPolicyResponse.h"
#include "api/iam/ListPoliciesRequest.h"
#include "api/iam/ListPoliciesResponse.h"
#include "api/iam/ListPolicyTagsRequest.h"
#include "api/iam/ListPolicyTagsResponse.h"
#include "api/iam/ListPolicyVersionsRequest.h"
#include "api/iam/ListPolicyVersionsResponse.h"
#include "api/iam/Policy.h"
#include "api/iam/PolicyGroup.h"
#include "api/iam/PolicyRole.h"
#include "api/iam/PolicyUser.h"
#include "api/iam/PolicyVersion.h"
#include "api/iam/SetDefaultPolicyVersionRequest.h"
#include "api/iam/SetDefaultPolicyVersionResponse.h"
#include "api/iam/TagPolicyRequest.h"
#include "api/iam/TagPolicyResponse.h"
#include "api/iam/UntagPolicyRequest.h"
#include "api/iam/UntagPolicyResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/managed_policies.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

using records::iam::Attachment;
using records::iam::ManagedPolicy;
using VersionRecord = records::iam::PolicyVersion;

namespace {

constexpr std::size_t kLongestPolicy = 6144;
constexpr std::size_t kMostVersions = 5;

void CheckPolicyDocument(const std::string& document) {
  CheckDocument(document, auth::policy::PolicyKind::kManaged);
  if (PolicySize(document) > kLongestPolicy) throw errors::QuotaExceeded("PolicySize", kLongestPolicy);
}

// Of either kind, to read.
ManagedPolicy RequirePolicy(Context& context, const std::string& arn) {
  CheckPolicyArn(arn);
  auto policy = FindPolicy(context, arn);
  if (!policy) throw errors::PolicyNotFound(arn);
  return *policy;
}

// A customer's, to change. What AWS manages belongs to no account, so no policy can allow it.
ManagedPolicy RequireOwnPolicy(Context& context, const std::string& arn) {
  ManagedPolicy policy = RequirePolicy(context, arn);
  if (FindAwsPolicy(arn)) throw errors::AwsPolicyIsReadOnly(context.principal.arn, arn);
  return policy;
}

int AttachmentCount(Context& context, const std::string& arn) {
  return static_cast<int>(context.tx.Count<Attachment>(context.scope, store::Where(&Attachment::policy_arn, arn)));
}

int BoundaryCount(Context& context, const std::string& arn) {
  using records::iam::Role;
  using records::iam::User;
  return static_cast<int>(context.tx.Count<Role>(context.scope, store::Where(&Role::boundary, arn)) +
                          context.tx.Count<User>(context.scope, store::Where(&User::boundary, arn)));
}

enum class Detail { kListed, kFull };

Policy Render(Context& context, const ManagedPolicy& record, Detail detail) {
  Policy policy;
  policy.PolicyName = record.name;
  policy.PolicyId = record.id;
  policy.Arn = record.arn;
  policy.Path = record.path;
  policy.DefaultVersionId = record.default_version;
  policy.AttachmentCount = AttachmentCount(context, record.arn);
  policy.PermissionsBoundaryUsageCount = BoundaryCount(context, record.arn);
  policy.IsAttachable = true;
  policy.CreateDate = record.created;
  policy.UpdateDate = record.updated;
  if (detail == Detail::kListed) return policy;
  if (!record.description.empty()) policy.Description = record.description;
  policy.Tags = RenderTags(record.tags);
  return policy;
}

PolicyVersion Render(const ManagedPolicy& policy, const VersionRecord& record, bool with_document) {
  iam::PolicyVersion version;
  version.VersionId = record.id;
  version.IsDefaultVersion = record.id == policy.default_version;
  version.CreateDate = record.created;
  if (with_document) version.Document = PercentEncode(record.document);
  return version;
}

std::vector<VersionRecord>::iterator RequireVersion(ManagedPolicy& policy, const std::string& id) {
  const auto found = std::find_if(policy.versions.begin(), policy.versions.end(),
                                  [&](const VersionRecord& version) { return version.id == id; });
  if (found == policy.versions.end()) throw errors::PolicyVersionNotFound(policy.arn, id);
  return found;
}

}  // namespace

AWS_OPERATION(iam, CreatePolicy)
AWS_ACCESS("policy/{Path|}/{PolicyName}", "Tags? iam:TagPolicy policy/{Path|}/{PolicyName}")
CreatePolicyResponse CreatePolicy(Context& context, const CreatePolicyRequest& in) {
  ManagedPolicy policy;
  policy.name = *in.PolicyName;
  policy.name_key = Lowercase(policy.name);
  policy.path = in.Path.value_or("/");
  policy.arn = EntityArn(context.account(), "policy", policy.path, policy.name);
  if (NameTaken<ManagedPolicy>(context, policy.name)) throw errors::PolicyExists(policy.name);
  CheckCount<ManagedPolicy>(context, "PoliciesPerAccount", 1500);
  CheckPolicyDocument(*in.PolicyDocument);
  policy.id = context.ids.Iam("ANPA", 21);
  policy.description = in.Description.value_or("");
  policy.default_version = "v1";
  policy.versions.push_back({"v1", *in.PolicyDocument, context.now});
  policy.created = policy.updated = context.now;
  AddTags(policy.tags, in.Tags, "TagsPerPolicy");
  context.tx.Put(context.scope, policy);

  CreatePolicyResponse out;
  out.Policy = Render(context, policy, Detail::kFull);
  return out;
}

AWS_OPERATION(iam, GetPolicy)
AWS_ACCESS("policy/{PolicyArn}")
GetPolicyResponse GetPolicy(Context& context, const GetPolicyRequest& in) {
  GetPolicyResponse out;
  out.Policy = Render(context, RequirePolicy(context, *in.PolicyArn), Detail::kFull);
  out.Policy->Tags.present = true;
  return out;
}

AWS_OPERATION(iam, ListPolicies)
AWS_ACCESS("path/policy/{PathPrefix|}")
ListPoliciesResponse ListPolicies(Context& context, const ListPoliciesRequest& in) {
  const std::string scope = in.Scope.value_or("All"), prefix = in.PathPrefix.value_or("/");
  const std::string usage = in.PolicyUsageFilter.value_or("");
  std::vector<ManagedPolicy> all, chosen;
  if (scope != "AWS") all = context.tx.List<ManagedPolicy>(context.scope);
  if (scope != "Local")
    for (const AwsPolicy& policy : AwsPolicies()) all.push_back(AsManagedPolicy(policy));
  for (ManagedPolicy& policy : all) {
    if (!policy.path.starts_with(prefix)) continue;
    const bool attached = AttachmentCount(context, policy.arn) > 0, boundary = BoundaryCount(context, policy.arn) > 0;
    if (in.OnlyAttached.value_or(false) && !attached) continue;
    if (usage == "PermissionsPolicy" && !attached) continue;
    if (usage == "PermissionsBoundary" && !boundary) continue;
    chosen.push_back(std::move(policy));
  }
  ListPoliciesResponse out;
  const std::string question = "ListPolicies:" + scope + ":" + prefix + ":" + usage;
  for (const ManagedPolicy& policy : TakeIamPage(context, question, std::move(chosen), in, out,
                                                 [](const ManagedPolicy& record) { return record.arn; }))
    out.Policies.push_back(Render(context, policy, Detail::kListed));
  return out;
}

AWS_OPERATION(iam, DeletePolicy)
AWS_ACCESS("policy/{PolicyArn}")
DeletePolicyResponse DeletePolicy(Context& context, const DeletePolicyRequest& in) {
  const ManagedPolicy policy = RequireOwnPolicy(context, *in.PolicyArn);
  if (AttachmentCount(context, policy.arn) > 0 || BoundaryCount(context, policy.arn) > 0)
    throw errors::PolicyIsAttached();
  if (policy.versions.size() > 1) throw errors::PolicyHasVersions();
  context.tx.Erase<ManagedPolicy>(context.scope, policy.arn);
  return {};
}

AWS_OPERATION(iam, CreatePolicyVersion)
AWS_ACCESS("policy/{PolicyArn}")
CreatePolicyVersionResponse CreatePolicyVersion(Context& context, const CreatePolicyVersionRequest& in) {
  ManagedPolicy policy = RequireOwnPolicy(context, *in.PolicyArn);
  CheckPolicyDocument(*in.PolicyDocument);
  if (policy.versions.size() >= kMostVersions) throw errors::TooManyVersions();
  policy.versions.push_back({"v" + std::to_string(++policy.latest_version), *in.PolicyDocument, context.now});
  if (in.SetAsDefault.value_or(false)) policy.default_version = policy.versions.back().id;
  policy.updated = context.now;
  context.tx.Put(context.scope, policy);

  CreatePolicyVersionResponse out;
  out.PolicyVersion = Render(policy, policy.versions.back(), false);
  return out;
}

AWS_OPERATION(iam, GetPolicyVersion)
AWS_ACCESS("policy/{PolicyArn}")
GetPolicyVersionResponse GetPolicyVersion(Context& context, const GetPolicyVersionRequest& in) {
  ManagedPolicy policy = RequirePolicy(context, *in.PolicyArn);
  GetPolicyVersionResponse out;
  out.PolicyVersion = Render(policy, *RequireVersion(policy, *in.VersionId), true);
  return out;
}

AWS_OPERATION(iam, ListPolicyVersions)
AWS_ACCESS("policy/{PolicyArn}")
ListPolicyVersionsResponse ListPolicyVersions(Context& context, const ListPolicyVersionsRequest& in) {
  const ManagedPolicy policy = RequirePolicy(context, *in.PolicyArn);
  ListPolicyVersionsResponse out;
  const std::vector<VersionRecord> newest_first(policy.versions.rbegin(), policy.versions.rend());
  for (const VersionRecord& version : TakeIamPage(context, "ListPolicyVersions:" + policy.arn, newest_first, in, out,
                                                  [](const VersionRecord& record) { return record.id; }))
    out.Versions.push_back(Render(policy, version, false));
  return out;
}

AWS_OPERATION(iam, DeletePolicyVersion)
AWS_ACCESS("policy/{PolicyArn}")
DeletePolicyVersionResponse DeletePolicyVersion(Context& context, const DeletePolicyVersionRequest& in) {
  ManagedPolicy policy = RequireOwnPolicy(context, *in.PolicyArn);
  const auto version = RequireVersion(policy, *in.VersionId);
  if (version->id == policy.default_version) throw errors::VersionIsDefault();
  policy.versions.erase(version);
  policy.updated = context.now;
  context.tx.Put(context.scope, policy);
  return {};
}

AWS_OPERATION(iam, SetDefaultPolicyVersion)
AWS_ACCESS("policy/{PolicyArn}")
SetDefaultPolicyVersionResponse SetDefaultPolicyVersion(Context& context, const SetDefaultPolicyVersionRequest& in) {
  ManagedPolicy policy = RequireOwnPolicy(context, *in.PolicyArn);
  policy.default_version = RequireVersion(policy, *in.VersionId)->id;
  policy.updated = context.now;
  context.tx.Put(context.scope, policy);
  return {};
}

AWS_OPERATION(iam, ListEntitiesForPolicy)
AWS_ACCESS("policy/{PolicyArn}")
ListEntitiesForPolicyResponse ListEntitiesForPolicy(Context& context, const ListEntitiesForPolicyRequest& in) {
  using records::iam::Group;
  using records::iam::Role;
  using records::iam::User;
  const std::string arn = RequirePolicy(context, *in.PolicyArn).arn;
  const std::string usage = in.PolicyUsageFilter.value_or("PermissionsPolicy"), prefix = in.PathPrefix.value_or("/");
  std::vector<std::string> entities;  // "role/<name>"
  if (usage == "PermissionsBoundary") {
    for (const Role& role : context.tx.List<Role>(context.scope, store::Where(&Role::boundary, arn)))
      entities.push_back("role/" + role.name);
    for (const User& user : context.tx.List<User>(context.scope, store::Where(&User::boundary, arn)))
      entities.push_back("user/" + user.name);
  } else {
    for (const Attachment& attachment :
         context.tx.List<Attachment>(context.scope, store::Where(&Attachment::policy_arn, arn)))
      entities.push_back(attachment.entity);
  }
  if (in.EntityFilter) {
    // Role, User, Group; LocalManagedPolicy and AWSManagedPolicy name no entities.
    const std::string wanted = Lowercase(*in.EntityFilter) + "/";
    std::erase_if(entities, [&](const std::string& entity) { return !entity.starts_with(wanted); });
  }

  ListEntitiesForPolicyResponse out;
  for (const std::string& entity :
       TakeIamPage(context, "ListEntitiesForPolicy:" + arn + usage + prefix, std::move(entities), in, out)) {
    const std::string word = entity.substr(0, entity.find('/')), name = entity.substr(word.size() + 1);
    if (word == "role") {
      const Role role = RequireRole(context, name);
      if (!role.path.starts_with(prefix)) continue;
      PolicyRole& shown = out.PolicyRoles.emplace_back();
      shown.RoleName = role.name;
      shown.RoleId = role.id;
    } else if (word == "user") {
      const User user = RequireUser(context, name);
      if (!user.path.starts_with(prefix)) continue;
      PolicyUser& shown = out.PolicyUsers.emplace_back();
      shown.UserName = user.name;
      shown.UserId = user.id;
    } else {
      const Group group = RequireGroup(context, name);
      if (!group.path.starts_with(prefix)) continue;
      PolicyGroup& shown = out.PolicyGroups.emplace_back();
      shown.GroupName = group.name;
      shown.GroupId = group.id;
    }
  }
  return out;
}

AWS_OPERATION(iam, TagPolicy)
AWS_ACCESS("policy/{PolicyArn}")
TagPolicyResponse TagPolicy(Context& context, const TagPolicyRequest& in) {
  ManagedPolicy policy = RequireOwnPolicy(context, *in.PolicyArn);
  AddTags(policy.tags, in.Tags, "TagsPerPolicy");
  context.tx.Put(context.scope, policy);
  return {};
}

AWS_OPERATION(iam, UntagPolicy)
AWS_ACCESS("policy/{PolicyArn}")
UntagPolicyResponse UntagPolicy(Context& context, const UntagPolicyRequest& in) {
  ManagedPolicy policy = RequireOwnPolicy(context, *in.PolicyArn);
  RemoveTags(policy.tags, in.TagKeys);
  context.tx.Put(context.scope, policy);
  return {};
}

AWS_OPERATION(iam, ListPolicyTags)
AWS_ACCESS("policy/{PolicyArn}")
ListPolicyTagsResponse ListPolicyTags(Context& context, const ListPolicyTagsRequest& in) {
  const ManagedPolicy policy = RequirePolicy(context, *in.PolicyArn);
  ListPolicyTagsResponse out;
  const std::vector<Tag> tags = RenderTags(policy.tags);
  out.Tags =
      TakeIamPage(context, "ListPolicyTags:" + policy.arn, tags, in, out, [](const Tag& tag) { return *tag.Key; });
  return out;
}

}  // namespace drydock::iam
