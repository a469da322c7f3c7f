// A small world around a data plane under test: a network that admits what the test says, hosts that are real servers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "emulator/loadbalancer/data_plane.h"
#include "emulator/loadbalancer/testing/sockets.h"

namespace drydock::loadbalancer::testing {

class FakeNetwork : public Network {
 public:
  void BlockSource(const std::string& source, bool blocked = true) { Change(sources_, source, blocked); }
  void BlockTarget(const std::string& address, bool blocked = true) { Change(targets_, address, blocked); }

  // At the targets, where the client's address is preserved.
  void BlockPreserved(const std::string& client, bool blocked = true) { Change(preserved_, client, blocked); }

  std::uint64_t Version() const override { return version_; }
  Verdict ClientToLoadBalancer(const LoadBalancer&, const Node&, const std::string& source, int) const override {
    std::lock_guard lock(mutex_);
    ++judged_;
    Verdict verdict{!sources_.contains(source), "by the test", ""};
    if (source.starts_with("eni-")) verdict.source_address = "10.0.9.9";
    return verdict;
  }
  Verdict LoadBalancerToTarget(const LoadBalancer&, const Node&, const std::string& address, int,
                               const std::string& client_address) const override {
    std::lock_guard lock(mutex_);
    return {!targets_.contains(address) && (client_address.empty() || !preserved_.contains(client_address)),
            "by the test", ""};
  }
  int judged() const {
    std::lock_guard lock(mutex_);
    return judged_;
  }

 private:
  void Change(std::set<std::string>& set, const std::string& what, bool blocked) {
    std::lock_guard lock(mutex_);
    if (blocked) {
      set.insert(what);
    } else {
      set.erase(what);
    }
    ++version_;
  }

  mutable std::mutex mutex_;
  std::set<std::string> sources_, targets_, preserved_;
  mutable int judged_ = 0;
  std::atomic<std::uint64_t> version_{1};
};

class FakeHosts : public Hosts {
 public:
  void Put(const std::string& address, int port, Dial dial) {
    std::lock_guard lock(mutex_);
    hosts_[{address, port}] = std::move(dial);
  }
  void Put(const std::string& address, int port, const Server& server, std::string preface = "") {
    Put(address, port,
        {Dial::Outcome::kConnect, "127.0.0.1", static_cast<std::uint16_t>(server.port()), std::move(preface)});
  }
  Dial Locate(const std::string&, const std::string& address, int port, const std::string& source) const override {
    std::lock_guard lock(mutex_);
    last_source_ = source;
    const auto found = hosts_.find({address, port});
    return found == hosts_.end() ? Dial{} : found->second;
  }

  // Who dialed last.
  std::string last_source() const {
    std::lock_guard lock(mutex_);
    return last_source_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::string last_source_;
  std::map<std::pair<std::string, int>, Dial> hosts_;
};

// Values that arrive from other threads.
template <class T>
class Inbox {
 public:
  void Put(T value) {
    std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  // Waits until one fits; throws at the deadline.
  template <class Predicate>
  T WaitFor(Predicate fits) {
    std::unique_lock lock(mutex_);
    T found;
    const bool in_time = changed_.wait_for(lock, std::chrono::seconds(kDeadlineSeconds), [&] {
      for (const T& value : values_) {
        if (!fits(value)) continue;
        found = value;
        return true;
      }
      return false;
    });
    if (!in_time) throw std::runtime_error("nothing fitting came in time");
    return found;
  }
  std::vector<T> All() {
    std::lock_guard lock(mutex_);
    return values_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> values_;
};

inline const std::string kLoadBalancerArn =
    "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/front/0123456789abcdef";
inline const std::string kGroupArn =
    "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/blue/0123456789abcdef";

// A configuration whose parts can still be changed.
struct Settings {
  std::vector<LoadBalancer> load_balancers;
  std::vector<Listener> listeners;
  std::vector<TargetGroup> target_groups;
};

// One load balancer in two zones, one listener, one target group.
inline Settings Simple(int listener_port, std::vector<Target> targets) {
  Settings configuration;
  LoadBalancer load_balancer;
  load_balancer.arn = kLoadBalancerArn;
  load_balancer.name = "front";
  load_balancer.dns_name = "front-1.us-east-1.elb.localhost";
  load_balancer.vpc_id = "vpc-1";
  load_balancer.nodes = {{"us-east-1a", "subnet-a", "eni-a", "10.0.0.10", "198.51.100.1"},
                         {"us-east-1b", "subnet-b", "eni-b", "10.0.1.10", "198.51.100.2"}};
  configuration.load_balancers.push_back(load_balancer);
  TargetGroup group;
  group.arn = kGroupArn;
  group.name = "blue";
  group.vpc_id = "vpc-1";
  group.targets = std::move(targets);
  configuration.target_groups.push_back(group);
  Listener listener;
  listener.arn = "listener-1";
  listener.load_balancer_arn = kLoadBalancerArn;
  listener.port = listener_port;
  listener.default_action = Forward{{{kGroupArn, 1}}};
  configuration.listeners.push_back(listener);
  return configuration;
}

inline Target At(const std::string& address, int port = 3000) {
  Target target;
  target.id = target.address = address;
  target.port = port;
  target.availability_zone = "us-east-1a";
  return target;
}

inline ConfigurationPointer Share(const Settings& settings) {
  auto configuration = std::make_shared<Configuration>();
  const auto share = [](const auto& from, auto& to) {
    for (const auto& each : from) to.push_back(std::make_shared<std::decay_t<decltype(each)>>(each));
  };
  share(settings.load_balancers, configuration->load_balancers);
  share(settings.listeners, configuration->listeners);
  share(settings.target_groups, configuration->target_groups);
  return configuration;
}

}  // namespace drydock::loadbalancer::testing
