// Policies of roles, inline and attached.
#include "api/iam/AttachRolePolicyRequest.h"
#include "api/iam/AttachRolePolicyResponse.h"
#include "api/iam/DeleteRolePolicyRequest.h"
#include "api/iam/DeleteRolePolicyResponse.h"
#include "api/iam/DetachRolePolicyRequest.h"
#include "api/iam/DetachRolePolicyResponse.h"
#include "api/iam/GetRolePolicyRequest.h"
#include "api/iam/GetRolePolicyResponse.h"
#include "api/iam/ListAttachedRolePoliciesRequest.h"
#include "api/iam/ListAttachedRolePoliciesResponse.h"
#include "api/iam/ListRolePoliciesRequest.h"
#include "api/iam/ListRolePoliciesResponse.h"
#include "api/iam/PutRolePolicyRequest.h"
#include "api/iam/PutRolePolicyResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"

namespace drydock::iam {

AWS_OPERATION(iam, PutRolePolicy)
AWS_ACCESS("role/{RoleName}")
PutRolePolicyResponse PutRolePolicy(Context& context, const PutRolePolicyRequest& in) {
  records::iam::Role role = RequireModifiableRole(context, *in.RoleName);
  PutInlinePolicy(kRole, role.name, role.inline_policies, *in.PolicyName, *in.PolicyDocument);
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, GetRolePolicy)
AWS_ACCESS("role/{RoleName}")
GetRolePolicyResponse GetRolePolicy(Context& context, const GetRolePolicyRequest& in) {
  const records::iam::Role role = RequireRole(context, *in.RoleName);
  GetRolePolicyResponse out;
  out.RoleName = role.name;
  out.PolicyName = in.PolicyName;
  out.PolicyDocument = GetInlinePolicy(kRole, role.inline_policies, *in.PolicyName);
  return out;
}

AWS_OPERATION(iam, ListRolePolicies)
AWS_ACCESS("role/{RoleName}")
ListRolePoliciesResponse ListRolePolicies(Context& context, const ListRolePoliciesRequest& in) {
  const records::iam::Role role = RequireRole(context, *in.RoleName);
  std::vector<std::string> names;
  for (const auto& policy : role.inline_policies) names.push_back(policy.first);
  ListRolePoliciesResponse out;
  out.PolicyNames = TakeIamPage(context, "ListRolePolicies:" + role.name, std::move(names), in, out);
  return out;
}

AWS_OPERATION(iam, DeleteRolePolicy)
AWS_ACCESS("role/{RoleName}")
DeleteRolePolicyResponse DeleteRolePolicy(Context& context, const DeleteRolePolicyRequest& in) {
  records::iam::Role role = RequireModifiableRole(context, *in.RoleName);
  DeleteInlinePolicy(kRole, role.inline_policies, *in.PolicyName);
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, AttachRolePolicy)
AWS_ACCESS("role/{RoleName}", "iam:PolicyARN={PolicyArn}")
AttachRolePolicyResponse AttachRolePolicy(Context& context, const AttachRolePolicyRequest& in) {
  AttachPolicy(context, kRole, RequireModifiableRole(context, *in.RoleName).name, *in.PolicyArn);
  return {};
}

AWS_OPERATION(iam, DetachRolePolicy)
AWS_ACCESS("role/{RoleName}", "iam:PolicyARN={PolicyArn}")
DetachRolePolicyResponse DetachRolePolicy(Context& context, const DetachRolePolicyRequest& in) {
  DetachPolicy(context, kRole, RequireModifiableRole(context, *in.RoleName).name, *in.PolicyArn);
  return {};
}

AWS_OPERATION(iam, ListAttachedRolePolicies)
AWS_ACCESS("role/{RoleName}")
ListAttachedRolePoliciesResponse ListAttachedRolePolicies(Context& context, const ListAttachedRolePoliciesRequest& in) {
  const std::string name = RequireRole(context, *in.RoleName).name;
  const std::string prefix = in.PathPrefix.value_or("/");
  ListAttachedRolePoliciesResponse out;
  out.AttachedPolicies = TakeIamPage(context, "ListAttachedRolePolicies:" + name + ":" + prefix,
                                     RenderAttached(AttachedPolicies(context, kRole, name), prefix), in, out,
                                     [](const AttachedPolicy& policy) { return *policy.PolicyArn; });
  return out;
}

}  // namespace drydock::iam
