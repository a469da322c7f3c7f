#include "handlers/sts/session_content.h"

#include <algorithm>
#include <set>

#include "emulator/auth/policy/validate.h"
#include "emulator/core/text.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/sts/errors.h"

namespace drydock::sts {

using records::sts::Session;

namespace {
constexpr std::size_t kLongestSessionPolicy = 2048, kMostManagedPolicies = 10;
}

std::optional<std::int32_t> AddPolicies(Context& context, const std::optional<std::string>& policy,
                                        const List<PolicyDescriptorType>& arns, Session& session) {
  std::size_t size = 0;
  if (policy) {
    if (const auto problem = auth::policy::Problem(*policy, auth::policy::PolicyKind::kInline))
      throw errors::MalformedPolicyDocument(*problem);
    size += policy->size();
    session.policies.push_back(*policy);
  }
  if (arns.size() > kMostManagedPolicies) throw errors::TooManySessionPolicies();
  Context owner = context;
  owner.scope.account = session.account;
  for (const PolicyDescriptorType& descriptor : arns) {
    const std::string arn = descriptor.arn.value_or("");
    const auto document = iam::FindPolicyDocument(owner, arn);
    if (!document) throw errors::PolicyArnNotFound(arn);
    session.policies.push_back(*document);
  }
  if (size > kLongestSessionPolicy) throw errors::PackedPolicyTooLarge();
  if (size == 0) return std::nullopt;
  return static_cast<std::int32_t>(std::max<std::size_t>(1, size * 100 / kLongestSessionPolicy));
}

std::map<std::string, std::string> TagsOf(const List<Tag>& tags) {
  std::map<std::string, std::string> result;
  std::set<std::string> keys;
  for (const Tag& tag : tags) {
    if (!keys.insert(Lowercase(*tag.Key)).second) throw errors::DuplicateTagKeys();
    result[*tag.Key] = tag.Value.value_or("");
  }
  return result;
}

void AddTags(Session& session, const std::map<std::string, std::string>& tags,
             const std::vector<std::string>& transitive_keys, const Session* caller) {
  std::set<std::string> keys;
  for (const auto& [key, value] : tags) keys.insert(Lowercase(key));
  session.tags.insert(tags.begin(), tags.end());
  for (const std::string& key : transitive_keys) {
    if (!keys.count(Lowercase(key))) throw errors::TransitiveKeyNotTagged();
    session.transitive_tags.push_back(key);
  }
  if (!caller) return;
  for (const std::string& inherited : caller->transitive_tags) {
    if (keys.count(Lowercase(inherited))) throw errors::TransitiveKeyInherited();
    const auto value = caller->tags.find(inherited);
    if (value == caller->tags.end()) continue;
    session.tags[inherited] = value->second;
    session.transitive_tags.push_back(inherited);
  }
}

}  // namespace drydock::sts
