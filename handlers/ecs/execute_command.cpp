// ECS Exec. ECS developer guide, "Monitor Amazon ECS containers with ECS Exec"; aws-facts D.14.
#include <fmt/format.h>

#include <algorithm>

#include "api/ecs/ExecuteCommandRequest.h"
#include "api/ecs/ExecuteCommandResponse.h"
#include "emulator/api/operation.h"
#include "emulator/network/evaluate.h"
#include "handlers/ecs/clusters.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/task_role.h"
#include "handlers/ecs/tasks.h"
#include "handlers/engines.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/roles.h"
#include "store/database.h"

namespace drydock::ecs {
namespace {

constexpr const char* kAgentActions[] = {"ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel",
                                         "ssmmessages:OpenControlChannel", "ssmmessages:OpenDataChannel"};

// The agent beside the container keeps a connection to Session Manager open, over the task's network and as the task's
// role. Without either nobody hears the command.
bool AgentIsConnected(Context& context, const records::ecs::Task& task) {
  const std::string arn = TaskRoleArnOf(context, task);
  const auto role = arn.empty() ? std::nullopt : iam::FindRole(context, arn);
  if (!role) return false;
  const Principal principal = iam::SessionOf(context.account(), *role, task.id);
  for (const char* action : kAgentActions)
    if (!iam::Authorize(context, principal, action, "*").allowed()) return false;
  const network::Flow flow =
      network::Flow::Tcp(network::InterfaceEndpoint{task.attachment.network_interface_id},
                         network::ServiceEndpoint{fmt::format("com.amazonaws.{}.ssmmessages", context.region())}, 443);
  return network::Evaluate(context.engines.topology(), flow).reachable();
}

const records::ecs::Container& ContainerFor(const records::ecs::Task& task, const std::optional<std::string>& name) {
  if (!name && task.containers.size() > 1)  // unconfirmed
    throw errors::InvalidParameter("Container name must be specified for tasks with more than one container.");
  const auto found = std::find_if(task.containers.begin(), task.containers.end(),
                                  [&](const auto& each) { return !name || each.name == *name; });
  if (found == task.containers.end())  // unconfirmed
    throw errors::InvalidParameter(fmt::format("The task has no container named {}.", *name));
  return *found;
}

}  // namespace

AWS_OPERATION(ecs, ExecuteCommand)
AWS_ACCESS("cluster/{cluster|default}", "task/{cluster|default}/{task}", "ecs:container-name={container}")
ExecuteCommandResponse ExecuteCommand(Context& context, const ExecuteCommandRequest& in) {
  const auto cluster = FindActiveCluster(context, in.cluster);
  const auto task = FindTask(context, cluster.name, *in.task);
  if (!task) throw errors::TaskNotFound();
  if (!in.interactive.value_or(false))
    throw errors::InvalidParameter("Interactive is the only mode supported currently.");  // unconfirmed
  const auto& container = ContainerFor(*task, in.container);
  if (task->last_status == "STOPPED" || task->desired_status == "STOPPED")
    throw errors::Client("The task is stopped.");  // unconfirmed
  if (!task->enable_execute_command || container.last_status != "RUNNING") throw errors::ExecuteCommandNotEnabled();
  if (!AgentIsConnected(context, *task)) throw errors::TargetNotConnected();
  const auto session = context.engines.runtime.OpenSession(task->arn, container.name, *in.command);
  if (!session) throw errors::TargetNotConnected();
  ExecuteCommandResponse out;
  out.clusterArn = cluster.arn;
  out.containerArn = container.arn;
  out.containerName = container.name;
  out.interactive = true;
  out.taskArn = task->arn;
  auto& shown = out.session.emplace();
  shown.sessionId = session->id;
  shown.streamUrl = session->url;
  shown.tokenValue = session->token;
  return out;
}

}  // namespace drydock::ecs
