// What a principal may do, by the policies that IAM keeps.
#pragma once

#include <string>

#include "emulator/api/access.h"
#include "emulator/auth/policy/evaluate.h"
#include "emulator/core/context.h"

namespace drydock::iam {

// A caller, with all that its policies are and that conditions may ask about it.
struct Recognised {
  auth::policy::Caller caller;
  auth::policy::Policies policies;   // identity, boundary, session
  auth::policy::Keys keys;           // the global condition keys of this request
  std::string network_interface_id;  // by which its calls leave a VPC; empty: not known
};
Recognised Recognise(Context& context, const Principal& principal);

// Decides about one question by the caller's identity policies (inline, attached, of groups), boundary and session
// policies and the resource's policy. A session whose role is gone, and a user who is gone, are denied. Root is allowed
// what no resource's policy denies.
auth::policy::Decision Decide(Context& context, Recognised& caller, const api::Question& question);

// The question with all its keys, as the evaluator takes it.
auth::policy::Query QueryOf(Context& context, const Recognised& caller, const api::Question& question);

// The same, for a caller who is asked about once.
auth::policy::Decision Authorize(Context& context, const Principal& principal, const api::Question& question);
auth::policy::Decision Authorize(Context& context, const Principal& principal, const std::string& action,
                                 const std::string& resource);

// Whether the policy of the VPC endpoint that a call in the context's region would go through, leaving by this network
// interface, admits it of a caller whose account is not known: who fetches a URL that an AWS service has signed. True
// where the call goes through no endpoint.
bool EndpointAdmitsSignedUrl(Context& context, const std::string& network_interface_id, const std::string& action,
                             const std::string& resource);

// AWS's sentence for a denied call:
//   User: arn:aws:sts::A:assumed-role/R/S is not authorized to perform: ecr:GetAuthorizationToken on resource: *
//   because no identity-based policy allows the ecr:GetAuthorizationToken action
// An empty `resource` leaves "on resource" out, as Describe calls of EC2 and ELBv2 do. aws-facts H.3.
std::string AccessDeniedMessage(const Principal& principal, const std::string& action, const std::string& resource,
                                const auth::policy::Decision& decision);

}  // namespace drydock::iam
