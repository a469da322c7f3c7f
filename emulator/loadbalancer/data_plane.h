// The data plane of Application Load Balancers: real sockets on loopback, rules, targets and health checks.
//
// It knows neither the store nor the network engine: what to do comes by Publish(), whether a connection may be made is
// asked of Network, where a target really is of Hosts. All public members may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/loadbalancer/access_log.h"
#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/target_health.h"

namespace drydock::loadbalancer {

struct Verdict {
  bool admitted = false;
  std::string explanation;  // why not, or along which rule
  // Of a client: its address where the source was named otherwise (a network interface, a task); may be empty.
  std::string source_address;
};

// Judges every connection; implemented over the network engine. Called from several threads, and again for each request
// whenever Version() has changed: so a revoked rule stops the next request also on a connection that is already open.
// (AWS lets tracked connections live on until they are idle. Here the change shows at once, which is what a test of a
// rule wants to see.)
class Network {
 public:
  virtual ~Network() = default;
  // Grows with every change of the topology. Cheap: asked once per request.
  virtual std::uint64_t Version() const = 0;
  // `source` is an address, a network interface's id or a task's ARN; `node` is where the connection arrived.
  virtual Verdict ClientToLoadBalancer(const LoadBalancer& load_balancer, const Node& node, const std::string& source,
                                       int listener_port) const = 0;
  // `client_address` is the one that the packets bear where the target group preserves it; empty: the node's own.
  virtual Verdict LoadBalancerToTarget(const LoadBalancer& load_balancer, const Node& node,
                                       const std::string& target_address, int port,
                                       const std::string& client_address) const = 0;
};

// How to reach an address of a VPC.
struct Dial {
  enum class Outcome {
    kNobody,   // no host has the address: packets vanish, as a timeout
    kRefused,  // the host is there and nothing listens: a reset
    kConnect,
  };
  Outcome outcome = Outcome::kNobody;
  std::string address;     // kConnect: a numeric address of this machine
  std::uint16_t port = 0;  // kConnect
  std::string preface;     // kConnect: bytes to send before anything else
};

// Where targets really are; implemented over tasks/. Called from several threads, for each new connection.
class Hosts {
 public:
  virtual ~Hosts() = default;
  virtual Dial Locate(const std::string& vpc_id, const std::string& address, int port,
                      const std::string& source_address) const = 0;
};

// One URL under which a listener can be reached, or the reason why it cannot.
struct ListeningEndpoint {
  std::string load_balancer_arn;
  std::string load_balancer_name;
  std::string listener_arn;
  int listener_port = 0;
  std::string protocol;  // "HTTP"
  bool served = false;
  std::string url;   // "http://127.0.0.1:8080/"; empty when not served
  std::string host;  // the Host header this URL needs; empty: any
  std::string note;  // why it is not served, or why on another port
};

// What a client sees that the network does not admit.
enum class BlockedClient {
  kReset,  // the connection is reset: quick to notice
  kDrop,   // silence until the client gives up, at most 60 seconds: as in AWS
};

struct DataPlaneOptions {
  std::string host = "127.0.0.1";  // address of the ports that load balancers share
  int port_offset = 8000;          // added to a listener's port that may not be bound
  bool own_addresses = true;       // also give each load balancer an address 127.x.y.z
  BlockedClient blocked = BlockedClient::kReset;
  int threads = 2;
};

// Both may be empty. They are called on the data plane's and the clock's threads, health_changed also by Publish() on
// its caller's thread; they must not block.
struct DataPlaneEvents {
  AccessLogSink access_log;
  std::function<void(const std::string& target_group_arn, const Target&, const TargetHealth& before,
                     const TargetHealth& now)>
      health_changed;
};

// Requests since the load balancer or target group was first published.
struct RequestCounters {
  std::uint64_t requests = 0;
  std::uint64_t elb_4xx = 0;  // answered by the load balancer itself
  std::uint64_t elb_5xx = 0;
  std::uint64_t target_2xx = 0;
  std::uint64_t target_3xx = 0;
  std::uint64_t target_4xx = 0;
  std::uint64_t target_5xx = 0;
};

class DataPlane {
 public:
  // The references must outlive the data plane.
  DataPlane(DataPlaneOptions options, Clock& clock, const Network& network, const Hosts& hosts,
            DataPlaneEvents events = {});
  ~DataPlane();
  DataPlane(const DataPlane&) = delete;
  DataPlane& operator=(const DataPlane&) = delete;

  // Takes effect with each connection's next request; returns when new ports are open and old ones closed. What did not
  // change keeps its connections, health and counters. Not to be called from the events above.
  void Publish(ConfigurationPointer configuration);

  std::vector<ListeningEndpoint> Endpoints() const;

  // unused/Target.NotRegistered for what the published configuration does not hold.
  TargetHealth HealthOf(const std::string& target_group_arn, const std::string& target_id, int port) const;

  // Of a load balancer or a target group; zero for an unknown ARN.
  RequestCounters CountersOf(const std::string& arn) const;

  // Closes everything; no event comes afterwards. Called by the destructor as well.
  void Stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace drydock::loadbalancer
