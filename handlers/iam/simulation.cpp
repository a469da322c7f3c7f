#include "handlers/iam/simulation.h"

#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/iam/roles.h"

namespace drydock::iam {

namespace policy = auth::policy;
using GroupRecord = records::iam::Group;
using records::iam::Membership;
using RoleRecord = records::iam::Role;
using UserRecord = records::iam::User;

namespace {

constexpr const char* kIdentityType = "IAM Policy";  // recorded/iam.json; the others' are unconfirmed
constexpr const char* kBoundaryType = "IAM Permissions Boundary Policy";

std::string PolicyName(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

void CollectTexts(Context& context, const EntityKind& kind, const std::string& name, const Documents& inline_policies,
                  std::vector<SimulatedPolicy>& into) {
  for (const auto& [id, text] : inline_policies)
    into.push_back({std::string(kind.word) + "_" + name + "_" + id, kIdentityType, text});
  for (const std::string& arn : AttachedPolicies(context, kind, name))
    if (const auto text = FindPolicyDocument(context, arn)) into.push_back({PolicyName(arn), kIdentityType, *text});
}

void AddBoundaryText(Context& context, const std::optional<std::string>& arn, Simulation& simulation) {
  if (arn) simulation.boundary = {PolicyName(*arn), kBoundaryType, FindPolicyDocument(context, *arn).value_or("")};
}

void AddPrincipal(Context& context, const std::string& arn, const std::string& type, const Tags& tags,
                  Simulation& simulation) {
  simulation.caller.principal.account = context.account();
  simulation.keys["aws:principalarn"] = {arn};
  simulation.keys["aws:principalaccount"] = {context.account()};
  simulation.keys["aws:principaltype"] = {type};
  for (const auto& [key, value] : tags) simulation.keys["aws:principaltag/" + Lowercase(key)] = {value};
}

Simulation OfUser(Context& context, const UserRecord& user, const std::string& arn) {
  Simulation simulation;
  CollectTexts(context, kUser, user.name, user.inline_policies, simulation.identity);
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::user, user.name)))
    if (const auto group = context.tx.Get<GroupRecord>(context.scope, membership.group))
      CollectTexts(context, kGroup, group->name, group->inline_policies, simulation.identity);
  AddBoundaryText(context, user.boundary, simulation);
  AddPrincipal(context, arn, "User", user.tags, simulation);
  simulation.caller.principal.type = Principal::Type::kUser;
  simulation.caller.principal.arn = arn;
  simulation.caller.principal.user_id = user.id;
  simulation.keys["aws:userid"] = {user.id};
  simulation.keys["aws:username"] = {user.name};
  return simulation;
}

Simulation OfRole(Context& context, const RoleRecord& role, const std::string& arn) {
  Simulation simulation;
  CollectTexts(context, kRole, role.name, role.inline_policies, simulation.identity);
  AddBoundaryText(context, role.boundary, simulation);
  AddPrincipal(context, arn, "AssumedRole", role.tags, simulation);
  simulation.caller.principal.type = Principal::Type::kAssumedRole;
  simulation.caller.principal.user_id = role.id + ":";
  simulation.caller.role_arn = arn;
  return simulation;
}

Simulation OfGroup(Context& context, const GroupRecord& group) {
  Simulation simulation;
  CollectTexts(context, kGroup, group.name, group.inline_policies, simulation.identity);
  simulation.caller.principal.type = Principal::Type::kUser;
  simulation.caller.principal.account = context.account();
  return simulation;
}

// What was stored was checked when it came in; a text that is no document all the same allows nothing.
policy::Policy Compile(const SimulatedPolicy& simulated) {
  auto parsed = policy::Parse(simulated.text);
  auto* document = std::get_if<policy::Document>(&parsed);
  return {simulated.id, std::make_shared<const policy::Document>(document ? std::move(*document) : policy::Document{})};
}

std::string OwnerOf(const Simulation& simulation, const std::string& resource) {
  // Without a resource's policy only the caller's side is simulated, whoever's the resource is.
  if (!simulation.resource) return "";
  if (const auto arn = Arn::Parse(resource); arn && !arn->account.empty() && arn->account != "*") return arn->account;
  return simulation.resource_owner;
}

}  // namespace

Simulation SimulationOf(Context& context, const std::string& entity_arn) {
  const auto arn = Arn::Parse(entity_arn);
  if (!arn || arn->service != "iam" || arn->account != context.account()) throw errors::UnclearEntityArn(entity_arn);
  const std::string name = entity_arn.substr(entity_arn.rfind('/') + 1);
  if (arn->Named("user")) return OfUser(context, RequireUser(context, name), entity_arn);
  if (arn->Named("role")) return OfRole(context, RequireRole(context, name), entity_arn);
  if (arn->Named("group")) return OfGroup(context, RequireGroup(context, name));
  throw errors::UnclearEntityArn(entity_arn);
}

SimulationResult Simulate(const Simulation& simulation, const std::string& action, const std::string& resource) {
  policy::Policies policies;
  for (const SimulatedPolicy& each : simulation.identity) policies.identity.push_back(Compile(each));
  if (simulation.boundary) policies.boundary = Compile(*simulation.boundary);
  if (simulation.resource) policies.resource = Compile(*simulation.resource);
  const policy::Query query{action, resource, OwnerOf(simulation, resource), simulation.keys};

  SimulationResult result;
  result.decision = policy::Evaluate(policies, simulation.caller, query);
  result.missing_keys = policy::MissingContextKeys(policies, simulation.caller, query);
  const auto matches = [&](policy::Effect effect) {
    return policy::Matches(policies, simulation.caller, query, effect);
  };
  if (simulation.boundary) {
    const auto of_boundary = [](const std::vector<policy::Match>& found) {
      return std::any_of(found.begin(), found.end(),
                         [](const policy::Match& match) { return match.source == policy::Source::kBoundary; });
    };
    result.within_boundary =
        of_boundary(matches(policy::Effect::kAllow)) && !of_boundary(matches(policy::Effect::kDeny));
  }
  if (result.decision.outcome == policy::Outcome::kImplicitDeny) return result;
  const bool allowed = result.decision.allowed();
  for (const policy::Match& match : matches(allowed ? policy::Effect::kAllow : policy::Effect::kDeny)) {
    if (allowed && match.source == policy::Source::kBoundary) continue;  // it lets through, it does not allow
    const SimulatedPolicy& from = match.source == policy::Source::kIdentity   ? simulation.identity[match.policy]
                                  : match.source == policy::Source::kBoundary ? *simulation.boundary
                                                                              : *simulation.resource;
    const policy::Document& document = match.source == policy::Source::kIdentity
                                           ? *policies.identity[match.policy].document
                                       : match.source == policy::Source::kBoundary ? *policies.boundary->document
                                                                                   : *policies.resource->document;
    const auto spans = policy::LocateStatements(from.text);
    result.matched.push_back({from.id, from.type,
                              match.statement < spans.size() ? spans[match.statement] : policy::StatementSpan{},
                              document.statements[match.statement].sid});
  }
  return result;
}

}  // namespace drydock::iam
