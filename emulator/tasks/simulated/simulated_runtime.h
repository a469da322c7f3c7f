// Tasks that need nothing but this process: each container port answers HTTP with a page that says who it is (page.h),
// behaves as asked (behaviour.h), and prints a line per request.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/tasks/hosts.h"
#include "emulator/tasks/runtime.h"

namespace drydock::tasks::simulated {

class SimulatedRuntime : public Runtime, public Hosts {
 public:
  // As if the task opened a connection to "<destination>:<port>": what it would see, as a JSON object. Called on the
  // tasks' server thread.
  using Connect = std::function<std::string(const std::string& task_arn, const std::string& to)>;

  // The references must outlive the runtime. Without `connect` the tasks have no page /_drydock/connect. Throws
  // std::runtime_error when no loopback port can be opened.
  SimulatedRuntime(Clock& clock, EventSink& sink, Connect connect = nullptr);
  // No event comes afterwards.
  ~SimulatedRuntime() override;

  void Start(TaskSpec task) override;
  void StartContainer(const std::string& task_arn, const std::string& container) override;
  // Containers end at once with exit code 0; one that was asked to take longer (DRYDOCK_STOP_DELAY) than its stop
  // timeout is killed: 137.
  void Stop(const std::string& task_arn, Duration timeout) override;
  void StandHost(HostSpec host) override;
  void RemoveHost(const std::string& id) override;
  std::optional<ExecSession> OpenSession(const std::string& task_arn, const std::string& container,
                                         const std::string& command) override;
  Dial Locate(const std::string& vpc_id, const std::string& address, int port,
              const std::string& source_address) const override;

  // For /_drydock/tasks. A task may be named by its ARN or its id.
  std::vector<std::string> Tasks() const;                          // ARNs, sorted
  std::optional<std::string> Show(const std::string& task) const;  // DescribeTask; nullopt when it does not run
  // Makes the container (empty: each) behave otherwise from now on, by the names of behaviour.h; a new start of the
  // container begins as its definition says. What is wrong with the request, and then nothing has changed; empty when
  // it was done.
  std::vector<std::string> Change(const std::string& task, const std::string& container,
                                  const std::map<std::string, std::string>& settings);

 private:
  class Core;  // alarms may hold it a little longer
  std::shared_ptr<Core> core_;
};

}  // namespace drydock::tasks::simulated
