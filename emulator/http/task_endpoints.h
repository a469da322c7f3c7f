// Pages about tasks, for whoever rehearses with them and for what runs in them, and about events:
//   GET  /_drydock/tasks                     the tasks that run
//   GET  /_drydock/tasks/<id or ARN>         one of them: its containers, their environment and behaviour
//   POST /_drydock/tasks/<id or ARN>         {"container": "web", "DRYDOCK_EXIT_CODE": 3}: behaves so from now on
//   POST /_drydock/tasks/<id or ARN>/spot-interruption   its capacity on FARGATE_SPOT is taken back
//   POST /_drydock/alarms/<region>/<account>/<name>      the alarm goes off; {"services": [whose deployments failed]}
//   GET  /_drydock/events[?after=<number>&account=…&region=…&detail-type=…&resource=…]
//                                            the newest events that services have told EventBridge, oldest first
//   GET, PUT /_drydock/agent/<region>/<account>/…   the container agent: metadata, credentials, task protection
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/ids.h"
#include "emulator/events/event_bus.h"
#include "emulator/http/message.h"
#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::http {

// Thread-safe.
class TaskEndpoints {
 public:
  // What the runtime offers to those who rehearse; empty where it offers nothing.
  struct Rehearsal {
    std::function<std::vector<std::string>()> tasks;
    std::function<std::optional<std::string>(const std::string& task)> show;
    std::function<std::vector<std::string>(const std::string& task, const std::string& container,
                                           const std::map<std::string, std::string>& settings)>
        change;
  };
  TaskEndpoints(store::Database& database, Engines& engines, Ids& ids, const events::EventBus& events,
                Rehearsal rehearsal)
      : database_(database), engines_(engines), ids_(ids), events_(events), rehearsal_(std::move(rehearsal)) {}

  static bool Serves(std::string_view path);
  Response Handle(const Request& request) const;  // of a request that it serves

 private:
  Response ListTasks() const;
  Response ShowTask(const std::string& task) const;
  Response ChangeTask(const std::string& task, const Request& request) const;
  Response InterruptTask(const std::string& name) const;
  Response RaiseAlarm(std::string_view alarm) const;
  Response ListEvents(const Request& request) const;
  Response AskAgent(const Request& request) const;

  store::Database& database_;
  Engines& engines_;
  Ids& ids_;
  const events::EventBus& events_;
  const Rehearsal rehearsal_;
};

}  // namespace drydock::http
