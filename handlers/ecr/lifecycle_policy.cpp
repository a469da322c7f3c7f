#include "handlers/ecr/lifecycle_policy.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "handlers/ecr/errors.h"

namespace drydock::ecr {

namespace {

using Json = rapidjson::Value;

ApiError InvalidLifecyclePolicy(std::string_view why) {
  return errors::InvalidParameter("LifecyclePolicyText", fmt::format("Lifecycle policy validation failure: {}", why));
}

// Seen where a member is null (cloudposse/terraform-aws-ecr issue 158); unconfirmed for other departures from the
// schema.
ApiError NotOfSchema() {
  return InvalidLifecyclePolicy("instance failed to match exactly one schema (matched 0 out of 2)");
}

const Json* Member(const Json& object, const char* name) {
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

// An object with these members at most.
const Json& RequireObject(const Json* value, std::initializer_list<std::string_view> members) {
  if (!value || !value->IsObject()) throw NotOfSchema();
  for (const auto& member : value->GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    if (std::find(members.begin(), members.end(), name) == members.end()) throw NotOfSchema();
  }
  return *value;
}

std::int64_t RequirePositive(const Json& object, const char* name) {
  const Json* value = Member(object, name);
  if (!value || !value->IsInt64() || value->GetInt64() < 1) throw NotOfSchema();
  return value->GetInt64();
}

// One of the values; `otherwise` where the member may be missing.
std::string RequireOneOf(const Json& object, const char* name, std::initializer_list<std::string_view> values,
                         const char* otherwise = nullptr) {
  const Json* value = Member(object, name);
  if (!value && otherwise) return otherwise;
  if (!value || !value->IsString()) throw NotOfSchema();
  const std::string text(value->GetString(), value->GetStringLength());
  if (std::find(values.begin(), values.end(), text) == values.end()) throw NotOfSchema();
  return text;
}

std::vector<std::string> RequireStrings(const Json& object, const char* name) {
  const Json* list = Member(object, name);
  if (!list) return {};
  if (!list->IsArray() || list->Empty()) throw NotOfSchema();
  std::vector<std::string> strings;
  for (const Json& value : list->GetArray()) {
    if (!value.IsString()) throw NotOfSchema();
    strings.emplace_back(value.GetString(), value.GetStringLength());
  }
  return strings;
}

struct Rule {
  std::int64_t priority;
  std::string tag_status, storage_class;
};

void CheckTagLists(const Json& selection, const std::string& tag_status) {
  const auto prefixes = RequireStrings(selection, "tagPrefixList");
  const auto patterns = RequireStrings(selection, "tagPatternList");
  const bool lists = !prefixes.empty() || !patterns.empty();
  if (tag_status == "tagged" && !lists)  // seen
    throw InvalidLifecyclePolicy("Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED.");
  if (tag_status != "tagged" && lists)  // the wording is unconfirmed
    throw InvalidLifecyclePolicy("tagPrefixList and tagPatternList can be specified when tagStatus=TAGGED only.");
  for (const std::string& pattern : patterns)
    if (std::count(pattern.begin(), pattern.end(), '*') > 4)  // the wording is unconfirmed
      throw InvalidLifecyclePolicy("A pattern of tagPatternList can have at most 4 wildcards.");
}

Rule ReadRule(const Json& json) {
  const Json& rule = RequireObject(&json, {"rulePriority", "description", "selection", "action"});
  if (const Json* description = Member(rule, "description"); description && !description->IsString())
    throw NotOfSchema();
  const Json& selection = RequireObject(
      Member(rule, "selection"),
      {"tagStatus", "tagPrefixList", "tagPatternList", "storageClass", "countType", "countUnit", "countNumber"});
  const std::string tag_status = RequireOneOf(selection, "tagStatus", {"tagged", "untagged", "any"});
  const std::string count_type = RequireOneOf(
      selection, "countType", {"imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"});
  RequirePositive(selection, "countNumber");
  if (count_type != "imageCountMoreThan") {
    RequireOneOf(selection, "countUnit", {"days"});
  } else if (Member(selection, "countUnit")) {
    throw NotOfSchema();
  }
  const bool archived = count_type == "sinceImageTransitioned";
  const std::string storage_class = archived ? RequireOneOf(selection, "storageClass", {"archive"})
                                             : RequireOneOf(selection, "storageClass", {"standard"}, "standard");

  const Json& action = RequireObject(Member(rule, "action"), {"type", "targetStorageClass"});
  if (RequireOneOf(action, "type", {"expire", "transition"}) == "transition") {
    RequireOneOf(action, "targetStorageClass", {"archive"});
  } else if (Member(action, "targetStorageClass")) {
    throw NotOfSchema();
  }
  const std::int64_t priority = RequirePositive(rule, "rulePriority");
  CheckTagLists(selection, tag_status);
  return {priority, tag_status, storage_class};
}

// What rules must be to each other.
void CheckRules(const std::vector<Rule>& rules) {
  std::set<std::int64_t> priorities;
  std::map<std::string, std::int64_t> lowest;  // of the storage class: the largest number
  std::set<std::string> untagged;              // storage classes
  for (const Rule& rule : rules) {
    if (!priorities.insert(rule.priority).second)  // the wording is unconfirmed
      throw InvalidLifecyclePolicy(fmt::format("The rulePriority {} is not unique.", rule.priority));
    lowest[rule.storage_class] = std::max(lowest[rule.storage_class], rule.priority);
    if (rule.tag_status == "untagged" && !untagged.insert(rule.storage_class).second)  // seen
      throw InvalidLifecyclePolicy("Only one rule can select Untagged images per storage class");
  }
  for (const Rule& rule : rules)
    if (rule.tag_status == "any" && rule.priority != lowest[rule.storage_class])  // seen
      throw InvalidLifecyclePolicy("Rule for tagStatus=ANY must have the lowest priority per storage class");
}

}  // namespace

void CheckLifecyclePolicy(const std::string& text) {
  rapidjson::Document policy;
  // Iterative: no nesting is too deep for the stack.
  policy.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  // The wording is unconfirmed.
  if (policy.HasParseError() || !policy.IsObject())
    throw InvalidLifecyclePolicy("Could not map policyString into LifecyclePolicy.");
  const Json* list = Member(RequireObject(&policy, {"rules"}), "rules");
  if (!list || !list->IsArray()) throw NotOfSchema();
  std::vector<Rule> rules;
  for (const Json& rule : list->GetArray()) rules.push_back(ReadRule(rule));
  CheckRules(rules);
}

}  // namespace drydock::ecr
