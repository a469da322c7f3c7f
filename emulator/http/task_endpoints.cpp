#include "emulator/http/task_endpoints.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "emulator/protocol/form.h"
#include "handlers/ecs/rehearsals.h"
#include "handlers/ecs/service_principal.h"
#include "handlers/ecs/task_agent.h"

namespace drydock::http {

namespace {

constexpr std::string_view kTasks = "/_drydock/tasks";
constexpr std::string_view kEvents = "/_drydock/events";
constexpr std::string_view kAlarms = "/_drydock/alarms/";
constexpr std::string_view kInterruption = "/spot-interruption";
constexpr std::string_view kAgent = "/_drydock/agent/";
constexpr std::size_t kMostBody = 64 * 1024;

Response Problem(int status, const std::string& message) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("message");
  writer.String(message);
  writer.EndObject();
  return Response::Json(status, std::string(buffer.GetString(), buffer.GetSize()) + "\n");
}

bool IsAsking(const Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

bool TaskEndpoints::Serves(std::string_view path) {
  return path == kTasks || path.starts_with(std::string(kTasks) + "/") || path == kEvents ||
         path.starts_with(kAlarms) || path.starts_with(kAgent);
}

Response TaskEndpoints::Handle(const Request& request) const {
  const std::string_view path = request.path;
  if (path.starts_with(kAgent)) return AskAgent(request);
  if (path == kEvents && IsAsking(request)) return ListEvents(request);
  if (path.starts_with(kAlarms) && request.method == "POST") return RaiseAlarm(path.substr(kAlarms.size()));
  if (path == kTasks && IsAsking(request)) return ListTasks();
  if (path.starts_with(kTasks) && path.size() > kTasks.size() + 1) {
    const std::string task(path.substr(kTasks.size() + 1));
    if (IsAsking(request)) return ShowTask(task);
    if (request.method == "POST" && task.ends_with(kInterruption))
      return InterruptTask(task.substr(0, task.size() - kInterruption.size()));
    if (request.method == "POST") return ChangeTask(task, request);
  }
  return Problem(404, fmt::format("There is no {} {}. There are: GET /_drydock/tasks, GET and POST "
                                  "/_drydock/tasks/<id>, POST /_drydock/tasks/<id>/spot-interruption, POST "
                                  "/_drydock/alarms/<region>/<account>/<name>, GET /_drydock/events.",
                                  request.method, request.path));
}

Response TaskEndpoints::ListTasks() const {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("tasks");
  writer.StartArray();
  for (const auto& arn : rehearsal_.tasks()) writer.String(arn);
  writer.EndArray();
  writer.EndObject();
  return Response::Json(200, std::string(buffer.GetString(), buffer.GetSize()) + "\n");
}

Response TaskEndpoints::ShowTask(const std::string& task) const {
  const auto page = rehearsal_.show(task);
  return page ? Response::Json(200, *page + "\n") : Problem(404, "No such task is running.");
}

Response TaskEndpoints::ChangeTask(const std::string& task, const Request& request) const {
  const auto body = request.ReadBody(kMostBody);
  rapidjson::Document document;
  if (body) document.Parse<rapidjson::kParseIterativeFlag>(body->data(), body->size());
  if (!body || document.HasParseError() || !document.IsObject())
    return Problem(400, "Send a JSON object such as {\"container\": \"web\", \"DRYDOCK_EXIT_CODE\": 1}.");
  std::string container;
  std::map<std::string, std::string> settings;
  for (const auto& member : document.GetObject()) {
    const std::string name = member.name.GetString();
    std::string value;
    if (member.value.IsString())
      value = member.value.GetString();
    else if (member.value.IsInt())
      value = std::to_string(member.value.GetInt());
    else
      return Problem(400, fmt::format("{}: a text or a whole number is expected.", name));
    if (name == "container")
      container = value;
    else
      settings[name] = value;
  }
  if (settings.empty()) return Problem(400, "Nothing is to be changed.");
  if (!rehearsal_.show(task)) return Problem(404, "No such task is running.");
  const auto problems = rehearsal_.change(task, container, settings);
  if (!problems.empty()) return Problem(400, Join(problems, " "));
  // The task may have ended by this.
  const auto page = rehearsal_.show(task);
  return Response::Json(200, page.value_or("{}") + "\n");
}

Response TaskEndpoints::InterruptTask(const std::string& name) const {
  const auto running = rehearsal_.tasks();
  const auto found = std::find_if(running.begin(), running.end(), [&](const std::string& arn) {
    return arn == name || (!name.empty() && arn.ends_with("/" + name));
  });
  const auto arn = found == running.end() ? std::nullopt : Arn::Parse(*found);
  if (!arn) return Problem(404, "No such task is running.");
  const bool interrupted = database_.Write([&](store::Transaction& tx) {
    Context context = ecs::SchedulerContext(tx, engines_, ids_, {arn->account, arn->region});
    return ecs::InterruptSpotTask(context, found->substr(found->rfind('/') + 1));
  });
  return interrupted ? Response::Json(200, "{}\n")
                     : Problem(409, "Only a running task on the capacity provider FARGATE_SPOT can be interrupted.");
}

Response TaskEndpoints::RaiseAlarm(std::string_view alarm) const {
  const auto parts = Split(alarm, '/');
  if (parts.size() != 3) return Problem(404, "POST to /_drydock/alarms/<region>/<account>/<name>.");
  std::string name;
  if (!DecodeForm(parts[2], name) || name.empty()) return Problem(400, "The alarm's name is not valid.");
  const auto failed = database_.Write([&](store::Transaction& tx) {
    Context context = ecs::SchedulerContext(tx, engines_, ids_, {parts[1], parts[0]});
    return ecs::RaiseAlarm(context, name);
  });
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("services");
  writer.StartArray();
  for (const auto& service : failed) writer.String(service);
  writer.EndArray();
  writer.EndObject();
  return Response::Json(200, std::string(buffer.GetString(), buffer.GetSize()) + "\n");
}

Response TaskEndpoints::ListEvents(const Request& request) const {
  std::uint64_t after = 0;
  std::map<std::string, std::string> wanted;
  auto form = protocol::FormNode::Parse(request.query);
  if (!form) return Problem(400, "The query string contains a syntax error.");
  for (const char* name : {"account", "region", "detail-type", "resource"})
    if (auto value = form->Take(name)) wanted[name] = *value;
  if (const auto text = form->Take("after")) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), after);
    if (error != std::errc() || end != text->data() + text->size())
      return Problem(400, "after: a whole number is expected, the \"last\" of an earlier answer.");
  }
  const auto matches = [&](const events::Event& event) {
    for (const auto& [name, value] : wanted) {
      if (name == "account" && event.scope.account != value) return false;
      if (name == "region" && event.scope.region != value) return false;
      if (name == "detail-type" && event.detail_type != value) return false;
      if (name == "resource" &&
          std::find(event.resources.begin(), event.resources.end(), value) == event.resources.end())
        return false;
    }
    return true;
  };
  std::string body = "{\"events\":[";
  std::uint64_t last = after;
  bool first = true;
  for (const auto& kept : events_.After(after)) {
    last = kept.number;
    if (!matches(*kept.event)) continue;
    body += std::exchange(first, false) ? "\n" : ",\n";
    body += events::Render(*kept.event);
  }
  body += fmt::format("],\"last\":{}}}\n", last);
  return Response::Json(200, std::move(body));
}

Response TaskEndpoints::AskAgent(const Request& request) const {
  const std::string_view path = std::string_view(request.path).substr(kAgent.size());
  const auto region = path.find('/');
  const auto account = region == std::string_view::npos ? region : path.find('/', region + 1);
  if (account == std::string_view::npos) return Problem(404, "There is no such agent.");
  const Scope scope{std::string(path.substr(region + 1, account - region - 1)), std::string(path.substr(0, region))};
  const std::string body = request.method == "PUT" ? request.ReadBody(kMostBody).value_or("") : "";
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  const auto answer = database_.Write([&](store::Transaction& tx) {
    Context context = ecs::SchedulerContext(tx, engines_, ids_, scope);
    return ecs::AskAgent(context, method, path.substr(account + 1), body);
  });
  return Response::Json(answer.status, answer.json);
}

}  // namespace drydock::http
