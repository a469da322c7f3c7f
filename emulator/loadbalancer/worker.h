// One thread of the data plane and what belongs to it alone: its connections, its idle connections to targets, its
// remembered verdicts. Nothing in here takes a lock but the refresh of the routing, when that has changed.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "emulator/loadbalancer/data_plane.h"
#include "emulator/loadbalancer/io.h"
#include "emulator/loadbalancer/routing.h"
#include "emulator/loadbalancer/stream.h"
#include "emulator/loadbalancer/target_choice.h"

namespace drydock::loadbalancer {

class TlsServer;

// A client on this machine counts as one on the internet (RFC 5737, documentation addresses).
inline constexpr std::string_view kInternetSource = "203.0.113.1";
// Application Load Balancer guide, "HTTP 504". A connection that is really made has it whole, in every pace.
inline constexpr Duration kConnectTimeout{10'000};

// Whom a network load balancer brings to an application load balancer behind it; judged already. Nobody's has no
// address.
struct Introduction {
  std::string address = {};  // the client's
  int port = 0;
};

// A connection to the listener on a port of the load balancer with that own address, as a network load balancer in
// front of it has one: the descriptor of its end, -1 when there is none to be had.
using Join = std::function<int(const std::string& own_address, int listener_port, Introduction introduction)>;

// What all workers share.
class Shared {
 public:
  Shared(DataPlaneOptions given_options, Clock& given_clock, const Network& given_network, const Hosts& given_hosts,
         DataPlaneEvents given_events)
      : options(std::move(given_options)),
        clock(given_clock),
        network(given_network),
        hosts(given_hosts),
        events(std::move(given_events)) {}

  const DataPlaneOptions options;
  Clock& clock;
  const Network& network;
  const Hosts& hosts;
  const DataPlaneEvents events;
  Join join;  // set before the workers start

  std::shared_ptr<const Routing> routing() const;
  std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
  void Publish(std::shared_ptr<const Routing> routing);

  // How long a connection attempt takes that the network swallows: kConnectTimeout, or a moment in quick pace.
  Duration ConnectTimeout() const { return clock.Delay(kConnectTimeout, Duration(250)); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Routing> routing_;  // guarded by mutex_
  std::atomic<std::uint64_t> version_{0};
};

// Something with a deadline. Worker::Sweep calls Expire() within a quarter of a second after it, or after what it works
// on is gone.
class Watched {
 public:
  virtual ~Watched() = default;
  virtual void Expire() = 0;
  virtual bool IsGone() { return false; }
  void ExpireIn(SteadyClock::duration time) { deadline_ = SteadyClock::now() + time; }
  void NeverExpire() { deadline_ = SteadyClock::time_point::max(); }
  SteadyClock::time_point deadline() const { return deadline_; }

 private:
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
};

// An open connection to a target.
struct Upstream {
  explicit Upstream(net::io_context& context) : stream(context) {}
  Stream stream;
  Buffer buffer;
  std::shared_ptr<TargetState> target;
  std::string node_address;
  std::string preface;  // still to be sent
  bool reused = false;
  SteadyClock::time_point idle_until;
};

class Worker {
 public:
  explicit Worker(Shared& shared);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void Start();
  // Ends the thread. Open connections are closed when the worker is destroyed.
  void Stop();

  net::io_context& context() { return context_; }
  Shared& shared() { return shared_; }

  // The members below are for the worker's own thread.

  const std::shared_ptr<const Routing>& CurrentRouting();
  // Valid until the next call.
  const Verdict& JudgeClient(const RoutedListener& listener, const Node& node, const std::string& source);
  const Verdict& JudgeTarget(const LoadBalancer& load_balancer, const Node& node, const Target& target,
                             const std::string& client_address = {});

  // The target for a request or connection that arrived at the node, by the group's algorithm; nullptr when there is
  // none. Moves to another node where the group has no healthy target in this one's zone and may not use others.
  const RoutedTarget* Choose(const RoutedGroup& group, std::size_t& node_index, std::uint64_t ticket);

  // An idle connection from the node to the target that still lives, or nullptr.
  std::unique_ptr<Upstream> TakeIdle(const TargetState* target, const std::string& node_address);
  void PutIdle(std::unique_ptr<Upstream> upstream, SteadyClock::duration keep);

  void Watch(Watched* connection);
  void Unwatch(Watched* connection) { watched_.erase(connection); }

  // An empty record for the access log; and its way there, when it is complete.
  std::unique_ptr<AccessLogRecord> BeginRecord();
  void EndRecord(std::unique_ptr<AccessLogRecord> record);

  // The present time as HTTP writes it.
  const std::string& Date();
  std::uint64_t Random() { return random_(); }
  TlsServer& tls() { return *tls_; }

 private:
  template <class Judge>
  const Verdict& Remembered(const void* subject, const Node& node, std::string_view peer, int port, Judge judge);
  Async<void> Sweep();

  Shared& shared_;
  std::shared_ptr<const Routing> routing_;
  std::uint64_t routing_version_ = 0;
  std::unordered_map<std::string, Verdict> verdicts_;
  std::uint64_t verdicts_version_ = 0;
  std::string verdict_key_;
  std::unordered_map<const TargetState*, std::vector<std::unique_ptr<Upstream>>> idle_;
  std::unordered_set<Watched*> watched_;
  bool sweeping_ = false;
  std::string date_;
  std::int64_t date_second_ = -1;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<AccessLogRecord>> spare_records_;
  // Space for a choice of target.
  std::vector<Candidate> candidates_;
  std::vector<const RoutedTarget*> candidate_targets_;
  const std::unique_ptr<TlsServer> tls_;

  net::io_context context_{1};  // last: its destruction destroys the connections, which use the members above
  std::thread thread_;
};

// Serves one client connection until it ends, by the protocol of the listener there. `local_address` is where it
// arrived: perhaps a load balancer's own address.
Async<void> ServeClient(Worker& worker, Socket socket, int listener_port, std::string local_address,
                        Introduction introduction = {});

}  // namespace drydock::loadbalancer
