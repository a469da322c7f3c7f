#include "emulator/loadbalancer/routing.h"

#include <set>

#include <fmt/format.h>

#include "emulator/core/log.h"
#include "emulator/core/text.h"
#include "emulator/loadbalancer/tls.h"

namespace drydock::loadbalancer {

void Counters::CountOwn(int status) {
  if (status >= 400 && status < 500) elb_4xx.fetch_add(1, std::memory_order_relaxed);
  if (status >= 500) elb_5xx.fetch_add(1, std::memory_order_relaxed);
}

void Counters::CountTarget(int status) {
  std::atomic<std::uint64_t>* const by_class[] = {&target_2xx, &target_3xx, &target_4xx, &target_5xx};
  const int index = status / 100 - 2;
  if (index >= 0 && index < 4) by_class[index]->fetch_add(1, std::memory_order_relaxed);
}

RequestCounters Counters::Read() const {
  return {requests, elb_4xx, elb_5xx, target_2xx, target_3xx, target_4xx, target_5xx};
}

std::string TargetKey(const TargetGroup& group, const Target& target) {
  return fmt::format("{}|{}|{}|{}", group.arn, target.id, target.port, target.address);
}

std::uint64_t IdentityOf(std::string_view name) {
  const std::string hash = Sha256(name);
  std::uint64_t identity = 0;
  for (std::size_t i = 0; i < sizeof identity; ++i) identity = identity << 8 | static_cast<unsigned char>(hash[i]);
  return identity;
}

bool ZoneEnabled(const LoadBalancer& load_balancer, const Target& target) {
  if (target.availability_zone.empty() || target.availability_zone == "all") return true;
  return std::any_of(load_balancer.nodes.begin(), load_balancer.nodes.end(),
                     [&](const Node& node) { return node.availability_zone == target.availability_zone; });
}

namespace {

// The group's load balancer: a group belongs to one at most, through the actions of its listeners' rules.
std::unordered_map<std::string, const LoadBalancer*> LoadBalancersOfGroups(const Configuration& configuration) {
  std::unordered_map<std::string, const LoadBalancer*> by_arn;
  for (const auto& load_balancer : configuration.load_balancers) by_arn[load_balancer->arn] = load_balancer.get();
  std::unordered_map<std::string, const LoadBalancer*> by_group;
  for (const auto& listener : configuration.listeners) {
    const auto load_balancer = by_arn.find(listener->load_balancer_arn);
    if (load_balancer == by_arn.end()) continue;
    const auto note = [&](const Action& action) {
      const auto* forward = std::get_if<Forward>(&action);
      if (forward == nullptr) return;
      for (const auto& group : forward->target_groups) by_group.emplace(group.arn, load_balancer->second);
    };
    note(listener->default_action);
    for (const Rule& rule : listener->rules) note(rule.action);
  }
  return by_group;
}

std::string ResourceId(const std::string& load_balancer_arn) {
  const std::size_t at = load_balancer_arn.find("loadbalancer/");
  return at == std::string::npos ? load_balancer_arn : load_balancer_arn.substr(at + 13);
}

}  // namespace

Routing::Routing(ConfigurationPointer configuration, const Routing* previous)
    : configuration_(std::move(configuration)) {
  const auto counters_of = [&](const std::string& arn) {
    if (previous != nullptr) {
      const auto old = previous->counters_.find(arn);
      if (old != previous->counters_.end()) return counters_.emplace(arn, old->second).first->second;
    }
    return counters_.emplace(arn, std::make_shared<Counters>()).first->second;
  };

  for (const auto& load_balancer : configuration_->load_balancers) {
    for (const Node& node : load_balancer->nodes) node_addresses_.emplace(load_balancer->vpc_id, node.private_address);
  }
  const auto load_balancers_of_groups = LoadBalancersOfGroups(*configuration_);
  for (const auto& pointer : configuration_->target_groups) {
    const TargetGroup& group = *pointer;
    const RoutedGroup* const known = previous == nullptr ? nullptr : previous->FindGroup(group.arn);
    const std::uint64_t identity = known == nullptr ? IdentityOf(group.arn) : known->identity;
    RoutedGroup routed{&group, nullptr, identity, true, {}, counters_of(group.arn)};
    const auto used_by = load_balancers_of_groups.find(group.arn);
    if (used_by != load_balancers_of_groups.end()) {
      routed.load_balancer = used_by->second;
      routed.cross_zone = group.cross_zone.value_or(used_by->second->attributes.cross_zone);
    }
    for (const Target& target : group.targets) {
      const std::string key = TargetKey(group, target);
      std::shared_ptr<TargetState> state;
      if (previous != nullptr) {
        const auto old = previous->states_.find(key);
        if (old != previous->states_.end()) state = old->second;
      }
      if (state == nullptr) state = std::make_shared<TargetState>(IdentityOf(key));
      states_.emplace(key, state);
      const bool routable = target.registration == Registration::kActive && routed.load_balancer != nullptr &&
                            target.invalid_state.empty() && ZoneEnabled(*routed.load_balancer, target) &&
                            !IsUnusable(group, target);
      state->withdrawn = !routable;
      if (routable) {
        routed.targets.push_back({&target, fmt::format("{}:{}", target.address, target.port), state->identity, state});
      }
    }
    groups_.emplace(group.arn, std::move(routed));
  }
  if (previous != nullptr) {
    for (const auto& [key, state] : previous->states_) {
      if (states_.contains(key)) continue;
      state->withdrawn = true;
      // A group that no rule names any more took its targets along; their requests may end in peace.
      state->deregistered = groups_.contains(key.substr(0, key.find('|')));
    }
  }

  std::unordered_map<std::string, const LoadBalancer*> by_arn;
  for (const auto& load_balancer : configuration_->load_balancers) {
    by_arn[load_balancer->arn] = load_balancer.get();
    counters_of(load_balancer->arn);
  }
  AssignOwnAddresses(previous);
  for (const auto& listener : configuration_->listeners) {
    const auto load_balancer = by_arn.find(listener->load_balancer_arn);
    if (load_balancer == by_arn.end()) continue;
    auto& routed = routed_listeners_[listener.get()];
    routed = Unchanged(*listener, *load_balancer->second, previous);
    if (routed == nullptr) {
      const std::string& arn = listener->load_balancer_arn;
      routed = std::make_shared<const RoutedListener>(RoutedListener{
          listener.get(), load_balancer->second, ResourceId(arn), IdentityOf(arn), own_addresses_.at(arn),
          ListenerRules(*listener), counters_.at(arn), PrepareCertificates(*listener, previous)});
    }
    listeners_[listener->port].push_back(routed);
  }
}

std::shared_ptr<const RoutedListener> Routing::Unchanged(const Listener& listener, const LoadBalancer& load_balancer,
                                                         const Routing* previous) {
  if (previous == nullptr) return nullptr;
  const auto known = previous->routed_listeners_.find(&listener);
  if (known == previous->routed_listeners_.end() || known->second->load_balancer != &load_balancer) return nullptr;
  for (const RoutedCertificate& certificate : known->second->certificates)
    certificates_[certificate.key] = certificate.context;
  return known->second;
}

std::vector<RoutedCertificate> Routing::PrepareCertificates(const Listener& listener, const Routing* previous) {
  std::vector<RoutedCertificate> prepared;
  for (const Certificate& certificate : listener.certificates) {
    const std::string key = Sha256(certificate.body + '\n' + certificate.chain + '\n' + certificate.private_key);
    auto& context = certificates_[key];
    if (context == nullptr && previous != nullptr) {
      const auto known = previous->certificates_.find(key);
      if (known != previous->certificates_.end()) context = known->second;
    }
    if (context == nullptr) {
      try {
        context = std::make_shared<const CertificateContext>(certificate);
      } catch (const std::exception& error) {
        log::Error("load balancer: {} cannot be used: {}", certificate.arn, error.what());
      }
    }
    prepared.push_back({&certificate, context, key});
  }
  return prepared;
}

void Routing::AssignOwnAddresses(const Routing* previous) {
  std::set<std::string> taken;
  for (const auto& load_balancer : configuration_->load_balancers) {
    const std::string old = previous == nullptr ? std::string() : previous->OwnAddressOf(load_balancer->arn);
    if (old.empty()) continue;
    own_addresses_[load_balancer->arn] = old;
    taken.insert(old);
  }
  for (const auto& load_balancer : configuration_->load_balancers) {
    std::string& address = own_addresses_[load_balancer->arn];
    for (int attempt = 0; address.empty(); ++attempt) {
      const std::string hash = Sha256(load_balancer->arn + std::string(static_cast<std::size_t>(attempt), '+'));
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(hash[i]); };
      const std::string candidate = fmt::format("127.{}.{}.{}", 1 + byte(0) % 254, byte(1), 1 + byte(2) % 254);
      if (taken.insert(candidate).second) address = candidate;
    }
  }
}

std::vector<const RoutedListener*> Routing::Candidates(int port, std::string_view local_address,
                                                       std::initializer_list<Protocol> protocols) const {
  std::vector<const RoutedListener*> candidates;
  const auto on_port = listeners_.find(port);
  if (on_port == listeners_.end()) return candidates;
  const auto wanted = [&](const RoutedListener& listener) {
    return std::find(protocols.begin(), protocols.end(), listener.listener->protocol) != protocols.end();
  };
  for (const auto& listener : on_port->second) {
    if (listener->own_address != local_address) continue;
    if (wanted(*listener)) candidates.push_back(listener.get());
    return candidates;
  }
  for (const auto& listener : on_port->second) {
    if (wanted(*listener)) candidates.push_back(listener.get());
  }
  return candidates;
}

bool Routing::ServesHttp(int port, std::string_view local_address) const {
  return HasPlainHttp(port, local_address) || HasHttps(port, local_address);
}

bool Routing::HasHttps(int port, std::string_view local_address) const {
  return !Candidates(port, local_address, {Protocol::kHttps}).empty();
}

bool Routing::HasPlainHttp(int port, std::string_view local_address) const {
  return !Candidates(port, local_address, {Protocol::kHttp}).empty();
}

const RoutedListener* Routing::FindTcpListener(int port, std::string_view local_address) const {
  const auto candidates = Candidates(port, local_address, {Protocol::kTcp});
  return candidates.size() == 1 ? candidates.front() : nullptr;
}

const RoutedListener* Routing::FindTlsListener(int port, std::string_view local_address, std::string_view name) const {
  // Application load balancers first, as ServesHttp has it.
  auto candidates = Candidates(port, local_address, {Protocol::kHttps});
  if (candidates.empty()) candidates = Candidates(port, local_address, {Protocol::kTls});
  if (candidates.size() <= 1) return candidates.empty() ? nullptr : candidates.front();
  for (const RoutedListener* listener : candidates) {
    if (EqualsIgnoringCase(listener->load_balancer->dns_name, name)) return listener;
  }
  for (const RoutedListener* listener : candidates) {
    for (const Certificate& certificate : listener->listener->certificates) {
      for (const std::string& covered : certificate.names) {
        if (NameCovers(covered, name)) return listener;
      }
    }
  }
  return nullptr;
}

const RoutedListener* Routing::FindListenerByArn(int port, std::string_view arn) const {
  const auto on_port = listeners_.find(port);
  if (on_port == listeners_.end()) return nullptr;
  for (const auto& listener : on_port->second) {
    if (listener->listener->arn == arn) return listener.get();
  }
  return nullptr;
}

const RoutedListener* Routing::FindListenerOf(std::string_view load_balancer_arn, int port) const {
  const auto on_port = listeners_.find(port);
  if (on_port == listeners_.end()) return nullptr;
  for (const auto& listener : on_port->second) {
    if (listener->listener->load_balancer_arn == load_balancer_arn) return listener.get();
  }
  return nullptr;
}

const RoutedListener* Routing::FindListener(int port, std::string_view local_address, std::string_view host,
                                            bool& ambiguous) const {
  ambiguous = false;
  const auto on_port = listeners_.find(port);
  if (on_port == listeners_.end()) return nullptr;
  // By hand rather than with Candidates(): this is asked for each request.
  const RoutedListener* only = nullptr;
  std::size_t count = 0;
  for (const auto& listener : on_port->second) {
    const bool plain = listener->listener->protocol == Protocol::kHttp;
    if (listener->own_address == local_address) return plain ? listener.get() : nullptr;
    if (plain && ++count == 1) only = listener.get();
  }
  if (count <= 1) return only;
  const std::string_view name = HostWithoutPort(host);
  for (const auto& listener : on_port->second) {
    if (listener->listener->protocol != Protocol::kHttp) continue;
    if (EqualsIgnoringCase(listener->load_balancer->dns_name, name)) return listener.get();
  }
  ambiguous = true;
  return nullptr;
}

const Node& NodeAt(const LoadBalancer& load_balancer, std::size_t index) {
  static const Node kNone;
  return load_balancer.nodes.empty() ? kNone : load_balancer.nodes[index % load_balancer.nodes.size()];
}

const LoadBalancer* Routing::FindLoadBalancer(const std::string& arn) const {
  for (const auto& load_balancer : configuration_->load_balancers) {
    if (load_balancer->arn == arn) return load_balancer.get();
  }
  return nullptr;
}

std::string Routing::OwnAddressOf(const std::string& load_balancer_arn) const {
  const auto found = own_addresses_.find(load_balancer_arn);
  return found == own_addresses_.end() ? std::string() : found->second;
}

const RoutedGroup* Routing::FindGroup(const std::string& arn) const {
  const auto found = groups_.find(arn);
  return found == groups_.end() ? nullptr : &found->second;
}

bool Routing::IsUnusable(const TargetGroup& group, const Target& target) const {
  return group.target_type == TargetType::kAddress && node_addresses_.contains({group.vpc_id, target.address});
}

std::vector<std::string> Routing::HostsOf(int port) const {
  std::vector<std::string> hosts;
  const auto on_port = listeners_.find(port);
  if (on_port == listeners_.end()) return hosts;
  for (const auto& listener : on_port->second) hosts.push_back(listener->load_balancer->dns_name);
  return hosts;
}

std::shared_ptr<const Counters> Routing::FindCounters(const std::string& arn) const {
  const auto found = counters_.find(arn);
  return found == counters_.end() ? nullptr : found->second;
}

}  // namespace drydock::loadbalancer
