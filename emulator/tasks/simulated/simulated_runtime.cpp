#include "emulator/tasks/simulated/simulated_runtime.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

#include "emulator/tasks/event_queue.h"
#include "emulator/tasks/simulated/page.h"
#include "emulator/tasks/simulated/server.h"
#include "emulator/tasks/simulated/terminals.h"

namespace drydock::tasks::simulated {

namespace {
// ECS developer guide, "Stopped tasks error messages".
constexpr char kOutOfMemory[] = "OutOfMemoryError: Container killed due to memory usage";
}  // namespace

class SimulatedRuntime::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Clock& clock, EventSink& sink, Connect connect)
      : clock_(clock),
        events_(clock, sink),
        server_([this](const Preface& preface) { return Find(preface.vpc_id, preface.destination_address); },
                [this](const RunningTask& task, const RunningContainer& container, std::string line) {
                  if (!task.is_host) events_.Print(task.spec.task_arn, container.spec.name, std::move(line));
                },
                std::move(connect)) {}

  void Start(TaskSpec spec);
  void StartContainer(const std::string& task_arn, const std::string& container);
  void Stop(const std::string& task_arn);
  void StandHost(HostSpec host);
  void RemoveHost(const std::string& id);
  Dial Locate(const std::string& vpc_id, const std::string& address, int port, const std::string& source) const;
  std::optional<ExecSession> OpenSession(const std::string& task_arn, const std::string& name,
                                         const std::string& command);
  std::vector<std::string> Tasks() const;
  std::shared_ptr<RunningTask> Named(const std::string& arn_or_id) const;
  std::vector<std::string> Change(const std::shared_ptr<RunningTask>& task, const std::string& container,
                                  const std::map<std::string, std::string>& settings);

 private:
  struct StandingHost {
    HostSpec spec;
    std::shared_ptr<RunningTask> task;
  };
  using TaskPointer = std::shared_ptr<const RunningTask>;

  static std::string Key(const std::string& vpc_id, const std::string& address) { return vpc_id + "|" + address; }
  TaskPointer Find(const std::string& vpc_id, const std::string& address) const;
  void BeginContainer(const std::shared_ptr<RunningTask>& task, RunningContainer& container);
  // Prints and plans what the container's behaviour says.
  void Act(const std::shared_ptr<RunningTask>& task, RunningContainer& container);
  void CheckHealth(const std::shared_ptr<RunningTask>& task, RunningContainer& container);
  // Runs `action` at that time, unless the container has ended by then.
  template <class Action>
  void Later(const std::shared_ptr<RunningTask>& task, RunningContainer& container, Duration delay, Action action);
  // Once per start; later calls have no effect.
  void EndContainer(const RunningTask& task, RunningContainer& container, int exit_code,
                    const std::string& reason = "");

  Clock& clock_;
  EventQueue events_;
  Terminals terminals_{clock_};
  std::atomic<std::uint64_t> starts_{0};
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<RunningTask>> tasks_;       // by ARN; guarded by mutex_
  std::unordered_map<std::string, std::shared_ptr<RunningTask>> by_address_;  // by Key; guarded by mutex_
  std::unordered_map<std::string, StandingHost> hosts_;                       // by id; guarded by mutex_
  Server server_;                                                             // last: its thread uses the members above
};

void SimulatedRuntime::Core::Start(TaskSpec spec) {
  const auto task = std::make_shared<RunningTask>();
  for (ContainerSpec& container : spec.containers) {
    std::string page = DescribeContainer(spec, container);
    task->containers.push_back(std::make_unique<RunningContainer>(std::move(container), std::move(page)));
  }
  spec.containers.clear();
  task->spec = std::move(spec);
  {
    std::lock_guard lock(mutex_);
    if (!tasks_.emplace(task->spec.task_arn, task).second) return;
    by_address_[Key(task->spec.vpc_id, task->spec.private_address)] = task;
  }
  for (const auto& container : task->containers)
    if (!container->spec.waits) BeginContainer(task, *container);
}

void SimulatedRuntime::Core::StartContainer(const std::string& task_arn, const std::string& name) {
  std::shared_ptr<RunningTask> task;
  {
    std::lock_guard lock(mutex_);
    const auto found = tasks_.find(task_arn);
    if (found == tasks_.end()) return;
    task = found->second;
  }
  for (const auto& container : task->containers)
    if (container->spec.name == name) BeginContainer(task, *container);
}

void SimulatedRuntime::Core::BeginContainer(const std::shared_ptr<RunningTask>& task, RunningContainer& container) {
  if (container.running.exchange(true)) return;
  const std::string& arn = task->spec.task_arn;
  const std::string& name = container.spec.name;
  std::vector<std::string> complaints;
  container.Behave(ReadBehaviour(container.spec, complaints));
  container.order = ++starts_;
  ++container.run;
  events_.Tell([arn, name](EventSink& sink) { sink.ContainerStarted(arn, name); });
  for (const std::string& complaint : complaints) events_.Print(arn, name, complaint);
  Act(task, container);
  if (container.behaviour()->listens) {
    for (const int port : container.spec.ports) {
      events_.Print(arn, name, fmt::format("listening on {}:{}", task->spec.private_address, port));
    }
  }
  CheckHealth(task, container);
}

template <class Action>
void SimulatedRuntime::Core::Later(const std::shared_ptr<RunningTask>& task, RunningContainer& container,
                                   Duration delay, Action action) {
  clock_.At(clock_.Now() + delay,
            [weak = weak_from_this(), task, &container, run = container.run.load(), action = std::move(action)] {
              const auto core = weak.lock();
              if (core != nullptr && container.running && container.run == run) action(*core);
            });
}

void SimulatedRuntime::Core::Act(const std::shared_ptr<RunningTask>& task, RunningContainer& container) {
  const auto behaviour = container.behaviour();
  for (const std::string& line : behaviour->print) events_.Print(task->spec.task_arn, container.spec.name, line);
  if (behaviour->exit_code) {
    Later(task, container, behaviour->exit_after,
          [task, &container, code = *behaviour->exit_code](Core& core) { core.EndContainer(*task, container, code); });
  }
  if (behaviour->memory_for) {
    Later(task, container, *behaviour->memory_for,
          [task, &container](Core& core) { core.EndContainer(*task, container, 128 + 9, kOutOfMemory); });
  }
}

void SimulatedRuntime::Core::CheckHealth(const std::shared_ptr<RunningTask>& task, RunningContainer& container) {
  if (!container.spec.health_check) return;
  const HealthCheck& check = *container.spec.health_check;
  const bool healthy = container.behaviour()->healthy;
  // One good result makes it healthy, `retries` bad ones in a row after the start period unhealthy.
  const Duration realistic = healthy ? check.interval : check.start_period + check.retries * check.interval;
  Later(task, container, clock_.Delay(realistic, Duration(0)), [task, &container, healthy](Core& core) {
    if (container.behaviour()->healthy != healthy) return;
    const ContainerHealth health = healthy ? ContainerHealth::kHealthy : ContainerHealth::kUnhealthy;
    core.events_.Tell([arn = task->spec.task_arn, name = container.spec.name, health](EventSink& sink) {
      sink.ContainerHealthChanged(arn, name, health);
    });
  });
}

void SimulatedRuntime::Core::EndContainer(const RunningTask& task, RunningContainer& container, int exit_code,
                                          const std::string& reason) {
  if (!container.running.exchange(false)) return;
  server_.CloseIdle(container);
  events_.Tell([arn = task.spec.task_arn, name = container.spec.name, exit_code, reason](EventSink& sink) {
    sink.ContainerExited(arn, name, exit_code, reason);
  });
}

void SimulatedRuntime::Core::Stop(const std::string& task_arn) {
  std::shared_ptr<RunningTask> task;
  {
    std::lock_guard lock(mutex_);
    const auto found = tasks_.find(task_arn);
    if (found == tasks_.end()) return;
    task = found->second;
    tasks_.erase(found);
    const auto address = by_address_.find(Key(task->spec.vpc_id, task->spec.private_address));
    if (address != by_address_.end() && address->second == task) by_address_.erase(address);
  }
  std::vector<RunningContainer*> running;
  for (const auto& container : task->containers)
    if (container->running) running.push_back(container.get());
  std::sort(running.begin(), running.end(), [](const auto* a, const auto* b) { return a->order > b->order; });
  for (RunningContainer* const container : running) {
    events_.Print(task_arn, container->spec.name, "received SIGTERM, stopping");
    const Duration delay = container->behaviour()->stop_delay;
    const Duration allowed = container->spec.stop_timeout;
    if (delay.count() == 0) {
      EndContainer(*task, *container, 0);
      continue;
    }
    Later(task, *container, std::min(delay, allowed), [task, container, killed = delay > allowed](Core& core) {
      core.EndContainer(*task, *container, killed ? 128 + 9 : 0);
    });
  }
}

void SimulatedRuntime::Core::StandHost(HostSpec host) {
  {
    std::lock_guard lock(mutex_);
    const auto standing = hosts_.find(host.id);
    if (standing != hosts_.end() && standing->second.spec == host) return;
  }
  RemoveHost(host.id);
  if (host.private_addresses.empty()) return;
  const auto task = std::make_shared<RunningTask>();
  task->is_host = true;
  task->spec.task_arn = host.id;
  task->spec.vpc_id = host.vpc_id;
  ContainerSpec answering;
  answering.name = host.id;
  answering.ports = host.ports;
  task->containers.push_back(std::make_unique<RunningContainer>(std::move(answering), DescribeHost(host)));
  task->containers.front()->running = true;
  std::lock_guard lock(mutex_);
  for (const std::string& address : host.private_addresses) by_address_[Key(host.vpc_id, address)] = task;
  std::string id = host.id;
  hosts_[std::move(id)] = {std::move(host), task};
}

void SimulatedRuntime::Core::RemoveHost(const std::string& id) {
  StandingHost host;
  {
    std::lock_guard lock(mutex_);
    const auto found = hosts_.find(id);
    if (found == hosts_.end()) return;
    host = std::move(found->second);
    hosts_.erase(found);
    for (const std::string& address : host.spec.private_addresses) {
      const auto key = by_address_.find(Key(host.spec.vpc_id, address));
      if (key != by_address_.end() && key->second == host.task) by_address_.erase(key);
    }
  }
  host.task->containers.front()->running = false;
  server_.CloseIdle(*host.task->containers.front());
}

std::optional<ExecSession> SimulatedRuntime::Core::OpenSession(const std::string& task_arn, const std::string& name,
                                                               const std::string& command) {
  const auto task = Named(task_arn);
  if (!task) return std::nullopt;
  for (const auto& container : task->containers)
    if (container->spec.name == name && container->running) return terminals_.Open(task, *container, command);
  return std::nullopt;
}

std::vector<std::string> SimulatedRuntime::Core::Tasks() const {
  std::vector<std::string> arns;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [arn, task] : tasks_) arns.push_back(arn);
  }
  std::sort(arns.begin(), arns.end());
  return arns;
}

std::shared_ptr<RunningTask> SimulatedRuntime::Core::Named(const std::string& arn_or_id) const {
  std::lock_guard lock(mutex_);
  if (const auto found = tasks_.find(arn_or_id); found != tasks_.end()) return found->second;
  for (const auto& [arn, task] : tasks_)
    if (!arn_or_id.empty() && arn.ends_with("/" + arn_or_id)) return task;
  return nullptr;
}

std::vector<std::string> SimulatedRuntime::Core::Change(const std::shared_ptr<RunningTask>& task,
                                                        const std::string& name,
                                                        const std::map<std::string, std::string>& settings) {
  std::vector<std::pair<RunningContainer*, Behaviour>> changes;
  for (const auto& container : task->containers) {
    if (!name.empty() && container->spec.name != name) continue;
    Behaviour behaviour = *container->behaviour();
    // What happens once has happened, or waits for its time already.
    behaviour.exit_code.reset();
    behaviour.exit_after = Duration(0);
    behaviour.memory_for.reset();
    behaviour.print.clear();
    std::vector<std::string> complaints;
    for (const auto& [setting, value] : settings)
      if (auto complaint = SetBehaviour(behaviour, setting, value)) complaints.push_back(std::move(*complaint));
    if (!complaints.empty()) return complaints;
    changes.emplace_back(container.get(), std::move(behaviour));
  }
  if (changes.empty()) return {fmt::format("The task has no container \"{}\".", name)};
  for (auto& [container, behaviour] : changes) {
    const bool healthy = container->behaviour()->healthy;
    const bool listens = behaviour.listens;
    container->Behave(std::move(behaviour));
    if (!container->running) continue;
    if (!listens) server_.CloseIdle(*container);
    Act(task, *container);
    if (container->behaviour()->healthy != healthy) CheckHealth(task, *container);
  }
  return {};
}

SimulatedRuntime::Core::TaskPointer SimulatedRuntime::Core::Find(const std::string& vpc_id,
                                                                 const std::string& address) const {
  std::lock_guard lock(mutex_);
  const auto found = by_address_.find(Key(vpc_id, address));
  return found == by_address_.end() ? nullptr : found->second;
}

Dial SimulatedRuntime::Core::Locate(const std::string& vpc_id, const std::string& address, int port,
                                    const std::string& source) const {
  const TaskPointer task = Find(vpc_id, address);
  if (task == nullptr) return {};
  const RunningContainer* const container = task->Listening(port);
  if (container == nullptr) return {Dial::Outcome::kRefused, "", 0, ""};
  if (const auto behaviour = container->behaviour(); behaviour->forward)
    return {Dial::Outcome::kConnect, behaviour->forward->address, behaviour->forward->port, ""};
  return {Dial::Outcome::kConnect, "127.0.0.1", server_.port(),
          EncodePreface({source, 0, address, static_cast<std::uint16_t>(port), vpc_id})};
}

SimulatedRuntime::SimulatedRuntime(Clock& clock, EventSink& sink, Connect connect)
    : core_(std::make_shared<Core>(clock, sink, std::move(connect))) {}
SimulatedRuntime::~SimulatedRuntime() {
  // An alarm that is just under way still holds the core and may still tell the sink something.
  const std::weak_ptr<Core> ending = core_;
  core_.reset();
  while (!ending.expired()) std::this_thread::yield();
}
void SimulatedRuntime::Start(TaskSpec task) {
  core_->Start(std::move(task));
}
void SimulatedRuntime::StartContainer(const std::string& task_arn, const std::string& container) {
  core_->StartContainer(task_arn, container);
}
void SimulatedRuntime::Stop(const std::string& task_arn, Duration) {
  core_->Stop(task_arn);
}
void SimulatedRuntime::StandHost(HostSpec host) {
  core_->StandHost(std::move(host));
}
void SimulatedRuntime::RemoveHost(const std::string& id) {
  core_->RemoveHost(id);
}
std::optional<ExecSession> SimulatedRuntime::OpenSession(const std::string& task_arn, const std::string& container,
                                                         const std::string& command) {
  return core_->OpenSession(task_arn, container, command);
}
std::vector<std::string> SimulatedRuntime::Tasks() const {
  return core_->Tasks();
}
std::optional<std::string> SimulatedRuntime::Show(const std::string& name) const {
  const auto task = core_->Named(name);
  return task ? std::optional(DescribeTask(*task)) : std::nullopt;
}
std::vector<std::string> SimulatedRuntime::Change(const std::string& name, const std::string& container,
                                                  const std::map<std::string, std::string>& settings) {
  const auto task = core_->Named(name);
  if (!task) return {"No such task is running."};
  return core_->Change(task, container, settings);
}
Dial SimulatedRuntime::Locate(const std::string& vpc_id, const std::string& address, int port,
                              const std::string& source_address) const {
  return core_->Locate(vpc_id, address, port, source_address);
}

}  // namespace drydock::tasks::simulated
