// Makes the health checker's connections, on a thread of its own so that busy traffic does not delay them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/loadbalancer/data_plane.h"

namespace drydock::loadbalancer {

class Prober {
 public:
  Prober();
  ~Prober();
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;

  struct Probe {
    Dial dial;  // kConnect
    bool http = true;
    bool tls = false;
    std::string path;
    std::string host;  // "10.0.10.5:3000"
    Duration timeout{};
    int joined = -1;  // the descriptor of a connection that is made already
  };
  // Calls `done` on the prober's thread, exactly once, or never when the prober is stopped before.
  void Run(Probe probe, std::function<void(ProbeResult)> done);
  // Runs something on the prober's thread.
  void Post(std::function<void()> task);
  void Stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace drydock::loadbalancer
