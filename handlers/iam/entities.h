// What the operations on roles, users, groups and policies share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/iam/AttachedPermissionsBoundary.h"
#include "api/iam/AttachedPolicy.h"
#include "api/iam/Tag.h"
#include "emulator/auth/policy/validate.h"
#include "emulator/core/context.h"
#include "emulator/core/paging.h"
#include "emulator/core/text.h"
#include "handlers/engines.h"
#include "handlers/iam/errors.h"
#include "store/database.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

// A kind of entity that policies are put on. Limits: IAM User Guide, "IAM and AWS STS quotas".
struct EntityKind {
  const char* word;                     // "role", as in ARNs and sentences
  const char* attachment_quota;         // "PoliciesPerRole"
  std::size_t longest_inline_policies;  // all of one entity together, in characters without white space
  static constexpr std::size_t kMostAttachments = 10;
};
inline constexpr EntityKind kRole{"role", "PoliciesPerRole", 10240};
inline constexpr EntityKind kUser{"user", "PoliciesPerUser", 2048};
inline constexpr EntityKind kGroup{"group", "PoliciesPerGroup", 5120};

// arn:aws:iam::<account>:<word><path><name>
std::string EntityArn(std::string_view account, std::string_view word, std::string_view path, std::string_view name);

records::iam::Role RequireRole(Context& context, const std::string& name);
records::iam::User RequireUser(Context& context, const std::string& name);
records::iam::Group RequireGroup(Context& context, const std::string& name);
// The role, unless it is service-linked: those only AWS changes.
records::iam::Role RequireModifiableRole(Context& context, const std::string& name);
bool IsServiceLinked(const records::iam::Role& role);

// The named user, or without a name the caller's own.
records::iam::User UserOrCaller(Context& context, const std::optional<std::string>& name);

// Names are unique whatever their case.
template <class Entity>
bool NameTaken(Context& context, const std::string& name) {
  return context.tx.Count<Entity>(context.scope, store::Where(&Entity::name_key, Lowercase(name))) > 0;
}

// How many of a kind an account may have: IAM User Guide, "IAM and AWS STS quotas". Throws LimitExceeded.
template <class Entity>
void CheckCount(Context& context, const char* quota, std::size_t most) {
  if (context.tx.Count<Entity>(context.scope) >= most) throw errors::QuotaExceeded(quota, most);
}

// --- tags

using Tags = std::map<std::string, std::string>;
// Adds or replaces; throws for keys given twice, reserved ones, and more than 50 in the end.
void AddTags(Tags& tags, const List<Tag>& added, const char* quota);
void RemoveTags(Tags& tags, const List<std::string>& keys);
List<Tag> RenderTags(const Tags& tags);

// --- policies

using Documents = std::map<std::string, std::string>;  // inline policies by name

// Throws MalformedPolicyDocument with AWS's reason.
void CheckDocument(const std::string& document, auth::policy::PolicyKind kind);
// Characters that count against a limit: all but white space.
std::size_t PolicySize(std::string_view document);

// Throws unless a managed policy of that ARN exists.
void CheckBoundary(Context& context, const std::string& arn);
std::optional<AttachedPermissionsBoundary> RenderBoundary(const std::optional<std::string>& arn);

void PutInlinePolicy(const EntityKind& kind, const std::string& entity, Documents& policies, const std::string& name,
                     const std::string& document);
// The document as answers carry it: percent-encoded.
std::string GetInlinePolicy(const EntityKind& kind, const Documents& policies, const std::string& name);
void DeleteInlinePolicy(const EntityKind& kind, Documents& policies, const std::string& name);

void AttachPolicy(Context& context, const EntityKind& kind, const std::string& entity, const std::string& policy_arn);
void DetachPolicy(Context& context, const EntityKind& kind, const std::string& entity, const std::string& policy_arn);
// ARNs, in the order they were attached.
std::vector<std::string> AttachedPolicies(Context& context, const EntityKind& kind, const std::string& entity);
std::vector<AttachedPolicy> RenderAttached(const std::vector<std::string>& arns, const std::string& path_prefix);
// Throws DeleteConflict while policies are attached or inline.
void CheckNoPolicies(Context& context, const EntityKind& kind, const std::string& entity,
                     const Documents& inline_policies);

// --- pages

// One page by Marker and MaxItems (100 if not given), which also fills IsTruncated and Marker of the answer. `question`
// names the operation and its filters.
template <class T, class In, class Out, class IdOf>
std::vector<T> TakeIamPage(Context& context, const std::string& question, std::vector<T> all, const In& in, Out& out,
                           IdOf id_of) {
  const std::size_t limit = static_cast<std::size_t>(in.MaxItems.value_or(100));
  auto page = TakePage(context.engines.tokens, "iam:" + context.account() + ":" + question, std::move(all), in.Marker,
                       limit, id_of);
  if (!page) throw errors::InvalidMarker();
  out.IsTruncated = page->next_token.has_value();
  out.Marker = page->next_token;
  return std::move(page->items);
}
// For lists of names or ARNs.
template <class In, class Out>
std::vector<std::string> TakeIamPage(Context& context, const std::string& question, std::vector<std::string> all,
                                     const In& in, Out& out) {
  return TakeIamPage(context, question, std::move(all), in, out, [](const std::string& name) { return name; });
}

}  // namespace drydock::iam
