// What the runtime reports about tasks, on its way into the store: container states and printed lines.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "emulator/tasks/runtime.h"
#include "handlers/ecs/task_startup.h"
#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::ecs {

// The sink for tasks::Runtime. The references are used from the first event on.
class TaskEvents : public tasks::EventSink {
 public:
  // `tried` is told of the log drivers' connections.
  TaskEvents(
      store::Database& database, Engines& engines, Ids& ids,
      ConnectionTried tried = [](const network::Topology&, const network::Path&) {})
      : database_(database), engines_(engines), ids_(ids), tried_(std::move(tried)) {}

  void ContainerStarted(const std::string& task_arn, const std::string& container) override;
  void ContainerExited(const std::string& task_arn, const std::string& container, int exit_code,
                       const std::string& reason) override;
  void ContainerHealthChanged(const std::string& task_arn, const std::string& container,
                              tasks::ContainerHealth health) override;
  // To the log streams of the containers that have the log driver awslogs, as the task's execution role. Lines for a
  // group that is gone, that the role may not write to, or that the task's network does not reach, are lost; AWS's
  // driver would keep some in its buffer first.
  void Printed(std::vector<tasks::PrintedLine> lines) override;

 private:
  struct LogStream {
    Scope scope;
    std::string group;
    std::string name;
    std::string execution_role;  // its ARN
    std::string network_interface_id;
  };
  template <class Fn>
  void InTransaction(const std::string& task_arn, Fn fn);
  std::optional<LogStream> LogStreamOf(const std::string& task_arn, const std::string& container);
  // Why the stream's service cannot be reached from the task; empty when it can.
  std::string Blocked(const LogStream& stream) const;

  store::Database& database_;
  Engines& engines_;
  Ids& ids_;
  const ConnectionTried tried_;
  std::mutex mutex_;
  // guarded by mutex_; forgotten when the container exits
  std::map<std::pair<std::string, std::string>, std::optional<LogStream>> log_streams_;
};

// After a restart: hands everything that should run to the runtime again.
void ResumeTasks(store::Database& database, Engines& engines, Ids& ids);

}  // namespace drydock::ecs
