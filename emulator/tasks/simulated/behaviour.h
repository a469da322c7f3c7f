// How a simulated container is asked to behave: by environment variables, by docker labels of the same names, or at run
// time by POST /_drydock/tasks/<id> with members of the same names. README.md, "Rehearsing failures", has the table.
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
  std::optional<int> exit_code;        // DRYDOCK_EXIT_CODE: ends by itself with this code (0-255) …
  Duration exit_after{0};              // DRYDOCK_EXIT_AFTER: … after so many seconds
  std::optional<Duration> memory_for;  // DRYDOCK_OUT_OF_MEMORY_AFTER: seconds until it is killed for its memory's use
  Duration stop_delay{0};              // DRYDOCK_STOP_DELAY: seconds from SIGTERM to the end
  bool listens = true;                 // DRYDOCK_LISTEN=off: its ports refuse connections
  int health_status = 200;             // DRYDOCK_HEALTH_STATUS: what a load balancer's health check is answered
  std::string health_path;             // DRYDOCK_HEALTH_PATH: on any other path that is 404; empty: all paths are good
  Duration slow{0};                    // DRYDOCK_SLOW: milliseconds before each answer
  std::optional<Endpoint> forward;     // DRYDOCK_FORWARD=host:port: a process of this machine answers instead
  std::vector<std::string> print;      // DRYDOCK_PRINT: lines printed at once
  bool healthy = true;                 // DRYDOCK_CONTAINER_HEALTH=UNHEALTHY: what its own health check finds
};

// `complaints` gets a sentence for each value that cannot be used; that one then has no effect.
Behaviour ReadBehaviour(const ContainerSpec& container, std::vector<std::string>& complaints);

// Sets one of the above by its name; a sentence when there is no such name or the value cannot be used.
std::optional<std::string> SetBehaviour(Behaviour& behaviour, const std::string& name, const std::string& value);

}  // namespace drydock::tasks::simulated
