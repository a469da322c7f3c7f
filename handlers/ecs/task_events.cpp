#include "handlers/ecs/task_events.h"

#include "emulator/core/arn.h"
#include "emulator/core/log.h"
#include "emulator/network/evaluate.h"
#include "handlers/ecs/execution_role.h"
#include "handlers/ecs/service_principal.h"
#include "handlers/ecs/task_containers.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/ecs/task_lifecycle.h"
#include "handlers/ecs/task_startup.h"
#include "handlers/logs/events.h"
#include "store/records/ecs/task.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

std::string TaskIdIn(const std::string& arn) {
  return arn.substr(arn.rfind('/') + 1);
}

}  // namespace

template <class Fn>
void TaskEvents::InTransaction(const std::string& task_arn, Fn fn) {
  const auto arn = Arn::Parse(task_arn);
  if (!arn) return;
  try {
    database_.Write([&](store::Transaction& tx) {
      Context context = SchedulerContext(tx, engines_, ids_, {arn->account, arn->region});
      fn(context, TaskIdIn(task_arn));
    });
  } catch (const std::exception& error) {  // the runtime cannot do anything about it
    log::Error("an event of {} is lost: {}", task_arn, error.what());
  }
}

void TaskEvents::ContainerStarted(const std::string& task_arn, const std::string& container) {
  InTransaction(task_arn,
                [&](Context& context, const std::string& task) { ecs::ContainerStarted(context, task, container); });
}

void TaskEvents::ContainerExited(const std::string& task_arn, const std::string& container, int exit_code,
                                 const std::string& reason) {
  InTransaction(task_arn, [&](Context& context, const std::string& task) {
    ecs::ContainerExited(context, task, container, exit_code, reason);
  });
  const std::lock_guard lock(mutex_);
  log_streams_.erase({task_arn, container});
}

void TaskEvents::ContainerHealthChanged(const std::string& task_arn, const std::string& container,
                                        tasks::ContainerHealth health) {
  InTransaction(task_arn, [&](Context& context, const std::string& task) {
    ecs::ContainerHealthChanged(context, task, container, health);
  });
}

std::optional<TaskEvents::LogStream> TaskEvents::LogStreamOf(const std::string& task_arn, const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = log_streams_.find({task_arn, name});
    if (known != log_streams_.end()) return known->second;
  }
  std::optional<LogStream> stream;
  const auto arn = Arn::Parse(task_arn);
  if (!arn) return stream;
  database_.Read([&](store::Transaction& tx) {
    Context context = SchedulerContext(tx, engines_, ids_, {arn->account, arn->region});
    const auto task = tx.Get<records::ecs::Task>(context.scope, TaskIdIn(task_arn));
    const auto definition = task ? FindTaskDefinition(context, task->task_definition_arn) : std::nullopt;
    if (!definition) return;
    for (const auto& container : definition->definition.containerDefinitions) {
      if (container.name != name || !container.logConfiguration || container.logConfiguration->logDriver != "awslogs")
        continue;
      const auto& options = container.logConfiguration->options;
      const auto option = [&](const char* key) {
        const auto found = options.find(key);
        return found == options.end() ? std::string() : found->second;
      };
      stream = LogStream{{arn->account, option("awslogs-region")},
                         option("awslogs-group"),
                         LogStreamName(option("awslogs-stream-prefix"), name, task->id),
                         ExecutionRoleOf(context.scope, *definition, task->overrides),
                         task->attachment.network_interface_id};
    }
  });
  const std::lock_guard lock(mutex_);
  log_streams_[{task_arn, name}] = stream;
  return stream;
}

std::string TaskEvents::Blocked(const LogStream& stream) const {
  const auto topology = engines_.topology();
  const auto path = network::Evaluate(
      topology, network::Flow::Tcp(network::InterfaceEndpoint{stream.network_interface_id},
                                   network::ServiceEndpoint{"com.amazonaws." + stream.scope.region + ".logs"}, 443));
  if (path.outcome == network::Outcome::kUnknownEndpoint) return "";  // the last lines of a task that is gone
  tried_(topology, path);
  return path.reachable() ? "" : network::Describe(path.explanations.front());
}

void TaskEvents::Printed(std::vector<tasks::PrintedLine> lines) {
  std::map<std::pair<std::string, std::string>, std::vector<logs::Line>> by_container;
  for (auto& line : lines) by_container[{line.task_arn, line.container}].push_back({line.time, std::move(line.text)});
  for (auto& [origin, printed] : by_container) {
    const auto stream = LogStreamOf(origin.first, origin.second);
    if (!stream) continue;
    if (const std::string why = Blocked(*stream); !why.empty()) {
      log::Warning("lines of {} are lost: {}", origin.first, why);
      continue;
    }
    try {
      database_.Write([&](store::Transaction& tx) {
        Context context = SchedulerContext(tx, engines_, ids_, stream->scope);
        const auto role = ExecutionRole::Assume(context, stream->execution_role, TaskIdIn(origin.first));
        if (!role) throw ApiError("AccessDenied", "the execution role cannot be assumed");
        context.principal = role->principal();
        logs::PutLines(context, stream->group, stream->name, std::move(printed));
      });
    } catch (const ApiError& error) {
      log::Warning("lines of {} are lost: {}: {}", origin.first, error.code(), error.message());
    }
  }
}

void ResumeTasks(store::Database& database, Engines& engines, Ids& ids) {
  const auto tasks = database.Read([](store::Transaction& tx) { return tx.ListAll<records::ecs::Task>(); });
  for (const auto& [scope, task] : tasks) {
    if (!task.handed_to_runtime || task.last_status == "STOPPED") continue;
    database.Write([&, &scope_of = scope, &id = task.id](store::Transaction& tx) {
      Context context = SchedulerContext(tx, engines, ids, scope_of);
      ResumeTask(context, id);
    });
  }
}

}  // namespace drydock::ecs
