#include "handlers/ecs/task_lifecycle.h"

#include <algorithm>

#include "handlers/ec2/network_interfaces.h"
#include "handlers/ecs/platform_calls.h"
#include "handlers/ecs/service_events.h"
#include "handlers/ecs/state_change_events.h"
#include "handlers/ecs/task_containers.h"
#include "handlers/ecs/task_definitions.h"
#include "handlers/ecs/task_environment.h"
#include "handlers/ecs/task_startup.h"
#include "handlers/elbv2/targets.h"
#include "handlers/engines.h"
#include "store/records/ecs/task_definition.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::ecs {
namespace {

using TaskRecord = records::ecs::Task;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

// aws-facts D.3: from a task event of platform version 1.4.0. Quick: no waiting.
constexpr Duration kProvisioning = milliseconds(4900);     // created to connectivity
constexpr Duration kWaitingForAgent = milliseconds(8000);  // connectivity to the pull's start
constexpr Duration kPulling = milliseconds(4500);
constexpr Duration kActivating = seconds(2);
constexpr Duration kDeprovisioning = seconds(23);  // execution stopped to stopped
constexpr Duration kConnecting = seconds(276);     // blocked egress: PENDING for 4 min 49 s
constexpr Duration kVisibleAfterwards = hours(1);
// How much longer than a container's stop timeout its exit may take before it counts as killed.
constexpr Duration kKilling = seconds(5);

Duration Delay(const Context& context, Duration realistic) {
  return context.engines.clock.Delay(realistic, Duration(0));
}

void SetTimer(Context& context, const TaskRecord& task, Duration delay) {
  context.tx.SetTimer({kTaskTimer, context.scope, task.id, context.now + delay});
}

// The timer that would have brought the step that is now past.
void CancelTimer(Context& context, const TaskRecord& task) {
  context.tx.CancelTimer(kTaskTimer, context.scope, task.id);
}

bool AllContainersAre(const TaskRecord& task, const char* status) {
  return std::all_of(task.containers.begin(), task.containers.end(),
                     [&](const auto& container) { return container.last_status == status; });
}

Duration StopTimeout(const ContainerDefinition& container) {
  return seconds(container.stopTimeout.value_or(30));
}

void Deprovision(Context& context, TaskRecord& task) {
  task.last_status = "DEPROVISIONING";
  if (!task.attachment.network_interface_id.empty()) task.attachment.status = "DETACHING";
  if (task.handed_to_runtime) task.times.emplace("executionStoppedAt", context.now);
  for (auto& container : task.containers) {
    container.last_status = "STOPPED";
    container.health_status = "UNKNOWN";
  }
  SaveTask(context, task);
  SetTimer(context, task, Delay(context, kDeprovisioning));
  // Nothing runs any more, or should: the runtime may forget the task, and its address is nobody's.
  if (task.handed_to_runtime)
    context.tx.AfterCommit([&runtime = context.engines.runtime, arn = task.arn] { runtime.Stop(arn, Duration(0)); });
}

void StopContainers(Context& context, TaskRecord& task) {
  for (auto& container : task.containers)  // those whose turn never came
    if (container.last_status == "PENDING" && !container.start_requested) container.last_status = "STOPPED";
  if (!task.handed_to_runtime || AllContainersAre(task, "STOPPED")) return Deprovision(context, task);
  task.last_status = "STOPPING";
  Duration timeout{0};
  const auto definition = FindTaskDefinition(context, task.task_definition_arn);
  if (definition)
    for (const auto& container : definition->definition.containerDefinitions)
      timeout = std::max(timeout, StopTimeout(container));
  SaveTask(context, task);
  SetTimer(context, task, timeout + kKilling);
  context.tx.AfterCommit([&runtime = context.engines.runtime, arn = task.arn, timeout] { runtime.Stop(arn, timeout); });
}

void FailToStart(Context& context, TaskRecord& task, const StartFailure& failure) {
  task.blocked_by = failure.blocked_by;
  for (auto& container : task.containers)
    if (container.name == failure.container) container.reason = failure.reason;
  BeginStop(context, task, "TaskFailedToStart", failure.reason);
}

// The requester of tasks' network interfaces and the owner of their hosts are accounts of Amazon's. These are of
// eu-central-1; other regions have others.
constexpr char kRequester[] = "628676013162", kHostsOwner[] = "843547988961";

// PROVISIONING: the network interface. It is committed before the network engine is asked about it.
void Provision(Context& context, TaskRecord& task) {
  auto& attachment = task.attachment;
  const auto& network = *task.network_configuration.awsvpcConfiguration;
  const bool public_address = network.assignPublicIp == "ENABLED";
  try {
    const auto interface =
        ec2::CreateRequesterManagedInterface(context, {.subnet_id = attachment.subnet_id,
                                                       .group_ids = network.securityGroups,
                                                       .description = context.Arn("ecs", "attachment/" + attachment.id),
                                                       .requester_id = kRequester,
                                                       .instance_owner_id = kHostsOwner,
                                                       .assign_public_ip = public_address});
    RecordInterfaceMade(context, interface);
    attachment.network_interface_id = interface.network_interface_id;
    attachment.vpc_id = interface.vpc_id;
    attachment.mac_address = interface.mac_address;
    attachment.private_address = interface.private_ip_address();
    attachment.private_dns_name = ec2::PrivateDnsName(context.region(), attachment.private_address);
    attachment.status = "ATTACHED";
    task.availability_zone = interface.availability_zone;
  } catch (const ApiError& error) {
    FailToStart(context, task,
                {"Unexpected EC2 error while attempting to Create Network Interface with public IP assignment " +
                     std::string(public_address ? "enabled" : "disabled") + " in subnet '" + attachment.subnet_id +
                     "': " + error.code(),
                 "", false, ""});
    return;
  }
  task.last_status = "PENDING";
  task.times["connectivityAt"] = context.now;
  SaveTask(context, task);
  SetTimer(context, task, Delay(context, kWaitingForAgent));
}

void HandToRuntime(Context& context, const TaskRecord& task, const records::ecs::TaskDefinition& definition,
                   const SecretValues& values) {
  context.tx.AfterCommit([&runtime = context.engines.runtime,
                          spec = MakeTaskSpec(context.engines.settings.endpoint, context.scope, task, definition,
                                              values)]() mutable { runtime.Start(std::move(spec)); });
}

// A failure at once, or, for a connection that times out, after as long as Fargate keeps trying.
void FailSooner(Context& context, TaskRecord& task, const StartFailure& failure) {
  const Duration wait = failure.timed_out ? Delay(context, kConnecting) : Duration(0);
  if (wait.count() == 0) return FailToStart(context, task, failure);
  task.delayed_failure = failure.reason;
  task.delayed_failure_container = failure.container;
  task.blocked_by = failure.blocked_by;
  context.tx.Put(context.scope, task);
  SetTimer(context, task, wait);
}

// PENDING, twice: before the pull and after it.
void Prepare(Context& context, TaskRecord& task, const ConnectionTried& tried) {
  if (!task.delayed_failure.empty())
    return FailToStart(context, task, {task.delayed_failure, task.delayed_failure_container, false, task.blocked_by});
  if (task.handed_to_runtime) return;
  const auto definition = FindTaskDefinition(context, task.task_definition_arn);
  if (!definition)
    return FailToStart(context, task, {"TaskFailedToStart: the task definition was deleted", "", false, ""});

  SecretValues values;
  const bool pulled = task.times.contains("pullStartedAt");
  if (!pulled) {
    if (const auto failure = InitializeResources(context, task, *definition, values, tried))
      return FailSooner(context, task, *failure);
    task.times["pullStartedAt"] = context.now;
    if (const Duration pulling = Delay(context, kPulling); pulling.count() > 0) {
      context.tx.Put(context.scope, task);
      return SetTimer(context, task, pulling);
    }
  }
  if (const auto failure = PullImages(context, task, *definition, tried)) return FailSooner(context, task, *failure);
  if (pulled) values = FetchSecretsAgain(context, task, *definition);
  task.times["pullStoppedAt"] = context.now;
  task.handed_to_runtime = true;
  for (auto& container : task.containers) container.runtime_id = task.id + "-" + context.ids.Digits(10);
  RequestFirstStarts(context, task, *definition);
  SaveTask(context, task);
  HandToRuntime(context, task, *definition, values);
}

void BecomeRunning(Context& context, TaskRecord& task) {
  task.last_status = "RUNNING";
  SaveTask(context, task);
  if (task.active_service) TouchService(context, *task.active_service);
}

void Finish(Context& context, TaskRecord& task) {
  if (!task.attachment.network_interface_id.empty()) {
    ec2::DeleteInterface(context, task.attachment.network_interface_id);
    RecordInterfaceDeleted(context, task.attachment.network_interface_id);
  }
  task.attachment.status = "DELETED";
  task.last_status = "STOPPED";
  task.times["stoppedAt"] = context.now;
  const auto service = task.active_service;
  task.active_service.reset();
  SaveTask(context, task);
  SetTimer(context, task, kVisibleAfterwards);
  if (service) TouchService(context, *service);
}

}  // namespace

void SaveTask(Context& context, TaskRecord& task) {
  ++task.version;
  context.tx.Put(context.scope, task);
  PublishTaskChange(context, task);
}

void BeginActivating(Context& context, TaskRecord& task) {
  task.times.emplace("startedAt", context.now);
  task.last_status = "ACTIVATING";
  const Duration activating = Delay(context, kActivating);
  if (activating.count() == 0) return BecomeRunning(context, task);
  SaveTask(context, task);
  SetTimer(context, task, activating);
}

void EndStopping(Context& context, TaskRecord& task) {
  if (!AllContainersAre(task, "STOPPED")) return SaveTask(context, task);
  CancelTimer(context, task);
  Deprovision(context, task);
}

void BeginLife(Context& context, TaskRecord& task) {
  context.tx.Put(context.scope, task);
  PublishTaskChange(context, task);
  SetTimer(context, task, Delay(context, kProvisioning));
}

void AdvanceTask(Context& context, const std::string& task_id, const ConnectionTried& tried) {
  auto task = context.tx.Get<TaskRecord>(context.scope, task_id);
  if (!task) return;
  const std::string& status = task->last_status;
  if (status == "PROVISIONING") return Provision(context, *task);
  if (status == "PENDING") return Prepare(context, *task, tried);
  if (status == "ACTIVATING") return BecomeRunning(context, *task);
  if (status == "DEACTIVATING") return StopContainers(context, *task);
  if (status == "DEPROVISIONING") return Finish(context, *task);
  if (status == "STOPPED") {
    context.tx.Erase<TaskRecord>(context.scope, task_id);
    return;
  }
  if (status == "STOPPING") {  // the runtime has not told of all exits
    for (auto& container : task->containers)
      if (container.last_status != "STOPPED") container.exit_code = 137;
    Deprovision(context, *task);
  }
}

void BeginStop(Context& context, TaskRecord& task, const std::string& stop_code, const std::string& reason) {
  if (task.desired_status == "STOPPED") return;
  task.desired_status = "STOPPED";
  task.stop_code = stop_code;
  task.stopped_reason = reason;
  task.times["stoppingAt"] = context.now;
  CancelTimer(context, task);
  const bool interrupted = stop_code == kSpotInterruption;
  if (interrupted) SaveTask(context, task);  // the warning is an event of its own, and nothing waits for connections
  if (task.active_service && stop_code != "ServiceSchedulerInitiated") ServiceTaskStops(context, task);

  Timestamp drained = context.now;
  for (const auto& target : task.targets) {
    elbv2::DeregisterTarget(context, target.target_group_arn, task.attachment.private_address, target.port);
    RecordTargetDeregistered(context, target.target_group_arn, task.attachment.private_address, target.port);
    const auto until =
        elbv2::DrainingUntil(context, target.target_group_arn, task.attachment.private_address, target.port);
    drained = std::max(drained, until.value_or(context.now));
  }
  task.targets.clear();
  if (drained > context.now && task.last_status == "RUNNING" && !AllContainersAre(task, "STOPPED") && !interrupted &&
      stop_code != "EssentialContainerExited") {
    task.last_status = "DEACTIVATING";
    SaveTask(context, task);
    SetTimer(context, task, drained - context.now);
    return;
  }
  StopContainers(context, task);
}

void ResumeTask(Context& context, const std::string& task_id) {
  auto task = context.tx.Get<TaskRecord>(context.scope, task_id);
  if (!task || !task->handed_to_runtime) return;
  const std::string& status = task->last_status;
  if (status == "STOPPING") return SetTimer(context, *task, Duration(0));  // nobody will tell of its exits
  if (status != "PENDING" && status != "ACTIVATING" && status != "RUNNING" && status != "DEACTIVATING") return;
  const auto definition = FindTaskDefinition(context, task->task_definition_arn);
  if (!definition) return;
  HandToRuntime(context, *task, *definition, FetchSecretsAgain(context, *task, *definition));
  if (std::any_of(task->containers.begin(), task->containers.end(),
                  [](const auto& container) { return container.last_status == "PENDING"; }))
    context.tx.SetTimer({kContainersTimer, context.scope, task->id, context.now});
}

}  // namespace drydock::ecs
