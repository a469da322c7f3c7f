// Policies of users, inline and attached.
#include "api/iam/AttachUserPolicyRequest.h"
#include "api/iam/AttachUserPolicyResponse.h"
#include "api/iam/DeleteUserPolicyRequest.h"
#include "api/iam/DeleteUserPolicyResponse.h"
#include "api/iam/DetachUserPolicyRequest.h"
#include "api/iam/DetachUserPolicyResponse.h"
#include "api/iam/GetUserPolicyRequest.h"
#include "api/iam/GetUserPolicyResponse.h"
#include "api/iam/ListAttachedUserPoliciesRequest.h"
#include "api/iam/ListAttachedUserPoliciesResponse.h"
#include "api/iam/ListUserPoliciesRequest.h"
#include "api/iam/ListUserPoliciesResponse.h"
#include "api/iam/PutUserPolicyRequest.h"
#include "api/iam/PutUserPolicyResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"

namespace drydock::iam {

AWS_OPERATION(iam, PutUserPolicy)
AWS_ACCESS("user/{UserName}")
PutUserPolicyResponse PutUserPolicy(Context& context, const PutUserPolicyRequest& in) {
  records::iam::User user = RequireUser(context, *in.UserName);
  PutInlinePolicy(kUser, user.name, user.inline_policies, *in.PolicyName, *in.PolicyDocument);
  context.tx.Put(context.scope, user);
  return {};
}

AWS_OPERATION(iam, GetUserPolicy)
AWS_ACCESS("user/{UserName}")
GetUserPolicyResponse GetUserPolicy(Context& context, const GetUserPolicyRequest& in) {
  const records::iam::User user = RequireUser(context, *in.UserName);
  GetUserPolicyResponse out;
  out.UserName = user.name;
  out.PolicyName = in.PolicyName;
  out.PolicyDocument = GetInlinePolicy(kUser, user.inline_policies, *in.PolicyName);
  return out;
}

AWS_OPERATION(iam, ListUserPolicies)
AWS_ACCESS("user/{UserName}")
ListUserPoliciesResponse ListUserPolicies(Context& context, const ListUserPoliciesRequest& in) {
  const records::iam::User user = RequireUser(context, *in.UserName);
  std::vector<std::string> names;
  for (const auto& policy : user.inline_policies) names.push_back(policy.first);
  ListUserPoliciesResponse out;
  out.PolicyNames = TakeIamPage(context, "ListUserPolicies:" + user.name, std::move(names), in, out);
  return out;
}

AWS_OPERATION(iam, DeleteUserPolicy)
AWS_ACCESS("user/{UserName}")
DeleteUserPolicyResponse DeleteUserPolicy(Context& context, const DeleteUserPolicyRequest& in) {
  records::iam::User user = RequireUser(context, *in.UserName);
  DeleteInlinePolicy(kUser, user.inline_policies, *in.PolicyName);
  context.tx.Put(context.scope, user);
  return {};
}

AWS_OPERATION(iam, AttachUserPolicy)
AWS_ACCESS("user/{UserName}", "iam:PolicyARN={PolicyArn}")
AttachUserPolicyResponse AttachUserPolicy(Context& context, const AttachUserPolicyRequest& in) {
  AttachPolicy(context, kUser, RequireUser(context, *in.UserName).name, *in.PolicyArn);
  return {};
}

AWS_OPERATION(iam, DetachUserPolicy)
AWS_ACCESS("user/{UserName}", "iam:PolicyARN={PolicyArn}")
DetachUserPolicyResponse DetachUserPolicy(Context& context, const DetachUserPolicyRequest& in) {
  DetachPolicy(context, kUser, RequireUser(context, *in.UserName).name, *in.PolicyArn);
  return {};
}

AWS_OPERATION(iam, ListAttachedUserPolicies)
AWS_ACCESS("user/{UserName}")
ListAttachedUserPoliciesResponse ListAttachedUserPolicies(Context& context, const ListAttachedUserPoliciesRequest& in) {
  const std::string name = RequireUser(context, *in.UserName).name;
  const std::string prefix = in.PathPrefix.value_or("/");
  ListAttachedUserPoliciesResponse out;
  out.AttachedPolicies = TakeIamPage(context, "ListAttachedUserPolicies:" + name + ":" + prefix,
                                     RenderAttached(AttachedPolicies(context, kUser, name), prefix), in, out,
                                     [](const AttachedPolicy& policy) { return *policy.PolicyArn; });
  return out;
}

}  // namespace drydock::iam
