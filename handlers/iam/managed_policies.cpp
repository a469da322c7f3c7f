#include "handlers/iam/managed_policies.h"

#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/iam/errors.h"
#include "store/database.h"

namespace drydock::iam {

using records::iam::ManagedPolicy;

const AwsPolicy* FindAwsPolicy(const std::string& arn) {
  for (const AwsPolicy& policy : AwsPolicies())
    if (arn == policy.arn) return &policy;
  return nullptr;
}

ManagedPolicy AsManagedPolicy(const AwsPolicy& aws) {
  ManagedPolicy policy;
  policy.arn = aws.arn;
  const std::string whole = policy.arn.substr(policy.arn.find(":policy") + 7);  // "/service-role/Name"
  policy.name = whole.substr(whole.rfind('/') + 1);
  policy.name_key = Lowercase(policy.name);
  policy.path = whole.substr(0, whole.rfind('/') + 1);
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  policy.id = "ANPA";
  for (const char byte : Sha256(policy.arn).substr(0, 17))
    policy.id += kAlphabet[static_cast<unsigned char>(byte) % 32];
  policy.default_version = aws.version;
  policy.created = policy.updated = *ParseIso8601("2015-02-06T18:40:58Z");
  policy.versions.push_back({aws.version, aws.document, policy.created});
  return policy;
}

std::optional<ManagedPolicy> FindPolicy(Context& context, const std::string& arn) {
  if (const AwsPolicy* policy = FindAwsPolicy(arn)) return AsManagedPolicy(*policy);
  return context.tx.Get<ManagedPolicy>(context.scope, arn);
}

std::optional<std::string> FindPolicyDocument(Context& context, const std::string& arn) {
  if (const AwsPolicy* policy = FindAwsPolicy(arn)) return policy->document;
  const auto policy = context.tx.Get<ManagedPolicy>(context.scope, arn);
  if (!policy) return std::nullopt;
  for (const auto& version : policy->versions)
    if (version.id == policy->default_version) return version.document;
  return std::nullopt;
}

void CheckPolicyArn(const std::string& text) {
  const auto arn = Arn::Parse(text);
  if (!arn) throw errors::ArnNotParsed();
  if (arn->service != "iam" || !arn->region.empty() || !arn->Named("policy")) throw errors::ArnNotValid(text);
}

}  // namespace drydock::iam
