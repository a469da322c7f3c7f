// Managed policies: AWS's own, which are the same in every account, and the customers'.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "emulator/core/context.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

struct AwsPolicy {
  const char* arn;
  const char* version;  // the default one, and the only one that Drydock knows
  const char* document;
};

namespace internal {
extern const AwsPolicy kAwsPolicies[];
extern const std::size_t kAwsPolicyCount;
}  // namespace internal

// By name.
inline std::span<const AwsPolicy> AwsPolicies() {
  return {internal::kAwsPolicies, internal::kAwsPolicyCount};
}
const AwsPolicy* FindAwsPolicy(const std::string& arn);

// An AWS policy in the form of a customer's. Ids and dates are made up, but the same every time.
records::iam::ManagedPolicy AsManagedPolicy(const AwsPolicy& policy);

// Of either kind.
std::optional<records::iam::ManagedPolicy> FindPolicy(Context& context, const std::string& arn);
// The text of the default version.
std::optional<std::string> FindPolicyDocument(Context& context, const std::string& arn);

// Throws unless the text is the ARN of a policy, whether or not there is one.
void CheckPolicyArn(const std::string& arn);

}  // namespace drydock::iam
