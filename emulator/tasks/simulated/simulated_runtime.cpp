#include "emulator/tasks/simulated/simulated_runtime.h"

#include <mutex>
#include <thread>
#include <unordered_map>

#include <fmt/format.h>

#include "emulator/tasks/event_queue.h"
#include "emulator/tasks/simulated/page.h"
#include "emulator/tasks/simulated/server.h"

namespace drydock::tasks::simulated {

class SimulatedRuntime::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Clock& clock, EventSink& sink, Connect connect)
      : clock_(clock),
        events_(clock, sink),
        server_([this](const Preface& preface) { return Find(preface.vpc_id, preface.destination_address); },
                [this](const RunningTask& task, const RunningContainer& container, std::string line) {
                  events_.Print(task.spec.task_arn, container.spec.name, std::move(line));
                },
                std::move(connect)) {}

  void Start(TaskSpec spec);
  void Stop(const std::string& task_arn);
  Dial Locate(const std::string& vpc_id, const std::string& address, int port, const std::string& source) const;

 private:
  using TaskPointer = std::shared_ptr<const RunningTask>;

  static std::string Key(const std::string& vpc_id, const std::string& address) { return vpc_id + "|" + address; }
  TaskPointer Find(const std::string& vpc_id, const std::string& address) const;
  void BeginContainer(const std::shared_ptr<RunningTask>& task, RunningContainer& container,
                      const std::vector<std::string>& complaints);
  // Once per container; later calls have no effect.
  void EndContainer(const RunningTask& task, RunningContainer& container, int exit_code);

  Clock& clock_;
  EventQueue events_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<RunningTask>> tasks_;       // by ARN; guarded by mutex_
  std::unordered_map<std::string, std::shared_ptr<RunningTask>> by_address_;  // by Key; guarded by mutex_
  Server server_;                                                             // last: its thread uses the members above
};

void SimulatedRuntime::Core::Start(TaskSpec spec) {
  const auto task = std::make_shared<RunningTask>();
  std::vector<std::vector<std::string>> complaints;
  for (ContainerSpec& container : spec.containers) {
    auto running = std::make_unique<RunningContainer>();
    running->description = DescribeContainer(spec, container);
    running->behaviour = ReadBehaviour(container, complaints.emplace_back());
    running->spec = std::move(container);
    task->containers.push_back(std::move(running));
  }
  spec.containers.clear();
  task->spec = std::move(spec);
  {
    std::lock_guard lock(mutex_);
    if (!tasks_.emplace(task->spec.task_arn, task).second) return;
    by_address_[Key(task->spec.vpc_id, task->spec.private_address)] = task;
  }
  for (std::size_t i = 0; i < task->containers.size(); ++i) BeginContainer(task, *task->containers[i], complaints[i]);
}

void SimulatedRuntime::Core::BeginContainer(const std::shared_ptr<RunningTask>& task, RunningContainer& container,
                                            const std::vector<std::string>& complaints) {
  const std::string& arn = task->spec.task_arn;
  const std::string& name = container.spec.name;
  events_.Tell([arn, name](EventSink& sink) { sink.ContainerStarted(arn, name); });
  for (const std::string& complaint : complaints) events_.Print(arn, name, complaint);
  for (const std::string& line : container.behaviour.print) events_.Print(arn, name, line);
  if (container.behaviour.listens) {
    for (const int port : container.spec.ports) {
      events_.Print(arn, name, fmt::format("listening on {}:{}", task->spec.private_address, port));
    }
  }
  const std::weak_ptr<Core> weak = weak_from_this();
  if (container.spec.has_health_check) {
    clock_.At(clock_.Now() + clock_.Delay(Duration(10'000), Duration(0)), [weak, task, &container] {
      const auto core = weak.lock();
      if (core == nullptr || !container.running) return;
      const ContainerHealth health =
          container.behaviour.healthy ? ContainerHealth::kHealthy : ContainerHealth::kUnhealthy;
      core->events_.Tell([task, &container, health](EventSink& sink) {
        sink.ContainerHealthChanged(task->spec.task_arn, container.spec.name, health);
      });
    });
  }
  if (container.behaviour.exit_code) {
    clock_.At(clock_.Now() + container.behaviour.exit_after, [weak, task, &container] {
      if (const auto core = weak.lock()) core->EndContainer(*task, container, *container.behaviour.exit_code);
    });
  }
}

void SimulatedRuntime::Core::EndContainer(const RunningTask& task, RunningContainer& container, int exit_code) {
  if (!container.running.exchange(false)) return;
  server_.CloseIdle(container);
  events_.Tell([arn = task.spec.task_arn, name = container.spec.name, exit_code](EventSink& sink) {
    sink.ContainerExited(arn, name, exit_code, "");
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
  for (const auto& container : task->containers) {
    if (!container->running) continue;
    events_.Print(task_arn, container->spec.name, "received SIGTERM, stopping");
    EndContainer(*task, *container, 0);
  }
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
  if (container->behaviour.forward) {
    return {Dial::Outcome::kConnect, container->behaviour.forward->address, container->behaviour.forward->port, ""};
  }
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
void SimulatedRuntime::Stop(const std::string& task_arn, Duration) {
  core_->Stop(task_arn);
}
Dial SimulatedRuntime::Locate(const std::string& vpc_id, const std::string& address, int port,
                              const std::string& source_address) const {
  return core_->Locate(vpc_id, address, port, source_address);
}

}  // namespace drydock::tasks::simulated
