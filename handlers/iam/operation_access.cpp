#include "handlers/iam/operation_access.h"

#include <algorithm>

#include "handlers/iam/authorization.h"
#include "handlers/iam/denial.h"
#include "handlers/iam/errors.h"

namespace drydock::iam {

bool IsSessionOfUser(const Principal& caller) {
  return caller.access_key.starts_with("ASIA") && caller.type != Principal::Type::kAssumedRole;
}

void RequireAccess(Context& context, const api::Operation& operation, const api::AnyStruct& input,
                   std::vector<api::PolicyCheck>* checks) {
  // IAM wants to hear of MFA from them, which Drydock does not have. STS API Reference, GetSessionToken and
  // GetFederationToken.
  if (IsSessionOfUser(context.principal) && std::string_view(operation.service->name) == "iam")
    throw errors::SessionNotAccepted();
  // To root of an account only policies of resources, and resources of others, say anything.
  const api::Service& service = *operation.service;
  const bool root = context.principal.type == Principal::Type::kRoot;
  if (root && !service.resource_policies) return;
  const api::Questions questions = api::QuestionsOf(context, operation, input);
  const std::string& own = context.principal.account;
  const auto foreign = [&](const api::Question& question) {
    return !question.resource.owner.account.empty() && question.resource.owner.account != own;
  };
  const bool plain = std::none_of(questions.begin(), questions.end(), [&](const api::Question& question) {
    return !question.resource.policy.empty() || foreign(question);
  });
  if (questions.empty() || (root && plain)) return;

  Recognised caller = Recognise(context, context.principal);
  for (const api::Question& question : questions) {
    const auto decision = Decide(context, caller, question);
    if (checks) checks->push_back({question.action, question.resource.arn, decision.allowed()});
    if (!decision.allowed()) throw Denied(context, service, caller, question, decision);
  }
  for (const api::Question& question : questions)
    if (foreign(question)) context.scope = question.resource.owner;
}

}  // namespace drydock::iam
