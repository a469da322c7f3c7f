// What the store says of the VPCs, told to the network engine, and the engine's word on load balancers' connections.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "emulator/loadbalancer/data_plane.h"
#include "emulator/network/flow.h"
#include "emulator/network/topology.h"
#include "emulator/world/flow_recorder.h"
#include "store/database.h"

namespace drydock::world {

// The topology of all accounts and regions: read once, then kept up to date record by record. When a Write has
// returned, Current() has what it changed. Thread-safe.
class NetworkWorld {
 public:
  explicit NetworkWorld(store::Database& database);
  ~NetworkWorld();
  NetworkWorld(const NetworkWorld&) = delete;
  NetworkWorld& operator=(const NetworkWorld&) = delete;

  network::Topology Current() const;
  // Grows with every change of the topology.
  std::uint64_t version() const;

 private:
  class Follower;
  std::shared_ptr<Follower> follower_;  // shared with a commit that is being announced on another thread
  store::Subscription subscription_;
};

// The network interface of a task; nullopt when the ARN is no running task's.
using InterfaceOfTask = std::function<std::optional<std::string>(const std::string& task_arn)>;

// Asks the engine about load balancers' connections. A client reaches an internet-facing load balancer at its node's
// public address, also from within the VPC, as its DNS name resolves; an internal one at its node's interface.
class LoadBalancerNetwork : public loadbalancer::Network {
 public:
  // `world` and `flows`, which is told of every connection, must outlive this.
  LoadBalancerNetwork(const NetworkWorld& world, InterfaceOfTask interface_of_task, FlowRecorder* flows = nullptr)
      : world_(world), interface_of_task_(std::move(interface_of_task)), flows_(flows) {}

  // While flows are recorded every answer is a new version: each connection is judged, and so seen.
  std::uint64_t Version() const override;
  loadbalancer::Verdict ClientToLoadBalancer(const loadbalancer::LoadBalancer& load_balancer,
                                             const loadbalancer::Node& node, const std::string& source,
                                             int listener_port) const override;
  // Where the client's address is preserved the answer comes back to the load balancer whatever the routes of the
  // target's subnet say.
  loadbalancer::Verdict LoadBalancerToTarget(const loadbalancer::LoadBalancer& load_balancer,
                                             const loadbalancer::Node& node, const std::string& target_address,
                                             int port, const std::string& client_address) const override;

 private:
  const NetworkWorld& world_;
  // `client`: whose address the packets bear, where that is preserved.
  loadbalancer::Verdict Judge(const network::Flow& flow, const network::Address* client = nullptr) const;

  const InterfaceOfTask interface_of_task_;
  FlowRecorder* const flows_;
  mutable std::atomic<std::uint64_t> asked_{0};
};

}  // namespace drydock::world
