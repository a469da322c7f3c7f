// The policy simulator's operations. IAM API Reference; IAM User Guide, "Testing IAM policies with the IAM policy
// simulator".
#include <algorithm>

#include "api/iam/ContextEntry.h"
#include "api/iam/EvaluationResult.h"
#include "api/iam/GetContextKeysForCustomPolicyRequest.h"
#include "api/iam/GetContextKeysForPolicyResponse.h"
#include "api/iam/GetContextKeysForPrincipalPolicyRequest.h"
#include "api/iam/SimulateCustomPolicyRequest.h"
#include "api/iam/SimulatePolicyResponse.h"
#include "api/iam/SimulatePrincipalPolicyRequest.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/simulation.h"

namespace drydock::iam {

namespace policy = auth::policy;

namespace {

constexpr std::size_t kMostResults = 1000;

const char* WordFor(policy::Outcome outcome) {
  switch (outcome) {
    case policy::Outcome::kAllowed:
      return "allowed";
    case policy::Outcome::kExplicitDeny:
      return "explicitDeny";
    case policy::Outcome::kImplicitDeny:
      break;
  }
  return "implicitDeny";
}

// Names of the API: a service and an operation, without wildcards.
void CheckActionName(const std::string& name) {
  const auto colon = name.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == name.size() ||
      name.find_first_of("*?: ", colon + 1) != std::string::npos)
    throw errors::InvalidActionName(name);
}

void CheckInputPolicy(const std::string& text, policy::PolicyKind kind) {
  if (const auto problem = policy::Problem(text, kind)) throw errors::InvalidInputPolicy(*problem);
}

void AddContextEntries(const List<ContextEntry>& entries, policy::Keys& keys) {
  for (const ContextEntry& entry : entries) {
    if (!entry.ContextKeyName || !entry.ContextKeyType || entry.ContextKeyValues.empty())
      throw errors::InvalidInput("Context entries need a name, a type and values.");  // unconfirmed, as the next
    if (!entry.ContextKeyType->ends_with("List") && entry.ContextKeyValues.size() > 1)
      throw errors::InvalidInput("The context key " + *entry.ContextKeyName + " of type " + *entry.ContextKeyType +
                                 " takes one value.");
    keys[Lowercase(*entry.ContextKeyName)] = std::vector<std::string>(entry.ContextKeyValues);
  }
}

// The parameters that both operations have.
template <class Request>
void AddInput(const Request& in, Simulation& simulation) {
  int number = 0;
  for (const std::string& text : in.PolicyInputList) {
    CheckInputPolicy(text, policy::PolicyKind::kInline);
    simulation.identity.push_back({"PolicyInputList." + std::to_string(++number), "IAM Policy", text});
  }
  if (in.PermissionsBoundaryPolicyInputList.size() > 1)  // "You can set only one"; wording unconfirmed
    throw errors::InvalidInput("Only one permissions boundary can be simulated.");
  for (const std::string& text : in.PermissionsBoundaryPolicyInputList) {
    CheckInputPolicy(text, policy::PolicyKind::kInline);
    simulation.boundary = {"PermissionsBoundaryPolicyInputList.1", "IAM Permissions Boundary Policy", text};
  }
  if (in.CallerArn) {
    // "You can specify only the ARN of an IAM user": API Reference, CallerArn.
    const auto arn = Arn::Parse(*in.CallerArn);
    if (!arn || arn->service != "iam" || !arn->Named("user")) throw errors::UnclearEntityArn(*in.CallerArn);
    Principal& caller = simulation.caller.principal;
    caller = {Principal::Type::kUser, arn->account, *in.CallerArn, "", "", ""};
    simulation.caller.role_arn.clear();
    simulation.keys["aws:principalarn"] = {*in.CallerArn};
    simulation.keys["aws:principalaccount"] = {arn->account};
    simulation.keys["aws:principaltype"] = {"User"};
    simulation.keys["aws:username"] = {in.CallerArn->substr(in.CallerArn->rfind('/') + 1)};
  }
  if (in.ResourcePolicy) {
    if (simulation.caller.principal.arn.empty() && simulation.caller.role_arn.empty())
      throw errors::InvalidInput("CallerArn is required when a ResourcePolicy is given.");  // unconfirmed
    CheckInputPolicy(*in.ResourcePolicy, policy::PolicyKind::kResource);
    simulation.resource = {"ResourcePolicy", "Resource Policy", *in.ResourcePolicy};
  }
  if (in.ResourceOwner) {
    const auto arn = Arn::Parse(*in.ResourceOwner);
    simulation.resource_owner = arn ? arn->account : *in.ResourceOwner;
  }
  // What instances run on decides which resources EC2 asks about; Drydock simulates the resources it is given.
  if (in.ResourceHandlingOption) throw errors::ResourceHandlingNotImplemented();
  AddContextEntries(in.ContextEntries, simulation.keys);
}

template <class Rendered>
void RenderInto(const SimulationResult& result, Rendered& out) {
  out.MatchedStatements.present = true;
  for (const SimulatedStatement& matched : result.matched) {
    auto& statement = out.MatchedStatements.emplace_back();
    statement.SourcePolicyId = matched.policy_id;
    statement.SourcePolicyType = matched.policy_type;
    statement.StartPosition.emplace();
    statement.StartPosition->Line = matched.span.start.line;
    statement.StartPosition->Column = matched.span.start.column;
    statement.EndPosition.emplace();
    statement.EndPosition->Line = matched.span.end.line;
    statement.EndPosition->Column = matched.span.end.column;
  }
  if (result.within_boundary)
    out.PermissionsBoundaryDecisionDetail.emplace().AllowedByPermissionsBoundary = *result.within_boundary;
}

EvaluationResult RenderResult(const Simulation& simulation, const std::string& action, const std::string& resource) {
  const SimulationResult result = Simulate(simulation, action, resource);
  EvaluationResult out;
  out.EvalActionName = action;
  out.EvalResourceName = resource;
  out.EvalDecision = WordFor(result.decision.outcome);
  RenderInto(result, out);
  out.OrganizationsDecisionDetail.emplace().AllowedByOrganizations = true;  // there are no organizations here
  out.MissingContextValues.present = true;
  if (resource == "*") {
    out.MissingContextValues = result.missing_keys;
    return out;
  }
  // Of a named resource the missing keys stand with the resource: API Reference, EvaluationResult.
  auto& specific = out.ResourceSpecificResults.emplace_back();
  specific.EvalResourceName = resource;
  specific.EvalResourceDecision = out.EvalDecision;
  specific.MissingContextValues = result.missing_keys;
  RenderInto(result, specific);
  return out;
}

// One result for each action on each resource.
template <class Request>
SimulatePolicyResponse AnswerOf(Context& context, const char* operation, const Request& in,
                                const Simulation& simulation) {
  std::vector<std::string> resources(in.ResourceArns);
  if (resources.empty()) resources = {"*"};
  for (const std::string& resource : resources)
    if (resource != "*" && !Arn::Parse(resource)) throw errors::InvalidResourceArn(resource);
  std::vector<std::string> pairs;
  for (const std::string& action : in.ActionNames) {
    CheckActionName(action);
    for (const std::string& resource : resources) pairs.push_back(action + " " + resource);
  }
  if (pairs.size() > kMostResults)  // Drydock's own bound
    throw errors::InvalidInput("More than 1000 combinations of actions and resources.");
  SimulatePolicyResponse out;
  out.EvaluationResults.present = true;
  for (const std::string& pair : TakeIamPage(context, operation, std::move(pairs), in, out)) {
    const auto space = pair.find(' ');
    out.EvaluationResults.push_back(RenderResult(simulation, pair.substr(0, space), pair.substr(space + 1)));
  }
  return out;
}

void AddContextKeys(const std::string& text, List<std::string>& names) {
  auto parsed = policy::Parse(text);
  const auto* document = std::get_if<policy::Document>(&parsed);
  if (!document) return;
  for (const std::string& name : policy::ContextKeys(*document)) {
    const bool known = std::any_of(names.begin(), names.end(),
                                   [&](const std::string& other) { return EqualsIgnoringCase(other, name); });
    if (!known) names.push_back(name);
  }
}

}  // namespace

AWS_OPERATION(iam, SimulateCustomPolicy)
SimulatePolicyResponse SimulateCustomPolicy(Context& context, const SimulateCustomPolicyRequest& in) {
  Simulation simulation;
  simulation.caller.principal.type = Principal::Type::kUser;
  simulation.caller.principal.account = context.account();
  AddInput(in, simulation);
  return AnswerOf(context, "SimulateCustomPolicy", in, simulation);
}

AWS_OPERATION(iam, SimulatePrincipalPolicy)
AWS_ACCESS("{PolicySourceArn}")
SimulatePolicyResponse SimulatePrincipalPolicy(Context& context, const SimulatePrincipalPolicyRequest& in) {
  Simulation simulation = SimulationOf(context, *in.PolicySourceArn);
  AddInput(in, simulation);
  return AnswerOf(context, "SimulatePrincipalPolicy", in, simulation);
}

AWS_OPERATION(iam, GetContextKeysForCustomPolicy)
GetContextKeysForPolicyResponse GetContextKeysForCustomPolicy(Context&,
                                                              const GetContextKeysForCustomPolicyRequest& in) {
  GetContextKeysForPolicyResponse out;
  out.ContextKeyNames.present = true;
  for (const std::string& text : in.PolicyInputList) {
    CheckInputPolicy(text, policy::PolicyKind::kInline);
    AddContextKeys(text, out.ContextKeyNames);
  }
  return out;
}

AWS_OPERATION(iam, GetContextKeysForPrincipalPolicy)
AWS_ACCESS("{PolicySourceArn}")
GetContextKeysForPolicyResponse GetContextKeysForPrincipalPolicy(Context& context,
                                                                 const GetContextKeysForPrincipalPolicyRequest& in) {
  GetContextKeysForPolicyResponse out;
  out.ContextKeyNames.present = true;
  for (const SimulatedPolicy& each : SimulationOf(context, *in.PolicySourceArn).identity)
    AddContextKeys(each.text, out.ContextKeyNames);
  for (const std::string& text : in.PolicyInputList) {
    CheckInputPolicy(text, policy::PolicyKind::kInline);
    AddContextKeys(text, out.ContextKeyNames);
  }
  return out;
}

}  // namespace drydock::iam
