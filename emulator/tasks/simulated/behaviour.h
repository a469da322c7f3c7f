// How a simulated container is asked to behave: by environment variables, or docker labels of the same names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/tasks/runtime.h"

namespace drydock::tasks::simulated {

struct Endpoint {
  std::string address;  // numeric
  std::uint16_t port = 0;
};

struct Behaviour {
  std::optional<int> exit_code;     // DRYDOCK_EXIT_CODE: ends by itself with this code (0-255) …
  Duration exit_after{0};           // DRYDOCK_EXIT_AFTER: … after so many seconds
  bool listens = true;              // DRYDOCK_LISTEN=off: its ports refuse connections
  int health_status = 200;          // DRYDOCK_HEALTH_STATUS: what a load balancer's health check is answered
  Duration slow{0};                 // DRYDOCK_SLOW: milliseconds before each answer
  std::optional<Endpoint> forward;  // DRYDOCK_FORWARD=host:port: a process of this machine answers instead
  std::vector<std::string> print;   // DRYDOCK_PRINT: lines printed at the start
  bool healthy = true;              // DRYDOCK_CONTAINER_HEALTH=UNHEALTHY: what its own health check finds
};

// `complaints` gets a sentence for each value that cannot be used; that one then has no effect.
Behaviour ReadBehaviour(const ContainerSpec& container, std::vector<std::string>& complaints);

}  // namespace drydock::tasks::simulated
