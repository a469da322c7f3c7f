#include "handlers/iam/policy_questions.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/api/resource_keys.h"
#include "emulator/core/arn.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/suggestion.h"
#include "handlers/iam/trust.h"
#include "store/audit_events.h"
#include "store/database.h"

namespace drydock::iam {

namespace policy = auth::policy;

namespace {

// So many of a role's newest events are looked at.
constexpr std::size_t kMostEvents = 100'000;
constexpr std::size_t kPage = 1000;

std::string Given(const QuestionParameters& parameters, const char* name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

// The caller that an ARN names, as calls of that caller would come.
Principal PrincipalNamed(Context& context, const std::string& text) {
  const auto arn = Arn::Parse(text);
  const auto unknown = [&] { return std::runtime_error("There is no user, role or session " + text); };
  if (!arn || arn->account.empty()) throw std::runtime_error("Not the ARN of a user, a role or a session: " + text);
  Context owner = context;
  owner.scope.account = arn->account;
  if (arn->service == "iam" && arn->resource == "root") return Principal::Root(arn->account);
  if (arn->service == "iam" && arn->Named("user")) {
    const std::string name = text.substr(text.rfind('/') + 1);
    const auto user = context.tx.Get<records::iam::User>({arn->account, ""}, name);
    if (!user || EntityArn(arn->account, "user", user->path, user->name) != text) throw unknown();
    return {Principal::Type::kUser, arn->account, text, user->id, "", ""};
  }
  std::string session = "policy-explain";
  std::optional<records::iam::Role> role;
  if (arn->service == "iam" && arn->Named("role")) role = FindRole(owner, text);
  if (const auto assumed = arn->service == "sts" ? arn->Named("assumed-role") : std::nullopt) {
    const auto slash = assumed->find('/');
    role = FindRole(owner, assumed->substr(0, slash));
    if (slash != std::string::npos) session = assumed->substr(slash + 1);
  }
  if (!role) throw unknown();
  return SessionOf(arn->account, *role, session);
}

const char* NameOf(policy::Source source) {
  switch (source) {
    case policy::Source::kIdentity:
      return "identity-based policy";
    case policy::Source::kResource:
      return "resource-based policy";
    case policy::Source::kBoundary:
      return "permissions boundary";
    case policy::Source::kSession:
      return "session policy";
    case policy::Source::kEndpoint:
      return "VPC endpoint policy";
    case policy::Source::kRoot:
      return "root";
  }
  return "";
}

std::string Tell(const std::string& action, const std::string& resource, const policy::Decision& decision,
                 const std::vector<std::string>& missing) {
  std::string text = fmt::format("{} {} on {}\n", decision.allowed() ? "ALLOWED" : "DENIED ", action, resource);
  if (decision.source == policy::Source::kRoot)
    text += "  the account's root user may do everything\n";
  else if (!decision.policy.empty())
    text +=
        fmt::format("  {} by statement {}{} of the {} {}\n",
                    decision.outcome == policy::Outcome::kExplicitDeny ? "denied" : "allowed", decision.statement + 1,
                    decision.sid.empty() ? "" : " (" + decision.sid + ")", NameOf(decision.source), decision.policy);
  else
    text += "  " + policy::Reason(decision, action) + "\n";
  if (!missing.empty())
    text += "  not known here, so absent for conditions (--context KEY=VALUE): " + Join(missing, ", ") + "\n";
  return text;
}

// An ARN as the parts that its service takes (AWS_RESOURCES).
std::pair<std::string, std::vector<std::string>> PartsOf(const Arn& arn, const std::string& text) {
  const auto slash = arn.resource.find_first_of("/:");
  const std::string type = arn.resource.substr(0, slash);
  const std::string rest = slash == std::string::npos ? "" : arn.resource.substr(slash + 1);
  if (arn.service == "ec2") return {type, {rest}};
  if (arn.service == "elasticloadbalancing") return {"", {text}};
  constexpr std::string_view kStream = ":log-stream:";
  if (const auto stream = text.find(kStream); arn.service == "logs" && stream != std::string::npos)
    return {type, {text.substr(0, stream), text.substr(stream + kStream.size())}};
  return {type, {text}};
}

// The action on the resource with all that is known of it.
api::Question QuestionAbout(const Context& context, std::span<const api::Service* const> services,
                            const std::string& action, const std::string& resource) {
  api::Question question{action};
  question.resource.arn = resource;
  const auto arn = Arn::Parse(resource);
  if (!arn) return question;
  const auto service = std::find_if(services.begin(), services.end(), [&](const api::Service* each) {
    return each->resource_of && each->signing_name == arn->service;
  });
  if (service != services.end()) {
    Context owner = context;
    if (!arn->account.empty()) owner.scope.account = arn->account;
    if (!arn->region.empty()) owner.scope.region = arn->region;
    const auto [type, parts] = PartsOf(*arn, resource);
    question.resource = (*service)->resource_of(owner, type, parts);
    question.resource.arn = resource;
  }
  if (!arn->account.empty()) question.resource.owner = {arn->account, arn->region};
  api::AddResourceKeys(question);
  return question;
}

// Of a role that is to be assumed, the trust policy decides too: what it does not allow is denied, whoever asks.
policy::Decision DecideAbout(Context& context, Recognised& known, api::Question& question) {
  const auto role = question.action.starts_with("sts:") ? FindRole(context, question.resource.arn) : std::nullopt;
  if (role) question.resource.policy = role->trust_policy;
  policy::Decision decision = Decide(context, known, question);
  if (role && decision.allowed() &&
      EvaluateTrust(*role, known.caller, QueryOf(context, known, question)).outcome != policy::Outcome::kAllowed)
    decision = {policy::Outcome::kImplicitDeny, policy::Source::kResource, "", 0, ""};
  return decision;
}

// What the user says of the request: "context.aws:RequestTag/env" = "test".
void AddGivenKeys(const QuestionParameters& parameters, api::Question& question) {
  constexpr std::string_view kPrefix = "context.";
  for (const auto& [name, value] : parameters)
    if (name.starts_with(kPrefix)) question.keys[Lowercase(name.substr(kPrefix.size()))] = Split(value, ',');
}

class Answer {
 public:
  Answer() : writer_(buffer_) { writer_.StartObject(); }
  void Text(const char* name, const std::string& value) {
    writer_.Key(name);
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  rapidjson::Writer<rapidjson::StringBuffer>& writer() { return writer_; }
  std::string Finish() {
    writer_.EndObject();
    return std::string(buffer_.GetString(), buffer_.GetSize()) + "\n";
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

std::string CallerOf(const store::AuditEvent& event) {
  rapidjson::Document record;
  record.Parse<rapidjson::kParseIterativeFlag>(event.record.data(), event.record.size());
  if (!record.IsObject() || !record.HasMember("userIdentity") || !record["userIdentity"].HasMember("arn"))
    throw std::runtime_error("Nobody with policies made this call: a service did, or another account");
  return record["userIdentity"]["arn"].GetString();
}

}  // namespace

std::string ExplainDecisions(Context& context, std::span<const api::Service* const> services,
                             const QuestionParameters& parameters) {
  std::vector<store::AuditCheck> checks{{Given(parameters, "action"), Given(parameters, "resource"), true}};
  std::string caller = Given(parameters, "principal"), access_key, heading;
  if (const std::string id = Given(parameters, "event"); !id.empty()) {
    const auto event = store::AuditEvents(context.tx).FindById(context.account(), id);
    if (!event) throw std::runtime_error("There is no event " + id + " in account " + context.account());
    caller = CallerOf(*event);
    access_key = event->access_key;  // of a session: its own policies and tags count
    checks = event->checks;
    context.scope.region = event->scope.region;
    heading = fmt::format("{} at {} by {}\n", event->name, FormatIso8601(event->time), caller);
    if (checks.empty()) heading += "  policies were not asked\n";
  }
  Principal principal = PrincipalNamed(context, caller);
  principal.access_key = access_key;
  Recognised known = Recognise(context, principal);
  Answer answer;
  bool allowed = true;
  std::string text = heading;
  answer.Text("principal", principal.arn);
  answer.writer().Key("decisions");
  answer.writer().StartArray();
  for (const store::AuditCheck& check : checks) {
    const std::string resource = check.resource.empty() ? "*" : check.resource;
    if (check.action.find(':') == std::string::npos)
      throw std::runtime_error("Not an action, such as ecs:StopTask: " + check.action);
    api::Question question = QuestionAbout(context, services, check.action, resource);
    AddGivenKeys(parameters, question);
    const policy::Decision decision = DecideAbout(context, known, question);
    const auto missing = policy::MissingContextKeys(known.policies, known.caller, QueryOf(context, known, question));
    allowed = allowed && decision.allowed();
    text += Tell(check.action, resource, decision, missing);
    answer.writer().StartObject();
    answer.Text("action", check.action);
    answer.Text("resource", resource);
    answer.Text("decision", decision.allowed()                                   ? "allowed"
                            : decision.outcome == policy::Outcome::kExplicitDeny ? "explicitDeny"
                                                                                 : "implicitDeny");
    answer.Text("source", NameOf(decision.source));
    if (!decision.policy.empty()) {
      answer.Text("policy", decision.policy);
      answer.writer().Key("statement");
      answer.writer().Int(static_cast<int>(decision.statement) + 1);
      answer.Text("sid", decision.sid);
    }
    answer.writer().Key("missingContextKeys");
    answer.writer().StartArray();
    for (const std::string& name : missing) answer.writer().String(name);
    answer.writer().EndArray();
    answer.writer().EndObject();
  }
  answer.writer().EndArray();
  answer.writer().Key("allowed");
  answer.writer().Bool(allowed);
  answer.Text("text", text);
  return answer.Finish();
}

std::string SuggestRolePolicy(Context& context, const QuestionParameters& parameters) {
  const std::string name = Given(parameters, "role");
  const auto role = FindRole(context, name);
  if (!role) throw std::runtime_error("There is no role " + name + " in account " + context.account());
  const std::string arn = RoleArn(context.account(), *role);
  std::vector<store::AuditEvent> events;
  store::AuditQuery query;
  query.attribute = {store::AuditAttribute::kRole, arn};
  query.limit = kPage;
  for (bool more = true; more && events.size() < kMostEvents;) {
    auto page = store::AuditEvents(context.tx).Find(context.scope, query);
    more = page.size() == kPage;
    if (!page.empty()) query.behind = {page.back().time, page.back().sequence};
    for (store::AuditEvent& event : page) events.push_back(std::move(event));
  }
  const Suggestion suggestion = SuggestPolicy(events, Given(parameters, "refused") == "true");
  std::string text =
      suggestion.document.empty()
          ? fmt::format("{} recorded calls of {} needed no permission.\n", suggestion.calls, arn)
          : fmt::format("{} recorded calls of {}: {} statements.\n", suggestion.calls, arn, suggestion.statements);
  for (const std::string& refused : suggestion.refused) text += "  refused so far: " + refused + "\n";
  Answer answer;
  answer.Text("role", arn);
  answer.Text("policy", suggestion.document);
  answer.writer().Key("calls");
  answer.writer().Int64(static_cast<std::int64_t>(suggestion.calls));
  answer.Text("text", text);
  return answer.Finish();
}

}  // namespace drydock::iam
