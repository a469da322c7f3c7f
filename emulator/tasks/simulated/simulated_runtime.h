// Tasks that need nothing but this process: each container port answers HTTP with a page that says who it is (page.h),
// behaves as asked (behaviour.h), and prints a line per request.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/tasks/runtime.h"

namespace drydock::tasks::simulated {

class SimulatedRuntime : public Runtime {
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
  // Containers end at once, with exit code 0.
  void Stop(const std::string& task_arn, Duration timeout) override;
  Dial Locate(const std::string& vpc_id, const std::string& address, int port,
              const std::string& source_address) const override;

 private:
  class Core;  // alarms may hold it a little longer
  std::shared_ptr<Core> core_;
};

}  // namespace drydock::tasks::simulated
