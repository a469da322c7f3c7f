#include "handlers/iam/denial.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "handlers/engines.h"

namespace drydock::iam {

namespace {

constexpr char kSealedFor[] = "ec2:EncodedAuthorizationMessage";

// STS API Reference, DecodeAuthorizationMessage: whether a deny or the lack of an allow decided, the principal, the
// action, the resource, and the values of condition keys. aws-facts H.3 has the form.
std::string Details(const Recognised& caller, const api::Question& question, const auth::policy::Decision& decision) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto no_items = [&](const char* name) {
    json.Key(name);
    json.StartObject();
    json.Key("items");
    json.StartArray();
    json.EndArray();
    json.EndObject();
  };
  const auto text = [&](const char* name, const std::string& value) {
    json.Key(name);
    json.String(value);
  };
  const Principal& principal = caller.caller.principal;
  json.StartObject();
  json.Key("allowed");
  json.Bool(false);
  json.Key("explicitDeny");
  json.Bool(decision.outcome == auth::policy::Outcome::kExplicitDeny);
  no_items("matchedStatements");
  no_items("failures");
  json.Key("context");
  json.StartObject();
  json.Key("principal");
  json.StartObject();
  text("id", principal.user_id);
  const std::string resource = principal.arn.substr(principal.arn.rfind(':') + 1);
  text("name", resource.substr(resource.find('/') + 1));
  text("arn", principal.arn);
  json.EndObject();
  text("action", question.action);
  text("resource", question.resource.arn);
  json.Key("conditions");
  json.StartObject();
  json.Key("items");
  json.StartArray();
  for (const auto& [key, values] : question.keys) {
    json.StartObject();
    text("key", key);
    json.Key("values");
    json.StartObject();
    json.Key("items");
    json.StartArray();
    for (const std::string& value : values) {
      json.StartObject();
      text("value", value);
      json.EndObject();
    }
    json.EndArray();
    json.EndObject();
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.EndObject();
  json.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

ApiError Denied(Context& context, const api::Service& service, const Recognised& caller, const api::Question& question,
                const auth::policy::Decision& decision) {
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
                context.engines.tokens.Seal(kSealedFor, Details(caller, question, decision));
      }
      return ApiError("UnauthorizedOperation", text);
    }
    case api::Protocol::kJson:
      return ApiError("AccessDeniedException", message(shown));
    case api::Protocol::kQuery:
      break;
  }
  // Elastic Load Balancing's Describe operations name no resource, IAM's do.
  return ApiError("AccessDenied",
                  message(anywhere && service.signing_name == std::string_view("elasticloadbalancing") ? "" : shown));
}

std::optional<std::string> DecodeDenial(Context& context, const std::string& message) {
  return context.engines.tokens.Open(kSealedFor, message);
}

}  // namespace drydock::iam
