// A configuration made ready for the data plane: looked up by port, host and ARN, with what has to outlive it (a
// target's health, counters) attached. Immutable but for the atomics; shared by all threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/data_plane.h"
#include "emulator/loadbalancer/rule_matching.h"

namespace drydock::loadbalancer {

class CertificateContext;  // tls.h

// What is known of a target for as long as it stays registered, over all configurations.
struct TargetState {
  explicit TargetState(std::uint64_t target) : identity(target) {}
  const std::uint64_t identity;  // of the target's key
  std::atomic<bool> healthy{false};
  std::atomic<bool> withdrawn{false};     // no requests any more: idle connections may be closed
  std::atomic<bool> deregistered{false};  // the delay is over too: requests under way end
  std::atomic<std::uint32_t> outstanding_requests{0};
  std::atomic<std::int64_t> slow_start{0};  // since when, in milliseconds since 1970; 0: not in slow start
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
  std::string endpoint;        // "10.0.10.5:3000"
  std::uint64_t identity = 0;  // in stickiness cookies
  std::shared_ptr<TargetState> state;
};

struct RoutedGroup {
  const TargetGroup* group = nullptr;
  const LoadBalancer* load_balancer = nullptr;  // the one whose rules use the group; nullptr: none
  std::uint64_t identity = 0;                   // in stickiness cookies
  bool cross_zone = true;
  std::vector<RoutedTarget> targets;  // those that may get requests: neither draining nor unused
  std::shared_ptr<Counters> counters;
};

struct RoutedCertificate {
  const Certificate* certificate = nullptr;
  std::shared_ptr<const CertificateContext> context;  // nullptr: it cannot be used
  std::string key;                                    // a hash of all that is in it
};

struct RoutedListener {
  const Listener* listener = nullptr;
  const LoadBalancer* load_balancer = nullptr;
  std::string resource_id;     // "app/<name>/<id>", from the ARN
  std::uint64_t identity = 0;  // the load balancer's, in stickiness cookies
  std::string own_address;     // the load balancer's 127.x.y.z
  ListenerRules rules;
  std::shared_ptr<Counters> counters;  // the load balancer's
  std::vector<RoutedCertificate> certificates;
};

// The node of a connection: any number means one of them. An empty one where the load balancer has none.
const Node& NodeAt(const LoadBalancer& load_balancer, std::size_t index);

// Targets are told apart by group, id, port and address.
std::string TargetKey(const TargetGroup& group, const Target& target);

// A number that stands for a name; the same in every run.
std::uint64_t IdentityOf(std::string_view name);

// Whether the load balancer is present in the target's Availability Zone.
bool ZoneEnabled(const LoadBalancer& load_balancer, const Target& target);

class Routing {
 public:
  // States and counters are taken over from `previous` where they are still wanted, and listeners that it shares.
  Routing(ConfigurationPointer configuration, const Routing* previous);

  // Whether what arrives there is a matter of an application load balancer's. Where network load balancers share the
  // port with one they are reached at their own addresses only.
  bool ServesHttp(int port, std::string_view local_address) const;
  // Whether some listener there takes TLS, and whether some takes plain HTTP.
  bool HasHttps(int port, std::string_view local_address) const;
  bool HasPlainHttp(int port, std::string_view local_address) const;
  // The TCP listener there; nullptr also when there are several and the address is nobody's own.
  const RoutedListener* FindTcpListener(int port, std::string_view local_address) const;
  // The HTTPS or TLS listener for a name: by the address, by the load balancer's DNS name, by its certificates, or the
  // only one. nullptr when there is none, or several and the name is nobody's.
  const RoutedListener* FindTlsListener(int port, std::string_view local_address, std::string_view name) const;
  const RoutedListener* FindListenerByArn(int port, std::string_view arn) const;
  // The HTTP listener for a request. At a load balancer's own address it is that one's; otherwise the Host decides, and
  // where one load balancer alone has a listener on the port, any Host is its own. nullptr when there is none; then
  // `ambiguous` says whether there are several on the port and the Host is nobody's.
  const RoutedListener* FindListener(int port, std::string_view local_address, std::string_view host,
                                     bool& ambiguous) const;
  const RoutedListener* FindListenerOf(std::string_view load_balancer_arn, int port) const;
  const LoadBalancer* FindLoadBalancer(const std::string& arn) const;
  // The address 127.x.y.z that belongs to one load balancer: from its ARN, so that it stays the same over restarts, and
  // nobody else's. Never in 127.0.0.0/16, where other software lives. Empty for an unknown ARN.
  std::string OwnAddressOf(const std::string& load_balancer_arn) const;
  const RoutedGroup* FindGroup(const std::string& arn) const;
  // Whether the address is a load balancer's own in this VPC: no target then.
  bool IsUnusable(const TargetGroup& group, const Target& target) const;
  // The DNS names of the load balancers with a listener on the port.
  std::vector<std::string> HostsOf(int port) const;

  const Configuration& configuration() const { return *configuration_; }
  const std::unordered_map<std::string, RoutedGroup>& groups() const { return groups_; }
  const std::unordered_map<std::string, std::shared_ptr<TargetState>>& states() const { return states_; }
  std::shared_ptr<const Counters> FindCounters(const std::string& arn) const;

 private:
  void AssignOwnAddresses(const Routing* previous);
  std::vector<RoutedCertificate> PrepareCertificates(const Listener& listener, const Routing* previous);
  // What `previous` made of the same listener and load balancer; nullptr: one of them is another.
  std::shared_ptr<const RoutedListener> Unchanged(const Listener& listener, const LoadBalancer& load_balancer,
                                                  const Routing* previous);
  // The listeners that a connection there may be for, of the protocols named.
  std::vector<const RoutedListener*> Candidates(int port, std::string_view local_address,
                                                std::initializer_list<Protocol> protocols) const;

  ConfigurationPointer configuration_;
  std::unordered_map<std::string, std::shared_ptr<Counters>> counters_;   // by ARN of load balancer or group
  std::unordered_map<std::string, std::shared_ptr<TargetState>> states_;  // by TargetKey
  std::unordered_map<std::string, RoutedGroup> groups_;                   // by ARN
  std::set<std::pair<std::string, std::string>> node_addresses_;          // VPC and private address
  std::map<std::string, std::string> own_addresses_;                      // by load balancer's ARN
  std::unordered_map<const Listener*, std::shared_ptr<const RoutedListener>> routed_listeners_;
  std::map<int, std::vector<std::shared_ptr<const RoutedListener>>> listeners_;    // by port
  std::map<std::string, std::shared_ptr<const CertificateContext>> certificates_;  // by RoutedCertificate::key
};

}  // namespace drydock::loadbalancer
