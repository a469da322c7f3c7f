// A client's connection to a network load balancer: whatever bytes, to one target and back. A TLS listener takes its
// TLS off.
// Source: Network Load Balancers guide, "Network Load Balancer overview", "Listeners for your Network Load Balancers".
#pragma once

#include <string>

#include "emulator/loadbalancer/stream.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

class TcpConnection : public Watched {
 public:
  TcpConnection(Worker& worker, Socket socket, int listener_port, std::string local_address);
  ~TcpConnection() override;
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // Serves the connection until either side ends it.
  Async<void> Run();
  void Expire() override;
  // Its target is, and the target group's attributes want the connection to end then.
  bool IsGone() override;

 private:
  // The listener, after the handshake where it is a TLS one; nullptr: nothing to serve.
  Async<const RoutedListener*> Begin(const Routing& routing);
  // An open connection to a target, or nullptr. The client's has been ended then.
  Async<std::unique_ptr<Upstream>> Connect(const Routing& routing, const RoutedListener& listener);
  // Opens the connection to the target that was chosen; `error` says when there is none.
  Async<std::unique_ptr<Upstream>> Open(const Routing& routing, const RoutedListener& listener,
                                        const RoutedGroup& group, const RoutedTarget& target, error_code& error);
  // The end of a connection to the application load balancer that is the target, -1: it has no listener there.
  int JoinTarget(const Routing& routing, const Target& target) const;
  const RoutedTarget* Choose(const RoutedGroup& group);
  Async<void> UpToTarget(Upstream& upstream);
  void Reset();

  Worker& worker_;
  Shared& shared_;
  Stream stream_;
  Timer up_ended_;
  const int listener_port_;
  const std::string local_address_;
  const std::string client_address_{kInternetSource};
  int client_port_ = 0;
  std::size_t node_index_;
  SteadyClock::duration patience_;
  bool going_up_ = false;
  bool ends_when_gone_ = false;
  bool ends_when_unhealthy_ = false;
  bool was_healthy_ = false;  // when there is no healthy target, others are connected to as well
  Buffer buffer_;
  std::unique_ptr<Upstream> upstream_;
};

}  // namespace drydock::loadbalancer
