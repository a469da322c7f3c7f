// Who may do what: the decision of IAM's policies about one action on one resource. Pure.
// Source: IAM User Guide, "Policy evaluation logic" (single account, cross-account); aws-facts H.1, H.2.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/auth/policy/document.h"
#include "emulator/core/principal.h"

namespace drydock::auth::policy {

// The caller, as policies know it.
struct Caller {
  Principal principal;
  std::string role_arn;  // of a session: the role it is a session of, path included
  // Of somebody without an identity in AWS yet: the ARN of the identity provider that vouches. Nothing else is set
  // then.
  std::string federated_provider = {};
};

struct Query {
  std::string action;            // "ecs:RunTask"
  std::string resource;          // its ARN, or "*" where the action has no resource types
  std::string resource_account;  // empty: the caller's own
  Keys keys;
};

struct Policy {
  std::string id;  // how a decision names it: the ARN of a managed policy, the name of an inline one
  std::shared_ptr<const Document> document;
};

// Everything that has a say. A boundary or session policy that is there but allows nothing denies all.
struct Policies {
  std::vector<Policy> identity;
  std::optional<Policy> resource;
  std::optional<Policy> boundary;
  std::optional<std::vector<Policy>> session;
  std::optional<Policy> endpoint = {};  // of the VPC endpoint that the call came through
};

enum class Outcome { kAllowed, kExplicitDeny, kImplicitDeny };
enum class Source { kIdentity, kResource, kBoundary, kSession, kEndpoint, kRoot };

struct Decision {
  Outcome outcome = Outcome::kImplicitDeny;
  // Where the deciding statement stands; of an implicit deny: the kind of policy that should have allowed and did not.
  Source source = Source::kIdentity;
  std::string policy;         // the id of the policy with the deciding statement; empty for an implicit deny
  std::size_t statement = 0;  // its place in that policy, from 0
  std::string sid;            // its Sid, if it has one

  bool allowed() const { return outcome == Outcome::kAllowed; }
};

Decision Evaluate(const Policies& policies, const Caller& caller, const Query& query);

// How a statement of a resource's policy (or a role's trust policy) reaches a caller.
enum class Reach {
  kNone,
  kAccount,  // by its account: that account's own policies decide
  kRole,     // by the role of its session, or as "anyone"
  kExactly,  // by its very user, session or service
};

// What a resource's policy, read for itself, says: used for trust policies, which alone decide about their roles.
struct Verdict {
  Outcome outcome = Outcome::kImplicitDeny;
  Reach reach = Reach::kNone;  // of the statement that allowed; the widest one
  std::size_t statement = 0;
};
Verdict EvaluateResourcePolicy(const Document& document, const Caller& caller, const Query& query);

// Every statement of an effect that applies to the query, whatever the decision is: what a simulation shows.
struct Match {
  Source source;
  std::size_t policy;     // its place among the policies of that source
  std::size_t statement;  // its place in that policy
};
std::vector<Match> Matches(const Policies& policies, const Caller& caller, const Query& query, Effect effect);

// The keys that statements about this action and resource ask for and the query does not know, as the policies write
// them, each once.
std::vector<std::string> MissingContextKeys(const Policies& policies, const Caller& caller, const Query& query);

// "because no identity-based policy allows the ecs:RunTask action", "with an explicit deny in a permissions boundary":
// the end of AWS's AccessDenied sentence. IAM User Guide, "Troubleshoot access denied error messages".
std::string Reason(const Decision& decision, const std::string& action);

}  // namespace drydock::auth::policy
