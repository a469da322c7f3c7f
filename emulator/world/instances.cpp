#include "emulator/world/instances.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "store/records/ec2/instance.h"
#include "store/records/ec2/network_interface.h"

namespace drydock::world {

namespace ec2 = records::ec2;

// As with the network, an instance that a commit concerns is read again from the store: commits may be announced out of
// order.
class InstanceWorld::Follower {
 public:
  Follower(store::Database& database, tasks::Hosts& hosts) : database_(database), hosts_(hosts) {}

  void ReadAll() {
    const std::lock_guard lock(mutex_);
    database_.Read([&](store::Transaction& tx) {
      for (const auto& [scope, instance] : tx.ListAll<ec2::Instance>()) Renew(tx, scope, instance.instance_id);
    });
  }

  void Apply(const store::Commit& commit) {
    if (std::none_of(commit.changes.begin(), commit.changes.end(), Concerns)) return;
    const std::lock_guard lock(mutex_);
    database_.Read([&](store::Transaction& tx) {
      for (const store::Change& change : commit.changes) {
        if (change.Is<ec2::Instance>()) Renew(tx, change.scope, change.id);
        if (change.Is<ec2::NetworkInterface>()) RenewInstanceOf(tx, change);
      }
    });
  }

  // No host changes once it has returned.
  void Stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

 private:
  static bool Concerns(const store::Change& change) {
    return change.Is<ec2::Instance>() || change.Is<ec2::NetworkInterface>();
  }

  // The instance that the interface is attached to, and the one that it was attached to.
  void RenewInstanceOf(store::Transaction& tx, const store::Change& change) {
    const auto interface = tx.Get<ec2::NetworkInterface>(change.scope, change.id);
    const auto now = interface ? interface->instance_id : std::nullopt;
    const auto known = instance_of_interface_.find(change.id);
    if (known != instance_of_interface_.end() && now != known->second) {
      const std::string before = known->second;
      instance_of_interface_.erase(known);
      Renew(tx, change.scope, before);
    }
    if (now) Renew(tx, change.scope, *now);
  }

  void Renew(store::Transaction& tx, const Scope& scope, const std::string& instance_id) {
    if (stopped_) return;
    const auto instance = tx.Get<ec2::Instance>(scope, instance_id);
    if (!instance || instance->state != "running") return hosts_.RemoveHost(instance_id);
    auto interfaces =
        tx.List<ec2::NetworkInterface>(scope, store::Where(&ec2::NetworkInterface::instance_id, instance_id));
    std::sort(interfaces.begin(), interfaces.end(),
              [](const auto& a, const auto& b) { return a.attachment->device_index < b.attachment->device_index; });
    tasks::HostSpec host{instance_id, instance->vpc_id, instance->availability_zone, {}, {}};
    for (const auto& interface : interfaces) {
      instance_of_interface_[interface.network_interface_id] = instance_id;
      for (const auto& address : interface.private_ip_addresses)
        host.private_addresses.push_back(address.private_ip_address);
      for (const auto& address : interface.ipv6_addresses) host.private_addresses.push_back(address);
    }
    if (const auto tag = instance->tags.find(ec2::kListenTag); tag != instance->tags.end())
      host.ports = ec2::ParseListenTag(tag->second).value_or(std::vector<int>());
    hosts_.StandHost(std::move(host));
  }

  store::Database& database_;
  tasks::Hosts& hosts_;
  std::mutex mutex_;
  // guarded by mutex_
  std::unordered_map<std::string, std::string> instance_of_interface_;
  bool stopped_ = false;
};

InstanceWorld::InstanceWorld(store::Database& database, tasks::Hosts& hosts)
    : follower_(std::make_shared<Follower>(database, hosts)),
      subscription_(
          database.OnCommit([follower = follower_](const store::Commit& commit) { follower->Apply(commit); })) {
  follower_->ReadAll();
}

InstanceWorld::~InstanceWorld() {
  follower_->Stop();
}

}  // namespace drydock::world
