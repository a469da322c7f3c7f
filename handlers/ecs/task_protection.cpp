#include "handlers/ecs/task_protection.h"

#include "api/ecs/GetTaskProtectionRequest.h"
#include "api/ecs/GetTaskProtectionResponse.h"
#include "api/ecs/UpdateTaskProtectionRequest.h"
#include "api/ecs/UpdateTaskProtectionResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/tasks.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

constexpr std::size_t kMostUpdated = 10;    // ECS API reference, UpdateTaskProtection
constexpr std::size_t kMostAskedFor = 100;  // GetTaskProtection
constexpr int kDefaultMinutes = 120;
constexpr int kMostMinutes = 2880;

ProtectedTask Shown(const records::ecs::Task& task, Timestamp now) {
  ProtectedTask shown;
  shown.taskArn = task.arn;
  shown.protectionEnabled = IsProtected(task, now);
  if (*shown.protectionEnabled) shown.expirationDate = task.protected_until;
  return shown;
}

// Only tasks of services are scaled in; the guide's example names the reason.
bool CanBeProtected(const records::ecs::Task& task) {
  return task.active_service && task.desired_status != "STOPPED";
}

Failure NotValid(const std::string& arn) {
  Failure failure;
  failure.arn = arn;
  failure.reason = "TASK_NOT_VALID";
  return failure;
}

std::string ArnFor(Context& context, const std::string& cluster, const std::string& reference) {
  return reference.starts_with("arn:") ? reference : TaskArn(context.scope, cluster, reference);
}

}  // namespace

AWS_OPERATION(ecs, UpdateTaskProtection)
AWS_ACCESS("task/{cluster|default}/{tasks}")
UpdateTaskProtectionResponse UpdateTaskProtection(Context& context, const UpdateTaskProtectionRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  if (in.tasks.empty()) throw errors::TasksEmpty();
  if (in.tasks.size() > kMostUpdated)  // unconfirmed
    throw errors::InvalidParameter("The number of tasks must not exceed 10.");
  if (in.expiresInMinutes && (*in.expiresInMinutes < 1 || *in.expiresInMinutes > kMostMinutes))  // unconfirmed
    throw errors::InvalidParameter("expiresInMinutes must be between 1 and 2880.");
  UpdateTaskProtectionResponse out;
  out.protectedTasks.present = out.failures.present = true;
  for (const auto& reference : in.tasks) {
    auto task = FindTask(context, cluster.name, reference);
    if (!task || !CanBeProtected(*task)) {
      out.failures.push_back(NotValid(task ? task->arn : ArnFor(context, cluster.name, reference)));
      continue;
    }
    task->protected_until.reset();
    if (in.protectionEnabled.value_or(false))
      task->protected_until = context.now + std::chrono::minutes(in.expiresInMinutes.value_or(kDefaultMinutes));
    context.tx.Put(context.scope, *task);
    TouchService(context, *task->active_service);
    out.protectedTasks.push_back(Shown(*task, context.now));
  }
  return out;
}

AWS_OPERATION(ecs, GetTaskProtection)
AWS_ACCESS("task/{cluster|default}/{tasks}")
GetTaskProtectionResponse GetTaskProtection(Context& context, const GetTaskProtectionRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  if (in.tasks.size() > kMostAskedFor)  // unconfirmed
    throw errors::InvalidParameter("The number of tasks must not exceed 100.");
  GetTaskProtectionResponse out;
  out.protectedTasks.present = out.failures.present = true;
  if (in.tasks.empty()) {  // all of the cluster that are protected
    for (const auto& task :
         context.tx.List<records::ecs::Task>(context.scope, store::Where(&records::ecs::Task::cluster, cluster.name)))
      if (CanBeProtected(task) && IsProtected(task, context.now))
        out.protectedTasks.push_back(Shown(task, context.now));
    return out;
  }
  for (const auto& reference : in.tasks) {
    const auto task = FindTask(context, cluster.name, reference);
    if (task && CanBeProtected(*task))
      out.protectedTasks.push_back(Shown(*task, context.now));
    else
      out.failures.push_back(NotValid(task ? task->arn : ArnFor(context, cluster.name, reference)));
  }
  return out;
}

}  // namespace drydock::ecs
