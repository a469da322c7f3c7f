#include "emulator/http/internal_endpoints.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <charconv>

#include "emulator/api/operation.h"
#include "emulator/core/text.h"

namespace drydock::http {

namespace {

// One JSON object, written by `members`.
template <class Members>
Response JsonObject(int status, Members members) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  const auto text = [&](const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  };
  members(writer, text);
  writer.EndObject();
  return Response::Json(status, std::string(buffer.GetString(), buffer.GetSize()) + "\n");
}

Response Problem(int status, const std::string& message) {
  return JsonObject(status, [&](auto&, auto& text) { text("message", message); });
}

// nullopt when they are not percent-encoded.
std::optional<std::map<std::string, std::string>> ParametersOf(const Request& request) {
  std::map<std::string, std::string> parameters;
  for (const std::string& pair : Split(request.query, '&')) {
    const auto equals = pair.find('=');
    if (pair.empty() || equals == std::string::npos) continue;
    std::string name, value;
    if (!DecodeForm(pair.substr(0, equals), name) || !DecodeForm(pair.substr(equals + 1), value)) return std::nullopt;
    parameters[name] = value;
  }
  return parameters;
}

struct ImplementedService {
  std::string name;
  int operations;
};

std::vector<ImplementedService> Implemented() {
  std::vector<ImplementedService> services;
  for (const api::Service* service : api::Services()) {
    int count = 0;
    for (const api::Operation& operation : service->operations) count += operation.run ? 1 : 0;
    if (count > 0) services.push_back({service->name, count});
  }
  return services;
}

}  // namespace

const std::vector<InternalEndpoints::Page>& InternalEndpoints::Pages() {
  static const std::vector<Page> pages = {
      {"GET", "/_drydock/health", &InternalEndpoints::Health},
      {"POST", "/_drydock/reset", &InternalEndpoints::Reset},
      {"GET", "/_drydock/endpoints", &InternalEndpoints::Endpoints},
      {"GET", "/_drydock/ca", &InternalEndpoints::CertificateAuthority},
      {"GET", "/_drydock/explain", &InternalEndpoints::Explain},
      {"GET", "/_drydock/policy/explain", &InternalEndpoints::ExplainPolicy},
      {"GET", "/_drydock/policy/suggest", &InternalEndpoints::SuggestPolicy},
      {"POST", "/_drydock/web-identity-keys", &InternalEndpoints::KeepWebIdentityKeys},
      {"GET", "/_drydock/access-log", &InternalEndpoints::AccessLog},
      {"GET", "/_drydock/clock", &InternalEndpoints::ReadClock},
      {"POST", "/_drydock/clock", &InternalEndpoints::MoveClock},
      {"GET", "/_localstack/health", &InternalEndpoints::LocalStackHealth},
      {"GET", "/_localstack/init", &InternalEndpoints::LocalStackInit},
      {"GET", "/_localstack/init/boot", &InternalEndpoints::LocalStackStage},
      {"GET", "/_localstack/init/start", &InternalEndpoints::LocalStackStage},
      {"GET", "/_localstack/init/ready", &InternalEndpoints::LocalStackStage},
      {"GET", "/_localstack/init/shutdown", &InternalEndpoints::LocalStackStage},
  };
  return pages;
}

std::optional<Response> InternalEndpoints::Handle(const Request& request) const {
  const std::string& path = request.path;
  if (!path.starts_with("/_drydock/") && !path.starts_with("/_localstack/")) return std::nullopt;
  const std::string_view method = request.method == "HEAD" ? "GET" : std::string_view(request.method);
  for (const Page& page : Pages())
    if (path == page.path && method == page.method) return (this->*page.answer)(request);
  std::string known;
  for (const Page& page : Pages()) known += fmt::format("{} {}, ", page.method, page.path);
  // Those of TaskEndpoints, which come before these.
  known += "GET /_drydock/tasks, GET and POST /_drydock/tasks/<id>, GET /_drydock/events";
  return Problem(404, fmt::format("There is no {} {}. There are: {}.", request.method, path, known));
}

Response InternalEndpoints::Reset(const Request&) const {
  actions_.reset();
  return JsonObject(200, [](auto&, auto& text) { text("status", "reset"); });
}

Response InternalEndpoints::Health(const Request&) const {
  return JsonObject(200, [&](auto& writer, auto& text) {
    const Clock& clock = actions_.clock();
    text("status", "running");
    text("version", facts_.version);
    text("endpoint", facts_.endpoint);
    text("default_account", facts_.default_account);
    text("data", facts_.data);
    text("authentication", facts_.strict_auth ? "strict: unknown access keys are refused"
                                              : "lenient: unknown access keys are root of the default account");
    text("timing", clock.pace() == Pace::kRealistic ? "realistic" : "quick");
    text("clock", clock.mode() == Clock::Mode::kManual ? "manual" : "system");
    writer.Key("operations");
    writer.StartObject();
    for (const auto& service : Implemented()) {
      writer.Key(service.name.c_str());
      writer.Int(service.operations);
    }
    writer.EndObject();
  });
}

Response InternalEndpoints::LocalStackHealth(const Request&) const {
  return JsonObject(200, [&](auto& writer, auto& text) {
    writer.Key("services");
    writer.StartObject();
    for (const auto& service : Implemented()) text(service.name.c_str(), "running");
    writer.EndObject();
    text("edition", "drydock");
    text("version", facts_.version);
  });
}

// docs.localstack.cloud, "Initialization Hooks": all stages, or one; there are no scripts.
Response InternalEndpoints::LocalStackInit(const Request&) const {
  return JsonObject(200, [](auto& writer, auto&) {
    writer.Key("completed");
    writer.StartObject();
    for (const char* stage : {"BOOT", "START", "READY", "SHUTDOWN"}) {
      writer.Key(stage);
      writer.Bool(stage != std::string_view("SHUTDOWN"));
    }
    writer.EndObject();
    writer.Key("scripts");
    writer.StartArray();
    writer.EndArray();
  });
}

Response InternalEndpoints::LocalStackStage(const Request& request) const {
  return JsonObject(200, [&](auto& writer, auto&) {
    writer.Key("completed");
    writer.Bool(!request.path.ends_with("/shutdown"));
    writer.Key("scripts");
    writer.StartArray();
    writer.EndArray();
  });
}

Response InternalEndpoints::Endpoints(const Request&) const {
  return JsonObject(200, [&](auto& writer, auto& text) {
    text("api", facts_.endpoint);
    writer.Key("load_balancers");
    writer.StartArray();
    for (const auto& endpoint : actions_.endpoints()) {
      writer.StartObject();
      text("name", endpoint.load_balancer_name);
      text("arn", endpoint.load_balancer_arn);
      text("listener_arn", endpoint.listener_arn);
      writer.Key("listener_port");
      writer.Int(endpoint.listener_port);
      text("protocol", endpoint.protocol);
      writer.Key("served");
      writer.Bool(endpoint.served);
      text("url", endpoint.url);
      text("host", endpoint.host);
      text("note", endpoint.note);
      writer.EndObject();
    }
    writer.EndArray();
  });
}

Response InternalEndpoints::CertificateAuthority(const Request&) const {
  Response response;
  response.headers = {{"Content-Type", "application/x-pem-file"}};
  response.body = actions_.certificate_authority();
  return response;
}

Response InternalEndpoints::Explain(const Request& request) const {
  auto parameters = ParametersOf(request);
  if (!parameters) return Problem(400, "The query is not percent-encoded.");
  for (const char* needed : {"from", "to"})
    if ((*parameters)[needed].empty())
      return Problem(400, std::string("Say ") + needed + ": ?from=<task|eni|address|internet>&to=<end>:<port>");
  try {
    return Response::Json(200, actions_.explain(*parameters));
  } catch (const std::runtime_error& error) {
    return Problem(404, error.what());
  }
}

Response InternalEndpoints::ExplainPolicy(const Request& request) const {
  auto parameters = ParametersOf(request);
  if (!parameters) return Problem(400, "The query is not percent-encoded.");
  const auto has = [&](const char* name) { return !(*parameters)[name].empty(); };
  if (!has("event") && !(has("principal") && has("action")))
    return Problem(400, "Say ?principal=<ARN>&action=<service:Action>[&resource=<ARN>], or ?event=<id>");
  return AskPolicy("explain", *parameters);
}

Response InternalEndpoints::SuggestPolicy(const Request& request) const {
  auto parameters = ParametersOf(request);
  if (!parameters) return Problem(400, "The query is not percent-encoded.");
  if ((*parameters)["role"].empty()) return Problem(400, "Say ?role=<name or ARN>");
  return AskPolicy("suggest", *parameters);
}

Response InternalEndpoints::AskPolicy(const std::string& page,
                                      const std::map<std::string, std::string>& parameters) const {
  try {
    return Response::Json(200, actions_.policy(page, parameters));
  } catch (const std::runtime_error& error) {
    return Problem(404, error.what());
  }
}

Response InternalEndpoints::KeepWebIdentityKeys(const Request& request) const {
  constexpr std::size_t kLongestKeySet = 256 * 1024;
  const auto body = request.ReadBody(kLongestKeySet);
  if (!body) return Problem(413, "The body is larger than 262144 bytes.");
  if (const auto problem = actions_.web_identity_keys(*body)) return Problem(400, *problem);
  return JsonObject(200, [](auto&, auto& text) { text("status", "kept"); });
}

Response InternalEndpoints::AccessLog(const Request& request) const {
  auto parameters = ParametersOf(request);
  int limit = 100;
  if (parameters && parameters->contains("limit")) {
    const std::string& text = parameters->at("limit");
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size()) limit = 0;
  }
  if (!parameters || (*parameters)["load_balancer"].empty() || limit < 1 || limit > 1000)
    return Problem(400, "Ask for ?load_balancer=<name or ARN>&limit=<1 to 1000>.");
  const std::string& load_balancer = parameters->at("load_balancer");
  const auto lines = actions_.access_log(load_balancer, static_cast<std::size_t>(limit));
  if (!lines) return Problem(404, "There is no load balancer " + load_balancer + ".");
  return JsonObject(200, [&](auto& writer, auto&) {
    writer.Key("lines");
    writer.StartArray();
    for (const std::string& line : *lines) writer.String(line.data(), static_cast<rapidjson::SizeType>(line.size()));
    writer.EndArray();
  });
}

Response InternalEndpoints::ReadClock(const Request&) const {
  return JsonObject(200, [&](auto&, auto& text) {
    const Clock& clock = actions_.clock();
    text("now", FormatIso8601(clock.Now(), true));
    text("mode", clock.mode() == Clock::Mode::kManual ? "manual" : "system");
  });
}

Response InternalEndpoints::MoveClock(const Request& request) const {
  Clock& clock = actions_.clock();
  if (clock.mode() != Clock::Mode::kManual)
    return Problem(409, "The clock follows the machine's time. Start drydock with --manual-clock to move it.");
  const auto body = request.ReadBody(4096);
  rapidjson::Document document;
  if (body) document.Parse<rapidjson::kParseIterativeFlag>(body->data(), body->size());
  constexpr double kMostSeconds = 100.0 * 365 * 24 * 3600;
  if (!body || document.HasParseError() || !document.IsObject() || !document.HasMember("advance") ||
      !document["advance"].IsNumber() || document["advance"].GetDouble() < 0 ||
      document["advance"].GetDouble() > kMostSeconds)
    return Problem(400, "Send {\"advance\": <seconds>}; time only moves forward.");
  clock.Advance(Duration(static_cast<std::int64_t>(document["advance"].GetDouble() * 1000)));
  return ReadClock(request);
}

}  // namespace drydock::http
