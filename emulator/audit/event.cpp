#include "emulator/audit/event.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/audit/identity.h"
#include "emulator/audit/parameters.h"
#include "emulator/audit/read_only.h"
#include "emulator/audit/resources.h"
#include "emulator/core/arn.h"
#include "emulator/core/clock.h"

namespace drydock::audit {

namespace {

constexpr char kEventVersion[] = "1.09";
// CloudTrail cuts longer texts off (CloudTrail User Guide, "CloudTrail record contents").
constexpr std::size_t kLongestText = 1024;

std::string Cut(const std::string& text) {
  if (text.size() <= kLongestText) return text;
  std::size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not within a character
  return text.substr(0, end);
}

bool IsServiceName(const std::string& source) {
  return source.ends_with(".amazonaws.com");
}

// The events of global services are found in one region (CloudTrail User Guide, "Global service events").
std::string RegionOf(const api::FinishedCall& call) {
  return std::string_view(call.operation.service->name) == "iam" ? "us-east-1" : call.scope.region;
}

// EC2's codes say whose fault it was; what JSON services call AccessDeniedException is AccessDenied here.
std::string ErrorCode(const api::Service& service, const ApiError& error) {
  if (service.protocol == api::Protocol::kEc2)
    return (api::HttpStatus(service, error.code()) >= 500 ? "Server." : "Client.") + error.code();
  return error.code() == "AccessDeniedException" ? "AccessDenied" : error.code();
}

class Json {
 public:
  Json() : buffer_(nullptr, kRoom), writer_(buffer_) { writer_.StartObject(); }
  void Text(const char* name, const std::string& value) {
    writer_.Key(name);
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void Bool(const char* name, bool value) {
    writer_.Key(name);
    writer_.Bool(value);
  }
  void Raw(const char* name, const std::optional<std::string>& json) {
    writer_.Key(name);
    if (json)
      writer_.RawValue(json->data(), json->size(), rapidjson::kObjectType);
    else
      writer_.Null();
  }
  void Resources(const std::vector<store::AuditResource>& resources) {
    bool any = false;
    for (const store::AuditResource& resource : resources) {
      const auto arn = Arn::Parse(resource.name);
      if (!arn) continue;
      if (!any) {
        writer_.Key("resources");
        writer_.StartArray();
        any = true;
      }
      writer_.StartObject();
      Text("accountId", arn->account);
      Text("type", resource.type);
      Text("ARN", resource.name);
      writer_.EndObject();
    }
    if (any) writer_.EndArray();
  }
  std::string Finish() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  static constexpr std::size_t kRoom = 2048;  // for most events, which then are not copied as they grow

  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

// {"identityProviderConnectionVerificationMethod": "IAMTrustStore"}
std::string Members(const std::vector<std::pair<std::string, std::string>>& members) {
  Json json;
  for (const auto& [name, value] : members) json.Text(name.c_str(), value);
  return json.Finish();
}

std::string FirstOf(const api::AnyStruct* from, std::string_view member) {
  const auto values = from ? api::ValuesOf(from->schema(), from->get(), member) : std::vector<std::string>();
  return values.empty() ? "" : values.front();
}

// Who called without credentials and showed a token.
std::optional<WebIdentity> WebIdentityOf(const api::FinishedCall& call) {
  if (const auto* refused = dynamic_cast<const WebIdentityRefused*>(call.error)) return refused->identity();
  if (!call.output || std::string_view(call.operation.name) != "AssumeRoleWithWebIdentity") return std::nullopt;
  const auto role = Arn::Parse(FirstOf(call.input, "RoleArn"));
  return WebIdentity{role ? role->account : "", FirstOf(call.output, "Provider"), FirstOf(call.output, "Audience"),
                     FirstOf(call.output, "SubjectFromWebIdentityToken")};
}

// The trail does not say why a web identity was denied a role: events that SDK users report.
std::string ErrorMessage(const ApiError& error) {
  const bool untold = error.code() == "AccessDenied" && dynamic_cast<const WebIdentityRefused*>(&error);
  return untold ? "An unknown error occurred" : Cut(error.message());
}

store::AuditEvent Event(const api::FinishedCall& call, std::vector<store::AuditResource> resources, Ids& ids,
                        const Identity& identity, const std::string& account, const std::string& shared_event_id) {
  const api::Service& service = *call.operation.service;
  store::AuditEvent event;
  event.scope = {account, RegionOf(call)};
  event.time = call.time;
  event.event_id = ids.TimeOrderedUuid(call.time.milliseconds);
  event.name = call.operation.name;
  event.source = std::string(service.signing_name) + ".amazonaws.com";
  event.read_only = IsReadOnly(call.operation);
  event.user_name = identity.user_name;
  event.role = identity.role;
  event.resources = std::move(resources);
  for (const api::PolicyCheck& check : call.checks)
    event.checks.push_back({check.action, check.resource, check.allowed});

  Json json;
  json.Text("eventVersion", kEventVersion);
  json.Raw("userIdentity", identity.json);
  json.Text("eventTime", FormatIso8601(call.time));
  json.Text("eventSource", event.source);
  json.Text("eventName", event.name);
  json.Text("awsRegion", event.scope.region);
  json.Text("sourceIPAddress", call.source_ip);
  json.Text("userAgent", Cut(call.user_agent));
  if (call.error) {
    json.Text("errorCode", ErrorCode(service, *call.error));
    json.Text("errorMessage", ErrorMessage(*call.error));
  }
  json.Raw("requestParameters", call.input ? RequestParameters(call.operation, *call.input) : std::nullopt);
  json.Raw("responseElements",
           call.output ? ResponseElements(call.operation, *call.output, call.request_id) : std::nullopt);
  // Tokens are verified with keys that are known beforehand, as by the certificates that AWS trusts.
  if (call.output && WebIdentityOf(call))
    json.Raw("additionalEventData", Members({{"identityProviderConnectionVerificationMethod", "IAMTrustStore"}}));
  json.Text("requestID", call.request_id);
  json.Text("eventID", event.event_id);
  json.Bool("readOnly", event.read_only);
  json.Resources(event.resources);
  json.Text("eventType", "AwsApiCall");
  json.Bool("managementEvent", true);
  json.Text("recipientAccountId", account);
  if (!shared_event_id.empty()) json.Text("sharedEventID", shared_event_id);
  json.Text("eventCategory", "Management");
  event.record = json.Finish();
  return event;
}

// The account whose role the call was given, when it is another one. It is told nothing of calls that were refused: IAM
// User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail".
std::string OtherAccount(const api::FinishedCall& call, const std::vector<store::AuditResource>& resources) {
  if (call.error || std::string_view(call.operation.service->name) != "sts") return "";
  for (const store::AuditResource& resource : resources) {
    const auto arn = Arn::Parse(resource.name);
    if (arn && resource.type == "AWS::IAM::Role" && arn->account != call.principal.account) return arn->account;
  }
  return "";
}

}  // namespace

std::vector<store::AuditEvent> EventsOf(const api::FinishedCall& call, const SessionFacts& session, Ids& ids) {
  if (IsDataEvent(call.operation)) return {};
  const std::string invoked_by = IsServiceName(call.source_ip) ? call.source_ip : "";
  const auto shown = WebIdentityOf(call);
  const Identity identity = shown ? IdentityOf(*shown) : IdentityOf(call.principal, session, invoked_by);
  const std::string account = shown                            ? shown->account
                              : call.principal.account.empty() ? call.scope.account
                                                               : call.principal.account;
  std::vector<store::AuditResource> resources = ResourcesOf(call);
  const std::string other = call.principal.type == Principal::Type::kService ? "" : OtherAccount(call, resources);
  const std::string shared = other.empty() ? "" : ids.Uuid();
  std::vector<store::AuditEvent> events;
  if (!other.empty())
    events.push_back(Event(call, resources, ids, IdentityFromElsewhere(call.principal), other, shared));
  events.push_back(Event(call, std::move(resources), ids, identity, account, shared));
  events.back().access_key = call.principal.access_key;
  return events;
}

store::AuditEvent ServiceEventOf(const Scope& scope, Timestamp time, const std::string& service,
                                 const std::string& name,
                                 const std::vector<std::pair<std::string, std::string>>& details, Ids& ids) {
  store::AuditEvent event;
  event.scope = scope;
  event.time = time;
  event.event_id = ids.TimeOrderedUuid(time.milliseconds);
  event.name = name;
  event.source = service;
  Json json;
  json.Text("eventVersion", kEventVersion);
  json.Raw("userIdentity", Members({{"accountId", scope.account}, {"invokedBy", service}}));
  json.Text("eventTime", FormatIso8601(time));
  json.Text("eventSource", service);
  json.Text("eventName", name);
  json.Text("awsRegion", scope.region);
  json.Text("sourceIPAddress", service);
  json.Text("userAgent", service);
  json.Raw("requestParameters", std::nullopt);
  json.Raw("responseElements", std::nullopt);
  json.Raw("additionalEventData", Members(details));
  json.Text("eventID", event.event_id);
  json.Bool("readOnly", false);
  json.Text("eventType", "AwsServiceEvent");
  json.Bool("managementEvent", true);
  json.Text("recipientAccountId", scope.account);
  json.Text("eventCategory", "Management");
  event.record = json.Finish();
  return event;
}

}  // namespace drydock::audit
