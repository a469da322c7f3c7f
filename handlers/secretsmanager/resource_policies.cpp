#include <algorithm>

#include "api/secretsmanager/DeleteResourcePolicyRequest.h"
#include "api/secretsmanager/DeleteResourcePolicyResponse.h"
#include "api/secretsmanager/GetResourcePolicyRequest.h"
#include "api/secretsmanager/GetResourcePolicyResponse.h"
#include "api/secretsmanager/PutResourcePolicyRequest.h"
#include "api/secretsmanager/PutResourcePolicyResponse.h"
#include "api/secretsmanager/ValidateResourcePolicyRequest.h"
#include "api/secretsmanager/ValidateResourcePolicyResponse.h"
#include "api/secretsmanager/ValidationErrorsEntry.h"
#include "emulator/api/operation.h"
#include "emulator/auth/policy/validate.h"
#include "handlers/iam/principals.h"
#include "handlers/secretsmanager/errors.h"
#include "handlers/secretsmanager/secrets.h"
#include "store/database.h"

namespace drydock::secretsmanager {

using records::secretsmanager::Secret;

namespace {

auth::policy::Document Check(Context& context, const std::string& text) {
  auth::policy::Document document;
  if (auth::policy::Problem(text, auth::policy::PolicyKind::kResource, &document))
    throw errors::MalformedResourcePolicy();
  if (iam::FindMissingPrincipal(context, document)) throw errors::UnsupportedPrincipal();
  return document;
}

// Whether a statement lets anyone in without a condition. Narrower than AWS's own check, which reasons about
// conditions.
bool IsPublic(const auth::policy::Document& document) {
  return std::any_of(document.statements.begin(), document.statements.end(), [](const auto& statement) {
    return statement.effect == auth::policy::Effect::kAllow && statement.conditions.empty() &&
           (statement.not_principal || statement.principal->anyone);
  });
}

}  // namespace

AWS_OPERATION(secretsmanager, PutResourcePolicy)
AWS_ACCESS("secret/{SecretId}", "secretsmanager:BlockPublicPolicy={BlockPublicPolicy}")
PutResourcePolicyResponse PutResourcePolicy(Context& context, const PutResourcePolicyRequest& in) {
  Secret secret = RequireLiveSecret(context, *in.SecretId, "PutResourcePolicy");
  const auth::policy::Document document = Check(context, *in.ResourcePolicy);
  if (in.BlockPublicPolicy.value_or(false) && IsPublic(document)) throw errors::PublicPolicy();
  secret.resource_policy = in.ResourcePolicy;
  context.tx.Put(context.scope, secret);
  PutResourcePolicyResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  return out;
}

AWS_OPERATION(secretsmanager, GetResourcePolicy)
AWS_ACCESS("secret/{SecretId}")
GetResourcePolicyResponse GetResourcePolicy(Context& context, const GetResourcePolicyRequest& in) {
  const Secret secret = RequireLiveSecret(context, *in.SecretId, "GetResourcePolicy");
  GetResourcePolicyResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  out.ResourcePolicy = secret.resource_policy;
  return out;
}

AWS_OPERATION(secretsmanager, DeleteResourcePolicy)
AWS_ACCESS("secret/{SecretId}")
DeleteResourcePolicyResponse DeleteResourcePolicy(Context& context, const DeleteResourcePolicyRequest& in) {
  Secret secret = RequireLiveSecret(context, *in.SecretId, "DeleteResourcePolicy");
  secret.resource_policy.reset();
  context.tx.Put(context.scope, secret);
  DeleteResourcePolicyResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  return out;
}

AWS_OPERATION(secretsmanager, ValidateResourcePolicy)
AWS_ACCESS("secret/{SecretId}", "secretsmanager:PutResourcePolicy secret/{SecretId|*}")
ValidateResourcePolicyResponse ValidateResourcePolicy(Context& context, const ValidateResourcePolicyRequest& in) {
  if (in.SecretId) RequireLiveSecret(context, *in.SecretId, "ValidateResourcePolicy");
  const auth::policy::Document document = Check(context, *in.ResourcePolicy);
  ValidateResourcePolicyResponse out;
  out.PolicyValidationPassed = !IsPublic(document);
  out.ValidationErrors.present = true;
  if (IsPublic(document)) {
    ValidationErrorsEntry& entry = out.ValidationErrors.emplace_back();
    entry.CheckName = "CHECK_NO_PUBLIC_ACCESS";  // unconfirmed
    entry.ErrorMessage = "The policy grants access to anyone.";
  }
  return out;
}

}  // namespace drydock::secretsmanager
