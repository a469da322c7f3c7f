// The access log lines of load balancers on their way into the store. The data plane must not wait for it, so a thread
// of its own writes them, many at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/loadbalancer/access_log.h"
#include "store/access_log_lines.h"
#include "store/database.h"

namespace drydock::world {

class AccessLogs {
 public:
  // Takes a load balancer's lines to the log group that it names, on the writing thread. What it throws is logged.
  using Deliver = std::function<void(const std::string& load_balancer_arn, const std::string& log_group,
                                     std::vector<store::AccessLogLine> lines)>;
  static constexpr std::size_t kKept = 1000;  // of each load balancer

  AccessLogs(store::Database& database, Deliver deliver);
  ~AccessLogs();
  AccessLogs(const AccessLogs&) = delete;
  AccessLogs& operator=(const AccessLogs&) = delete;

  // Any thread; returns at once. Of records that no log group wants the latest kKept wait. When more wait than memory
  // should hold, further ones are dropped and counted. Gives back the record that gave way, if any.
  std::unique_ptr<loadbalancer::AccessLogRecord> Add(std::unique_ptr<loadbalancer::AccessLogRecord> record);
  // Returns when everything added before is in the store, and delivered.
  void Flush();
  // Writes what waits and takes no more.
  void Stop();

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

}  // namespace drydock::world
