// The whole: the machine behind its port.
#pragma once

#include <memory>
#include <shared_mutex>
#include <string>

#include "emulator/http/internal_endpoints.h"
#include "emulator/http/server.h"
#include "emulator/machine.h"
#include "emulator/options.h"

namespace drydock {

class Emulator {
 public:
  // Opens the data and the port; throws what stands in the way, each with one line for a human.
  explicit Emulator(const Options& options);
  ~Emulator();

  static const char* version();
  const std::string& endpoint() const { return endpoint_; }

  void Stop();

 private:
  http::Response Handle(const http::Request& request);
  void Reset();

  const Options options_;
  const std::string endpoint_;
  std::shared_mutex machine_mutex_;   // shared by requests; alone by Reset, which changes machines
  std::unique_ptr<Machine> machine_;  // guarded by machine_mutex_
  const http::InternalEndpoints internal_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace drydock
