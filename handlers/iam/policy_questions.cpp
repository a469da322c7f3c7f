#include "handlers/iam/policy_questions.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <stdexcept>

#include "emulator/core/arn.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/suggestion.h"
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
    case policy::Source::kRoot:
      return "root";
  }
  return "";
}

std::string Tell(const std::string& action, const std::string& resource, const policy::Decision& decision) {
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
  return text;
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

std::string ExplainDecisions(Context& context, const QuestionParameters& parameters) {
  std::vector<store::AuditCheck> checks{{Given(parameters, "action"), Given(parameters, "resource"), true}};
  std::string caller = Given(parameters, "principal"), heading;
  if (const std::string id = Given(parameters, "event"); !id.empty()) {
    const auto event = store::AuditEvents(context.tx).FindById(context.account(), id);
    if (!event) throw std::runtime_error("There is no event " + id + " in account " + context.account());
    caller = CallerOf(*event);
    checks = event->checks;
    context.scope.region = event->scope.region;
    heading = fmt::format("{} at {} by {}\n", event->name, FormatIso8601(event->time), caller);
    if (checks.empty()) heading += "  policies were not asked\n";
  }
  const Principal principal = PrincipalNamed(context, caller);
  Answer answer;
  bool allowed = true;
  std::string text = heading;
  answer.Text("principal", principal.arn);
  answer.writer().Key("decisions");
  answer.writer().StartArray();
  for (const store::AuditCheck& check : checks) {
    const std::string resource = check.resource.empty() ? "*" : check.resource;
    const policy::Decision decision = Authorize(context, principal, check.action, resource);
    allowed = allowed && decision.allowed();
    text += Tell(check.action, resource, decision);
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
