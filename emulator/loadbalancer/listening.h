// The listening sockets: which addresses and ports they take, and how that follows the configuration.
//
// Every listener port has a socket on the shared host address; where own addresses are wanted, every load balancer has
// one on its own 127.x.y.z as well. A port that may not be bound (privileged, or taken) is moved up by the offset.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emulator/loadbalancer/data_plane.h"
#include "emulator/loadbalancer/io.h"
#include "emulator/loadbalancer/routing.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

// Not thread-safe; the data plane's lock guards it.
class Listening {
 public:
  // Connections are accepted on the thread of `context`; `choose` says, there, which worker serves the next one.
  Listening(net::io_context& context, const DataPlaneOptions& options, std::function<Worker&()> choose);

  // Opens what is new and closes what is gone, and returns when that is done.
  void Update(const Routing& routing);
  std::vector<ListeningEndpoint> Endpoints(const Routing& routing) const;

 private:
  // One socket, or the reason why there is none.
  struct Opened {
    std::shared_ptr<Acceptor> acceptor;
    int port = 0;
    std::string note;
  };
  using Key = std::pair<std::string, int>;  // address and the listener's port

  Opened Open(const std::string& address, int listener_port);
  void Close(const std::shared_ptr<Acceptor>& acceptor);

  // With the wildcard as host every address of the machine is served by the shared sockets.
  bool HostIsWildcard() const;

  net::io_context& context_;
  const DataPlaneOptions& options_;
  const std::function<Worker&()> choose_;
  std::map<Key, Opened> opened_;
};

}  // namespace drydock::loadbalancer
