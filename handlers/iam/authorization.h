// What a principal may do, by the policies that IAM keeps.
#pragma once

#include <string>

#include "emulator/auth/policy/evaluate.h"
#include "emulator/core/context.h"

namespace drydock::iam {

// A caller, with all that its policies are and that conditions may ask about it.
struct Recognised {
  auth::policy::Caller caller;
  auth::policy::Policies policies;  // identity, boundary, session
  auth::policy::Keys keys;          // the global condition keys of this request
};
Recognised Recognise(Context& context, const Principal& principal);

// What a decision is about.
struct Access {
  std::string action;            // "secretsmanager:GetSecretValue"
  std::string resource = "*";    // the ARN, or "*" where the action has no resource types
  std::string resource_account;  // empty: the caller's own
  std::string resource_policy;   // the resource's policy document; empty: it has none
  auth::policy::Keys keys = {};  // condition keys beside the global ones, in lower case
};

// Collects the caller's identity policies (inline, attached, of groups), boundary and session policies and decides.
// A session whose role is gone, and a user who is gone, are denied. Root is allowed.
auth::policy::Decision Authorize(Context& context, const Principal& principal, const Access& access);
auth::policy::Decision Authorize(Context& context, const Principal& principal, const std::string& action,
                                 const std::string& resource);

// AWS's sentence for a denied call:
//   User: arn:aws:sts::A:assumed-role/R/S is not authorized to perform: ecr:GetAuthorizationToken on resource: *
//   because no identity-based policy allows the ecr:GetAuthorizationToken action
// An empty `resource` leaves "on resource" out, as Describe calls of EC2 and ELBv2 do. aws-facts H.3.
std::string AccessDeniedMessage(const Principal& principal, const std::string& action, const std::string& resource,
                                const auth::policy::Decision& decision);

}  // namespace drydock::iam
