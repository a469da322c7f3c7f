#include "emulator/auth/policy/evaluate.h"

#include <algorithm>
#include <cstring>

#include "emulator/auth/policy/pattern.h"
#include "emulator/core/text.h"

namespace drydock::auth::policy {

namespace {

Reach ReachOf(const std::string& named, const Caller& caller) {
  const Principal& principal = caller.principal;
  if (principal.type == Principal::Type::kService) return Reach::kNone;
  if (named == principal.arn) return principal.type == Principal::Type::kRoot ? Reach::kAccount : Reach::kExactly;
  if (named == principal.account || named == "arn:aws:iam::" + principal.account + ":root") return Reach::kAccount;
  if (!caller.role_arn.empty() && named == caller.role_arn) return Reach::kRole;
  // Unique ids: AIDA…, or AROA… of "AROA…:session".
  if (named == principal.user_id) return Reach::kExactly;
  if (!named.empty() && principal.user_id.starts_with(named + ":")) return Reach::kRole;
  return Reach::kNone;
}

Reach ReachOf(const Principals& principals, const Caller& caller) {
  if (!caller.federated_provider.empty()) {
    const auto& named = principals.federated;
    return std::find(named.begin(), named.end(), caller.federated_provider) == named.end() ? Reach::kNone
                                                                                           : Reach::kExactly;
  }
  Reach reach = principals.anyone ? Reach::kRole : Reach::kNone;
  for (const std::string& named : principals.aws) reach = std::max(reach, ReachOf(named, caller));
  if (caller.principal.type == Principal::Type::kService)
    for (const std::string& service : principals.service)
      if (service == caller.principal.service) reach = Reach::kExactly;
  return reach;
}

// A Deny with NotPrincipal spares a user who is named together with the account, and a session that is named together
// with its role and the account; whoever is named in part only is denied. IAM User Guide, "NotPrincipal".
bool IsSpared(const Principals& principals, const Caller& caller) {
  if (principals.anyone) return true;
  const Principal& principal = caller.principal;
  if (principal.type == Principal::Type::kService) return ReachOf(principals, caller) != Reach::kNone;
  const auto names = [&](auto is_it) { return std::any_of(principals.aws.begin(), principals.aws.end(), is_it); };
  const bool account = names([&](const std::string& named) {
    return named == principal.account || named == "arn:aws:iam::" + principal.account + ":root";
  });
  const bool role =
      caller.role_arn.empty() || names([&](const std::string& named) { return named == caller.role_arn; });
  return account && role && names([&](const std::string& named) { return named == principal.arn; });
}

Reach ReachOf(const Statement& statement, const Caller& caller) {
  if (!statement.principal) return Reach::kNone;
  if (!statement.not_principal) return ReachOf(*statement.principal, caller);
  const bool excepted = statement.effect == Effect::kDeny ? IsSpared(*statement.principal, caller)
                                                          : ReachOf(*statement.principal, caller) != Reach::kNone;
  return excepted ? Reach::kNone : Reach::kRole;
}

bool MatchesAction(const Statement& statement, const std::string& action) {
  const std::string_view service = std::string_view(action).substr(0, action.find(':'));
  if (!statement.services.empty() &&
      std::find(statement.services.begin(), statement.services.end(), service) == statement.services.end())
    return false;
  // Most patterns are told by their lengths, or by the last character before a wildcard: names of actions begin alike.
  const auto matches = [&](std::string_view pattern, std::size_t prefix) {
    const bool exact = prefix == pattern.size();
    if (exact ? action.size() != prefix : action.size() < prefix) return false;
    if (prefix > 0 && pattern[prefix - 1] != action[prefix - 1]) return false;
    if (std::memcmp(pattern.data(), action.data(), prefix) != 0) return false;
    return exact || Like(pattern.substr(prefix), std::string_view(action).substr(prefix));
  };
  bool listed = false;
  for (std::size_t i = 0; i < statement.actions.size() && !listed; ++i)
    listed = matches(statement.actions[i], statement.action_prefixes[i]);
  return listed != statement.not_action;
}

bool MatchesResource(const Statement& statement, bool variables, const Query& query) {
  if (statement.resources.empty()) return true;  // trust policies have none
  bool resolved = true;
  const bool listed =
      std::any_of(statement.resources.begin(), statement.resources.end(), [&](const std::string& resource) {
        if (!variables || resource.find("${") == std::string::npos) return Like(resource, query.resource);
        const auto pattern = ExpandVariables(resource, query.keys);
        if (!pattern) resolved = false;
        return pattern && Like(*pattern, query.resource);
      });
  // A NotResource whose variable has no value must not become "everything".
  if (statement.not_resource && !resolved) return false;
  return listed != statement.not_resource;
}

bool Applies(const Document& document, const Statement& statement, const std::string& action, const Query& query) {
  return MatchesAction(statement, action) && MatchesResource(statement, document.variables, query) &&
         std::all_of(statement.conditions.begin(), statement.conditions.end(),
                     [&](const Condition& condition) { return Holds(condition, query.keys, document.variables); });
}

// Looks through policies of one kind for a statement of some effect; fills the decision when there is one.
bool Find(const std::vector<Policy>& policies, Source source, Effect effect, const std::string& action,
          const Query& query, Decision& decision) {
  for (const Policy& policy : policies) {
    for (std::size_t i = 0; i < policy.document->statements.size(); ++i) {
      const Statement& statement = policy.document->statements[i];
      if (statement.effect != effect || !Applies(*policy.document, statement, action, query)) continue;
      decision = {effect == Effect::kAllow ? Outcome::kAllowed : Outcome::kExplicitDeny, source, policy.id, i,
                  statement.sid};
      return true;
    }
  }
  return false;
}

}  // namespace

Verdict EvaluateResourcePolicy(const Document& document, const Caller& caller, const Query& query) {
  const std::string action = Lowercase(query.action);
  Verdict verdict;
  for (std::size_t i = 0; i < document.statements.size(); ++i) {
    const Statement& statement = document.statements[i];
    const Reach reach = ReachOf(statement, caller);
    if (reach == Reach::kNone || !Applies(document, statement, action, query)) continue;
    if (statement.effect == Effect::kDeny) return {Outcome::kExplicitDeny, reach, i};
    if (reach > verdict.reach) verdict = {Outcome::kAllowed, reach, i};
  }
  return verdict;
}

namespace {

Decision EvaluateCaller(const Policies& policies, const Caller& caller, const Query& query) {
  const std::string action = Lowercase(query.action);
  const std::vector<Policy> boundary = policies.boundary ? std::vector{*policies.boundary} : std::vector<Policy>{};
  static const std::vector<Policy> kNoPolicies;
  const std::vector<Policy>& session = policies.session ? *policies.session : kNoPolicies;

  Decision decision;
  if (Find(policies.identity, Source::kIdentity, Effect::kDeny, action, query, decision)) return decision;
  Verdict resource;
  if (policies.resource) {
    resource = EvaluateResourcePolicy(*policies.resource->document, caller, query);
    const auto from_resource = [&](Outcome outcome) {
      return Decision{outcome, Source::kResource, policies.resource->id, resource.statement,
                      policies.resource->document->statements[resource.statement].sid};
    };
    if (resource.outcome == Outcome::kExplicitDeny) return from_resource(Outcome::kExplicitDeny);
    if (resource.outcome == Outcome::kAllowed) decision = from_resource(Outcome::kAllowed);
  }
  const Decision by_resource = decision;
  if (Find(boundary, Source::kBoundary, Effect::kDeny, action, query, decision)) return decision;
  if (Find(session, Source::kSession, Effect::kDeny, action, query, decision)) return decision;

  const bool same_account = query.resource_account.empty() || query.resource_account == caller.principal.account;
  if (!same_account && resource.outcome != Outcome::kAllowed)
    return {Outcome::kImplicitDeny, Source::kResource, "", 0, ""};
  // The services that Drydock stands for call as themselves where a resource's policy names them, and nowhere else.
  if (caller.principal.type == Principal::Type::kService)
    return resource.outcome == Outcome::kAllowed ? by_resource
                                                 : Decision{Outcome::kImplicitDeny, Source::kResource, "", 0, ""};
  if (caller.principal.type == Principal::Type::kRoot) return {Outcome::kAllowed, Source::kRoot, "", 0, ""};

  Decision allowed;
  const bool by_identity = Find(policies.identity, Source::kIdentity, Effect::kAllow, action, query, allowed);
  if (same_account) {
    if (resource.reach == Reach::kExactly) return by_resource;
    if (!by_identity && resource.reach < Reach::kRole) return {Outcome::kImplicitDeny, Source::kIdentity, "", 0, ""};
    if (!by_identity) allowed = by_resource;
  } else if (!by_identity) {
    return {Outcome::kImplicitDeny, Source::kIdentity, "", 0, ""};
  }
  Decision also;
  if (policies.boundary && !Find(boundary, Source::kBoundary, Effect::kAllow, action, query, also))
    return {Outcome::kImplicitDeny, Source::kBoundary, "", 0, ""};
  if (policies.session && !Find(session, Source::kSession, Effect::kAllow, action, query, also))
    return {Outcome::kImplicitDeny, Source::kSession, "", 0, ""};
  return allowed;
}

}  // namespace

// What comes through a VPC endpoint needs its policy's leave beside everything else. AWS PrivateLink Guide, "Control
// access to VPC endpoints using endpoint policies".
Decision Evaluate(const Policies& policies, const Caller& caller, const Query& query) {
  const Decision decision = EvaluateCaller(policies, caller, query);
  if (!policies.endpoint || decision.outcome == Outcome::kExplicitDeny) return decision;
  const Document& document = *policies.endpoint->document;
  const Verdict verdict = EvaluateResourcePolicy(document, caller, query);
  if (verdict.outcome == Outcome::kExplicitDeny)
    return {verdict.outcome, Source::kEndpoint, policies.endpoint->id, verdict.statement,
            document.statements[verdict.statement].sid};
  if (decision.allowed() && verdict.outcome != Outcome::kAllowed)
    return {Outcome::kImplicitDeny, Source::kEndpoint, "", 0, ""};
  return decision;
}

namespace {

// Calls visit(source, place of the policy, document) for all policies that have a say.
template <class Visit>
void ForEachPolicy(const Policies& policies, Visit visit) {
  for (std::size_t i = 0; i < policies.identity.size(); ++i)
    visit(Source::kIdentity, i, *policies.identity[i].document);
  if (policies.resource) visit(Source::kResource, std::size_t{0}, *policies.resource->document);
  if (policies.boundary) visit(Source::kBoundary, std::size_t{0}, *policies.boundary->document);
  if (policies.session)
    for (std::size_t i = 0; i < policies.session->size(); ++i)
      visit(Source::kSession, i, *(*policies.session)[i].document);
  if (policies.endpoint) visit(Source::kEndpoint, std::size_t{0}, *policies.endpoint->document);
}

// Whether statements of such policies name those they are about.
bool NamesPrincipals(Source source) {
  return source == Source::kResource || source == Source::kEndpoint;
}

// Each name once, whatever its case.
void AddName(std::vector<std::string>& names, const std::string& name) {
  if (std::none_of(names.begin(), names.end(),
                   [&](const std::string& known) { return EqualsIgnoringCase(known, name); }))
    names.push_back(name);
}

void AddKeysOf(const Document& document, const Statement& statement, std::vector<std::string>& names) {
  const auto variables_of = [&](const std::vector<std::string>& texts) {
    if (!document.variables) return;
    for (const std::string& text : texts)
      for (const std::string& name : VariablesOf(text)) AddName(names, name);
  };
  variables_of(statement.resources);
  for (const Condition& condition : statement.conditions) {
    AddName(names, condition.name);
    variables_of(condition.values);
  }
}

// Whether a statement could be about the resource once its variables are known.
bool MayMatchResource(const Statement& statement, bool variables, const Query& query) {
  if (variables && std::any_of(statement.resources.begin(), statement.resources.end(),
                               [](const std::string& resource) { return resource.find("${") != std::string::npos; }))
    return true;
  return MatchesResource(statement, variables, query);
}

}  // namespace

std::vector<std::string> ContextKeys(const Document& document) {
  std::vector<std::string> names;
  for (const Statement& statement : document.statements) AddKeysOf(document, statement, names);
  return names;
}

std::vector<Match> Matches(const Policies& policies, const Caller& caller, const Query& query, Effect effect) {
  const std::string action = Lowercase(query.action);
  std::vector<Match> matches;
  ForEachPolicy(policies, [&](Source source, std::size_t policy, const Document& document) {
    for (std::size_t i = 0; i < document.statements.size(); ++i) {
      const Statement& statement = document.statements[i];
      if (statement.effect != effect || !Applies(document, statement, action, query)) continue;
      if (NamesPrincipals(source) && ReachOf(statement, caller) == Reach::kNone) continue;
      matches.push_back({source, policy, i});
    }
  });
  return matches;
}

std::vector<std::string> MissingContextKeys(const Policies& policies, const Caller& caller, const Query& query) {
  const std::string action = Lowercase(query.action);
  std::vector<std::string> names;
  ForEachPolicy(policies, [&](Source source, std::size_t, const Document& document) {
    for (const Statement& statement : document.statements) {
      if (NamesPrincipals(source) && ReachOf(statement, caller) == Reach::kNone) continue;
      if (MatchesAction(statement, action) && MayMatchResource(statement, document.variables, query))
        AddKeysOf(document, statement, names);
    }
  });
  std::erase_if(names, [&](const std::string& name) { return query.keys.count(Lowercase(name)) > 0; });
  return names;
}

std::string Reason(const Decision& decision, const std::string& action) {
  const bool explicitly = decision.outcome == Outcome::kExplicitDeny;
  std::string kind;
  switch (decision.source) {
    case Source::kIdentity:
    case Source::kRoot:
      kind = "identity-based policy";
      break;
    case Source::kResource:
      kind = "resource-based policy";
      break;
    case Source::kBoundary:
      kind = "permissions boundary";
      break;
    case Source::kSession:
      kind = "session policy";
      break;
    case Source::kEndpoint:
      kind = "VPC endpoint policy";
      break;
  }
  if (!explicitly) return "because no " + kind + " allows the " + action + " action";
  return "with an explicit deny in " + std::string(decision.source == Source::kIdentity ? "an " : "a ") + kind;
}

}  // namespace drydock::auth::policy
