// Policies of groups, inline and attached.
#include "api/iam/AttachGroupPolicyRequest.h"
#include "api/iam/AttachGroupPolicyResponse.h"
#include "api/iam/DeleteGroupPolicyRequest.h"
#include "api/iam/DeleteGroupPolicyResponse.h"
#include "api/iam/DetachGroupPolicyRequest.h"
#include "api/iam/DetachGroupPolicyResponse.h"
#include "api/iam/GetGroupPolicyRequest.h"
#include "api/iam/GetGroupPolicyResponse.h"
#include "api/iam/ListAttachedGroupPoliciesRequest.h"
#include "api/iam/ListAttachedGroupPoliciesResponse.h"
#include "api/iam/ListGroupPoliciesRequest.h"
#include "api/iam/ListGroupPoliciesResponse.h"
#include "api/iam/PutGroupPolicyRequest.h"
#include "api/iam/PutGroupPolicyResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"

namespace drydock::iam {

AWS_OPERATION(iam, PutGroupPolicy)
AWS_ACCESS("group/{GroupName}")
PutGroupPolicyResponse PutGroupPolicy(Context& context, const PutGroupPolicyRequest& in) {
  records::iam::Group group = RequireGroup(context, *in.GroupName);
  PutInlinePolicy(kGroup, group.name, group.inline_policies, *in.PolicyName, *in.PolicyDocument);
  context.tx.Put(context.scope, group);
  return {};
}

AWS_OPERATION(iam, GetGroupPolicy)
AWS_ACCESS("group/{GroupName}")
GetGroupPolicyResponse GetGroupPolicy(Context& context, const GetGroupPolicyRequest& in) {
  const records::iam::Group group = RequireGroup(context, *in.GroupName);
  GetGroupPolicyResponse out;
  out.GroupName = group.name;
  out.PolicyName = in.PolicyName;
  out.PolicyDocument = GetInlinePolicy(kGroup, group.inline_policies, *in.PolicyName);
  return out;
}

AWS_OPERATION(iam, ListGroupPolicies)
AWS_ACCESS("group/{GroupName}")
ListGroupPoliciesResponse ListGroupPolicies(Context& context, const ListGroupPoliciesRequest& in) {
  const records::iam::Group group = RequireGroup(context, *in.GroupName);
  std::vector<std::string> names;
  for (const auto& policy : group.inline_policies) names.push_back(policy.first);
  ListGroupPoliciesResponse out;
  out.PolicyNames = TakeIamPage(context, "ListGroupPolicies:" + group.name, std::move(names), in, out);
  return out;
}

AWS_OPERATION(iam, DeleteGroupPolicy)
AWS_ACCESS("group/{GroupName}")
DeleteGroupPolicyResponse DeleteGroupPolicy(Context& context, const DeleteGroupPolicyRequest& in) {
  records::iam::Group group = RequireGroup(context, *in.GroupName);
  DeleteInlinePolicy(kGroup, group.inline_policies, *in.PolicyName);
  context.tx.Put(context.scope, group);
  return {};
}

AWS_OPERATION(iam, AttachGroupPolicy)
AWS_ACCESS("group/{GroupName}", "iam:PolicyARN={PolicyArn}")
AttachGroupPolicyResponse AttachGroupPolicy(Context& context, const AttachGroupPolicyRequest& in) {
  AttachPolicy(context, kGroup, RequireGroup(context, *in.GroupName).name, *in.PolicyArn);
  return {};
}

AWS_OPERATION(iam, DetachGroupPolicy)
AWS_ACCESS("group/{GroupName}", "iam:PolicyARN={PolicyArn}")
DetachGroupPolicyResponse DetachGroupPolicy(Context& context, const DetachGroupPolicyRequest& in) {
  DetachPolicy(context, kGroup, RequireGroup(context, *in.GroupName).name, *in.PolicyArn);
  return {};
}

AWS_OPERATION(iam, ListAttachedGroupPolicies)
AWS_ACCESS("group/{GroupName}")
ListAttachedGroupPoliciesResponse ListAttachedGroupPolicies(Context& context,
                                                            const ListAttachedGroupPoliciesRequest& in) {
  const std::string name = RequireGroup(context, *in.GroupName).name;
  const std::string prefix = in.PathPrefix.value_or("/");
  ListAttachedGroupPoliciesResponse out;
  out.AttachedPolicies = TakeIamPage(context, "ListAttachedGroupPolicies:" + name + ":" + prefix,
                                     RenderAttached(AttachedPolicies(context, kGroup, name), prefix), in, out,
                                     [](const AttachedPolicy& policy) { return *policy.PolicyArn; });
  return out;
}

}  // namespace drydock::iam
