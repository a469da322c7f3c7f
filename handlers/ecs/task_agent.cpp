#include "handlers/ecs/task_agent.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

#include "api/ecs/GetTaskProtectionRequest.h"
#include "api/ecs/GetTaskProtectionResponse.h"
#include "api/ecs/UpdateTaskProtectionRequest.h"
#include "api/ecs/UpdateTaskProtectionResponse.h"
#include "emulator/core/text.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/task_metadata.h"
#include "handlers/ecs/task_role.h"
#include "handlers/engines.h"
#include "store/table.h"

namespace drydock::api {
extern const Service k_ecs;
}

namespace drydock::ecs {
namespace {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

template <class Members>
std::string Json(Members members) {
  rapidjson::StringBuffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  members(writer);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

void Text(JsonWriter& writer, const char* name, const std::string& value) {
  writer.Key(name);
  writer.String(value);
}

AgentAnswer NotFound(const std::string& message) {
  return {404, Json([&](auto& writer) {
            Text(writer, "code", "NotFound");
            Text(writer, "message", message);
          })};
}

// "<task id>-<10 digits>"
struct Asking {
  records::ecs::Task task;
  std::size_t container = 0;
};

std::optional<Asking> WhoAsks(Context& context, const std::string& runtime_id) {
  auto task = context.tx.Get<records::ecs::Task>(context.scope, runtime_id.substr(0, runtime_id.find('-')));
  if (!task) return std::nullopt;
  for (std::size_t i = 0; i < task->containers.size(); ++i)
    if (task->containers[i].runtime_id == runtime_id) return Asking{std::move(*task), i};
  return std::nullopt;
}

AgentAnswer Metadata(Context& context, const std::vector<std::string>& parts) {
  const auto asking = WhoAsks(context, parts[1]);
  if (!asking) return NotFound("unable to find the task of the container " + parts[1]);
  const std::string what = Join({parts.begin() + 2, parts.end()}, "/");
  const auto& [task, container] = *asking;
  if (what.empty()) return {200, ContainerMetadata(context, task, container)};
  if (what == "task") return {200, TaskMetadata(context, task, false)};
  if (what == "taskWithTags") return {200, TaskMetadata(context, task, true)};
  if (what == "stats") return {200, ContainerStats(context, task, container)};
  if (what == "task/stats") return {200, TaskStats(context, task)};
  return NotFound("there is no " + what);
}

AgentAnswer Credentials(Context& context, std::string id) {
  std::erase(id, '-');
  auto task = context.tx.Get<records::ecs::Task>(context.scope, id);
  const bool ended = !task || task->last_status == "STOPPED";
  const auto session = ended ? std::nullopt : SessionOfTask(context, *task);
  if (!session)
    return {400, Json([&](auto& writer) {
              Text(writer, "code", "InvalidIdInRequest");  // unconfirmed
              Text(writer, "message", "CredentialsV2Request: ID not found");
              writer.Key("HTTPErrorCode");
              writer.Int(400);
            })};
  return {200, Json([&](auto& writer) {
            Text(writer, "RoleArn", TaskRoleArnOf(context, *task));
            Text(writer, "AccessKeyId", session->access_key);
            Text(writer, "SecretAccessKey", session->secret);
            Text(writer, "Token", session->token);
            Text(writer, "Expiration", FormatIso8601(session->expires));
          })};
}

AgentAnswer ProtectionError(Context& context, const records::ecs::Task& task, int status, const std::string& code,
                            const std::string& message) {
  return {status, Json([&](auto& writer) {
            Text(writer, "requestID", context.request_id);
            writer.Key("error");
            writer.StartObject();
            Text(writer, "Arn", task.arn);
            Text(writer, "Code", code);
            Text(writer, "Message", message);
            writer.EndObject();
          })};
}

template <class Out>
AgentAnswer ProtectionAnswer(const Out& out) {
  return {200, Json([&](auto& writer) {
            if (!out.failures.empty()) {
              writer.Key("failure");
              writer.StartObject();
              Text(writer, "Arn", out.failures.front().arn.value_or(""));
              writer.Key("Detail");
              writer.Null();
              Text(writer, "Reason", out.failures.front().reason.value_or(""));
              writer.EndObject();
              return;
            }
            const auto& shown = out.protectedTasks.front();
            writer.Key("protection");
            writer.StartObject();
            writer.Key("ExpirationDate");
            if (shown.expirationDate)
              writer.String(FormatIso8601(*shown.expirationDate));
            else
              writer.Null();
            writer.Key("ProtectionEnabled");
            writer.Bool(shown.protectionEnabled.value_or(false));
            Text(writer, "TaskArn", shown.taskArn.value_or(""));
            writer.EndObject();
          })};
}

// The agent calls ECS in the session of the task's own role.
AgentAnswer Protection(Context& context, std::string_view method, const std::string& runtime_id,
                       const std::string& body) {
  auto asking = WhoAsks(context, runtime_id);
  if (!asking) return NotFound("unable to find the task of the container " + runtime_id);
  auto& task = asking->task;
  const auto session = SessionOfTask(context, task);
  if (!session)
    return ProtectionError(context, task, 403, "AccessDeniedException",
                           "Invalid Request: no task IAM role credentials available for task");  // unconfirmed
  const Principal principal{
      Principal::Type::kAssumedRole, session->account, session->arn, session->user_id, session->access_key, ""};
  try {
    if (method == "GET") {
      GetTaskProtectionRequest request;
      request.cluster = task.cluster;
      request.tasks.push_back(task.arn);
      return ProtectionAnswer(Invoke<GetTaskProtectionResponse>(
          context, principal, *api::FindOperation(api::k_ecs, "GetTaskProtection"), request));
    }
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(body.data(), body.size());
    const auto is = [&](const char* name, bool (rapidjson::Value::*kind)() const) {
      return document.HasMember(name) && (document[name].*kind)();
    };
    if (document.HasParseError() || !document.IsObject() || !is("ProtectionEnabled", &rapidjson::Value::IsBool) ||
        (document.HasMember("ExpiresInMinutes") && !document["ExpiresInMinutes"].IsInt()))
      return ProtectionError(context, task, 400, "InvalidParameterException",  // unconfirmed
                             "Invalid request: does not contain 'ProtectionEnabled' field");
    UpdateTaskProtectionRequest request;
    request.cluster = task.cluster;
    request.tasks.push_back(task.arn);
    request.protectionEnabled = document["ProtectionEnabled"].GetBool();
    if (document.HasMember("ExpiresInMinutes")) request.expiresInMinutes = document["ExpiresInMinutes"].GetInt();
    return ProtectionAnswer(Invoke<UpdateTaskProtectionResponse>(
        context, principal, *api::FindOperation(api::k_ecs, "UpdateTaskProtection"), request));
  } catch (const ApiError& error) {
    return ProtectionError(context, task, 400, error.code(), error.message());
  }
}

}  // namespace

AgentAnswer AskAgent(Context& context, std::string_view method, std::string_view path, const std::string& body) {
  const auto parts = Split(path, '/');
  const bool metadata = parts.size() >= 2 && (parts[0] == "v3" || parts[0] == "v4");
  if (method == "GET" && metadata) return Metadata(context, parts);
  if (method == "GET" && parts.size() == 3 && parts[0] == "v2" && parts[1] == "credentials")
    return Credentials(context, parts[2]);
  if (parts.size() == 5 && parts[0] == "api" &&
      Join({parts.begin() + 2, parts.end()}, "/") == "task-protection/v1/state")
    if (method == "GET" || method == "PUT") return Protection(context, method, parts[1], body);
  return NotFound("there is no " + std::string(method) + " " + std::string(path));
}

}  // namespace drydock::ecs
