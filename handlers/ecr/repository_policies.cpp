// Repository policies and lifecycle policies.
#include <algorithm>

#include "api/ecr/DeleteLifecyclePolicyRequest.h"
#include "api/ecr/DeleteLifecyclePolicyResponse.h"
#include "api/ecr/DeleteRepositoryPolicyRequest.h"
#include "api/ecr/DeleteRepositoryPolicyResponse.h"
#include "api/ecr/GetLifecyclePolicyRequest.h"
#include "api/ecr/GetLifecyclePolicyResponse.h"
#include "api/ecr/GetRepositoryPolicyRequest.h"
#include "api/ecr/GetRepositoryPolicyResponse.h"
#include "api/ecr/PutLifecyclePolicyRequest.h"
#include "api/ecr/PutLifecyclePolicyResponse.h"
#include "api/ecr/SetRepositoryPolicyRequest.h"
#include "api/ecr/SetRepositoryPolicyResponse.h"
#include "emulator/api/operation.h"
#include "emulator/auth/policy/validate.h"
#include "handlers/ecr/errors.h"
#include "handlers/ecr/lifecycle_policy.h"
#include "handlers/ecr/repositories.h"
#include "handlers/iam/principals.h"
#include "store/database.h"
#include "store/table.h"

namespace drydock::ecr {

using RepositoryRecord = records::ecr::Repository;

namespace {

// Refuses what is no policy of a resource, and what names a resource: it is always the repository itself. ECR's texts:
// awsdocs/amazon-ecr-user-guide pull request 20; hashicorp/terraform-provider-aws issue 39064.
void CheckPolicy(Context& context, const std::string& text) {
  auth::policy::Document policy;
  const bool good = !auth::policy::Problem(text, auth::policy::PolicyKind::kResource, &policy) &&
                    std::all_of(policy.statements.begin(), policy.statements.end(),
                                [](const auto& statement) { return statement.resources.empty(); });
  if (!good) throw errors::InvalidParameter("PolicyText", "Invalid repository policy provided");
  if (iam::FindMissingPrincipal(context, policy)) throw errors::InvalidParameter("PolicyText", "Principal not found");
}

}  // namespace

AWS_OPERATION(ecr, SetRepositoryPolicy)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
SetRepositoryPolicyResponse SetRepositoryPolicy(Context& context, const SetRepositoryPolicyRequest& in) {
  RepositoryRecord repository = FindRepository(context, "SetRepositoryPolicy", in.registryId, *in.repositoryName);
  CheckPolicy(context, *in.policyText);
  repository.policy_text = in.policyText;
  context.tx.Put(context.scope, repository);

  SetRepositoryPolicyResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.policyText = repository.policy_text;
  return out;
}

AWS_OPERATION(ecr, GetRepositoryPolicy)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
GetRepositoryPolicyResponse GetRepositoryPolicy(Context& context, const GetRepositoryPolicyRequest& in) {
  const RepositoryRecord repository = FindRepository(context, "GetRepositoryPolicy", in.registryId, *in.repositoryName);
  if (!repository.policy_text) throw errors::RepositoryPolicyNotFound(repository.name, context.account());

  GetRepositoryPolicyResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.policyText = repository.policy_text;
  return out;
}

AWS_OPERATION(ecr, DeleteRepositoryPolicy)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
DeleteRepositoryPolicyResponse DeleteRepositoryPolicy(Context& context, const DeleteRepositoryPolicyRequest& in) {
  RepositoryRecord repository = FindRepository(context, "DeleteRepositoryPolicy", in.registryId, *in.repositoryName);
  if (!repository.policy_text) throw errors::RepositoryPolicyNotFound(repository.name, context.account());

  DeleteRepositoryPolicyResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.policyText = std::exchange(repository.policy_text, std::nullopt);
  context.tx.Put(context.scope, repository);
  return out;
}

AWS_OPERATION(ecr, PutLifecyclePolicy)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
PutLifecyclePolicyResponse PutLifecyclePolicy(Context& context, const PutLifecyclePolicyRequest& in) {
  RepositoryRecord repository = FindRepository(context, "PutLifecyclePolicy", in.registryId, *in.repositoryName);
  CheckLifecyclePolicy(*in.lifecyclePolicyText);
  repository.lifecycle_policy_text = in.lifecyclePolicyText;
  context.tx.Put(context.scope, repository);

  PutLifecyclePolicyResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.lifecyclePolicyText = repository.lifecycle_policy_text;
  return out;
}

AWS_OPERATION(ecr, GetLifecyclePolicy)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
GetLifecyclePolicyResponse GetLifecyclePolicy(Context& context, const GetLifecyclePolicyRequest& in) {
  const RepositoryRecord repository = FindRepository(context, "GetLifecyclePolicy", in.registryId, *in.repositoryName);
  if (!repository.lifecycle_policy_text) throw errors::LifecyclePolicyNotFound(repository.name, context.account());

  GetLifecyclePolicyResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.lifecyclePolicyText = repository.lifecycle_policy_text;
  return out;
}

AWS_OPERATION(ecr, DeleteLifecyclePolicy)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
DeleteLifecyclePolicyResponse DeleteLifecyclePolicy(Context& context, const DeleteLifecyclePolicyRequest& in) {
  RepositoryRecord repository = FindRepository(context, "DeleteLifecyclePolicy", in.registryId, *in.repositoryName);
  if (!repository.lifecycle_policy_text) throw errors::LifecyclePolicyNotFound(repository.name, context.account());

  DeleteLifecyclePolicyResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.lifecyclePolicyText = std::exchange(repository.lifecycle_policy_text, std::nullopt);
  context.tx.Put(context.scope, repository);
  return out;
}

}  // namespace drydock::ecr
