// The one HTTP server behind all simulated containers, on a loopback port of its own. Each connection begins with a
// preface that says which task's port it is meant for (proxy_protocol.h); others are closed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "emulator/tasks/proxy_protocol.h"
#include "emulator/tasks/simulated/running_task.h"

namespace drydock::tasks::simulated {

class Server {
 public:
  using Find = std::function<std::shared_ptr<const RunningTask>(const Preface&)>;
  // Once per answered request, on the server's thread: "GET /auth 200".
  using Answered = std::function<void(const RunningTask&, const RunningContainer&, std::string line)>;

  // Answers GET /_drydock/connect?to=<destination>:<port>; SimulatedRuntime::Connect. May be empty.
  using Connect = std::function<std::string(const std::string& task_arn, const std::string& to)>;

  // Throws std::runtime_error when no loopback port can be opened.
  Server(Find find, Answered answered, Connect connect);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;

  // A container has ended: its idle connections are closed, requests under way are still answered.
  void CloseIdle(const RunningContainer& container);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace drydock::tasks::simulated
