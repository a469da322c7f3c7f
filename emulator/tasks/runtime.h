// How tasks run. One interface; `simulated/` needs nothing but this process, others run real containers.
// What goes before (placement, image pull, secrets) and after (stop codes, draining) is not a runtime's business.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/clock.h"

namespace drydock::tasks {

struct EnvironmentVariable {
  std::string name;
  std::string value;
  bool secret = false;  // from the task definition's `secrets`: the value is never shown, only its length
};

// How a container's own health check works (the task definition's healthCheck).
struct HealthCheck {
  Duration interval{30'000};
  int retries = 3;
  Duration start_period{0};
};

struct ContainerSpec {
  std::string name;
  std::string image;
  std::string digest;  // sha256:…; empty when unknown
  bool essential = true;
  std::vector<int> ports;  // TCP container ports
  std::vector<EnvironmentVariable> environment;
  std::map<std::string, std::string> docker_labels;
  std::vector<std::string> command;
  std::string wrong_program;  // the one that it would execute and that is for another processor; empty: it can
  std::optional<HealthCheck> health_check;
  Duration stop_timeout{30'000};
  bool waits = false;  // is not started with the task, but by StartContainer
};

struct TaskSpec {
  std::string task_arn;
  std::string cluster_arn;
  std::string family;
  int revision = 0;
  std::string vpc_id;
  std::string subnet_id;
  std::string availability_zone;
  std::string private_address;  // of the task's network interface
  std::vector<ContainerSpec> containers;
};

// What to do to reach an address of a VPC.
struct Dial {
  enum class Outcome {
    kNobody,   // no running task has the address
    kRefused,  // the task is there and nothing listens on the port
    kConnect,
  };
  Outcome outcome = Outcome::kNobody;
  std::string address;     // kConnect: a numeric address of this machine
  std::uint16_t port = 0;  // kConnect
  std::string preface;     // kConnect: bytes to send before anything else
};

// A terminal in a running container, for ECS Exec: whoever connects to the URL with the token speaks Session Manager's
// protocol with it.
struct ExecSession {
  std::string id;
  std::string url;  // ws://…
  std::string token;
};

enum class ContainerHealth { kUnknown, kHealthy, kUnhealthy };

struct PrintedLine {
  std::string task_arn;
  std::string container;
  Timestamp time;
  std::string text;  // without its line end
};

// Told what happens in tasks, in order, one call at a time, on a thread of the runtime's. A slow sink delays further
// events, not the tasks' traffic; when more lines wait than memory should hold, the newest give way to one that says
// so.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void ContainerStarted(const std::string& task_arn, const std::string& container) = 0;
  // `reason` is empty for an ordinary exit.
  virtual void ContainerExited(const std::string& task_arn, const std::string& container, int exit_code,
                               const std::string& reason) = 0;
  virtual void ContainerHealthChanged(const std::string& task_arn, const std::string& container,
                                      ContainerHealth health) = 0;
  // In batches: at least every 100 milliseconds or 1000 lines. A container's lines come before its exit.
  virtual void Printed(std::vector<PrintedLine> lines) = 0;
};

// All members may be called from any thread.
class Runtime {
 public:
  virtual ~Runtime() = default;
  // Returns at once; ContainerStarted follows for each container that does not wait. A task that runs already is left
  // alone, so that after a restart of the emulator everything that should run can simply be started.
  virtual void Start(TaskSpec task) = 0;
  // Starts a container that waits, or once more one that has exited; ContainerStarted follows. Ignored when it runs,
  // and for tasks and containers that are not known.
  virtual void StartContainer(const std::string& task_arn, const std::string& container) = 0;
  // Asks the containers to end, last started first, and kills each after its own stop timeout, at the latest after
  // `timeout`; ContainerExited follows for each that still ran. After this call the task's address is nobody's. Unknown
  // tasks are ignored.
  virtual void Stop(const std::string& task_arn, Duration timeout) = 0;
  // Makes a session in which `command` runs; nullopt when the container does not run, or the runtime has no terminals.
  virtual std::optional<ExecSession> OpenSession(const std::string& task_arn, const std::string& container,
                                                 const std::string& command) = 0;
  // `source_address` is who dials, as the task or host shall see it.
  virtual Dial Locate(const std::string& vpc_id, const std::string& address, int port,
                      const std::string& source_address) const = 0;
};

}  // namespace drydock::tasks
