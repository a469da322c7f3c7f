// What policies would say: a decision with all the statements that led to it. Reads, changes nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/auth/policy/evaluate.h"
#include "emulator/core/context.h"

namespace drydock::iam {

// A policy that takes part, with the text that positions are about.
struct SimulatedPolicy {
  std::string id;    // of a managed policy its name; "user_<user>_<policy>" of an inline one; "PolicyInputList.1"
  std::string type;  // "IAM Policy", "Resource Policy", "IAM Permissions Boundary Policy"
  std::string text;
};

// Everything that has a say but the action and the resource.
struct Simulation {
  std::vector<SimulatedPolicy> identity;
  std::optional<SimulatedPolicy> boundary;
  std::optional<SimulatedPolicy> resource;
  auth::policy::Caller caller;
  std::string resource_owner;  // the account of resources whose ARN names none; empty: the caller's
  auth::policy::Keys keys;     // condition keys in lower case
};

// The policies of a user (groups' included), group or role of this account by its ARN, its boundary, and what the
// condition keys about principals say of it. Throws NoSuchEntity, InvalidInput.
Simulation SimulationOf(Context& context, const std::string& entity_arn);

struct SimulatedStatement {
  std::string policy_id;
  std::string policy_type;
  auth::policy::StatementSpan span;
  std::string sid;
};

struct SimulationResult {
  auth::policy::Decision decision;
  std::vector<SimulatedStatement> matched;  // those that allow, or those that deny; none for an implicit deny
  std::vector<std::string> missing_keys;    // as the policies write them
  std::optional<bool> within_boundary;      // when there is a boundary
};
// "ecs:RunTask", and an ARN or "*".
SimulationResult Simulate(const Simulation& simulation, const std::string& action, const std::string& resource);

}  // namespace drydock::iam
