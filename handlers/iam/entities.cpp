#include "handlers/iam/entities.h"

#include <algorithm>
#include <set>

#include "handlers/iam/managed_policies.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

using records::iam::Attachment;

namespace {
constexpr std::size_t kMostTags = 50;

std::string AttachmentEntity(const EntityKind& kind, const std::string& entity) {
  return std::string(kind.word) + "/" + entity;
}
}  // namespace

std::string EntityArn(std::string_view account, std::string_view word, std::string_view path, std::string_view name) {
  std::string arn = "arn:aws:iam::";
  return arn.append(account).append(":").append(word).append(path).append(name);
}

records::iam::Role RequireRole(Context& context, const std::string& name) {
  auto role = context.tx.Get<records::iam::Role>(context.scope, name);
  if (!role) throw errors::EntityNotFound("role", name);
  return *role;
}

records::iam::User RequireUser(Context& context, const std::string& name) {
  auto user = context.tx.Get<records::iam::User>(context.scope, name);
  if (!user) throw errors::EntityNotFound("user", name);
  return *user;
}

records::iam::Group RequireGroup(Context& context, const std::string& name) {
  auto group = context.tx.Get<records::iam::Group>(context.scope, name);
  if (!group) throw errors::EntityNotFound("group", name);
  return *group;
}

bool IsServiceLinked(const records::iam::Role& role) {
  return role.path.starts_with("/aws-service-role/");
}

records::iam::Role RequireModifiableRole(Context& context, const std::string& name) {
  records::iam::Role role = RequireRole(context, name);
  if (IsServiceLinked(role)) throw errors::UnmodifiableRole(name);
  return role;
}

records::iam::User UserOrCaller(Context& context, const std::optional<std::string>& name) {
  if (name) return RequireUser(context, *name);
  if (context.principal.type != Principal::Type::kUser) throw errors::MustSpecifyUserName();
  const std::string& arn = context.principal.arn;
  return RequireUser(context, arn.substr(arn.rfind('/') + 1));
}

void AddTags(Tags& tags, const List<Tag>& added, const char* quota) {
  std::set<std::string> keys;
  for (const Tag& tag : added) {
    if (!keys.insert(Lowercase(*tag.Key)).second) throw errors::DuplicateTagKeys();
    if (Lowercase(*tag.Key).starts_with("aws:")) throw errors::ReservedTagKey();
    tags[*tag.Key] = tag.Value.value_or("");
  }
  if (tags.size() > kMostTags) throw errors::QuotaExceeded(quota, kMostTags);
}

void RemoveTags(Tags& tags, const List<std::string>& keys) {
  for (const std::string& key : keys) tags.erase(key);
}

List<Tag> RenderTags(const Tags& tags) {
  List<Tag> rendered;
  for (const auto& [key, value] : tags) {
    Tag& tag = rendered.emplace_back();
    tag.Key = key;
    tag.Value = value;
  }
  return rendered;
}

void CheckDocument(const std::string& document, auth::policy::PolicyKind kind) {
  if (const auto problem = auth::policy::Problem(document, kind)) throw errors::MalformedPolicyDocument(*problem);
}

std::size_t PolicySize(std::string_view document) {
  return static_cast<std::size_t>(std::count_if(
      document.begin(), document.end(), [](char c) { return c != ' ' && c != '\t' && c != '\n' && c != '\r'; }));
}

void CheckBoundary(Context& context, const std::string& arn) {
  CheckPolicyArn(arn);
  if (!FindPolicyDocument(context, arn)) throw errors::BoundaryNotFound(arn);
}

std::optional<AttachedPermissionsBoundary> RenderBoundary(const std::optional<std::string>& arn) {
  if (!arn) return std::nullopt;
  AttachedPermissionsBoundary boundary;
  boundary.PermissionsBoundaryType = "Policy";
  boundary.PermissionsBoundaryArn = arn;
  return boundary;
}

void PutInlinePolicy(const EntityKind& kind, const std::string& entity, Documents& policies, const std::string& name,
                     const std::string& document) {
  CheckDocument(document, auth::policy::PolicyKind::kInline);
  policies[name] = document;
  std::size_t size = 0;
  for (const auto& policy : policies) size += PolicySize(policy.second);
  if (size > kind.longest_inline_policies)
    throw errors::InlinePoliciesTooLong(kind.longest_inline_policies, kind.word, entity);
}

std::string GetInlinePolicy(const EntityKind& kind, const Documents& policies, const std::string& name) {
  const auto found = policies.find(name);
  if (found == policies.end()) throw errors::InlinePolicyNotFound(kind.word, name);
  return PercentEncode(found->second);
}

void DeleteInlinePolicy(const EntityKind& kind, Documents& policies, const std::string& name) {
  if (policies.erase(name) == 0) throw errors::InlinePolicyNotFound(kind.word, name);
}

void AttachPolicy(Context& context, const EntityKind& kind, const std::string& entity, const std::string& policy_arn) {
  CheckPolicyArn(policy_arn);
  if (!FindPolicyDocument(context, policy_arn)) throw errors::PolicyNotAttachable(policy_arn);
  if (policy_arn.starts_with("arn:aws:iam::aws:policy/aws-service-role/")) throw errors::ServiceRolePolicy();
  const std::vector<std::string> attached = AttachedPolicies(context, kind, entity);
  if (std::find(attached.begin(), attached.end(), policy_arn) != attached.end()) return;
  if (attached.size() >= EntityKind::kMostAttachments)
    throw errors::QuotaExceeded(kind.attachment_quota, EntityKind::kMostAttachments);
  context.tx.Put(context.scope, Attachment{AttachmentEntity(kind, entity), policy_arn});
}

void DetachPolicy(Context& context, const EntityKind& kind, const std::string& entity, const std::string& policy_arn) {
  CheckPolicyArn(policy_arn);
  if (!context.tx.Erase<Attachment>(context.scope, AttachmentEntity(kind, entity), policy_arn))
    throw errors::PolicyNotFound(policy_arn);
}

std::vector<std::string> AttachedPolicies(Context& context, const EntityKind& kind, const std::string& entity) {
  std::vector<std::string> arns;
  for (const Attachment& attachment :
       context.tx.List<Attachment>(context.scope, store::Where(&Attachment::entity, AttachmentEntity(kind, entity))))
    arns.push_back(attachment.policy_arn);
  return arns;
}

std::vector<AttachedPolicy> RenderAttached(const std::vector<std::string>& arns, const std::string& path_prefix) {
  std::vector<AttachedPolicy> rendered;
  for (const std::string& arn : arns) {
    const std::string path = arn.substr(arn.find(":policy") + 7);  // "/service-role/Name"
    if (!path.starts_with(path_prefix)) continue;
    AttachedPolicy& policy = rendered.emplace_back();
    policy.PolicyName = arn.substr(arn.rfind('/') + 1);
    policy.PolicyArn = arn;
  }
  return rendered;
}

void CheckNoPolicies(Context& context, const EntityKind& kind, const std::string& entity,
                     const Documents& inline_policies) {
  if (!AttachedPolicies(context, kind, entity).empty()) throw errors::MustDetachPolicies();
  if (!inline_policies.empty()) throw errors::MustDeletePolicies();
}

}  // namespace drydock::iam
