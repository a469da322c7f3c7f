#include "handlers/iam/denial.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/core/arn.h"
#include "handlers/engines.h"

namespace drydock::iam {

namespace policy = auth::policy;

namespace {

constexpr char kSealedFor[] = "ec2:EncodedAuthorizationMessage";

// {"items": [...]} is how the message writes every list.
class MessageWriter {
 public:
  MessageWriter() : json_(buffer_) {}

  void Text(const char* name, const std::string& value) {
    json_.Key(name);
    json_.String(value);
  }
  void Bool(const char* name, bool value) {
    json_.Key(name);
    json_.Bool(value);
  }
  template <class Members>
  void Object(const char* name, Members members) {
    if (name) json_.Key(name);
    json_.StartObject();
    members();
    json_.EndObject();
  }
  template <class List, class Item>
  void Items(const char* name, const List& list, Item item) {
    Object(name, [&] {
      json_.Key("items");
      json_.StartArray();
      for (const auto& each : list) Object(nullptr, [&] { item(each); });
      json_.EndArray();
    });
  }
  void Values(const char* name, const std::vector<std::string>& values) {
    Items(name, values, [&](const std::string& value) { Text("value", value); });
  }
  std::string Finish() const { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> json_;
};

const policy::Document& DocumentOf(const policy::Policies& policies, const policy::Match& match) {
  switch (match.source) {
    case policy::Source::kResource:
      return *policies.resource->document;
    case policy::Source::kBoundary:
      return *policies.boundary->document;
    case policy::Source::kSession:
      return *(*policies.session)[match.policy].document;
    case policy::Source::kEndpoint:
      return *policies.endpoint->document;
    case policy::Source::kIdentity:
    case policy::Source::kRoot:
      break;
  }
  return *policies.identity[match.policy].document;
}

// What is known of the request, and of the resource as EC2's messages show it (seen in the field).
policy::Keys ConditionsOf(const Context& context, const api::Question& question) {
  policy::Keys keys = question.keys;
  keys["aws:Region"] = {context.region()};
  keys["aws:Service"] = {question.action.substr(0, question.action.find(':'))};
  if (const auto arn = Arn::Parse(question.resource.arn)) {
    keys["aws:Account"] = {arn->account};
    keys["aws:ARN"] = {question.resource.arn};
    keys["aws:Resource"] = {arn->resource};
    keys["aws:Type"] = {arn->resource.substr(0, arn->resource.find('/'))};
  }
  return keys;
}

// STS API Reference, DecodeAuthorizationMessage: whether a deny or the lack of an allow decided, the principal, the
// action, the resource, and the values of condition keys. aws-facts H.3 has the form; that of matched statements, the
// ones that deny, is seen in the field.
std::string Details(Context& context, const Recognised& caller, const api::Question& question,
                    const policy::Decision& decision) {
  const Principal& principal = caller.caller.principal;
  const std::string id = principal.user_id.substr(0, principal.user_id.find(':'));
  const bool denied = decision.outcome == policy::Outcome::kExplicitDeny;
  std::vector<policy::Match> matches;
  if (denied)
    matches =
        policy::Matches(caller.policies, caller.caller, QueryOf(context, caller, question), policy::Effect::kDeny);
  MessageWriter out;
  out.Object(nullptr, [&] {
    out.Bool("allowed", false);
    out.Bool("explicitDeny", denied);
    out.Items("matchedStatements", matches, [&](const policy::Match& match) {
      const policy::Statement& statement = DocumentOf(caller.policies, match).statements[match.statement];
      out.Text("statementId", statement.sid);
      out.Text("effect", "DENY");
      out.Values("principals", {id});
      out.Values("principalGroups", {});
      out.Values("actions", statement.action_names);
      out.Values("resources", statement.resources);
      out.Items("conditions", statement.conditions, [&](const policy::Condition& condition) {
        out.Text("key", condition.name);
        out.Values("values", condition.values);
      });
    });
    out.Values("failures", {});
    out.Object("context", [&] {
      out.Object("principal", [&] {
        out.Text("id", principal.user_id);
        const std::string resource = principal.arn.substr(principal.arn.rfind(':') + 1);
        out.Text("name", resource.substr(resource.find('/') + 1));
        out.Text("arn", principal.arn);
      });
      out.Text("action", question.action);
      out.Text("resource", question.resource.arn);
      out.Items("conditions", ConditionsOf(context, question), [&](const auto& condition) {
        out.Text("key", condition.first);
        out.Values("values", condition.second);
      });
    });
  });
  return out.Finish();
}

}  // namespace

ApiError Denied(Context& context, const api::Service& service, const Recognised& caller, const api::Question& question,
                const policy::Decision& decision) {
  const bool anywhere = question.resource.arn == "*";
  const std::string& shown = question.resource.shown.empty() ? question.resource.arn : question.resource.shown;
  const auto message = [&](const std::string& resource) {
    return AccessDeniedMessage(caller.caller.principal, question.action, resource, decision);
  };
  switch (service.protocol) {
    case api::Protocol::kEc2: {
      std::string text = "You are not authorized to perform this operation. " + message(anywhere ? "" : shown);
      if (!anywhere) {
        text += ". Encoded authorization failure message: " +
                context.engines.tokens.Seal(kSealedFor, Details(context, caller, question, decision));
      }
      return ApiError("UnauthorizedOperation", text);
    }
    case api::Protocol::kJson:
      return ApiError("AccessDeniedException", message(shown));
    case api::Protocol::kQuery:
      break;
  }
  // Live STS leaves the reason out when a role is asked for: aws-facts H.7.
  const auto arn = Arn::Parse(question.resource.arn);
  if (service.signing_name == std::string_view("sts") && arn && arn->Named("role"))
    return ApiError("AccessDenied", fmt::format("User: {} is not authorized to perform: {} on resource: {}",
                                                caller.caller.principal.arn, question.action, shown));
  // Elastic Load Balancing's Describe operations name no resource, IAM's do.
  return ApiError("AccessDenied",
                  message(anywhere && service.signing_name == std::string_view("elasticloadbalancing") ? "" : shown));
}

std::optional<std::string> DecodeDenial(Context& context, const std::string& message) {
  return context.engines.tokens.Open(kSealedFor, message);
}

}  // namespace drydock::iam
