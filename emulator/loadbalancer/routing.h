// A configuration made ready for the data plane: looked up by port, host and ARN, with what has to outlive it (a
// target's health, counters) attached. Immutable but for the atomics; shared by all threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/data_plane.h"
#include "emulator/loadbalancer/rule_matching.h"

namespace drydock::loadbalancer {

// What is known of a target for as long as it stays registered, over all configurations.
struct TargetState {
  std::atomic<bool> healthy{false};
  std::atomic<bool> withdrawn{false};  // no requests any more: idle connections may be closed
  std::atomic<std::uint32_t> outstanding_requests{0};
};

struct Counters {
  std::atomic<std::uint64_t> requests{0}, elb_4xx{0}, elb_5xx{0};
  std::atomic<std::uint64_t> target_2xx{0}, target_3xx{0}, target_4xx{0}, target_5xx{0};
  std::atomic<std::uint64_t> ticket{0};  // for the choice of targets

  void CountOwn(int status);
  void CountTarget(int status);
  RequestCounters Read() const;
};

struct RoutedTarget {
  const Target* target = nullptr;
  std::string endpoint;  // "10.0.10.5:3000"
  std::shared_ptr<TargetState> state;
};

struct RoutedGroup {
  const TargetGroup* group = nullptr;
  const LoadBalancer* load_balancer = nullptr;  // the one whose rules use the group; nullptr: none
  std::vector<RoutedTarget> targets;            // those that may get requests: neither draining nor unused
  std::shared_ptr<Counters> counters;
};

struct RoutedListener {
  const Listener* listener = nullptr;
  const LoadBalancer* load_balancer = nullptr;
  std::string resource_id;  // "app/<name>/<id>", from the ARN
  std::string own_address;  // the load balancer's 127.x.y.z
  ListenerRules rules;
  std::shared_ptr<Counters> counters;  // the load balancer's
};

// Targets are told apart by group, id, port and address.
std::string TargetKey(const TargetGroup& group, const Target& target);

// Whether the load balancer is present in the target's Availability Zone.
bool ZoneEnabled(const LoadBalancer& load_balancer, const Target& target);

class Routing {
 public:
  // States and counters are taken over from `previous` where they are still wanted.
  Routing(ConfigurationPointer configuration, const Routing* previous);

  // The listener for a request. At a load balancer's own address it is that one's; otherwise the Host decides, and
  // where one load balancer alone has a listener on the port, any Host is its own. nullptr when there is none; then
  // `ambiguous` says whether there are several on the port and the Host is nobody's.
  const RoutedListener* FindListener(int port, std::string_view local_address, std::string_view host,
                                     bool& ambiguous) const;
  const LoadBalancer* FindLoadBalancer(const std::string& arn) const;
  // The address 127.x.y.z that belongs to one load balancer: from its ARN, so that it stays the same over restarts, and
  // nobody else's. Never in 127.0.0.0/16, where other software lives. Empty for an unknown ARN.
  std::string OwnAddressOf(const std::string& load_balancer_arn) const;
  const RoutedGroup* FindGroup(const std::string& arn) const;
  // The DNS names of the load balancers with a listener on the port.
  std::vector<std::string> HostsOf(int port) const;

  const Configuration& configuration() const { return *configuration_; }
  const std::unordered_map<std::string, RoutedGroup>& groups() const { return groups_; }
  const std::unordered_map<std::string, std::shared_ptr<TargetState>>& states() const { return states_; }
  std::shared_ptr<const Counters> FindCounters(const std::string& arn) const;

 private:
  void AssignOwnAddresses(const Routing* previous);

  ConfigurationPointer configuration_;
  std::unordered_map<std::string, std::shared_ptr<Counters>> counters_;    // by ARN of load balancer or group
  std::unordered_map<std::string, std::shared_ptr<TargetState>> states_;   // by TargetKey
  std::unordered_map<std::string, RoutedGroup> groups_;                    // by ARN
  std::map<std::string, std::string> own_addresses_;                       // by load balancer's ARN
  std::map<int, std::vector<std::unique_ptr<RoutedListener>>> listeners_;  // by port
};

}  // namespace drydock::loadbalancer
