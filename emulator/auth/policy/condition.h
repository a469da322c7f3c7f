// Conditions of a policy statement.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace drydock::auth::policy {

// What is known about a request, by condition key in lower case ("aws:sourceip"). A key that is not known, or has no
// values, is absent.
using Keys = std::map<std::string, std::vector<std::string>>;

enum class Operator {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLessThan,
  kNumericLessThanEquals,
  kNumericGreaterThan,
  kNumericGreaterThanEquals,
  kDateEquals,
  kDateLessThan,
  kDateLessThanEquals,
  kDateGreaterThan,
  kDateGreaterThanEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArnLike,  // also ArnEquals, which behaves the same
  kNull,
};
enum class Quantifier { kNone, kForAllValues, kForAnyValue };

struct Condition {
  Operator op = Operator::kStringEquals;
  bool negated = false;  // StringNotEquals, NotIpAddress …
  Quantifier quantifier = Quantifier::kNone;
  bool if_exists = false;
  std::string key;   // lower case
  std::string name;  // the key as the policy writes it
  std::vector<std::string> values;
};

// Reads "ForAnyValue:StringNotLikeIfExists" into all but key and values; nullopt for names that do not exist.
std::optional<Condition> ParseOperator(std::string_view name);

// `variables`: ${…} in the condition's values is replaced.
bool Holds(const Condition& condition, const Keys& keys, bool variables);

}  // namespace drydock::auth::policy
