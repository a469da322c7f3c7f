#include "handlers/iam/authorization.h"

#include "emulator/auth/policy/cache.h"
#include "emulator/core/clock.h"
#include "handlers/engines.h"
#include "handlers/iam/call_origin.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/iam/roles.h"
#include "store/records/ec2/vpc_endpoint.h"
#include "store/records/sts/session.h"

namespace drydock::iam {

namespace policy = auth::policy;

namespace {

policy::Policy Read(Context& context, const std::string& id, const std::string& text) {
  policy::DocumentCache once;
  return {id, (context.engines.policies ? *context.engines.policies : once).Read(text)};
}

// The inline and attached policies of an entity.
void Collect(Context& context, const EntityKind& kind, const std::string& name, const Documents& inline_policies,
             std::vector<policy::Policy>& into) {
  for (const auto& [id, text] : inline_policies) into.push_back(Read(context, id, text));
  for (const std::string& arn : AttachedPolicies(context, kind, name))
    if (const auto text = FindPolicyDocument(context, arn)) into.push_back(Read(context, arn, *text));
}

std::optional<policy::Policy> Boundary(Context& context, const std::optional<std::string>& arn) {
  if (!arn) return std::nullopt;
  return Read(context, *arn, FindPolicyDocument(context, *arn).value_or(""));
}

void AddTagKeys(policy::Keys& keys, const Tags& tags) {
  for (const auto& [key, value] : tags) keys["aws:principaltag/" + Lowercase(key)] = {value};
}

// The policies of a user, the user's groups and the boundary.
void AddPoliciesOf(Context& owner, const records::iam::User& user, Recognised& known) {
  Collect(owner, kUser, user.name, user.inline_policies, known.policies.identity);
  using records::iam::Membership;
  for (const Membership& membership :
       owner.tx.List<Membership>(owner.scope, store::Where(&Membership::user, user.name)))
    if (const auto group = owner.tx.Get<records::iam::Group>(owner.scope, membership.group))
      Collect(owner, kGroup, group->name, group->inline_policies, known.policies.identity);
  known.policies.boundary = Boundary(owner, user.boundary);
}

void AddUser(Context& owner, const std::string& name, Recognised& known) {
  const auto user = owner.tx.Get<records::iam::User>(owner.scope, name);
  if (!user || user->id != known.caller.principal.user_id) return;
  AddPoliciesOf(owner, *user, known);
  known.keys["aws:username"] = {user->name};
  known.keys["aws:principaltype"] = {"User"};
  AddTagKeys(known.keys, user->tags);
}

// arn:aws:sts::A:assumed-role/R/S
void AddRole(Context& owner, const std::string& arn, Recognised& known) {
  const std::vector<std::string> parts = Split(arn, '/');
  if (parts.size() != 3) return;
  const auto role = owner.tx.Get<records::iam::Role>(owner.scope, parts[1]);
  // Sessions of a role that was deleted, or made anew since, have no permissions.
  if (!role || !known.caller.principal.user_id.starts_with(role->id + ":")) return;
  known.caller.role_arn = RoleArn(owner.account(), *role);
  Collect(owner, kRole, role->name, role->inline_policies, known.policies.identity);
  known.policies.boundary = Boundary(owner, role->boundary);
  known.keys["aws:principaltype"] = {"AssumedRole"};
  AddTagKeys(known.keys, role->tags);
}

// Whoever asked for the federated user's session lends their permissions to it. STS API Reference, GetFederationToken.
void AddFederatedUser(Context& owner, Recognised& known) {
  const auto session = owner.tx.Get<records::sts::Session>({}, known.caller.principal.access_key);
  if (!session) return;
  known.keys["aws:principaltype"] = {"FederatedUser"};
  if (session->issued_to == "arn:aws:iam::" + session->account + ":root") {
    const Documents all = {{"root", R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})"}};
    Collect(owner, kUser, "", all, known.policies.identity);
    return;
  }
  const std::string name = session->issued_to.substr(session->issued_to.rfind('/') + 1);
  const auto user = owner.tx.Get<records::iam::User>(owner.scope, name);
  if (user && user->created <= session->created) AddPoliciesOf(owner, *user, known);  // not of a namesake made since
}

void AddSession(Context& context, Recognised& known) {
  if (!known.caller.principal.access_key.starts_with("ASIA")) return;
  const auto session = context.tx.Get<records::sts::Session>({}, known.caller.principal.access_key);
  if (!session) return;
  AddTagKeys(known.keys, session->tags);
  known.keys["aws:tokenissuetime"] = {FormatIso8601(session->created)};
  if (!session->source_identity.empty()) known.keys["aws:sourceidentity"] = {session->source_identity};
  if (!session->federated_provider.empty()) known.keys["aws:federatedprovider"] = {session->federated_provider};
  known.network_interface_id = session->network_interface_id;
  if (session->policies.empty() && session->type != "FederatedUser") return;
  known.policies.session.emplace();
  for (const std::string& text : session->policies) known.policies.session->push_back(Read(context, "session", text));
}

}  // namespace

Recognised Recognise(Context& context, const Principal& principal) {
  Recognised known;
  known.caller.principal = principal;
  Context owner = context;
  owner.scope = {principal.account, context.region()};
  switch (principal.type) {
    case Principal::Type::kUser:
      if (principal.arn.find(":federated-user/") != std::string::npos)
        AddFederatedUser(owner, known);
      else
        AddUser(owner, principal.arn.substr(principal.arn.rfind('/') + 1), known);
      break;
    case Principal::Type::kAssumedRole:
      AddRole(owner, principal.arn, known);
      break;
    case Principal::Type::kRoot:
      known.keys["aws:principaltype"] = {"Account"};
      break;
    case Principal::Type::kService:
      known.keys["aws:principalisawsservice"] = {"true"};
      known.keys["aws:principalservicename"] = {principal.service};
      break;
  }
  const bool service = principal.type == Principal::Type::kService;
  if (principal.type == Principal::Type::kAssumedRole || principal.access_key.starts_with("ASIA")) {
    // Only temporary credentials say how they were come by; Drydock has no MFA devices, so never with one.
    known.keys["aws:multifactorauthpresent"] = {"false"};
    known.keys["aws:tokenissuetime"] = {FormatIso8601(context.now)};  // of sessions that services open for themselves
  }
  AddSession(context, known);
  if (!service) known.keys["aws:principalisawsservice"] = {"false"};
  known.keys["aws:viaawsservice"] = {"false"};  // no service here calls another with its caller's permissions
  known.keys["aws:principalarn"] = {known.caller.role_arn.empty() ? principal.arn : known.caller.role_arn};
  known.keys["aws:principalaccount"] = {principal.account};
  known.keys["aws:userid"] = {principal.user_id};
  // What a service calls has no address that is known, but for what leaves by a VPC (OriginKeys).
  if (!context.source_ip.ends_with(".amazonaws.com")) known.keys["aws:sourceip"] = {context.source_ip};
  known.keys["aws:useragent"] = {context.user_agent};
  known.keys["aws:currenttime"] = {FormatIso8601(context.now)};
  known.keys["aws:epochtime"] = {std::to_string(context.now.milliseconds / 1000)};
  known.keys["aws:requestedregion"] = {context.region()};
  known.keys["ec2:region"] = {context.region()};
  // Drydock's plain endpoint stands for AWS's, which are HTTPS.
  known.keys["aws:securetransport"] = {"true"};
  return known;
}

policy::Query QueryOf(Context& context, const Recognised& known, const api::Question& question) {
  const api::Resource& resource = question.resource;
  policy::Query query{question.action, resource.arn, resource.owner.account, known.keys};
  if (!known.network_interface_id.empty()) {
    query.keys.erase("aws:sourceip");
    query.keys.merge(OriginKeys(context, known.network_interface_id, question.action));
  }
  for (const auto& [key, values] : question.keys) query.keys[key] = values;
  query.keys["aws:resourceaccount"] = {resource.owner.account.empty() ? known.caller.principal.account
                                                                      : resource.owner.account};
  return query;
}

namespace {

std::optional<policy::Policy> EndpointPolicy(Context& context, const policy::Keys& keys) {
  const auto endpoint = keys.find("aws:sourcevpce");
  if (endpoint == keys.end()) return std::nullopt;
  const auto record = context.tx.Get<records::ec2::VpcEndpoint>(context.scope, endpoint->second.front());
  if (!record || record->policy_document.empty()) return std::nullopt;
  return Read(context, endpoint->second.front(), record->policy_document);
}

}  // namespace

bool EndpointAdmitsSignedUrl(Context& context, const std::string& network_interface_id, const std::string& action,
                             const std::string& resource) {
  const policy::Query query{action, resource, "", OriginKeys(context, network_interface_id, action)};
  const auto endpoint = EndpointPolicy(context, query.keys);
  if (!endpoint) return true;
  policy::Caller caller;
  caller.principal.type = Principal::Type::kAssumedRole;
  return policy::EvaluateResourcePolicy(*endpoint->document, caller, query).outcome == policy::Outcome::kAllowed;
}

policy::Decision Decide(Context& context, Recognised& known, const api::Question& question) {
  const api::Resource& resource = question.resource;
  known.policies.resource.reset();
  if (!resource.policy.empty()) known.policies.resource = Read(context, "resource", resource.policy);
  const policy::Query query = QueryOf(context, known, question);
  known.policies.endpoint = EndpointPolicy(context, query.keys);
  return policy::Evaluate(known.policies, known.caller, query);
}

policy::Decision Authorize(Context& context, const Principal& principal, const api::Question& question) {
  Recognised known = Recognise(context, principal);
  return Decide(context, known, question);
}

policy::Decision Authorize(Context& context, const Principal& principal, const std::string& action,
                           const std::string& resource) {
  api::Question question;
  question.action = action;
  question.resource.arn = resource;
  return Authorize(context, principal, question);
}

std::string AccessDeniedMessage(const Principal& principal, const std::string& action, const std::string& resource,
                                const policy::Decision& decision) {
  std::string message = "User: " + principal.arn + " is not authorized to perform: " + action;
  if (!resource.empty()) message += " on resource: " + resource;
  return message + " " + policy::Reason(decision, action);
}

}  // namespace drydock::iam
