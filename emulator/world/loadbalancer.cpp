#include "emulator/world/loadbalancer.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/world/loadbalancer_elements.h"
#include "store/records/acm/certificate.h"
#include "store/records/ec2/instance.h"
#include "store/records/ec2/network_interface.h"

namespace drydock::world {

namespace {

namespace elbv2 = records::elbv2;
using records::acm::Certificate;
using records::ec2::Instance;
using records::ec2::NetworkInterface;

// What the store says of load balancers, kept so that a commit's changes renew what they reach and nothing else: a rule
// its listener, a target its group, a network interface its load balancer. Every change is read again from the store
// rather than taken from the commit: commits may be announced out of order, and what is read is never older than the
// commit that led to it.
class KnownLoadBalancers {
 public:
  void ReadAll(store::Transaction& tx) {
    for (const auto& [scope, record] : tx.ListAll<elbv2::LoadBalancer>()) Keep(tx, scope, record);
    for (const auto& [scope, record] : tx.ListAll<elbv2::Listener>()) Keep(tx, scope, record);
    for (const auto& [scope, record] : tx.ListAll<elbv2::Rule>()) Keep(record);
    for (const auto& [scope, record] : tx.ListAll<elbv2::TargetGroup>()) Keep(record);
    for (const auto& [scope, record] : tx.ListAll<elbv2::Target>()) Keep(tx, scope, record);
  }

  // Whether Apply would do anything with it. An instance's primary interface is not asked for: it comes and goes with
  // changes of the instance.
  bool Concerns(const store::Change& change) const {
    if (change.Is<NetworkInterface>()) return load_balancer_of_interface_.contains(change.id);
    if (change.Is<Instance>()) return !TargetsOf(change.id).empty();
    return change.Is<elbv2::LoadBalancer>() || change.Is<elbv2::Listener>() || change.Is<elbv2::Rule>() ||
           change.Is<elbv2::TargetGroup>() || change.Is<elbv2::Target>() || change.Is<Certificate>();
  }

  void Apply(store::Transaction& tx, const store::Change& change) {
    if (change.Is<elbv2::LoadBalancer>()) RenewLoadBalancer(tx, change.scope, change.id);
    if (change.Is<elbv2::Listener>()) RenewListener(tx, change.scope, change.id);
    if (change.Is<elbv2::Rule>()) RenewRule(tx, change);
    if (change.Is<elbv2::TargetGroup>()) RenewTargetGroup(tx, change.scope, change.id);
    if (change.Is<elbv2::Target>()) RenewTarget(tx, change);
    if (change.Is<Instance>()) RenewTargetsOf(tx, change.scope, change.id);
    if (change.Is<NetworkInterface>()) {
      const auto load_balancer = load_balancer_of_interface_.find(change.id);
      if (load_balancer != load_balancer_of_interface_.end())
        RenewLoadBalancer(tx, change.scope, std::string(load_balancer->second));
    }
    if (change.Is<Certificate>()) {
      std::vector<std::string> users;
      for (const auto& [arn, listener] : listeners_)
        if (listener.certificate_arns.contains(change.id)) users.push_back(arn);
      for (const std::string& arn : users) RenewListener(tx, change.scope, arn);
    }
  }

  // What serves: active load balancers, their listeners, the groups that these use. In the order of their ARNs.
  loadbalancer::Configuration Configuration() {
    loadbalancer::Configuration configuration;
    for (const auto& [arn, load_balancer] : load_balancers_)
      if (load_balancer.active) configuration.load_balancers.push_back(load_balancer.element);
    std::set<std::string_view> used;
    for (auto& [arn, listener] : listeners_) {
      const auto load_balancer = load_balancers_.find(listener.plain.load_balancer_arn);
      if (load_balancer == load_balancers_.end() || !load_balancer->second.active) continue;
      if (!listener.element) listener.Make();
      configuration.listeners.push_back(listener.element);
      used.insert(listener.groups.begin(), listener.groups.end());
    }
    for (const std::string_view arn : used) {
      const auto group = groups_.find(arn);
      if (group == groups_.end()) continue;
      if (!group->second.element) group->second.Make();
      configuration.target_groups.push_back(group->second.element);
    }
    return configuration;
  }

 private:
  struct LoadBalancer {
    bool active = false;
    std::shared_ptr<const loadbalancer::LoadBalancer> element;
  };

  struct Rule {
    bool is_default = false;
    loadbalancer::Rule element;
    std::set<std::string> groups;  // of all its actions
  };

  struct Listener {
    loadbalancer::Listener plain;  // without its rules
    std::set<std::string> certificate_arns;
    std::map<std::string, Rule> rules;  // by ARN

    // Made of the above when it is wanted; nullptr since the last change of it.
    std::shared_ptr<const loadbalancer::Listener> element;
    std::set<std::string> groups;

    void Make() {
      loadbalancer::Listener made = plain;
      groups.clear();
      for (const auto& [arn, rule] : rules) {
        if (rule.is_default)
          made.default_action = rule.element.action;
        else
          made.rules.push_back(rule.element);
        groups.insert(rule.groups.begin(), rule.groups.end());
      }
      element = std::make_shared<const loadbalancer::Listener>(std::move(made));
    }
  };

  struct TargetGroup {
    loadbalancer::TargetGroup plain;                      // without its targets
    std::map<std::string, loadbalancer::Target> targets;  // by the id of their record

    // As Listener::element.
    std::shared_ptr<const loadbalancer::TargetGroup> element;

    void Make() {
      loadbalancer::TargetGroup made = plain;
      for (const auto& [id, target] : targets) made.targets.push_back(target);
      element = std::make_shared<const loadbalancer::TargetGroup>(std::move(made));
    }
  };

  void Keep(store::Transaction& tx, const Scope& scope, const elbv2::LoadBalancer& record) {
    LoadBalancer& known = load_balancers_[record.arn];
    known.active = record.state == "active";
    known.element = std::make_shared<const loadbalancer::LoadBalancer>(LoadBalancerOf(tx, scope, record));
    for (const auto& node : known.element->nodes) load_balancer_of_interface_[node.network_interface_id] = record.arn;
  }

  void Keep(store::Transaction& tx, const Scope& scope, const elbv2::Listener& record) {
    Listener& known = listeners_[record.arn];
    known.plain = ListenerOf(tx, scope, record);
    known.certificate_arns = {record.certificate_arns.begin(), record.certificate_arns.end()};
    known.element = nullptr;
  }

  void Keep(const elbv2::Rule& record) {
    const auto listener = listeners_.find(record.listener_arn);
    if (listener == listeners_.end()) return;  // whose own change brings its rules along
    Rule& known = listener->second.rules[record.arn];
    known = {record.is_default, RuleOf(record), {}};
    for (const auto& action : record.actions)
      for (const auto& group : action.target_groups) known.groups.insert(group.target_group_arn);
    listener->second.element = nullptr;
  }

  void Keep(const elbv2::TargetGroup& record) {
    TargetGroup& known = groups_[record.arn];
    known.plain = TargetGroupOf(record);
    known.element = nullptr;
  }

  void Keep(store::Transaction& tx, const Scope& scope, const elbv2::Target& record) {
    const auto group = groups_.find(record.target_group_arn);
    if (group == groups_.end()) return;  // as a rule without its listener
    const std::string record_id = store::IdOf(record);
    loadbalancer::Target& known = group->second.targets[record_id];
    known = TargetOf(tx, scope, record, group->second.plain.target_type);
    if (known.address != known.id) targets_of_resource_.emplace(known.id, record_id);
    group->second.element = nullptr;
  }

  void RenewLoadBalancer(store::Transaction& tx, const Scope& scope, const std::string& arn) {
    if (const auto known = load_balancers_.find(arn); known != load_balancers_.end()) {
      for (const auto& node : known->second.element->nodes)
        load_balancer_of_interface_.erase(node.network_interface_id);
      load_balancers_.erase(known);
    }
    if (const auto record = tx.Get<elbv2::LoadBalancer>(scope, arn)) Keep(tx, scope, *record);
    RenewTargetsOf(tx, scope, arn);
  }

  // What is known of its rules stays: their own changes renew them.
  void RenewListener(store::Transaction& tx, const Scope& scope, const std::string& arn) {
    const auto record = tx.Get<elbv2::Listener>(scope, arn);
    if (!record) {
      listeners_.erase(arn);
      return;
    }
    const bool is_new = !listeners_.contains(arn);
    Keep(tx, scope, *record);
    if (!is_new) return;
    for (const auto& rule : tx.List<elbv2::Rule>(scope, store::Where(&elbv2::Rule::listener_arn, arn))) Keep(rule);
  }

  void RenewRule(store::Transaction& tx, const store::Change& change) {
    if (const auto record = tx.Get<elbv2::Rule>(change)) return Keep(*record);
    for (auto& [arn, listener] : listeners_)
      if (listener.rules.erase(change.id) > 0) listener.element = nullptr;
  }

  void RenewTargetGroup(store::Transaction& tx, const Scope& scope, const std::string& arn) {
    const auto record = tx.Get<elbv2::TargetGroup>(scope, arn);
    const auto known = groups_.find(arn);
    if (!record) {
      if (known == groups_.end()) return;
      for (const auto& [id, target] : known->second.targets) targets_of_resource_.erase({target.id, id});
      groups_.erase(known);
      return;
    }
    const bool is_new = known == groups_.end();
    Keep(*record);
    if (!is_new) return;
    for (const auto& target : tx.List<elbv2::Target>(scope, store::Where(&elbv2::Target::target_group_arn, arn)))
      Keep(tx, scope, target);
  }

  void RenewTarget(store::Transaction& tx, const store::Change& change) {
    if (const auto record = tx.Get<elbv2::Target>(change)) return Keep(tx, change.scope, *record);
    for (auto& [arn, group] : groups_) {
      const auto known = group.targets.find(change.id);
      if (known == group.targets.end()) continue;
      targets_of_resource_.erase({known->second.id, change.id});
      group.targets.erase(known);
      group.element = nullptr;
    }
  }

  // The targets that are this instance or this load balancer.
  std::vector<std::string> TargetsOf(const std::string& resource) const {
    std::vector<std::string> found;
    for (auto it = targets_of_resource_.lower_bound({resource, ""});
         it != targets_of_resource_.end() && it->first == resource; ++it)
      found.push_back(it->second);
    return found;
  }

  void RenewTargetsOf(store::Transaction& tx, const Scope& scope, const std::string& resource) {
    for (const std::string& id : TargetsOf(resource)) RenewTarget(tx, {elbv2::Target::kTable.name, scope, id});
  }

  // By ARN.
  std::map<std::string, LoadBalancer> load_balancers_;
  std::map<std::string, Listener> listeners_;
  std::map<std::string, TargetGroup, std::less<>> groups_;

  std::map<std::string, std::string> load_balancer_of_interface_;
  // An instance's id or a load balancer's ARN, and the record of a target that it is.
  std::set<std::pair<std::string, std::string>> targets_of_resource_;
};

}  // namespace

loadbalancer::Configuration ReadLoadBalancers(store::Transaction& tx) {
  KnownLoadBalancers known;
  known.ReadAll(tx);
  return known.Configuration();
}

class LoadBalancerWorld::Publisher {
 public:
  Publisher(store::Database& database, std::function<void(loadbalancer::ConfigurationPointer)> publish)
      : database_(database), publish_(std::move(publish)) {}

  void OnCommit(const store::Commit& commit) {
    {
      const std::lock_guard lock(known_mutex_);
      const std::size_t before = changes_.size();
      for (const store::Change& change : commit.changes)
        if (!known_ || known_->Concerns(change)) changes_.push_back(change);
      if (changes_.size() == before) return;
    }
    Publish();
  }

  // Publishes what is not published yet: the changes of this thread's commit, unless another has taken them along.
  void Publish() {
    const std::lock_guard lock(publishing_);
    if (ended_) return;
    if (auto configuration = ReadChanges()) publish_(std::move(configuration));
  }

  void End() {
    const std::lock_guard lock(publishing_);
    ended_ = true;
  }

 private:
  // nullptr: nothing changed.
  loadbalancer::ConfigurationPointer ReadChanges() {
    const std::lock_guard lock(known_mutex_);
    if (known_ && changes_.empty()) return nullptr;
    const auto changes = std::exchange(changes_, {});
    try {
      return std::make_shared<const loadbalancer::Configuration>(database_.Read([&](store::Transaction& tx) {
        if (known_) {
          for (const store::Change& change : changes) known_->Apply(tx, change);
        } else {
          known_.emplace().ReadAll(tx);
        }
        return known_->Configuration();
      }));
    } catch (...) {
      known_.reset();  // half of it may be old: the next publication reads everything
      throw;
    }
  }

  store::Database& database_;
  const std::function<void(loadbalancer::ConfigurationPointer)> publish_;

  std::mutex publishing_;
  bool ended_ = false;  // guarded by publishing_

  // Held from before a reading begins until it is known: what another thread commits meanwhile is either read, or asks
  // Concerns() afterwards. Taken after publishing_, and never within a transaction.
  std::mutex known_mutex_;
  // guarded by known_mutex_
  std::optional<KnownLoadBalancers> known_;
  std::vector<store::Change> changes_;  // that are not in known_ yet
};

LoadBalancerWorld::LoadBalancerWorld(store::Database& database,
                                     std::function<void(loadbalancer::ConfigurationPointer)> publish)
    : publisher_(std::make_shared<Publisher>(database, std::move(publish))),
      subscription_(
          database.OnCommit([publisher = publisher_](const store::Commit& commit) { publisher->OnCommit(commit); })) {
  publisher_->Publish();
}

LoadBalancerWorld::~LoadBalancerWorld() {
  subscription_.reset();
  publisher_->End();
}

}  // namespace drydock::world
